"""Settings of one run, read once from ``COMMUNIQUE_*`` in the environment."""

from __future__ import annotations

import difflib
import getpass
import inspect
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from communique.graph.errors import CommuniqueError

PREFIX = "COMMUNIQUE_"

LogForm = Literal["json", "text"]

_LAST_PORT = 65_535
_UNITS = {"_seconds": "s", "_megabytes": "MiB"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose.

    The settings page of the documentation is made of this list: a name that ends in ``_seconds`` is in seconds,
    ``_megabytes`` in MiB; a number is above 0; and what follows ``at the limit`` says what happens there.

    Attributes
    ----------
    home : folder of the store, its snapshots and the sockets of the engine; made when missing
    query_seconds : wall-clock time of one query; at the limit it is stopped: 503 query-timeout
    query_megabytes : memory a query may claim beyond the loaded snapshot; at the limit it is stopped: 503 query-aborted
    query_characters : length of the text of a query; at the limit: 400 query-refused
    read_seconds : processor time for parsing one file, beside a second for each MiB of it; at the limit the file is not
        loaded: exit code 3
    read_megabytes : address space of the process that parses it; at the limit the file is not loaded: exit code 3
    answer_megabytes : size of one answer; a large one is kept in ``home`` until it is sent; at the limit: 503
        query-aborted
    engine_workers : queries evaluated at one time, half of them longer than a second; at the limit others wait
    queue_length : queries that wait for a worker; at the limit: 503 busy, before any work
    queue_seconds : time that a query waits for a worker; at the limit: 503 busy, before any work
    client_seconds : time that the queries of one address may take in a minute, except of this machine; at the limit:
        429 query-seconds
    drawings : networks drawn at one time, each in a process of its own; at the limit others wait
    drawing_seconds : wall-clock time of drawing and measuring one; at the limit it is stopped: 503 network-aborted
    drawing_megabytes : memory of drawing and measuring one; at the limit it is stopped: 503 network-aborted
    drawn_megabytes : size of all drawings kept; at the limit the oldest go
    web_workers : processes that speak HTTP; the workers of the engine are shared out among them
    connections : connections that a web process keeps open; at the limit the newest is closed
    client_connections : those of them with one address that is no proxy; at the limit the newest is closed
    unconfined : serve even where the host forbids network namespaces (the operator's explicit word)
    host : address that HTTP is answered at
    port : port that HTTP is answered at
    agent : who loads, as the journal records it; empty: the login name
    log : form of the lines on standard error, ``json`` or ``text``
    log_queries : write the text of each query into the log, and not only its digest
    log_clients : write the address of each client into the log
    metrics_host : address that Prometheus is answered at
    metrics_port : port that Prometheus is answered at; 0: nowhere
    proxies : addresses and networks, between commas, whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed;
        empty: nobody's
    tokens : file of the tokens with which graphs may be written over HTTP; empty: nobody may
    write_seconds : wall-clock time of one change over HTTP, without the wait for other writers; at the limit it is
        stopped: 503 change-aborted
    write_megabytes : address space of the process that carries it out; at the limit it is stopped: 503 change-aborted
    write_body_megabytes : longest body of such a request; at the limit: 413
    write_queue : changes that run or wait at one time; at the limit: 503 queue-full
    services : endpoints that a query may ask by SERVICE, between commas or spaces; empty: none
    service_seconds : time that they have for all clauses of a query; at the limit: 502 service
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
    services: str = ""
    service_seconds: float = 10.0

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


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """What is said of one setting.

    Attributes
    ----------
    name : attribute of ``Settings``
    variable : in the environment
    meaning : in a few words
    limit : what happens at it, empty where it is none
    unit : ``s``, ``MiB`` or empty
    default : as it would be written in the environment
    """

    name: str
    variable: str
    meaning: str
    limit: str
    unit: str
    default: str


def describe_settings() -> tuple[SettingDescription, ...]:
    """Describe the settings in the order in which they are documented, from the docstring of ``Settings``."""
    text = inspect.cleandoc(Settings.__doc__ or "").partition("----------\n")[2]
    entries = re.findall(r"^(\w+(?:, \w+)*) : (.*(?:\n +.*)*)", text, re.MULTILINE)
    defaults = {field.name: field.default for field in fields(Settings)}
    found = []
    for names, words in entries:
        meaning, _, limit = " ".join(words.split()).replace("``", "`").replace(", > 0", "").partition("; at the limit")
        for name in names.split(", "):
            unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
            parts = (meaning, limit.lstrip(": "), unit, spell(defaults[name]))
            found.append(SettingDescription(name, PREFIX + name.upper(), *parts))
    return tuple(found)


def unknown_variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that look like settings and are none, each with the nearest that is one."""
    known = [field.name.upper() for field in fields(Settings)]
    unknown = (name.removeprefix(PREFIX) for name in sorted(environment) if name.startswith(PREFIX))
    near = {name: difflib.get_close_matches(name, known, 1) for name in unknown if name not in known}
    return {PREFIX + name: PREFIX + found[0] if found else "" for name, found in near.items()}


def spell(value: object) -> str:
    """Write the value of a setting as it would be written in the environment."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


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
