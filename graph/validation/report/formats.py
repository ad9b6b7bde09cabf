"""A report for machines: a SHACL results graph (SHACL 1.0, section 3.6), JSON and CSV, written part by part.

Nodes of the results graph are named by their place in the report, so that equal reports are equal texts. The document
looked at is ``comsh:document``; what a reader has to know is ``comsh:note`` of the report, and the number of statements
read for it ``comsh:statements``; the shapes that were applied are ``comsh:applied`` nodes with ``comsh:focusCount``
and, where it is known, ``comsh:engine``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from communique.graph.terms.namespaces import PREFIXES, SHAPES, XSD, shorten, term
from communique.graph.validation.compiled.paths import path_to_rdf
from communique.graph.validation.compiled.query_text import parse_path
from communique.graph.validation.explanation import BATCH, Explained, explain_all
from communique.graph.validation.results import Shape, Term, ValidationReport, ValidationResult

# So many results are written in one part; with many more, collecting garbage takes longer than writing them.
_PART = 50

# Names are looked up once, not for every result.
_term = cache(term)
_HEAD = len(PREFIXES)
_BOOLEAN = NamedNode(XSD + "boolean")
_REPORT = BlankNode("report")


COLUMNS = ("rule", "name", "severity", "node", "label", "document", "paragraph", "path", "value", "cure", "shape")


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
        path, triples = path_to_rdf(parse_path(result.path), f"{node.value}path")
        yield Triple(node, _term("sh:resultPath"), path)
        yield from triples


def _applied(report: ValidationReport) -> Iterator[Triple]:
    """Say how often each shape was applied, and by which engine."""
    for place, (shape, count) in enumerate(sorted(report.focus_counts.items(), key=str), 1):
        node = BlankNode(f"applied{place}")
        yield Triple(_REPORT, NamedNode(SHAPES + "applied"), node)
        yield Triple(node, _term("sh:sourceShape"), shape)
        yield Triple(node, NamedNode(SHAPES + "focusCount"), Literal(count))
        if shape in report.engines:
            yield Triple(node, NamedNode(SHAPES + "engine"), Literal(report.engines[shape]))


def stream_json(report: ValidationReport, store: Store) -> Iterator[str]:
    """Write a report as one JSON document, a line per result.

    Keys: conforms, admissible, statements (null where none were read for the report), notes, focusCounts and engines by
    shape, and results with the keys of ``COLUMNS``.
    """
    head = {
        "conforms": report.conforms,
        "admissible": report.is_admissible,
        "statements": report.statements,
        "notes": report.notes,
        "focusCounts": {_short(shape): count for shape, count in sorted(report.focus_counts.items(), key=str)},
        "engines": {_short(shape): engine for shape, engine in sorted(report.engines.items(), key=str)},
    }
    yield json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + ',\n  "results": ['
    gap = "\n    "
    for row in _rows(report, store):
        yield gap + json.dumps(row, ensure_ascii=False)
        gap = ",\n    "
    yield "\n  ]\n}\n" if report.results else "]\n}\n"


def stream_csv(report: ValidationReport, store: Store) -> Iterator[str]:
    """Write the results as CSV with the header ``COLUMNS``; several passages of a node are joined by semicolons."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = _rows(report, store)
    while batch := list(islice(rows, BATCH)):
        writer.writerows(batch)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def to_json(report: ValidationReport, store: Store) -> str:
    """Write a report as ``stream_json`` does, in one text."""
    return "".join(stream_json(report, store))


def to_csv(report: ValidationReport, store: Store) -> str:
    """Write the results as ``stream_csv`` does, in one text."""
    return "".join(stream_csv(report, store))


def _rows(report: ValidationReport, store: Store) -> Iterator[dict[str, str]]:
    return map(_row, explain_all(report.results, store, report.names))


def _row(explained: Explained) -> dict[str, str]:
    return {
        "rule": explained.rule.number,
        "name": explained.rule.name,
        "severity": explained.severity,
        "node": explained.node,
        "label": explained.label,
        "document": ";".join(dict.fromkeys(passage.document for passage in explained.passages)),
        "paragraph": ";".join(str(passage.paragraph) for passage in explained.passages if passage.paragraph),
        "path": explained.path,
        "value": explained.value,
        "cure": explained.cure,
        "shape": _short(explained.result.shape),
    }


@lru_cache(maxsize=4096)
def _short(shape: Shape) -> str:
    """Write the IRI of a shape in short, or its label when it is a blank node."""
    return shorten(shape.value) if isinstance(shape, NamedNode) else str(shape)
