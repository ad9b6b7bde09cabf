"""Settings of one run, read once from ``COMMUNIQUE_*`` in the environment."""

from __future__ import annotations

import getpass
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from communique.graph.errors import CommuniqueError

PREFIX = "COMMUNIQUE_"


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
    web_workers : processes that speak HTTP; the workers of the engine are shared out among them
    connections, client_connections : most connections that a web process keeps open, in all and with one address
    unconfined : serve even where the host forbids network namespaces (the operator's explicit word)
    host, port : address of the HTTP server
    agent : who loads, as the journal records it
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
    web_workers: int = 1
    connections: int = 1000
    client_connections: int = 200
    unconfined: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    agent: str = ""

    @property
    def acting_agent(self) -> str:
        """Return ``agent``, the login name when it is empty."""
        try:
            return self.agent or getpass.getuser()
        except (KeyError, OSError):
            return "unknown"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Build the settings from ``environment``; an unreadable value raises ``CommuniqueError`` naming it."""
    kinds: dict[str, Callable[[str], object]] = {field.name: _kind(field.default) for field in fields(Settings)}
    given = {name: environment[PREFIX + name.upper()] for name in kinds if PREFIX + name.upper() in environment}
    return Settings(**{name: _convert(name, text, kinds[name]) for name, text in given.items()})  # type: ignore[arg-type]


def _convert(name: str, text: str, kind: Callable[[str], object]) -> object:
    """Turn the text of one variable into the type of its default."""
    if kind is bool:
        return _boolean(name, text)
    expected = "a number above 0"
    try:
        value = kind(text)
    except ValueError as error:
        raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected=expected) from error
    if isinstance(value, int | float) and not 0 < value < math.inf and name != "port":
        raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected=expected)
    return value


def _kind(default: object) -> Callable[[str], object]:
    """Name the constructor that reads a text as the kind of ``default``."""
    return Path if isinstance(default, Path) else type(default)


def _boolean(name: str, text: str) -> bool:
    """Read yes and no in the spellings people use."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise CommuniqueError(f"{PREFIX}{name.upper()} is {text!r}", expected="yes or no")
