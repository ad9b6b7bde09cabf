"""Shapes and data as the European Parliament publishes them: what comes out, and that nothing passes in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from communique.graph.errors import SourceError
from communique.graph.sources import collect
from communique.graph.validation.engines import COMPILED, PYSHACL_QUADS, TURBO
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.engines.results_graph import read_results
from communique.graph.validation.foreign_shapes import ForeignShapes, read_data, read_shapes, validate
from communique.graph.validation.results import ValidationResult
from communique.graph.validation.view import View, WrittenData, whole

pytestmark = pytest.mark.slow

DEF = "https://data.europarl.europa.eu/def/"
MEETINGS, QUESTIONS, SESSIONS = "data_v1_meetings*", "data_v1_questions*", "data_v1_plenary*"


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data/europarl_rdf"


@pytest.fixture(scope="module")
def some(folder: Path) -> WrittenData:
    """The meetings and a hundred questions: 21,337 statements."""
    return read_data(collect([*folder.glob(MEETINGS), *folder.glob("data_v1_questions-by-year_0_*")]))


def shapes_of(folder: Path, name: str, **targets: str) -> ForeignShapes:
    return read_shapes(collect([folder / f"{name}.shacl.ttl"]), targets)


def short(results: Iterable[ValidationResult]) -> Counter[str]:
    """Count results by what two engines call alike: blank nodes have no names."""
    found = (f"{each.focus} {each.path} {each.value} {each.component} {each.shape}" for each in results)
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
    folder: Path, some: WrittenData, name: str, focus: dict[str, int], results: int
) -> None:
    shapes = shapes_of(folder, name)
    reference = oracle.report_on(whole(some), [quad.triple for quad in shapes.quads])
    # These shapes look at no writing, so that the compiled queries find the same in the store.
    for engine, view in ((TURBO, whole(some)), (COMPILED, View(some.store))):
        report = shapes.assignment.validate(view)
        counts = {shape.value.removeprefix(DEF): count for shape, count in report.focus_counts.items() if count}
        assert (counts, len(report.results)) == (focus, results)
        assert set(report.engines.values()) == {engine}
        assert short(report.results) == short(read_results(reference))


def test_the_documentation_says_what_comes_out(root: Path, some: WrittenData) -> None:
    text = " ".join((root / "docs/validation.md").read_text().split())
    for words in (
        f"{len(some.store):,} statements",
        "18 plenary sessions with 53",
        "4 corporate bodies with 31",
        "363, each",
        "199 findings on 100 questions, 528 on 1,692 nodes",
    ):
        assert words in text


def test_more_than_pyshacl_could_take_is_judged(folder: Path) -> None:
    data = read_data(collect([folder]))
    assert len(data.store) > PYSHACL_QUADS
    shapes = shapes_of(folder, "eli-ep_calendar")
    report, compiled = validate(data, shapes), shapes.assignment.validate(View(data.store))
    assert (set(report.engines.values()), set(compiled.engines.values())) == ({TURBO}, {COMPILED})
    assert sum(report.focus_counts.values()) == 18
    assert short(report.results) == short(compiled.results)


@pytest.mark.filterwarnings("ignore:Warning, A Recursive Shape")  # pySHACL's, of the depth at which it stops
@pytest.mark.parametrize(
    ("name", "focus", "results"),
    [("eli-ep_parliamentary-questions", 100, 199), ("eli-ep_plenary-session-documents", 1692, 528)],
)
def test_shapes_that_lead_back_to_themselves_are_judged(
    folder: Path, some: WrittenData, name: str, focus: int, results: int
) -> None:
    shapes = shapes_of(folder, name)
    report = validate(some, shapes)
    assert (sum(report.focus_counts.values()), len(report.results)) == (focus, results)
    reference = oracle.report_on(whole(some), [quad.triple for quad in shapes.quads])
    assert short(report.results) == short(read_results(reference))
    assert any("was judged by pyshacl-turbo, because it uses recursion (" in note for note in report.notes)


def test_shapes_without_target_are_told_what_they_may_be_meant_for(
    folder: Path, some: WrittenData, tmp_path: Path
) -> None:
    text = (folder / "eli-ep_calendar.shacl.ttl").read_text()
    untargeted = tmp_path / "calendar.ttl"
    untargeted.write_text(re.sub(r"  sh:target [^;]*;\n", "", text))
    with pytest.raises(SourceError, match=r"no shape has a target.*--target calendar:Room=epvoc:Room"):
        validate(some, read_shapes(collect([untargeted])))
    given = read_shapes(collect([untargeted]), {"PlenaryPartSession": "eli-dl:Activity"})
    report = validate(some, given)
    assert report.focus_counts[NamedNode(DEF + "calendar#PlenaryPartSession")] > 100


def test_data_of_another_kind_give_no_focus_node(folder: Path) -> None:
    data = read_data(collect([folder / "countries-skos.rdf"]))
    assert not any(validate(data, shapes_of(folder, "eli-ep_calendar")).focus_counts.values())
