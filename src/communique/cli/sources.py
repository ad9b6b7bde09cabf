"""Commands about tables: the sources the package knows, mappings to begin with, mappings tried out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from communique.cli.console import ExplainedGroup, format_option, print_json, print_pairs, print_table
from communique.cli.inputs import faults_listed
from communique.graph.loading.releases import packaged_source, read_mapping, try_mapping
from communique.graph.mapping import adapters
from communique.graph.mapping.tables import TableSource
from communique.graph.mapping.tables.proposal import propose, sample

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DATA = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("name", required=False)
@format_option("table", "json")
def sources(name: str | None, form: str) -> None:
    """List the sources whose tables can be loaded by name, or describe one.

    \b
    Example:
      communique sources un-egov-survey
    """
    if name is not None:
        return _show(_find(name), form)
    described = [_to_json(packaged_source(each)) for each in adapters.names()]
    if form == "json":
        return print_json(described)
    columns = ("source", "title", "licence", "editions", "files")
    rows = [
        (each["source"], each["title"], each["licence"], len(each["editions"]), _few(each["files"]))
        for each in described
    ]
    return print_table("Sources", columns, rows, "communique load SOURCE FOLDER; or communique sources SOURCE")


@click.group(cls=ExplainedGroup)
def mapping() -> None:
    """Describe a table of your own: propose a mapping from the data, try a mapping out."""


@mapping.command("init")
@click.argument("data", type=_FILE)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def init(data: Path, output: Path | None) -> None:
    """Propose a mapping for DATA; it runs as it is, and says in comments what was guessed.

    \b
    Example:
      communique mapping init my-data.csv -o my-mapping.yaml
    """
    text = propose(sample(data))
    if output is None:
        return click.echo(text, nl=False)
    if output.exists():
        raise click.UsageError(f"{output} is there already: remove it, or name another file")
    output.write_text(text, encoding="utf-8")
    return click.echo(f"written: {output}; next: communique mapping check {output} {data}")


@mapping.command("check")
@click.argument("file", type=_FILE)
@click.argument("data", nargs=-1, type=_DATA)
@format_option("table", "json")
def check(file: Path, data: tuple[Path, ...], form: str) -> None:
    """Try the mapping FILE, and with DATA what comes of its rows; nothing is loaded.

    \b
    Example:
      communique mapping check my-mapping.yaml my-data.csv
    """
    with faults_listed():
        source = read_mapping(file)
    found = try_mapping(source, data)
    if form == "json":
        return print_json(found)
    for edition in found:
        click.echo("{edition}: {read} rows read, {mapped} mapped, {rejected} rejected, {quads} quads".format(**edition))
        _print_rejects(edition)
    if not data:
        click.echo(f"{file} is sound: {len(source.tables)} tables, {len(source.releases)} editions")
    return None


def _print_rejects(edition: dict[str, Any]) -> None:
    """Print why rows were rejected, and the first of them."""
    if edition["reasons"]:
        print_table("Rejected", ("reason", "count"), edition["reasons"].items())
    columns = ("file", "row", "column", "value", "reason", "what to do")
    rows = [
        tuple(each[key] for key in ("file", "number", "column", "value", "reason", "cure")) for each in edition["first"]
    ]
    if rows:
        print_table("The first of them", columns, rows)


def _find(name: str) -> TableSource:
    """Find a packaged source; UsageError when there is none."""
    if name not in adapters.names():
        raise click.UsageError(f"no source {name!r}; one of {', '.join(adapters.names())}")
    return packaged_source(name)


def _show(source: TableSource, form: str) -> None:
    """Say all about a source."""
    described = _to_json(source)
    if form == "json":
        return print_json(described)
    print_pairs({name: value for name, value in described.items() if not isinstance(value, dict | list) and value})
    print_table("Editions", ("edition", "date", "files"), [tuple(each.values()) for each in described["editions"]])
    print_table("Tables", ("table", "columns used"), described["tables"].items())
    if described["left_out"]:
        print_table("Left out", ("what", "why"), described["left_out"].items())
    return None


def _to_json(source: TableSource) -> dict[str, Any]:
    """Sum up a source, ready for JSON."""
    left_out = dict(source.left_out)
    for table in source.tables:
        left_out |= {f"{table.name}: {column}": why for column, why in table.left_out.items()}
    return {
        "source": source.name,
        "title": source.title,
        "notes": source.notes,
        "homepage": source.homepage or "",
        "licence": source.licence.text,
        "licence_iri": source.licence.iri or "",
        "citation": source.citation,
        "languages": ", ".join(source.languages),
        "editions": [
            {"edition": each.edition, "date": each.date.text, "files": ", ".join(each.files)}
            for each in source.releases
        ],
        "files": list(source.files),
        "tables": {
            table.name: ", ".join(dict.fromkeys(column.names[0] for column in table.columns.values()))
            for table in source.tables
        },
        "left_out": left_out,
    }


def _few(files: list[str]) -> str:
    """Write the first few of some names."""
    return ", ".join(files[:2]) + (f" and {len(files) - 2} more" if len(files) > 2 else "")
