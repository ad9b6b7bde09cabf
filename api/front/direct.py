"""Queries answered in the event loop itself: ``/sparql`` and ``/queries/<name>`` in every form but a page.

It is the application's answer without the application: the same functions read the request, choose the form and write
the headers. An answer that is large stays in the file in which the engine wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import parse_form_data
from werkzeug.http import parse_options_header
from werkzeug.utils import get_content_type

from communique.api import limits, problems, questions, responses, sparql
from communique.api.front.asking import Asker, ask
from communique.api.front.incoming import Incoming
from communique.api.front.outgoing import Outgoing, close, lowered
from communique.api.front.threads import Threads
from communique.api.negotiation import HTML, PROBLEM, AcceptedTypes, asked_format, file_name, negotiate_query
from communique.api.operations import DIRECT, FORM, MULTIPART, Operation, Pairs, read_operation
from communique.api.snapshot import run
from communique.graph.engine.pool import Pool, PoolAnswer
from communique.graph.engine.protocol import Request
from communique.graph.errors import CommuniqueError
from communique.graph.federation.process import is_federated
from communique.graph.hints.answers import has_no_rows
from communique.graph.hints.hint import Hint
from communique.graph.queries import PackagedQuery, find
from communique.graph.queries.answers import Run
from communique.graph.settings import Settings

_SPARQL, _QUERIES = "/sparql", "/queries/"
_HINTS = responses.HINTS.lower()
_METHODS = {"GET", "HEAD", "POST"}


class _NeedsEngine(Exception):
    """What was tried in the event loop has to ask the engine, and therefore needs a thread."""


@dataclass(frozen=True, slots=True)
class DirectQuestion:
    """What a request asks: the query, the rule of its address, and how hints about its answer are found and reached.

    ``stem`` begins the name of a file that holds the answer.
    """

    request: Request
    route: str
    stem: str
    explain: Callable[[Run, bool], Sequence[Hint]]
    hints: str
    pairs: Sequence[tuple[str, str]]


class DirectQueries:
    """Answers queries from the pool."""

    def __init__(self, pool: Pool, threads: Threads, settings: Settings) -> None:
        """Ask through ``pool``; hints that need the engine are found in ``threads``."""
        self._pool, self._threads, self._settings = pool, threads, settings
        of_all = {**responses.ALWAYS, "Vary": "Accept", limits.HEADER: limits.header(settings)}
        self._headers = lowered(of_all.items())

    async def answer(self, request: Incoming, asker: Asker) -> Outgoing | None:
        """Answer a query; None for a request that is the application's: a page, a description, anything odd."""
        if request.scope.method not in _METHODS or not request.scope.path.startswith((_SPARQL, _QUERIES)):
            return None
        accept = request.header("accept")
        address = parse_qsl(request.scope.query_string, keep_blank_values=True)
        try:
            form = _read_form(request)
            asked = asked_format([*address, *form])
            accepted = negotiate_query(accept, asked)
            if HTML in (accepted.solutions, accepted.graph):
                return None
            question = await self._read_question(request, address, form, asker)
            if question is None:
                return None
            asker.route = question.route
            given = dict([*address, *form]).get("timeout")
            seconds = limits.read_seconds(given, request.header("prefer"), self._settings.query_seconds)
            response = await self._ask(request, question, accepted, (asker, seconds))
            if asked:
                file = file_name(question.stem, parse_options_header(response.header("content-type"))[0])
                response = response.plus(("content-disposition", responses.disposition(file)))
            return response
        except CommuniqueError as error:
            problem = problems.explain(error)
        except HTTPException as error:
            problem = problems.translate(error)
        asked = next((text for name, text in address if name == "format"), None)
        return self._refuse(*problem, problems.form_for(accept, asked))

    async def _read_question(
        self, request: Incoming, address: list[tuple[str, str]], form: list[tuple[str, str]], asker: Asker
    ) -> DirectQuestion | None:
        """Read what is asked; None for what is no query."""
        path, method = request.scope.path, request.scope.method
        if path == _SPARQL:
            content_type = request.header("content-type")
            if not _has_query([*address, *form], content_type):
                return None
            operation = read_operation(method, content_type, address, form, request.body)
            return None if is_federated(operation.text, self._settings) else _of_operation(operation)
        name = path.removeprefix(_QUERIES)
        if method == "POST" or "/" in name or name == path:
            return None
        question, given = find(name), questions.of_the_question(address)
        try:
            text = question.bind(given, _need_engine)
        except _NeedsEngine:
            text = await self._threads.call(asker, partial(question.bind, given, questions.FINDER.find))
        return _of_question(question, given, text)

    async def _ask(
        self, request: Incoming, question: DirectQuestion, accepted: AcceptedTypes, asking: tuple[Asker, float | None]
    ) -> Outgoing:
        """Ask the engine, and pass on what it wrote."""
        asker, seconds = asking
        is_volatile = responses.is_volatile(question.request.text)
        found = await ask(self._pool, accepted.request(question.request, seconds), asker)
        headers = {
            "content-type": get_content_type(accepted.media_type(found), "utf-8"),
            "communique-snapshot": found.snapshot,
            "cache-control": "no-store" if is_volatile else "no-cache",
        }
        try:
            if await self._explain(question, found, asker):
                headers[_HINTS] = responses.hints_link(question.hints, question.pairs)
        except BaseException:
            close(found.body)
            raise
        if request.scope.method != "POST" and not is_volatile:
            headers["etag"] = f'W/"{responses.entity_tag(found.snapshot, str(accepted), request.target)}"'
        return Outgoing(200, (*self._headers, *headers.items()), found.body)

    async def _explain(self, question: DirectQuestion, found: PoolAnswer, asker: Asker) -> Sequence[Hint]:
        """Find hints: here, if their text is enough, else in a thread."""
        is_empty = isinstance(found.body, bytes) and has_no_rows(found.media_type, found.body)
        try:
            return question.explain(_need_engine, is_empty)
        except _NeedsEngine:
            answered = asker.asked, asker.answer
            hints = await self._threads.call(asker, partial(question.explain, run, is_empty))
            asker.asked, asker.answer = answered
            return hints

    def _refuse(self, problem: problems.Problem, parts: dict[str, Any], form: str) -> Outgoing:
        """Write a problem."""
        status, written, body = problems.write(problem, parts, form if form != HTML else PROBLEM)
        return Outgoing(status, self._headers, body).plus(*lowered(written.items()))


def _read_form(request: Incoming) -> list[tuple[str, str]]:
    """Read the parameters of a posted form, of either kind; a file is as good as a field."""
    content_type = (request.header("content-type") or "").lower()
    if request.scope.method != "POST":
        return []
    if content_type.startswith(FORM):
        return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    if not content_type.startswith(MULTIPART):
        return []
    _, form, files = parse_form_data(request.environ() | {"wsgi.input": BytesIO(request.body)})
    return [*form.items(multi=True), *sparql.decode_files(files.items(multi=True))]


def _has_query(pairs: Pairs, content_type: str | None) -> bool:
    """Whether it is a query, and neither an update nor a question after the service."""
    names = {name for name, _ in pairs}
    return "update" not in names and ("query" in names or (content_type or "").lower().startswith(DIRECT))


def _of_operation(operation: Operation) -> DirectQuestion:
    def explain(run: Run, is_empty: bool) -> Sequence[Hint]:
        return sparql.hints_about(run, operation, is_empty)

    return DirectQuestion(operation.request(), _SPARQL, "answer", explain, "/hints", operation.pairs)


def _of_question(question: PackagedQuery, given: list[tuple[str, str]], text: str) -> DirectQuestion:
    def explain(run: Run, is_empty: bool) -> Sequence[Hint]:
        return questions.reasons_for(run, question, text, is_empty)

    hints = f"/queries/{question.name}/hints"
    return DirectQuestion(Request(text), "/queries/<name>", question.name, explain, hints, given)


def _need_engine(*_: Any) -> NoReturn:
    raise _NeedsEngine
