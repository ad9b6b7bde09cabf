"""Commands that look at what is published: its size and sources, and its export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from pyoxigraph import Literal, NamedNode

from communique import __version__
from communique.cli.console import format_option, print_json, print_pairs, print_table
from communique.cli.session import Session
from communique.graph.errors import SourceError
from communique.graph.evidence import coverage, facts_per_document
from communique.graph.queries.editions import LoadedEdition
from communique.graph.store.canonical import canonical_lines
from communique.graph.terms import turtle
from communique.graph.terms.namespaces import BASE, GRAPH, term


@click.command()
@click.option("--sources", "is_sources", is_flag=True, help="Only the editions of sources: rows, licence, citation.")
@format_option("table", "json")
def info(is_sources: bool, form: str) -> None:
    """Say what the published graph holds: triples, graphs, facts per document, coverage, editions of sources.

    \b
    Example:
      communique info --format json
      communique info --sources
    """
    if is_sources:
        return _print_sources(Session.start().editions, form)
    facts = _collect(Session.start())
    if form == "json":
        return print_json(facts)
    print_pairs({name: value for name, value in facts.items() if not isinstance(value, dict | list)})
    print_table("Graphs", ("graph", "quads"), [(graph.removeprefix(BASE), n) for graph, n in facts["graphs"].items()])
    columns = ("document", "facts", "paragraphs", "with facts", "with a reason", "gaps")
    print_table("Documents", columns, [tuple(row.values()) for row in facts["documents"]])
    if facts["sources"]:
        _print_accounts(facts["sources"])
    return None


@click.command()
@click.option("--graph", help="Only this graph, such as doc/003 or background; the triples without its name.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write to this file instead of stdout.")
@format_option("nquads", "turtle")
def export(graph: str | None, output: str | None, form: str) -> None:
    """Write the published graph in a stable order, so that two exports can be compared line by line.

    N-Quads keep the graphs apart; Turtle holds one graph, named by --graph.

    \b
    Example:
      communique export --graph doc/003 --format turtle
    """
    with click.open_file(output or "-", "wb") as stream:
        stream.write(_write(Session.start(), _graph(graph), form))


def _collect(session: Session) -> dict[str, Any]:
    """Collect everything that ``info`` prints, ready for JSON."""
    snapshot, quads = session.snapshot, list(session.documents())
    return {
        "version": __version__,
        "ontology": _ontology_version(session),
        "snapshot": snapshot.id,
        "published": snapshot.created.isoformat(),
        "triples": _count_triples(session),
        "quads": snapshot.quads,
        "facts": sum(facts_per_document(quads).values()),
        "graphs": dict(snapshot.graphs),
        "documents": _documents(quads),
        "sources": [asdict(each) for each in session.editions],
    }


def _print_sources(editions: Sequence[LoadedEdition], form: str) -> None:
    """Print the editions of sources in full."""
    if form == "json":
        return print_json([asdict(each) for each in editions])
    _print_accounts([asdict(each) for each in editions])
    terms = {(each.licence, each.licence_iri, each.citation): each for each in editions}
    rows = [
        (each.edition, each.title, licence, address, citation) for (licence, address, citation), each in terms.items()
    ]
    return print_table("Licences", ("edition and those like it", "title", "licence", "address", "citation"), rows)


def _print_accounts(editions: Sequence[Mapping[str, Any]]) -> None:
    """Print the account of each edition: rows read = mapped + rejected."""
    keys = ("edition", "date", "read", "mapped", "rejected", "left_out", "quads")
    columns = ("edition", "date", "rows read", "mapped", "rejected", "values left out", "quads")
    rows = [tuple(each[key] for key in keys) for each in editions]
    total = [sum(each[key] for each in editions) for key in keys[2:]]
    caption = "{} rows read, {} mapped, {} rejected, {} values left out, {} quads".format(*total)
    print_table("Sources", columns, rows, caption)


def _count_triples(session: Session) -> int:
    """Count triples; one that stands in several graphs counts once."""
    found = session.solve("SELECT (COUNT(*) AS ?count) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }")
    return int(next(iter(found))["count"].value)


def _ontology_version(session: Session) -> str | None:
    """Read the version of the ontology in the published graph."""
    quads = session.store.quads_for_pattern(None, term("owl:versionInfo"), None, None)
    return next((quad.object.value for quad in quads if isinstance(quad.object, Literal)), None)


def _documents(quads: list[Any]) -> list[dict[str, Any]]:
    """Count facts and covered paragraphs of each document."""
    rows, paragraphs = [], coverage(quads)
    for number, count in facts_per_document(quads).items():
        own = [each for each in paragraphs if each.document == number]
        rows.append(
            {
                "document": number,
                "facts": count,
                "paragraphs": len(own),
                "with_facts": sum(bool(each.nodes) for each in own),
                "with_reason": sum(each.reason is not None for each in own),
                "gaps": sum(each.is_gap for each in own),
            }
        )
    return rows


def _graph(name: str | None) -> NamedNode | None:
    """Read the name of a graph, relative or absolute."""
    if name is None:
        return None
    return NamedNode(name if "://" in name else GRAPH + name)


def _write(session: Session, graph: NamedNode | None, form: str) -> bytes:
    """Serialise the published graph, or one of its named graphs."""
    if graph is not None and not session.store.contains_named_graph(graph):
        known = ", ".join(each.removeprefix(GRAPH) for each in session.snapshot.graphs)
        raise SourceError(f"no graph {graph.value} is published", expected=f"one of {known}")
    quads = session.store.quads_for_pattern(None, None, None, graph)
    if form == "nquads":
        return "".join(f"{line}\n" for line in canonical_lines(quads)).encode()
    if graph is None:
        raise SourceError("Turtle holds one graph", expected="--graph NAME", hint="or choose nquads")
    return turtle.write(sorted(quads, key=str)).encode()
