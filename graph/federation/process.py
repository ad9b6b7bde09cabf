"""Have the SERVICE clauses of a query answered by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from threading import BoundedSemaphore

from communique.graph import errors
from communique.graph.errors import EngineBusy, QueryError, ServiceFailed
from communique.graph.federation.clauses import find_clauses, has_clauses
from communique.graph.settings import Settings

# So many queries of one process ask other endpoints at one time.
_MOST = BoundedSemaphore(4)
# What the process may know of this one's environment: where its code and its certificates are.
_KNOWN = ("PATH", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG")


def endpoints(settings: Settings) -> tuple[str, ...]:
    """List the endpoints that may be asked."""
    return tuple(settings.services.replace(",", " ").split())


def is_federated(text: str, settings: Settings) -> bool:
    """Say whether a query asks other endpoints, and some may be asked from here."""
    return bool(settings.services) and has_clauses(text)


def resolve(text: str, settings: Settings) -> str:
    """Return the query with the solutions of its SERVICE clauses in their place.

    Raises
    ------
    QueryRefused : a clause that is not asked, or solutions longer than a query may be
    QuerySyntaxError : the query is not SPARQL 1.1
    ServiceFailed : an endpoint answers with an error, with no solutions, or not in time
    EngineBusy : too many queries ask other endpoints now
    """
    allowed = endpoints(settings)
    find_clauses(text, allowed)
    if not _MOST.acquire(blocking=False):
        raise EngineBusy("too many queries ask other endpoints now", hint="ask again in a moment")
    try:
        return _run({"text": text, "allowed": allowed, "longest": settings.query_characters}, settings.service_seconds)
    finally:
        _MOST.release()


def _run(task: dict[str, object], seconds: float) -> str:
    """Let the process do a task; it is killed when its time is over."""
    command = [sys.executable, "-P", "-m", __package__]
    known = {name: os.environ[name] for name in _KNOWN if name in os.environ}
    try:
        done = subprocess.run(
            command, input=json.dumps(task), capture_output=True, text=True, timeout=seconds, env=known, check=False
        )
    except subprocess.TimeoutExpired as error:
        message = f"the endpoints did not answer within {seconds:g} seconds"
        raise ServiceFailed(message, hint="ask them for less; each clause is asked by itself") from error
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise ServiceFailed(f"the process that asks other endpoints ended with {done.returncode}: {last}")
    answer = json.loads(done.stdout)
    if "text" in answer:
        return str(answer["text"])
    kind: type[QueryError] = getattr(errors, answer.pop("error"))
    raise kind(answer.pop("message"), **answer)
