"""A job: done once and in its turn; when its process is killed nothing is half done, and the truth is found out."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import QueueFull, UnknownJob
from communique.graph.jobs.job import DELETE, PUT, UPDATE, Job, Order
from communique.graph.jobs.queue import Queue, Writer
from communique.graph.loading import pipeline
from communique.graph.loading.amendment import Amendment
from communique.graph.settings import Settings
from communique.graph.store.changes import Change
from communique.graph.store.journal import Journal
from communique.graph.store.workspace import Workspace
from communique.graph.terms.namespaces import GRAPH, ID

Eventually = Callable[[Callable[[], bool]], bool]
NAME = GRAPH + "doc/900"
PUT_ORDER = Order(PUT, "tester", ("doc/9*",), NAME, ("text/turtle",))
ENDLESS = f"INSERT {{ GRAPH <{NAME}> {{ ?a <x:n> ?c }} }} WHERE {{ SELECT ?a (COUNT(*) AS ?c) " + (
    "{ ?a ?b ?x . ?d ?e ?y . ?f ?g ?z . ?h ?i ?j } GROUP BY ?a }"
)
HANGS = 120.0


def body(text: str) -> tuple[bytes, ...]:
    return (f'<{ID}document/001> <x:p> "{text}" .'.encode(),)


@pytest.fixture
def home(confined: None, packaged_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packaged_home, tmp_path / "home", symlinks=True))


@pytest.fixture
def writer() -> Iterator[Writer]:
    with closing(Writer()) as writer:
        yield writer


@pytest.fixture
def queue(home: Path, writer: Writer) -> Queue:
    return Queue(Settings(home, write_queue=4), writer)


@pytest.fixture
def stopped(queue: Queue) -> Iterator[Job]:
    """Start a change that would never end, and kill what is left of it."""
    job = queue.submit(Order(UPDATE, "tester", ("doc/9*",), "", ("application/sparql-update",)), (ENDLESS.encode(),))
    yield job
    for pid in processes(job):
        os.kill(pid, signal.SIGKILL)


def processes(job: Job) -> list[int]:
    """List the processes that hold the lock of a job: the guardian, then its child."""
    lock, found = (job.folder / "lock").stat(), []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.path.samestat(each.stat(), lock) for each in (path / "fd").iterdir()):
                found.append(int(path.name))
        except OSError:
            continue
    return sorted(each for each in found if each != os.getpid())


def graph(home: Path) -> int:
    return Workspace(home).current().graphs.get(NAME, 0)


def test_a_change_is_published_and_in_the_journal(queue: Queue, home: Path) -> None:
    job = queue.submit(PUT_ORDER, body("x"))
    result = queue.wait(job, HANGS)
    assert result
    assert (result.state, result.is_created, result.added) == ("published", True, 1)
    assert result.snapshot == Workspace(home).current_id()
    activity = Journal(home).activities()[-1]
    assert (activity.id, activity.kind, activity.agent, activity.snapshot) == (job.id, "put", "tester", result.snapshot)
    assert not list(job.folder.glob("body*"))


@pytest.mark.slow
def test_jobs_are_done_in_their_order(queue: Queue, home: Path) -> None:
    jobs = [queue.submit(PUT_ORDER, body(text)) for text in "abc"]
    assert [getattr(queue.wait(job, HANGS), "state", None) for job in jobs] == ["published"] * 3
    assert [each.id for each in Journal(home).activities()[-3:]] == [job.id for job in jobs]
    [quad] = Workspace(home).current().quads_of(NamedNode(NAME))
    assert quad.object == Literal("c")


def test_a_killed_child_leaves_nothing(queue: Queue, stopped: Job, home: Path, eventually: Eventually) -> None:
    before = Workspace(home).current_id()
    assert eventually(lambda: len(processes(stopped)) == 2 and bool(list(home.glob("snapshots/.copy-*"))))
    os.kill(processes(stopped)[1], signal.SIGKILL)
    result = queue.wait(stopped, HANGS)
    assert result
    assert result.state == "failed"
    assert result.error
    assert "-9" in result.error["message"]
    assert Workspace(home).current_id() == before
    again = queue.wait(queue.submit(PUT_ORDER, body("x")), HANGS)
    assert again
    assert again.state == "published"
    assert not list(home.glob("snapshots/.copy-*"))


@pytest.mark.slow
def test_a_killed_guardian_takes_its_child_along(
    queue: Queue, stopped: Job, home: Path, eventually: Eventually
) -> None:
    before = Workspace(home).current_id()
    assert eventually(lambda: len(processes(stopped)) == 2 and bool(list(home.glob("snapshots/.copy-*"))))
    os.kill(processes(stopped)[0], signal.SIGKILL)
    assert eventually(lambda: not processes(stopped))
    assert eventually(lambda: queue.look(stopped) is not None)
    result = queue.look(stopped)
    assert result
    assert result.state == "failed"
    assert Workspace(home).current_id() == before
    again = queue.wait(queue.submit(PUT_ORDER, body("x")), HANGS)
    assert again
    assert again.state == "published"


def test_a_change_that_was_published_is_not_called_failed(home: Path, writer: Writer) -> None:
    """The process is killed when the pointer has moved, and before it can say so."""
    settings = Settings(home)
    queue = Queue(settings, lambda *_: None)
    job = queue.submit(PUT_ORDER, body("x"))
    quad = Quad(NamedNode(ID + "document/001"), NamedNode("x:p"), Literal("x"), NamedNode(NAME))
    pipeline.amend(settings, Amendment(job.id, PUT, lambda _: Change([], [quad]), ()))
    queue = Queue(settings, writer)
    result = queue.wait(job, HANGS)
    assert result
    assert (result.state, result.snapshot) == ("published", Workspace(home).current_id())


def test_a_writer_that_is_killed_is_started_again(queue: Queue, home: Path, eventually: Eventually) -> None:
    """Whatever became of what it was given, the next job finds another one."""
    before = children()
    first = queue.submit(PUT_ORDER, body("a"))
    [pid] = children() - before
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: pid not in children())
    second = queue.submit(PUT_ORDER, body("b"))
    results = [queue.wait(job, HANGS) for job in (first, second)]
    assert [bool(result) for result in results] == [True, True]
    assert results[1]
    assert results[1].state == "published"
    [quad] = Workspace(home).current().quads_of(NamedNode(NAME))
    assert quad.object == Literal("b")


def children() -> set[int]:
    """List the processes that this one has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if path.read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found


def test_a_job_is_never_done_twice(queue: Queue, home: Path, eventually: Eventually) -> None:
    """A guardian that is started for a job after another one only finds out what came of it."""
    silent = Queue(queue.settings, lambda *_: None)
    job = silent.submit(PUT_ORDER, body("x"))
    result = queue.wait(job, HANGS)
    assert result
    assert result.state == "failed"
    assert graph(home) == 0


def test_a_process_that_ends_at_once_is_not_started_for_ever(home: Path) -> None:
    started = []
    queue = Queue(Settings(home), lambda _settings, job, _lock: started.append(job.id))
    result = queue.wait(queue.submit(PUT_ORDER, body("x")), HANGS)
    assert result
    assert result.state == "failed"
    assert len(started) <= 3


@pytest.mark.slow
def test_the_time_limit_ends_a_change(home: Path, writer: Writer) -> None:
    queue = Queue(Settings(home, write_seconds=2.0), writer)
    job = queue.submit(Order(UPDATE, "tester", ("doc/9*",), "", ("application/sparql-update",)), (ENDLESS.encode(),))
    result = queue.wait(job, HANGS)
    assert result
    assert result.error
    assert (result.state, result.error["message"]) == ("failed", "the change takes more than 2 seconds")


@pytest.mark.slow
def test_the_memory_limit_ends_a_change(home: Path, writer: Writer) -> None:
    greedy = f"INSERT {{ GRAPH <{NAME}> {{ ?a <x:n> ?z }} }} WHERE {{ ?a ?b ?x . ?d ?e ?y . ?f ?g ?z }}"
    queue = Queue(Settings(home, write_megabytes=1500), writer)
    job = queue.submit(Order(UPDATE, "tester", ("doc/9*",), "", ("application/sparql-update",)), (greedy.encode(),))
    result = queue.wait(job, HANGS)
    assert result
    assert result.error
    assert (result.state, result.error["message"]) == ("failed", "the change takes more than 1500 MiB of memory")


@pytest.mark.slow
def test_too_many_changes_are_refused_before_they_begin(
    queue: Queue, stopped: Job, home: Path, eventually: Eventually
) -> None:
    assert eventually(lambda: len(processes(stopped)) == 2)
    for text in "abc":
        queue.submit(PUT_ORDER, body(text))
    with pytest.raises(QueueFull, match="4 changes"):
        queue.submit(PUT_ORDER, body("d"))
    os.kill(processes(stopped)[0], signal.SIGKILL)
    assert queue.wait(stopped, HANGS)
    assert queue.wait(queue.submit(PUT_ORDER, body("d")), HANGS)


@pytest.mark.parametrize("name", ["", "..", "../jobs", "20261201T000000000000Z-000000", "x" * 300])
def test_a_name_of_a_job_is_no_path(home: Path, name: str) -> None:
    with pytest.raises(UnknownJob):
        Job(home, name)


@pytest.mark.slow
def test_a_graph_that_is_gone_takes_its_description_along(queue: Queue, home: Path) -> None:
    before = Workspace(home).current_id()
    assert queue.wait(queue.submit(PUT_ORDER, body("x")), HANGS)
    assert Workspace(home).current_id() != before
    deleted = queue.wait(queue.submit(Order(DELETE, "tester", ("doc/9*",), NAME)), HANGS)
    assert deleted
    assert (deleted.state, deleted.removed) == ("published", 1)
    assert Workspace(home).current_id() == before, "the data are what they were"


def test_jobs_that_were_killed_take_no_place_in_the_queue(home: Path, writer: Writer, eventually: Eventually) -> None:
    """As after a power cut: nobody asks what became of them."""
    silent = Queue(Settings(home, write_queue=2), lambda *_: None)
    for text in "ab":
        silent.submit(PUT_ORDER, body(text))
    queue = Queue(Settings(home, write_queue=2), writer)

    def is_taken() -> bool:
        try:
            return bool(queue.submit(PUT_ORDER, body("c")))
        except QueueFull:
            return False

    assert eventually(is_taken)
