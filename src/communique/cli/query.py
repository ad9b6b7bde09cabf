"""The command that asks ready questions and SPARQL."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from communique.cli.console import format_option, print_hint, print_json, print_table, write_bytes
from communique.cli.session import Session
from communique.graph.engine.protocol import JSON_RESULTS
from communique.graph.errors import InvalidParameter
from communique.graph.hints import answers, reasons
from communique.graph.queries import PackagedQuery, find, library
from communique.graph.sources.decoding.encodings import decode, read_text
from communique.graph.sources.inputs import STDIN
from communique.graph.terms.namespaces import shorten

if TYPE_CHECKING:
    from communique.graph.hints.finding import Finder

_RESULTS = {
    "table": JSON_RESULTS,
    "json": JSON_RESULTS,
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_FILE = click.Path(exists=True, allow_dash=True, path_type=Path)
_Term = NamedNode | BlankNode | Literal | Triple


@click.command()
@click.argument("name", required=False)
@click.option("--param", "-p", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter; may be repeated.")
@click.option("--file", "file", type=_FILE, help="Ask the SPARQL text of this file instead (- for stdin).")
@format_option("table", "json", "csv", "tsv")
def query(name: str | None, pairs: tuple[str, ...], file: Path | None, form: str) -> None:
    """Ask a ready question by NAME, or any SPARQL query; without either, list the questions.

    A parameter that takes a node takes its path, or a name or code that one node bears. Why an answer may be empty, or
    smaller than was meant, is written to stderr.

    \b
    Example:
      communique query adopters-of-agreement --param agreement=agreement/seoul-communique
      communique query commitments-by-state --param "state=South Korea"
    """
    if file is not None:
        text = decode(sys.stdin.buffer.read(), str(STDIN)) if file == STDIN else read_text(file)
        _print_answer(Session.start(), text, form)
    elif name is None:
        _list_questions(form)
    else:
        question, session = find(name), Session.start()
        text = question.bind(_split(pairs), _finder(session).find) if pairs else question.text
        _print_answer(session, text, form, question)


def _split(pairs: Iterable[str]) -> list[tuple[str, str]]:
    """Split ``name=value``; InvalidParameter where the sign is missing."""
    split = [pair.partition("=") for pair in pairs]
    for name, sign, _ in split:
        if not sign:
            raise InvalidParameter(f"--param {name!r} has no value", expected="NAME=VALUE")
    return [(name, value) for name, _, value in split]


def _list_questions(form: str) -> None:
    """List the ready questions with their parameters and defaults."""
    rows = [
        (each.name, each.question, each.summary, ", ".join(f"{p.name}={' '.join(p.default)}" for p in each.parameters))
        for each in library().values()
    ]
    if form == "json":
        return print_json([dict(zip(("name", "question", "summary", "parameters"), row, strict=True)) for row in rows])
    return print_table("Ready questions", ("name", "no.", "question", "parameters"), rows)


def _finder(session: Session) -> Finder:
    # The tables of names take long to import, and most questions are asked without one.
    from communique.graph.hints.finding import Finder

    return Finder(session.run, lambda: session.names)


def _print_answer(session: Session, text: str, form: str, question: PackagedQuery | None = None) -> None:
    """Ask, and print rows, a truth value or triples in the form asked for, then the hints."""
    media_type, body = session.ask(text, _RESULTS[form])
    _print_body(media_type, body, form, question)
    is_empty = answers.has_no_rows(media_type, body)
    if question is None:
        hints = answers.explain(session.run, text, is_empty=is_empty)
    else:
        hints = reasons.explain(session.run, question, text, _finder(session).alike) if is_empty else []
    for hint in hints:
        print_hint(hint.message, hint.hint)


def _print_body(media_type: str, body: bytes, form: str, question: PackagedQuery | None) -> None:
    """Print an answer in the form asked for."""
    if form != "table" or media_type != JSON_RESULTS:
        return write_bytes(body)
    found = parse_query_results(body, format=QueryResultsFormat.JSON)
    if isinstance(found, QuerySolutions):
        return _print_solutions(found, question)
    return click.echo(str(bool(found)).lower())


def _print_solutions(answer: QuerySolutions, question: PackagedQuery | None) -> None:
    """Print solutions as a table under the question."""
    columns = [variable.value for variable in answer.variables]
    rows = [[_show(solution[name]) for name in columns] for solution in answer]
    caption = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    print_table(question.summary if question else "Answer", columns, rows, caption)


def _show(term: _Term | None) -> object:
    """Write a term for people: short IRIs, numbers as numbers, text without its tag."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if not isinstance(term, Literal):
        return term
    is_whole = term.datatype.value.endswith(("#integer", "#int", "#long"))
    return int(term.value) if is_whole else term.value
