"""Why a ready question has no rows."""

from __future__ import annotations

import pytest

from communique.graph.errors import QueryAborted, SourceError
from communique.graph.hints.finding import Finder
from communique.graph.hints.reasons import explain
from communique.graph.queries.answers import Run
from communique.graph.queries.library import read_query

HEADER = """#+ summary: Who was trained at an event?
#+ parameters:
#+   - {name: event, datatype: iri, summary: the event}
#+   - {name: role, datatype: iri, summary: the role, repeatable: true}
"""
UNLESS = """#+ unless:
#+   - {pattern: "?event com:realization real:planned", says: The event is only planned.}
#+   - pattern: |
#+       ?part com:inEvent ?event ; com:role ?other . FILTER(?other != ?role)
#+     says: There were others, in another role.
"""
BODY = """PREFIX com: <https://w3id.org/communique/ns#>
PREFIX role: <https://w3id.org/communique/vocab/role/>
SELECT ?who {
  VALUES ?event { <https://w3id.org/communique/id/event/jeju-training-2016> }
  VALUES ?role { role:trainee }
  ?part com:inEvent ?event ; com:role ?role ; com:participant ?who .
}"""


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        ([("event", "event/nowhere")], "node", "event/nowhere is in no graph"),
        ([("event", "state/GRC")], "node", "state/GRC is a com:State"),
        ([("event", "event/seoul-meeting-2030")], "condition", "The event is only planned."),
        ([("role", "role:host")], "condition", "There were others, in another role."),
        ([("event", "event/workshop-1")], "nothing", "event event/workshop-1; role role:trainee"),
    ],
)
def test_the_first_reason_that_holds_is_given(run: Run, values: list[tuple[str, str]], kind: str, words: str) -> None:
    question = read_query(HEADER + UNLESS + BODY, "event/example.rq")
    (reason,) = explain(run, question, question.bind(values))
    assert reason.kind == kind
    assert words in reason.message


def test_another_kind_of_node_is_told_what_kind_is_asked_for(run: Run) -> None:
    question = read_query(HEADER + BODY, "event/example.rq")
    (reason,) = explain(run, question, question.bind([("event", "state/GRC")]))
    assert reason.hint == "give a com:Event as event"


def test_a_failure_meanwhile_gives_no_reason(run: Run) -> None:
    def fail(text: str) -> bytes:
        raise QueryAborted("no memory")

    question = read_query(HEADER + BODY, "event/example.rq")
    assert explain(fail, question, question.text) == []


@pytest.mark.parametrize(
    ("unless", "words"),
    [
        ("unless: nothing", ["nothing", "a list of"]),
        ("unless: [one]", ["a list of"]),
        ("unless: [{pattern: '?event ?p ?o'}]", ["says"]),
        ("unless: [{pattern: '?event ?p ?o', says: x, when: y}]", ["when"]),
        ("unless: [{pattern: '?evnt ?p ?o', says: x}]", ["names no parameter", "?event or ?role"]),
        ("unless: [{pattern: '?event ?p', says: x}]", ["is no pattern"]),
        ("unless: [{pattern: '?event foo:p ?o', says: x}]", ["is no pattern"]),
    ],
)
def test_a_broken_condition_is_refused_with_its_line(unless: str, words: list[str]) -> None:
    with pytest.raises(SourceError) as failed:
        read_query(f"{HEADER}#+ {unless}\n{BODY}", "event/example.rq")
    assert failed.value.message.startswith("event/example.rq:5: ")
    assert all(word in str(failed.value) for word in words)


def test_a_parameter_may_name_the_class_of_its_nodes() -> None:
    header = HEADER.replace("summary: the event", "summary: the event, class: com:TrainingEvent")
    assert read_query(header + BODY, "event/example.rq").parameters[0].of_class == "com:TrainingEvent"
    with pytest.raises(SourceError, match="com:Evnt"):
        read_query(header.replace("com:TrainingEvent", "com:Evnt") + BODY, "event/example.rq")


def test_a_body_is_no_state_for_whoever_asks_of_a_state(run: Run) -> None:
    text = """#+ summary: Where did a state take part?
#+ parameters:
#+   - {name: state, datatype: iri, summary: the state}
#+ unless:
#+   - {pattern: "?state com:actsFor ?whole", says: It acts for another.}
PREFIX com: <https://w3id.org/communique/ns#>
SELECT ?event {
  VALUES ?state { <https://w3id.org/communique/id/state/KOR> }
  ?part com:participant ?state ; com:inEvent ?event .
}"""
    question = read_query(text, "actor/example.rq")
    (reason,) = explain(run, question, question.bind([("state", "org/wego")]))
    assert reason.message == "org/wego is a com:InternationalOrganization"
    assert reason.hint == "give a com:State as state"
    (reason,) = explain(run, question, question.bind([("state", "state/GRC")]))
    assert reason.kind == "nothing"


NAMED = """#+ summary: Which node carries a name?
#+ parameters:
#+   - {name: name, datatype: xsd:string, summary: the name, class: "owl:Thing"}
SELECT ?node {
  VALUES ?name { "WeGO" }
  ?node ?property ?text . FILTER(STR(?text) = ?name)
}"""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("wego", "org/wego (WeGO)"),
        ("Südkorea", "state/KOR (South Korea)"),  # no document writes it
        ("Jeju trainings", "event/jeju-training-2016 (Jeju training)"),
        ("Wegoo", "org/wego (WeGO)"),
    ],
)
def test_a_name_that_no_node_carries_is_answered_by_those_it_may_mean(
    run: Run, finder: Finder, name: str, meant: str
) -> None:
    question = read_query(NAMED, "actor/example.rq")
    nothing, near = explain(run, question, question.bind([("name", name)]), finder.alike)
    assert (nothing.kind, near.kind) == ("nothing", "node")
    assert near.message == f'"{name}" may mean {meant}'


def test_a_name_like_no_other_means_nothing(run: Run, finder: Finder) -> None:
    question = read_query(NAMED, "actor/example.rq")
    (reason,) = explain(run, question, question.bind([("name", "Zzyzx Qwfp")]), finder.alike)
    assert reason.kind == "nothing"
