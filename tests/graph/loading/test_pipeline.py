"""The way of a load: all or nothing, or with a quarantine; recorded; taken back; stopped at any moment."""

from __future__ import annotations

import errno
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.errors import ConformanceError, SourceError, SourceErrors, StoreError, StoreLocked
from communique.graph.loading import inputs, pipeline, staging
from communique.graph.loading.pipeline import Options
from communique.graph.settings import Settings
from communique.graph.store import working_copy
from communique.graph.store.canonical import fingerprint, line_of
from communique.graph.store.journal import Journal
from communique.graph.store.working_copy import WorkingCopy
from communique.graph.store.workspace import Snapshot, Workspace
from communique.graph.terms.identifiers import CANDIDATES, DERIVED, META, inferred, stated
from communique.graph.terms.namespaces import ID, SHAPES, concept, term
from communique.graph.validation import ValidationReport, ValidationResult

EXAMPLE = "https://example.org/"
BAD = NamedNode(EXAMPLE + "bad")
BASE = Quad(NamedNode(EXAMPLE + "base"), term("rdfs:label"), Literal("base"), NamedNode(EXAMPLE + "base"))


def gate(store: Store, *, documents: Collection[str] | None = None, change: object = None) -> ValidationReport:
    """Find a violation wherever something is bad."""
    quads = store.quads_for_pattern(None, BAD, None, None)
    shape, component = NamedNode(SHAPES + "Bad"), NamedNode(SHAPES + "Component")
    found = (ValidationResult(quad.subject, None, None, component, shape, message="Not bad.") for quad in quads)  # type: ignore[arg-type]
    return ValidationReport(tuple(found), {shape: len(store)})


REJECT, QUARANTINE = Options(gate=gate), Options(gate=gate, quarantine=True)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Give the settings of a home in which one quad is in force."""
    return started(tmp_path / "home")


def started(folder: Path) -> Settings:
    workspace = Workspace(folder)
    with workspace.working_copy() as copy:
        copy.replace_all([BASE])
        workspace.publish(copy)
    return Settings(home=folder, agent="Ada")


def held(settings: Settings) -> set[Quad]:
    workspace = Workspace(settings.home)
    return set(workspace.current().load())


def quad(subject: str, value: object, graph: str, predicate: NamedNode | None = None) -> Quad:
    name = graph if "://" in graph else EXAMPLE + graph
    return Quad(NamedNode(EXAMPLE + subject), predicate or term("rdfs:label"), Literal(str(value)), NamedNode(name))


def write(path: Path, *quads: Quad) -> Path:
    path.write_bytes(b"".join(map(line_of, quads)))
    return path


def certain(graph: NamedNode, ground: str) -> Quad:
    return Quad(graph, term("com:certainty"), concept("certainty", ground), META)


def test_nothing_can_be_loaded_before_there_is_a_graph(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing built yet") as caught:
        pipeline.load(Settings(home=tmp_path / "none"), [write(tmp_path / "a.nq", BASE)], REJECT)
    assert caught.value.hint == "communique build"
    assert not (tmp_path / "none").exists()


def test_a_load_is_published_and_recorded(home: Settings, tmp_path: Path) -> None:
    one, two = quad("one", 1, "a"), quad("two", 2, "b")
    files = [write(tmp_path / "a.nq", one, one), write(tmp_path / "b.nq", two, one)]
    outcome = pipeline.load(home, files, REJECT)
    assert held(home) == {BASE, one, two}
    (record,) = Journal(home.home).activities()
    assert record == outcome.activity
    assert (record.kind, record.agent, record.outcome) == ("load", "Ada", "published")
    assert (record.read, record.committed, record.quarantined) == (2, 2, 0)
    assert [source.statements for source in record.sources] == [2, 2]
    assert record.snapshot == outcome.snapshot.id != record.previous
    assert len(record.report_digest) == len(record.sources[0].digest) == 64
    asked = "ASK { GRAPH ?j { ?load a prov:Activity ; prov:used/dct:title ?name ; prov:generated ?snapshot } }"
    assert bool(
        Journal(home.home)
        .store()
        .query(asked, prefixes={"prov": str(term("prov:x").value[:-1]), "dct": str(term("dct:x").value[:-1])})
    )


def test_loading_again_changes_nothing_but_the_journal(home: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "a.nq", quad("one", 1, "a"))
    first = pipeline.load(home, [file], REJECT)
    again = pipeline.load(home, [file], REJECT)
    assert again.snapshot == first.snapshot
    assert [record.outcome for record in Journal(home.home).activities()] == ["published", "unchanged"]


graphs = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.frozensets(st.integers(0, 3), min_size=1), max_size=3)


def quads_of(content: dict[str, frozenset[int]]) -> set[Quad]:
    return {quad(f"{graph}{number}", number, graph) for graph, numbers in content.items() for number in numbers}


@hypothesis_settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=graphs, new=graphs, order=st.randoms(use_true_random=False))
def test_load_then_replace_is_replace_in_any_order_of_files(
    tmp_path_factory: pytest.TempPathFactory,
    old: dict[str, frozenset[int]],
    new: dict[str, frozenset[int]],
    order: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("case")
    settings = started(folder / "home")
    for content in (old, new, new):
        items = sorted(quads_of(content), key=str)
        order.shuffle(items)
        files = [write(folder / f"{number}.nq", *items[number::3]) for number in range(min(3, len(items)))]
        if files:
            pipeline.load(settings, files, REJECT)
    expected = {BASE} | quads_of({**old, **new})
    assert held(settings) == expected
    assert Workspace(settings.home).current().fingerprint == fingerprint(map(line_of, expected))


def test_what_common_graphs_say_of_other_documents_stays(home: Settings, tmp_path: Path) -> None:
    """Two documents raise doubts; one of them is loaded anew."""
    kind, candidate = term("dct:source"), NamedNode(CANDIDATES.value)
    about = [Quad(candidate, kind, NamedNode(f"{ID}document/{number}"), META) for number in ("001", "002")]
    facts = [quad("x", number, stated(number).value) for number in ("001", "002")]
    sure = [certain(stated(number), "stated") for number in ("001", "002")]
    pipeline.load(home, [write(tmp_path / "a.nq", *about, *facts)], REJECT)
    assert held(home) == {BASE, *about, *facts, *sure}
    newer = quad("x", "newer", stated("001").value)
    pipeline.load(home, [write(tmp_path / "b.nq", newer, about[0])], REJECT)
    assert held(home) == {BASE, *about, facts[1], newer, *sure}


def test_graphs_of_documents_say_whether_they_hold_what_is_stated(home: Settings, tmp_path: Path) -> None:
    graphs = {"stated": stated("001"), "inferred": inferred("001"), "candidate": CANDIDATES}
    facts = [quad(name, name, graph.value) for name, graph in graphs.items()]
    own = quad("x", "x", "https://example.org/own")
    broken = tmp_path / "broken.nq"
    broken.write_bytes(b"".join(line_of(quad("y", number, "b")) for number in range(60_000)) + b"broken")
    record = pipeline.load(home, [write(tmp_path / "a.nq", own, *facts), broken], QUARANTINE).activity
    assert held(home) == {BASE, own, *facts, *(certain(graph, name) for name, graph in graphs.items())}
    assert (record.read, record.committed, record.quarantined) == (4, 4, 0), "what was read, not what was added"
    assert pipeline.load(home, [write(tmp_path / "a.nq", own, *facts)], REJECT).activity.outcome == "unchanged"


def test_derived_statements_of_an_export_are_skipped(home: Settings, tmp_path: Path) -> None:
    outcome = pipeline.load(home, [write(tmp_path / "a.nq", quad("x", 1, "a"), quad("y", 1, DERIVED.value))], REJECT)
    assert (outcome.activity.read, outcome.activity.committed, outcome.activity.skipped) == (1, 1, 1)
    assert held(home) == {BASE, quad("x", 1, "a")}


def test_a_violation_is_refused_with_its_place(home: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="nothing was changed") as caught:
        pipeline.load(home, [write(tmp_path / "a.nq", quad("one", 1, "a"), quad("two", 1, "b", BAD))], REJECT)
    (result,) = caught.value.judged.report.results
    assert result.focus == NamedNode(EXAMPLE + "two")
    assert held(home) == {BASE}
    (record,) = Journal(home.home).activities()
    assert (record.outcome, record.read, record.committed) == ("refused", 2, 0)


def test_a_quarantine_admits_the_others_and_loses_nothing(home: Settings, tmp_path: Path) -> None:
    before = quad("two", "before", "b")
    pipeline.load(home, [write(tmp_path / "0.nq", before)], REJECT)
    good, bad, worse = quad("one", 1, "a"), quad("two", 1, "b", BAD), quad("two", "after", "b")
    outcome = pipeline.load(home, [write(tmp_path / "a.nq", good, bad, worse)], QUARANTINE)
    assert held(home) == {BASE, before, good}, "what the graph held of the document before, it still holds"
    record = outcome.activity
    assert (record.read, record.committed, record.quarantined) == (3, 1, 2)
    folder = home.home / record.quarantine
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "https-example-org-b.trig", "report.json", "report.ttl",
    ]  # fmt: skip
    (row,) = json.loads((folder / "report.json").read_text())["results"]
    assert (row["node"], row["cure"]) == (EXAMPLE + "two", "Not bad.")
    trig = folder / "https-example-org-b.trig"
    trig.write_text(trig.read_text().replace(BAD.value, EXAMPLE + "mended"))
    pipeline.load(home, [trig], REJECT)
    assert held(home) == {BASE, good, worse, quad("two", 1, "b", NamedNode(EXAMPLE + "mended"))}


def test_unreadable_files_go_to_quarantine_as_they_are(home: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.nt.gz"
    broken.write_bytes(gzip.compress(b"<http://a> <http://b> .\n")[:-3])
    latin = tmp_path / "report.ttl"
    latin.write_bytes('<http://a> <http://b> "é" .'.encode("latin-1"))
    good = write(tmp_path / "a.nq", quad("one", 1, "a"))
    with pytest.raises(SourceErrors, match="2 of 3 files cannot be read") as caught:
        pipeline.load(home, [broken, good, latin], replace(REJECT, graph=BAD))
    assert [fault.path for fault in caught.value.faults] == [str(broken), str(latin)]
    assert held(home) == {BASE}
    outcome = pipeline.load(home, [broken, good, latin], replace(QUARANTINE, graph=BAD))
    assert held(home) == {BASE, quad("one", 1, "a")}
    folder = home.home / outcome.activity.quarantine
    assert (folder / "broken.nt.gz").read_bytes() == broken.read_bytes()
    assert (folder / "2-report.ttl").read_bytes() == latin.read_bytes()
    unreadable = json.loads((folder / "report.json").read_text())["unreadable"]
    assert [each["file"] for each in unreadable] == ["broken.nt.gz", "2-report.ttl"]
    assert [bool(source.fault) for source in outcome.activity.sources] == [True, False, True]


def test_all_in_quarantine_publishes_nothing(home: Settings, tmp_path: Path) -> None:
    before = Workspace(home.home).current_id()
    outcome = pipeline.load(home, [write(tmp_path / "a.nq", quad("two", 1, "b", BAD))], QUARANTINE)
    assert outcome.snapshot.id == before
    assert (outcome.activity.outcome, outcome.activity.committed, outcome.activity.quarantined) == ("unchanged", 0, 1)


def test_what_breaks_the_graph_without_being_named_goes_with_all(home: Settings, tmp_path: Path) -> None:
    """The fault shows at a node that no document mentions."""

    def distant(store: Store, *, documents: Collection[str] | None = None, change: object = None) -> ValidationReport:
        found = gate(store)
        return ValidationReport(tuple(replace(each, focus=NamedNode(EXAMPLE + "far")) for each in found.results))

    files = [write(tmp_path / "a.nq", quad("one", 1, "a"), quad("two", 1, "b", BAD))]
    outcome = pipeline.load(home, files, replace(QUARANTINE, gate=distant))
    assert held(home) == {BASE}
    assert outcome.activity.quarantined == 2


def test_a_graph_that_is_bad_itself_is_no_document_s_fault(home: Settings, tmp_path: Path) -> None:
    def never(store: Store, *, documents: Collection[str] | None = None, change: object = None) -> ValidationReport:
        store.add(quad("base", 1, "base", BAD))
        return gate(store)

    with pytest.raises(ConformanceError):
        pipeline.load(home, [write(tmp_path / "a.nq", quad("one", 1, "a"))], replace(QUARANTINE, gate=never))
    assert held(home) == {BASE}


def test_a_small_batch_beside_a_large_graph_is_tried_on_disk(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fits_on_disk", "is_part"):
        monkeypatch.setattr(staging, name, lambda quads, batch: True)
    monkeypatch.setattr(Snapshot, "load", lambda *_: pytest.fail("the graph was loaded into memory"))
    files = [write(tmp_path / "a.nq", quad("one", 1, "a"), quad("two", 1, "b", BAD))]
    with pytest.raises(ConformanceError) as caught:
        pipeline.load(home, files, replace(REJECT, incremental=True))
    assert len(caught.value.judged.store) == 1, "only what the report is about is kept"
    pipeline.load(home, files, replace(QUARANTINE, incremental=True))
    monkeypatch.undo()
    assert held(home) == {BASE, quad("one", 1, "a")}


def test_a_rollback_goes_back_and_can_be_taken_back(home: Settings, tmp_path: Path) -> None:
    base = Workspace(home.home).current_id()
    first = pipeline.load(home, [write(tmp_path / "a.nq", quad("one", 1, "a"))], REJECT).snapshot.id
    second = pipeline.load(home, [write(tmp_path / "b.nq", quad("two", 2, "b"))], REJECT).snapshot.id
    assert pipeline.rollback(home).snapshot == first
    assert held(home) == {BASE, quad("one", 1, "a")}
    assert pipeline.rollback(home).snapshot == base
    with pytest.raises(StoreError, match="no snapshot before"):
        pipeline.rollback(home)
    assert pipeline.rollback(home, second[:8]).previous == base
    assert held(home) == {BASE, quad("one", 1, "a"), quad("two", 2, "b")}
    assert [record.kind for record in Journal(home.home).activities()] == ["load", "load", *["rollback"] * 3]


def test_a_judged_changes_nothing(home: Settings, tmp_path: Path) -> None:
    before = sorted(path.name for path in home.home.rglob("*"))
    judged = pipeline.try_load(home, [write(tmp_path / "a.nq", quad("two", 1, "b", BAD))], REJECT)
    assert not judged.report.is_admissible
    assert pipeline.validate_published(home, REJECT).report.is_admissible
    assert sorted(path.name for path in home.home.rglob("*")) == before


def test_a_second_load_is_told_who_loads_or_waits(home: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "a.nq", quad("one", 1, "a"))
    with Workspace(home.home).exclusive(), pytest.raises(StoreLocked, match="is writing") as caught:
        pipeline.load(home, [file], replace(REJECT, wait=0.1))
    assert "--wait" in str(caught.value)
    pipeline.load(home, [file], REJECT)


def test_a_full_disk_in_the_middle_changes_nothing(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(WorkingCopy, "_write_to_disk", full)
    with pytest.raises(StoreError, match="no room left"):
        pipeline.load(home, [write(tmp_path / "a.nq", quad("one", 1, "a"))], REJECT)
    monkeypatch.undo()
    assert held(home) == {BASE}
    assert not list(Workspace(home.home).shelf.glob(".*"))


def test_quads_that_get_lost_on_the_way_stop_the_load(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(quads: Iterable[Quad], path: Path) -> None:
        original(list(quads)[1:], path)

    original = working_copy._write
    monkeypatch.setattr(working_copy, "_write", forgetful)
    with pytest.raises(StoreError, match="2 quads were read, but 1 would be stored"):
        pipeline.load(home, [write(tmp_path / "a.nq", quad("one", 1, "a"), quad("two", 1, "a"))], REJECT)
    assert held(home) == {BASE}


def test_nothing_to_load_is_said(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="a folder with nothing to load"):
        pipeline.load(home, [tmp_path / "empty"], REJECT)


# Reads times and signals; for each, forks a process that loads one generation after another until it is stopped.
CHURN = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_pipeline as tests
from communique.graph.loading import pipeline
settings = tests.Settings(home=Path(sys.argv[1]), agent="Ada")
file = settings.home.parent / "generation.nq"

def load(generation, last):
    while generation != last:
        generation += 1
        tests.write(file, *(tests.quad(f"{generation}/{n}", n, f"g{n % 3}") for n in range(90)))
        pipeline.load(settings, [file], tests.REJECT)
        os.write(1, f"loaded {generation}\\n".encode())

def begin(generation, last=None):
    child = os.fork()
    if child == 0:
        try:
            load(generation, last)
        except KeyboardInterrupt:
            pass
        os._exit(0)
    return child

def end(child):
    os.waitpid(child, 0)
    os.write(1, b"stopped\\n")

start = time.monotonic()
end(begin(0, last=1))
one_load = time.monotonic() - start

for line in sys.stdin:
    generation, loads, number = int(line.split()[0]), float(line.split()[1]), int(line.split()[2])
    child = begin(generation)
    time.sleep(loads * one_load)
    os.kill(child, number)
    end(child)
"""


@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_kill_and_ctrl_c_at_any_moment_leave_old_or_new(home: Settings, share: int) -> None:
    """What was acknowledged survives, with its record; the store opens.

    60 kills and 10 interruptions, some within the first load and some within the third; among the fast tests a tenth.
    """
    chance = random.Random(11)
    command = [sys.executable, "-c", CHURN, str(home.home), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert said(process) == ["loaded 1\n"], "undisturbed"
        issued = check_state(home, 1)
        for number in [9] * (60 // share) + [2] * (10 // share):
            process.stdin.write(f"{issued} {chance.uniform(0.1, 3)} {number}\n")
            process.stdin.flush()
            acknowledged = max((int(word.split()[1]) for word in said(process)), default=issued)
            issued = check_state(home, acknowledged)
        process.stdin.close()


def said(process: subprocess.Popen[str]) -> list[str]:
    """List what a process says until it has stopped a load."""
    assert process.stdout
    words = []
    while (word := process.stdout.readline()) != "stopped\n":
        assert word, "it ended"
        words.append(word)
    return words


def check_state(home: Settings, acknowledged: int) -> int:
    """Make sure that the state is the acknowledged one or the next, whole, and recorded; give which."""
    workspace, journal = Workspace(home.home), Journal(home.home)
    with workspace.exclusive():
        journal.recover(workspace.current_id())
        assert not list(workspace.shelf.glob(".*"))
    snapshot = workspace.current()
    quads = set(snapshot.load()) - {BASE}
    assert quads == {*Store.read_only(str(snapshot.path / "store"))} - {BASE}
    found = {int(each.subject.value.split("/")[3]) for each in quads if isinstance(each.subject, NamedNode)}
    assert len(quads) == (90 if found else 0) and len(found) <= 1
    generation = max(found, default=0)
    assert generation in {acknowledged, acknowledged + 1}
    records = journal.activities()
    assert generation == 0 or records[-1].snapshot == snapshot.id
    assert [record.previous for record in records[1:]] == [record.snapshot for record in records[:-1]]
    return generation


def test_a_fault_behind_the_first_portion_leaves_nothing_of_its_file(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_PORTION", 1)
    torn = write(tmp_path / "a.nq", quad("one", 1, "a"), quad("two", 2, "a"))
    torn.write_bytes(torn.read_bytes() + b"<broken")
    good = write(tmp_path / "b.nq", quad("three", 3, "a"), quad("four", 4, "b"))
    outcome = pipeline.load(home, [torn, good], QUARANTINE)
    assert held(home) == {BASE, quad("three", 3, "a"), quad("four", 4, "b")}
    assert [bool(source.fault) for source in outcome.activity.sources] == [True, False]
    assert outcome.activity.read == 2
