"""GraphML and GEXF, after one step that leaves nothing their readers choke on.

Nodes have short ids (``state/KOR``), or their IRI where two would be alike, and keep their IRI as an attribute. None is
left out, lists and mappings become JSON. No clock is read: the same network gives the same bytes.
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import networkx as nx

from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network
from communique.graph.networks.tables import Row, edge_rows, measure_metadata, metadata, node_rows
from communique.graph.networks.texts import clean
from communique.graph.networks.times import OPEN, meetings
from communique.graph.terms.namespaces import shorten

_GEXF = "http://gexf.net/1.3"
_GEXF_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}

Measures = Sequence[MeasureTable]
Spell = tuple[str | None, str | None]


def write_graphml(network: Network, measures: Measures = ()) -> bytes:
    """Write GraphML with the metadata as attributes of the graph."""
    graph: Any = nx.DiGraph() if network.directed else nx.Graph()
    graph.graph.update(_clean(_described(network, measures)))
    ids = _ids(network)
    graph.add_nodes_from((ids[row["iri"]], _clean(row)) for row in node_rows(network, measures))
    graph.add_edges_from((ids[row.pop("source")], ids[row.pop("target")], _clean(row)) for row in _edges(network))
    text = io.BytesIO()
    nx.write_graphml_xml(graph, text, named_key_ids=True)
    return text.getvalue()


def write_gexf(network: Network, measures: Measures = ()) -> bytes:
    """Write GEXF 1.3 with the metadata as description; an edge has a spell for each dated time its ends share."""
    root = Element("gexf", xmlns=_GEXF, version="1.3")
    meta = SubElement(root, "meta")
    SubElement(meta, "creator").text = "communique"
    SubElement(meta, "description").text = _text(_described(network, measures))
    spells = _spells(network)
    time = {"mode": "dynamic", "timeformat": "date"} if spells else {"mode": "static"}
    graph = SubElement(root, "graph", {"defaultedgetype": "directed" if network.directed else "undirected"} | time)
    nodes, edges, ids = node_rows(network, measures), _edges(network), _ids(network)
    heads = [{"id": ids[row["iri"]], "label": _text(row.pop("label"))} for row in nodes]
    _add_items(graph, "node", heads, nodes, {})
    _add_items(graph, "edge", [_edge_head(at, row, ids) for at, row in enumerate(edges)], edges, spells)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _edges(network: Network) -> list[Row]:
    """List edges without the labels, which the nodes have."""
    return [{key: value for key, value in row.items() if not key.endswith("_label")} for row in edge_rows(network)]


def _ids(network: Network) -> dict[str, str]:
    """Give each IRI its short form, or itself where several would have the same."""
    short = {node.iri: shorten(node.iri) for node in network.nodes}
    alike = Counter(short.values())
    return {iri: text if alike[text] == 1 else iri for iri, text in short.items()}


def _edge_head(at: int, row: Row, ids: Mapping[str, str]) -> dict[str, str]:
    """Take the attributes out of a row that GEXF itself knows."""
    ends = {end: ids[row.pop(end)] for end in ("source", "target")}
    return {"id": str(at), **ends, "weight": str(row.pop("weight"))}


def _add_items(
    graph: Element, kind: str, heads: Sequence[dict[str, str]], rows: Sequence[Row], spells: Mapping[int, list[Spell]]
) -> None:
    """Add the declarations of attributes, then the nodes or edges with their values."""
    clean = [_clean(row) for row in rows]
    types = {key: _GEXF_TYPES[type(value)] for row in clean for key, value in row.items()}
    declared = SubElement(graph, "attributes", {"class": kind, "mode": "static"})
    for key, type_ in types.items():
        SubElement(declared, "attribute", id=key, title=key, type=type_)
    items = SubElement(graph, f"{kind}s")
    for at, (head, row) in enumerate(zip(heads, clean, strict=True)):
        item = SubElement(items, kind, head)
        _add_spells(item, spells.get(at, []))
        values = SubElement(item, "attvalues")
        for key, value in row.items():
            SubElement(values, "attvalue", {"for": key, "value": _text(value)})


def _add_spells(item: Element, spells: Iterable[Spell]) -> None:
    """Say when an edge exists; an open bound is left out."""
    for begin, end in spells:
        known = {"start": begin, "end": end}
        parent = item.find("spells")
        parent = SubElement(item, "spells") if parent is None else parent
        SubElement(parent, "spell", {key: day for key, day in known.items() if day is not None})


def _spells(network: Network) -> dict[int, list[Spell]]:
    """Collect the times that the ends of each edge share, by its position; without any, the bounds of the occasion."""
    found: dict[int, set[Spell]] = defaultdict(set)
    if network.ties is not None:
        columns = network.ties.edge, network.ties.source, network.ties.target
        for edge, *ends in zip(*(column.tolist() for column in columns), strict=True):
            one, other = (network.members[end] for end in ends)
            occasion = network.occasions[one.occasion]
            for begin, end in meetings(one.spans, other.spans):
                spell = (occasion.begin, occasion.end) if (begin, end) == OPEN else (begin, end)
                found[edge].add((_day(spell[0]), _day(spell[1])))
    dated = {edge: spells - {(None, None)} for edge, spells in found.items()}
    return {edge: sorted(spells, key=str) for edge, spells in dated.items() if spells}


def _day(day: date | None) -> str | None:
    """Write a bound as YYYY-MM-DD."""
    return None if day is None else day.isoformat()


def _described(network: Network, measures: Measures) -> Row:
    """Collect the metadata of the network and of its measures."""
    return metadata(network) | {f"measure_{table.name}": measure_metadata(table) for table in measures}


def _clean(row: Row) -> Row:
    """Leave only what both formats can hold: booleans, numbers and text."""
    known = {key: value for key, value in row.items() if value is not None}
    return {key: value if isinstance(value, bool | int | float) else _text(value) for key, value in known.items()}


def _text(value: object) -> str:
    """Write a value as text that XML allows; lists and mappings as JSON, booleans as XML Schema spells them."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean(text)
