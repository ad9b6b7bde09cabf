"""``docs/validation.md`` says what is so: the rules, the figures that are constants, the examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from communique.cli import main
from communique.graph.validation.catalogue import DOCUMENT, numbers, rules, shapes_for
from communique.graph.validation.engines import PYSHACL_QUADS, TURBO_QUADS
from communique.graph.validation.engines.turbo import RECURSION
from communique.graph.validation.report import pages
from communique.graph.validation.results import Shape
from communique.graph.validation.rules import set_rules


@pytest.fixture
def text(root: Path) -> str:
    return (root / "docs/validation.md").read_text()


def means() -> dict[str, set[str]]:
    """Tell of each rule by what it is checked, and on what."""
    alone = {quad.subject for quad in shapes_for(DOCUMENT)}
    found: dict[str, set[str]] = {number: set() for number in rules()}
    for shape, number in numbers().items():
        subject: Shape = shape
        found[number].add(f"shape, {'each document' if subject in alone else 'union'}")
    for rule in set_rules():
        found[rule.number].add(f"query, {'each document' if rule.scope == DOCUMENT else rule.scope}")
    return found


def table() -> str:
    """Write the table of rules as the document has to have it."""
    rows = ["| rule | name | what holds | checked by |", "|---|---|---|---|"]
    for number, rule in rules().items():
        how = "; ".join(sorted(means()[number])) or "`communique evidence check`"
        rows.append(f"| {number} | {rule.name} | {rule.definition} | {how} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_rules_is_that_of_the_shapes(text: str) -> None:
    assert table() in text, f"put this table into docs/validation.md:\n\n{table()}"


def test_limits_are_those_of_the_code(text: str) -> None:
    for limit in (
        f"{PYSHACL_QUADS:,} quads",
        f"{TURBO_QUADS:,} quads",
        f"for {RECURSION} steps",
        f"{pages.LIMIT} findings",
    ):
        assert limit in text


def test_the_explanation_shown_is_the_one_given(text: str) -> None:
    shown = re.search(r"\$ communique validate --explain (\S+)\n(.*?)```", text, re.DOTALL)
    assert shown
    told = CliRunner().invoke(main, ["validate", "--explain", shown[1]])
    assert shown[2].strip() in told.stdout


def test_the_library_example_runs(text: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(code, "docs/validation.md", "exec"), {"__name__": "example"})
