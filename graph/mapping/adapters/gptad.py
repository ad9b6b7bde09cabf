"""GPTAD: a cell of members, groups and brackets → parties; names of agreements → identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from communique.graph.mapping.parties import Named, name_party, party_rows, untied_values
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.mapping.tables.cells import make_step
from communique.graph.sources.rows import Rejected, TableRow

# Names as the table misspells or shortens them, and what they can only mean in it.
_SPELLINGS = {
    "antigua": "Antigua and Barbuda",
    "buglaria": "Bulgaria",
    "centrafricaine": "Central African Republic",
    "gabonaise": "Gabon",
    "irelande": "Ireland",
    "jordon": "Jordan",
    "korea": "South Korea",
    "kyrgyz": "Kyrgyzstan",
    "lichtenstein": "Liechtenstein",
    "luxembourt": "Luxembourg",
}
_YEAR = re.compile(r"\d\d/\d\d/(\d{4})")


def rows_agreements(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Yield each agreement and its parties, whose stage is that of the agreement."""
    listed = list(rows)
    steps = [make_step(" ".join(row.cells["Common.Name"].split())) for row in listed]
    counts = Counter(steps)
    for row, step in zip(listed, steps, strict=True):
        agreement = f"agreement/gptad-{step}" + (f"-{row.digest[:8]}" if counts[step] > 1 else "")
        yield row.with_cells(agreement=agreement)
        # Names have to be right at the end or at the beginning of the year of signature.
        signed = _YEAR.fullmatch(row.cells["Date.of.Signature"])
        days = (date(int(signed[1]), 12, 31), date(int(signed[1]), 1, 1)) if signed else (None,)
        parties = list(read_members(row.cells["Membership"], days))
        yield from party_rows(row, agreement, parties, {"stage": row.cells["In.force.status"] or "unknown"})
        yield from untied_values(row, "Membership", parties)


def read_members(cell: str, days: Sequence[date | None] = (None,)) -> Iterator[Named]:
    """Read the members of a cell; of a group before its members in brackets, only the members."""
    text = re.sub(r"(\\r|\\n|\s)+", " ", cell)
    pieces = re.split(r"([,;()])", text)
    names, signs = pieces[::2], [*pieces[1::2], ""]
    skip = False
    for number, name in enumerate(names):
        if skip:
            skip = False
            continue
        if signs[number] != "(":
            yield from _read_name(name, days)
        elif signs[number + 1] == ")":
            own = _read_qualified(name, names[number + 1], days)
            skip = own is not None or signs[number + 2 : number + 3] == ["("]
            yield from [own] if own else []


def _read_qualified(name: str, further: str, days: Sequence[date | None]) -> Named | None:
    """Read a name with another in brackets, ``China (Taiwan)``; None when it is no member but names a group."""
    whole = name_party(f"{name} ({further})", days)
    if whole.found:
        return whole
    first, second = (name_party(_plain(each), days).found for each in (name, further))
    if first and second in (None, first):
        return Named(" ".join(name.split()), first)
    return None if first is None else whole


def _read_name(name: str, days: Sequence[date | None]) -> Iterator[Named]:
    """Read one name, or two where nothing but a blank or the word ``and`` is between them."""
    text = _plain(name)
    if not text:
        return
    found = _read_known(text, days)
    yield from found if found else [Named(text, None)]


def _read_known(text: str, days: Sequence[date | None]) -> list[Named]:
    """Read a name as one that is known, or as several of which each is; empty when it is neither."""
    whole = name_party(_SPELLINGS.get(text.casefold(), text), days)
    if whole.found:
        return [whole]
    for gap in re.finditer(r" (?:and |- )?", text):
        first = name_party(_plain(text[: gap.start()]), days)
        others = _read_known(_plain(text[gap.end() :]), days) if first.found else []
        if others:
            return [first, *others]
    return []


def _plain(text: str) -> str:
    """Remove what stands around a name."""
    return re.sub(r"^(?:and|the|The)\s+", "", text.strip(" .")).strip()


ADAPTER = Adapter({"agreements": TableAdapter(rows=rows_agreements)})
