"""The account of an edition: every row that was read is mapped or rejected, and told of once."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from communique.graph.errors import MappingError
from communique.graph.sources.rows import CELL_MARK, Account, Rejected, Row

# The number of a row takes the lower bits of a place, that of its file the upper ones.
_SHIFT = 40
_READ, _MAPPED, _REJECTED = 1, 2, 3


class Ledger:
    """Keeps the state of each row: one byte, by file and number."""

    def __init__(self, tell: Callable[[Rejected], object]) -> None:
        """``tell`` hears of each rejected row and of each value that was left out."""
        self._tell = tell
        self._states: dict[str, bytearray] = {}
        self.left_out = 0
        self.reasons: Counter[str] = Counter()

    def read(self, rows: Iterable[Row | Rejected]) -> Iterator[Row | Rejected]:
        """Note rows as they come from a file."""
        for row in rows:
            self._set(row.file, row.number, _READ)
            yield row

    def map(self, row: Row) -> None:
        """Note that a row, and those merged into it, gave facts."""
        for each in (row, *row.also):
            self._set(each.file, each.number, _MAPPED)

    def reject(self, rejected: Rejected, merged: Iterable[Row] = ()) -> None:
        """Note a row that gives none, with those merged into it, or a value that was left out of a row.

        Each row is told of; one that gave facts elsewhere stays mapped. All count under the one reason.
        """
        for each in (rejected, *(_follow(rejected, row) for row in merged)):
            self._tell(each)
            self.reasons[rejected.reason] += 1
            self._note(each)

    def _note(self, rejected: Rejected) -> None:
        """Note the state of a row that gives no facts, or a value that is left out."""
        if not rejected.is_row:
            self.left_out += 1
        elif self._states[rejected.file][rejected.number] == _READ:
            self._states[rejected.file][rejected.number] = _REJECTED

    def close(self) -> Account:
        """Sum up; MappingError when a row that was read is neither mapped nor rejected."""
        counts: Counter[int] = Counter()
        for file, states in self._states.items():
            counts.update(states)
            if (lost := states.find(_READ)) >= 0:
                message = (
                    f"{file} row {lost} was read, but neither mapped nor rejected ({states.count(_READ)} such rows)"
                )
                raise MappingError(message, hint="let the adapter yield a Rejected for every row that it drops")
        mapped, rejected = counts[_MAPPED], counts[_REJECTED]
        return Account(mapped + rejected, mapped, rejected, self.left_out, reasons=dict(self.reasons))

    def _set(self, file: str, number: int, state: int) -> None:
        """Note the state of a row."""
        states = self._states.setdefault(file, bytearray())
        if number >= len(states):
            states.extend(bytes(max(number + 1 - len(states), len(states))))
        states[number] = state


def _follow(rejected: Rejected, row: Row) -> Rejected:
    """Tell of a row that goes with the one into which it was merged; an adapter may have kept no cells of it."""
    value = row.cells.get(rejected.column, rejected.value)
    goes = "" if value == rejected.value else f"goes with row {rejected.number}, which is rejected: "
    return replace(rejected, file=row.file, number=row.number, value=value, reason=goes + rejected.reason)


def unrepeated(rows: Iterable[Row | Rejected]) -> Iterator[Row | Rejected]:
    """Reject rows whose cells are all those of an earlier row; some 30 to 60 bytes are kept of each."""
    seen, files = _Seen(), [""]
    for row in rows:
        if isinstance(row, Row):
            if row.file != files[-1]:
                files.append(row.file)
            place = (len(files) - 1) << _SHIFT | row.number
            if (first := seen.note(row.passage, place)) != place:
                file, number = files[first >> _SHIFT], first & ((1 << _SHIFT) - 1)
                where = f"row {number}" + (f" of {file}" if file != row.file else "")
                cure = "nothing, if it is a slip; say repeats: keep if rows may be alike"
                yield Rejected(row.file, row.number, "", "", f"repeats {where}", cure)
                continue
        yield row


class _Seen:
    """Where each passage stood first: a hash table in two arrays, since a dictionary takes five times the memory.

    Passages are told apart by 64 bits of BLAKE2: among ten million rows two different ones meet with a probability
    below 10^-5.
    """

    def __init__(self) -> None:
        self._marks, self._places, self._count = array("Q", bytes(8 * 1024)), array("Q", bytes(8 * 1024)), 0

    def note(self, passage: tuple[str, ...], place: int) -> int:
        """Give the place at which a passage stood first; ``place``, above 0, if it is new."""
        text = CELL_MARK.join(passage).encode("utf-8", "surrogateescape")
        mark = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        slot = self._find(mark)
        if not self._places[slot]:
            self._marks[slot], self._places[slot] = mark, place
            self._count += 1
            if self._count * 2 > len(self._marks):
                self._grow()
            return place
        return self._places[slot]

    def _find(self, mark: int) -> int:
        """Find the slot of a mark, or the free one where it belongs."""
        marks, places, most = self._marks, self._places, len(self._marks) - 1
        slot = mark & most
        while places[slot] and marks[slot] != mark:
            slot = (slot + 1) & most
        return slot

    def _grow(self) -> None:
        """Double the room."""
        marks, places = self._marks, self._places
        self._marks, self._places = (array("Q", bytes(16 * len(marks))) for _ in range(2))
        for mark, place in zip(marks, places, strict=True):
            if place:
                slot = self._find(mark)
                self._marks[slot], self._places[slot] = mark, place
