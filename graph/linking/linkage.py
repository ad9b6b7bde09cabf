"""Cells of a table → results, each question asked once, with an account of what came of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

from communique.graph.linking.index import Index
from communique.graph.linking.resolution import resolve
from communique.graph.linking.results import Candidate, Feature, Result
from communique.graph.linking.scoring import UNKNOWN


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row says of one thing: its name, when, and what it belongs to; empty where the row says nothing."""

    text: str
    when: str = ""
    context: str = ""


@dataclass
class Linkage:
    """Links the cells of one column.

    Attributes
    ----------
    kind : local name of the class that the names are names of
    index : what is known beside states; None when only these are asked for
    results : of each question, in the order in which they came
    rows : how many rows were a match, had candidates, or nothing
    """

    kind: str
    index: Index | None = None
    results: dict[Cells, Result] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)

    def link(self, cells: Cells, days: tuple[date, date] | None = None) -> Result:
        """Resolve the cells of a row written between two days; an empty name is no question and leads to nothing."""
        if not cells.text.strip():
            self.rows["empty"] += 1
            return Result()
        result = self.results.get(cells)
        if result is None:
            result = self.results[cells] = self._resolve(cells, days)
        self.rows[result.verdict] += 1
        return result

    def undecided(self) -> dict[Cells, Result]:
        """Give the questions without a match."""
        return {cells: result for cells, result in self.results.items() if result.match is None}

    def _resolve(self, cells: Cells, days: tuple[date, date] | None) -> Result:
        """Resolve on the first and on the last day; a match only if both agree."""
        first, last = (self._ask(cells, day) for day in (days or (None, None)))
        if first.match and last.match and first.match.node == last.match.node:
            return first if first.match.score <= last.match.score else last
        both = {candidate.node: candidate for candidate in (*last.candidates, *first.candidates)}
        listed = both.values() if first.match == last.match else map(_doubt, both.values())
        return Result(None, tuple(sorted(listed, key=lambda candidate: (-candidate.score, candidate.node.value))))

    def _ask(self, cells: Cells, day: date | None) -> Result:
        """Resolve on one day."""
        return resolve(cells.text, self.kind, on=day, context=cells.context or None, index=self.index)


def _doubt(candidate: Candidate) -> Candidate:
    """Halve the score of what is meant on some of the days only."""
    part = Feature("days", "not the same on the first and the last day", UNKNOWN)
    return replace(candidate, score=candidate.score * UNKNOWN, features=(*candidate.features, part))
