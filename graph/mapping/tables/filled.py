"""The cells of one column, read with what the mapping says of all of them: missing texts, several values, a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from communique.graph.mapping.tables.cells import CellError, Reader, Setting, Value
from communique.graph.mapping.tables.columns import Column
from communique.graph.sources.rows import LIST_MARK

_REMEMBERED = 20_000


class Cells:
    """Reads the cells of one column, remembering those that were read."""

    def __init__(self, column: Column, read: Reader, missing: frozenset[str]) -> None:
        self._reader, self._pattern = read, column.pattern
        self._missing = missing | column.missing
        self._zeros = _numbers(self._missing) if column.kind in ("integer", "decimal") else frozenset()
        self._memory: dict[tuple[str, tuple[Setting, ...]], tuple[Value, ...]] = {}
        self._marks = re.compile("|".join(map(re.escape, _marks(column)))) if column.split else None

    def read(self, text: str, settings: tuple[Setting, ...]) -> tuple[Value, ...]:
        """Read a cell: no value, one, or several; CellError when it cannot be read."""
        known = self._memory.get((text, settings))
        if known is None:
            known = tuple(self._values(text, settings))
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[text, settings] = known
        return known

    def _values(self, text: str, settings: tuple[Setting, ...]) -> Iterator[Value]:
        """Read the parts of a cell, each once."""
        if self._is_missing(text.strip()):
            return
        seen = set()
        for part in self._marks.split(text) if self._marks else (text,):
            plain = part.strip()
            if self._is_missing(plain) or plain in seen:
                continue
            seen.add(plain)
            if self._pattern and not self._pattern.fullmatch(plain):
                cure = "correct the cell, or the pattern: of the mapping"
                raise CellError(f"not of the form {self._pattern.pattern}", cure)
            yield self._settled(plain, settings)

    def _is_missing(self, text: str) -> bool:
        """Tell whether a text means that there is no value; numbers are compared as numbers."""
        return text in self._missing or bool(self._zeros and _numbers((text,)) & self._zeros)

    def _settled(self, text: str, settings: tuple[Setting, ...]) -> Value:
        """Read a text by each setting; the first that gives a value counts."""
        for setting in settings[:-1]:
            try:
                return self._reader(text, setting)
            except CellError:
                continue
        return self._reader(text, settings[-1])


def _numbers(texts: Iterable[str]) -> frozenset[Decimal]:
    """Read those texts that are numbers."""
    found = set()
    for text in texts:
        with suppress(InvalidOperation):
            if (number := Decimal(text)).is_finite():
                found.add(number)
    return frozenset(found)


def _marks(column: Column) -> Sequence[str]:
    """List what stands between the values of a cell, longest first."""
    return sorted((LIST_MARK if each == "list" else each for each in column.split), key=len, reverse=True)
