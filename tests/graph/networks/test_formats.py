"""Formats: other programs read what is written, and each file says how it was made."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from csvw import CSVW
from pyoxigraph import Literal, Quad, Store

from communique.graph.errors import NetworkError
from communique.graph.networks import MeasureTable, Network, NetworkOptions, formats, measure, project
from communique.graph.networks.projection import Run
from communique.graph.networks.tables import edge_rows, node_rows
from communique.graph.terms.identifiers import BACKGROUND, entity
from communique.graph.terms.namespaces import ID, term

STATES = [f"{ID}state/X{letter}{letter}" for letter in "ABCDE"]
GEXF = {"g": "http://gexf.net/1.3"}
Draw = Callable[..., Network]


@pytest.fixture(scope="module")
def draw(ask: Callable[[Store], Run], world: Store) -> Draw:
    """Draw a layer of the world, or of another store; keywords are options."""

    def project_layer(layer: str, store: Store = world, **options: Any) -> Network:
        return project(ask(store), layer, options=NetworkOptions(**options), data_version="v1")

    return project_layer


@pytest.fixture(scope="module")
def hosting(draw: Draw) -> Network:
    return draw("hosting", planned=True)


@pytest.fixture(scope="module")
def measures(hosting: Network) -> list[MeasureTable]:
    return [measure(hosting, name) for name in ("closeness", "betweenness")]


def read_csv(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    lines = content.decode().split("\r\n")
    comments = dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))
    return comments, list(csv.DictReader(line for line in lines if line and not line.startswith("# ")))


def test_json_is_read_by_networkx(hosting: Network, measures: list[MeasureTable]) -> None:
    content = json.loads(formats.write(hosting, "json", measures=measures))
    graph = nx.node_link_graph(content, edges="edges")
    assert sorted(graph) == STATES
    # training-b: A hosted B and D; forum-c: C hosted D and E; forum-a, planned: A is to host B alone
    assert graph.edges[STATES[0], STATES[1]]["weight"] == 1 / 2 + 1
    assert graph.edges[STATES[0], STATES[1]]["planned_events"] == 1
    assert graph.nodes[STATES[0]]["closeness"] is None
    assert [each["measure"] for each in content["graph"]["measures"]] == ["closeness", "betweenness"]
    assert {each["iri"].rpartition("/")[2] for each in content["occasions"]} == {"training-b", "forum-a", "forum-c"}


def test_json_metadata_suffices_to_repeat_the_network(hosting: Network) -> None:
    about = json.loads(formats.write(hosting, "json"))["graph"]
    assert about["parameters"] == {"weight": "share", "nodes": "state", "planned": "true", "inferred": "true"}
    assert NetworkOptions.parse(about["parameters"]).planned
    assert (about["layer"], about["data_version"], about["complete"]) == ("hosting", "v1", True)
    assert about["queries"].keys() == {"hosting", "actors", "sources"}
    assert about["sources"][0]["publisher"] == "the bank"
    assert any("5 nodes" in note for note in about["notes"])


def test_edges_as_csv(hosting: Network) -> None:
    comments, rows = read_csv(formats.write(hosting, "commented-edges.csv"))
    assert json.loads(comments["parameters"])["planned"] == "true"
    assert (comments["layer"], comments["data_version"], comments["complete"]) == ("hosting", "v1", "true")
    assert [(row["source"][-3:], row["target"][-3:], row["weight"], row["events"], row["planned"]) for row in rows] == [
        ("XAA", "XBB", "1.5", "2", "false"),
        ("XAA", "XDD", "0.5", "1", "false"),
        ("XCC", "XDD", "0.5", "1", "false"),
        ("XCC", "XEE", "0.5", "1", "false"),
    ]
    assert rows[1]["documents"] == f"{ID}document/102"


def test_nodes_as_csv_have_isolates_and_measures(draw: Draw) -> None:
    network = draw("training", nodes="organization")
    comments, rows = read_csv(formats.write(network, "commented-nodes.csv", measures=[measure(network, "degree")]))
    assert json.loads(comments["measure_degree"])["engine"] == "scipy"
    assert [(row["label"], row["degree"], row["degree_rank"]) for row in rows] == [
        ("Arland's institute", "0.0", "1"),
        ("Arland's ministry", "0.0", "1"),
        ("Borland's academy", "0.0", "1"),
    ]


def test_a_measure_as_csv_and_json(measures: list[MeasureTable]) -> None:
    comments, rows = read_csv(formats.write_measure(measures[0], "commented-csv"))
    assert "Wasserman and Faust" in json.loads(comments["measure_closeness"])["formula"]
    assert rows[-1]["reason"] == "no other node reaches it"
    assert (rows[-1]["rank"], rows[-1]["value"]) == ("", "")
    content = json.loads(formats.write_measure(measures[1], "json"))
    assert (content["distance_rule"], content["ties"]) == ("integer", "exact")
    assert [row["rank"] for row in content["rows"]] == [1] * 5, "nobody lies between others"


def test_csv_is_a_header_and_rows(hosting: Network, measures: list[MeasureTable]) -> None:
    """Comments are all that the other form has more."""
    for write in (
        lambda form: formats.write(hosting, f"{form}edges.csv", measures=measures),
        lambda form: formats.write(hosting, f"{form}nodes.csv", measures=measures),
        lambda form: formats.write_measure(measures[0], f"{form}csv"),
    ):
        plain, commented = write(""), write("commented-")
        assert read_csv(plain)[0] == {} != read_csv(commented)[0]
        assert commented.endswith(plain)
        assert b"#" not in plain


@pytest.mark.parametrize("name", ["edges", "nodes"])
def test_a_processor_of_csv_on_the_web_reads_the_table_by_its_description(
    hosting: Network, measures: list[MeasureTable], tmp_path: Path, name: str
) -> None:
    """The description stands where the W3C's recommendation has it looked for: beside the file."""
    plain, described = formats.FORMATS[f"{name}.csv"], formats.FORMATS[f"{name}.csvm"]
    (tmp_path / f"hosting{plain.suffix}").write_bytes(plain.write(hosting, measures))
    (tmp_path / f"hosting{described.suffix}").write_bytes(described.write(hosting, measures))
    assert f"hosting{described.suffix}" == f"hosting{plain.suffix}-metadata.json"
    group = CSVW(str(tmp_path / f"hosting{plain.suffix}"))
    assert group.is_valid
    (table,) = group.tables
    rows = list(table)
    if name == "edges":
        first = edge_rows(hosting)[0]
        assert {key: rows[0][key] for key in ("weight", "events", "planned")} == {
            key: first[key] for key in ("weight", "events", "planned")
        }
        assert [each.unsplit() for each in rows[0]["documents"]] == first["documents"]
    else:
        values = {row["iri"]: row["closeness"] for row in node_rows(hosting, measures)}
        assert {row["iri"].unsplit(): row["closeness"] for row in rows} == values
        assert None in values.values()
    (about,) = json.loads(described.write(hosting, measures))["notes"]
    assert about["data_version"] == "v1"
    assert about["queries"].keys() == {"hosting", "actors", "sources"}


def test_graphml_is_read_by_networkx(hosting: Network, measures: list[MeasureTable]) -> None:
    graph = nx.read_graphml(io.BytesIO(formats.write(hosting, "graphml", measures=measures)))
    assert graph.is_directed()
    assert graph.nodes["state/XAA"] == {"iri": STATES[0], "label": "Arland", "betweenness": 0.0, "betweenness_rank": 1}
    edge = graph.edges["state/XAA", "state/XBB"]
    assert (edge["weight"], edge["events"], edge["planned"]) == (1.5, 2, False)
    assert json.loads(edge["documents"]) == [f"{ID}document/102"]
    assert (graph.graph["data_version"], graph.graph["complete"]) == ("v1", True)
    assert json.loads(graph.graph["parameters"])["weight"] == "share"


def test_gexf_is_read_by_networkx_and_has_dates(hosting: Network, measures: list[MeasureTable]) -> None:
    content = formats.write(hosting, "gexf", measures=measures)
    graph = nx.read_gexf(io.BytesIO(content), version="1.3")
    assert graph.is_directed()
    assert graph.nodes["state/XAA"]["label"] == "Arland"
    edge = graph.edges["state/XAA", "state/XBB"]
    assert (edge["weight"], edge["events"]) == (1.5, 2)
    assert edge["spells"] == [("2018-02-01", "2018-02-28"), ("2030-01-01", "2030-12-31")]
    about = json.loads(ElementTree.fromstring(content).findtext("g:meta/g:description", "", GEXF))
    assert (about["layer"], about["measure_closeness"]["engine"]) == ("hosting", "scipy")


def test_an_edge_lasts_as_long_as_both_ends_belong(draw: Draw) -> None:
    """A was a member from 1990 to 1995, B since 2000, and of C no day is known."""
    root = ElementTree.fromstring(formats.write(draw("co-membership"), "gexf"))
    spells = {
        (edge.get("source", "")[-1], edge.get("target", "")[-1]): [
            spell.attrib for spell in edge.iter(f"{{{GEXF['g']}}}spell")
        ]
        for edge in root.iterfind(".//g:edge", GEXF)
    }
    assert spells == {("A", "C"): [{"start": "1990-01-01", "end": "1995-12-31"}], ("B", "C"): [{"start": "2000-01-01"}]}


def test_gexf_without_dates_is_static(draw: Draw, world: Store) -> None:
    undated = Store()
    undated.extend(quad for quad in world if not quad.predicate.value.endswith(("Earliest", "Latest")))
    root = ElementTree.fromstring(formats.write(draw("co-membership", undated), "gexf"))
    graph = root.find("g:graph", GEXF)
    assert graph is not None
    assert (graph.get("mode"), graph.get("defaultedgetype")) == ("static", "undirected")


@pytest.mark.parametrize("form", formats.FORMATS)
def test_the_same_network_gives_the_same_bytes(hosting: Network, measures: list[MeasureTable], form: str) -> None:
    assert formats.write(hosting, form, measures=measures) == formats.write(hosting, form, measures=measures)


@pytest.mark.parametrize("form", formats.FORMATS)
@pytest.mark.parametrize("network", [Network.from_networkx(nx.Graph()), Network.from_networkx(nx.path_graph(2))])
def test_networks_without_occasions_can_be_written(network: Network, form: str) -> None:
    written = formats.write(network, form)
    assert b"external" in written or form in {"edges.csv", "nodes.csv"}
    assert written


def test_awkward_labels_survive_every_format_on_one_line(draw: Draw, world: Store) -> None:
    awkward, shown = 'Ar"land, & <co>\x00\x0b # one\n', 'Ar"land, & <co> # one'
    other = Store()
    other.extend(world)
    other.remove(Quad(entity("state/XAA"), term("skos:prefLabel"), Literal("Arland", language="en"), BACKGROUND))
    other.add(Quad(entity("state/XAA"), term("skos:prefLabel"), Literal(awkward, language="en"), BACKGROUND))
    network = draw("hosting", other)
    assert [label for _, label in read_back(network).values()] == [{f"{ID}state/XAA": shown}] * 5


def read_back(network: Network) -> dict[str, tuple[set[tuple[str, ...]], dict[str, str]]]:
    """Read every format with a reader of its own: the edges by the IRIs of their ends, and the first node's label."""
    forms = ("json", "edges.csv", "nodes.csv", "graphml", "gexf")
    assert {form for form in formats.FORMATS if not form.startswith("commented-")} - {*forms} == {
        "edges.csvm",
        "nodes.csvm",
    }
    content = {form: formats.write(network, form) for form in forms}
    linked = nx.node_link_graph(json.loads(content["json"]), edges="edges")
    (_, edges), (_, nodes) = (read_csv(content[form]) for form in ("edges.csv", "nodes.csv"))
    first, ties = network.nodes[0].iri, {(row["source"], row["target"]) for row in edges}
    labels = {row["iri"]: row["label"] for row in nodes}
    by_csv = {row["source"]: row["source_label"] for row in edges} | {
        row["target"]: row["target_label"] for row in edges
    }
    found = {
        "json": ({*linked.edges}, {name: data["label"] for name, data in linked.nodes.items()}),
        "edges.csv": (ties, {name: by_csv.get(name, labels[name]) for name in labels}),
        "nodes.csv": (ties, labels),
    }
    for form, read in (("graphml", nx.read_graphml), ("gexf", lambda file: nx.read_gexf(file, version="1.3"))):
        graph = read(io.BytesIO(content[form]))
        iris = {name: data["iri"] for name, data in graph.nodes.items()}
        found[form] = (
            {(iris[u], iris[v]) for u, v in graph.edges},
            {iris[name]: data["label"] for name, data in graph.nodes.items()},
        )
        assert len(iris) == len(network.nodes)
    return {form: (edges, {first: labels[first]}) for form, (edges, labels) in found.items()}


ODD = [
    "",
    " ",
    "a\x01b",
    "a%01b",
    "a\x02b",
    "a\nb",
    "\x1b[31mred",
    "\x7f\x85",
    "\ud800",
    "\ufffe",
    "<&\"'>",
    "# x",
    "\x00",
    "a,b",
]


@pytest.mark.parametrize("form", formats.FORMATS)
def test_no_format_holds_a_control_character(form: str) -> None:
    graph: Any = nx.DiGraph()
    for at, name in enumerate(ODD):
        graph.add_node(name, label=f"{name} {at}")
    graph.add_edges_from((name, ODD[at - 1]) for at, name in enumerate(ODD))
    network = Network.from_networkx(graph, data_version="v\x07")
    written = formats.write(network, form, measures=[measure(network, "degree")]).decode()
    assert not set(written) & {chr(code) for code in [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE]}
    if form in {"graphml", "gexf"}:
        ElementTree.fromstring(written.encode())


def test_odd_names_are_read_back_as_many_as_they_were() -> None:
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(ODD)
    graph.add_edges_from((name, ODD[at - 1]) for at, name in enumerate(ODD))
    network = Network.from_networkx(graph)
    iris = [node.iri for node in network.nodes]
    assert len(set(iris)) == len(ODD)
    ties = {(iris[u], iris[v]) for u, v in zip(network.src.tolist(), network.dst.tolist(), strict=True)}
    assert len(ties) == len(ODD)
    for form, (edges, _) in read_back(network).items():
        assert edges == ties, form


def test_nodes_that_are_shortened_alike_stay_apart() -> None:
    graph: Any = nx.DiGraph([(f"{ID}state/XAA", "state/XAA"), ("state/XAA", "com:Event"), (term("com:Event").value, 1)])
    graph.add_edge("1", 1)
    network = Network.from_networkx(graph)
    assert sorted(node.iri for node in network.nodes if "1" in node.iri) == ["'1'", "1"]
    for form, (edges, _) in read_back(network).items():
        assert len(edges) == 4, form


@pytest.mark.parametrize("form", ["json", "csv", "commented-csv"])
def test_measures_of_odd_names_are_written_alike(form: str) -> None:
    table = measure(Network.from_networkx(nx.Graph([("a\x01", "a\x02"), (1, "1")])), "degree")
    text = formats.write_measure(table, form).decode()
    assert all(name in text for name in ("a%01", "a%02", "'1'"))
    assert "\x01" not in text


def test_unknown_formats_are_answered_with_the_known_ones(hosting: Network, measures: list[MeasureTable]) -> None:
    with pytest.raises(
        NetworkError, match=r"no format of a network is called 'pajek'; expected: one of json, edges.csv"
    ):
        formats.write(hosting, "pajek")
    with pytest.raises(NetworkError, match="no format of a measure is called 'xml'; expected: one of json, csv"):
        formats.write_measure(measures[0], "xml")
