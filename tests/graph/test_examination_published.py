"""Shapes and data as the European Parliament publishes them: what comes out, and that nothing passes in silence."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from communique.graph.errors import SourceError
from communique.graph.examination import Shapes, examine, read_data, read_shapes
from communique.graph.sources import collect
from communique.graph.validation import oracle
from communique.graph.validation.engines import COMPILED, ORACLE_QUADS
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

pytestmark = pytest.mark.slow

DEF = "https://data.europarl.europa.eu/def/"
MEETINGS, QUESTIONS, SESSIONS = "data_v1_meetings*", "data_v1_questions*", "data_v1_plenary*"


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/europarl_rdf"


@pytest.fixture(scope="module")
def some(folder: Path) -> Store:
    """The meetings and a hundred questions: 21,337 statements."""
    return read_data(collect([*folder.glob(MEETINGS), *folder.glob("data_v1_questions-by-year_0_*")]))


def shapes_of(folder: Path, name: str, **targets: str) -> Shapes:
    return read_shapes(collect([folder / f"{name}.shacl.ttl"]), targets)


def short(report: ValidationReport) -> Counter[str]:
    """Count results by what two engines call alike: blank nodes have no names."""
    found = (f"{each.focus} {each.path} {each.value} {each.component} {each.shape}" for each in report.results)
    return Counter(re.sub(r"_:\w+", "_:", text) for text in found)


@pytest.mark.parametrize(
    ("name", "focus", "results"),
    [
        ("eli-ep_calendar", {"calendar#PlenaryPartSession": 18}, 53),
        ("org-ep_corporate-bodies", {"corporate-bodies#Organization": 4}, 31),
        ("org-ep_meps", {"meps#Person": 88, "meps#Organization": 4}, 363),
    ],
)
def test_targets_that_are_queries_are_judged_as_by_pyshacl(
    folder: Path, some: Store, name: str, focus: dict[str, int], results: int
) -> None:
    shapes = shapes_of(folder, name)
    report = shapes.assignment.validate(View(some))
    counts = {shape.value.removeprefix(DEF): count for shape, count in report.focus_counts.items() if count}
    assert (counts, len(report.results)) == (focus, results)
    assert set(report.engines.values()) == {COMPILED}
    triples = [quad.triple for quad in shapes.quads]
    assert short(report) == short(oracle.validate_triples(View(some), triples, ()))


def test_the_documentation_says_what_comes_out(root: Path, some: Store) -> None:
    text = " ".join((root / "docs/validation.md").read_text().split())
    for words in (
        f"{len(some):,} statements",
        "18 plenary sessions with 53",
        "4 corporate bodies with 31",
        "363, each",
    ):
        assert words in text


def test_more_than_pyshacl_could_take_is_judged(folder: Path) -> None:
    store = read_data(
        collect([folder]),
    )
    assert len(store) > ORACLE_QUADS
    report = examine(store, shapes_of(folder, "eli-ep_calendar"))
    assert set(report.engines.values()) == {COMPILED}
    assert sum(report.focus_counts.values()) == 18


@pytest.mark.parametrize("name", ["eli-ep_parliamentary-questions", "eli-ep_plenary-session-documents"])
def test_shapes_that_lead_back_to_themselves_are_refused_by_name(folder: Path, some: Store, name: str) -> None:
    prefix = {"eli-ep_parliamentary-questions": "questions", "eli-ep_plenary-session-documents": "psd"}[name]
    with pytest.raises(SourceError, match=rf"{name}.*recursive shapes: {prefix}:\w+ → {prefix}:\w+ → ") as caught:
        examine(some, shapes_of(folder, name))
    assert "break the cycle" in (caught.value.hint or "")


def test_shapes_without_target_are_told_what_they_may_be_meant_for(folder: Path, some: Store, tmp_path: Path) -> None:
    text = (folder / "eli-ep_calendar.shacl.ttl").read_text()
    untargeted = tmp_path / "calendar.ttl"
    untargeted.write_text(re.sub(r"  sh:target [^;]*;\n", "", text))
    with pytest.raises(SourceError, match=r"no shape has a target.*--target calendar:Room=epvoc:Room"):
        examine(some, read_shapes(collect([untargeted])))
    given = read_shapes(collect([untargeted]), {"PlenaryPartSession": "eli-dl:Activity"})
    report = examine(some, given)
    assert report.focus_counts[NamedNode(DEF + "calendar#PlenaryPartSession")] > 100


def test_data_of_another_kind_give_no_focus_node(folder: Path) -> None:
    store = read_data(collect([folder / "countries-skos.rdf"]))
    assert not any(examine(store, shapes_of(folder, "eli-ep_calendar")).focus_counts.values())
