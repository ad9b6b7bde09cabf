"""Project statements onto a network: who shares an occasion with whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from communique.graph.networks.completeness import assess, count_sources
from communique.graph.networks.layers import find_layer, read_query
from communique.graph.networks.lifting import Actors
from communique.graph.networks.network import Network
from communique.graph.networks.occasions import OccasionSelector, SelectedOccasion
from communique.graph.networks.options import NetworkOptions
from communique.graph.networks.records import NetworkNode, Occasion, OccasionMember, Provenance
from communique.graph.networks.statements import read_rows, read_statements
from communique.graph.networks.ties import tie

Run = Callable[[str], bytes]


def project(run: Run, layer: str, *, options: NetworkOptions | None = None, data_version: str) -> Network:
    """Draw the network of one layer.

    ``run`` takes the text of a SPARQL SELECT and returns its result as SPARQL 1.1 JSON or TSV bytes; ``data_version``
    is the id of the snapshot it reads. Nodes are the states or organizations with a part in an occasion of the layer,
    also those that end up without an edge. Two of them are tied once per occasion, however many roles they had in
    it; nobody is tied to itself. Members that are only counted make no edge but enter the weight of the others.

    Raises NetworkError for an unknown layer, for a weight the layer does not offer, and for an unreadable answer.

    References: Newman 2001, doi:10.1103/PhysRevE.64.016132 (weight 1/(n-1)).
    """
    chosen, options = find_layer(layer), options or NetworkOptions()
    weight = chosen.weight(options.weight)
    queries = {name: read_query(name) for name in _names(chosen.name)}
    actors = Actors(read_rows(run(queries["actors"]), inferred=options.inferred))
    statements = read_statements(run(queries[chosen.name]), inferred=options.inferred, directed=chosen.directed)
    selector = OccasionSelector(statements, actors, options, chosen.unstated)
    selected = selector.select()
    iris = sorted({part.node for occasion in selected for part in occasion.parts})
    occasions, members = _describe(selected, iris, options.nodes)
    edges = tie(
        members, (weight.divisor(occasion.n) for occasion in occasions), nodes=len(iris), directed=chosen.directed
    )
    network = Network(
        nodes=tuple(NetworkNode(iri, actors.label(iri)) for iri in iris),
        directed=chosen.directed,
        src=edges.src,
        dst=edges.dst,
        weight=edges.weight,
        exact=edges.exact,
        events=edges.events,
        planned_events=edges.planned_events,
        provenance=Provenance(
            layer=chosen.name,
            parameters=replace(options, weight=weight.name).as_parameters(),
            weight_rule=weight.summary,
            data_version=data_version,
            queries=queries,
        ),
        occasions=occasions,
        members=members,
        ties=edges.ties,
    )
    sources = count_sources(network, read_rows(run(queries["sources"])))
    return replace(network, completeness=assess(network, selector.left_out), sources=sources)


def queries(layer: str) -> tuple[str, ...]:
    """List the texts of the queries that ``project`` runs for a layer."""
    return tuple(map(read_query, _names(layer)))


def _names(layer: str) -> tuple[str, ...]:
    return layer, "actors", "sources"


def _describe(
    selected: Sequence[SelectedOccasion], iris: Sequence[str], nodes: str
) -> tuple[tuple[Occasion, ...], tuple[OccasionMember, ...]]:
    """Return the occasions with their counts, and their members by positions, ordered by occasion and node."""
    position = {iri: at for at, iri in enumerate(iris)}
    occasions = tuple(
        Occasion(
            iri=each.iri,
            label=each.label,
            begin=each.begin,
            end=each.end,
            planned=each.planned,
            named=each.named,
            stated=each.stated(nodes),
            is_partial=each.is_partial(nodes),
            persons=each.persons,
            documents=tuple(sorted({document for part in each.parts for document in part.documents})),
        )
        for each in selected
    )
    members = tuple(
        OccasionMember(position[part.node], at, part.side, part.spans, part.planned, part.documents)
        for at, each in enumerate(selected)
        for part in each.parts
    )
    return occasions, members
