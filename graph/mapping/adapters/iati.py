"""IATI: activities in XML → rows of programmes, of who has a part in them, of sums of money and of organizations.

One activity becomes several rows of one number. Files are read as a stream, one activity at a time; a file that
declares a document type is refused, since entities could make it grow without end.
"""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from types import MappingProxyType
from typing import BinaryIO

from pyoxigraph import NamedNode

from communique.graph.errors import SourceError
from communique.graph.linking import states
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.mapping.tables.cells import make_step
from communique.graph.sources.rows import LIST_SEPARATOR, Rejected, TableRow
from communique.graph.sources.xml import read_children, read_head
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID

# Languages that have columns.
LANGUAGES = ("en", "es", "fr", "pt")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Columns of the table of activities; every row has all of them.
_COLUMNS = """
programme identifier standing planned_begin begin planned_end end recipient region sector topic of actor role
flow sum currency first last organization kind reference place place_name
"""
_IN_LANGUAGES = ("title", "subject", "name", "other")
_EMPTY: Mapping[str, str] = MappingProxyType(
    dict.fromkeys([*_COLUMNS.split(), *(f"{stem}_{each}" for stem in _IN_LANGUAGES for each in LANGUAGES)], "")
)
_DATES = {"1": "planned_begin", "2": "begin", "3": "planned_end", "4": "end"}
_FLOWS = ("1", "2", "3", "4", "5", "6", "11", "budget-1", "budget-2")
_NAMELESS = ("", "nan", "n/a", "none", "null")
_REDACTED = "usaid redacted this field"
_LISTS = {"1": "DAC", "2": "DAC3"}
_REGIONS = {
    "389": "North and Central America, regional",
    "489": "South America, regional",
    "498": "America, regional",
    "798": "Asia, regional",
}
# Sectors that are subjects of this project's scheme.
TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "DAC 15110": "governance",
        "DAC 15113": "transparency-accountability",
        "DAC 15114": "tax-administration",
        "DAC 15125": "public-procurement",
        "DAC 22040": "technology-application",
        "XM-DAC-46008 1": "governance",
        "XM-DAC-46008 10": "technology-application",
        "44000 000043": "governance",
        "44000 000431": "process-reform",
    }
)


def edition_of(stream: BinaryIO, file: str) -> dict[str, str] | None:
    """Return of a file its ``publisher`` and the name of it, and ``date`` and ``year`` of the day it was made.

    None for XML that is no file of IATI, or an empty one. SourceError when the file names no publisher or no such day.
    """
    head = read_head(stream, file)
    if head is None or head[0].tag not in ("iati-activities", "iati-organisations"):
        return None
    root, first = head
    publisher = attribute_of(first, "reporting-org", "ref")
    made = (root.get("generated-datetime") or first.get("last-updated-datetime") or "").strip()[:10]
    if not publisher:
        hint = "ask the publisher for a file in which the first entry has one"
        raise SourceError("no publisher", path=file, expected='<reporting-org ref="…">', hint=hint)
    try:
        date.fromisoformat(made)
    except ValueError as error:
        hint = "copy the mapping, and list the file there as an edition with its date"
        raise SourceError("no day on which it was made", path=file, expected="generated-datetime", hint=hint) from error
    name = text_of(first, "reporting-org/narrative") or publisher
    return {"publisher": publisher, "name": name, "date": made, "year": made[:4]}


def read_activities(stream: BinaryIO, file: str) -> Iterator[TableRow]:
    """Read a file of activities: a row each, numbered from 1; SourceError when it is not XML or declares entities."""
    for number, element in enumerate(read_children(stream, file, "iati-activity"), 1):
        text = ET.tostring(element, encoding="unicode")
        yield TableRow(file, number, {"xml": text}, (text,))


def read_budgets(stream: BinaryIO, file: str) -> Iterator[TableRow]:
    """Read a file of organizations: a row for each organization and each of its budgets, numbered from 1."""
    number = 0
    for element in read_children(stream, file, "iati-organisation"):
        own = {
            "organization": text_of(element, "organisation-identifier"),
            "default": element.get("default-currency", ""),
        }
        head = ET.Element("head", dict(element.attrib))
        head.extend(element.findall("name"))
        for part in (head, *(each for each in element if each.tag.endswith("-budget"))):
            number += 1
            text = ET.tostring(part, encoding="unicode")
            yield TableRow(file, number, {"xml": text, **own}, (text,))


def rows_activities(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Split activities into rows; after those of a file come the organizations that it names."""
    for _, group in groupby(rows, key=lambda row: row.file):
        bodies: dict[str, IatiBody] = {}
        for row in group:
            yield from IatiActivity(row, bodies).rows()
        for body in bodies.values():
            yield from body.rows()


def rows_budgets(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Read the name of an organization, and the money that it means to give to whom in which year."""
    empty = dict.fromkeys(("budget", "recipient", "amount", "currency", "first", "last", "standing"), "")
    names = {f"name_{language}": "" for language in LANGUAGES}
    for row in rows:
        element, own = ET.fromstring(row.cells["xml"]), {"organization": row.cells["organization"]}
        if element.tag == "head":
            yield replace(row, cells={**empty, **names, **own, **texts_of(element, "name", "name", element.get(LANG))})
        else:
            found = _read_budget(row, element)
            yield found if isinstance(found, Rejected) else replace(row, cells={**empty, **names, **own, **found})


@dataclass(slots=True)
class IatiBody:
    """An organization as a file names it: how often under which name, in which row first."""

    reference: str
    kind: str
    key: str
    first: TableRow
    names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rows(self) -> Iterator[TableRow]:
        """Yield its most frequent name as the label, and all where it has several that are no mere spellings of one."""
        ranked = sorted(self.names, key=lambda name: (-self.names[name], name))
        distinct = {make_step(name): (language, name) for language, name in reversed(ranked)}
        cells = {"organization": self.key, "kind": self.kind or "none", "reference": self.reference}
        language, label = ranked[0]
        yield replace(self.first, cells={**_EMPTY, **cells, f"name_{language}": label})
        for language, name in sorted(distinct.values()) if len(distinct) > 1 else ():
            yield replace(self.first, cells={**_EMPTY, **cells, f"other_{language}": name})


class IatiActivity:
    """One activity and the rows that are made of it."""

    def __init__(self, row: TableRow, bodies: dict[str, IatiBody]) -> None:
        """``bodies`` takes the organizations that the activity names, by the step of their identifier."""
        self._row, self._bodies = row, bodies
        self._element = ET.fromstring(row.cells["xml"])
        self._language = self._element.get(LANG)
        self._identifier = text_of(self._element, "iati-identifier")
        self._currency = self._element.get("default-currency", "")
        self._publisher = attribute_of(self._element, "reporting-org", "ref")

    def rows(self) -> Iterator[TableRow | Rejected]:
        """Yield the programme, then what belongs to it: regions of the list of the DAC, parts and sums of money."""
        if not self._identifier:
            row, reason = self._row, "an activity without identifier"
            yield Rejected(row.file, row.number, "iati-identifier", "", reason, "ask the publisher for the identifier")
            return
        regions = {
            each.get("code", ""): clean(each.findtext("narrative"))
            for each in self._element.iter("recipient-region")
            if each.get("vocabulary", "1") == "1" and each.get("code")
        }
        yield self._with_cells(**self._programme(tuple(regions)))
        for code, name in regions.items():
            label = name or _REGIONS.get(code, f"Region {code} of the list of the DAC")
            yield self._with_cells(place=code, place_name=label)
        yield from self._participations()
        yield from self._sums()

    def _with_cells(self, **cells: str) -> TableRow:
        return replace(self._row, cells={**_EMPTY, **cells})

    def _left_out(self, column: str, value: str, reason: str) -> Rejected:
        return Rejected(self._row.file, self._row.number, column, value, reason, "ask the publisher", is_row=False)

    def _programme(self, regions: tuple[str, ...]) -> dict[str, str]:
        """Describe the programme itself; a sector stands behind the list it is from, or the publisher whose it is."""
        element = self._element
        sectors = [
            f"{_LISTS.get(each.get('vocabulary', '1'), self._publisher)} {each.get('code', '')}"
            for each in element.findall("sector")
        ]
        given = [each for each in element.findall("activity-date") if each.get("type") in _DATES]
        dates = {_DATES[each.attrib["type"]]: each.get("iso-date", "")[:10] for each in given}
        countries = (each.get("code", "") for each in element.findall("recipient-country"))
        topics = dict.fromkeys(TOPICS[code] for code in sectors if code in TOPICS)
        return {
            "programme": self._identifier,
            "identifier": self._identifier,
            "standing": attribute_of(element, "activity-status", "code"),
            "recipient": LIST_SEPARATOR.join(countries),
            "region": LIST_SEPARATOR.join(regions),
            "sector": LIST_SEPARATOR.join(dict.fromkeys(sectors)),
            "topic": LIST_SEPARATOR.join(topics),
            **dates,
            **texts_of(element, "title", "title", self._language),
            **texts_of(element, "sector", "subject", self._language),
        }

    def _participations(self) -> Iterator[TableRow | Rejected]:
        """Yield who has a part in it."""
        reporting = self._element.find("reporting-org")
        parts = [] if reporting is None else [(reporting, "reporter")]
        parts += [(each, each.get("role", "")) for each in self._element.findall("participating-org")]
        for each, role in parts:
            node = self._participant(each)
            if node is None:
                name = clean(each.findtext("narrative"))
                yield self._left_out("participating-org", name, "an organization without name")
            else:
                yield self._with_cells(of=self._identifier, actor=node.value, role=role)

    def _participant(self, element: ET.Element) -> NamedNode | None:
        """Find who has a part: a state where the name is that of one, else an organization of the file.

        The key of an organization stands behind that of the publisher, since references are not used with care.
        """
        narrative, reference = element.find("narrative"), clean(element.get("ref"))
        name = clean("" if narrative is None else narrative.text)
        state = states.find(name)
        if state is not None and state.value.startswith(ID + "state/"):
            return state
        if name.lower() in _NAMELESS or name.lower().startswith(_REDACTED):
            return None
        countries = [each.get("code", "").lower() for each in self._element.findall("recipient-country")]
        if reference and reference == self._publisher:
            key = reference
        elif reference:
            key = f"{self._publisher}-{reference}"
        else:
            key = "-".join((self._publisher, *countries[: len(countries) == 1], name))
        step = make_step(key)
        body = self._bodies.setdefault(step, IatiBody(reference, element.get("type", ""), key, self._row))
        language = None if narrative is None else narrative.get(LANG)
        body.names[language_of(language or self._language), name] += 1
        return entity(f"org/iati-{step}")

    def _sums(self) -> Iterator[TableRow | Rejected]:
        """Sum up transactions and budgets by kind and currency."""
        sums: dict[tuple[str, str], list[tuple[Decimal, str, str]]] = {}
        for kind, value, first, last in self._bookings():
            currency = value.get("currency") or self._currency
            amount = number_of(value.text)
            if amount is None or kind not in _FLOWS or not currency or not first:
                fault = "a booking without amount, currency or day, or of a kind that is not summed up"
                yield self._left_out("value", f"{kind}: {clean(value.text)}", fault)
                continue
            sums.setdefault((kind, currency), []).append((amount, first, last or first))
        for (kind, currency), booked in sums.items():
            total = sum((amount for amount, _, _ in booked), Decimal(0))
            days = {"first": min(first for _, first, _ in booked), "last": max(last for _, _, last in booked)}
            yield self._with_cells(of=self._identifier, flow=kind, currency=currency, sum=f"{total:f}", **days)

    def _bookings(self) -> Iterator[tuple[str, ET.Element, str, str]]:
        """List kind, value, first and last day of transactions and budgets."""
        nothing = ET.Element("value")
        for each in self._element.findall("transaction"):
            value = each.find("value")
            value = nothing if value is None else value
            day = (attribute_of(each, "transaction-date", "iso-date") or value.get("value-date", ""))[:10]
            yield attribute_of(each, "transaction-type", "code"), value, day, day
        for each in self._element.findall("budget"):
            value = each.find("value")
            first, last = (attribute_of(each, f"period-{side}", "iso-date")[:10] for side in ("start", "end"))
            yield f"budget-{each.get('type', '1')}", nothing if value is None else value, first, last


def _read_budget(row: TableRow, element: ET.Element) -> dict[str, str] | Rejected:
    """Read one budget; rejected when the code of the country is not that of its name."""
    country, value = element.find("recipient-country"), element.find("value")
    code = "" if country is None else country.get("code", "")
    name = clean(country.findtext("narrative") if country is not None else "")
    if (named := states.find(name)) is not None and named != states.by_code("alpha2", code):
        cure = "ask the publisher which is meant, the code or the name"
        return Rejected(row.file, row.number, "recipient-country", code, f"the code is not that of {name}", cure)
    first, last = (attribute_of(element, f"period-{side}", "iso-date") for side in ("start", "end"))
    whom = code or attribute_of(element, "recipient-region", "code") or "total"
    return {
        "budget": f"{row.cells['organization']}-{whom}-{first}",
        "recipient": code,
        "amount": clean("" if value is None else value.text),
        "currency": (value.get("currency") if value is not None else None) or row.cells["default"],
        "first": first,
        "last": last,
        "standing": "planned",
    }


def number_of(text: str | None) -> Decimal | None:
    """Read an amount; commas separate thousands."""
    try:
        return Decimal(clean(text).replace(",", ""))
    except InvalidOperation:
        return None


def texts_of(element: ET.Element, tag: str, stem: str, language: str | None) -> dict[str, str]:
    """Return the narratives of an element by column, one of each language and several as a list."""
    found: dict[str, list[str]] = {}
    for each in element.findall(f"{tag}/narrative"):
        text = clean(each.text)
        if text and text not in found.setdefault(language_of(each.get(LANG) or language), []):
            found[language_of(each.get(LANG) or language)].append(text)
    return {f"{stem}_{each}": LIST_SEPARATOR.join(texts) for each, texts in found.items()}


def language_of(tag: str | None) -> str:
    """Reduce a language tag to one of those that have columns; English where it is another or none."""
    plain = (tag or "").partition("-")[0].lower()
    return plain if plain in LANGUAGES else LANGUAGES[0]


def text_of(element: ET.Element, tag: str) -> str:
    """Return the text of a child."""
    return clean(element.findtext(tag))


def attribute_of(element: ET.Element, tag: str, name: str) -> str:
    """Return an attribute of a child."""
    child = element.find(tag)
    return "" if child is None else clean(child.get(name))


def clean(text: str | None) -> str:
    """Normalise white space; some publishers escape their texts twice."""
    return " ".join(html.unescape(text or "").split())


ADAPTER = Adapter(
    {
        "budgets": TableAdapter(rows=rows_budgets, read=read_budgets),
        "activities": TableAdapter(rows=rows_activities, read=read_activities),
    },
    edition_of=edition_of,
)
