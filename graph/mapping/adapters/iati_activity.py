"""One activity of IATI → rows: the programme, who has a part in it, sums of money; and the organizations of a file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.mapping.adapters.iati_texts import (
    LANG,
    LANGUAGES,
    attribute_of,
    clean,
    language_of,
    text_of,
    texts_of,
)
from communique.graph.mapping.tables.cells import make_step
from communique.graph.sources.rows import LIST_MARK, Rejected, TableRow
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID

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


@dataclass(slots=True)
class Body:
    """An organization as a file names it: how often under which name, in which row first."""

    reference: str
    kind: str
    key: str
    first: TableRow
    names: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rows(self) -> Iterator[TableRow]:
        """Give its most frequent name as the label, and all where it has several that are no mere spellings of one."""
        ranked = sorted(self.names, key=lambda name: (-self.names[name], name))
        distinct = {make_step(name): (language, name) for language, name in reversed(ranked)}
        cells = {"organization": self.key, "kind": self.kind or "none", "reference": self.reference}
        language, label = ranked[0]
        yield replace(self.first, cells={**_EMPTY, **cells, f"name_{language}": label})
        for language, name in sorted(distinct.values()) if len(distinct) > 1 else ():
            yield replace(self.first, cells={**_EMPTY, **cells, f"other_{language}": name})


class Activity:
    """One activity and the rows that it gives."""

    def __init__(self, row: TableRow, bodies: dict[str, Body]) -> None:
        self._row, self._bodies = row, bodies
        self._element = ET.fromstring(row.cells["xml"])
        self._language = self._element.get(LANG)
        self._identifier = text_of(self._element, "iati-identifier")
        self._currency = self._element.get("default-currency", "")
        self._publisher = attribute_of(self._element, "reporting-org", "ref")

    def rows(self) -> Iterator[TableRow | Rejected]:
        """Give the programme, then what belongs to it."""
        if not self._identifier:
            cure = "ask the publisher for the identifier"
            yield Rejected(
                self._row.file, self._row.number, "iati-identifier", "", "an activity without identifier", cure
            )
            return
        regions = {code: name for code, name in self._regions() if code}
        yield self._give(**self._programme(tuple(regions)))
        for code, name in regions.items():
            yield self._give(place=code, place_name=name or _REGIONS.get(code, f"Region {code} of the list of the DAC"))
        yield from self._parts()
        yield from self._flows()

    def _give(self, **cells: str) -> TableRow:
        """Make a row of this activity."""
        return replace(self._row, cells={**_EMPTY, **cells})

    def _leave(self, column: str, value: str, reason: str) -> Rejected:
        """Leave a value out."""
        return Rejected(self._row.file, self._row.number, column, value, reason, "ask the publisher", is_row=False)

    def _programme(self, regions: tuple[str, ...]) -> dict[str, str]:
        """Describe the programme itself."""
        element, sectors = self._element, tuple(self._sectors())
        given = [each for each in element.findall("activity-date") if each.get("type") in _DATES]
        dates = {_DATES[each.attrib["type"]]: each.get("iso-date", "")[:10] for each in given}
        countries = (each.get("code", "") for each in element.findall("recipient-country"))
        topics = dict.fromkeys(TOPICS[code] for code in sectors if code in TOPICS)
        return {
            "programme": self._identifier,
            "identifier": self._identifier,
            "standing": attribute_of(element, "activity-status", "code"),
            "recipient": LIST_MARK.join(countries),
            "region": LIST_MARK.join(regions),
            "sector": LIST_MARK.join(dict.fromkeys(sectors)),
            "topic": LIST_MARK.join(topics),
            **dates,
            **texts_of(element, "title", "title", self._language),
            **texts_of(element, "sector", "subject", self._language),
        }

    def _sectors(self) -> Iterator[str]:
        """List the sectors, each behind the list it is from; a list of the publisher bears its reference."""
        for each in self._element.findall("sector"):
            listed = _LISTS.get(each.get("vocabulary", "1"), self._publisher)
            yield f"{listed} {each.get('code', '')}"

    def _regions(self) -> Iterator[tuple[str, str]]:
        """List the regions of the activity and of its transactions, those of the list of the DAC alone."""
        for each in self._element.iter("recipient-region"):
            if each.get("vocabulary", "1") == "1":
                yield each.get("code", ""), clean(each.findtext("narrative"))

    def _parts(self) -> Iterator[TableRow | Rejected]:
        """Say who has a part in it."""
        reporting = self._element.find("reporting-org")
        parts = [] if reporting is None else [(reporting, "reporter")]
        parts += [(each, each.get("role", "")) for each in self._element.findall("participating-org")]
        for each, role in parts:
            node = self._identify(each)
            if node is None:
                yield self._leave(
                    "participating-org", clean(each.findtext("narrative")), "an organization without name"
                )
            else:
                yield self._give(of=self._identifier, actor=node.value, role=role)

    def _identify(self, element: ET.Element) -> NamedNode | None:
        """Tell who has a part: a state where the name is that of one, else an organization of the file."""
        (language, name), reference = self._name(element), clean(element.get("ref"))
        state = states.find(name)
        if state is not None and state.value.startswith(ID + "state/"):
            return state
        if name.lower() in _NAMELESS or name.lower().startswith(_REDACTED):
            return None
        key = self._key(reference, name)
        step = make_step(key)
        body = self._bodies.setdefault(step, Body(reference, element.get("type", ""), key, self._row))
        body.names[language, name] += 1
        return entity(f"org/iati-{step}")

    def _key(self, reference: str, name: str) -> str:
        """Make the key of an organization, behind that of the publisher, since references are not used with care."""
        if reference and reference == self._publisher:
            return reference
        countries = [each.get("code", "").lower() for each in self._element.findall("recipient-country")]
        return "-".join((self._publisher, *([reference] if reference else [*countries[: len(countries) == 1], name])))

    def _name(self, element: ET.Element) -> tuple[str, str]:
        """Give the name of an organization with its language."""
        narrative = element.find("narrative")
        own = None if narrative is None else narrative.get(LANG)
        return language_of(own or self._language), clean("" if narrative is None else narrative.text)

    def _flows(self) -> Iterator[TableRow | Rejected]:
        """Sum up transactions and budgets by kind and currency."""
        flows: dict[tuple[str, str], list[tuple[Decimal, str, str]]] = {}
        for kind, value, first, last in self._bookings():
            currency = value.get("currency") or self._currency
            amount = number_of(value.text)
            if amount is None or kind not in _FLOWS or not currency or not first:
                fault = "a booking without amount, currency or day, or of a kind that is not summed up"
                yield self._leave("value", f"{kind}: {clean(value.text)}", fault)
                continue
            flows.setdefault((kind, currency), []).append((amount, first, last or first))
        for (kind, currency), booked in flows.items():
            total = sum((amount for amount, _, _ in booked), Decimal(0))
            days = {"first": min(first for _, first, _ in booked), "last": max(last for _, _, last in booked)}
            yield self._give(of=self._identifier, flow=kind, currency=currency, sum=f"{total:f}", **days)

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


def number_of(text: str | None) -> Decimal | None:
    """Read an amount; commas part thousands."""
    try:
        return Decimal(clean(text).replace(",", ""))
    except InvalidOperation:
        return None
