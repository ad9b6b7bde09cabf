"""DESTA: ninety-one columns → parties; accessions and withdrawals → steps of parties in the agreement they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.mapping.parties import Named, party_cells, party_rows, untied_values
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.terms.identifiers import entity, slug

# Codes of the table that are not of M49: the one that stands beside Albania, Serbia and others in agreements of Kosovo.
_OWN_CODES = {"900": entity("state/XKX")}
_PARTIES = range(1, 92)
_CHANGES = frozenset({"accession", "withdrawal"})
_AMENDMENTS = frozenset({"protocol or amendment", "consolidated"})
_NONE = frozenset({"", "NA"})


def rows_agreements(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield each agreement with its parties, and of these the steps that later rows say they took."""
    listed = list(rows)
    changes: dict[str, list[TableRow]] = defaultdict(list)
    for row in listed:
        if _kind(row) in _CHANGES:
            changes[row.cells["base_treaty"]].append(row)
    for row in _texts(row for row in listed if _kind(row) not in _CHANGES):
        yield from _agreement(row, changes.pop(row.cells["number"], []))
    cure = "add the agreement that it changes, or correct base_treaty"
    for row in (row for own in changes.values() for row in own):
        base, reason = row.cells["base_treaty"], "changes no agreement of the table"
        yield Rejected(row.file, row.number, "base_treaty", base, reason, cure)


def _texts(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Merge into an amendment its consolidated text: the row of the same base, name and year."""
    listed: dict[tuple[str, ...], list[TableRow]] = defaultdict(list)
    for row in rows:
        key = ("base_treaty", "name", "year") if _kind(row) in _AMENDMENTS else ("number",)
        listed[tuple(row.cells[name] for name in key)].append(row)
    for first, *others in (sorted(own, key=_kind, reverse=True) for own in listed.values()):
        yield replace(first, also=tuple(others))


def _agreement(row: TableRow, changes: Sequence[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield an agreement, its parties, and the steps of those that came or went later."""
    agreement = _name(row.cells["number"])
    cells = {"agreement": agreement, "base": _name(row.cells["base_treaty"]) if _kind(row) in _AMENDMENTS else ""}
    listed = row.cells["wto_name"]
    yield row.with_cells(**cells, wto_name="" if listed == row.cells["name"] else listed)
    parties, moves = _named(row), _moves(changes)
    yield from party_rows(replace(row, also=()), agreement, parties, _shared(row), others=moves)
    for node, own in moves.items():
        yield from _steps(row, agreement, node, own, was_party=any(party.found == node for party in parties))
    for each in (row, *changes):
        yield from untied_values(each, "c1 to c91", _named(each))


@dataclass(frozen=True, slots=True)
class _Move:
    """That a party joined or left by a row of the table."""

    row: TableRow
    joins: bool

    @property
    def year(self) -> str:
        """The year of the row; empty when it has none."""
        return _known(self.row.cells["year"])


def _moves(changes: Sequence[TableRow]) -> dict[NamedNode, list[_Move]]:
    """Collect who joined and who left, in the order of years."""
    moves: dict[NamedNode, list[_Move]] = defaultdict(list)
    for row in sorted(changes, key=lambda each: (_known(each.cells["year"]), each.number)):
        for node in _movers(row):
            moves[node].append(_Move(row, _kind(row) == "accession"))
    return moves


def _movers(row: TableRow) -> list[NamedNode]:
    """List those whom a row is about: marked by 1, or of an accession where nobody is, by 2."""
    marked = _parties(row)
    marks = {mark for mark, _ in marked}
    wanted = "1" if "1" in marks or _kind(row) == "withdrawal" else "2"
    return [named.found for mark, named in marked if mark == wanted and named.found is not None]


def _steps(
    row: TableRow, agreement: str, node: NamedNode, moves: Sequence[_Move], *, was_party: bool
) -> Iterator[TableRow]:
    """Yield the times of a party that joined or left; each rests on the rows that begin and end it."""
    begin: TableRow | None = row if was_party and not moves[0].joins else None
    joined, count = "", 0
    for move in moves:
        if move.joins:
            begin, joined = move.row, move.year
            continue
        yield _time(begin or row, agreement, node, joined, move, count)
        begin, count = None, count + 1
    if begin is not None:
        yield _time(begin, agreement, node, joined, None, count)


def _time(begin: TableRow, agreement: str, node: NamedNode, joined: str, left: _Move | None, count: int) -> TableRow:
    """Return one time of a party, from the row that begins it to the one that ends it."""
    stage = "withdrew" if left else "acceded"
    cells = {"of": agreement, "party_standing": "occurred", "stage": stage, "signed": joined}
    cells["bound"] = _known(begin.cells["entryforceyear"]) if _kind(begin) == "accession" else ""
    cells["left"] = left.year if left else ""
    cells |= party_cells(node, agreement, joined if count else "")
    return replace(begin, cells=cells, also=(left.row,) if left and left.row is not begin else ())


def _named(row: TableRow) -> list[Named]:
    return [named for _, named in _parties(row)]


def _parties(row: TableRow) -> list[tuple[str, Named]]:
    """Read the parties of a row, each with its mark."""
    year = row.cells["year"]
    days = (date(int(year), 12, 31), date(int(year), 1, 1)) if year.isdigit() else (None,)
    codes = [(row.cells[f"mc{number}"], row.cells[f"c{number}"]) for number in _PARTIES]
    return [(mark, Named(f"M49 {code}", _state(code, days))) for mark, code in codes if code not in _NONE]


def _state(code: str, days: Sequence[date | None]) -> NamedNode | None:
    """Find a state by its code, at the end of a year or at its beginning."""
    if code in _OWN_CODES:
        return _OWN_CODES[code]
    return next((node for day in days if (node := states.by_code("m49", code, on=day))), None)


def _shared(row: TableRow) -> dict[str, str]:
    """Return what holds for all parties of an agreement that neither came later nor left."""
    if _kind(row) == "negotiation":
        return {"party_standing": "planned"}
    return {"party_standing": "occurred", "stage": "in-force" if _known(row.cells["entryforceyear"]) else "signed"}


def _kind(row: TableRow) -> str:
    return row.cells["entry_type"]


def _known(text: str) -> str:
    return "" if text in _NONE else text


def _name(number: str) -> str:
    return f"agreement/desta-{slug(number)}"


ADAPTER = Adapter({"agreements": TableAdapter(rows=rows_agreements)})
