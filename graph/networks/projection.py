"""Project statements onto a network: who shares an occasion with whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from communique.graph.networks.completeness import credit, judge
from communique.graph.networks.layers import Layer, Weight, find_layer, read_query
from communique.graph.networks.lifting import Actors
from communique.graph.networks.network import Network
from communique.graph.networks.occasions import Gatherer, Gathering
from communique.graph.networks.options import Options
from communique.graph.networks.records import Member, Node, Occasion, Provenance
from communique.graph.networks.statements import read_rows, read_statements
from communique.graph.networks.ties import tie

Run = Callable[[str], bytes]


def project(run: Run, layer: str, *, options: Options | None = None, data_version: str) -> Network:
    """Draw the network of one layer.

    ``run`` takes the text of a SPARQL SELECT and gives its result as SPARQL 1.1 JSON or TSV bytes; ``data_version``
    names the snapshot it reads. Nodes are the states or organizations with a part in an occasion of the layer,
    also those that end up without an edge. Two of them are tied once per occasion, however many roles they had in
    it; nobody is tied to itself. Members that are only counted make no edge but enter the weight of the others.

    Raises NetworkError for an unknown layer, for a weight the layer does not offer, and for an unreadable answer.

    References: Newman 2001, doi:10.1103/PhysRevE.64.016132 (weight 1/(n-1)).
    """
    chosen, options = find_layer(layer), options or Options()
    weight = chosen.weight(options.weight)
    queries = {name: read_query(name) for name in (chosen.name, "actors", "sources")}
    actors = Actors(read_rows(run(queries["actors"]), inferred=options.inferred))
    statements = read_statements(run(queries[chosen.name]), inferred=options.inferred, directed=chosen.directed)
    gatherer = Gatherer(statements, actors, options, chosen.unstated)
    gatherings = gatherer.gather()
    provenance = Provenance(
        layer=chosen.name,
        parameters=replace(options, weight=weight.name).as_parameters(),
        weight_rule=weight.summary,
        data_version=data_version,
        queries=queries,
    )
    network = _draw(gatherings, chosen, weight, actors, provenance)
    completeness = judge(network, gatherer.left_out)
    return replace(network, completeness=completeness, sources=credit(network, read_rows(run(queries["sources"]))))


def _draw(
    gatherings: Sequence[Gathering], layer: Layer, weight: Weight, actors: Actors, provenance: Provenance
) -> Network:
    """Give positions to nodes and occasions and tie the members."""
    iris = sorted({part.node for gathering in gatherings for part in gathering.parts})
    occasions = tuple(_occasion(gathering, provenance.parameters["nodes"]) for gathering in gatherings)
    members = _members(gatherings, iris)
    divisors = (weight.divisor(occasion.n) for occasion in occasions)
    edges = tie(members, divisors, nodes=len(iris), directed=layer.directed)
    return Network(
        nodes=tuple(Node(iri, actors.label(iri)) for iri in iris),
        directed=layer.directed,
        src=edges.src,
        dst=edges.dst,
        weight=edges.weight,
        exact=edges.exact,
        events=edges.events,
        planned_events=edges.planned_events,
        provenance=provenance,
        occasions=occasions,
        members=members,
        ties=edges.ties,
    )


def _members(gatherings: Sequence[Gathering], iris: Sequence[str]) -> tuple[Member, ...]:
    """List the members of all occasions, ordered by occasion and node."""
    position = {iri: at for at, iri in enumerate(iris)}
    return tuple(
        Member(position[part.node], at, part.side, part.spans, part.planned, part.documents)
        for at, gathering in enumerate(gatherings)
        for part in gathering.parts
    )


def _occasion(gathering: Gathering, nodes: str) -> Occasion:
    """Record an occasion with its counts."""
    return Occasion(
        iri=gathering.iri,
        label=gathering.label,
        begin=gathering.begin,
        end=gathering.end,
        planned=gathering.planned,
        named=gathering.named,
        stated=gathering.stated(nodes),
        is_partial=gathering.is_partial(nodes),
        persons=gathering.persons,
        documents=tuple(sorted({document for part in gathering.parts for document in part.documents})),
    )
