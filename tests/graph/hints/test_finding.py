"""Parameters that take nodes: IRIs that exist, names and codes that one node bears."""

from __future__ import annotations

import pytest

from communique.graph.errors import InvalidParameter, UnknownNode
from communique.graph.hints.finding import Finder
from communique.graph.linking import Index
from communique.graph.queries import QueryParameter, find
from communique.graph.queries.answers import Run
from communique.graph.terms.namespaces import ID, shorten

STATE = QueryParameter("state", "iri", ("state/PRK",), "the state")
EVENT = QueryParameter("event", "iri", ("event/jeju-training-2016",), "the event")
ROLE = QueryParameter("role", "iri", ("role:trainee",), "the role")
BODY = QueryParameter("actor", "iri", ("org/wego",), "the body")
PLACE = QueryParameter("place", "iri", ("place/GRC",), "the place", of_class="com:Territory")
ANYTHING = QueryParameter("node", "iri", ("state/PRK",), "the node", of_class="owl:Thing")


@pytest.mark.parametrize(
    ("parameter", "text", "node"),
    [
        (STATE, "state/KOR", "state/KOR"),
        (STATE, f"{ID}state/KOR", "state/KOR"),
        (STATE, "South Korea", "state/KOR"),
        (STATE, "SOUTH KOREA", "state/KOR"),
        (STATE, "KOR", "state/KOR"),
        (STATE, "KR", "state/KOR"),
        (STATE, "Korea, Republic of", "state/KOR"),
        (STATE, "대한민국", "state/KOR"),
        (STATE, "Greece", "state/GRC"),  # and not its territory, nor the body of that name
        (PLACE, "Greece", "place/GRC"),
        (BODY, "South Korea", "state/KOR"),  # whoever acts: a state does
        (BODY, "wego", "org/wego"),
        (EVENT, "Jeju training", "event/jeju-training-2016"),
        (ANYTHING, "Jeju training", "event/jeju-training-2016"),
        (ANYTHING, "GRC", "state/GRC"),
        (ROLE, "trainee", "role:trainee"),
        (ROLE, "Training provider", "role:training-provider"),
        (ROLE, "role:host", "role:host"),
    ],
)
def test_one_node_is_meant(finder: Finder, parameter: QueryParameter, text: str, node: str) -> None:
    assert shorten(finder.find(parameter, text).value) == node


@pytest.mark.parametrize(
    ("parameter", "text", "candidates"),
    [(STATE, "Korea", ["state/KOR (South Korea)", "state/PRK (North Korea)"]),
     (BODY, "Greece", ["state/GRC (Greece)", "org/greece-house (Greece House)"]),
     (ANYTHING, "Greece", ["state/GRC", "org/greece-house", "place/GRC"]),
     (EVENT, "annual workshop", ["event/workshop-1", "event/workshop-2"])],
)  # fmt: skip
def test_several_nodes_are_listed_and_none_is_chosen(
    finder: Finder, parameter: QueryParameter, text: str, candidates: list[str]
) -> None:
    with pytest.raises(InvalidParameter) as failed:
        finder.find(parameter, text)
    assert all(candidate in (failed.value.expected or "") for candidate in candidates)
    assert failed.value.message.startswith(f"{parameter.name}: ")


@pytest.mark.parametrize(
    ("parameter", "text", "near"),
    [
        (STATE, "state/KRO", "state/KOR"),
        (STATE, "states/KOR", "state/"),
        (STATE, "Greecee", "state/GRC (Greece)"),
        (STATE, "France", "such as state/PRK"),  # a state, but of no graph here
        (STATE, "Atlantis", "such as state/PRK"),
        (EVENT, "event/jeju-trainig-2016", "event/jeju-training-2016"),
        (EVENT, "Jeju trainings", "event/jeju-training-2016"),
        (EVENT, "Greece", "such as event/jeju-training-2016"),  # no event is called so
        (ROLE, "role:traine", "role:trainee"),
        (ROLE, "trainees", "role:trainee"),
        (ROLE, "chairman of the board", "such as role:trainee"),
        (EVENT, "https://a.example/x", "such as event/jeju-training-2016"),
        (EVENT, "not an iri", "such as event/jeju-training-2016"),
    ],
)
def test_what_is_in_no_graph_is_told_with_near_names(
    finder: Finder, parameter: QueryParameter, text: str, near: str
) -> None:
    with pytest.raises(UnknownNode) as failed:
        finder.find(parameter, text)
    assert near in (failed.value.expected or "")
    assert repr(text) in failed.value.message


def test_an_iri_needs_no_index(finder: Finder) -> None:
    def refuse() -> None:
        raise AssertionError("the names were read")

    fast = Finder(finder.run, refuse)  # type: ignore[arg-type]
    assert shorten(fast.find(STATE, "state/KOR").value) == "state/KOR"


def test_a_question_is_bound_with_names(finder: Finder) -> None:
    question = find("states-at-event")
    text = question.bind([("event", "Jeju training"), ("role", "trainee"), ("role", "role:trainee")], finder.find)
    assert text == question.bind([("event", "event/jeju-training-2016"), ("role", "role:trainee")])


def test_a_long_text_is_cut(finder: Finder) -> None:
    with pytest.raises(UnknownNode) as failed:
        finder.find(STATE, "x" * 60_000)
    assert len(str(failed.value)) < 400


@pytest.mark.parametrize("text", ["South Korea", "KOR", "KR", "Griechenland", "state/GRC"])
def test_a_state_is_found_without_reading_the_names_of_all_nodes(run: Run, text: str) -> None:
    def refuse() -> Index:
        raise AssertionError("the names of all nodes were read")

    node = shorten(Finder(run, refuse).find(STATE, text).value)
    assert node == ("state/GRC" if "GR" in text.upper() else "state/KOR")


def test_a_state_of_the_tables_that_is_in_no_graph_is_not_found(finder: Finder) -> None:
    with pytest.raises(UnknownNode):
        finder.find(STATE, "FRA")
