"""Accept header or ``?format=`` → the media type to answer in; parameters that nobody reads are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from flask import request
from werkzeug.exceptions import NotAcceptable

from communique.graph.engine.client import Answer
from communique.graph.engine.protocol import PAGE, Request
from communique.graph.errors import InvalidParameter
from communique.graph.terms.spelling import did_you_mean

T = TypeVar("T")

HTML = "text/html"
JSON = "application/json"
PROBLEM = "application/problem+json"

# Media type as asked for → the one the engine is asked for. The first is the default.
SOLUTIONS: Mapping[str, str] = MappingProxyType(
    {
        "application/sparql-results+json": "application/sparql-results+json",
        "application/json": "application/sparql-results+json",
        "application/sparql-results+xml": "application/sparql-results+xml",
        "application/xml": "application/sparql-results+xml",
        "text/xml": "application/sparql-results+xml",
        "text/csv": "text/csv",
        "text/tab-separated-values": "text/tab-separated-values",
        "text/plain": "text/tab-separated-values",
        "text/html": PAGE,
    }
)
GRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "text/turtle": "text/turtle",
        "application/n-triples": "application/n-triples",
        "application/ld+json": "application/ld+json",
        "application/json": "application/ld+json",
        "application/rdf+xml": "application/rdf+xml",
        "application/xml": "application/rdf+xml",
        "text/xml": "application/rdf+xml",
        "application/trig": "application/trig",
        "text/plain": "application/n-triples",
        "text/html": PAGE,
    }
)

# ``?format=`` → media type of solutions, media type of a graph.
FORMATS: Mapping[str, tuple[str | None, str | None]] = MappingProxyType(
    {
        "json": ("application/sparql-results+json", "application/ld+json"),
        "xml": ("application/sparql-results+xml", "application/rdf+xml"),
        "csv": ("text/csv", None),
        "tsv": ("text/tab-separated-values", None),
        "turtle": (None, "text/turtle"),
        "ntriples": (None, "application/n-triples"),
        "jsonld": (None, "application/ld+json"),
        "rdfxml": (None, "application/rdf+xml"),
        "trig": (None, "application/trig"),
        "html": (HTML, HTML),
    }
)


@dataclass(frozen=True, slots=True)
class AcceptedTypes:
    """The media types this client would get; None where it takes none. Which one it is depends on the query."""

    solutions: str | None
    graph: str | None

    def request(self, text: str, **dataset: Any) -> Request:
        """Write the request to the engine; ``dataset`` are further parts of it."""
        solutions = self.solutions and SOLUTIONS[self.solutions]
        return Request(text, solutions, self.graph and GRAPHS[self.graph], **dataset)

    def media_type(self, answer: Answer) -> str:
        """Return the media type of the response to an answer of the engine."""
        if answer.rows is not None:
            return HTML
        for chosen, table in ((self.solutions, SOLUTIONS), (self.graph, GRAPHS)):
            if chosen is not None and table[chosen] == answer.media_type:
                return chosen
        raise LookupError(answer.media_type)


def choose_for_query() -> AcceptedTypes:
    """Choose for a query, whose form only the engine knows; an unknown ``format`` is InvalidParameter."""
    name = request.values.get("format")
    if name is None:
        return AcceptedTypes(best(SOLUTIONS), best(GRAPHS))
    return AcceptedTypes(*pick_format(name, FORMATS))


def choose(offered: Iterable[str]) -> str:
    """Choose among what one resource offers; NotAcceptable, listing them, when the client takes none."""
    chosen = best(offered)
    if chosen is None:
        raise NotAcceptable(f"This is offered as {', '.join(offered)}.")
    return chosen


def best(offered: Iterable[str]) -> str | None:
    """Find the offered media type that the client prefers; the first when it does not care."""
    if not request.accept_mimetypes:
        return next(iter(offered))
    return request.accept_mimetypes.best_match(offered)


def pick_format(name: str, formats: Mapping[str, T]) -> T:
    """Look up the value of ``?format=``."""
    if name not in formats:
        raise InvalidParameter(f"format: {name!r} is not known", expected=f"one of {', '.join(formats)}")
    return formats[name]


def refuse_others(*known: str) -> None:
    """Raise InvalidParameter for a parameter of the address that is none of ``known``, which it lists."""
    for name in request.args:
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no parameter at all"
            raise InvalidParameter(f"{name}: no such parameter", expected=expected, hint=did_you_mean(name, known))
