"""Commands that ask: ready questions, SPARQL and networks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
from communique.cli.inputs import FILES, text_of
from communique.cli.session import Session
from communique.graph import networks
from communique.graph.engine.protocol import JSON_RESULTS
from communique.graph.errors import InvalidParameter
from communique.graph.hints import answers, reasons
from communique.graph.hints.finding import Finder
from communique.graph.queries import PackagedQuery, find, library
from communique.graph.terms.namespaces import shorten

_RESULTS = {
    "table": JSON_RESULTS,
    "json": JSON_RESULTS,
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
# A network is two tables: the edges, and the nodes with their measures.
_CSV = {False: "edges.csv", True: "nodes.csv"}
_Term = NamedNode | BlankNode | Literal | Triple


@click.command()
@click.argument("name", required=False)
@click.option("--param", "-p", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter; may be repeated.")
@click.option("--file", "file", type=FILES, help="Ask the SPARQL text of this file instead (- for stdin).")
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
        _print_answer(Session.start(), text_of(file), form)
    elif name is None:
        _list_questions(form)
    else:
        question, session = find(name), Session.start()
        text = question.bind(_split(pairs), _finder(session).find)
        _print_answer(session, text, form, question)


@click.command()
@click.argument("layer", required=False)
@click.option("--measure", "-m", "names", multiple=True, help="Compute a measure of each node; may be repeated.")
@click.option("--weight", help="How much one occasion adds: count, newman or share, as the layer offers.")
@click.option("--nodes", default="state", show_default=True, help="Who is a node: state or organization.")
@click.option("--planned", is_flag=True, help="Draw also what is only planned; such edges are marked.")
@click.option("--stated-only", is_flag=True, help="Leave out what is inferred from a document by a rule.")
@click.option("--from", "since", default="", help="First day of a window: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--to", "until", default="", help="Last day of a window.")
@format_option("table", "json", "csv", "graphml", "gexf")
def network(layer: str | None, names: tuple[str, ...], form: str, stated_only: bool, **options: Any) -> None:
    """Draw the network of a LAYER and measure it; without a name, list the layers.

    \b
    Example:
      communique network co-participation --measure betweenness --format csv
    """
    if layer is None:
        return _list_layers(form)
    drawn = _project(Session.start(), layer, inferred=not stated_only, **options)
    measured = [networks.measure(drawn, name) for name in names]
    if form == "table":
        return _print_network(drawn, measured)
    if len(measured) == 1 and form in networks.formats.MEASURE_FORMATS:
        return write_bytes(networks.formats.write_measure(measured[0], form))
    return write_bytes(
        networks.formats.write(drawn, _CSV[bool(measured)] if form == "csv" else form, measures=measured)
    )


def _split(pairs: Iterable[str]) -> list[tuple[str, str]]:
    """Split ``name=value``; InvalidParameter where the sign is missing."""
    split = [pair.partition("=") for pair in pairs]
    for name, sign, _ in split:
        if not sign:
            raise InvalidParameter(f"--param {name!r} has no value", expected="NAME=VALUE")
    return [(name, value) for name, _, value in split]


def _list_questions(form: str) -> None:
    """List the ready questions with their parameters."""
    rows = [(each.name, each.question, each.summary, ", ".join(_default(each))) for each in library().values()]
    if form == "json":
        return print_json([dict(zip(("name", "question", "summary", "parameters"), row, strict=True)) for row in rows])
    return print_table("Ready questions", ("name", "no.", "question", "parameters"), rows)


def _default(question: PackagedQuery) -> list[str]:
    """Write each parameter with its default."""
    return [f"{each.name}={' '.join(each.default)}" for each in question.parameters]


def _finder(session: Session) -> Finder:
    """Make what finds nodes by their names."""
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


def _list_layers(form: str) -> None:
    """List the layers with what an edge of each says."""
    rows = [(each.name, each.directed, ", ".join(each.weights), each.summary) for each in networks.layers()]
    if form == "json":
        return print_json([dict(zip(("name", "directed", "weights", "summary"), row, strict=True)) for row in rows])
    return print_table("Network layers", ("layer", "directed", "weights", "an edge says"), rows)


def _project(session: Session, layer: str, *, since: str, until: str, **options: Any) -> networks.Network:
    """Draw a layer with the options of the command line."""
    texts = {"from": since, "to": until, **{name: str(value) for name, value in options.items() if value is not None}}
    chosen = networks.NetworkOptions.parse(
        {name: text.lower() if name != "nodes" else text for name, text in texts.items()}
    )
    return networks.project(session.run, layer, options=chosen, data_version=session.snapshot.id)


def _print_network(drawn: networks.Network, measured: list[networks.MeasureTable]) -> None:
    """Print edges, or the measures when any were asked for, then what a reader must know."""
    if not measured:
        _print_rows("Edges", networks.formats.edge_rows(drawn))
    for table in measured:
        _print_rows(f"{table.name}: {table.formula}", networks.formats.measure_rows(table))
    for note in networks.formats.metadata(drawn)["notes"]:
        click.echo(f"note: {note}", err=True)


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows that carry their own column names."""
    columns = list(rows[0]) if rows else []
    cells = [list(map(_shorten, row.values())) for row in rows]
    print_table(title, columns, cells, f"{len(rows)} rows")


def _shorten(cell: object) -> object:
    """Write an IRI, or a list of them, the short way; leave anything else."""
    if isinstance(cell, list):
        return list(map(_shorten, cell))
    return shorten(cell) if isinstance(cell, str) else cell
