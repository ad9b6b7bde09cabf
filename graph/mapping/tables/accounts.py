"""The account of an edition: every row that was read is mapped or rejected, and each that was rejected is reported."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from communique.graph.errors import MappingError
from communique.graph.sources.rows import CELL_SEPARATOR, Rejected, RowCounts, TableRow

# The number of a row takes the lower bits of a place, that of its file the upper ones.
_SHIFT = 40
_READ, _MAPPED, _REJECTED = 1, 2, 3


class RowAccount:
    """Keeps the state of each row, one byte by file and number, until the account is closed."""

    def __init__(self, report: Callable[[Rejected], object]) -> None:
        """``report`` takes each rejected row and each value that was left out."""
        self._report = report
        self._states: dict[str, bytearray] = {}
        self.left_out = 0
        self.reasons: Counter[str] = Counter()

    def read(self, rows: Iterable[TableRow | Rejected]) -> Iterator[TableRow | Rejected]:
        """Count rows as they come from a file."""
        for row in rows:
            self._set(row.file, row.number, _READ)
            yield row

    def map(self, row: TableRow) -> None:
        """Count a row, and those merged into it, as mapped."""
        for each in (row, *row.also):
            self._set(each.file, each.number, _MAPPED)

    def reject(self, rejected: Rejected, merged: Iterable[TableRow] = ()) -> None:
        """Count a row as rejected, with those merged into it, or a value as left out of its row.

        Each row is reported; one that was mapped elsewhere stays mapped. All count under the one reason.
        """
        for each in (rejected, *(_rejected_with(rejected, row) for row in merged)):
            self._report(each)
            self.reasons[rejected.reason] += 1
            if not each.is_row:
                self.left_out += 1
            elif self._states[each.file][each.number] == _READ:
                self._states[each.file][each.number] = _REJECTED

    def close(self) -> RowCounts:
        """Sum up; MappingError when a row that was read is neither mapped nor rejected."""
        counts: Counter[int] = Counter()
        for file, states in self._states.items():
            counts.update(states)
            if (lost := states.find(_READ)) >= 0:
                rows = f"({states.count(_READ)} such rows)"
                message = f"{file} row {lost} was read, but neither mapped nor rejected {rows}"
                raise MappingError(message, hint="let the adapter yield a Rejected for every row that it drops")
        mapped, rejected = counts[_MAPPED], counts[_REJECTED]
        return RowCounts(mapped + rejected, mapped, rejected, self.left_out, reasons=dict(self.reasons))

    def _set(self, file: str, number: int, state: int) -> None:
        states = self._states.setdefault(file, bytearray())
        if number >= len(states):
            states.extend(bytes(max(number + 1 - len(states), len(states))))
        states[number] = state


def _rejected_with(rejected: Rejected, row: TableRow) -> Rejected:
    """Reject a row that was merged into a rejected one; an adapter may have kept no cells of it."""
    value = row.cells.get(rejected.column, rejected.value)
    goes = "" if value == rejected.value else f"goes with row {rejected.number}, which is rejected: "
    return replace(rejected, file=row.file, number=row.number, value=value, reason=goes + rejected.reason)


def without_repeats(rows: Iterable[TableRow | Rejected]) -> Iterator[TableRow | Rejected]:
    """Reject rows whose cells are all those of an earlier row; some 30 to 60 bytes are kept of each."""
    seen, files = _Passages(), [""]
    for row in rows:
        if isinstance(row, TableRow):
            if row.file != files[-1]:
                files.append(row.file)
            place = (len(files) - 1) << _SHIFT | row.number
            if (first := seen.add(row.passage, place)) != place:
                file, number = files[first >> _SHIFT], first & ((1 << _SHIFT) - 1)
                where = f"row {number}" + (f" of {file}" if file != row.file else "")
                cure = "nothing, if it is a slip; say repeats: keep if rows may be alike"
                yield Rejected(row.file, row.number, "", "", f"repeats {where}", cure)
                continue
        yield row


class _Passages:
    """Where each passage stood first: a hash table in two arrays, since a dictionary takes five times the memory.

    Passages are compared by 64 bits of BLAKE2: among ten million rows two different ones have the same digest with a
    probability below 10^-5.
    """

    def __init__(self) -> None:
        self._digests, self._places, self._count = array("Q", bytes(8 * 1024)), array("Q", bytes(8 * 1024)), 0

    def add(self, passage: tuple[str, ...], place: int) -> int:
        """Return the place at which a passage stood first; ``place``, above 0, if it is new."""
        text = CELL_SEPARATOR.join(passage).encode("utf-8", "surrogateescape")
        digest = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        slot = self._slot(digest)
        if not self._places[slot]:
            self._digests[slot], self._places[slot] = digest, place
            self._count += 1
            if self._count * 2 > len(self._digests):
                self._grow()
            return place
        return self._places[slot]

    def _slot(self, digest: int) -> int:
        """Find the slot of a digest, or the free one where it belongs."""
        digests, places, most = self._digests, self._places, len(self._digests) - 1
        slot = digest & most
        while places[slot] and digests[slot] != digest:
            slot = (slot + 1) & most
        return slot

    def _grow(self) -> None:
        digests, places = self._digests, self._places
        self._digests, self._places = (array("Q", bytes(16 * len(digests))) for _ in range(2))
        for digest, place in zip(digests, places, strict=True):
            if place:
                slot = self._slot(digest)
                self._digests[slot], self._places[slot] = digest, place
