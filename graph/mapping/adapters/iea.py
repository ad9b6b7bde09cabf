"""IEADB: codes and placeholders → what they say; days of a country → its steps, each return an agreement party."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from communique.graph.mapping.parties import Counted, Named, name_party, party_cells, summary_cells, untied_values
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow

_ID = "IEA# (click for add'l info)"
_NO_DATE, _NO_YEAR = "0000-00-00", "2699"
_COUNTED = {"B": Counted(2, 2), "M": Counted(3), "O": Counted(2)}
# Signature, ratification, entry into force; then leaving and coming back, as often as the table has columns.
_STEPS = ("csig", "crat", "ceif3")
_RETURNS = (("ceif3", "ceif4"), ("ceif5", "ceif6"), ("ceif7", ""))
_OWN_NAMES = {"Palestine, Occupied Territories": "State of Palestine"}
_IDLE = "no step: the table lists who may join, and knows nothing of this country"


def rows_treaties(rows: Iterable[TableRow], members: Iterable[TableRow]) -> Iterator[TableRow]:
    """Add to each agreement its codes, its date as far as it is known, and how many of its parties are named."""
    parties: dict[str, set[Named]] = defaultdict(set)
    for member in members:
        if _has_step(member):
            parties[_id(member)].add(_party(member))
    for row in rows:
        code, agreement = row.cells["Inclusion"], f"agreement/iea-{row.cells[_ID]}"
        found = parties[row.cells[_ID]]
        tied = sum(party.found is not None for party in found)
        cells = {"agreement": agreement, **dict(zip(("sides", "subject", "force_of_law"), code, strict=False))}
        yield row.with_cells(**cells, **_dated(row))
        summary = summary_cells(agreement, tied, len(found) - tied, _COUNTED.get(code[:1], Counted()))
        if summary and ("counted" in summary or code.startswith("B")):
            yield replace(row, cells=summary)


def rows_members(rows: Iterable[TableRow], treaties: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield the steps that each country took towards an agreement; a row without any is no party."""
    standings = {row.cells[_ID]: _dated(row)["standing"] for row in treaties}
    ended: set[str] = set()
    for row in rows:
        number = _id(row)
        agreement, is_first = f"agreement/iea-{number}", number not in ended and bool(row.cells["tterm"])
        if is_first:
            ended.add(number)
            yield replace(row, cells={"ended": agreement, "end": row.cells["tterm"]})
        if not _has_step(row):
            yield from () if is_first else (Rejected(row.file, row.number, "csig", "", _IDLE, "nothing"),)
            continue
        party = _party(row)
        shared = {"of": agreement, "party_standing": standings.get(number, "unknown")}
        if party.found:
            yield from _times(row, agreement, party, shared)
        else:
            yield replace(row, cells={"untied": agreement, "party_text": party.text})
            yield from untied_values(row, "country", [party])


def _times(row: TableRow, agreement: str, party: Named, shared: Mapping[str, str]) -> Iterator[TableRow]:
    """Yield the times of a party: the first with signature and ratification, each with entry into force and end."""
    assert party.found is not None
    days = {name: _day(row.cells[name]) for name in (*_STEPS, "ceif4", "ceif5", "ceif6", "ceif7", "tterm")}
    for number, (bound, left) in enumerate(_RETURNS):
        if number and not days[bound]:
            break
        came, gone = days[bound], days.get(left, "")
        signed, ratified = (days["csig"], days["crat"]) if not number else ("", "")
        cells = {**shared, "signed": signed, "ratified": ratified, "bound": came, "left": gone or days["tterm"]}
        cells["stage"] = _stage(cells, gone)
        yield replace(row, cells=cells | party_cells(party.found, agreement, came[:4] if number else ""))


def _stage(cells: Mapping[str, str], gone: str) -> str:
    if gone:
        return "withdrew"
    steps = {"left": "ended", "bound": "in-force", "ratified": "ratified", "signed": "signed"}
    return next((stage for key, stage in steps.items() if cells[key]), "concluded")


def _dated(row: TableRow) -> dict[str, str]:
    """Return date and standing of an agreement; without a day its year stands, and without either nothing is known."""
    year, day = row.cells["Signature Year"], row.cells["Signature Date"]
    known = "" if year == _NO_YEAR else year
    if day == _NO_DATE or day.startswith(_NO_YEAR):
        return {"signed": known, "standing": "occurred" if known else "unknown"}
    doubt = "" if day.startswith(year) else f"Signature Year is {year}, Signature Date {day}"
    return {"signed": day, "standing": "occurred", "doubt": doubt}


def _has_step(row: TableRow) -> bool:
    """Return whether a country took a step, be its day known or a placeholder."""
    return any(row.cells[name] for name in _STEPS)


def _party(row: TableRow) -> Named:
    """Tie the country of a row; the table has the countries of today."""
    name = row.cells["country"]
    return name_party(_OWN_NAMES.get(name, name))


def _id(row: TableRow) -> str:
    """Return the number of the agreement of a row; spreadsheets write it with a point."""
    return row.cells["mitch_id"].partition(".")[0]


def _day(text: str) -> str:
    """Return a day as ISO; empty for a placeholder."""
    return text[:10] if text[:4].isdigit() and int(text[:4]) < 2100 else ""


ADAPTER = Adapter(
    {
        "treaties": TableAdapter(rows=rows_treaties, joins=("members",)),
        "members": TableAdapter(rows=rows_members, joins=("treaties",)),
    }
)
