"""The command that links the names in a column of a table to nodes of the graph."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

import click

from communique import __version__
from communique.cli.console import format_option, print_json, tell
from communique.cli.session import Session
from communique.graph.errors import MappingError, SourceError
from communique.graph.linking import Index, Result
from communique.graph.linking.linkage import ColumnSource, Linkage, Mention, write_mappings
from communique.graph.linking.resolution import STATES
from communique.graph.mapping.bounds import read_bounds
from communique.graph.sources.decoding.streams import plain_name
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.sources.tables import SUFFIXES, Layout, read_rows
from communique.graph.sources.tree import FilePlace, Scalar
from communique.graph.terms.namespaces import shorten

ADDED = ("iri", "verdict", "score", "candidates")
_SHOWN = 20


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
    columns = LinkedColumns(file.name, column, when, context)
    linkage = Linkage(kind, None if kind in STATES else _published_index(kind))
    written_as = "jsonl" if SUFFIXES.get(PurePosixPath(plain_name(file.name)).suffix) == "jsonl" else "csv"
    with _row_writer(output, written_as) as write_row:
        for row in read_rows(file, Layout(encoding=encoding, separator=separator, sheet=sheet)):
            if isinstance(row, Rejected):
                linkage.rows["rejected"] += 1
                tell(f"{file.name}: row {row.number} left out: {row.reason}; {row.cure}")
                continue
            mention = columns.read_mention(row)
            result = linkage.link(mention, _read_days(mention.when, file, row.number))
            write_row({**row.cells, **columns.write_result(result)})
    if mappings is not None:
        source = ColumnSource(file.name, column, datetime.now(UTC).date(), __version__)
        with mappings.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(write_mappings(linkage.results, source))
    if form == "json":
        _print_account(file.name, linkage)
    else:
        _tell_account(linkage)


@dataclass(frozen=True, slots=True)
class LinkedColumns:
    """The columns of a file that say what is named, when, and what it belongs to."""

    file: str
    name: str
    when: str | None
    context: str | None

    def read_mention(self, row: TableRow) -> Mention:
        """Read the cells of a row; SourceError when a column is missing, or one to be added is there."""
        wanted = (self.name, self.when, self.context)
        for column in wanted:
            # An object of JSON lines may lack a member; the rows of the other forms all have the same columns.
            if column is not None and column not in row.cells and row.head is not None:
                raise SourceError(f"no column {column!r}", path=self.file, expected=" | ".join(row.cells))
        if taken := [f"{self.name}_{added}" for added in ADDED if f"{self.name}_{added}" in row.cells]:
            raise SourceError(f"{taken[0]!r} is there already", path=self.file, hint="link the file as it was")
        return Mention(*(row.cells.get(column, "").strip() if column else "" for column in wanted))

    def write_result(self, result: Result) -> dict[str, str]:
        """Write the cells that are added to a row."""
        match = result.match
        others = " ".join(candidate.node.value for candidate in result.candidates if candidate != match)
        values = (match.node.value if match else "", result.verdict, f"{match.score:.4g}" if match else "", others)
        return {f"{self.name}_{added}": value for added, value in zip(ADDED, values, strict=True)}


def _published_index(kind: str) -> Index:
    """Build the index of the published graph; SourceError when it has nothing of the kind."""
    build = partial(Index.of, Session.start().solve)
    index = build((kind,))
    if kind not in index.kinds:
        expected = "State, Territory, " + ", ".join(sorted(build().kinds - set(STATES)))
        raise SourceError(f"nothing of type {kind!r} is published", expected=expected)
    return index


def _read_days(text: str, file: Path, row: int) -> tuple[date, date] | None:
    """Read the first and last day of a date; None where it is empty, unbounded or no date, which stderr says."""
    if not text:
        return None
    try:
        bounds = read_bounds(Scalar(text, FilePlace(file.name, row, 1)))
    except MappingError:
        tell(f"{file.name}: row {row}: {text!r} is no date in EDTF, linked without it")
        return None
    first, last = bounds.begin_earliest, bounds.end_latest
    return (first, last) if first and last else None


@contextmanager
def _row_writer(output: Path | None, form: str) -> Iterator[Callable[[dict[str, str]], None]]:
    """Open the output for rows that are written as they come: a file as its suffix says, stdout as ``form`` says."""
    if output is None:
        yield _writer_to(sys.stdout, form)
        return
    chosen = SUFFIXES.get(output.suffix)
    if chosen in (None, "xlsx"):
        raise SourceError(f"cannot write {output.name}", expected="a file that ends with .csv, .tsv or .jsonl")
    with output.open("w", encoding="utf-8", newline="") as stream:
        yield _writer_to(stream, chosen)


def _writer_to(stream: TextIO, form: str) -> Callable[[dict[str, str]], None]:
    """Return the function that writes a row to a stream; the first row of CSV and TSV has the header."""
    table: csv.DictWriter[str] | None = None

    def write(row: dict[str, str]) -> None:
        nonlocal table
        if form == "jsonl":
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            return
        if table is None:
            table = csv.DictWriter(stream, [*row], delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
            table.writeheader()
        table.writerow(row)

    return write


def _tell_account(linkage: Linkage) -> None:
    """Say on stderr how many rows and names were linked, and which names were not."""
    undecided = linkage.undecided()
    counts = ", ".join(f"{count} {name}" for name, count in _count_rows(linkage).items() if count) or "nothing"
    click.echo(f"{linkage.rows.total()} rows: {counts}; {len(linkage.results)} different names", err=True)
    for mention, result in list(undecided.items())[:_SHOWN]:
        best = ", ".join(f"{shorten(each.node.value)} {each.score:.2f}" for each in result.candidates)
        tell(f"  {mention.text}: {best or 'nothing like it'}")
    if len(undecided) > _SHOWN:
        click.echo(f"  and {len(undecided) - _SHOWN} more; --format json or --mappings lists all", err=True)


def _print_account(file: str, linkage: Linkage) -> None:
    """Print the same as JSON, with the features of all candidates."""
    undecided = [_describe(mention, result) for mention, result in linkage.undecided().items()]
    names = len(linkage.results)
    print_json({"file": file, "rows": _count_rows(linkage), "names": names, "undecided": undecided})


def _count_rows(linkage: Linkage) -> dict[str, int]:
    return {name: linkage.rows[name] for name in ("match", "candidates", "none", "empty", "rejected")}


def _describe(mention: Mention, result: Result) -> dict[str, Any]:
    """Write a name without a match for JSON."""
    return {
        "name": mention.text,
        "date": mention.when or None,
        "context": mention.context or None,
        "candidates": [
            {
                "iri": each.node.value,
                "label": each.label,
                "score": each.score,
                "features": [{"name": part.name, "value": part.value, "score": part.score} for part in each.features],
            }
            for each in result.candidates
        ],
    }
