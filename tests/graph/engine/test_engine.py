"""The engine with real processes: limits that hold, a network that is gone, generations that follow one another."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from communique.graph.engine import EngineProcess, start_engine
from communique.graph.engine.client import Client, Connection
from communique.graph.engine.protocol import Request, ask, send
from communique.graph.errors import EngineError, QueryAborted, QueryError, QueryRefused, QuerySyntaxError, QueryTimeout
from communique.graph.settings import Settings
from communique.graph.store.workspace import Workspace

Eventually = Callable[[Callable[[], bool]], bool]

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
GREEDY = "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(4)) + " } ORDER BY ?c0 ?c1"
# Written without a bracket, so that only the parser's own stack limits it.
CHAIN = "SELECT * { ?s ?p ?o FILTER(" + "!" * 19_000 + "?o) }"


def count(client: Client) -> int:
    return int(json.loads(client.query(COUNT).body)["results"]["bindings"][0]["n"]["value"])


def answers(client: Client) -> bool:
    """Tell whether a query is answered, on a machine that may take longer than its limit."""
    try:
        return count(client) == 40
    except QueryTimeout:
        return False


def children(pid: int) -> list[int]:
    """List the child processes of one of one thread."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def seconds_used(pid: int) -> float:
    """Read how long a process has been computing."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def test_a_question_is_answered_from_the_snapshot_in_force(client: Client, settings: Settings) -> None:
    answer = client.query(COUNT)
    assert answer.snapshot == Workspace(settings.home).current_id() == client.snapshot()
    assert answer.media_type == "application/sparql-results+json"
    assert count(client) == 40


def test_request_and_answer_keep_their_parts(client: Client) -> None:
    text = "SELECT (COUNT(*) AS ?n) ('é𝄞' AS ?t) { ?s ?p ?o }"
    graphs = ("http://example.org/g0",)
    answer = client.query(Request(text, solutions="text/csv", default_graphs=graphs))
    assert (answer.media_type, answer.body.decode()) == ("text/csv", "n,t\r\n20,é𝄞\r\n")


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (GREEDY, QueryAborted, "more than 48 MiB"),
        (CHAIN, QueryAborted, "too deeply nested"),
        ("{" * 600 + "}" * 600, QueryRefused, "nested 600 deep"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:9/> {} }", QueryRefused, "SERVICE"),
        ("DROP ALL", QueryRefused, "DROP is an update"),
        ("ASK { " + " " * 20_000 + "}", QueryRefused, "at most 20,000"),
        ("SELECT", QuerySyntaxError, "ends too early"),
    ],
)
def test_every_end_has_its_name_and_the_next_question_its_answer(
    client: Client, text: str, error: type[QueryError], words: str
) -> None:
    with pytest.raises(error) as caught:
        client.query(text)
    assert words in str(caught.value)
    assert count(client) == 40


def test_a_query_that_reaches_its_limit_of_time_is_ended(own_settings: Settings, eventually: Eventually) -> None:
    with start_engine(replace(own_settings, query_seconds=1.0)) as engine, closing(Client(engine.address)) as client:
        with pytest.raises(QueryTimeout, match="no answer within 1 seconds"):
            client.query(RUNAWAY)
        assert eventually(lambda: answers(client))


def test_a_syntax_error_keeps_line_and_column(client: Client) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        client.query("ASK {\n ?s }")
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_one_worker_serves_one_connection_for_long(client: Client, engine: EngineProcess) -> None:
    client.query(COUNT)
    (generation,) = children(engine.pid)
    before = children(generation)
    for _ in range(5):
        client.query(COUNT)
    assert set(children(generation)) <= set(before)


def test_what_forks_has_one_thread(client: Client, engine: EngineProcess) -> None:
    """A lock that another thread holds at the fork would stay held in the worker for ever."""
    client.snapshot()
    (generation,) = children(engine.pid)
    assert [len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in (engine.pid, generation)] == [1, 1]


def test_no_more_workers_than_allowed(engine: EngineProcess, settings: Settings) -> None:
    most = settings.engine_workers + 2
    clients = [Client(engine.address) for _ in range(most)]
    for client in clients:
        client.query(COUNT)
    (generation,) = children(engine.pid)
    late = socket.socket(socket.AF_UNIX)
    late.settimeout(0.2)
    late.connect(str(engine.address))
    with late, pytest.raises(TimeoutError):
        late.recv(1)
    assert len(children(generation)) == most
    for client in clients:
        client.close()


def test_a_query_nobody_waits_for_is_ended(own_settings: Settings, eventually: Eventually) -> None:
    """Here well before its own limit."""
    with start_engine(own_settings) as engine:
        connection = Connection(engine.address)
        send(connection._socket, ask(Request(RUNAWAY)))
        (generation,) = children(engine.pid)
        (worker,) = children(generation)
        assert eventually(lambda: seconds_used(worker) > 0.05)
        connection.close()
        assert eventually(lambda: not is_alive(worker))


def test_a_worker_that_is_killed_is_no_answer(own_settings: Settings, eventually: Eventually) -> None:
    with start_engine(own_settings) as engine, closing(Client(engine.address)) as client:
        client.snapshot()
        (generation,) = children(engine.pid)
        (worker,) = children(generation)
        used = seconds_used(worker)

        def kill_when_busy() -> None:
            assert eventually(lambda: seconds_used(worker) > used + 0.05)
            os.kill(worker, signal.SIGKILL)

        with ThreadPoolExecutor(1) as killer:
            killed = killer.submit(kill_when_busy)
            with pytest.raises(QueryAborted, match="-9"):
                client.query(RUNAWAY)
            killed.result()
        assert count(client) == 40


def test_newer_data_is_served_without_a_gap(
    own_settings: Settings, publish: Callable[[Path, Iterable[Quad]], str], eventually: Eventually
) -> None:
    p = NamedNode("http://example.org/p")
    seen = set()

    def look(client: Client) -> str | None:
        before, found, after = client.snapshot(), count(client), client.snapshot()
        if before != after:  # the change came in between: which of them was counted is not known
            return None
        seen.add((found, after))
        return after

    with start_engine(own_settings) as engine, closing(Client(engine.address)) as client:
        look(client)
        (first,) = children(engine.pid)
        newer = publish(own_settings.home, [Quad(p, p, p, p)])
        assert eventually(lambda: look(client) == newer)
        assert seen == {(40, engine.snapshot), (1, newer)}
        assert eventually(lambda: not is_alive(first)), "a retired generation ends"


def test_a_generation_that_is_killed_is_replaced(own_settings: Settings, eventually: Eventually) -> None:
    with start_engine(own_settings) as engine, closing(Client(engine.address)) as client:
        assert count(client) == 40
        (first,) = children(engine.pid)
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: bool(set(children(engine.pid)) - {first}))
        assert count(client) == 40


def test_a_store_that_cannot_be_read_for_a_while_ends_nothing(own_settings: Settings, eventually: Eventually) -> None:
    """The pointer to the snapshot in force becomes no pointer, and is mended."""
    with start_engine(own_settings) as engine, closing(Client(engine.address)) as client:
        pointer, aside = own_settings.home / "current", own_settings.home / "aside"
        pointer.rename(aside)
        pointer.mkdir()
        (generation,) = children(engine.pid)
        os.kill(generation, signal.SIGKILL)
        assert eventually(lambda: not is_alive(generation))
        assert engine.is_running()
        pointer.rmdir()
        aside.rename(pointer)
        assert eventually(lambda: bool(children(engine.pid)))
        assert count(client) == 40
        assert engine.is_running()


STARTER = """
import os, signal
from pathlib import Path
from communique.graph.engine import start_engine
from communique.graph.settings import Settings
with start_engine(Settings(home=Path({home!r}))) as engine:
    print(engine.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_engine_ends_with_its_starter(own_settings: Settings, eventually: Eventually) -> None:
    """However the starter ends; and its home can be served again."""
    code = STARTER.format(home=str(own_settings.home))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert eventually(lambda: not is_alive(int(ended.stdout)))
    with start_engine(own_settings) as engine, closing(Client(engine.address)) as client:
        assert count(client) == 40


def test_one_home_has_one_engine(engine: EngineProcess, settings: Settings) -> None:
    with pytest.raises(EngineError, match=f"process {engine.pid} serves"), start_engine(settings):
        pass


def test_nothing_built_yet(confined: None, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="nothing built yet") as caught, start_engine(Settings(home=tmp_path)):
        pass
    assert caught.value.hint == "communique build"


FORBIDDEN = """
import ctypes
from pathlib import Path
from communique.graph.engine import generation, supervisor
from communique.graph.engine.confinement import EngineError
from communique.graph.settings import Settings
def forbid():
    raise EngineError("the host forbids a network namespace: Operation not permitted")
generation.confinement.cut_network = forbid
supervisor.supervise(Settings(home=Path({home!r}), unconfined={unconfined}))
"""


@pytest.mark.parametrize(("unconfined", "outcome"), [(False, "error"), (True, "snapshot")])
def test_without_a_namespace_the_operator_decides(own_settings: Settings, unconfined: bool, outcome: str) -> None:
    code = FORBIDDEN.format(home=str(own_settings.home), unconfined=unconfined)
    ran = subprocess.run([sys.executable, "-c", code], input="", capture_output=True, text=True, check=False)
    assert list(json.loads(ran.stdout)) == [outcome]


# The refusal by text is taken away; what is left is the network namespace, or nothing.
BYPASS = """
import sys
from communique.graph.engine import confinement, guard, worker
from communique.graph.engine.evaluation import AnswerStore
from communique.graph.engine.protocol import Request, ask, send
from pyoxigraph import Store
guard.check = lambda text, longest: None
if sys.argv[1] == "cut":
    confinement.cut_network()
for silent in ("", "SILENT"):
    text = "SELECT * { SERVICE " + silent + " <http://127.0.0.1:" + sys.argv[2] + "/> { ?s ?p ?o } }"
    print(worker.answer(worker.ServedSnapshot(Store(), "x"), Request(text), 1000, AnswerStore()).kind)
"""


@pytest.mark.parametrize(("network", "hits"), [("cut", 0), ("left", 1)])
def test_service_reaches_nobody_even_when_its_text_passes(confined: None, network: str, hits: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        command = [sys.executable, "-c", BYPASS, network, str(trap.getsockname()[1])]
        trap.settimeout(120.0 if hits else 0.0)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            if hits:
                trap.accept()[0].close()
                process.kill()
            else:
                assert process.communicate()[0].split() == ["failure", "answer"]
                with pytest.raises(BlockingIOError):
                    trap.accept()
