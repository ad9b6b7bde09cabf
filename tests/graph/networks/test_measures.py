"""Measures: every engine against networkx, figures worked out by hand, undefined values and ties."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.errors import NetworkError
from communique.graph.networks import Network, measure
from communique.graph.networks.definitions import MEASURES

# Whole-number weights with many equal paths, Newman weights, and a network that falls apart.
WEIGHTS = st.sampled_from([1, 2, 3, 4, 6, Fraction(1, 2), Fraction(1, 3), Fraction(5, 6)])
PAIRS = [(name, engine) for name, each in MEASURES.items() for engine in each.engines if engine != "networkx"]


@st.composite
def graphs(draw: st.DrawFn) -> Any:
    directed = draw(st.booleans())
    nodes = draw(st.integers(1, 12))
    ends = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)).filter(lambda pair: pair[0] != pair[1])
    edges = draw(st.dictionaries(ends, WEIGHTS, max_size=30)) if nodes > 1 else {}
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(f"n{at:02}" for at in range(nodes))
    graph.add_weighted_edges_from((f"n{u:02}", f"n{v:02}", weight) for (u, v), weight in edges.items())
    return graph


def values(network: Network, name: str, **options: Any) -> dict[str, Any]:
    return {row.iri: row.value for row in measure(network, name, **options).rows}


@pytest.mark.parametrize(("name", "engine"), PAIRS)
@settings(max_examples=30, deadline=None)
@given(graph=graphs())
def test_an_engine_agrees_with_networkx(name: str, engine: str, graph: Any) -> None:
    network = Network.from_networkx(graph)
    if MEASURES[name].directed_only and not network.directed:
        return
    found, expected = values(network, name, engine=engine), values(network, name, engine="networkx")
    assert found.keys() == expected.keys()
    for iri, value in expected.items():
        assert found[iri] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), iri


# Padgett's marriages of Florentine families; figures in Jackson, Social and Economic Networks (2008), section 2.2.
@pytest.mark.parametrize(("family", "share"), [("Medici", 0.522), ("Guadagni", 0.255), ("Strozzi", 0.103)])
def test_betweenness_of_florentine_families(family: str, share: float) -> None:
    network = Network.from_networkx(nx.florentine_families_graph())
    for engine in ("networkit", "networkx"):
        assert values(network, "betweenness", engine=engine)[family] == pytest.approx(share, abs=5e-4)


# Krackhardt (1990), the kite: 0-9 are Andre, Beverley, Carol, Diane, Ed, Fernando, Garth, Heather, Ike, Jane.
@pytest.mark.parametrize(
    ("name", "best", "value"),
    [("degree", ["3"], 6), ("closeness", ["5", "6"], 0.643), ("betweenness", ["7"], 0.389)],
)
def test_three_centralities_of_the_kite_have_three_leaders(name: str, best: list[str], value: float) -> None:
    first = [row for row in measure(Network.from_networkx(nx.krackhardt_kite_graph()), name).rows if row.rank == 1]
    assert sorted(row.iri for row in first) == best
    assert first[0].value == pytest.approx(value, abs=5e-4)
    assert {row.is_tied for row in first} == {len(best) > 1}


def chain(*edges: tuple[str, str, Any], directed: bool = True, isolates: Sequence[str] = ()) -> Network:
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from(edges)
    graph.add_nodes_from(isolates)
    return Network.from_networkx(graph)


def test_closeness_reads_incoming_distances_in_units_of_inverse_weight() -> None:
    network = chain(("a", "b", 2), ("b", "c", 4), isolates=("d",))
    # a reaches b over 1/2; a and b reach c over 3/4 and 1/4; of three others
    assert values(network, "closeness") == {
        "b": pytest.approx(1 / 0.5 * 1 / 3),
        "c": pytest.approx(2 / 1 * 2 / 3),
        "a": None,
        "d": None,
    }


def test_harmonic_adds_inverse_distances() -> None:
    network = chain(("a", "b", 2), ("b", "c", 4), isolates=("d",))
    assert values(network, "harmonic") == pytest.approx({"a": 0, "b": 2, "c": 4 / 3 + 4, "d": 0})


def test_pagerank_of_a_node_without_a_way_out_is_spread_evenly() -> None:
    # x = 0.15/2 + 0.85/2 (1 - x), for the node that nothing points to
    assert values(chain(("a", "b", 1)), "pagerank") == pytest.approx({"a": 0.5 / 1.425, "b": 1 - 0.5 / 1.425})


def test_eigenvector_of_a_star_is_the_root_of_one_half_in_the_middle() -> None:
    star = chain(("m", "a", 1), ("m", "b", 1), ("m", "c", 1), directed=False)
    assert values(star, "eigenvector") == pytest.approx({"m": 0.5**0.5, "a": 6**-0.5, "b": 6**-0.5, "c": 6**-0.5})


def test_strength_adds_weights_by_direction() -> None:
    network = chain(("a", "b", 2), ("b", "c", 4), ("c", "b", Fraction(1, 2)))
    assert values(network, "in-strength") == {"a": 0, "b": 2.5, "c": 4}
    assert values(network, "out-strength") == {"a": 2, "b": 4, "c": 0.5}
    assert values(network, "strength") == {"a": 2, "b": 6.5, "c": 4.5}
    assert values(network, "degree") == {"a": 1, "b": 3, "c": 2}


def test_weights_can_be_left_aside() -> None:
    network = chain(("a", "b", 2), ("b", "c", 4))
    assert values(network, "harmonic", weighted=False) == pytest.approx({"a": 0, "b": 1, "c": 1.5})
    assert measure(network, "harmonic", weighted=False).weighted is False
    assert network.weight.tolist() == [2, 4], "the network itself is as before"


@pytest.mark.parametrize(
    ("network", "name", "reasons"),
    [
        (chain(("a", "b", 1)), "closeness", {"a": "no other node reaches it"}),
        (chain(("a", "b", 1), directed=False, isolates=("c",)), "closeness", {"c": "isolated node"}),
        (chain(("a", "b", 1)), "betweenness", dict.fromkeys("ab", "fewer than three nodes")),
        (
            chain(("a", "b", 1)),
            "eigenvector",
            dict.fromkeys("ab", "no strongly connected component of two nodes or more"),
        ),
        (chain(("a", "b", 1), directed=False, isolates=("c",)), "eigenvector", {"c": "outside the largest component"}),
        (
            chain(("a", "b", 1), ("c", "d", 1), directed=False),
            "eigenvector",
            dict.fromkeys("abcd", "no largest component: several have 2 nodes"),
        ),
        (chain(isolates=("a",)), "closeness", {"a": "no other node reaches it"}),
        (chain(isolates=("a",)), "pagerank", {}),
    ],
)
def test_undefined_values_carry_a_reason(network: Network, name: str, reasons: dict[str, str]) -> None:
    rows = measure(network, name).rows
    assert {row.iri: row.reason for row in rows if row.reason} == reasons
    assert all((row.value is None) == (row.rank is None) == (row.reason is not None) for row in rows)


def test_equal_values_share_a_rank_and_the_next_one_is_skipped() -> None:
    rows = measure(chain(("a", "b", 1), ("b", "c", 1), ("d", "c", 1)), "degree").rows
    assert [(row.iri, row.rank, row.is_tied) for row in rows] == [
        ("b", 1, True),
        ("c", 1, True),
        ("a", 3, True),
        ("d", 3, True),
    ]


@settings(max_examples=40, deadline=None)
@given(graph=graphs(), seed=st.randoms(use_true_random=False))
def test_measures_do_not_depend_on_the_order_of_nodes(graph: Any, seed: Any) -> None:
    names = list(graph)
    shuffled = names[:]
    seed.shuffle(shuffled)
    renamed = nx.relabel_nodes(graph, {old: f"m{shuffled.index(old):02}" for old in names})
    for name in ("betweenness", "closeness", "eigenvector", "pagerank"):
        found = values(Network.from_networkx(renamed), name)
        for old, value in values(Network.from_networkx(graph), name).items():
            new = found[f"m{shuffled.index(old):02}"]
            assert new == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9))


@settings(max_examples=40, deadline=None)
@given(graph=graphs())
def test_measures_stay_in_their_bounds(graph: Any) -> None:
    network = Network.from_networkx(graph)
    assert sum(values(network, "pagerank").values()) == pytest.approx(1)
    assert all(value is None or -1e-12 <= value <= 1 + 1e-9 for value in values(network, "betweenness").values())
    vector = [value for value in values(network, "eigenvector").values() if value is not None]
    assert not vector or sum(value**2 for value in vector) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(graph=graphs())
def test_betweenness_agrees_with_fractions(graph: Any) -> None:
    """The scaled whole numbers tell the same ties apart as 1/weight in exact arithmetic."""
    for _, _, data in graph.edges(data=True):
        data["length"] = 1 / Fraction(data["weight"])
    expected = nx.betweenness_centrality(graph, weight="length")
    for engine in ("networkit", "networkx"):
        found = values(Network.from_networkx(graph), "betweenness", engine=engine)
        assert all(value is None or value == pytest.approx(expected[iri]) for iri, value in found.items())


def test_larger_networks_go_to_other_code_with_the_same_values() -> None:
    """Above 400 nodes the eigenvector is iterated and betweenness is left to networkit."""
    network = Network.from_networkx(nx.barabasi_albert_graph(450, 3, seed=1))
    for name, engine in (("eigenvector", "scipy"), ("betweenness", "networkit")):
        table = measure(network, name)
        assert table.engine == engine
        assert {row.iri: row.value for row in table.rows} == pytest.approx(
            values(network, name, engine="networkx"), abs=1e-9
        )


def test_a_small_network_is_only_described() -> None:
    assert measure(chain(("a", "b", 1)), "degree").is_descriptive_only
    assert not measure(Network.from_networkx(nx.path_graph(30)), "degree").is_descriptive_only


def test_unknown_measures_and_engines_are_answered_with_the_known_ones() -> None:
    network = chain(("a", "b", 1), directed=False)
    with pytest.raises(NetworkError, match=r"no measure is called 'centrality'; expected: one of degree, .*pagerank"):
        measure(network, "centrality")
    with pytest.raises(
        NetworkError, match="no engine of betweenness is called 'scipy'; expected: one of networkit, networkx"
    ):
        measure(network, "betweenness", engine="scipy")
    with pytest.raises(NetworkError, match="in-degree needs directed ties; next: ask for degree"):
        measure(network, "in-degree")
