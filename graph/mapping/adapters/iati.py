"""IATI: activities in XML → rows of programmes, of who has a part in them, of sums of money and of organizations.

One activity gives several rows of one number. Files are read as a stream, one activity at a time; a file that declares
a document type is refused, since entities could make it grow without end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import BinaryIO

from communique.graph.errors import SourceError
from communique.graph.linking import states
from communique.graph.mapping.adapters.iati_activity import Activity, Body
from communique.graph.mapping.adapters.iati_texts import LANG, LANGUAGES, attribute_of, clean, text_of, texts_of
from communique.graph.mapping.adapters.xml_children import read_children, read_head
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow


def edition_of(stream: BinaryIO, file: str) -> dict[str, str] | None:
    """Tell of a file its ``publisher`` and the name of it, and ``date`` and ``year`` of the day it was made.

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
    """Take activities apart; after those of a file come the organizations that it names."""
    for _, group in groupby(rows, key=lambda row: row.file):
        bodies: dict[str, Body] = {}
        for row in group:
            yield from Activity(row, bodies).rows()
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


ADAPTER = Adapter(
    {
        "budgets": TableAdapter(rows=rows_budgets, read=read_budgets),
        "activities": TableAdapter(rows=rows_activities, read=read_activities),
    },
    edition_of=edition_of,
)
