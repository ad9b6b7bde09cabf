"""The durable store: old or new, never between; one writer; snapshots that say what they hold."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.errors import MappingError, StoreError, StoreLocked
from communique.graph.store.canonical import fingerprint, line_of, snapshot_id
from communique.graph.store.changes import Change
from communique.graph.store.dump import Dump
from communique.graph.store.workspace import KEPT, Snapshot, Workspace
from communique.graph.terms.namespaces import XSD

P = NamedNode("http://example.org/p")
G1, G2 = NamedNode("http://example.org/g1"), NamedNode("http://example.org/g2")
START = datetime(2026, 1, 1, tzinfo=UTC)


def quad(number: int, graph: NamedNode = G1) -> Quad:
    return Quad(NamedNode(f"http://example.org/{number}"), P, Literal(number), graph)


def put(workspace: Workspace, *quads: Quad, at: datetime | None = None) -> Snapshot:
    """Put exactly these quads in force."""
    with workspace.working_copy() as copy:
        copy.replace_all(quads)
        return workspace.publish(copy, at)


def published(workspace: Workspace) -> set[Quad]:
    return set(workspace.current().load())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


def test_nothing_is_built_yet(workspace: Workspace) -> None:
    assert workspace.current_id() is None
    with pytest.raises(StoreError, match="nothing built yet") as caught:
        workspace.current()
    assert caught.value.hint == "communique build"


def test_publication_says_what_it_holds(workspace: Workspace) -> None:
    snapshot = put(workspace, quad(2, G2), quad(1), quad(3), quad(1), at=START)
    assert workspace.current() == snapshot
    assert workspace.current_id() == snapshot.id
    assert dict(snapshot.graphs) == {G1.value: 2, G2.value: 1}
    assert snapshot.quads == 3
    assert snapshot.created == START
    assert published(workspace) == {quad(1), quad(2, G2), quad(3)}


def test_the_id_depends_on_content_alone(tmp_path: Path) -> None:
    ids = set()
    for name, quads in (("a", [quad(1), quad(2)]), ("b", [quad(2), quad(1), quad(1)])):
        workspace = Workspace(tmp_path / name)
        put(workspace, quad(9))
        ids.add(put(workspace, *quads).id)
    assert ids == {snapshot_id(fingerprint(map(line_of, (quad(1), quad(2)))))}


def test_a_difference_is_carried_out_on_disk_as_text_and_in_the_count(workspace: Workspace) -> None:
    put(workspace, quad(1), quad(2), quad(5, G2))
    with workspace.working_copy() as copy:
        copy.apply(Change([quad(1), quad(5, G2)], [quad(3)]))
        copy.apply(Change([quad(3)], [quad(1), quad(4)]))
        expected = {quad(1), quad(2), quad(4)}
        assert set(copy.store) == expected
        assert copy.id == snapshot_id(fingerprint(map(line_of, expected)))
        snapshot = workspace.publish(copy)
    assert published(workspace) == expected
    assert dict(snapshot.graphs) == {G1.value: 3}


def test_quads_of_no_graph_are_counted_and_counted_off(workspace: Workspace) -> None:
    first, second = (Quad(P, P, Literal(number), DefaultGraph()) for number in (1, 2))
    put(workspace, first, second, quad(3))
    with workspace.working_copy() as copy:
        copy.apply(Change([first], []))
        assert +copy.graphs == {"": 1, G1.value: 1}
        copy.apply(Change([second], []))
        assert dict(workspace.publish(copy).graphs) == {G1.value: 1}


def test_what_is_thrown_away_leaves_nothing(workspace: Workspace) -> None:
    before = put(workspace, quad(1))
    with workspace.working_copy() as copy:
        copy.replace_all([quad(2)])
    assert workspace.current() == before
    assert published(workspace) == {quad(1)}
    assert not list(workspace.shelf.glob(".*"))


def test_a_blank_node_changes_nothing(workspace: Workspace) -> None:
    put(workspace, quad(1))
    with workspace.working_copy() as copy, pytest.raises(MappingError, match="blank node"):
        copy.replace_all([quad(2), Quad(BlankNode(), P, P, G1)])
    assert published(workspace) == {quad(1)}


def test_lexical_forms_are_compared_as_stored(workspace: Workspace) -> None:
    long, short = (Quad(P, P, Literal(text, datatype=NamedNode(XSD + "decimal")), G1) for text in ("1.50", "1.5"))
    first = put(workspace, long)
    assert put(workspace, short).id == first.id
    put(workspace, long, quad(1))
    assert published(workspace) == {short, quad(1)}


def test_a_large_change_takes_the_bulk_way_and_is_no_different(workspace: Workspace) -> None:
    quads = {quad(number) for number in range(25_000)}
    put(workspace, quad(0), quad(-1))
    put(workspace, *quads)
    assert published(workspace) == quads
    with workspace.working_copy() as copy:
        assert len(copy.store) == len(quads)
        copy.apply(Change(quads - {quad(7)}, ()))
        assert set(copy.store) == {quad(7)}
        workspace.publish(copy)
    assert published(workspace) == {quad(7)}


numbers = st.frozensets(st.integers(0, 12), max_size=8)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(numbers, min_size=1, max_size=4))
def test_text_disk_and_fingerprint_agree_after_any_changes(workspace: Workspace, states: list[frozenset[int]]) -> None:
    for state in states:
        expected = {quad(number) for number in state}
        snapshot = put(workspace, *expected)
        assert published(workspace) == expected
        assert set(Store.read_only(str(snapshot.path / "store"))) == expected
        assert snapshot.id == snapshot_id(fingerprint(map(line_of, expected)))
        assert snapshot.quads == len(expected)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.sampled_from([G1, G2, pyoxigraph.DefaultGraph()]), st.booleans()), max_size=6))
def test_any_text_survives(workspace: Workspace, rows: list[tuple[str, NamedNode, bool]]) -> None:
    """Through the difference, the disk, N-Quads and back."""
    quads = {Quad(P, P, Literal(text, language="en" if tagged else None), graph) for text, graph, tagged in rows}
    put(workspace, *quads)
    assert published(workspace) == quads


def test_the_end_of_a_literal_is_no_graph(workspace: Workspace) -> None:
    text = Literal("a <b", datatype=NamedNode("http://example.org/type"))
    snapshot = put(workspace, Quad(P, P, text, pyoxigraph.DefaultGraph()), Quad(P, P, text, G1))
    assert snapshot.graphs == {"": 1, G1.value: 1}


def test_equal_content_is_published_once(workspace: Workspace) -> None:
    first = put(workspace, quad(1), at=START)
    put(workspace, quad(2), at=START)
    assert put(workspace, quad(1), at=START + timedelta(days=1)) == first
    assert len(workspace.snapshots()) == 2


def test_old_snapshots_are_pruned_but_never_the_current_one(workspace: Workspace) -> None:
    snapshots = [put(workspace, quad(number), at=START + timedelta(days=number)) for number in range(5)]
    assert workspace.snapshots() == tuple(reversed(snapshots[-KEPT:]))
    assert put(workspace, quad(2)) == snapshots[2]
    oldest = put(workspace, quad(0), at=START)
    assert workspace.current() == oldest
    assert len(workspace.snapshots()) == KEPT + 1


def test_a_change_shares_what_is_large(workspace: Workspace) -> None:
    first = put(workspace, *map(quad, range(100)))
    with workspace.working_copy() as copy:
        copy.apply(Change([quad(1)], [quad(100)]))
        second = workspace.publish(copy)
    shared, own = ((snapshot.path / "dataset.nq").stat() for snapshot in (first, second))
    assert shared.st_ino == own.st_ino
    assert (second.path / "added.nq").read_bytes() == line_of(quad(100))
    assert (second.path / "removed.nq").read_bytes() == line_of(quad(1))
    assert set(Store.read_only(str(first.path / "store"))) == set(map(quad, range(100)))


def test_a_second_writer_is_told_who_writes(workspace: Workspace) -> None:
    with (
        workspace.working_copy(),
        pytest.raises(StoreLocked, match=f"process {os.getpid()} is writing"),
        workspace.working_copy(wait=0.06),
    ):
        pass
    put(workspace, quad(1))


def test_a_snapshot_is_found_by_the_beginning_of_its_id(workspace: Workspace) -> None:
    first, second = put(workspace, quad(1)), put(workspace, quad(2))
    assert workspace.find(first.id[:6]) == first
    for name in ("nothing", ""):
        with pytest.raises(StoreError, match="snapshot") as caught:
            workspace.find(name)
        assert first.id in str(caught.value) and second.id in str(caught.value)


def test_one_graph_is_read_without_the_others(workspace: Workspace) -> None:
    put(workspace, quad(1), quad(2, G2), quad(3, G2))
    snapshot = put(workspace, quad(1), quad(2, G2), quad(4, G2))
    assert set(snapshot.quads_of(G2)) == {quad(2, G2), quad(4, G2)}
    assert snapshot.quads_of(NamedNode("urn:graph:none")) == []


def test_a_graph_of_which_a_part_is_gone_is_not_read(workspace: Workspace) -> None:
    snapshot = put(workspace, quad(1), quad(2))
    text = Dump(snapshot.path).dataset.read_bytes()
    Dump(snapshot.path).dataset.write_bytes(text[: text.index(b"\n") + 1])
    with pytest.raises(StoreError, match="has 1 quads, not 2"):
        snapshot.quads_of(G1)


def test_a_full_disk_is_told_and_changes_nothing(workspace: Workspace) -> None:
    """In a process of its own whose files may not grow."""
    before = put(workspace, *map(quad, range(20)))
    lines = run_limited(workspace.home)
    assert lines == "no room left"
    assert workspace.current() == before
    assert set(Store.read_only(str(before.path / "store"))) == published(workspace) == set(map(quad, range(20)))
    put(workspace, quad(5))


FILL = """
import resource, signal, sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from communique.graph.errors import StoreError
from communique.graph.store.workspace import Workspace
p, g = NamedNode("http://example.org/p"), NamedNode("http://example.org/g")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
workspace = Workspace(Path(sys.argv[1]))
try:
    with workspace.working_copy() as copy:
        copy.replace_all(Quad(p, p, Literal("x" * 90 + str(n)), g) for n in range(30_000))
        workspace.publish(copy)
except StoreError as error:
    print(error.message[:12], end="")
"""


def run_limited(home: Path) -> str:
    """Fill a store under a limit on the size of files; give what is said."""
    done = subprocess.run([sys.executable, "-c", FILL, str(home)], capture_output=True, text=True, check=True)
    return done.stdout


def test_an_error_of_the_caller_stays_his(workspace: Workspace) -> None:
    with pytest.raises(FileNotFoundError), workspace.working_copy():
        raise FileNotFoundError("mine")


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="cannot be used"), Workspace(tmp_path / "home").working_copy():
        pass


def test_a_damaged_manifest_is_named(workspace: Workspace) -> None:
    snapshot = put(workspace, quad(1))
    (snapshot.path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        workspace.current()


@pytest.mark.parametrize("damage", [b"", b"<broken"])
def test_a_damaged_dataset_is_never_served(workspace: Workspace, damage: bytes) -> None:
    snapshot = put(workspace, quad(1))
    Dump(snapshot.path).dataset.write_bytes(damage)
    with pytest.raises(StoreError, match=snapshot.id) as caught:
        snapshot.load()
    assert caught.value.hint and "rollback" in caught.value.hint


# Each generation has its own subjects, so that a mixture of two would be seen.
CHURN = """
import os, signal, sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from communique.graph.store.workspace import Workspace

home, generation, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
WATCHED = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "open"}

def stop_at(event, arguments):
    global steps
    if event in WATCHED and str(home) in str(arguments[0]):
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)

if steps:
    sys.addaudithook(stop_at)
print("ready", flush=True)
p, g = NamedNode("http://example.org/p"), NamedNode("http://example.org/g")
workspace = Workspace(home)
while True:
    generation += 1
    subjects = (NamedNode(f"http://example.org/{generation}/{n}") for n in range(300))
    with workspace.working_copy() as copy:
        copy.replace_all(Quad(subject, p, Literal(generation), g) for subject in subjects)
        workspace.publish(copy)
    print("published", generation, flush=True)
"""


def generation_of(store: Store) -> int:
    """Read which generation a store holds, making sure that it holds one alone and the whole of it."""
    subjects = {item.subject.value for item in store}
    (generation,) = {subject.split("/")[3] for subject in subjects} or {"0"}
    assert len(store) == len(subjects) == (300 if generation != "0" else 0)
    return int(generation)


# Kills at the n-th look at the file system fall between all steps of a publication; the others come at random times
# after the first one, counted in the time that it took.
POINTS = [(steps, None) for steps in range(4, 44, 2)] + [
    (0, random.Random(seed).uniform(0.0, 3.0)) for seed in range(32)
]


@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_kill_at_any_moment_leaves_old_or_new(workspace: Workspace, share: int) -> None:
    """52 kills; among the fast tests every tenth of them."""
    issued = 0
    for steps, moment in POINTS[::share]:
        acknowledged = churn_until_killed(workspace.home, issued, steps, moment)
        last = max(acknowledged, default=issued)
        if workspace.current_id():
            snapshot = workspace.current()
            issued = generation_of(snapshot.load())
            assert issued in {last, last + 1}, (steps, moment)
            assert generation_of(Store.read_only(str(snapshot.path / "store"))) == issued
        with workspace.exclusive():
            assert not list(workspace.shelf.glob(".*"))
    assert issued > 4 / share


def churn_until_killed(home: Path, generation: int, steps: int, moment: float | None) -> list[int]:
    """Let a process write until it is killed; give what it acknowledged."""
    command = [sys.executable, "-c", CHURN, str(home), str(generation), str(steps)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        start, first = time.monotonic(), []
        if moment is not None:
            first = [process.stdout.readline()]
            time.sleep(moment * (time.monotonic() - start))
            process.kill()
        lines = [line.split() for line in [*first, *process.stdout] if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return [int(number) for _, number in lines]


def test_facts_about_pyoxigraph(tmp_path: Path) -> None:
    """What the store relies on: atomic updates, threads that stay, lines that equal the serialiser's."""
    store = Store()
    with pytest.raises(OSError, match=r"."):
        store.update(f"INSERT DATA {{ {P} {P} 1 }} ; LOAD <http://127.0.0.1:9/>")
    assert len(store) == 0
    disk = Store(str(tmp_path / "store"))
    disk.extend([quad(1)])
    del disk
    assert len(list(Path("/proc/self/task").iterdir())) > 1, "RocksDB's threads outlive the store"
    odd = Quad(P, P, Literal('"\\\n\t\x07é\u2028𝄞', language="en-GB"), G1)
    store.add(odd)
    dumped = store.dump(format=RdfFormat.N_QUADS)
    assert dumped is not None
    assert dumped.decode() == f"{next(iter(store))} .\n"
