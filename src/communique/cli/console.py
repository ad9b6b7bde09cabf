"""What a person or a program sees: tables, JSON, errors and exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from communique.graph.errors import (
    CommuniqueError,
    ConformanceError,
    EngineError,
    QueryAborted,
    QueryTimeout,
    ShapesError,
    StoreError,
)

R = TypeVar("R")

EXIT_CODES = (
    ("0", "done"),
    ("1", "the data does not hold: rules violated, evidence that does not match"),
    ("2", "the input is wrong: options, files, queries"),
    ("3", "the store, the engine or a limit stopped it"),
)

_FAILURES = (EngineError, StoreError, ShapesError, QueryTimeout, QueryAborted)
# A pipe has no width: wide enough that no cell of a table is folded in the middle of an IRI.
_PIPE_WIDTH = 200


class ExplainedGroup(click.Group):
    """A group that ends every ``--help`` with the exit codes and turns known failures into clear words."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a ``CommuniqueError`` ends it with a message on stderr and its exit code."""
        try:
            return super().invoke(ctx)
        except CommuniqueError as error:
            explain(error)
            sys.exit(exit_code(error))


def exit_code(error: CommuniqueError) -> int:
    """Give the exit code of a failure, as ``EXIT_CODES`` documents it."""
    if isinstance(error, ConformanceError):
        return 1
    return 3 if isinstance(error, _FAILURES) else 2


def explain(error: CommuniqueError) -> None:
    """Write a failure to stderr: what happened, what was expected, what to do next."""
    console = terminal(stderr=True)
    console.print(f"[bold red]error[/] {_escape(error.message)}", highlight=False)
    for name in ("expected", "hint"):
        if part := getattr(error, name):
            console.print(f"  [dim]{'next' if name == 'hint' else name}:[/] {_escape(part)}", highlight=False)


def terminal(*, stderr: bool = False) -> Console:
    """Open a console on stdout or stderr; off a terminal it is plain and wide."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _PIPE_WIDTH, emoji=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> None:
    """Print rows as a table, numbers to the right, None as a dash; ``caption`` is a line below it."""
    rows = [tuple(row) for row in rows]
    table = Table(title=_escape(title), title_justify="left")
    for number, name in enumerate(columns):
        is_number = bool(rows) and all(isinstance(row[number], int | float | None) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*("–" if cell is None else _escape(_text(cell)) for cell in row))
    console = terminal()
    console.print(table)
    if caption:
        console.print(_escape(caption), highlight=False)


def print_json(value: Any) -> None:
    """Print one JSON document, keys in the order given, text as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_pairs(pairs: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    width = max(map(len, pairs), default=0)
    console = terminal()
    for name, value in pairs.items():
        console.print(f"[dim]{name:<{width}}[/]  {_escape(_text(value))}", highlight=False)


def format_option(*choices: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Add ``--format``; the first choice is the default."""
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True, help="How to print."
    )


def write_bytes(body: bytes) -> None:
    """Write a serialised answer to stdout, ending with a line end."""
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


def _text(value: object) -> str:
    """Write a cell; fractions with six significant digits, lists with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _escape(text: str) -> str:
    """Keep square brackets of data from being read as markup."""
    return text.replace("[", "\\[")
