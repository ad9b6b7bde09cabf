"""The command that links the names in a column of a table to nodes of the graph."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

import click

from communique import __version__
from communique.cli.console import format_option, print_json, tell
from communique.cli.session import Session
from communique.graph.errors import MappingError, SourceError
from communique.graph.linking import Candidate, Index, Result
from communique.graph.linking.linkage import Cells, Linkage
from communique.graph.linking.mappings import Origin, write_mappings
from communique.graph.linking.resolution import STATES
from communique.graph.mapping.bounds import read_bounds
from communique.graph.mapping.tables.description import SUFFIXES, Layout
from communique.graph.sources.decoding.streams import plain_name
from communique.graph.sources.rows import Rejected, Row
from communique.graph.sources.tables import read_rows
from communique.graph.sources.tree import Place, Scalar
from communique.graph.terms.namespaces import shorten

ADDED = ("iri", "verdict", "score", "candidates")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file that say what is named, when, and what it belongs to."""

    file: Path
    name: str
    when: str | None
    context: str | None

    def cells_of(self, row: Row) -> Cells:
        """Take the cells of a row; SourceError when a column is missing, or one to be added is there."""
        wanted = (self.name, self.when, self.context)
        for column in wanted:
            # An object of JSON lines may lack a member; the rows of the other forms all have the same columns.
            if column is not None and column not in row.cells and row.head is not None:
                raise SourceError(f"no column {column!r}", path=self.file.name, expected=" | ".join(row.cells))
        if taken := [f"{self.name}_{added}" for added in ADDED if f"{self.name}_{added}" in row.cells]:
            raise SourceError(f"{taken[0]!r} is there already", path=self.file.name, hint="link the file as it was")
        return Cells(*(row.cells.get(column, "").strip() if column else "" for column in wanted))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", required=True, help="The column that holds the names.")
@click.option(
    "--type", "kind", default="State", show_default=True, help="Class of what is named, such as Organization."
)
@click.option("--date", "when", help="A column with the date of each row, in EDTF: 1985, 1985-06, 1985-06-30.")
@click.option("--context", help="A column with the state, organization, event or post that what is named belongs to.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="CSV, TSV or JSONL; else stdout.")
@click.option("--mappings", type=click.Path(dir_okay=False, path_type=Path), help="Write the mapping set, in SSSOM.")
@click.option("--encoding", default="utf-8-sig", show_default=True, help="Of a text file.")
@click.option("--separator", help="Between the cells of a text file.")
@click.option("--sheet", help="Of a workbook; the first by default.")
@format_option("table", "json")
def link(
    file: Path,
    column: str,
    kind: str,
    when: str | None,
    context: str | None,
    output: Path | None,
    mappings: Path | None,
    encoding: str,
    separator: str | None,
    sheet: str | None,
    form: str,
) -> None:
    """Link the names in a column of FILE to nodes of the graph: a match, candidates with scores, or nothing.

    FILE is CSV, TSV, XLSX or JSON lines, compressed or not. It is written again with four more columns, COLUMN_iri,
    _verdict, _score and _candidates. States and territories need no store; all else is sought in the published graph.
    With a date both its first and its last day have to lead to the same. A person is matched within a context only.
    The account goes to stderr; with --format json it goes to stdout, and FILE to --output.

    \b
    Example:
      communique link data.csv --column Country --date Year -o linked.csv
      communique link data.xlsx --column Ministry --type Organization --context Country --mappings found.sssom.tsv
      communique link people.jsonl --column name --type Person --context employer -o out.jsonl --format json
    """
    if form == "json" and output is None:
        raise click.UsageError("--format json writes the account to stdout: say --output for the rows")
    columns = Columns(file, column, when, context)
    linkage = Linkage(kind, None if kind in STATES else _index(kind))
    layout = Layout(encoding=encoding, separator=separator, sheet=sheet)
    linked = _link_rows(read_rows(file, layout), columns, linkage)
    write_rows(linked, output, "jsonl" if _form(file) == "jsonl" else "csv")
    if mappings is not None:
        origin = Origin(file.name, column, datetime.now(UTC).date(), __version__)
        with mappings.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(write_mappings(linkage.results, origin))
    _report(columns, linkage, form)


def _index(kind: str) -> Index:
    """Build the index of the published graph; SourceError when it has nothing of the kind."""
    make = partial(Index.of, Session.start().solve)
    index = make((kind,))
    if kind not in index.kinds:
        expected = "State, Territory, " + ", ".join(sorted(make().kinds - set(STATES)))
        raise SourceError(f"nothing of type {kind!r} is published", expected=expected)
    return index


def _link_rows(rows: Iterable[Row | Rejected], columns: Columns, linkage: Linkage) -> Iterator[dict[str, str]]:
    """Add what was found to each row; a row that cannot be read is told and left out."""
    for row in rows:
        if isinstance(row, Rejected):
            linkage.rows["rejected"] += 1
            tell(f"{columns.file.name}: row {row.number} left out: {row.reason}; {row.cure}")
            continue
        cells = columns.cells_of(row)
        days = _days(cells.when, columns.file, row.number)
        yield {**row.cells, **_added(columns.name, linkage.link(cells, days))}


def _added(name: str, result: Result) -> dict[str, str]:
    """Give the new cells of a row."""
    match = result.match
    others = " ".join(candidate.node.value for candidate in result.candidates if candidate != match)
    values = (match.node.value if match else "", result.verdict, f"{match.score:.4g}" if match else "", others)
    return {f"{name}_{added}": value for added, value in zip(ADDED, values, strict=True)}


def _days(text: str, file: Path, row: int) -> tuple[date, date] | None:
    """Read the first and the last day of a date; None where it is empty, unbounded or no date, which is told."""
    if not text:
        return None
    try:
        bounds = read_bounds(Scalar(text, Place(file.name, row, 1)))
    except MappingError:
        tell(f"{file.name}: row {row}: {text!r} is no date in EDTF, linked without it")
        return None
    first, last = bounds.begin_earliest, bounds.end_latest
    return (first, last) if first and last else None


def _form(file: Path) -> str:
    """Tell the form of a file by its suffix."""
    return SUFFIXES.get(PurePosixPath(plain_name(file.name)).suffix, "csv")


def write_rows(rows: Iterator[dict[str, str]], output: Path | None, form: str) -> None:
    """Write rows as they come; a file as its suffix says, stdout as ``form`` says."""
    if output is None:
        return _write_to(sys.stdout, rows, form)
    chosen = SUFFIXES.get(output.suffix)
    if chosen in (None, "xlsx"):
        raise SourceError(f"cannot write {output.name}", expected="a file that ends with .csv, .tsv or .jsonl")
    with output.open("w", encoding="utf-8", newline="") as stream:
        return _write_to(stream, rows, chosen)


def _write_to(stream: TextIO, rows: Iterator[dict[str, str]], form: str) -> None:
    """Write rows in a form."""
    if form == "jsonl":
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    first = next(rows, None)
    if first is None:
        return
    writer = csv.DictWriter(stream, [*first], delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writeheader()
    writer.writerows(chain([first], rows))


def _report(columns: Columns, linkage: Linkage, form: str) -> None:
    """Tell how many rows and names were linked, and which names were not."""
    undecided = linkage.undecided()
    counts = {name: linkage.rows[name] for name in ("match", "candidates", "none", "empty", "rejected")}
    if form == "json":
        names = [_describe(cells, result) for cells, result in undecided.items()]
        return print_json(
            {"file": columns.file.name, "rows": counts, "names": len(linkage.results), "undecided": names}
        )
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    click.echo(f"{linkage.rows.total()} rows: {told or 'nothing'}; {len(linkage.results)} different names", err=True)
    for cells, result in list(undecided.items())[:_SHOWN]:
        best = ", ".join(f"{shorten(each.node.value)} {each.score:.2f}" for each in result.candidates)
        tell(f"  {cells.text}: {best or 'nothing like it'}")
    if len(undecided) > _SHOWN:
        click.echo(f"  and {len(undecided) - _SHOWN} more; --format json or --mappings lists all", err=True)
    return None


def _describe(cells: Cells, result: Result) -> dict[str, Any]:
    """Write a name without a match for JSON."""
    asked = {"name": cells.text, "date": cells.when or None, "context": cells.context or None}
    return {**asked, "candidates": [_explain(candidate) for candidate in result.candidates]}


def _explain(candidate: Candidate) -> dict[str, Any]:
    """Write a candidate for JSON."""
    features = [{"name": each.name, "value": each.value, "score": each.score} for each in candidate.features]
    return {"iri": candidate.node.value, "label": candidate.label, "score": candidate.score, "features": features}
