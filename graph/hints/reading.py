"""What a query speaks of: its IRIs, the statements it looks for, the values it compares.

The IRIs come from the tokens of the text; the statements from the algebra that rdflib makes of it (SPARQL 1.1, section
18.2), because pyoxigraph has no parser without evaluation. A long text, or one that rdflib does not read, has no
statements here: its hints are fewer, never wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from communique.graph.hints.tokens import SparqlToken, declared, read_tokens
from communique.graph.terms.namespaces import ID, RDF, Converter

TYPE = RDF + "type"

_LOG = logging.getLogger(__name__)
# rdflib reports each literal that does not fit its datatype, with a traceback; ``values`` says so in one sentence.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
_LONGEST = 4_000  # characters of a query whose algebra is looked at; rdflib takes some 50 ms for 1,000
# What must not hold, or need not.
_OPTIONAL_PARTS = {"Minus": ("p2",), "LeftJoin": ("p2", "expr"), "Union": ("p1", "p2")}
_SKIPPED = frozenset({"Builtin_NOTEXISTS", "Builtin_EXISTS"})


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """A statement that a query looks for, its parts in SPARQL; ``predicate`` is empty where a path stands."""

    subject: str
    path: str
    value: str
    predicate: str = ""

    def __str__(self) -> str:
        """Write it as a triple pattern."""
        return f"{self.subject} {self.path} {self.value}"

    @property
    def of_class(self) -> str:
        """Return the IRI of the class that the subject must have; empty when the pattern says nothing of the kind."""
        return iri(self.value) if self.predicate == TYPE else ""


@dataclass(frozen=True, slots=True)
class FilterComparison:
    """A variable held against a literal by a FILTER."""

    variable: str
    sign: str
    literal: str


@dataclass(frozen=True, slots=True)
class QueryReading:
    """What a query speaks of.

    Attributes
    ----------
    written : each IRI with the way it is written, in the order of the text
    graphs : IRIs of FROM and FROM NAMED
    prefixes : those declared
    classes : IRIs that stand behind ``a`` or ``rdf:type``
    patterns : the statements that must hold for an answer
    comparisons : of the values of its variables
    """

    written: dict[str, str]
    graphs: tuple[str, ...]
    prefixes: dict[str, str]
    classes: tuple[str, ...]
    patterns: tuple[TriplePattern, ...] = ()
    comparisons: tuple[FilterComparison, ...] = field(default=())


def read(text: str) -> QueryReading:
    """Read the IRIs of a query that is well-formed."""
    tokens = read_tokens(text)
    prefixes = declared(tokens)
    converter = Converter(prefixes)
    base = next((each.text[1:-1] for word, each in pairwise(tokens) if word.is_word("BASE")), ID)
    written: dict[str, str] = {}
    graphs, classes = [], []
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        name = _expand(token, converter, base)
        if name is None or _is_no_reference(before, after):
            continue
        if before is not None and before.is_word("FROM", "NAMED"):
            graphs.append(name)
            continue
        written.setdefault(name, token.text)
        if before is not None and (before.text == "a" or _expand(before, converter, base) == TYPE):
            classes.append(name)
    written.pop(TYPE, None)
    return QueryReading(written, tuple(graphs), prefixes, tuple(dict.fromkeys(classes)))


def read_deeply(text: str) -> QueryReading:
    """Read a query with the statements it looks for, where rdflib reads it too."""
    shallow = read(text)
    if len(text) > _LONGEST:
        return shallow
    # Only a query without an answer comes here, and rdflib takes a third of a second to load.
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(text), base=ID).algebra
        patterns = tuple(dict.fromkeys(_patterns(algebra)))
        comparisons = tuple(dict.fromkeys(_comparisons(algebra)))
    except Exception as error:  # whatever rdflib stumbles over, the answer has been given already
        _LOG.debug("rdflib does not read a query: %r", error)
        return shallow
    return QueryReading(
        shallow.written, shallow.graphs, shallow.prefixes, shallow.classes, patterns=patterns, comparisons=comparisons
    )


def iri(written: str) -> str:
    """Return the IRI of a term written ``<…>``; empty for any other term."""
    return written[1:-1] if written.startswith("<") else ""


def _expand(token: SparqlToken, converter: Converter, base: str) -> str | None:
    """Return the IRI that a token stands for, if it does."""
    if token.kind == "iri":
        name = token.text[1:-1]
        return name if ":" in name else urljoin(base, name)
    return converter.expand(token.text.replace("\\", "")) if token.kind == "name" else None


def _is_no_reference(before: SparqlToken | None, after: SparqlToken | None) -> bool:
    """Say whether what stands here names no thing of the data: a namespace, a datatype or a function."""
    is_declaration = before is not None and (before.is_word("PREFIX", "BASE") or before.text.endswith(":"))
    is_datatype = before is not None and before.text == "^^"
    return is_declaration or is_datatype or (after is not None and after.text == "(" and before is not None)


def _patterns(node: Any) -> Iterator[TriplePattern]:
    """Find the statements of an algebra that must hold."""
    for part in _required(node):
        if part.name == "BGP":
            for subject, predicate, value in part.triples:
                is_iri = isinstance(predicate, str)
                yield TriplePattern(subject.n3(), predicate.n3(), value.n3(), str(predicate) if is_iri else "")


def _comparisons(node: Any) -> Iterator[FilterComparison]:
    """Find the comparisons of a variable with a literal."""
    from rdflib import Literal, Variable

    for part in _required(node):
        if part.name == "RelationalExpression":
            one, other = part.expr, part.other
            if isinstance(one, Literal) and isinstance(other, Variable):
                one, other = other, one
            if isinstance(one, Variable) and isinstance(other, Literal):
                yield FilterComparison(one.n3(), part.op, other.n3())


def _required(node: Any) -> Iterator[Any]:
    """Walk the parts of an algebra without those that may fail and leave an answer."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, CompValue):
        if node.name in _SKIPPED:
            return
        yield node
        optional = _OPTIONAL_PARTS.get(node.name, ())
        for key, part in node.items():
            if key not in optional and key != "_vars":
                yield from _required(part)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for part in node:
            yield from _required(part)
