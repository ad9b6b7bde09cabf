"""What a client takes → the media type to answer in; parameters that nobody reads are refused.

The rules are functions of plain values: the text of the Accept header, the value of ``?format=``. Only the last
functions of this file know Flask's request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from flask import request
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header, parse_options_header

from communique.graph.engine.client import Answer
from communique.graph.engine.pool import PoolAnswer
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
# Every Turtle document is an N3 document. text/rdf+n3 is the name that N3 had before it was registered.
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
        "application/n-quads": "application/n-quads",
        "text/n3": "text/turtle",
        "text/rdf+n3": "text/turtle",
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
        "nquads": (None, "application/n-quads"),
        "jsonld": (None, "application/ld+json"),
        "rdfxml": (None, "application/rdf+xml"),
        "trig": (None, "application/trig"),
        "n3": (None, "text/n3"),
        "html": (HTML, HTML),
    }
)
# Other spellings that clients send: SPARQLWrapper (rdf, rdf+xml, json-ld), Fuseki (sparql, text, ttl, nt) and people.
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "json-ld": "jsonld",
        "n-quads": "nquads",
        "n-triples": "ntriples",
        "nq": "nquads",
        "nt": "ntriples",
        "rdf": "rdfxml",
        "rdf+xml": "rdfxml",
        "rdf/xml": "rdfxml",
        "sparql": "xml",
        "sparql-results+json": "json",
        "sparql-results+xml": "xml",
        "srj": "json",
        "srx": "xml",
        "text": "tsv",
        "ttl": "turtle",
    }
)
# What a file of each media type is called; the JSON and XML of solutions so that every program opens them.
_EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "application/sparql-results+json": "json",
        "application/json": "json",
        "application/sparql-results+xml": "xml",
        "application/xml": "xml",
        "text/xml": "xml",
        "text/csv": "csv",
        "text/tab-separated-values": "tsv",
        "text/turtle": "ttl",
        "application/n-triples": "nt",
        "application/ld+json": "jsonld",
        "application/rdf+xml": "rdf",
        "application/trig": "trig",
        "application/n-quads": "nq",
        "text/n3": "n3",
        "text/rdf+n3": "n3",
        "text/plain": "txt",
        "text/html": "html",
    }
)
# Clients send the same few headers again and again; some clients send long ones to keep others waiting (characters).
_KEPT, _LONGEST_ACCEPT, _LONGEST_FORMAT = 512, 4_000, 200
# The parameters in which clients name a format: Virtuoso's, Fuseki's and Joseki's, the first one first.
_FORMAT_NAMES = ("format", "output", "results")


@dataclass(frozen=True, slots=True)
class AcceptedTypes:
    """The media types this client would get; None where it takes none. Which one it is depends on the query."""

    solutions: str | None
    graph: str | None

    def request(self, asked: Request, seconds: float | None = None) -> Request:
        """Write the request to the engine: what is ``asked``, in these types, within ``seconds``."""
        solutions, graph = self.solutions and SOLUTIONS[self.solutions], self.graph and GRAPHS[self.graph]
        return replace(asked, solutions=solutions, graph=graph, seconds=seconds)

    def media_type(self, answer: Answer | PoolAnswer) -> str:
        """Return the media type of the response to an answer of the engine."""
        if answer.rows is not None:
            return HTML
        for chosen, table in ((self.solutions, SOLUTIONS), (self.graph, GRAPHS)):
            if chosen is not None and table[chosen] == answer.media_type:
                return chosen
        raise LookupError(answer.media_type)


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One member of an Accept header (RFC 9110, 12.5.1): type in small letters, parameters, weight from 0 to 1."""

    name: str
    parameters: Mapping[str, str]
    weight: float

    def specificity(self, offered: str) -> int:
        """Say how closely it means an offered media type: 0 not at all, the more the closer.

        Everything is answered in UTF-8, and CSV with a header (RFC 4180): a range that asks for another ``charset`` or
        for ``header=absent`` means nothing here. Other parameters, such as ``profile`` of JSON-LD, are wishes.
        """
        if self.name == offered:
            wanted = self.parameters.get("charset", "utf-8").lower(), self.parameters.get("header", "present").lower()
            return 3 + len(self.parameters) if wanted in {("utf-8", "present"), ("utf8", "present")} else 0
        if self.name == f"{offered.partition('/')[0]}/*":
            return 2
        return int(self.name == "*/*")


def read_accept(accept: str | None) -> tuple[MediaRange, ...]:
    """Read an Accept header; members that are malformed are left out, and so is what is too long for a header."""
    return _read_accept(_bounded(accept))


def _bounded(accept: str | None) -> str | None:
    """Cut a header that is too long, between two members."""
    if accept is None or len(accept) <= _LONGEST_ACCEPT:
        return accept
    return accept[:_LONGEST_ACCEPT].rpartition(",")[0]


@lru_cache(maxsize=_KEPT)
def _read_accept(accept: str | None) -> tuple[MediaRange, ...]:
    members = []
    for text, weight in parse_accept_header(accept):
        name, parameters = parse_options_header(text)
        if "/" in name:
            members.append(MediaRange(name.lower(), parameters, weight))
    return tuple(members)


def best(offered: Iterable[str], accept: str | None) -> str | None:
    """Find the offered media type that an Accept header prefers; None when it takes none.

    Of each type the closest range gives the weight (RFC 9110, 12.5.1). Among equal weights the type that was meant most
    closely is taken, then the one that is offered first; without a header simply this one.
    """
    ranges, types = read_accept(accept), list(offered)
    if not ranges:
        return types[0]
    judged = [(*_judge(each, ranges), -at) for at, each in enumerate(types)]
    weight, _, at = max(judged)
    return types[-at] if weight else None


def _judge(offered: str, ranges: Iterable[MediaRange]) -> tuple[float, int]:
    """Return the weight of a type and how closely it was meant."""
    close, weight = max((each.specificity(offered), each.weight) for each in ranges)
    return (weight, close) if close else (0.0, 0)


def negotiate_query(accept: str | None, asked: str | None = None) -> AcceptedTypes:
    """Choose for a query, whose form only the engine knows.

    Parameters
    ----------
    accept : text of the Accept header; None when there is none
    asked : a format by its name or its media type, which comes before Accept. One that is not known is passed over
        where Accept names a type that is offered, since some clients send both.

    Raises
    ------
    InvalidParameter : ``asked`` is not known and Accept leaves the choice open
    """
    return _negotiate(_bounded(accept), asked and asked[:_LONGEST_FORMAT])


@lru_cache(maxsize=_KEPT)
def _negotiate(accept: str | None, asked: str | None) -> AcceptedTypes:
    if asked is not None and (known := find_format(asked)):
        return known
    accepted = AcceptedTypes(best(SOLUTIONS, accept), best(GRAPHS, accept))
    if asked is not None and not _names_a_type(accept, {*SOLUTIONS, *GRAPHS}):
        pick_format(asked, FORMATS)
    return accepted


def find_format(asked: str) -> AcceptedTypes | None:
    """Look up a format by a name of ``FORMATS``, another spelling of it, or a media type; None when it is none.

    A space stands for the plus that somebody wrote into an address as it is.
    """
    name = asked.strip().lower().replace(" ", "+")
    if pair := FORMATS.get(_ALIASES.get(name, name)):
        return AcceptedTypes(*pair)
    media_type = name.partition(";")[0]
    solutions, graph = (media_type if media_type in known else None for known in (SOLUTIONS, GRAPHS))
    return AcceptedTypes(solutions, graph) if solutions or graph else None


def file_name(stem: str, media_type: str) -> str:
    """Name a file that holds an answer in one of the media types of this module."""
    return f"{stem}.{_EXTENSIONS[media_type]}"


def asked_format(pairs: Iterable[tuple[str, str]]) -> str | None:
    """Find the format among the parameters of a query: the first that is known, else the first one given, else None.

    ``format`` comes before ``output`` and ``results``, which other endpoints read and their users send.
    """
    given = [(name, text) for name, text in pairs if name in _FORMAT_NAMES and text]
    texts = [text for _, text in sorted(given, key=lambda pair: _FORMAT_NAMES.index(pair[0]))]
    return next((text for text in texts if find_format(text)), texts[0] if texts else None)


def _names_a_type(accept: str | None, offered: Iterable[str]) -> bool:
    """Say whether an Accept header names, and wants, one of the offered types itself."""
    return any(each.weight and each.specificity(name) > 2 for each in read_accept(accept) for name in offered)


def pick_format(name: str, formats: Mapping[str, T], others: Mapping[str, str] = MappingProxyType({})) -> T:
    """Look up the value of ``?format=``; ``others`` are further spellings of the names of ``formats``."""
    name = name.strip().replace(" ", "+")
    name = others.get(name, name)
    if name not in formats:
        raise InvalidParameter(f"format: {name!r} is not known", expected=f"one of {', '.join(formats)}")
    return formats[name]


def choose_for_query() -> AcceptedTypes:
    """Choose for the query of the current request; InvalidParameter for a ``format`` that is not known."""
    return negotiate_query(request.headers.get("Accept"), asked_format(pairs_of_request()))


def pairs_of_request() -> list[tuple[str, str]]:
    """List the parameters of the current request, those of its form too."""
    return [(name, text) for name, texts in request.values.lists() for text in texts]


def choose(offered: Iterable[str]) -> str:
    """Choose among what one resource offers; NotAcceptable, listing them, when the client takes none."""
    offered = list(offered)
    chosen = best(offered, request.headers.get("Accept"))
    if chosen is None:
        raise NotAcceptable(f"This is offered as {', '.join(offered)}.")
    return chosen


def refuse_others(*known: str) -> None:
    """Raise InvalidParameter for a parameter of the address that is none of ``known``, which it lists."""
    for name in request.args:
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no parameter at all"
            raise InvalidParameter(f"{name}: no such parameter", expected=expected, hint=did_you_mean(name, known))
