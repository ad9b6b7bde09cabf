"""Files on the command line: the options that say what they are, standard input among them, faults one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from pyoxigraph import NamedNode

from communique.cli.console import explain
from communique.graph.errors import SourceErrors
from communique.graph.loading.releases import packaged_source, read_mapping
from communique.graph.mapping import adapters
from communique.graph.mapping.tables import TableSource
from communique.graph.sources.decoding.faults import cure_of
from communique.graph.sources.inputs import KINDS, STDIN, spool
from communique.graph.terms.namespaces import GRAPH

FILES = click.Path(exists=True, allow_dash=True, path_type=Path)
TABLE = "table"


class _FilesOrSource(click.ParamType[Path | str]):
    """A path that exists, or the name of a source where there is no such path."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Take a name for a path where there is one."""
        if not Path(value).exists() and (value == TABLE or value in adapters.names()):
            return str(value)
        return Path(FILES.convert(value, param, ctx))


FILES_OR_SOURCE = _FilesOrSource()
mapping_option = click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Mapping of FILES that are tables."
)

graph_option = click.option("--graph", help="Graph for triples that name none, such as doc/900.")
kind_option = click.option("--input-format", "kind", type=click.Choice(list(KINDS)), help="Format of all files.")


def graph_of(name: str | None) -> NamedNode | None:
    """Read the name of a graph, relative or absolute."""
    if name is None:
        return None
    try:
        return NamedNode(name if "://" in name else GRAPH + name)
    except ValueError as error:
        raise click.UsageError(f"--graph {name!r} makes no IRI: {error}; {cure_of(str(error))[1]}") from error


def source_of(files: Sequence[Path | str], mapping: Path | None) -> tuple[TableSource | None, list[Path]]:
    """Say the source that is meant from its files; None for documents and RDF."""
    first = files[0] if isinstance(files[0], str) else None
    named = [Path(each) for each in files[1 if first else 0 :]]
    if mapping is not None:
        if first not in (None, TABLE):
            raise click.UsageError(f"{first} has a mapping of its own: leave --mapping out, or say table")
        with faults_listed():
            source: TableSource | None = read_mapping(mapping)
    elif first == TABLE:
        raise click.UsageError(
            "table needs --mapping FILE.yaml; communique mapping init DATA.csv writes one to begin with"
        )
    else:
        source = packaged_source(first) if first else None
    if not named:
        raise click.UsageError(f"name the files or the folder of {first}")
    return source, named


@contextmanager
def on_disk(files: Sequence[Path], kind: str | None) -> Iterator[list[Path]]:
    """Put standard input into a file for a while, so that it can be read twice."""
    if STDIN not in files:
        yield list(files)
        return
    with TemporaryDirectory(prefix="communique-") as folder:
        stdin = spool(sys.stdin.buffer, Path(folder), kind)
        yield [stdin if path == STDIN else path for path in files]


@contextmanager
def faults_listed() -> Iterator[None]:
    """Say of each file why it cannot be read, when there are several."""
    try:
        yield
    except SourceErrors as error:
        for fault in error.faults:
            explain(fault)
        raise
