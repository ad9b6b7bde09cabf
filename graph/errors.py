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
├── QueryError
│   ├── UnknownQuery       no ready question of that name
│   ├── UnknownTerm        no class, property or concept of that name
│   ├── UnknownNode        a parameter names a node that is in no graph
│   ├── InvalidParameter   a parameter is unknown, missing, of the wrong type, or names several nodes
│   ├── QuerySyntaxError   the text is not SPARQL 1.1; knows line and column
│   ├── QueryRefused       the text asks for what is never done here (SERVICE, update, …)
│   ├── UnacceptableFormat the asker takes none of the formats that this form of query gives
│   ├── QueryTimeout       the time limit ended the query
│   └── QueryAborted       another limit (memory, nesting) ended the query
└── NetworkError           an unknown layer or measure, or a window that makes no sense

A message says what, where, what was found, what was expected and the next step.
The parts travel as attributes, so that an interface can lay them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from communique.graph.display import brief


class CommuniqueError(Exception):
    """Base of all failures that the product explains.

    Its parts quote files and questions of strangers. They are made fit to be shown here, once for every terminal, log
    and problem document: see ``display.brief``.

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
    """Data violates the shapes; ``report`` is the ``ValidationReport`` that says where and what to do."""

    def __init__(self, message: str, report: Any, **parts: Any) -> None:
        super().__init__(message, **parts)
        self.report = report


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


class QueryTimeout(QueryError):
    """The time limit ended the query; nothing of its answer is given."""


class QueryAborted(QueryError):
    """A limit other than time (memory, nesting) ended the query; nothing of its answer is given."""


class NetworkError(CommuniqueError):
    """A layer, measure, window or option that does not exist or makes no sense."""
