"""Faults of one input as they are found: a reader goes on after the first, so that one run tells them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from communique.graph.errors import SourceError, SourceErrors

# So many faults of one input are told; the others are counted.
TOLD = 20


class Faults:
    """The faults found so far: ``count`` of all, of which the first ``TOLD`` are kept in ``told``."""

    def __init__(self) -> None:
        self.told: list[SourceError] = []
        self.count = 0

    def add(self, error: SourceError) -> None:
        """Add a fault, or the several that an error stands for."""
        for fault in error.faults:
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

    def check(self, path: str) -> None:
        """Raise what was found: nothing, the one fault itself, or a ``SourceErrors`` for several."""
        if self.count == 1:
            raise self.told[0]
        if self.count:
            some = f", of which the first {len(self.told)} are told" if self.count > len(self.told) else ""
            raise SourceErrors(f"{self.count:,} faults{some}", self.told, path=path, hint="mend them and try again")
