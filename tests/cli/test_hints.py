"""Hints, names of nodes and terms on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]

PREFIX = "PREFIX com: <https://w3id.org/communique/ns#>\n"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("?x com:particpant ?y", ["com:particpant is used by no graph", "did you mean com:participant?"]),
        ("?x a com:MOU", ["did you mean com:MemorandumOfUnderstanding?"]),
        ("?x a com:Agreement", ["com:Declaration", "a/rdfs:subClassOf* com:Agreement"]),
        ('?x com:role "trainee"', ["write role:trainee"]),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_hints_are_written_beside_the_answer(run: Run, pattern: str, words: list[str], form: str) -> None:
    asked = run("query", "--file", "-", "--format", form, text=f"{PREFIX}SELECT * {{ {pattern} }}")
    assert asked.exit_code == 0
    assert all(word in asked.stderr for word in words)
    assert "hint" not in asked.stdout


def test_the_cure_for_a_wide_class_works(run: Run) -> None:
    text = (
        f"{PREFIX}PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?x {{ ?x a/rdfs:subClassOf* com:Event }}"
    )
    asked = run("query", "--file", "-", "--format", "csv", text=text)
    assert "event/jeju-training-2016" in asked.stdout
    assert asked.stderr == ""


def test_a_syntax_error_has_a_cure(run: Run) -> None:
    failed = run("query", "--file", "-", text="SELECT * { ?x a com:Event }")
    assert failed.exit_code == 2
    assert "line 1, column 17: prefix com: is not declared" in failed.stderr
    assert "add PREFIX com: <https://w3id.org/communique/ns#>" in failed.stderr


@pytest.mark.parametrize("name", ["South Korea", "KOR", "Korea, Republic of", "state/KOR"])
def test_a_state_has_many_names(run: Run, name: str) -> None:
    asked = run("query", "commitments-by-state", "-p", f"state={name}", "--format", "csv")
    assert asked.exit_code == 0
    assert asked.stdout == run("query", "commitments-by-state", "-p", "state=state/KOR", "--format", "csv").stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Korea", ["state/KOR (South Korea)", "state/PRK (North Korea)"]),
        ("Atlantis", ["no node is called 'Atlantis'"]),
        ("state/KRO", ["'state/KRO' is in no graph", "perhaps state/KOR"]),
    ],
)
def test_what_means_no_node_or_several_is_told(run: Run, name: str, words: list[str]) -> None:
    failed = run("query", "commitments-by-state", "-p", f"state={name}")
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert all(word in failed.stderr for word in words)


def test_a_question_without_rows_says_why(run: Run) -> None:
    asked = run("query", "states-at-event", "-p", "event=state/GRC", "--format", "json")
    assert asked.exit_code == 0
    assert json.loads(asked.stdout)["results"]["bindings"] == []
    assert "state/GRC is a com:State" in asked.stderr
    nothing = run("query", "commitments-by-state", "-p", "state=France")
    assert "state state/FRA" in nothing.stderr


def test_terms_are_found_by_a_word(run: Run) -> None:
    (found,) = json.loads(run("terms", "signatory", "--format", "json").stdout)
    assert (found["name"], found["kind"], found["scheme"]) == ("role:signatory", "concept", "role")
    shown = run("terms", "com:role").stdout
    assert "role:trainee" in shown
    assert "PREFIX com: <https://w3id.org/communique/ns#>" in shown
    assert "com:participant" in run("terms", "particpant").stdout
    assert "PREFIX com: <https://w3id.org/communique/ns#>" in run("terms", "deadline").stdout


def test_all_terms_are_listed(run: Run) -> None:
    listed = {each["name"]: each for each in json.loads(run("terms", "--format", "json").stdout)}
    assert listed["com:participant"]["uses"] > 0
    assert listed["com:Event"].keys() >= {"iri", "definition", "narrower"}


def test_a_term_that_does_not_exist_is_a_wrong_input(run: Run) -> None:
    failed = run("terms", "xyzzyx")
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert "no term is called 'xyzzyx'" in failed.stderr
