"""Networks in real processes: what they draw, what ends them, what is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event

import pytest

from communique.graph import networks
from communique.graph.drawing import keep_drawing
from communique.graph.drawing.client import MOST_WAITING, DrawingClient, Run
from communique.graph.drawing.kept import KeptDrawings
from communique.graph.drawing.tasks import DrawingTask
from communique.graph.errors import EngineBusy, EngineError, NetworkAborted, NetworkError
from communique.graph.networks import NetworkOptions, formats
from communique.graph.networks.layers import read_query
from communique.graph.settings import Settings

Eventually = Callable[[Callable[[], bool]], bool]

ID, NS = "https://w3id.org/communique/id/", "https://w3id.org/communique/ns#"
VOCABULARY = "https://w3id.org/communique/vocab/"
GRAPH = "<https://w3id.org/communique/graph/doc/900>"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
EMPTY = "\t" * 8
MEMBERS = (
    "?occasion\t?member\t?actor\t?side\t?document\t?node\t?property\t?value\t?counted\t?least\t?enumeration\t?graph"
)

# So many states that drawing them takes seconds, and as many hundred MiB.
CROWD = 1_200


def meeting(states: int) -> Run:
    """Answer as a graph in which so many states met once: each is tied to each."""
    happened = f"\t<{NS}realization>\t<{VOCABULARY}realization/occurred>\t\t\t\t{GRAPH}\n"
    nodes = [f"{ID}event/e", *(f"{ID}part/{n}" for n in range(states))]
    members = "".join(
        f'<{ID}event/e>\t<{ID}part/{n}>\t<{ID}state/S{n}>\t"both"{EMPTY}{GRAPH}\n' for n in range(states)
    ) + "".join(f"\t\t\t\t\t<{node}>{happened}" for node in nodes)
    actors = "".join(f"<{ID}state/S{n}>\t{RDF_TYPE}\t<{NS}State>\t{GRAPH}\n" for n in range(states))
    answers = {
        read_query("co-participation"): f"{MEMBERS}\n{members}",
        read_query("actors"): f"?actor\t?property\t?value\t?graph\n{actors}",
        read_query("sources"): "?document\t?publisher\t?label\t?graph\n",
    }
    return lambda text: answers[text].encode()


def task(*measures: str, snapshot: str = "s1", form: str = "json") -> DrawingTask:
    return DrawingTask(snapshot, "co-participation", NetworkOptions(), measures, form)


def limited(home: Path) -> Settings:
    """Draw one at a time, with time enough."""
    return Settings(home=home, drawings=1, drawing_seconds=100, unconfined=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give one test a home of its own; its path is longer than a socket address."""
    home = tmp_path / ("long" * 30)
    home.mkdir()
    return limited(home)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = limited(tmp_path_factory.mktemp("home"))
    with keep_drawing(settings):
        yield settings


@pytest.fixture
def served(shared_server: Settings, eventually: Eventually) -> Settings:
    """Give a server that draws nothing and keeps nothing yet."""
    assert eventually(lambda: not drawing())
    KeptDrawings.of(shared_server).clear()
    return shared_server


def never(text: str) -> bytes:
    raise AssertionError("the engine is asked again")


def children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it has ended meanwhile
            found += map(int, (thread / "children").read_text().split())
    return found


def server() -> int | None:
    """Find the server that this process started last, as other tests keep one too; None while it is being started."""
    found = [pid for pid in children(os.getpid()) if b"communique.graph.drawing" in command(pid)]
    return max(found, key=started, default=None)


def started(pid: int) -> int:
    """Return when a process was started, in ticks since the machine was; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0


def drawing() -> list[int]:
    """List the processes that draw."""
    return children(pid) if (pid := server()) else []


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_drawing() -> bool:
    """Say whether a process draws: it has used the processor for a while."""
    for pid in drawing():
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        if sum(map(int, times)) / os.sysconf("SC_CLK_TCK") > 0.05:
            return True
    return False


def test_a_drawing_has_the_bytes_that_it_would_have_here(served: Settings) -> None:
    drawn = networks.project(meeting(5), "co-participation", options=NetworkOptions(), data_version="s1")
    tables = [networks.measure(drawn, "degree"), networks.measure(drawn, "betweenness")]
    client = DrawingClient(served)
    for form in formats.FORMATS:
        asked = task("degree", "betweenness", form=form)
        assert client.draw(asked, meeting(5)) == formats.write(drawn, form, measures=tables)
    for form in formats.MEASURE_FORMATS:
        alone = replace(task("betweenness", form=form), is_measure=True)
        assert client.draw(alone, meeting(5)) == formats.write_measure(tables[1], form)


def test_a_large_drawing_arrives_whole(served: Settings) -> None:
    found = json.loads(DrawingClient(served).draw(task(), meeting(150)))
    assert len(found["edges"]) == 150 * 149 / 2


def test_a_drawing_is_kept_for_every_process_and_version(served: Settings) -> None:
    first = DrawingClient(served).draw(task("degree"), meeting(5))
    assert DrawingClient(served).draw(task("degree"), never) == first
    for other in (task("degree", snapshot="s2"), task("strength"), task("degree", form="gexf")):
        assert DrawingClient(served).draw(other, meeting(4)) != first


def test_values_are_kept_for_every_form(served: Settings) -> None:
    client = DrawingClient(served)
    client.draw(task("degree"), meeting(5))
    key = task("degree").measure_key("degree")
    kept = KeptDrawings.of(served)
    values = json.loads(kept.find(key) or b"")
    assert set(values.values()) == {4.0}
    kept.keep(key, json.dumps(dict.fromkeys(values, 7.0)).encode())
    text = client.draw(task("degree", form="nodes.csv"), meeting(5)).decode()
    assert [line.rsplit(",", 2)[1] for line in text.splitlines()[-5:]] == ["7.0"] * 5


def test_what_is_kept_is_bounded_and_what_was_used_stays(tmp_path: Path) -> None:
    kept = KeptDrawings(tmp_path / "drawn", 100)
    for name in "abc":
        kept.keep(name, name.encode() * 30)
    os.utime(tmp_path / "drawn" / "b", (0, 0))
    assert kept.find("b")
    for name in "ac":
        os.utime(tmp_path / "drawn" / name, (1, 1))
    kept.keep("d", b"d" * 60)
    kept.keep("e", b"e" * 101)
    assert [kept.find(name) is not None for name in "abcde"] == [False, True, False, True, False]
    kept.clear()
    assert not list((tmp_path / "drawn").iterdir())


def test_what_cannot_be_kept_is_drawn_all_the_same(settings: Settings) -> None:
    client = DrawingClient(settings)
    with keep_drawing(settings):
        (settings.home / "drawn").write_text("a file where the folder would be")
        assert client.draw(task(), meeting(150)) == client.draw(task(), meeting(150))


def test_an_error_is_the_one_that_drawing_raises(served: Settings) -> None:
    with pytest.raises(NetworkError, match="needs directed ties") as caught:
        DrawingClient(served).draw(task("in-degree"), meeting(3))
    assert caught.value.hint == "ask for degree"
    assert not isinstance(caught.value, NetworkAborted)


def test_the_limit_of_time_ends_a_drawing(settings: Settings) -> None:
    with keep_drawing(replace(settings, drawing_seconds=0.5)):
        client = DrawingClient(settings)
        with pytest.raises(NetworkAborted, match=r"not drawn within 0\.5 seconds"):
            client.draw(task("betweenness"), meeting(CROWD))


def test_the_limit_of_memory_ends_a_drawing_and_not_the_next(settings: Settings) -> None:
    with keep_drawing(replace(settings, drawing_megabytes=64)):
        client = DrawingClient(settings)
        with pytest.raises(NetworkAborted, match="more than 64 MiB"):
            client.draw(task(), meeting(CROWD))
        assert client.draw(task(), meeting(3))


def test_a_drawing_nobody_waits_for_is_ended(served: Settings, eventually: Eventually) -> None:
    hang_up: list[Callable[[], None]] = []

    @contextmanager
    def ending(end: Callable[[], None]) -> Iterator[None]:
        hang_up.append(end)
        yield

    with ThreadPoolExecutor(1) as asker:
        asked = asker.submit(DrawingClient(served).draw, task("betweenness"), meeting(CROWD), ending)
        assert eventually(is_drawing)
        hang_up[0]()
        with pytest.raises(NetworkAborted):
            asked.result()
    assert eventually(lambda: not drawing())


def test_a_drawing_that_is_killed_is_none_and_the_next_is_drawn(served: Settings, eventually: Eventually) -> None:
    client = DrawingClient(served)
    with ThreadPoolExecutor(1) as asker:
        asked = asker.submit(client.draw, task("betweenness"), meeting(CROWD))
        assert eventually(is_drawing)
        os.kill(drawing()[0], signal.SIGKILL)
        with pytest.raises(NetworkAborted, match="-9"):
            asked.result()
    assert client.draw(task(), meeting(3))


def test_a_server_that_is_killed_is_replaced(served: Settings, eventually: Eventually) -> None:
    client = DrawingClient(served)
    with ThreadPoolExecutor(1) as asker:
        asked = asker.submit(client.draw, task("betweenness"), meeting(CROWD))
        assert eventually(is_drawing)
        first, orphans = server(), drawing()
        assert first
        os.kill(first, signal.SIGKILL)
        with pytest.raises(NetworkAborted, match="from outside"):
            asked.result()
    assert client.draw(task(), meeting(3))
    assert server() != first
    assert eventually(lambda: not any(map(command, orphans)))


def test_who_finds_too_many_waiting_is_refused_at_once(settings: Settings) -> None:
    client = DrawingClient(settings)
    all_wait, gate = Barrier(MOST_WAITING + 1), Event()

    def slow(text: str) -> bytes:
        all_wait.wait()
        gate.wait()
        raise EngineError("enough")

    with ThreadPoolExecutor(MOST_WAITING) as askers:
        waiting = [askers.submit(client.draw, task(snapshot=str(n)), slow) for n in range(MOST_WAITING)]
        all_wait.wait()
        with pytest.raises(EngineBusy, match="8 networks are waited for"):
            client.draw(task(), meeting(3))
        gate.set()
        for each in waiting:
            with pytest.raises(EngineError, match="enough"):
                each.result()


def test_without_a_server_that_is_said(settings: Settings) -> None:
    with pytest.raises(EngineError, match="no process draws networks"):
        DrawingClient(settings).draw(task(), meeting(3))


STARTER = """
import os, signal, sys, time
from pathlib import Path
from communique.graph.drawing import keep_drawing
from communique.graph.settings import Settings
with keep_drawing(Settings(home=Path({home!r}), unconfined=True)):
    while not (found := open(f"/proc/self/task/{{os.getpid()}}/children").read() + "".join(
        open(f"/proc/self/task/{{each}}/children").read() for each in os.listdir("/proc/self/task"))):
        pass
    print(found.split()[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_server_ends_with_its_starter(settings: Settings, eventually: Eventually) -> None:
    code = STARTER.format(home=str(settings.home))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert eventually(lambda: not command(int(ended.stdout)))
    with keep_drawing(settings):
        assert DrawingClient(settings).draw(task(), meeting(3))


def test_the_server_has_one_thread(served: Settings) -> None:
    """A lock that another thread holds at a fork would stay held in the child for ever."""
    DrawingClient(served).draw(task(), meeting(3))
    assert len(list(Path(f"/proc/{server()}/task").iterdir())) == 1
