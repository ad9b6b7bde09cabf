"""``docs/linking.md`` says what is so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from communique.graph.linking import scoring, states
from communique.graph.linking.meanings import library_names
from communique.graph.linking.states import SCHEMES
from communique.graph.terms.identifiers import entity


@pytest.fixture(scope="module")
def text(root: Path) -> str:
    return (root / "docs" / "linking.md").read_text(encoding="utf-8")


def test_the_examples_of_states_run(text: str) -> None:
    known = {"states": states, "date": date}
    examples = re.findall(r"^(states\.\S.*?\)) +# (.+)$", text, re.MULTILINE)
    assert len(examples) == 4
    for code, told in examples:
        answer = eval(code, known)  # our own file
        names = re.findall(r"state/[A-Z]+|None", told)
        flat = [node for each in (answer if isinstance(answer, tuple) else (answer,)) for node in _flat(each)]
        assert flat == [None if name == "None" else entity(name) for name in names]


def _flat(answer: object) -> list[object]:
    """Take a tuple apart."""
    return list(answer) if isinstance(answer, tuple) else [answer]


def test_the_schemes_weights_and_numbers_are_those_of_the_code(text: str) -> None:
    assert all(f"`{scheme}`" in text for scheme in SCHEMES)
    for name, weight in scoring.WEIGHTS.items():
        assert re.search(rf"^\| {name}.*\| {weight} \|$", text, re.MULTILINE)
    assert round(len({name for name, node in library_names() if node}), -3) == 34_000
    assert "about 34,000 names" in text
