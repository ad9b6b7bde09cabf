"""Every failure the product can name.

CommuniqueError
├── SourceError            a file cannot be read or parsed
│   ├── SourceErrors       several files cannot, or one has several faults
│   ├── SourceLimit        a file needs more time, memory or depth than a reader is given
│   └── MappingError       a row or authored node cannot become quads
├── ConformanceError       data violates the shapes; carries the report
├── LinkingError           a pair, judgement or mapping that makes no sense
├── ShapesError            the validator or its shapes failed (not the data)
│   └── NotCompiled        well-formed shapes of which no query can be made; another engine may judge them
├── StoreError             the store cannot be opened, written or published
│   └── StoreLocked        another writer holds it
├── EngineError            the query engine cannot start or cannot be reached
│   ├── EngineBusy         more is asked than it can answer now
│   └── QuerySecondsSpent  a caller has used the time that it has; knows when to ask again
├── AccessError            somebody may not do what a request asks for
│   ├── NotAuthenticated   there is no token, or none that is known
│   └── NotPermitted       nobody may, or not with this token
├── ChangeError            a change that was asked for over HTTP did not come about
│   ├── StaleVersion       the data in force is not the version that the request expects
│   ├── UnknownGraph       there is no graph of that name
│   ├── UnknownJob         there is no job of that name
│   ├── ChangeAborted      a limit, or somebody, ended the process of the change
│   └── QueueFull          too many changes wait already
├── QueryError
│   ├── UnknownQuery       no ready question of that name
│   ├── UnknownTerm        no class, property or concept of that name
│   ├── UnknownNode        a parameter names a node that is in no graph
│   ├── InvalidParameter   a parameter is unknown, missing, of the wrong type, or names several nodes
│   ├── QuerySyntaxError   the text is not SPARQL 1.1; knows line and column
│   ├── QueryRefused       the text asks for what is never done here (SERVICE, update, …)
│   ├── UnacceptableFormat the asker takes none of the formats that this form of query gives
│   ├── ServiceFailed      an endpoint that SERVICE asks does not answer, or not with solutions
│   ├── QueryTimeout       the time limit ended the query
│   └── QueryAborted       another limit (memory, nesting) ended the query
└── NetworkError           an unknown layer or measure, or a window that makes no sense

A message says what, where, what was found, what was expected and the next step.
The parts travel as attributes, so that an interface can lay them out. ``Faults`` collects those of one input, so that
one run lists them all; ``legible``, ``one_line`` and ``brief`` make the text of strangers fit to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

# A message that quotes more than this is cut; so is a word in it, such as an IRI.
LONGEST, LONGEST_WORD = 4_000, 300

# What moves a cursor, rings, recolours, breaks a line or turns the direction of writing, and halves of characters,
# which no encoding can write: Cc of Unicode, its line separators, the embeddings and isolates of UAX #9.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")

# So many faults of one input are listed; the others are counted.
TOLD = 20

T = TypeVar("T")
Other = TypeVar("Other")


class CommuniqueError(Exception):
    """Base of all failures that the product explains.

    Its parts quote files and questions of strangers. They are made fit to be shown here, once for every terminal, log
    and problem document: see ``brief``.

    Parameters
    ----------
    message : what happened, where, and what was found
    expected : what would have been right, when that can be said
    hint : the next step for the person who reads it
    """

    def __init__(self, message: str, *, expected: str | None = None, hint: str | None = None) -> None:
        self.message = brief(message)
        self.expected = expected and brief(expected)
        self.hint = hint and brief(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        """Join the parts into the sentences shown on a terminal."""
        parts = [self.message]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.hint:
            parts.append(f"next: {self.hint}")
        return "; ".join(parts)


class SourceError(CommuniqueError):
    """A file cannot be read or parsed; ``line`` and ``column`` are 1-based, None when unknown.

    ``found`` is the message without its place.
    """

    def __init__(
        self, message: str, *, path: str | None = None, line: int | None = None, column: int | None = None, **parts: Any
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message, **parts)
        self.path, self.line, self.column = path, line, column
        self.found = brief(message)

    @property
    def faults(self) -> tuple[SourceError, ...]:
        """The single faults, each with its place: itself, unless it stands for several."""
        return (self,)


class SourceErrors(SourceError):
    """Several faults, of one file or of several; ``faults`` are told one by one, though perhaps not all of them."""

    def __init__(self, message: str, faults: Sequence[SourceError], **parts: Any) -> None:
        super().__init__(message, **parts)
        self._faults = tuple(each for fault in faults for each in fault.faults)

    @property
    def faults(self) -> tuple[SourceError, ...]:
        """The single faults."""
        return self._faults


class SourceLimit(SourceError):
    """Reading a file took more than a limit allows, or broke the parser; whether the file is right is not known."""


class MappingError(SourceError):
    """A row or an authored node cannot become quads."""


class ConformanceError(CommuniqueError):
    """Data violates the shapes; ``judged`` has the graph and the ``report`` that says where and what to do."""

    def __init__(self, message: str, judged: Any, **parts: Any) -> None:
        super().__init__(message, **parts)
        self.judged = judged


class LinkingError(CommuniqueError):
    """A pair, a judgement or a mapping of nodes that makes no sense."""


class ShapesError(CommuniqueError):
    """The shapes or their processor failed: this says nothing about the data (SHACL 1.0, section 3.4.2)."""


class NotCompiled(ShapesError):
    """Well-formed shapes of which no query can be made; ``reason`` names the construct for a report."""

    def __init__(self, message: str, *, reason: str, **parts: Any) -> None:
        super().__init__(message, **parts)
        self.reason = reason


class StoreError(CommuniqueError):
    """The store cannot be opened, written or published."""


class StoreLocked(StoreError):
    """Another writer holds the store."""


class EngineError(CommuniqueError):
    """The query engine cannot start or cannot be reached."""


class EngineBusy(EngineError):
    """More is asked than the engine can answer now; nothing is wrong with the question."""


class QuerySecondsSpent(EngineError):
    """A caller has used the engine for as long as it may; ``retry`` says in how many seconds it may ask again."""

    def __init__(self, message: str, *, retry: int, **parts: Any) -> None:
        super().__init__(message, **parts)
        self.retry = retry


class AccessError(CommuniqueError):
    """Somebody may not do what a request asks for."""


class NotAuthenticated(AccessError):
    """A request has no token, or one that is not known."""


class NotPermitted(AccessError):
    """What a request asks for is allowed to nobody, or not with its token."""


class ChangeError(CommuniqueError):
    """A change that was asked for over HTTP did not come about."""


class StaleVersion(ChangeError):
    """The data in force is not the version that the request expects."""


class UnknownGraph(ChangeError):
    """There is no graph of this name."""


class UnknownJob(ChangeError):
    """There is no job of this name, or no longer."""


class ChangeAborted(ChangeError):
    """A limit, or somebody, ended the process of a change."""


class QueueFull(ChangeError):
    """Too many changes wait already."""


class QueryError(CommuniqueError):
    """A query cannot be answered."""


class UnknownQuery(QueryError):
    """No ready question has this name."""


class UnknownTerm(QueryError):
    """No class, property or concept has this name."""


class UnknownNode(QueryError):
    """A parameter names a node that is in no graph."""


class InvalidParameter(QueryError):
    """A parameter is unknown, missing, of the wrong type, or names several nodes."""


class QuerySyntaxError(QueryError):
    """The text is not SPARQL 1.1; ``line`` and ``column`` are 1-based, None when the parser does not say."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None, **parts: Any) -> None:
        super().__init__(message, **parts)
        self.line, self.column = line, column


class QueryRefused(QueryError):
    """The text asks for something this endpoint never does."""


class UnacceptableFormat(QueryError):
    """The asker takes none of the formats in which this form of query is answered."""


class ServiceFailed(QueryError):
    """An endpoint that a query asks by SERVICE does not answer, or not with solutions."""


class QueryTimeout(QueryError):
    """The time limit ended the query; nothing of its answer is given."""


class QueryAborted(QueryError):
    """A limit other than time (memory, nesting) ended the query; nothing of its answer is given."""


class NetworkError(CommuniqueError):
    """A layer, measure, window or option that does not exist or makes no sense."""


class NetworkAborted(NetworkError):
    """A limit of time or memory ended the drawing of a network, or its process was ended; nothing of it is given."""


class Faults:
    """The faults found so far: ``count`` of all, of which the first ``TOLD`` are kept in ``told``."""

    def __init__(self) -> None:
        self.told: list[SourceError] = []
        self.count = 0

    def add(self, error: SourceError) -> None:
        """Add a fault, or the several that an error stands for; not one that is told already, as by heirs."""
        for fault in error.faults:
            if str(fault) in map(str, self.told):
                continue
            self.count += 1
            if len(self.told) < TOLD:
                self.told.append(fault)

    def join(self, others: Faults) -> None:
        """Add the faults that were found elsewhere, those that are only counted too."""
        self.told = (self.told + others.told)[:TOLD]
        self.count += others.count

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Add what the block raises, and go on after it."""
        try:
            yield
        except SourceError as error:
            self.add(error)

    def take(self, read: Callable[[], T], otherwise: Other) -> T | Other:
        """Give what ``read`` gives, or ``otherwise`` when it finds a fault."""
        with self.gathered():
            return read()
        return otherwise  # type: ignore[unreachable]

    def error(self, path: str) -> SourceError | None:
        """Make one error of what was found: the one fault itself, or a ``SourceErrors`` of several, in their order."""
        if self.count < 2:
            return self.told[0] if self.told else None
        some = f", of which {len(self.told)} are told" if self.count > len(self.told) else ""
        told = sorted(self.told, key=lambda fault: (fault.line or 0, fault.column or 0))
        first, place = told[0], f" on line {told[0].line}" if told[0].line else ""
        message = f"{self.count:,} faults{some}; the first{place}: {first.found}"
        return SourceErrors(message, told, path=path, expected=first.expected, hint="correct them all and try again")

    def check(self, path: str) -> None:
        """Raise what was found, if anything."""
        if found := self.error(path):
            raise found


class _AtOnce(Faults):
    """Faults of which the first ends the reading."""

    def add(self, error: SourceError) -> None:
        """Raise it."""
        raise error


AT_ONCE = _AtOnce()


def legible(text: str) -> str:
    r"""Show what cannot be seen, or acts on a terminal, as ``\u001b``; line ends and tabulators stay.

    Applied twice it changes nothing more.
    """
    return _INVISIBLE.sub(lambda found: found[0] if found[0] in "\n\t" else f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Do as ``legible``, and show line ends and tabulators as escapes too, so that nobody can forge a line of a log."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def brief(text: str) -> str:
    """Make a message legible and cut what is too long for one, saying how long it was."""
    if len(text) > LONGEST_WORD:
        text = _WORD.sub(lambda word: _cut(word[0], LONGEST_WORD * 2 // 3), text)
    # Some room is left for the note, so that a message that was cut is not cut again.
    return legible(text if len(text) <= LONGEST else _cut(text, LONGEST - 100))


def _cut(text: str, length: int) -> str:
    return f"{text[:length]}… ({len(text):,} characters)"
