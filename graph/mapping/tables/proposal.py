"""A sample of a table → a mapping to begin with: it runs as it is, and its comments say what was guessed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from communique.graph.identifiers import slug
from communique.graph.linking import states
from communique.graph.mapping.tables.cells import CellError, Setting, decimals, integers, read_address, years
from communique.graph.mapping.tables.dates import dates
from communique.graph.mapping.tables.layouts import SUFFIXES, Layout
from communique.graph.mapping.tables.rows import Row

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
    *(
        "%Y-%m-%d",
        "%Y-%m",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d-%m-%Y",
        "%d %B %Y",
        "%B %d, %Y",
        "%d-%b-%Y",
    ),
    "%Y-%m-%dT%*",
)
_FEW = 12
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


def propose(sample: Sample) -> str:
    """Write a mapping for a table."""
    guesses = list(_guesses(sample))
    source = slug(sample.name.rpartition(".")[0] or sample.name)
    last = max((int(year) for year in _texts_of(sample, guesses, "year")), default=0)
    day = max(sample.changed, date(last, 12, 31)) if last else sample.changed
    lines = [*_head(source, day), *_table(sample, guesses), *_facts(source, guesses, day)]
    return "\n".join(lines) + "\n"


def _head(source: str, day: date) -> Iterator[str]:
    """Write what describes the source."""
    yield "# A proposal, made from the data. It runs as it is; correct what was guessed wrong."
    yield "# docs/sources.md tells all keys. communique mapping check tries it, communique load table loads it."
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


def _table(sample: Sample, guesses: Sequence[Guess]) -> Iterator[str]:
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
    yield f"    missing: [{', '.join(map(_quote, _sentinels(sample)))}]  # seen, and taken for no value"
    yield "    columns:"
    for guess in guesses:
        settings = f", {guess.settings}" if guess.settings else ""
        yield f"      {guess.name}: {{column: {_quote(guess.column)}, as: {guess.kind}{settings}}}  # {guess.note}"


def _facts(source: str, guesses: Sequence[Guess], day: date) -> Iterator[str]:
    """Write facts that fit what was found: scores of states, events on days, or a list of bodies."""
    state, year, when = _first(guesses, "state", "code"), _first(guesses, "year"), _first(guesses, "date")
    numbers = [each for each in guesses if each.kind in ("decimal", "integer") and each.filled > 0]
    texts = (each for each in guesses if each.kind == "text" and each.filled > _ENOUGH)
    title = max(texts, key=lambda each: each.distinct, default=None)
    if state and numbers:
        yield from _scores(source, state, year, numbers[:_FEW], day)
    elif when and title:
        yield from _events(source, title, when, state)
    else:
        yield from _bodies(source, title or guesses[0], state)


def _first(guesses: Sequence[Guess], *kinds: str) -> Guess | None:
    """Find the first column of some kinds."""
    return next((each for each in guesses if each.kind in kinds), None)


def _scores(source: str, state: Guess, year: Guess | None, numbers: Sequence[Guess], day: date) -> Iterator[str]:
    """Write scores of states by year."""
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


def _events(source: str, title: Guess, when: Guess, state: Guess | None) -> Iterator[str]:
    """Write events on days."""
    yield "    # Each row is taken for an event; other classes: docs/ontology.md."
    yield "    facts:"
    yield f'      "event/{source}-{{{when.name}}}-{{{title.name}}}":'
    yield "        type: Event"
    yield f'        label: "{{{title.name}}}"'
    yield "        realization: occurred  # or planned, unknown: what does the table say?"
    yield f'        when: "{{{when.name}}}"'
    if state:
        yield f'        participants: {{participant: "{{{state.name}}}"}}'


def _bodies(source: str, title: Guess, state: Guess | None) -> Iterator[str]:
    """Write a list of bodies."""
    yield "    # Each row is taken for an organization; other classes: docs/ontology.md."
    yield "    facts:"
    yield f'      "org/{source}-{{{title.name}}}":'
    yield "        type: Organization"
    yield f'        label: "{{{title.name}}}"'
    if state:
        yield f'        actsFor: "{{{state.name}}}"'


def _guesses(sample: Sample) -> Iterator[Guess]:
    """Guess each column."""
    taken: Counter[str] = Counter()
    missing = set(_sentinels(sample))
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
    if _share(distinct, integers(None, None)) > _ENOUGH:
        return "integer", _LENIENT
    if _share(distinct, decimals(None, None, False, None)) > _ENOUGH:
        return "decimal", _LENIENT
    if any("," in text for text in distinct) and _share(distinct, decimals(None, None, True, None)) > _ENOUGH:
        return "decimal", f"decimal: comma, {_LENIENT}"
    if formats := [each for each in _DATE_FORMATS if _share(distinct, dates([each], None, 1000, 2100)) > _ENOUGH]:
        order = "" if len(formats) == 1 else ", order: dmy"
        return "date", f"format: [{', '.join(map(_quote, formats))}]{order}, {_LENIENT}"
    return _named_kind(distinct)


def _named_kind(texts: Sequence[str]) -> tuple[str, str]:
    """Tell codes and names of states and addresses from other texts."""
    for scheme, length in (("alpha3", 3), ("alpha2", 2)):
        found = [text for text in texts if len(text) == length and text.isupper()]
        if len(found) > _ENOUGH * len(texts) and _known(found, partial(states.by_code, scheme)) > _ENOUGH:
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


def _sentinels(sample: Sample) -> list[str]:
    """List the words for "no value" that occur; a code of a state, such as NA, is one only beside other codes."""
    seen = Counter(text.strip() for row in sample.rows for text in row.cells.values())
    codes = {text.strip() for row in sample.rows for text in row.cells.values() if len(text.strip()) == 2}
    is_coded = sum(each.isupper() and each.isalpha() for each in codes) > _FEW
    return [each for each in _SENTINELS if seen[each] and not (is_coded and each == "NA")]


def _texts_of(sample: Sample, guesses: Sequence[Guess], kind: str) -> Iterator[str]:
    """Give the texts of the first column of a kind."""
    column = next((each.column for each in guesses if each.kind == kind), None)
    if column is not None:
        yield from (text for row in sample.rows if (text := row.cells.get(column, "").strip()).isdigit())


def _quote(text: str) -> str:
    """Write a text as YAML."""
    return json.dumps(text, ensure_ascii=False)
