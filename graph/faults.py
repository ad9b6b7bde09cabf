"""Faults of one input as they are found: a reader goes on after the first, so that one run tells them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from communique.graph.errors import SourceError, SourceErrors

# So many faults of one input are told; the others are counted.
TOLD = 20

T = TypeVar("T")
Other = TypeVar("Other")


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
        return SourceErrors(message, told, path=path, expected=first.expected, hint="mend them all and try again")

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
