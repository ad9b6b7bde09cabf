"""Validation reports on the way out: for people as tables or pages, for programs as JSON, CSV or RDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from pyoxigraph import Store

from communique.cli.console import print_table, terminal
from communique.graph.errors import legible
from communique.graph.validation import ValidationReport, report

FORMS = ("table", "json", "csv", "turtle", "ntriples", "html")

_WRITERS: dict[str, Callable[[ValidationReport, Store], Iterable[str]]] = {
    "json": report.stream_json,
    "csv": report.stream_csv,
    "turtle": lambda found, _: report.stream_turtle(found),
    "ntriples": lambda found, _: report.stream_ntriples(found),
}
_FOLDED = 8


@dataclass(frozen=True, slots=True)
class Output:
    """How a report leaves.

    Attributes
    ----------
    form : one of ``FORMS``
    path : file or, for HTML, folder; None for standard output
    page, limit : which results a single page of HTML shows
    title : heading of HTML
    """

    form: str = "table"
    path: Path | None = None
    page: int = 1
    limit: int = 500
    title: str = "Validation"


def write_report(found: ValidationReport, store: Store, output: Output) -> None:
    """Write a report part by part, so that its length does not matter; a table shows rules with a few examples.

    What a reader has to know of a report stands in a table; beside other forms it goes to standard error too.
    """
    if output.form != "table":
        for note in found.notes:
            click.echo(f"note: {note}", err=True)
    if output.form == "html" and output.path is not None and output.path.suffix.lower() != ".html":
        _write_folder(found, store, output, output.path)
    elif output.form == "table":
        _print(found, store)
    else:
        _send(
            _page(found, store, output) if output.form == "html" else _WRITERS[output.form](found, store), output.path
        )


def _send(parts: Iterable[str], path: Path | None) -> None:
    """Write the parts of a text."""
    if path is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)
    click.echo(f"written: {path}", err=True)


def _page(found: ValidationReport, store: Store, output: Output) -> Iterable[str]:
    from communique.graph.validation.report import pages  # templates are loaded only where they are wanted

    return [pages.render(found, store, title=output.title, page=output.page, limit=output.limit)]


def _write_folder(found: ValidationReport, store: Store, output: Output, folder: Path) -> None:
    from communique.graph.validation.report import pages  # see above

    written = pages.write_pages(found, store, folder, title=output.title, limit=output.limit)
    click.echo(f"written: {written[0]} and {len(written) - 1} pages beside it", err=True)


def _print(found: ValidationReport, store: Store) -> None:
    """Print a report grouped by rule with cure and examples, then what was not checked."""
    rows = []
    for rule in report.summarize(found, store):
        examples = "\n".join(f"{each.label} ({', '.join(map(str, each.passages))})" for each in rule.examples)
        name = rule.number or rule.name
        rows.append((name, rule.severity, rule.count, rule.cure, examples.replace(" ()", "")))
    if rows:
        print_table("Findings", ("rule", "severity", "count", "what to do", "where"), rows)
    console = terminal()
    for note in found.notes:
        console.print(legible(note), style="yellow", markup=False, highlight=False)
    if idle := report.unexercised(found):
        shown = ", ".join(idle[:_FOLDED]) + (f" and {len(idle) - _FOLDED} more" if len(idle) > _FOLDED else "")
        console.print(legible(f"applied to no node: {shown}"), style="dim", markup=False, highlight=False)
    console.print(legible(report.verdict(found)), markup=False, highlight=False)
