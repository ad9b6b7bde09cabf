"""Settings of one run, read once from ``COMMUNIQUE_*`` in the environment."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from communique.graph.errors import CommuniqueError

PREFIX = "COMMUNIQUE_"

LogForm = Literal["json", "text"]

_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose.

    Attributes
    ----------
    home : folder of the store, its snapshots and the engine's socket; made when missing
    query_seconds : wall-clock limit of one query, > 0
    query_megabytes : memory a query may claim beyond the loaded snapshot, MiB
    query_characters : longest query text accepted
    read_seconds : processor time for parsing one file, beside a second for each MiB of it, > 0
    read_megabytes : address space of the process that parses it, MiB
    answer_megabytes : size of the largest answer, MiB; a large one is kept in ``home`` until it is sent
    engine_workers : most queries evaluated at one time, half of them longer than a second
    queue_length : most queries that wait for a worker; more are refused
    queue_seconds : longest time that a query waits for a worker, > 0
    client_seconds : time that the queries of one address may take in a minute, except of this machine, > 0
    drawings : most networks drawn at one time, each in a process of its own
    drawing_seconds, drawing_megabytes : wall-clock limit of drawing and measuring one, > 0, and its memory, MiB
    drawn_megabytes : size of all drawings kept in ``home``, MiB
    web_workers : processes that speak HTTP; the workers of the engine are shared out among them
    connections, client_connections : most connections that a web process keeps open, in all and with one address
    unconfined : serve even where the host forbids network namespaces (the operator's explicit word)
    host, port : address of the HTTP server
    agent : who loads, as the journal records it
    log : form of the lines on standard error
    log_queries : write the text of each query into the log, and not only its digest
    log_clients : write the address of each client into the log
    metrics_host, metrics_port : address at which Prometheus is answered; port 0 = nowhere
    proxies : addresses and networks, between commas, whose word on the address of a client is believed
    tokens : file of the tokens with which graphs may be written over HTTP; empty: nobody may
    write_seconds : wall-clock limit of one change over HTTP, > 0; the wait for other writers does not count
    write_megabytes : address space of the process that carries it out, MiB
    write_body_megabytes : longest body of such a request, MiB
    write_queue : most changes that run or wait at one time
    """

    home: Path = Path("var")
    query_seconds: float = 20.0
    query_megabytes: int = 1024
    query_characters: int = 100_000
    read_seconds: float = 60.0
    read_megabytes: int = 1536
    answer_megabytes: int = 1024
    engine_workers: int = 8
    queue_length: int = 128
    queue_seconds: float = 10.0
    client_seconds: float = 60.0
    drawings: int = 2
    drawing_seconds: float = 60.0
    drawing_megabytes: int = 1024
    drawn_megabytes: int = 256
    web_workers: int = 1
    connections: int = 1000
    client_connections: int = 200
    unconfined: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    agent: str = ""
    log: LogForm = "json"
    log_queries: bool = False
    log_clients: bool = False
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    proxies: str = ""
    tokens: str = ""
    write_seconds: float = 300.0
    write_megabytes: int = 8192
    write_body_megabytes: int = 64
    write_queue: int = 16

    @property
    def acting_agent(self) -> str:
        """Return ``agent``, the login name when it is empty."""
        try:
            return self.agent or getpass.getuser()
        except (KeyError, OSError):
            return "unknown"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Build the settings from ``environment``; an unreadable value raises ``CommuniqueError`` naming it."""
    found = {field.name: environment.get(PREFIX + field.name.upper()) for field in fields(Settings)}
    kinds = get_type_hints(Settings)
    return Settings(**{name: _convert(name, text, kinds[name]) for name, text in found.items() if text is not None})


def _convert(name: str, text: str, kind: Any) -> Any:
    """Turn the text of one variable into the type of its setting."""
    if kind is bool:
        return _boolean(name, text)
    if kind in (int, float):
        return _number(name, text, kind)
    if (choices := get_args(kind)) and text not in choices:
        raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected=" or ".join(choices))
    return Path(text) if kind is Path else text


def _number(name: str, text: str, kind: Callable[[str], float]) -> float:
    """Read a number above 0, and of a port also 0 itself."""
    is_port = name.endswith("port")
    expected = "a number from 0 to 65535" if is_port else "a number above 0"
    try:
        value = kind(text)
    except ValueError as error:
        raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected=expected) from error
    if not (0 <= value <= _LAST_PORT if is_port else 0 < value < math.inf):
        raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected=expected)
    return value


def _boolean(name: str, text: str) -> bool:
    """Read yes and no in the spellings people use."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected="yes or no")
