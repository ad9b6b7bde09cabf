"""Rows of the Open Government Partnership: keys, dates and bodies of commitments, contradicting columns.

Dates become EDTF; what can be read in two ways is not read.
"""

from __future__ import annotations

import calendar
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import LIST_SEPARATOR, TableRow

# Four words, and some more, for one thing: there is no value.
SENTINELS = frozenset(("", "NR", "ND", "NA", "N/A", "Not Specified", "None specified", "Unclear"))
SPREADSHEET_ERRORS = frozenset(("#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"))

_COMPLETION = ("a. Not started", "b. Limited", "c. Substantial", "d. Complete")
_IMPACT = {"None": "0", "Unclear": "0", "Minor": "1", "Moderate": "2", "Transformative": "3"}
_SPECIFICITY = {"None": "0", "a. low": "1", "b. medium": "2", "c. high": "3"}
_NOVELTY = {"Unclear": "0", "Pre-existing": "1", "New": "2"}
# What follows from a verdict for the commitment itself.
_REALIZATIONS = MappingProxyType(
    {
        "a. Not started": "planned",
        "b. Limited": "ongoing",
        "c. Substantial": "ongoing",
        "d. Complete": "occurred",
        "Withdrawn": "cancelled",
    }
)
_SHORT = MappingProxyType({"United Kingdom": "UK", "United States": "USA"})
# Words of the columns of dates for no date.
NO_DATE = frozenset(("", "NR", "ND", "NA", "Not Specified", "Unclear"))

_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_NUMERIC = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH_YEAR = re.compile(r"(\d{2})/(\d{2})")
_NAMED_MONTH = re.compile(r"([A-Z][a-z]{2})-(\d{2})")
_NAMED_DAYS = (
    re.compile(r"(?P<d>\d{1,2})-(?P<m>[A-Z][a-z]{2})-(?P<y>\d{2})"),
    re.compile(r"(?P<m>[A-Z][a-z]{2}) (?P<d>\d{1,2}), (?P<y>\d{2})"),
)
_YEAR = re.compile(r"20\d{2}")
_BODY = re.compile(
    r"\b(?:minist(?:ry|erio|ère|erstvo)|agency|office|secretar[ií]a|secretariat|department|departamento|chancellery|cabinet"
    r"|parliament|treasury|commission(?:er)?|council|consejo|bureau|directorate|committee|archives?|authority|oficina"
    r"|presidencia|procuradur[ií]a|instituto?|institute|subsecretar[ií]a|dirección|contralor[ií]a|controladoria-geral"
    r"|superintendencia|ombudsman|inspectorate|administration|congreso|municipio|intendencia)\b",
    re.IGNORECASE,
)
_MINISTRY = re.compile(r"\bminist(?:ry|erio|ère|er)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"[,;/&+()|:]|\. |\s[-–]\s|\b(?:and|y|e|et|con|with|authorities|institutions|ministries|charge|all|various|será)\b",
    re.IGNORECASE,
)


class AmbiguousDate(ValueError):
    """A date that means one day in the United States and another in Europe; its text names both."""


@dataclass(frozen=True, slots=True)
class EditionColumns:
    """How an edition lays out its columns; ``twins`` are columns in words beside the same in figures, with the code."""

    start: str
    end: str
    lead: str
    first_tag: str
    last_tag: str
    twins: tuple[tuple[str, str, Mapping[str, str]], ...]


def _completion(first: int, unclear: str, withdrawn: str) -> Mapping[str, str]:
    """Write the code of completion, which begins with another figure in each edition."""
    degrees = {text: str(first + place) for place, text in enumerate(_COMPLETION)}
    return {**degrees, "Unclear": unclear, "Withdrawn": withdrawn}


def _twins(completion: Mapping[str, str], novelty: str) -> tuple[tuple[str, str, Mapping[str, str]], ...]:
    """List the columns in words and in figures; ``novelty`` is the one whose name the editions write in two ways."""
    return (
        ("Actual Completion", "_Actual Completion", completion),
        ("Projected Completion", "_Proj Completion", completion),
        ("Potential Impact", "_Pot Impact Coded", _IMPACT),
        ("Specificity", "_Specificity", _SPECIFICITY),
        (novelty, f"_{novelty}", _NOVELTY),
    )


COLUMNS_2015 = EditionColumns(
    "Start", "End", "Lead institution (Responsible Instutitution)", "Anti-Corruption", "OGP",
    _twins(_completion(1, "Unclear", "Withdrawn"), "NewvPre-exist"),
)  # fmt: skip
COLUMNS_2016 = EditionColumns(
    "Start Date", "End Date", "Lead Institution", "Anti-corruption", "OGP",
    _twins(_completion(2, "1", "0"), "NewvPre-exist (Delete?)"),
)  # fmt: skip


def rows_commitments_2015(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Prepare the rows of the edition of May 2015."""
    return (_prepare(row, COLUMNS_2015) for row in rows)


def rows_commitments_2016(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Prepare the rows of the export of 2016."""
    return (_prepare(row, COLUMNS_2016) for row in rows)


def rows_plans(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Call countries as the lists of commitments do, so that a plan has one label."""
    for row in rows:
        name = clean(row.cells["Country name"])
        yield row.with_cells(country_label=_SHORT.get(name, name))


def single_body(text: str) -> str:
    """Return the one body of a cell, in small letters without accents; empty when it may name several, or none.

    Case, accents and full stops vary from row to row, so the name as written is kept beside it.
    """
    name = re.sub(r"^the ", "", clean(text).rstrip(" ."), flags=re.IGNORECASE)
    is_one = len(_BODY.findall(name)) >= 1 and len(_MINISTRY.findall(name)) <= 1 and len(name) <= 80
    if not is_one or _SEVERAL.search(name):
        return ""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).capitalize()


def clean(text: str) -> str:
    """Remove line breaks of HTML, soft hyphens and runs of white space from a text."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").replace("<br/>", " ").split())


def read_date(text: str) -> str | None:
    """Write a date as EDTF, as precise as it is written; None for anything that is no date.

    ``12/31/2014`` and ``31/12/2014`` have only one reading. Raises AmbiguousDate for ``01/07/2014``.
    """
    if _YEAR.fullmatch(text):
        return text
    if found := _NUMERIC.fullmatch(text):
        first, second, year = map(int, found.groups())
        american, european = _day(year, first, second), _day(year, second, first)
        if american and european and american != european:
            raise AmbiguousDate(f"{american} or {european}")
        return american or european
    if (found := _NAMED_MONTH.fullmatch(text)) and found[1] in _MONTHS:
        return f"20{found[2]}-{_MONTHS[found[1]]:02}"
    if (found := _MONTH_YEAR.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return f"20{found[2]}-{found[1]}"
    for form in _NAMED_DAYS:
        if (found := form.fullmatch(text)) and found["m"] in _MONTHS:
            return _day(2000 + int(found["y"]), _MONTHS[found["m"]], int(found["d"]))
    return None


def read_period(
    start: tuple[str, str], end: tuple[str, str]
) -> tuple[tuple[str, str], tuple[str, ...], tuple[str, ...]]:
    """Read begin and end, each a column with its text.

    Returns
    -------
    begin and end as EDTF, empty where there is none; what was written but not read; what is in doubt, in words. A
    period that ends before it begins is in doubt, and neither end is taken.
    """
    dates, texts, doubts = [], [], []
    for name, text in (start, end):
        found = ""
        if text not in NO_DATE:
            try:
                found = read_date(text) or ""
            except AmbiguousDate as error:
                doubts.append(f"{name} {text} can be {error}")
            if not found:
                texts.append(f"{name}: {text}")
        dates.append(found)
    # As texts: a month or year begins with its first day, and no day of it lies behind its ``-99``.
    first = dates[0] + "-01-01"[len(dates[0]) - 4 :] if len(dates[0]) < 10 else dates[0]
    if all(dates) and dates[1] + "-99" < first:
        doubts.append(f"{end[0]} {end[1]} lies before {start[0]} {start[1]}")
        return ("", ""), tuple(f"{name}: {text}" for name, text in (start, end)), tuple(doubts)
    return (dates[0], dates[1]), tuple(texts), tuple(doubts)


def _day(year: int, month: int, day: int) -> str | None:
    """Write a day; None when there is none such."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _prepare(row: TableRow, columns: EditionColumns) -> TableRow:
    """Add to a row what its columns do not say as the graph needs it."""
    cells = row.cells
    title = clean(cells["Commitment Title"])
    text = clean(cells["Full Text"])
    period, texts, doubts = read_period(*((name, clean(cells[name])) for name in (columns.start, columns.end)))
    lead = clean(cells[columns.lead])
    known = "" if lead in SENTINELS else lead
    errors = (
        f"{clean(name)} holds the spreadsheet error {each.strip()}"
        for name, each in cells.items()
        if each.strip() in SPREADSHEET_ERRORS
    )
    doubts = (*doubts, *_contradictions(row, columns.twins), *errors)
    return row.with_cells(
        name=f"{title[:48]} {_digest(title, text)[:8]}",
        wording="" if text in SENTINELS else _digest(text),
        title=title,
        start=period[0],
        end=period[1],
        period="; ".join(texts),
        led=known,
        naming=f"{known[:48]} {_digest(known)[:8]}" if known else "",
        body=single_body(known),
        tags=LIST_SEPARATOR.join(_tags(row, columns)),
        state=_REALIZATIONS.get(cells["Actual Completion"].strip(), "unknown"),
        kind="Milestone" if cells.get("Milestone Dummy", "").strip() == "1" else "Commitment",
        doubt=LIST_SEPARATOR.join(doubts),
    )


def _digest(*texts: str) -> str:
    """Return the SHA-256 of texts, which differs where these begin alike or are spelt almost alike."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _tags(row: TableRow, columns: EditionColumns) -> Iterator[str]:
    """List the columns of tags that hold a 1."""
    names = list(row.cells)
    for name in names[names.index(columns.first_tag) : names.index(columns.last_tag) + 1]:
        if row.cells[name].strip() == "1":
            yield clean(name)


def _contradictions(row: TableRow, twins: Iterable[tuple[str, str, Mapping[str, str]]]) -> Iterator[str]:
    """List where a column in words and its twin in figures do not say the same."""
    for words, figures, code in twins:
        said, coded = row.cells[words].strip(), row.cells[figures].strip()
        if code.get(said, said) != coded:
            yield f"{clean(words)} is {said or 'empty'}, {clean(figures)} is {coded or 'empty'}"


ADAPTER = Adapter(
    {
        "commitments-2015": TableAdapter(rows=rows_commitments_2015),
        "commitments-2016": TableAdapter(rows=rows_commitments_2016),
        "plans": TableAdapter(rows=rows_plans),
    }
)
