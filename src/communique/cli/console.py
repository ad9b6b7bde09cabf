"""What a person or a program sees: tables, JSON, errors and exit codes."""

from __future__ import annotations

import json
import sys
import traceback
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
    SourceErrors,
    SourceLimit,
    StoreError,
    legible,
)

R = TypeVar("R")

EXIT_CODES = (
    ("0", "done"),
    ("1", "the data does not hold: rules violated, evidence that does not match"),
    ("2", "the input is wrong: options, files, queries"),
    ("3", "the store, the engine or a limit stopped it"),
)

_FAILURES = (EngineError, StoreError, ShapesError, SourceLimit, QueryTimeout, QueryAborted)
# What the system says of a path that was named; anything else it says is about the machine.
_WRONG_PATHS = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)
# A pipe has no width: wide enough that no cell of a table is folded in the middle of an IRI.
_PIPE_WIDTH = 200


class ExplainedGroup(click.Group):
    """A group that ends every ``--help`` with the exit codes and turns known failures into clear words."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl(EXIT_CODES)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whatever ends it is said on stderr, and gives one of the exit codes.

        A defect of ours leaves its traceback and exit code 3, so that no script takes it for a verdict on the data.
        """
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = legible(error.message)  # type: ignore[misc]
            raise
        except CommuniqueError as error:
            explain(error)
            sys.exit(exit_code(error))
        except (BrokenPipeError, click.Abort, click.exceptions.Exit):
            raise
        except OSError as error:
            explain(CommuniqueError(f"{error.filename or 'the system'}: {error.strerror or error}"))
            sys.exit(2 if isinstance(error, _WRONG_PATHS) else 3)
        except Exception as error:
            click.echo(legible(traceback.format_exc()), err=True, nl=False)
            hint = "this is a defect of communique, not of your input: report it with the lines above"
            explain(CommuniqueError(f"{type(error).__name__}: {error}", hint=hint))
            sys.exit(3)


def exit_code(error: CommuniqueError) -> int:
    """Give the exit code of a failure, as ``EXIT_CODES`` documents it."""
    if isinstance(error, ConformanceError):
        return 1
    if isinstance(error, SourceErrors):
        return max((exit_code(fault) for fault in error.faults), default=2)
    return 3 if isinstance(error, _FAILURES) else 2


def explain(error: CommuniqueError) -> None:
    """Write a failure to stderr: what happened, what was expected, what to do next."""
    console = terminal(stderr=True)
    console.print(f"[bold red]error[/] {_escape(error.message)}", highlight=False)
    for name in ("expected", "hint"):
        if part := getattr(error, name):
            console.print(f"  [dim]{'next' if name == 'hint' else name}:[/] {_escape(part)}", highlight=False)


def print_hint(message: str, cure: str | None) -> None:
    """Write to stderr what may be wrong with something that was answered, and what to do."""
    console = terminal(stderr=True)
    console.print(f"[bold]hint[/] {_escape(message)}", highlight=False)
    if cure:
        console.print(f"  [dim]next:[/] {_escape(cure)}", highlight=False)


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
    # What is shown as an escape is so in JSON too: the document says the same.
    click.echo(legible(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def tell(text: str) -> None:
    """Write a line for people to stderr; what it quotes cannot act on their terminal."""
    click.echo(legible(text), err=True)


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
    """Write a serialised answer to stdout, ending with a line end; byte for byte, except onto a terminal."""
    if sys.stdout.isatty():
        body = legible(body.decode("utf-8", "replace")).encode()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


def _text(value: object) -> str:
    """Write a cell; fractions with six significant digits, lists with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _escape(text: str) -> str:
    """Keep data from being read as markup, or from acting on the terminal."""
    return legible(text).replace("[", "\\[")
