"""A report for machines and for people: SHACL results in Turtle, JSON, CSV, and rows grouped by rule."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from communique.graph.namespaces import PREFIXES, SHAPES, XSD, shorten, term
from communique.graph.validation.catalogue import shapes
from communique.graph.validation.explanation import Explained, explain
from communique.graph.validation.results import Term, ValidationReport, ValidationResult

COLUMNS = ("rule", "name", "severity", "node", "label", "document", "paragraph", "path", "value", "cure", "shape")

_BOOLEAN = NamedNode(XSD + "boolean")
_Object = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """All results of one rule with one cure, for a row of a table.

    Attributes
    ----------
    count : number of results
    cure : the message of the first of them
    examples : the first few, explained
    """

    number: str
    name: str
    severity: str
    count: int
    cure: str
    examples: tuple[Explained, ...]


def summarize(report: ValidationReport, store: Store, *, examples: int = 3) -> tuple[RuleSummary, ...]:
    """Group a report by severity and rule, worst first, with up to ``examples`` results each.

    Results of one rule that come from different shapes are one group: a rule is what people know.
    """
    groups: dict[tuple[NamedNode, str], list[Explained]] = defaultdict(list)
    for result in report.results:
        explained = explain(result, store)
        groups[result.severity, explained.rule.number or explained.rule.name].append(explained)
    return tuple(_summary(group, examples) for group in groups.values())


def unexercised(report: ValidationReport) -> tuple[str, ...]:
    """Name the shapes that were applied to no node: about these the report says nothing."""
    return tuple(sorted(shorten(_iri(shape)) for shape, count in report.focus_counts.items() if count == 0))


def to_turtle(report: ValidationReport) -> str:
    """Write a report as a SHACL results graph (SHACL 1.0, section 3.6).

    Nodes are named by their place in the report, so that equal reports are equal texts. The document looked at is
    ``comsh:document``; focus counts are ``comsh:focusCount`` on the report's ``comsh:applied`` nodes.
    """
    written = serialize(_triples(report), format=RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b""
    lines = written.decode().splitlines(keepends=True)
    # The serialiser lists prefixes in no order; everything else is in that of the report.
    return "".join(sorted(lines, key=lambda line: (0, line) if line.startswith("@prefix") else (1, "")))


def to_json(report: ValidationReport, store: Store) -> str:
    """Write a report as JSON: conforms, admissible, focusCounts, and results with the keys of ``COLUMNS``."""
    content = {
        "conforms": report.conforms,
        "admissible": report.is_admissible,
        "results": [_row(explain(result, store)) for result in report.results],
        "focusCounts": {shorten(_iri(shape)): count for shape, count in sorted(report.focus_counts.items(), key=str)},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def to_csv(report: ValidationReport, store: Store) -> str:
    """Write the results as CSV with the header ``COLUMNS``; several passages of a node are joined by semicolons."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(explain(result, store)) for result in report.results)
    return out.getvalue()


def _summary(group: list[Explained], examples: int) -> RuleSummary:
    """Make one row of the explained results of a rule."""
    first = group[0]
    return RuleSummary(
        number=first.rule.number,
        name=first.rule.name,
        severity=first.severity,
        count=len(group),
        cure=first.cure,
        examples=tuple(group[:examples]),
    )


def _row(explained: Explained) -> dict[str, str]:
    """Lay out an explained result flat."""
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
        "shape": shorten(_iri(explained.result.shape)),
    }


def _triples(report: ValidationReport) -> Iterator[Triple]:
    """Describe a report and its parts."""
    node = BlankNode("report")
    yield Triple(node, term("rdf:type"), term("sh:ValidationReport"))
    yield Triple(node, term("sh:conforms"), Literal("true" if report.conforms else "false", datatype=_BOOLEAN))
    for place, result in enumerate(report.results, 1):
        part = BlankNode(f"result{place}")
        yield Triple(node, term("sh:result"), part)
        yield from _result_triples(part, result)
    for place, (shape, count) in enumerate(sorted(report.focus_counts.items(), key=str), 1):
        part = BlankNode(f"applied{place}")
        yield Triple(node, NamedNode(SHAPES + "applied"), part)
        yield Triple(part, term("sh:sourceShape"), shape)
        yield Triple(part, NamedNode(SHAPES + "focusCount"), Literal(count))


def _result_triples(node: BlankNode, result: ValidationResult) -> Iterator[Triple]:
    """Describe one result."""
    yield Triple(node, term("rdf:type"), term("sh:ValidationResult"))
    yield Triple(node, term("sh:focusNode"), result.focus)
    yield Triple(node, term("sh:sourceShape"), result.shape)
    yield Triple(node, term("sh:sourceConstraintComponent"), result.component)
    yield Triple(node, term("sh:resultSeverity"), result.severity)
    optional: dict[str, Term | None] = {
        "sh:value": result.value,
        "sh:sourceConstraint": result.constraint,
        "sh:resultMessage": Literal(result.message, language="en") if result.message else None,
        "comsh:document": Literal(result.document) if result.document is not None else None,
    }
    yield from (Triple(node, term(name), value) for name, value in optional.items() if value is not None)
    yield from _path_triples(node, result.path, result.shape)


def _path_triples(node: BlankNode, path: str | None, shape: NamedNode | BlankNode) -> Iterator[Triple]:
    """State the path of a result: one property as it is, a longer path as the source shape spells it."""
    if path is None:
        return
    name = path.removeprefix("<").removesuffix(">")
    if ">" not in name:
        yield Triple(node, term("sh:resultPath"), NamedNode(name))
        return
    for quad in shapes().quads_for_pattern(shape, term("sh:path"), None):
        copy, triples = _copy(quad.object, f"{node.value}path")
        yield Triple(node, term("sh:resultPath"), copy)
        yield from triples


def _copy(node: _Object, name: str) -> tuple[_Object, list[Triple]]:
    """Copy a path of the shapes under a new name, with all it is built from."""
    if not isinstance(node, BlankNode):
        return node, []
    copy, triples = BlankNode(name), []
    parts = sorted(shapes().quads_for_pattern(node, None, None), key=lambda quad: quad.predicate.value)
    for place, quad in enumerate(parts):
        value, more = _copy(quad.object, f"{name}-{place}")
        triples += [Triple(copy, quad.predicate, value), *more]
    return copy, triples


def _iri(shape: NamedNode | BlankNode) -> str:
    """Give the IRI of a shape, or its mark when it has none."""
    return shape.value if isinstance(shape, NamedNode) else str(shape)
