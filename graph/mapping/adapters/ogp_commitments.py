"""Rows of the Open Government Partnership: keys, dates and bodies of commitments, contradicting columns."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from communique.graph.mapping.adapters.ogp_dates import read_period
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import LIST_MARK, TableRow

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


@dataclass(frozen=True, slots=True)
class Form:
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
    """Name the columns in words and in figures; ``novelty`` is the one whose name the editions write in two ways."""
    return (
        ("Actual Completion", "_Actual Completion", completion),
        ("Projected Completion", "_Proj Completion", completion),
        ("Potential Impact", "_Pot Impact Coded", _IMPACT),
        ("Specificity", "_Specificity", _SPECIFICITY),
        (novelty, f"_{novelty}", _NOVELTY),
    )


FORM_2015 = Form(
    "Start", "End", "Lead institution (Responsible Instutitution)", "Anti-Corruption", "OGP",
    _twins(_completion(1, "Unclear", "Withdrawn"), "NewvPre-exist"),
)  # fmt: skip
FORM_2016 = Form(
    "Start Date", "End Date", "Lead Institution", "Anti-corruption", "OGP",
    _twins(_completion(2, "1", "0"), "NewvPre-exist (Delete?)"),
)  # fmt: skip


def rows_commitments_2015(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Prepare the rows of the edition of May 2015."""
    return (_prepare(row, FORM_2015) for row in rows)


def rows_commitments_2016(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Prepare the rows of the export of 2016."""
    return (_prepare(row, FORM_2016) for row in rows)


def rows_plans(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Call countries as the lists of commitments do, so that a plan has one label."""
    for row in rows:
        name = clean(row.cells["Country name"])
        yield row.with_cells(country_label=_SHORT.get(name, name))


def single_body(text: str) -> str:
    """Name the one body of a cell, in small letters without accents; empty when it may name several, or none.

    Case, accents and full stops vary from row to row, so the name as written is kept beside it.
    """
    name = re.sub(r"^the ", "", clean(text).rstrip(" ."), flags=re.IGNORECASE)
    is_one = len(_BODY.findall(name)) >= 1 and len(_MINISTRY.findall(name)) <= 1 and len(name) <= 80
    return _plain(name) if is_one and not _SEVERAL.search(name) else ""


def clean(text: str) -> str:
    """Take line breaks of HTML, soft hyphens and runs of white space out of a text."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").replace("<br/>", " ").split())


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


def _plain(name: str) -> str:
    """Write a name in small letters but for the first, without accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).capitalize()


def _prepare(row: TableRow, form: Form) -> TableRow:
    """Add to a row what its columns do not say as the graph needs it."""
    cells = row.cells
    title = clean(cells["Commitment Title"])
    text = clean(cells["Full Text"])
    period, texts, doubts = read_period(*((name, clean(cells[name])) for name in (form.start, form.end)))
    lead = clean(cells[form.lead])
    known = "" if lead in SENTINELS else lead
    doubts = (*doubts, *_contradictions(row, form.twins), *_errors(row))
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
        tags=LIST_MARK.join(_tags(row, form)),
        state=_REALIZATIONS.get(cells["Actual Completion"].strip(), "unknown"),
        kind="Milestone" if cells.get("Milestone Dummy", "").strip() == "1" else "Commitment",
        doubt=LIST_MARK.join(doubts),
    )


def _digest(*texts: str) -> str:
    """Give the SHA-256 of texts, to tell apart what has one beginning or is spelt almost alike."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _tags(row: TableRow, form: Form) -> Iterator[str]:
    """Name the columns of tags that hold a 1."""
    names = list(row.cells)
    for name in names[names.index(form.first_tag) : names.index(form.last_tag) + 1]:
        if row.cells[name].strip() == "1":
            yield clean(name)


def _contradictions(row: TableRow, twins: Iterable[tuple[str, str, Mapping[str, str]]]) -> Iterator[str]:
    """Tell where a column in words and its twin in figures do not say the same."""
    for words, figures, code in twins:
        said, coded = row.cells[words].strip(), row.cells[figures].strip()
        if code.get(said, said) != coded:
            yield f"{clean(words)} is {said or 'empty'}, {clean(figures)} is {coded or 'empty'}"


def _errors(row: TableRow) -> Iterator[str]:
    """Tell of cells that hold an error of a spreadsheet."""
    for name, text in row.cells.items():
        if text.strip() in SPREADSHEET_ERRORS:
            yield f"{clean(name)} holds the spreadsheet error {text.strip()}"


ADAPTER = Adapter(
    {
        "commitments-2015": TableAdapter(rows=rows_commitments_2015),
        "commitments-2016": TableAdapter(rows=rows_commitments_2016),
        "plans": TableAdapter(rows=rows_plans),
    }
)
