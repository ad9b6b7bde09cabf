"""Processes that are killed, data that changes, a full disk, a crowd: no wrong answer, and all is as before."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from pyoxigraph import Quad
from service import Reply, Service, serve, settled, statements

Eventually = Callable[[Callable[[], bool]], bool]
Publish = Callable[[Path, Iterable[Quad]], str]

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"


@dataclass
class Load:
    """What a few clients saw that ask all the time."""

    wrong: list[object] = field(default_factory=list)
    seen: Counter[object] = field(default_factory=Counter)

    def look(self, reply: Reply, rows: int | None) -> None:
        """Judge one response: right and whole, or a problem."""
        self.seen[reply.status] += 1
        if reply.status == 200:
            right = reply.body.count(b"\n") == rows + 1 if rows else reply.body in {b"n\r\n2000\r\n", b"n\r\n1000\r\n"}
            if not right:
                self.wrong.append(reply.body[:300])
        elif reply.status not in {500, 502, 503} or b"Traceback" in reply.body:
            self.wrong.append(reply)


@contextmanager
def load(service: Service, clients: int = 4) -> Iterator[Load]:
    """Ask small and larger questions all the time; each answer is judged."""
    stop, found = Event(), Load()

    def ask(rows: int | None) -> None:
        while not stop.is_set():
            try:
                text = f"{ROWS} OFFSET {len(found.seen)}" if rows else f"{COUNT} # {time.monotonic_ns()}"
                found.look(service.query(text, accept="text/csv"), rows)
            except (OSError, http.client.HTTPException) as error:
                found.seen[type(error).__name__] += 1
                time.sleep(0.02)

    with ThreadPoolExecutor(clients) as askers:
        asking = [askers.submit(ask, 20_000 if number % 2 else None) for number in range(clients)]
        try:
            yield found
        finally:
            stop.set()
            for each in asking:
                each.result()


@pytest.mark.parametrize("kind", ["worker", "generation", "supervisor", "web", "drawing"])
def test_what_is_killed_under_load_is_replaced(service: Service, kind: str, eventually: Eventually) -> None:
    before = settled(service, eventually)
    with load(service) as found:
        assert eventually(lambda: found.seen[200] > 20)
        killed = service.of_kind(kind)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not set(killed) & set(service.pids()))
        assert eventually(service.is_ready), service.log.read_text()[-2000:]
        answered = found.seen[200]
        assert eventually(lambda: found.seen[200] > answered + 20), found.seen
    assert not found.wrong
    assert eventually(lambda: service.census().processes == before.processes), service.census()


def test_nothing_is_left_of_a_command_that_is_killed(
    confined: None, publish: Publish, tmp_path: Path, eventually: Eventually
) -> None:
    publish(tmp_path, statements(2_000))
    with serve(tmp_path, engine_workers=4) as service:
        settled(service, eventually)
        below = service.pids()
        with load(service, 2) as found:
            assert eventually(lambda: found.seen[200] > 5)
            os.kill(service.pid, signal.SIGKILL)
            assert eventually(lambda: not any(is_alive(pid) for pid in below if pid != service.pid)), below
        assert not found.wrong
    with serve(tmp_path, engine_workers=4) as again:
        assert again.query(COUNT, accept="text/csv").body == b"n\r\n2000\r\n"


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("times", [4, 30])
def test_data_published_each_second_is_served_without_a_lost_request(
    confined: None, publish: Publish, tmp_path: Path, times: int, eventually: Eventually
) -> None:
    publish(tmp_path, statements(2_000))
    with serve(tmp_path, engine_workers=4) as service:
        before = settled(service, eventually)
        with load(service) as found:
            for number in range(times):
                begin = time.monotonic()
                snapshot = publish(tmp_path, statements(2_000 if number % 2 else 1_000, f"v{number}"))
                if times > 10:
                    time.sleep(max(0.0, 1 - (time.monotonic() - begin)))
            assert eventually(lambda: service.ask("/readyz").json().get("snapshot") == snapshot)
        assert not found.wrong
        assert set(found.seen) == {200}, found.seen
        assert eventually(lambda: service.census().processes == before.processes), service.census()
        assert eventually(lambda: service.census().descriptors <= before.descriptors + 2), (before, service.census())


@pytest.mark.parametrize(("clients", "seconds"), [(50, 4), (200, 60)], ids=["some", "many"])
def test_a_crowd_with_runaways_stops_nobody(
    service: Service, clients: int, seconds: int, record_property: Callable[[str, object], None]
) -> None:
    """Each sends a runaway every second, and leaves before it is answered."""
    request = f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    slowest, answered, refused = 0.0, 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        with ExitStack() as crowd:
            for _ in range(clients):
                crowd.enter_context(service.connect()).sendall(request)
            start = time.monotonic()
            assert service.ask("/healthz").status == 200
            slowest = max(slowest, time.monotonic() - start)
            status = service.query(f"{COUNT} # {start}", accept="text/csv").status
            assert status in {200, 503}
            answered, refused = answered + (status == 200), refused + (status == 503)
            time.sleep(max(0.0, 1 - (time.monotonic() - begin)))
    record_property("slowest /healthz", slowest)
    record_property("small questions answered, refused", (answered, refused))
    assert slowest < 10


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount 24 MiB."""
    home = tmp_path / "small"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "communique-test", str(home)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield home
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)


def test_a_full_disk_ends_large_answers_and_nothing_else(
    confined: None, publish: Publish, small_disk: Path, eventually: Eventually
) -> None:
    publish(small_disk, statements(2_000))
    with serve(small_disk, engine_workers=4, query_seconds=30) as service:
        before = settled(service, eventually)
        large = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 400000"
        reply = service.query(large, accept="text/csv")
        assert reply.status == 503
        assert b"could not be kept" in reply.body
        fill(small_disk)
        assert service.query(COUNT, accept="text/csv").body == b"n\r\n2000\r\n"
        assert service.ask("/networks/co-party").status == 200
        assert service.ask(f"/sparql?query={quote(large)}", Accept="text/html").status == 200
        assert service.query(large, accept="text/csv").status == 503
        (small_disk / "full").unlink()
        assert eventually(service.is_ready)
        assert len(service.query(ROWS, accept="text/csv").body.splitlines()) == 20_001
        assert eventually(lambda: service.census().descriptors <= before.descriptors + 2), (before, service.census())
        assert "Traceback" not in service.log.read_text()


def fill(disk: Path) -> None:
    """Write until there is no room."""
    with (disk / "full").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return


def test_it_stops_at_once_when_idle(confined: None, publish: Publish, tmp_path: Path, eventually: Eventually) -> None:
    publish(tmp_path, statements(2_000))
    with serve(tmp_path, engine_workers=4) as service:
        settled(service, eventually)
        with service.connect():  # one that sends nothing does not hold it
            os.kill(service.pid, signal.SIGTERM)
            assert eventually(lambda: not is_alive(service.pid))
