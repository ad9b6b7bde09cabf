"""What is told of each request: a record, from which the log writes a line and ``metrics`` counts."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from communique.graph import log
from communique.graph.settings import Settings

_LOG = logging.getLogger(__name__)

# So many bytes of a line reach a pipe in one piece, whoever else writes to it (PIPE_BUF of Linux, pipe(7)).
_LONGEST_LINE = 4096
# What the parts of a line that are not parts of the request take at most.
_AROUND = 200


class RequestOutcome(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    """A whole answer went out, also one that says that nothing has changed (304)."""
    REJECTED = "rejected"
    """The client was told what is wrong with its request (other 4xx)."""
    REFUSED = "refused"
    """The service was full, or the client over its budget (429, 503); no work was begun."""
    TIMEOUT = "timeout"
    """The time limit ended the query."""
    ABORTED = "aborted"
    """Another limit ended the query."""
    GONE = "gone"
    """The client hung up before it had the answer."""
    FAILED = "failed"
    """A fault of the service (5xx)."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request, when it has ended.

    Attributes
    ----------
    id : of the request; in the header of its answer, in problems, in the log
    method : of HTTP
    route : the rule that answered (``/queries/<name>``), never the path that was asked for: it names a time series
    status : of HTTP; 0 when the client left before one was sent
    outcome : how it ended
    reason : of a refusal or an end, in one word: ``queue``, ``patience``, ``budget``, ``time``, ``memory``, …
    seconds : from the first byte of the request to the last of its answer
    waited : seconds of these in the queue
    bytes : of the body of the answer, as they went out
    rows : of the answer to a query; None where there are none or they were not counted
    query : text of the query; empty where there is none
    form : SELECT, ASK, CONSTRUCT or DESCRIBE; empty where there is no query or it could not be read
    lane : of the queue; empty where the request did not go through one
    snapshot : id of the data that answered; empty where none did
    client : address of the client, see ``addresses.client_address``
    """

    id: str
    method: str
    route: str
    status: int
    outcome: RequestOutcome
    seconds: float
    waited: float = 0.0
    bytes: int = 0
    rows: int | None = None
    query: str = ""
    form: str = ""
    lane: str = ""
    snapshot: str = ""
    client: str = ""
    reason: str = ""


def new_id() -> str:
    """Return an id for a request: 16 hexadecimal digits, drawn at random."""
    return os.urandom(8).hex()


def digest(query: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a query's text in UTF-8."""
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write(record: RequestRecord, settings: Settings) -> None:
    """Write the line of a request; the text and the client stand in it only where the settings ask for them."""
    level = logging.ERROR if record.outcome is RequestOutcome.FAILED else logging.INFO
    log.event(_LOG, "request", parts_of(record, settings), level)


def parts_of(record: RequestRecord, settings: Settings) -> dict[str, Any]:
    """Return what the log says of a request; what is empty is left out.

    ``text`` comes last and is cut so that the line can be written in one piece: it is short then of ``characters``.
    """
    parts: dict[str, Any] = {
        "id": record.id,
        "method": record.method,
        "route": record.route,
        "status": record.status,
        "outcome": record.outcome.value,
        "seconds": round(record.seconds, 4),
        "bytes": record.bytes,
    }
    if record.waited:
        parts["waited"] = round(record.waited, 4)
    if record.rows is not None:
        parts["rows"] = record.rows
    parts |= {name: value for name in ("reason", "form", "lane", "snapshot") if (value := getattr(record, name))}
    if settings.log_clients and record.client:
        parts["client"] = record.client
    if record.query:
        parts |= {"query": digest(record.query), "characters": len(record.query)}
        if settings.log_queries:
            parts["text"] = _cut(record.query, _LONGEST_LINE - _AROUND - len(json.dumps(parts)))
    return parts


def _cut(text: str, room: int) -> str:
    """Cut a text so that it fills no more than ``room`` bytes when it is written as JSON."""
    kept = text[:room]
    while len(json.dumps(kept)) > room:
        kept = kept[: len(kept) * room // len(json.dumps(kept))]
    return kept
