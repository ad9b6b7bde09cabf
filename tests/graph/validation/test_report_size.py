"""Reports of any length: a page of 100,000 results is one page, and no form keeps what it has written."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from communique.graph.terms.namespaces import ID, SH, SHAPES
from communique.graph.validation import report as reports
from communique.graph.validation.report import pages
from communique.graph.validation.results import ValidationReport, ValidationResult

Stream = Callable[[ValidationReport], Iterator[str]]
CLASS, SHAPE = NamedNode(SH + "ClassConstraintComponent"), NamedNode(SHAPES + "Participation-actor")
STREAMS: dict[str, Stream] = {
    "json": lambda report: reports.stream_json(report, Store()),
    "csv": lambda report: reports.stream_csv(report, Store()),
    "turtle": reports.stream_turtle,
    "ntriples": reports.stream_ntriples,
}


def report_of(size: int) -> ValidationReport:
    path = f"<{SH}x>"
    found = (
        ValidationResult(NamedNode(f"{ID}event/e{number:06}"), path, Literal(number), CLASS, SHAPE, message="Mend it.")
        for number in range(size)
    )
    return ValidationReport(tuple(found), {SHAPE: size})


def peak(stream: Stream, report: ValidationReport) -> tuple[int, int]:
    """Write a report away; give its length and the most memory that this took beside the report."""
    tracemalloc.start()
    try:
        return sum(map(len, stream(report))), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", STREAMS)
def test_four_times_the_results_take_no_more_memory(form: str) -> None:
    peak(STREAMS[form], report_of(10))  # what is made once
    (length, once), (longer, more) = (peak(STREAMS[form], report_of(size)) for size in (600, 2400))
    assert longer > 3.5 * length
    assert more < 1.3 * once


def test_a_page_out_of_100_000_results_is_one_page() -> None:
    report = report_of(100_000)
    last = pages.render(report, Store(), title="Trial", page=200)
    assert "Findings 99,501–100,000 of 100,000" in last
    assert (last.count('<tr id="finding-'), len(last) < 400_000) == (500, True)
    (row,) = reports.summarize(report, Store())
    assert (row.count, len(row.examples)) == (100_000, 3)


def test_no_page_of_a_folder_is_large(tmp_path: Path) -> None:
    written = pages.write_pages(report_of(2400), Store(), tmp_path, title="Trial")
    assert len(written) == 1 + 5
    assert max(path.stat().st_size for path in written) < 400_000
