"""Networks and measures as rows of plain values, with the metadata that must go along.

Labels stand on one line, and no text holds a character that some format cannot hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from communique.graph.networks.completeness import notes
from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network
from communique.graph.networks.texts import clean, clean_label

Row = dict[str, Any]


def edge_rows(network: Network) -> list[Row]:
    """List edges: IRI and label of both ends, weight, events, planned events, whether planned, documents (a list)."""
    columns = (network.src, network.dst, network.weight, network.events, network.planned_events, network.planned)
    values = zip(*(column.tolist() for column in columns), network.documents, strict=True)
    return [
        {
            "source": network.nodes[u].iri,
            "source_label": clean_label(network.nodes[u].label),
            "target": network.nodes[v].iri,
            "target_label": clean_label(network.nodes[v].label),
            "weight": weight,
            "events": events,
            "planned_events": planned_events,
            "planned": planned,
            "documents": list(documents),
        }
        for u, v, weight, events, planned_events, planned, documents in values
    ]


def node_rows(network: Network, measures: Sequence[MeasureTable] = ()) -> list[Row]:
    """List nodes: IRI, label, and per measure its value and rank; None where it is undefined."""
    found: dict[str, Row] = {node.iri: {"iri": node.iri, "label": clean_label(node.label)} for node in network.nodes}
    for table in measures:
        for each in table.rows:
            found[each.iri] |= {table.name: each.value, f"{table.name}_rank": each.rank}
    return list(found.values())


def measure_rows(table: MeasureTable) -> list[Row]:
    """List the values of a measure by rank: rank, whether tied, IRI, label, value, reason; undefined ones last."""
    return [
        {
            "rank": each.rank,
            "tied": each.is_tied,
            "iri": each.iri,
            "label": clean_label(each.label),
            "value": each.value,
            "reason": each.reason,
        }
        for each in table.rows
    ]


def occasion_rows(network: Network) -> list[Row]:
    """List the occasions used: IRI, label, bounds, status, members named and stated, n of the weights, documents."""
    return [
        {
            "iri": occasion.iri,
            "label": clean_label(occasion.label),
            "begin": write_day(occasion.begin),
            "end": write_day(occasion.end),
            "planned": occasion.planned,
            "named": occasion.named,
            "stated": occasion.stated,
            "n": occasion.n,
            "partial": occasion.is_partial,
            "persons": occasion.persons,
            "documents": list(occasion.documents),
        }
        for occasion in network.occasions
    ]


def metadata(network: Network) -> Row:
    """Collect parameters, rules, data version, completeness, sources, notes and queries, ready for JSON."""
    known, origin = network.completeness, network.provenance
    return {
        "layer": origin.layer,
        "parameters": {name: clean_label(text) for name, text in origin.parameters.items()},
        "weight_rule": clean_label(origin.weight_rule),
        "distance_rule": network.distances.rule,
        "distance_unit": network.distances.unit,
        "data_version": clean_label(origin.data_version),
        "directed": network.directed,
        "node_count": len(network.nodes),
        "edge_count": len(network.src),
        "descriptive_only": network.is_descriptive_only,
        "complete": known.is_complete,
        "occasion_count": known.occasions,
        "partial": list(known.partial),
        "unnamed_at_least": known.unnamed,
        "left_out": dict(known.left_out),
        "open_ended": known.open_ended,
        "sources": [
            {
                "document": each.document,
                "title": clean_label(each.title),
                "publisher": clean_label(each.publisher),
                "edges": each.edges,
            }
            for each in network.sources
        ],
        "notes": [clean_label(note) for note in notes(network)],
        "queries": {name: clean(text) for name, text in origin.queries.items()},
    }


def measure_metadata(table: MeasureTable) -> Row:
    """Collect what must be said of a measure itself, ready for JSON."""
    return {
        "measure": table.name,
        "formula": table.formula,
        "engine": table.engine,
        "weighted": table.weighted,
        "distance_rule": table.distance_rule,
        "ties": table.ties,
    }


def describe(network: Network, measures: Sequence[MeasureTable] = ()) -> Row:
    """Collect the metadata of the network and of its measures."""
    return metadata(network) | {f"measure_{table.name}": measure_metadata(table) for table in measures}


def write_day(day: date | None) -> str | None:
    """Write a bound as YYYY-MM-DD; None when it is open."""
    return None if day is None else day.isoformat()
