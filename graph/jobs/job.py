"""A job: an order, and what came of it, in a folder of its own.

``home/jobs/<id>/``
├── order.json        what is asked for, by whom
├── body*             the bodies that came with it, until it has ended
├── lock              held by the process of the job for as long as it lives
├── starts            a letter for each process that was started: the first does it, a later one sees what came of it
├── result.json       what came of it, written at once and durably
└── report.ttl        the SHACL report, where rules were violated

A job whose lock is free and that has no result was ended from outside. Jobs are done in the order of their ids, which
begin with the time; the activity in the journal has the id of its job.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from communique.graph import errors
from communique.graph.errors import CommuniqueError, UnknownJob

FOLDER = "jobs"
PUT, POST, DELETE, PATCH, UPDATE = "put", "post", "delete", "patch", "update"
RUNNING, PUBLISHED, UNCHANGED, REFUSED, FAILED = "running", "published", "unchanged", "refused", "failed"

_ID = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{6}")
_ORDER, _LOCK, _STARTS, _RESULT, _REPORT = "order.json", "lock", "starts", "result.json", "report.ttl"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    Attributes
    ----------
    kind : put, post, delete, patch (of one graph) or update (SPARQL 1.1 Update)
    agent : name of the token
    patterns : the graphs that may be written, see ``tokens.is_within``
    graph : IRI of the graph, empty for the default graph and for an update
    media_types : of the bodies, in their order
    versions : ids of the snapshots of which one has to be in force; None for any
    is_new, is_known : the graph must not exist yet, or must exist
    using, using_named : the dataset of an update (SPARQL 1.1 Protocol, 2.2.3); None where none is named
    """

    kind: str
    agent: str
    patterns: tuple[str, ...]
    graph: str = ""
    media_types: tuple[str, ...] = ()
    versions: tuple[str, ...] | None = None
    is_new: bool = False
    is_known: bool = False
    using: tuple[str, ...] | None = None
    using_named: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    """What came of an order.

    Attributes
    ----------
    state : published, unchanged, refused or failed
    snapshot : id of the data in force afterwards
    ended : UTC, ISO 8601
    is_created : the graph did not exist before
    added, removed : statements that came and went, those that are derived not counted
    findings : results of the rules about the data in force, or about what was refused
    error : name of the class and parts of the failure; empty when there was none
    """

    state: str
    snapshot: str
    ended: str
    is_created: bool = False
    added: int = 0
    removed: int = 0
    findings: int = 0
    error: Mapping[str, Any] | None = None


class Job:
    """The folder of one job."""

    def __init__(self, home: Path, id: str) -> None:
        """Point at a job; UnknownJob when there is none of this name."""
        self.home, self.id = home, id
        self.folder = home / FOLDER / id
        if not _ID.fullmatch(id) or not self.folder.is_dir():
            raise self._unknown()

    @classmethod
    def create(cls, home: Path, order: Order, bodies: tuple[bytes, ...]) -> tuple[Job, int]:
        """Write an order down; returns the job, and the descriptor that holds its lock."""
        id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(3)}"
        draft = home / FOLDER / f".{id}"
        draft.mkdir(mode=0o700, parents=True)
        (draft / _ORDER).write_text(json.dumps(asdict(order)), encoding="utf-8")
        for number, body in enumerate(bodies):
            (draft / f"body{number}").write_bytes(body)
        lock = os.open(draft / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        draft.rename(draft.with_name(id))
        return cls(home, id), lock

    def relock(self) -> int | None:
        """Take the lock of a job whose process has gone; None when somebody holds it. UnknownJob as in ``order``."""
        try:
            lock = os.open(self.folder / _LOCK, os.O_RDWR)
        except FileNotFoundError:
            raise self._unknown() from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    @property
    def order(self) -> Order:
        """What is asked for; UnknownJob when the job was forgotten meanwhile."""
        try:
            parts: dict[str, Any] = json.loads((self.folder / _ORDER).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise self._unknown() from None
        lists = {name: tuple(value) for name, value in parts.items() if isinstance(value, list)}
        return Order(**(parts | lists))

    @property
    def bodies(self) -> list[Path]:
        """The files of what came with the order."""
        return [self.folder / f"body{number}" for number in range(len(self.order.media_types))]

    @property
    def result(self) -> JobResult | None:
        """What came of it; None as long as it has not ended."""
        try:
            return JobResult(**json.loads((self.folder / _RESULT).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    @property
    def starts(self) -> int:
        """How many processes have been started for it."""
        path = self.folder / _STARTS
        return path.stat().st_size if path.exists() else 0

    @property
    def report(self) -> Path:
        """The file of the SHACL report; it need not exist."""
        return self.folder / _REPORT

    @property
    def started(self) -> datetime:
        """When it was asked for."""
        return datetime.strptime(self.id.partition("Z")[0] + "+0000", "%Y%m%dT%H%M%S%f%z")

    def count_start(self) -> None:
        """Count one more process."""
        with (self.folder / _STARTS).open("ab") as file:
            file.write(b"x")

    def end(self, result: JobResult) -> None:
        """Write down what came of it, and wait until the disk has it; the bodies are deleted."""
        draft = self.folder / f".{_RESULT}"
        with draft.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / _RESULT)
        for body in self.bodies:
            body.unlink(missing_ok=True)

    def _unknown(self) -> UnknownJob:
        return UnknownJob(f"there is no job {self.id!r}", hint="ended jobs are forgotten after some time")

    def wait_for_others(self) -> None:
        """Wait until the process of every earlier job has ended."""
        for other in jobs(self.home):
            if other.id < self.id and other.result is None:
                with (other.folder / _LOCK).open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_SH)


def jobs(home: Path) -> Iterator[Job]:
    """List the jobs that are known, oldest first."""
    for path in sorted((home / FOLDER).glob("[0-9]*")):
        with suppress(UnknownJob):  # it was forgotten just now
            yield Job(home, path.name)


def describe_error(error: CommuniqueError) -> dict[str, Any]:
    """Write a failure as the name of its class and those of its parts that a text can hold."""
    names = ("message", "expected", "hint", "line", "column")
    parts = {name: getattr(error, name, None) for name in names}
    return {"error": type(error).__name__, **{name: value for name, value in parts.items() if value is not None}}


def read_error(parts: Mapping[str, Any]) -> CommuniqueError:
    """Make the failure again that ``describe_error`` wrote down."""
    kind: type[CommuniqueError] = getattr(errors, parts["error"])
    error = kind.__new__(kind)
    CommuniqueError.__init__(error, parts["message"], expected=parts.get("expected"), hint=parts.get("hint"))
    for name in ("line", "column"):
        setattr(error, name, parts.get(name))
    return error
