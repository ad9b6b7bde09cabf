"""The client against an engine that plays by a script: every way in which a connection can end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from communique.graph.engine import client as module
from communique.graph.engine.client import Answer, Client
from communique.graph.engine.protocol import Message, Request, ask, frame, read_request, receive, send
from communique.graph.errors import EngineError, InvalidParameter, QueryAborted, QueryTimeout

Act = Callable[[socket.socket], None]
ANSWER = Message("answer", {"snapshot": "s1", "media_type": "text/csv"}, b"n\r\n1\r\n")


def hello(connection: socket.socket) -> None:
    send(connection, Message("hello", {"snapshot": "s1", "seconds": 5.0}))


def hello_in_haste(connection: socket.socket) -> None:
    send(connection, Message("hello", {"snapshot": "s1", "seconds": 0.05}))


def reply(message: Message) -> Act:
    """Wait for a question, then say this."""

    def act(connection: socket.socket) -> None:
        receive(connection)
        send(connection, message)

    return act


def goodbye(connection: socket.socket) -> None:
    """Leave unasked, as a worker does when newer data is served elsewhere."""
    send(connection, Message("goodbye", {}))


def listen(connection: socket.socket) -> None:
    receive(connection)


def wait(connection: socket.socket) -> None:
    """Stay until the client hangs up."""
    connection.recv(1)


Script = Callable[[list[Act]], Client]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Give a function that makes a client of an engine; each connection is served by the next list of acts."""
    monkeypatch.setattr(module, "GRACE", 0.0)
    address = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        threads: list[threading.Thread] = []
        with closing(Client(address)) as client:

            def start(*scripts: list[Act]) -> Client:
                threads.append(threading.Thread(target=perform, args=(listener, scripts)))
                threads[0].start()
                return client

            yield start
        for thread in threads:
            thread.join(5)
            assert not thread.is_alive()


def perform(listener: socket.socket, scripts: tuple[list[Act], ...]) -> None:
    for acts in scripts:
        connection, _ = listener.accept()
        with connection:
            for act in acts:
                act(connection)


def test_a_connection_is_used_again(play: Callable[..., Client]) -> None:
    client = play([hello, reply(ANSWER), reply(ANSWER), wait])
    assert client.query("ASK {}") == client.query("ASK {}") == Answer("text/csv", b"n\r\n1\r\n", "s1")
    assert client.snapshot() == "s1"


def test_a_goodbye_is_followed_by_a_new_connection(play: Callable[..., Client]) -> None:
    client = play([hello, reply(ANSWER), goodbye], [hello, listen, goodbye], [hello, reply(ANSWER)])
    assert client.query("ASK {}") == client.query("ASK {}")


def test_goodbyes_without_end_are_given_up(play: Callable[..., Client]) -> None:
    client = play(*[[hello, listen, goodbye]] * 5)
    with pytest.raises(EngineError, match="replaced again and again"):
        client.query("ASK {}")


def test_a_failure_becomes_its_error(play: Callable[..., Client]) -> None:
    parts = {"error": "InvalidParameter", "message": "no", "expected": "yes", "hint": None}
    client = play([hello, reply(Message("failure", parts)), reply(ANSWER)])
    with pytest.raises(InvalidParameter) as caught:
        client.query("ASK {}")
    assert (caught.value.message, caught.value.expected, caught.value.hint) == ("no", "yes", None)
    assert client.query("ASK {}").snapshot == "s1"


def test_after_a_crash_the_connection_is_not_used_again(play: Callable[..., Client]) -> None:
    parts = {"error": "QueryAborted", "message": "gone", "expected": None, "hint": None}
    client = play([hello, reply(Message("crash", parts)), wait], [hello, reply(ANSWER)])
    with pytest.raises(QueryAborted):
        client.query("ASK {}")
    assert client.query("ASK {}").snapshot == "s1"


def test_an_end_without_a_word_is_an_abort(play: Callable[..., Client]) -> None:
    client = play([hello, listen])
    with pytest.raises(QueryAborted, match="ended from outside"):
        client.query("ASK {}")


def test_silence_beyond_the_limit_is_a_timeout(play: Callable[..., Client]) -> None:
    client = play([hello_in_haste, listen, wait])
    with pytest.raises(QueryTimeout, match=r"0\.05 seconds"):
        client.query("ASK {}")


def test_an_answer_cut_short_is_no_answer(play: Callable[..., Client]) -> None:
    def stop_halfway(connection: socket.socket) -> None:
        connection.sendall(struct.pack(">III", 14, 255, 0) + b'["answer", {}]' + b"abc")

    client = play([hello, listen, stop_halfway])
    with pytest.raises(QueryAborted):
        client.query("ASK {}")


def test_without_a_worker_the_engine_is_busy(play: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    client = play([wait])
    with pytest.raises(EngineError, match="busy"):
        client.query("ASK {}")


def test_without_an_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no query engine answers") as caught:
        Client(tmp_path / "engine.sock").query("ASK {}")
    assert caught.value.hint == "communique serve"


def test_a_request_survives_its_frame() -> None:
    request = Request("ASK { 'é𝄞' }", solutions=None, default_graphs=("x:a", "x:b"), named_graphs=())
    here, there = socket.socketpair()
    with here, there:
        send(here, ask(request))
        assert read_request(receive(there)) == request


def test_an_answer_cut_off_by_the_word_on_its_end_is_no_answer(play: Callable[..., Client]) -> None:
    """A worker is killed while it sends, and the generation says so on the same connection."""
    crash = Message("crash", {"error": "QueryAborted", "message": "killed"})
    whole = frame(Message("answer", {"snapshot": "s1", "media_type": "text/csv", "rows": None}, b"x" * 1000))

    def send_a_part(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(whole[: -len(frame(crash))] + frame(crash))

    client = play([hello, send_a_part])
    with pytest.raises(QueryAborted, match="ended from outside"):
        client.query("ASK {}")
