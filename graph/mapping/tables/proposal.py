"""A table of which nothing is known → a mapping to begin with: it runs as it is, and its comments say what was guessed.

Guessed are how the file is laid out, what each column holds, and which words stand for no value.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath

from communique.graph.errors import SourceError
from communique.graph.linking import states
from communique.graph.mapping.tables.cells import CellContext, CellError, decimals, integers, read_address, years
from communique.graph.mapping.tables.dates import dates
from communique.graph.sources.decoding.streams import name_of, open_stream, plain_name
from communique.graph.sources.rows import TableRow
from communique.graph.sources.tables import SUFFIXES, Layout, read_rows, table_name
from communique.graph.terms.identifiers import slug

_HEAD = 1 << 18
_ROWS = 2_000
_SEPARATORS = (",", ";", "\t", "|")
# So much of a column has to be of a kind for the column to be taken for one of that kind.
_ENOUGH = 0.9
# Names are written in more ways than anybody knows.
_MANY = 0.7
# Words that stand for "no value" in tables people make.
_SENTINELS = (
    *("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "-", "--", "–", "—", ".", "..", "...", "?"),
    *("ND", "NR", "Not Specified", "Not Available", "not available", "unknown", "-9", "-99", "-999", "-9999", "#N/A"),
)
_DATE_FORMATS = (
    *("%Y-%m-%d", "%Y-%m", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d %B %Y", "%B %d, %Y"),
    *("%d-%b-%Y", "%Y-%m-%dT%*"),
)
# May be a number of thousands or one with three places: alone it does not show the decimal sign.
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+")
_NAMIBIA = "NA"
_FEWEST_CODES = 2  # beside it, by which it can be known for one of theirs
# Texts longer than this on average are no titles.
_LONG = 150
# A proposal loses no row for the sake of one cell.
_LENIENT = "otherwise: leave-out"


# Scores that are proposed; a wide table has more columns of numbers than anybody wants at once.
_MOST_SCORES = 12


@dataclass(frozen=True, slots=True)
class TableSample:
    """The first rows of a table: name of the file, how it is laid out, its rows, and when it was last changed."""

    name: str
    layout: Layout
    rows: tuple[TableRow, ...]
    changed: date


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column seems to be.

    Attributes
    ----------
    name, column : name in the mapping, name in the file
    kind : of the cells
    settings : further settings, as YAML
    note : what was seen, for the comment
    filled : share of the rows that have a value
    distinct : number of different values among the first hundred, 0 where they are long
    """

    name: str
    column: str
    kind: str
    settings: str
    note: str
    filled: float
    distinct: int


def sample(file: Path) -> TableSample:
    """Guess encoding, separator and header of a table and read its first rows.

    SourceError: the file cannot be read, or no row could be.
    """
    form = SUFFIXES.get(PurePosixPath(plain_name(file.name)).suffix, "csv")
    layout = Layout(format=form)
    if form in ("csv", "tsv"):
        with open_stream(file) as stream:
            content = stream.read(_HEAD)
        encoding = _guess_encoding(content)
        text = content.decode(encoding, "replace")
        separator = _guess_separator(text)
        layout = replace(layout, encoding=encoding, separator=separator, header=_guess_header(text, separator))
    rows = [row for row in islice(read_rows(file, layout), _ROWS) if isinstance(row, TableRow)]
    if not rows:
        hint = "see whether it has a header and rows below it"
        raise SourceError("no row could be read", path=name_of(file), expected="a table with names above", hint=hint)
    return TableSample(table_name(file), layout, tuple(rows), date.fromtimestamp(file.stat().st_mtime))


def propose(sample: TableSample) -> str:
    """Write a mapping for a table."""
    columns = list(guess_columns(sample))
    source = slug(sample.name.rpartition(".")[0] or sample.name)
    # No table is older than the last year that it holds.
    year, day = _first(columns, "year"), sample.changed
    texts = [row.cells.get(year.column, "").strip() for row in sample.rows] if year else []
    if last := max((int(text) for text in texts if text.isdigit()), default=0):
        day = max(day, date(last, 12, 31))
    lines = [*_head(source, day), *_table(sample, columns), *_facts(source, columns, day)]
    return "\n".join(lines) + "\n"


def _guess_encoding(content: bytes) -> str:
    """Find the first encoding that takes the bytes; carriage returns alone point to an old Macintosh."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        if b"\n" not in content and b"\r" in content:
            return "mac_roman"
        try:
            content.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"  # it takes any bytes
        return "cp1252"
    return "utf-8-sig"


def _guess_separator(text: str) -> str:
    """Find the separator by which most rows have equally many cells."""

    def worth(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _records(text, separator) if row)
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return (count if width > 1 else 0, width)

    return max(_SEPARATORS, key=worth)


def _guess_header(text: str, separator: str) -> int:
    """Find the first row that is as wide as most rows, and has a text in each cell, or but one of three and more.

    One name may be empty: pandas and R write none for the index.
    """
    records = _records(text, separator)
    width = max(Counter(len(row) for row in records if row).items(), key=lambda item: item[1], default=(0, 0))[0]
    wide = ((number, row) for number, row in enumerate(records, 1) if len(row) == width)
    least = width - 1 if width > 2 else width
    return next((number for number, row in wide if sum(bool(cell.strip()) for cell in row) >= least), 1)


def _records(text: str, separator: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 200))
    except csv.Error:
        return []


def guess_columns(sample: TableSample) -> Iterator[ColumnGuess]:
    """Guess what each column is that has a name; names of columns become names of a mapping, each once."""
    taken: Counter[str] = Counter()
    missing = set(sentinels(sample))
    for column in dict.fromkeys(name for row in sample.rows for name in row.cells):
        if not column:
            continue
        base = re.sub(r"^(?=\d)", "n", slug(column).replace("-", "_")) if slug(column) != "unnamed" else "column"
        taken[base] += 1
        name = base if taken[base] == 1 else f"{base}_{taken[base]}"
        texts = [text for row in sample.rows if (text := row.cells.get(column, "").strip()) and text not in missing]
        yield _guess_column(name, column, texts, len(sample.rows))


def _guess_column(name: str, column: str, texts: Sequence[str], total: int) -> ColumnGuess:
    filled = len(texts) / total
    seen = ", ".join(dict.fromkeys(re.sub(r"\s+", " ", text)[:30] for text in texts[:50]))[:60]
    note = f"{filled:.0%} filled; {seen}" if texts else "empty"
    kind, settings = _kind(texts) if texts else ("text", "")
    is_short = sum(map(len, texts[:100])) < _LONG * len(texts[:100])
    return ColumnGuess(name, column, kind, settings, note, filled, len(set(texts[:100])) if is_short else 0)


def _kind(texts: Sequence[str]) -> tuple[str, str]:
    """Guess the kind of a column and its settings: the first kind of which nearly all texts are."""
    distinct = tuple(dict.fromkeys(texts))[:500]
    if _share(distinct, years(1900, 2100)) == 1:
        return "year", ""
    if _share(distinct, integers(None, None)) > _ENOUGH:
        return "integer", _LENIENT
    if _share(distinct, decimals(None, None, False, None)) > _ENOUGH:
        return "decimal", _LENIENT
    if (
        any("," in text and not _GROUPED.fullmatch(text) for text in distinct)
        and _share(distinct, decimals(None, None, True, None)) > _ENOUGH
    ):
        return "decimal", f"decimal: comma, {_LENIENT}"
    if formats := [each for each in _DATE_FORMATS if _share(distinct, dates([each], None, 1000, 2100)) > _ENOUGH]:
        order = "" if len(formats) == 1 else ", order: dmy"
        return "date", f"format: [{', '.join(map(_quote, formats))}]{order}, {_LENIENT}"
    return _named_kind(distinct)


def _named_kind(texts: Sequence[str]) -> tuple[str, str]:
    """Guess whether texts are codes or names of states, or addresses."""
    for scheme, length in (("alpha3", 3), ("alpha2", 2)):
        found = [text for text in texts if len(text) == length and text.isupper()]
        if len(found) > _ENOUGH * len(texts) and _known(found, partial(states.by_code, scheme)) > _ENOUGH:
            return "code", f"scheme: {scheme}, {_LENIENT}"
    if _known(texts, states.find) > _MANY:
        return "state", _LENIENT
    if _share(texts, read_address) == 1:
        return "iri", _LENIENT
    return "text", ""


def _share(texts: Sequence[str], read: Callable[[str, CellContext], object]) -> float:
    """Return the share of texts that a reader takes."""
    taken = 0
    for text in texts:
        try:
            read(text, CellContext())
            taken += 1
        except CellError:
            continue
    return taken / len(texts)


def _known(texts: Sequence[str], find: Callable[[str], object]) -> float:
    """Return the share of texts that name a state."""
    return sum(find(text) is not None for text in texts) / len(texts) if texts else 0.0


def sentinels(sample: TableSample) -> list[str]:
    """List the words for "no value" that occur; NA is Namibia's code where the rest of its column are codes."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in sample.rows:
        for column, text in row.cells.items():
            seen[column].add(text.strip())
    words = {text for texts in seen.values() for text in texts}
    is_coded = False
    for texts in (texts - {*_SENTINELS, ""} for texts in seen.values() if _NAMIBIA in texts):
        known = sum(text.isupper() and states.by_code("alpha2", text) is not None for text in texts)
        is_coded = is_coded or (len(texts) >= _FEWEST_CODES and known >= _ENOUGH * len(texts))
    return [each for each in _SENTINELS if each in words and not (is_coded and each == _NAMIBIA)]


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _head(source: str, day: date) -> Iterator[str]:
    """Write what describes the source."""
    yield "# A proposal, made from the data. It runs as it is; correct what was guessed wrong."
    yield "# docs/sources.md lists all keys. communique mapping check tries it, communique load table loads it."
    yield f"source: {source}"
    yield f"title: {_quote(source.replace('-', ' '))}"
    yield "describe:"
    yield "  # publisher: org/…       who publishes it; to be described under once:"
    yield "  # homepage: https://…"
    yield "  licence: {text: unknown}  # under which terms it may be used; iri: the address of the licence"
    yield "  # citation: how it wants to be cited"
    yield f'edition: "{day.year}"'
    yield f"date: {day.isoformat()}  # of this edition: as of this day its facts hold; guessed from the file"
    yield ""


def _table(sample: TableSample, columns: Sequence[ColumnGuess]) -> Iterator[str]:
    """Write how the file is read, and its columns."""
    layout = sample.layout
    yield "tables:"
    yield "  - name: rows"
    yield f'    files: [{_quote(sample.name)}]  # or a pattern, such as "*.csv"'
    if not any(sample.name.lower().endswith(suffix) for suffix in SUFFIXES):
        yield f"    format: {layout.format}"
    if layout.encoding != "utf-8-sig":
        yield f"    encoding: {layout.encoding}  # guessed: look at letters with accents"
    if layout.separator not in (None, "," if layout.format != "tsv" else "\t"):
        yield f"    separator: {'tab' if layout.separator == chr(9) else _quote(layout.separator or '')}"
    if layout.header != 1:
        yield f"    header: {layout.header}"
    yield f"    missing: [{', '.join(map(_quote, sentinels(sample)))}]  # seen, and taken for no value"
    yield "    columns:"
    for guess in columns:
        settings = f", {guess.settings}" if guess.settings else ""
        yield f"      {guess.name}: {{column: {_quote(guess.column)}, as: {guess.kind}{settings}}}  # {guess.note}"


def _facts(source: str, columns: Sequence[ColumnGuess], day: date) -> Iterator[str]:
    """Write facts that fit what was found: scores of states, events on days, or a list of bodies."""
    state, year, when = _first(columns, "state", "code"), _first(columns, "year"), _first(columns, "date")
    numbers = [each for each in columns if each.kind in ("decimal", "integer") and each.filled > 0]
    texts = (each for each in columns if each.kind == "text" and each.filled > _ENOUGH)
    title = max(texts, key=lambda each: each.distinct, default=None)
    if state and numbers:
        yield from _scores(source, state, year, numbers[:_MOST_SCORES], day)
    elif when and title:
        yield from _events(source, title, when, state)
    else:
        yield from _bodies(source, title or columns[0], state)


def _first(columns: Sequence[ColumnGuess], *kinds: str) -> ColumnGuess | None:
    return next((each for each in columns if each.kind in kinds), None)


def _scores(
    source: str, state: ColumnGuess, year: ColumnGuess | None, numbers: Sequence[ColumnGuess], day: date
) -> Iterator[str]:
    stamp = f"{{{year.name}}}" if year else str(day.year)
    yield "    # Each number is taken for a score of the state; for a rank write RankObservation, rank/… and rank:."
    yield "    facts:"
    for each in numbers:
        indicator = f"{source}-{slug(each.column)}"
        yield f'      "score/{indicator}/{stamp}/{{{state.name}}}":'
        yield "        type: ScoreObservation"
        yield f"        indicator: indicator/{indicator}"
        yield f'        observedState: "{{{state.name}}}"'
        yield f'        refYear: "{stamp}"'
        yield f'        value: "{{{each.name}}}"'
        yield "        needs: value"
    yield "    once:"
    for each in numbers:
        yield f"      indicator/{source}-{slug(each.column)}: {{type: Indicator, label: {_quote(each.column)}}}"


def _events(source: str, title: ColumnGuess, when: ColumnGuess, state: ColumnGuess | None) -> Iterator[str]:
    yield "    # Each row is taken for an event; other classes: docs/ontology.md."
    yield "    facts:"
    yield f'      "event/{source}-{{{when.name}}}-{{{title.name}}}":'
    yield "        type: Event"
    yield f'        label: "{{{title.name}}}"'
    yield "        realization: occurred  # or planned, unknown: what does the table say?"
    yield f'        when: "{{{when.name}}}"'
    if state:
        yield f'        participants: {{participant: "{{{state.name}}}"}}'


def _bodies(source: str, title: ColumnGuess, state: ColumnGuess | None) -> Iterator[str]:
    yield "    # Each row is taken for an organization; other classes: docs/ontology.md."
    yield "    facts:"
    yield f'      "org/{source}-{{{title.name}}}":'
    yield "        type: Organization"
    yield f'        label: "{{{title.name}}}"'
    if state:
        yield f'        actsFor: "{{{state.name}}}"'
