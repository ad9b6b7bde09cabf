"""SupraVerden: a list of organisations in YAML → rows; claims of identity → addresses; Chinese names by their signs.

The codes of the ECB belong to the organisation that the mapping of the list names; the others keep nodes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

import yaml

from communique.graph.errors import SourceError
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.terms.check_digits import lei_fits

_MISSING = ("", "[No code found.]", "N/A")
_AGGREGATE = "Aggregate category"
# Column → new column, form of what is in it, address.
_CLAIMS: Mapping[str, tuple[str, re.Pattern[str], str]] = {
    "Wikidata_code": ("wikidata", re.compile("Q[1-9][0-9]*"), "http://www.wikidata.org/entity/{}"),
    "LEI": ("lei", re.compile("[0-9A-Z]{18}[0-9]{2}"), "https://search.gleif.org/#/record/{}"),
    "OpenSanctions_id": ("opensanctions", re.compile("[A-Za-z0-9-]+"), "https://www.opensanctions.org/entities/{}/"),
}


def read_organizations(stream: BinaryIO, file: str) -> Iterator[TableRow]:
    """Read the list: a row for each organisation, numbered by its line; SourceError when it is not such a list.

    A value is a text or a list of texts; of a list nothing is mapped. Every row has the columns of all.
    """
    entries = list(_read_entries(stream, file))
    columns = dict.fromkeys(key for _, cells in entries for key in cells)
    for number, cells in entries:
        passage = tuple(f"{key}: {text}" for key, text in cells.items())
        yield TableRow(file, number, {**dict.fromkeys(columns, ""), **cells}, passage)


def rows_organizations(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Add the addresses of claims, and Chinese names by their language; a claim of a wrong form is left out."""
    for row in rows:
        cells = {"zh": "", "zh_Hans": "", "zh_Hant": ""}
        if (chinese := row.cells.get("Name_zh", "")) not in _MISSING:
            cells[chinese_tag(chinese).replace("-", "_")] = chinese
        for column, (name, form, address) in _CLAIMS.items():
            code = row.cells.get(column, "").strip().rstrip("/")
            fault = None if code in _MISSING else _find_fault(column, code, form)
            if fault:
                cure = "look it up at its authority and tell the publisher of the list"
                yield Rejected(row.file, row.number, column, code, fault, cure, is_row=False)
            cells[name] = "" if fault or code in _MISSING else address.format(code)
        yield row.with_cells(**cells)


def rows_anacredit(rows: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Separate what is mapped from what is not; an aggregate of several bodies is no organisation."""
    for row in rows:
        if row.cells["Reason if not mapped"].startswith(_AGGREGATE):
            yield _reject_aggregate(row, "Reason if not mapped")
        else:
            yield _place(row, row.cells["SPRVD_id"].strip(), row.cells["AnaCredit counterparty identifier"].strip())


def rows_ecb(rows: Iterable[TableRow], mapping: Iterable[TableRow]) -> Iterator[TableRow | Rejected]:
    """Add to each row the organisation that the mapping names for its code."""
    known = {row.cells["AnaCredit counterparty identifier"].strip(): row for row in mapping}
    for row in rows:
        code = row.cells["Counterparty identifier (unless otherwise decided by the NCB)"].strip()
        mapped = known.get(code)
        if mapped is not None and mapped.cells["Reason if not mapped"].startswith(_AGGREGATE):
            yield _reject_aggregate(row, "International organisation")
        else:
            yield _place(row, mapped.cells["SPRVD_id"].strip() if mapped else "", code)


def chinese_tag(text: str) -> str:
    """Return the language tag of a Chinese name by its signs: zh-Hans, zh-Hant, or zh where they do not decide."""
    simplified, traditional = _is_of(text, "gb2312"), _is_of(text, "big5")
    if simplified == traditional:
        return "zh"
    return "zh-Hans" if simplified else "zh-Hant"


def _read_entries(stream: BinaryIO, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the organisations with the number of their line."""
    try:
        root = yaml.compose(stream, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeError) as error:
        raise SourceError(f"not YAML: {error}", path=file, expected="the general list of SupraVerden") from error
    if not isinstance(root, yaml.MappingNode):
        raise SourceError("no list of organisations", path=file, expected="names, each with its keys")
    for name, entry in root.value:
        if isinstance(entry, yaml.MappingNode):
            # The text of a value; a list or nothing is empty.
            texts = {
                key.value: str(value.value)
                if isinstance(value, yaml.ScalarNode) and not value.tag.endswith(":null")
                else ""
                for key, value in entry.value
            }
            yield name.start_mark.line + 1, texts


def _find_fault(column: str, code: str, form: re.Pattern[str]) -> str | None:
    """Find what is wrong with an identifier."""
    if not form.fullmatch(code):
        return f"not of the form {form.pattern}"
    if column == "LEI" and not lei_fits(code):
        return "the check digits do not fit"
    return None


def _reject_aggregate(row: TableRow, column: str) -> Rejected:
    cure = "nothing: its members are in the list one by one"
    return Rejected(row.file, row.number, column, row.cells[column], "several bodies under one name", cure)


def _place(row: TableRow, mapped: str, code: str) -> TableRow:
    """Add on which node a code of the ECB stands."""
    return row.with_cells(mapped=mapped, unmapped="" if mapped else code)


def _is_of(text: str, charset: str) -> bool:
    """Return whether a set of signs has all of a text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


ADAPTER = Adapter(
    {
        "organizations": TableAdapter(rows=rows_organizations, read=read_organizations),
        "anacredit": TableAdapter(rows=rows_anacredit),
        "ecb": TableAdapter(rows=rows_ecb, joins=("anacredit",)),
    }
)
