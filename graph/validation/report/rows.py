"""A report as flat rows: JSON and CSV, written part by part."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from pyoxigraph import NamedNode, Store

from communique.graph.terms.namespaces import shorten
from communique.graph.validation.explanation import BATCH, Explained, explain_all
from communique.graph.validation.results import Shape, ValidationReport

COLUMNS = ("rule", "name", "severity", "node", "label", "document", "paragraph", "path", "value", "cure", "shape")


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
    """Lay out the results of a report."""
    return map(_row, explain_all(report.results, store, report.names))


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
        "shape": _short(explained.result.shape),
    }


@lru_cache(maxsize=4096)
def _short(shape: Shape) -> str:
    """Write the IRI of a shape in short, or its mark when it has none."""
    return shorten(shape.value) if isinstance(shape, NamedNode) else str(shape)
