"""The durable store: old or new, never between; one writer; snapshots that say what they hold."""

from __future__ import annotations

import hashlib
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
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.errors import MappingError, StoreError, StoreLocked
from communique.graph.namespaces import XSD
from communique.graph.store import Workspace

P = NamedNode("http://example.org/p")
G1, G2 = NamedNode("http://example.org/g1"), NamedNode("http://example.org/g2")
START = datetime(2026, 1, 1, tzinfo=UTC)


def quad(number: int, graph: NamedNode = G1) -> Quad:
    return Quad(NamedNode(f"http://example.org/{number}"), P, Literal(number), graph)


def published(workspace: Workspace) -> set[Quad]:
    return set(workspace.read(workspace.current()))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


def test_nothing_is_built_yet(workspace: Workspace) -> None:
    assert workspace.current_id() is None
    with pytest.raises(StoreError, match="nothing built yet") as caught:
        workspace.current()
    assert caught.value.hint == "communique build"


def test_publication_says_what_it_holds(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(2, G2), quad(1), quad(3), quad(1)])
        snapshot = writer.publish(START)
    assert workspace.current() == snapshot
    assert workspace.current_id() == snapshot.id
    assert dict(snapshot.graphs) == {G1.value: 2, G2.value: 1}
    assert snapshot.quads == 3
    assert snapshot.created == START
    assert published(workspace) == {quad(1), quad(2, G2), quad(3)}


def test_the_id_is_the_digest_of_the_file(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1), quad(2)])
        snapshot = writer.publish()
    content = snapshot.dataset.read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(snapshot.id)
    assert content.splitlines() == sorted(content.splitlines())


def test_the_id_depends_on_content_alone(tmp_path: Path) -> None:
    ids = set()
    for name, quads in (("a", [quad(1), quad(2)]), ("b", [quad(2), quad(1), quad(1)])):
        with Workspace(tmp_path / name).writer() as writer:
            writer.replace_all([quad(9)])
            writer.replace_all(quads)
            ids.add(writer.publish().id)
    assert len(ids) == 1


def test_a_graph_is_replaced_alone(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1), quad(2), quad(5, G2)])
        writer.replace_graphs({G1: [quad(2), quad(3)]})
        writer.publish()
    assert published(workspace) == {quad(2), quad(3), quad(5, G2)}


def test_a_stray_quad_changes_nothing(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1)])
        with pytest.raises(StoreError, match="in none of the graphs"):
            writer.replace_graphs({G1: [quad(2), quad(3, G2)]})
        writer.publish()
    assert published(workspace) == {quad(1)}


def test_a_blank_node_changes_nothing(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1)])
        with pytest.raises(MappingError, match="blank node"):
            writer.replace_all([quad(2), Quad(BlankNode(), P, P, G1)])
        writer.publish()
    assert published(workspace) == {quad(1)}


def test_lexical_forms_are_compared_as_stored(workspace: Workspace) -> None:
    long, short = (Quad(P, P, Literal(text, datatype=NamedNode(XSD + "decimal")), G1) for text in ("1.50", "1.5"))
    with workspace.writer() as writer:
        writer.replace_all([long])
        writer.replace_all([long, quad(1)])
        writer.publish()
    assert published(workspace) == {short, quad(1)}


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.sampled_from([G1, G2, pyoxigraph.DefaultGraph()]), st.booleans()), max_size=6))
def test_any_text_survives(workspace: Workspace, rows: list[tuple[str, NamedNode, bool]]) -> None:
    """Through the difference, SPARQL, the disk, N-Quads and back."""
    quads = {Quad(P, P, Literal(text, language="en" if tagged else None), graph) for text, graph, tagged in rows}
    with workspace.writer() as writer:
        writer.replace_all(quads)
        writer.publish()
    assert published(workspace) == quads


def test_equal_content_is_published_once(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1)])
        first = writer.publish(START)
        assert writer.publish(START + timedelta(days=1)) == first
    assert workspace.snapshots() == (first,)


def test_old_snapshots_are_pruned_but_never_the_current_one(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        snapshots = []
        for number in range(5):
            writer.replace_all([quad(number)])
            snapshots.append(writer.publish(START + timedelta(days=number)))
        assert workspace.snapshots() == tuple(reversed(snapshots[2:]))
        writer.replace_all([quad(2)])
        assert writer.publish() == snapshots[2]
        writer.replace_all([quad(0)])
        oldest = writer.publish(START)
    assert workspace.current() == oldest
    assert len(workspace.snapshots()) == 4


def test_a_backup_opens_on_disk_and_touches_nothing(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        writer.replace_all([quad(1)])
        snapshot = writer.publish()
        writer.replace_all([quad(2)])
    assert set(Store.read_only(str(snapshot.path / "store"))) == {quad(1)}


def test_a_second_writer_is_told_who_writes(workspace: Workspace) -> None:
    with (
        workspace.writer(),
        pytest.raises(StoreLocked, match=f"process {os.getpid()} is writing"),
        workspace.writer(wait=0.06),
    ):
        pass
    with workspace.writer() as writer:
        writer.publish()


def test_an_error_of_the_caller_stays_his(workspace: Workspace) -> None:
    with pytest.raises(FileNotFoundError), workspace.writer():
        raise FileNotFoundError("mine")


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"), Workspace(tmp_path / "home").writer():
        pass


def test_a_damaged_manifest_is_named(workspace: Workspace) -> None:
    with workspace.writer() as writer:
        snapshot = writer.publish()
    (snapshot.path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        workspace.current()


# Each generation has its own subjects, so that a mixture of two would be seen.
CHURN = """
import os, signal, sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from communique.graph.store import Workspace

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
with Workspace(home).writer() as writer:
    while True:
        generation += 1
        subjects = (NamedNode(f"http://example.org/{generation}/{n}") for n in range(300))
        writer.replace_all(Quad(subject, p, Literal(generation), g) for subject in subjects)
        print("stored", generation, flush=True)
        writer.publish()
        print("published", generation, flush=True)
"""


def generation_of(store: Store) -> int:
    """Read which generation a store holds, making sure that it holds one alone and the whole of it."""
    subjects = {item.subject.value for item in store}
    (generation,) = {subject.split("/")[3] for subject in subjects} or {"0"}
    assert len(store) == len(subjects) == (300 if generation != "0" else 0)
    return int(generation)


# Kills at the 4th, 9th, … look at the file system, which falls between all steps of a publication, and at random times.
POINTS = [(steps, None) for steps in (4, 9, 14, 17, 19, 22, 30)] + [
    (0, seconds) for seconds in (random.Random(7).uniform(0.0, 0.12) for _ in range(8))
]


def test_kill_at_any_moment_leaves_old_or_new(workspace: Workspace) -> None:
    stored = issued = 0
    for steps, seconds in POINTS:
        acknowledged = churn_until_killed(workspace.home, stored, steps, seconds)
        stored_before, issued_before = stored, issued
        for word, number in acknowledged:
            stored, issued = (number, issued) if word == "stored" else (stored, number)
        if workspace.home.joinpath("store").exists():
            with workspace.writer() as writer:
                found = generation_of(writer._store)
            assert found in {stored, stored + 1}, (steps, seconds, stored_before)
            stored = found
        if workspace.current_id():
            current = generation_of(workspace.read(workspace.current()))
            assert current in {issued, issued + 1}, (steps, seconds, issued_before)
            issued = current
        assert not list(workspace.shelf.glob(".*"))
    assert issued > 5


def churn_until_killed(home: Path, generation: int, steps: int, seconds: float | None) -> list[tuple[str, int]]:
    """Let a process write until it is killed; give what it acknowledged."""
    command = [sys.executable, "-c", CHURN, str(home), str(generation), str(steps)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        lines = [line.split() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return [(word, int(number)) for word, number in lines]


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
