"""The account of an edition: every row that was read is mapped or rejected, and told of once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from communique.graph.errors import MappingError
from communique.graph.mapping.tables.rows import CELL_MARK, Account, Rejected, Row

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

    def reject(self, rejected: Rejected) -> None:
        """Note a row that gives none, or a value that was left out of one; a row that gave facts stays mapped."""
        self._tell(rejected)
        self.reasons[rejected.reason] += 1
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


def unrepeated(rows: Iterable[Row | Rejected]) -> Iterator[Row | Rejected]:
    """Reject rows whose cells are all those of an earlier row; 16 bytes are kept of each."""
    seen: dict[bytes, tuple[str, int]] = {}
    for row in rows:
        if isinstance(row, Row):
            mark = hashlib.blake2b(
                CELL_MARK.join(row.passage).encode("utf-8", "surrogateescape"), digest_size=12
            ).digest()
            file, number = seen.setdefault(mark, (row.file, row.number))
            if (file, number) != (row.file, row.number):
                where = f"row {number}" + (f" of {file}" if file != row.file else "")
                cure = "nothing, if it is a slip; say repeats: keep if rows may be alike"
                yield Rejected(row.file, row.number, "", "", f"repeats {where}", cure)
                continue
        yield row
