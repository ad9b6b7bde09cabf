"""The networks of the packaged documents: the competency questions that ask for edges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import Store

from communique.graph import sources
from communique.graph.mapping import map_corpus
from communique.graph.networks import Network, NetworkOptions, measure, project
from communique.graph.networks.projection import Run
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.vocabulary import ontology_quads

Draw = Callable[..., Network]


@pytest.fixture(scope="module")
def draw(ask: Callable[..., Run]) -> Draw:
    store = Store()
    store.extend(
        map_corpus([sources.read_yaml(file) for file in sources.documents()], sources.read_yaml(sources.background()))
    )
    store.extend(ontology_quads())

    return lambda layer, **options: project(ask(store), layer, options=NetworkOptions.parse(options), data_version="v1")


def ends(network: Network) -> set[tuple[str, str]]:
    names = [shorten(node.iri).rpartition("/")[2] for node in network.nodes]
    return {(names[u], names[v]) for u, v in zip(network.src.tolist(), network.dst.tolist(), strict=True)}


TRAINED = {"VNM", "IDN", "PHL", "MYS", "UZB", "RUS", "SDN", "KEN", "NGA", "ETH"}


def test_p26_korea_trained_officials_of_ten_named_countries_and_of_fourteen_unnamed(draw: Draw) -> None:
    network = draw("training")
    assert ends(network) == {("KOR", state) for state in TRAINED}
    jeju = next(occasion for occasion in network.occasions if occasion.iri.endswith("jeju-training-2016"))
    assert (jeju.named, jeju.stated, jeju.unnamed, jeju.persons) == (10, 24, 14, 61)
    assert {shorten(document) for documents in network.documents for document in documents} == {"document/003"}
    assert not network.completeness.is_complete


def test_p26_without_the_inferred_providers_the_stated_inviter_is_the_trainer(draw: Draw) -> None:
    network = draw("training", inferred="false")
    assert ends(network) == {("KOR", state) for state in TRAINED}
    bodies = draw("training", inferred="false", nodes="organization")
    inviters = {shorten(bodies.nodes[member.node].iri) for member in bodies.members if member.side == "source"}
    assert inviters == {"org/kor-interior-ministry", "org/kor-national-information-society-agency"}


def test_p26_the_edges_belong_to_2016(draw: Draw) -> None:
    assert ends(draw("training", **{"from": "2016", "to": "2016"})) == {("KOR", state) for state in TRAINED}
    assert ends(draw("training", **{"from": "2017", "to": "2017"})) == set()


def test_p24_trainees_of_unknown_countries_make_no_edge(draw: Draw) -> None:
    counted = [occasion for occasion in draw("training").occasions if occasion.persons == 4820]
    assert [(occasion.named, occasion.is_partial) for occasion in counted] == [(0, True)]


def test_p27_greece_and_romania_are_fellow_members_of_bsec(draw: Draw) -> None:
    network = draw("co-membership")
    bsec = next(at for at, occasion in enumerate(network.occasions) if occasion.iri.endswith("org/bsec"))
    members = {shorten(network.nodes[member.node].iri) for member in network.members if member.occasion == bsec}
    assert members == {"state/GRC", "state/ROU"}
    assert ("GRC", "ROU") in ends(network)
    assert ("KOR", "ROU") not in ends(network)


def test_p22_only_greece_is_bound_to_korea_and_the_plan_with_romania_is_marked(draw: Draw) -> None:
    assert ends(draw("co-party")) == {("GRC", "KOR")}
    planned = draw("co-party", planned="true")
    assert ends(planned) == {("GRC", "KOR"), ("KOR", "ROU")}
    assert planned.planned.tolist() == [False, True]


def test_p08_nobody_is_tied_by_the_communique(draw: Draw) -> None:
    network = draw("co-party")
    communique = next(occasion for occasion in network.occasions if occasion.iri.endswith("seoul-communique"))
    assert (communique.named, communique.stated) == (0, 17)


def test_p18_korea_hosted_nobody_at_a_meeting_that_was_only_planned(draw: Draw) -> None:
    network = draw("hosting")
    assert ends(network) == set()
    assert network.completeness.left_out["planned"] >= 1


def test_a_delegation_stands_for_the_state_that_sent_it(draw: Draw) -> None:
    assert ends(draw("visit")) == {("KOR", "GRC"), ("KOR", "ROU")}


def test_all_who_were_trained_together_are_alike(draw: Draw) -> None:
    rows = measure(draw("training"), "closeness").rows
    assert [(row.rank, row.is_tied) for row in rows[:10]] == [(1, True)] * 10
    assert rows[-1].reason == "no other node reaches it"
