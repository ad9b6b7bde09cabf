"""Files on the command line: the options that tell what they are, standard input among them, faults told one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from pyoxigraph import NamedNode

from communique.cli.console import explain
from communique.graph.errors import SourceErrors
from communique.graph.namespaces import GRAPH
from communique.graph.sources.inputs import KINDS, STDIN, spool

FILES = click.Path(exists=True, allow_dash=True, path_type=Path)

graph_option = click.option("--graph", help="Graph for triples that name none, such as doc/900.")
kind_option = click.option("--input-format", "kind", type=click.Choice(list(KINDS)), help="Format of all files.")


def graph_of(name: str | None) -> NamedNode | None:
    """Read the name of a graph, relative or absolute."""
    if name is None:
        return None
    return NamedNode(name if "://" in name else GRAPH + name)


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
