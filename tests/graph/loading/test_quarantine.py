"""Who has to go for a violation to go, and what lies in the folder of those that went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.errors import SourceError
from communique.graph.loading import quarantine
from communique.graph.loading.batch import Batch, InputReading
from communique.graph.loading.quarantine import Quarantined, documents_at_fault
from communique.graph.sources import Input
from communique.graph.terms.identifiers import entity, stated
from communique.graph.terms.namespaces import SHAPES, term
from communique.graph.validation import ValidationReport, ValidationResult
from communique.graph.validation.results import INFO, VIOLATION, WARNING

SHAPE = NamedNode(SHAPES + "R00")
ALL = {"005", "006", "007"}
X = entity("org/x")


def finding(
    document: str | None = None, focus: NamedNode | BlankNode | Literal = X, severity: NamedNode = VIOLATION
) -> ValidationReport:
    return ValidationReport((ValidationResult(focus, None, None, SHAPE, SHAPE, severity, "Not so.", None, document),))


def graph(describing: str = "", mentioning: str = "") -> Store:
    """Make a graph in which some documents describe a node, others mention it, and all speak of something else."""
    store = Store()
    for number in ALL:
        store.add(Quad(entity("org/z"), term("rdfs:label"), Literal("z"), stated(number)))
    for number in describing.split():
        store.add(Quad(X, term("rdfs:label"), Literal("x"), stated(number)))
    for number in mentioning.split():
        store.add(Quad(entity("org/y"), term("org:unitOf"), X, stated(number)))
    return store


@pytest.mark.parametrize(
    ("found", "store", "guilty"),
    [
        (finding("005"), graph("006", "007"), {"005"}),
        (finding(), graph("005 006", "007"), {"005", "006"}),
        (finding(), graph("", "006 007"), {"006", "007"}),
        (finding(), graph("001", "006"), {"006"}),
        (finding("001"), graph("001 005", "006"), {"005"}),
        (finding(), graph("001", "002"), ALL),
        (finding(), graph(), ALL),
        (finding(focus=BlankNode()), graph("005"), ALL),
        (finding(focus=Literal("x")), graph("005"), ALL),
        (finding("005", severity=WARNING), graph("005"), set()),
        (finding("005", severity=INFO), graph("005"), set()),
    ],
    ids=[
        "found in one document",
        "described by two",
        "mentioned by two",
        "described by one in force and mentioned by a new one",
        "found in one in force",
        "known in force only",
        "known nowhere",
        "a blank node",
        "a literal",
        "a warning",
        "information",
    ],
)
def test_those_are_blamed_without_whom_the_violation_goes(
    found: ValidationReport, store: Store, guilty: set[str]
) -> None:
    assert documents_at_fault(found, store, ALL) == guilty


def test_each_of_several_violations_is_blamed() -> None:
    report = ValidationReport((*finding("005", severity=WARNING).results, *finding("006").results, *finding().results))
    assert documents_at_fault(report, graph("007"), ALL) == {"006", "007"}


def read(path: Path, text: str = "") -> Input:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return Input(path, path.name, path.suffix)


def test_names_that_are_taken_are_counted_up_and_reports_keep_theirs(tmp_path: Path) -> None:
    readings = [
        InputReading(read(tmp_path / folder / name, folder), fault=SourceError("broken"))
        for folder, name in [("a", "x.ttl"), ("b", "x.ttl"), ("c", "x.ttl"), ("d", "report.nt"), ("e", "README.ttl")]
    ]
    batch = Batch(Store(), tuple(readings))
    left_over = tmp_path / "quarantine" / ".load-1" / "x.ttl"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("of a load that was killed")
    folder = quarantine.write(tmp_path, "load-1", batch, Quarantined([], readings, ValidationReport(), Store()))
    assert folder == tmp_path / "quarantine" / "load-1"
    texts = {path.name: path.read_text() for path in folder.iterdir() if path.suffix in {".ttl", ".nt"}}
    del texts["report.ttl"]
    assert texts == {"x.ttl": "a", "2-x.ttl": "b", "3-x.ttl": "c", "2-report.nt": "d", "2-README.ttl": "e"}
    unreadable = json.loads((folder / "report.json").read_text())["unreadable"]
    assert [each["file"] for each in unreadable] == ["x.ttl", "2-x.ttl", "3-x.ttl", "2-report.nt", "2-README.ttl"]
    assert {each["fault"] for each in unreadable} == {str(SourceError("broken"))}
    told = (folder / "README.md").read_text()
    assert "communique load quarantine/load-1/FILE" in told
    assert all(f"- not readable: `{name}` – {SourceError('broken')}\n" in told for name in texts)
    assert not list(folder.parent.glob(".*")), "what is not complete has another name"


@pytest.mark.parametrize("others", [False, True])
def test_a_document_is_kept_as_written_unless_another_file_adds_to_it(tmp_path: Path, others: bool) -> None:
    quad = Quad(X, term("rdfs:label"), Literal("x"), stated("005"))
    written = InputReading(read(tmp_path / "in" / "005.yaml", "document: 005"), 1, graphs=frozenset([stated("005")]))
    beside = InputReading(read(tmp_path / "in" / "more.nq"), 1, graphs=frozenset([stated("005")]))
    unconcerned = InputReading(read(tmp_path / "in" / "other.nq"), 1, graphs=frozenset([stated("006")]))
    store = Store()
    store.add(quad)
    batch = Batch(store, (written, unconcerned, *[beside] * others))
    folder = quarantine.write(tmp_path, "load-2", batch, Quarantined(["005"], [], finding("005"), graph("005")))
    (kept,) = (path for path in folder.iterdir() if path.stem not in {"README", "report"})
    if others:
        content = Store()
        content.load(kept.read_bytes(), format=RdfFormat.TRIG)
        assert "@prefix rdfs:" in kept.read_text(), "people correct it"
        assert (kept.name, set(content)) == ("005.trig", {quad})
    else:
        assert (kept.name, kept.read_text()) == ("005.yaml", "document: 005")
    assert f"- document 005: `{kept.name}`\n" in (folder / "README.md").read_text()
    (row,) = json.loads((folder / "report.json").read_text())["results"]
    assert (row["node"], row["cure"]) == (X.value, "Not so.")
    assert X.value in (folder / "report.ttl").read_text()


def test_nothing_set_aside_is_false_and_a_document_or_a_fault_is_not(tmp_path: Path) -> None:
    fault = InputReading(read(tmp_path / "x.ttl"), fault=SourceError("broken"))
    nothing = ValidationReport(), Store()
    assert not Quarantined([], [], *nothing)
    assert Quarantined(["005"], [], *nothing)
    assert Quarantined([], [fault], *nothing)
