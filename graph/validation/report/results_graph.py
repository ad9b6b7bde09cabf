"""A report as a SHACL results graph (SHACL 1.0, section 3.6), written part by part.

Nodes are named by their place in the report, so that equal reports are equal texts. The document looked at is
``comsh:document``; what a reader has to know is ``comsh:note`` of the report, and how many statements were read for
it ``comsh:statements``; the shapes that were applied are ``comsh:applied`` nodes with ``comsh:focusCount`` and, where
it is known, ``comsh:engine``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from communique.graph.terms.namespaces import PREFIXES, SHAPES, XSD, term
from communique.graph.validation.report.result_paths import spell
from communique.graph.validation.results import Term, ValidationReport, ValidationResult

# So many results are written in one part; with many more, collecting garbage takes longer than writing them.
_PART = 50

# Names are looked up once, not for every result.
_term = cache(term)
_HEAD = len(PREFIXES)
_BOOLEAN = NamedNode(XSD + "boolean")
_REPORT = BlankNode("report")


def stream_turtle(report: ValidationReport) -> Iterator[str]:
    """Write a report as Turtle, the prefixes in order and no statement twice."""
    yield "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in sorted(PREFIXES.items()))
    for part in _parts(report):
        text = (serialize(part, format=RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b"").decode()
        # The serialiser repeats the prefixes, in no order.
        yield text.split("\n", _HEAD)[_HEAD]


def stream_ntriples(report: ValidationReport) -> Iterator[str]:
    """Write a report as N-Triples."""
    for part in _parts(report):
        yield (serialize(part, format=RdfFormat.N_TRIPLES) or b"").decode()


def to_turtle(report: ValidationReport) -> str:
    """Write a report as ``stream_turtle`` does, in one text."""
    return "".join(stream_turtle(report))


def _parts(report: ValidationReport) -> Iterator[list[Triple]]:
    """Describe a report in parts that are never empty."""
    results = (_result(place, result) for place, result in enumerate(report.results, 1))
    pieces = filter(None, map(list, chain([_head(report)], results, [_applied(report)])))
    while batch := list(islice(pieces, _PART)):
        yield list(chain.from_iterable(batch))


def _head(report: ValidationReport) -> Iterator[Triple]:
    """State the verdict."""
    conforms = Literal("true" if report.conforms else "false", datatype=_BOOLEAN)
    yield Triple(_REPORT, _term("rdf:type"), _term("sh:ValidationReport"))
    yield Triple(_REPORT, _term("sh:conforms"), conforms)
    yield from (Triple(_REPORT, NamedNode(SHAPES + "note"), Literal(note)) for note in report.notes)
    if report.statements is not None:
        yield Triple(_REPORT, NamedNode(SHAPES + "statements"), Literal(report.statements))


def _result(place: int, result: ValidationResult) -> Iterator[Triple]:
    """Describe one result."""
    node = BlankNode(f"result{place}")
    yield Triple(_REPORT, _term("sh:result"), node)
    yield Triple(node, _term("rdf:type"), _term("sh:ValidationResult"))
    yield Triple(node, _term("sh:focusNode"), result.focus)
    yield Triple(node, _term("sh:sourceShape"), result.shape)
    yield Triple(node, _term("sh:sourceConstraintComponent"), result.component)
    yield Triple(node, _term("sh:resultSeverity"), result.severity)
    optional: dict[str, Term | None] = {
        "sh:value": result.value,
        "sh:sourceConstraint": result.constraint,
        "sh:resultMessage": Literal(result.message, language="en") if result.message else None,
        "comsh:document": Literal(result.document) if result.document is not None else None,
    }
    yield from (Triple(node, _term(name), value) for name, value in optional.items() if value is not None)
    if result.path is not None:
        path, triples = spell(result.path, f"{node.value}path")
        yield Triple(node, _term("sh:resultPath"), path)
        yield from triples


def _applied(report: ValidationReport) -> Iterator[Triple]:
    """Tell how often each shape was applied, and by which engine."""
    for place, (shape, count) in enumerate(sorted(report.focus_counts.items(), key=str), 1):
        node = BlankNode(f"applied{place}")
        yield Triple(_REPORT, NamedNode(SHAPES + "applied"), node)
        yield Triple(node, _term("sh:sourceShape"), shape)
        yield Triple(node, NamedNode(SHAPES + "focusCount"), Literal(count))
        if shape in report.engines:
            yield Triple(node, NamedNode(SHAPES + "engine"), Literal(report.engines[shape]))
