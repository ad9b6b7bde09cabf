"""The first rows of a table → what its columns seem to be, and which words in it stand for no value."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from communique.graph.linking import states
from communique.graph.mapping.tables.cells import CellError, Setting, decimals, integers, read_address, years
from communique.graph.mapping.tables.dates import dates
from communique.graph.sources.layouts import Layout
from communique.graph.sources.rows import Row
from communique.graph.terms.identifiers import slug

# So much of a column has to be of a kind for the column to be taken for one of that kind.
ENOUGH = 0.9
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
# May be a number of thousands or one with three places: alone it does not tell the decimal sign.
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+")
_NAMIBIA = "NA"
_TWO = 2  # codes beside it that tell of what kind it is
# Texts longer than this on average are no titles.
_LONG = 150
# A proposal loses no row for the sake of one cell.
_LENIENT = "otherwise: leave-out"


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a table: name of the file, how it is laid out, its rows, and when it was last changed."""

    name: str
    layout: Layout
    rows: tuple[Row, ...]
    changed: date


@dataclass(frozen=True, slots=True)
class Guess:
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


def guesses(sample: Sample) -> Iterator[Guess]:
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
        yield _guess(name, column, texts, len(sample.rows))


def _guess(name: str, column: str, texts: Sequence[str], total: int) -> Guess:
    """Guess what a column is from its texts."""
    filled = len(texts) / total
    seen = ", ".join(dict.fromkeys(re.sub(r"\s+", " ", text)[:30] for text in texts[:50]))[:60]
    note = f"{filled:.0%} filled; {seen}" if texts else "empty"
    kind, settings = _kind(texts) if texts else ("text", "")
    is_short = sum(map(len, texts[:100])) < _LONG * len(texts[:100])
    return Guess(name, column, kind, settings, note, filled, len(set(texts[:100])) if is_short else 0)


def _kind(texts: Sequence[str]) -> tuple[str, str]:
    """Guess the kind of a column and its settings: the first kind of which nearly all texts are."""
    distinct = tuple(dict.fromkeys(texts))[:500]
    if _share(distinct, years(1900, 2100)) == 1:
        return "year", ""
    if _share(distinct, integers(None, None)) > ENOUGH:
        return "integer", _LENIENT
    if _share(distinct, decimals(None, None, False, None)) > ENOUGH:
        return "decimal", _LENIENT
    if (
        any("," in text and not _GROUPED.fullmatch(text) for text in distinct)
        and _share(distinct, decimals(None, None, True, None)) > ENOUGH
    ):
        return "decimal", f"decimal: comma, {_LENIENT}"
    if formats := [each for each in _DATE_FORMATS if _share(distinct, dates([each], None, 1000, 2100)) > ENOUGH]:
        order = "" if len(formats) == 1 else ", order: dmy"
        return "date", f"format: [{', '.join(map(quote, formats))}]{order}, {_LENIENT}"
    return _named_kind(distinct)


def _named_kind(texts: Sequence[str]) -> tuple[str, str]:
    """Tell codes and names of states and addresses from other texts."""
    for scheme, length in (("alpha3", 3), ("alpha2", 2)):
        found = [text for text in texts if len(text) == length and text.isupper()]
        if len(found) > ENOUGH * len(texts) and _known(found, partial(states.by_code, scheme)) > ENOUGH:
            return "code", f"scheme: {scheme}, {_LENIENT}"
    if _known(texts, states.find) > _MANY:
        return "state", _LENIENT
    if _share(texts, read_address) == 1:
        return "iri", _LENIENT
    return "text", ""


def _share(texts: Sequence[str], read: Callable[[str, Setting], object]) -> float:
    """Give the share of texts that a reader takes."""
    taken = 0
    for text in texts:
        try:
            read(text, Setting())
            taken += 1
        except CellError:
            continue
    return taken / len(texts)


def _known(texts: Sequence[str], find: Callable[[str], object]) -> float:
    """Give the share of texts that name a state."""
    return sum(find(text) is not None for text in texts) / len(texts) if texts else 0.0


def sentinels(sample: Sample) -> list[str]:
    """List the words for "no value" that occur; NA is Namibia's code where the rest of its column are codes."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in sample.rows:
        for column, text in row.cells.items():
            seen[column].add(text.strip())
    words = {text for texts in seen.values() for text in texts}
    is_coded = any(_NAMIBIA in texts and _are_codes(texts - {*_SENTINELS, ""}) for texts in seen.values())
    return [each for each in _SENTINELS if each in words and not (is_coded and each == _NAMIBIA)]


def _are_codes(texts: Collection[str]) -> bool:
    """Tell whether some texts are codes of states in two letters, as far as they are enough to tell."""
    known = sum(text.isupper() and states.by_code("alpha2", text) is not None for text in texts)
    return len(texts) >= _TWO and known >= ENOUGH * len(texts)


def quote(text: str) -> str:
    """Write a text as YAML."""
    return json.dumps(text, ensure_ascii=False)
