"""A sample of a table → a mapping to begin with: it runs as it is, and its comments say what was guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from communique.graph.mapping.tables.guesses import ENOUGH, Guess, Sample, guesses, quote, sentinels
from communique.graph.sources.layouts import SUFFIXES
from communique.graph.terms.identifiers import slug

# Scores that are proposed; a wide table has more columns of numbers than anybody wants at once.
_MOST = 12


def propose(sample: Sample) -> str:
    """Write a mapping for a table."""
    columns = list(guesses(sample))
    source = slug(sample.name.rpartition(".")[0] or sample.name)
    day = _day(sample, _first(columns, "year"))
    lines = [*_head(source, day), *_table(sample, columns), *_facts(source, columns, day)]
    return "\n".join(lines) + "\n"


def _day(sample: Sample, year: Guess | None) -> date:
    """Give the day on which a table can have been made: that of its last change, no earlier than its last year."""
    texts = (row.cells.get(year.column, "").strip() for row in sample.rows) if year else ()
    last = max((int(text) for text in texts if text.isdigit()), default=0)
    return max(sample.changed, date(last, 12, 31)) if last else sample.changed


def _head(source: str, day: date) -> Iterator[str]:
    """Write what describes the source."""
    yield "# A proposal, made from the data. It runs as it is; correct what was guessed wrong."
    yield "# docs/sources.md tells all keys. communique mapping check tries it, communique load table loads it."
    yield f"source: {source}"
    yield f"title: {quote(source.replace('-', ' '))}"
    yield "describe:"
    yield "  # publisher: org/…       who publishes it; to be described under once:"
    yield "  # homepage: https://…"
    yield "  licence: {text: unknown}  # under which terms it may be used; iri: the address of the licence"
    yield "  # citation: how it wants to be cited"
    yield f'edition: "{day.year}"'
    yield f"date: {day.isoformat()}  # of this edition: as of this day its facts hold; guessed from the file"
    yield ""


def _table(sample: Sample, columns: Sequence[Guess]) -> Iterator[str]:
    """Write how the file is read, and its columns."""
    layout = sample.layout
    yield "tables:"
    yield "  - name: rows"
    yield f'    files: [{quote(sample.name)}]  # or a pattern, such as "*.csv"'
    if not any(sample.name.lower().endswith(suffix) for suffix in SUFFIXES):
        yield f"    format: {layout.format}"
    if layout.encoding != "utf-8-sig":
        yield f"    encoding: {layout.encoding}  # guessed: look at letters with accents"
    if layout.separator not in (None, "," if layout.format != "tsv" else "\t"):
        yield f"    separator: {'tab' if layout.separator == chr(9) else quote(layout.separator or '')}"
    if layout.header != 1:
        yield f"    header: {layout.header}"
    yield f"    missing: [{', '.join(map(quote, sentinels(sample)))}]  # seen, and taken for no value"
    yield "    columns:"
    for guess in columns:
        settings = f", {guess.settings}" if guess.settings else ""
        yield f"      {guess.name}: {{column: {quote(guess.column)}, as: {guess.kind}{settings}}}  # {guess.note}"


def _facts(source: str, columns: Sequence[Guess], day: date) -> Iterator[str]:
    """Write facts that fit what was found: scores of states, events on days, or a list of bodies."""
    state, year, when = _first(columns, "state", "code"), _first(columns, "year"), _first(columns, "date")
    numbers = [each for each in columns if each.kind in ("decimal", "integer") and each.filled > 0]
    texts = (each for each in columns if each.kind == "text" and each.filled > ENOUGH)
    title = max(texts, key=lambda each: each.distinct, default=None)
    if state and numbers:
        yield from _scores(source, state, year, numbers[:_MOST], day)
    elif when and title:
        yield from _events(source, title, when, state)
    else:
        yield from _bodies(source, title or columns[0], state)


def _first(columns: Sequence[Guess], *kinds: str) -> Guess | None:
    """Find the first column of some kinds."""
    return next((each for each in columns if each.kind in kinds), None)


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
        yield f"      indicator/{source}-{slug(each.column)}: {{type: Indicator, label: {quote(each.column)}}}"


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
