"""What every query file owes its reader: a header that tells the truth and a text that runs unchanged anywhere."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from asking import select
from pyoxigraph import Store

from communique.graph.queries import PackagedQuery, library, queries_in
from communique.graph.queries.parameters import find_defaults
from communique.graph.terms.namespaces import ID, SCHEMES, term
from communique.graph.terms.vocabulary import ontology_quads

QUESTIONS = sorted(library())
DERIVED = sorted(queries_in("derived"))
EVERY = [*QUESTIONS, *DERIVED]


def named(name: str) -> PackagedQuery:
    return library().get(name) or queries_in("derived")[name]


def body(query: PackagedQuery) -> str:
    """Give the lines below the header that set no parameter."""
    lines = [line for line in query.text.splitlines() if not line.startswith("#+")]
    return "\n".join(line for line in lines if not line.lstrip().startswith("VALUES "))


def test_each_competency_question_has_one_file() -> None:
    numbers = Counter(query.question for query in library().values())
    assert numbers == {f"P{number:02}": 1 for number in range(1, len(QUESTIONS) + 1)}
    assert len(QUESTIONS) >= 33


def test_questions_come_in_the_order_of_their_numbers() -> None:
    numbers = [query.question for query in library().values()]
    assert numbers == [f"P{number:02}" for number in range(1, len(QUESTIONS) + 1)]


def test_no_two_files_share_a_name(root: Path) -> None:
    stems = Counter(path.stem for path in (root / "queries").rglob("*.rq"))
    assert [stem for stem, count in stems.items() if count > 1] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_columns_are_the_selected_variables(name: str) -> None:
    solutions = select(Store(), named(name).text)
    assert [column.name for column in named(name).columns] == [variable.value for variable in solutions.variables]


@pytest.mark.parametrize("name", QUESTIONS)
def test_header_says_enough(name: str) -> None:
    query = named(name)
    assert query.summary.endswith("?")
    assert query.description.strip().endswith(".")
    assert query.tags
    assert all(parameter.summary for parameter in query.parameters)
    assert all(column.summary for column in query.columns)
    assert all((column.kind == "iri") == (column.datatype is None) for column in query.columns)


@pytest.mark.parametrize("name", QUESTIONS)
def test_parameters_are_the_values_lines(name: str) -> None:
    assert {parameter.name for parameter in named(name).parameters} == find_defaults(named(name).text).keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_defaults_bind_to_the_same_query(name: str) -> None:
    query = named(name)
    pairs = [(parameter.name, text) for parameter in query.parameters for text in parameter.default]
    assert find_defaults(query.bind(pairs)) == find_defaults(query.text)


@pytest.mark.parametrize("name", EVERY)
def test_data_are_named_by_parameters_alone(name: str) -> None:
    assert ID not in body(named(name))
    assert "SERVICE" not in body(named(name))


@pytest.mark.parametrize("name", QUESTIONS)
def test_reasons_for_an_empty_answer_are_sentences(name: str) -> None:
    reasons = named(name).unless
    assert all(reason.says[0].isupper() and reason.says.endswith(".") for reason in reasons)
    assert len({reason.says for reason in reasons}) == len(reasons)


@pytest.mark.parametrize("name", EVERY)
def test_no_prefix_is_declared_in_vain(name: str) -> None:
    text = named(name).text
    unused = [prefix for prefix in re.findall(r"^PREFIX (\w+):", text, re.MULTILINE) if text.count(f"{prefix}:") < 2]
    assert unused == []


@pytest.fixture(scope="module")
def declared() -> set[object]:
    """Give every class, property and concept that the ontology declares."""
    return {quad.subject for quad in ontology_quads()}


@pytest.mark.parametrize("name", EVERY)
def test_every_term_is_declared(name: str, declared: set[object]) -> None:
    ours = ["com", *SCHEMES]
    patterns = " ".join(reason.pattern for reason in named(name).unless)
    text = body(named(name)) + patterns
    used = {word for prefix in ours for word in re.findall(rf"(?<![\w:]){prefix}:[\w-]+", text)}
    assert used
    assert {word for word in used if term(word) not in declared} == set()


@pytest.mark.parametrize("name", QUESTIONS)
def test_answer_is_ordered(name: str) -> None:
    assert "ORDER BY" in named(name).text
