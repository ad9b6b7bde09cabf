"""An order → a job, and its result as a response: at once when it ends within some seconds, else by its address.

A response says that a change is made when it is on disk and in the journal. It waits for the engine to answer from it,
too, as long as there is time: whoever writes and then reads finds what was written.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import quote

from flask import Response, current_app, jsonify, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from communique.api.negotiation import GRAPHS, HTML, JSON, PROBLEM, best
from communique.api.problems import respond_with_report
from communique.api.snapshot import engine
from communique.graph.errors import ConformanceError, EngineError
from communique.graph.jobs.job import Job, JobResult, Order, read_error
from communique.graph.jobs.queue import Queue

_PAUSE = 0.05
_RDF = tuple(media_type for media_type in GRAPHS if media_type not in {HTML, JSON, "text/plain"})


def carry_out(order: Order, bodies: Sequence[bytes] = (), *, location: str | None = None) -> Response:
    """Give an order and answer with what came of it; ``location`` is that of a graph which the request makes.

    Raises what the job was refused for.
    """
    queue: Queue = current_app.extensions["queue"]
    deadline = time.monotonic() + current_app.extensions["patience"]
    job = queue.submit(order, tuple(bodies))
    is_awaited = "respond-async" not in request.headers.get("Prefer", "")
    result = queue.wait(job, deadline - time.monotonic()) if is_awaited else None
    if result is None:
        response = jsonify(describe(job, None))
        response.status_code = 202
        response.headers["Location"] = response.headers["Content-Location"] = address(job)
        response.headers["Retry-After"] = "1"
        return response
    if result.error:
        return refuse(job, result)
    _wait_until_served(result.snapshot, deadline)
    return _acknowledge(job, result, location)


def refuse(job: Job, result: JobResult) -> Response:
    """Raise what a job was refused for; of violated rules return the report, where the client takes RDF before JSON."""
    assert result.error is not None
    error = read_error(result.error)
    error.job = address(job)  # type: ignore[attr-defined]
    if isinstance(error, ConformanceError):
        error.report = url_for("jobs.report", id=job.id, _external=True)  # type: ignore[attr-defined]
        media_type = best((PROBLEM, JSON, HTML, "text/plain", *_RDF), request.headers.get("Accept"))
        if media_type in _RDF:
            return respond_with_report(job.report.read_bytes(), GRAPHS[media_type])
    raise error


def describe(job: Job, result: JobResult | None) -> dict[str, object]:
    """Describe a job for programs."""
    order = job.order
    known: dict[str, object] = {
        "id": job.id,
        "state": result.state if result else "running",
        "kind": order.kind,
        "agent": order.agent,
        "graph": order.graph or None,
        "started": job.started.isoformat(),
        "address": address(job),
    }
    if result:
        counts = {name: getattr(result, name) for name in ("added", "removed", "findings")}
        known |= {"ended": result.ended, "snapshot": result.snapshot or None, **counts}
        known["problem"] = dict(result.error) if result.error else None
        known["report"] = url_for("jobs.report", id=job.id, _external=True) if job.report.exists() else None
    return known


def address(job: Job) -> str:
    """Return where a job is found."""
    return url_for("jobs.show", id=job.id, _external=True)


def versions() -> tuple[str, ...] | None:
    """Read ``If-Match``: the versions of the data of which one has to be in force; None when the request names none.

    An entity tag of ours begins with the version; what counts is that, so that weak tags are compared as well.
    """
    tags = request.if_match
    if not request.headers.get("If-Match") or tags.star_tag:
        return None
    return tuple(sorted({tag.partition(".")[0] for tag in tags.as_set(include_weak=True)}))


def check_body(media_types: Sequence[str]) -> None:
    """Raise UnsupportedMediaType for a body in another media type or another charset than UTF-8."""
    expected = f"send {' or '.join(media_types)}, in UTF-8"
    if request.mimetype not in media_types:
        raise UnsupportedMediaType(f"The body has {request.mimetype or 'no media type'}; {expected}.")
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower().replace("-", "") != "utf8":
        raise UnsupportedMediaType(f"The body is in {charset}; {expected}.")


def _acknowledge(job: Job, result: JobResult, location: str | None) -> Response:
    """Say that a change is made."""
    response = Response(status=201 if result.is_created and result.added else 204)
    if location is not None:
        response.headers["Location"] = quote(location, safe="/:?#[]@!$&'()*+,;=%")
    response.headers["Communique-Snapshot"] = result.snapshot
    response.headers["Link"] = f'<{address(job)}>; rel="describedby"; type="{JSON}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _wait_until_served(snapshot: str, deadline: float) -> None:
    """Wait until the engine answers from a snapshot, or there is no time left."""
    try:
        while engine().snapshot() != snapshot and time.monotonic() < deadline:
            time.sleep(_PAUSE)
    except EngineError:
        return  # the change is made all the same
