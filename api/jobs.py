"""``/jobs``: what became of changes, for those who asked for them."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, current_app, jsonify
from pyoxigraph import RdfFormat, parse, serialize

from communique.api import orders
from communique.api.access import current_token
from communique.api.negotiation import GRAPHS, HTML, choose, refuse_others
from communique.graph.errors import NotPermitted, UnknownJob
from communique.graph.jobs.job import Job, jobs
from communique.graph.jobs.queue import Queue
from communique.graph.jobs.tokens import JOBS
from communique.graph.queries import media

routes = Blueprint("jobs", __name__)


@routes.get("/jobs")
def index() -> Response:
    """List the jobs of the token, newest first; with the scope ``jobs`` those of all tokens."""
    refuse_others()
    token, queue = current_token(), _queue()
    told: list[dict[str, object]] = []
    for job in jobs(queue.home):
        with suppress(UnknownJob):  # it was forgotten just now
            if token.allows(JOBS) or job.order.agent == token.name:
                told.append(orders.describe(job, queue.look(job)))
    return _private(jsonify(jobs=told[::-1]))


@routes.get("/jobs/<id>")
def show(id: str) -> Response:
    """Describe one job."""
    refuse_others()
    job = _find(id)
    result = _queue().look(job)
    response = _private(jsonify(orders.describe(job, result)))
    if result is None:
        response.headers["Retry-After"] = "1"
    return response


@routes.get("/jobs/<id>/report")
def report(id: str) -> Response:
    """Return the SHACL report on what was refused."""
    job = _find(id)
    media_type = choose(tuple(each for each in GRAPHS if each != HTML))
    if not job.report.exists():
        raise UnknownJob(f"job {id} has no report", hint="it violated no rule, or has not ended")
    triples = (quad.triple for quad in parse(job.report.read_bytes(), format=RdfFormat.TURTLE))
    return _private(Response(serialize(triples, format=media.GRAPHS[GRAPHS[media_type]]), mimetype=media_type))


def _find(id: str) -> Job:
    """Find a job that the token of the request may see."""
    token, job = current_token(), Job(_queue().home, id)
    if job.order.agent != token.name and not token.allows(JOBS):
        raise NotPermitted(f"job {id} is of another token", hint="ask the operator for the scope jobs")
    return job


def _queue() -> Queue:
    queue: Queue = current_app.extensions["queue"]
    return queue


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
