"""The command that draws networks and measures them."""

from __future__ import annotations

from typing import Any

import click

from communique.cli.console import format_option, print_json, print_table, write_bytes
from communique.cli.session import Session
from communique.graph import networks
from communique.graph.networks.csv_files import COMMENTED
from communique.graph.terms.namespaces import shorten

# A network is two tables: the edges, and the nodes with their measures.
_TABLE = {False: "edges.", True: "nodes."}


@click.command()
@click.argument("layer", required=False)
@click.option("--measure", "-m", "names", multiple=True, help="Compute a measure of each node; may be repeated.")
@click.option("--weight", help="How much one occasion adds: count, newman or share, as the layer offers.")
@click.option("--nodes", default="state", show_default=True, help="Who is a node: state or organization.")
@click.option("--planned", is_flag=True, help="Draw also what is only planned; such edges are marked.")
@click.option("--stated-only", is_flag=True, help="Leave out what is inferred from a document by a rule.")
@click.option("--from", "since", default="", help="First day of a window: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--to", "until", default="", help="Last day of a window.")
@click.option("--comments", is_flag=True, help="Begin CSV with lines '# key: value' that say how it was made.")
@format_option("table", "json", "csv", "csvm", "graphml", "gexf")
def network(layer: str | None, names: tuple[str, ...], form: str, stated_only: bool, **options: Any) -> None:
    """Draw the network of a LAYER and measure it; without a name, list the layers.

    CSV has nothing but a header and rows. csvm is what describes it: the metadata of the W3C's CSV on the Web.

    \b
    Example:
      communique network co-participation --measure betweenness --format csv
    """
    if options.pop("comments"):
        form = _with_comments(form)
    if layer is None:
        return _list_layers(form)
    drawn = _project(Session.start(), layer, inferred=not stated_only, **options)
    measured = [networks.measure(drawn, name) for name in names]
    if form == "table":
        return _print_network(drawn, measured)
    if len(measured) == 1 and form in networks.formats.MEASURE_FORMATS:
        return write_bytes(networks.formats.write_measure(measured[0], form))
    if form in {"csv", "csvm", COMMENTED["csv"]}:
        form = form.replace("csv", f"{_TABLE[bool(measured)]}csv")
    return write_bytes(networks.formats.write(drawn, form, measures=measured))


def _with_comments(form: str) -> str:
    if form not in COMMENTED:
        raise click.UsageError(f"{form} has no comments: --comments goes with --format csv")
    return COMMENTED[form]


def _list_layers(form: str) -> None:
    """List the layers with what an edge of each says."""
    rows = [(each.name, each.directed, ", ".join(each.weights), each.summary) for each in networks.layers()]
    if form == "json":
        return print_json([dict(zip(("name", "directed", "weights", "summary"), row, strict=True)) for row in rows])
    return print_table("Network layers", ("layer", "directed", "weights", "an edge says"), rows)


def _project(session: Session, layer: str, *, since: str, until: str, **options: Any) -> networks.Network:
    """Draw a layer with the options of the command line."""
    texts = {"from": since, "to": until, **{name: str(value) for name, value in options.items() if value is not None}}
    given = {name: text if name == "nodes" else text.lower() for name, text in texts.items()}
    chosen = networks.NetworkOptions.parse(given)
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
