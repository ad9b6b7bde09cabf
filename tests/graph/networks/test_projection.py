"""Projection: the networks of tests/fixtures/networks.trig, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, Store

from communique.graph.errors import NetworkError
from communique.graph.networks import LAYERS, Network, NetworkOptions, layers, project
from communique.graph.networks.projection import Run
from communique.graph.networks.tables import edge_rows, metadata, occasion_rows
from communique.graph.terms.namespaces import shorten

Draw = Callable[..., Network]
Ask = Callable[..., Run]
JSON, TSV = QueryResultsFormat.JSON, QueryResultsFormat.TSV


@pytest.fixture(scope="module")
def draw(ask: Ask, world: Store) -> Draw:
    """Draw a layer of the world; keywords are options."""
    return lambda layer, **options: project(ask(world), layer, options=NetworkOptions(**options), data_version="v1")


def name(iri: str) -> str:
    return (
        shorten(iri).rpartition("/")[2].removeprefix("X")[-1:] if "/state/" in iri else shorten(iri).partition("/")[2]
    )


def edges(network: Network) -> dict[Any, Fraction]:
    """Map pairs of names to exact weights: ``AB`` for states, a tuple for organizations."""
    assert network.exact is not None
    ends = zip(network.src.tolist(), network.dst.tolist(), network.exact.units, strict=True)
    named = [(name(network.nodes[u].iri), name(network.nodes[v].iri), units) for u, v, units in ends]
    return {u + v if len(u + v) == 2 else (u, v): Fraction(units, network.exact.denominator) for u, v, units in named}


def nodes(network: Network) -> list[str]:
    return [name(node.iri) for node in network.nodes]


HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        # mou-ab weighs 1, treaty-abc 1/2 each, pact-ac counts five states: 1/4; mou-de through Dorland's ministry
        ("co-party", {"AB": 1 + HALF, "AC": HALF + Fraction(1, 4), "BC": HALF, "DE": 1}),
        # training-a counts four states: 1/3 each; three in training-b and forum-c: 1/2 each; meeting-be: 1;
        # visit-a ties nobody here: B and C were visited one after the other
        (
            "co-participation",
            {
                "AB": THIRD + HALF,
                "AC": THIRD,
                "AD": HALF,
                "BC": THIRD,
                "BD": HALF,
                "BE": 1,
                "CD": HALF,
                "CE": HALF,
                "DE": HALF,
            },
        ),
        # A answers for training-a; B teaches at A's in training-b, so that A is no provider there
        ("training", {"AB": 1, "AC": 1, "BD": 1}),
        ("visit", {"AB": 1, "AC": 1}),
        # the teacher B and the trainee D are A's guests, D and E are C's
        ("hosting", {"AB": HALF, "AD": HALF, "CD": HALF, "CE": HALF}),
        # A left before B came; the undated C may have met both; the pact counts six members
        ("co-membership", {"AC": Fraction(1, 5), "BC": Fraction(1, 5)}),
    ],
)
def test_the_networks_of_states(draw: Draw, layer: str, expected: Any) -> None:
    assert edges(draw(layer)) == expected


def test_counts_of_occasions_instead_of_newman_weights(draw: Draw) -> None:
    assert edges(draw("co-party", weight="count")) == {"AB": 2, "AC": 2, "BC": 1, "DE": 1}
    assert edges(draw("hosting", weight="count")) == {"AB": 1, "AD": 1, "CD": 1, "CE": 1}


def test_organizations_are_lifted_from_units_and_delegations(draw: Draw) -> None:
    network = draw("co-participation", nodes="organization")
    office, academy, institute, ministry = "bank", "xbb-academy", "xaa-institute", "xaa-ministry"
    assert edges(network) == {
        (office, institute): HALF,
        (office, ministry): HALF + HALF,
        (institute, ministry): HALF,
        (office, academy): HALF,
        (ministry, academy): HALF,
    }


def test_a_network_of_states_without_their_parts_has_no_edge(draw: Draw) -> None:
    assert edges(draw("training", nodes="organization")) == {}
    assert nodes(draw("training", nodes="organization")) == ["xaa-institute", "xaa-ministry", "xbb-academy"]


def test_what_is_planned_is_drawn_on_request_and_marked(draw: Draw) -> None:
    network = draw("co-party", planned=True)
    assert edges(network)["BD"] == 1
    assert [name(network.nodes[u].iri) + name(network.nodes[v].iri) for u, v in planned_ends(network)] == ["BD"]
    mixed = draw("co-participation", planned=True)
    together = list(edges(mixed)).index("AB")
    assert (mixed.events[together], mixed.planned_events[together], mixed.planned[together]) == (3, 1, False)


def planned_ends(network: Network) -> Iterator[tuple[int, int]]:
    return zip(network.src[network.planned].tolist(), network.dst[network.planned].tolist(), strict=True)


def test_what_was_planned_in_one_document_and_took_place_in_another_took_place(draw: Draw) -> None:
    hosting = draw("hosting")
    forum = next(occasion for occasion in hosting.occasions if occasion.iri.endswith("forum-c"))
    assert not forum.planned
    assert [shorten(document) for document in forum.documents] == ["document/102"], "101 only announced it"


def test_inferred_facts_can_be_left_out(draw: Draw) -> None:
    without = edges(draw("co-participation", inferred=False))
    assert "BE" not in without
    assert without["DE"] == HALF


def test_a_window_keeps_what_overlaps_and_counts_the_rest(draw: Draw) -> None:
    network = draw("co-party", since=date(2012, 6, 1), until=date(2014, 3, 1))
    assert edges(network) == {"AB": 1, "AC": Fraction(1, 4)}
    assert nodes(network) == ["A", "B", "C"]
    left_out = {"outside the window": 1, "undated": 3, "planned": 1, "cancelled": 1}
    assert network.completeness.left_out == left_out
    assert not network.completeness.is_complete


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2016, 5, 27), date(2016, 5, 27), {"AB", "AC", "BC"}),  # the last day of training-a
        (date(2016, 5, 28), date(2016, 12, 31), set()),
        (None, date(2016, 5, 24), {"AB", "AC", "BC"}),  # its first day
        (date(2018, 9, 1), None, set()),  # visit-a, a journey and no meeting
    ],
)
def test_both_days_of_a_window_belong_to_it(draw: Draw, since: date | None, until: date | None, expected: Any) -> None:
    assert set(edges(draw("co-participation", since=since, until=until))) == expected


def test_memberships_are_cut_to_the_window_one_by_one(draw: Draw) -> None:
    network = draw("co-membership", since=date(2001, 1, 1))
    assert (nodes(network), edges(network)) == (["B"], {})
    assert network.completeness.left_out == {"undated members": 1}
    assert not network.completeness.is_complete


def test_unnamed_members_make_no_edge_but_are_told(draw: Draw) -> None:
    network = draw("co-party")
    assert [shorten(iri) for iri in network.completeness.partial] == ["agreement/communique", "agreement/pact-ac"]
    assert network.completeness.unnamed == 17 + 3
    assert nodes(network) == ["A", "B", "C", "D", "E"]
    assert network.completeness.left_out == {"cancelled": 1, "planned": 1}


def test_trainees_that_are_only_counted_leave_the_network_incomplete(draw: Draw) -> None:
    network = draw("training")
    assert [shorten(iri) for iri in network.completeness.partial] == ["event/training-a", "programme/all-trainings"]
    programme = next(occasion for occasion in network.occasions if "programme" in occasion.iri)
    assert (programme.named, programme.stated, programme.persons) == (0, None, 4820)
    training = next(occasion for occasion in network.occasions if occasion.iri.endswith("training-a"))
    assert (training.label, training.named, training.stated, training.n, training.persons) == (
        "Training in Arland",
        2,
        4,
        4,
        61,
    )


def test_counts_of_another_kind_of_member_do_not_matter(draw: Draw) -> None:
    network = draw("co-party", nodes="organization")
    assert [shorten(iri) for iri in network.completeness.partial] == ["agreement/communique"], "two organizations"
    assert network.completeness.unnamed == 2


def test_actors_that_act_for_no_state_are_counted(draw: Draw) -> None:
    assert draw("co-participation").completeness.left_out["acting for no node"] == 2, "the bank and its office"


def test_an_edge_knows_its_documents_and_events(draw: Draw) -> None:
    network = draw("co-participation")
    found = dict(zip(edges(network), network.documents, strict=True))
    assert [shorten(document) for document in found["AB"]] == ["document/102"]
    assert dict(zip(edges(network), network.events.tolist(), strict=True))["AB"] == 2


def test_sources_tell_whose_view_the_network_is(draw: Draw) -> None:
    found = [(shorten(each.document), each.title, each.publisher, each.edges) for each in draw("co-party").sources]
    assert found == [
        ("document/101", "Arland reports", "Arland's ministry", 3),
        ("document/102", "The bank reports", "the bank", 1),
    ]


def test_provenance_repeats_the_parameters_in_full(draw: Draw) -> None:
    provenance = draw("co-party", since=date(2010, 1, 1)).provenance
    assert provenance.parameters == {
        "weight": "newman",
        "nodes": "state",
        "planned": "false",
        "inferred": "true",
        "from": "2010-01-01",
    }
    assert (provenance.layer, provenance.data_version) == ("co-party", "v1")
    assert provenance.queries["co-party"] == LAYERS["co-party"].query()


def test_labels_are_english_and_else_the_short_iri(draw: Draw) -> None:
    assert [node.label for node in draw("co-party").nodes] == ["Arland", "Borland", "Corland", "Dorland", "state/XEE"]


@pytest.mark.parametrize("layer", [layer.name for layer in layers()])
def test_json_and_tsv_answers_give_one_network(ask: Ask, world: Store, layer: str) -> None:
    one, other = (project(ask(world, form), layer, data_version="v1") for form in (JSON, TSV))
    assert edges(one) == edges(other)
    assert (one.nodes, one.occasions, one.members, one.sources) == (
        other.nodes,
        other.occasions,
        other.members,
        other.sources,
    )


@pytest.mark.parametrize("layer", [layer.name for layer in layers()])
def test_an_empty_graph_gives_an_empty_network(ask: Ask, layer: str) -> None:
    network = project(ask(Store()), layer, data_version="v0")
    assert (network.nodes, network.src.size, network.completeness.occasions, network.sources) == ((), 0, 0, ())
    assert network.completeness.is_complete


def test_an_unknown_layer_is_answered_with_the_known_ones(ask: Ask, world: Store) -> None:
    with pytest.raises(
        NetworkError, match=r"no network layer is called 'trainings'.*co-party.*did you mean 'training'"
    ):
        project(ask(world), "trainings", data_version="v1")


def test_a_weight_is_only_offered_where_it_makes_sense(draw: Draw) -> None:
    with pytest.raises(NetworkError, match=r"no weight of training is called 'newman'; expected: one of count"):
        draw("training", weight="newman")


@pytest.mark.parametrize("answer", [b'{"head":{},"boolean":true}', b"{", b"no question mark\n"])
def test_an_answer_that_is_no_table_is_refused(answer: bytes) -> None:
    with pytest.raises(NetworkError, match="the answer to a pair query"):
        project(lambda text: answer, "training", data_version="v1")


@pytest.mark.parametrize("layer", LAYERS)
def test_documents_that_say_the_same_again_tie_nobody_again(ask: Ask, world: Store, layer: str) -> None:
    twice = Store()
    twice.extend(world)
    for quad in world:
        graph = quad.graph_name.value.replace("/graph/doc/", "/graph/doc/again-")
        twice.add(Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph)))
    once, again = (
        project(ask(store), layer, options=NetworkOptions(planned=True, since=date(1990, 1, 1)), data_version="v1")
        for store in (world, twice)
    )
    assert edge_rows(again) == edge_rows(once)
    assert occasion_rows(again) == occasion_rows(once)
    assert metadata(again) == metadata(once)
