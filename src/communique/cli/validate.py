"""The command that tries: files against the gate, or anybody's data against anybody's shapes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from communique.cli.console import format_option
from communique.cli.inputs import (
    FILES_OR_SOURCE,
    faults_listed,
    graph_of,
    graph_option,
    kind_option,
    mapping_option,
    on_disk,
    source_of,
)
from communique.cli.progress import shown
from communique.cli.reporting import FORMS, Output, write_report
from communique.graph.errors import SourceError
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options
from communique.graph.loading.staging import Judged
from communique.graph.settings import read_settings
from communique.graph.sources import collect, read_texts
from communique.graph.validation import description, foreign_shapes
from communique.graph.validation.report import verdict
from communique.graph.validation.results import ValidationReport

R = TypeVar("R")

_SHAPES = click.Path(exists=True, path_type=Path)
_OUTPUT = click.Path(path_type=Path)


def _foreign_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options that speak of shapes."""
    for option in (
        click.option("--explain", "asked", metavar="SHAPE", help="Print what is asked about a shape, and stop."),
        click.option(
            "--target",
            "targets",
            multiple=True,
            metavar="SHAPE=CLASS",
            help="Judge nodes of a class by a shape, in place of its targets.",
        ),
        click.option(
            "--union/--no-union", "is_union", default=True, show_default=True, help="All graphs, or the default."
        ),
        click.option("--shapes", multiple=True, type=_SHAPES, help="Shapes to judge by, instead of the project's own."),
    ):
        command = option(command)
    return command


def _output_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options that say how the report is written."""
    for option in (
        click.option(
            "--limit", type=click.IntRange(min=1), default=500, show_default=True, help="Findings on a page of HTML."
        ),
        click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Page of HTML to write."),
        click.option("--output", type=_OUTPUT, help="File for the report; for HTML also a folder of pages."),
        format_option(*FORMS),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("files", nargs=-1, type=FILES_OR_SOURCE)
@mapping_option
@click.option(
    "--documents",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the source texts (*.txt), to hold locators and digests against.",
)
@_foreign_options
@graph_option
@kind_option
@_output_options
def validate(
    files: tuple[Path | str, ...],
    mapping: Path | None,
    graph: str | None,
    kind: str | None,
    asked: str | None,
    folder: Path | None,
    **how: Any,
) -> None:
    """Try whether FILES could be loaded, and change nothing; without files, judge the graph in force.

    With --documents, every paragraph is looked up in its text: a digest that fits none is a violation. Without, digests
    are held against the graph in force.

    FILES are named as for load: after the name of a source, or with --mapping, they are tables.

    With --shapes, FILES are any RDF and are judged by these shapes alone: no store is needed. What SHACL Core and
    SHACL-SPARQL 1.0 know is compiled to SPARQL; the report says which shapes pySHACL had to judge.

    \b
    Example:
      communique validate my-document.yaml --format csv
      communique validate data.ttl more.nq.gz --shapes shapes.ttl --format html --output report/
      communique validate graph/documents/003.yaml --documents ~/documents
      communique validate --explain R04
    """
    shapes, targets = how.pop("shapes"), how.pop("targets")
    is_union = how.pop("is_union")
    source, named = source_of(files, mapping) if files else (None, [])
    output = _output(named, how)
    if asked is not None:
        return click.echo(_explanation(asked, shapes, targets), nl=False)
    with shown() as watch, on_disk(named, kind) as paths, faults_listed():
        if shapes:
            if folder:
                raise click.UsageError("--documents does not go with --shapes: evidence is a matter of our own rules")
            _validate_foreign(
                paths, kind, foreign_shapes.read_shapes(collect(shapes), _targets(targets)), is_union, output
            )
        else:
            if targets:
                raise click.UsageError("--target goes with --shapes")
            texts = read_texts(folder) if folder else None
            options = Options(graph=graph_of(graph), kind=kind, source=source, watch=watch, texts=texts)
            judged = (
                pipeline.try_load(read_settings(), paths, options)
                if paths
                else pipeline.validate_published(read_settings(), options)
            )
            print_judged(judged, output)
            _end(judged.report)
    return None


def print_judged(judged: Judged, output: Output | None = None) -> None:
    """Print what the gate says of a change."""
    write_report(judged.report, judged.store, output or Output())


def _explanation(asked: str, files: Sequence[Path], targets: Sequence[str]) -> str:
    """Explain a shape of some files, or a rule or shape of the project."""
    if not files:
        return description.describe_rule(asked)
    shapes = foreign_shapes.read_shapes(collect(files), _targets(targets))
    return description.describe(shapes.assignment, shapes.find(asked))


def _validate_foreign(
    paths: Sequence[Path], kind: str | None, shapes: foreign_shapes.ForeignShapes, is_union: bool, output: Output
) -> None:
    """Judge data by shapes, and end with the exit code that follows."""
    data = foreign_shapes.read_data(collect(paths, kind))
    found = foreign_shapes.validate(data, shapes, is_union=is_union)
    write_report(found, data.store, output)
    if not any(found.focus_counts.values()):
        hint = "compare the targets with the classes of the data, or name one: --target SHAPE=CLASS"
        raise SourceError(verdict(found), expected="some node that a shape is about", hint=hint)
    _end(found)


def _end(found: ValidationReport) -> None:
    """Exit with 1 when the data violates a rule."""
    if not found.is_admissible:
        sys.exit(1)


def _output(files: Sequence[Path], how: Mapping[str, Any]) -> Output:
    """Take the options that say how the report is written."""
    form, path = how["form"], how["output"]
    if form == "table" and path is not None:
        raise click.UsageError(f"--output needs --format {'|'.join(FORMS[1:])}")
    named = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
    return Output(form, path, how["page"], how["limit"], f"Validation of {named or 'the graph in force'}")


def _targets(pairs: Sequence[str]) -> dict[str, str]:
    """Take the targets of the command line apart."""
    wrong = [pair for pair in pairs if not all(pair.partition("="))]
    if wrong:
        raise click.UsageError(f"--target is SHAPE=CLASS, not {wrong[0]}")
    return {shape: cls for shape, _, cls in (pair.partition("=") for pair in pairs)}
