"""The names of a column → results, each question asked once; and the results → a mapping set in SSSOM.

In a mapping set a name is no entity, so each gets an IRI of its own below that of the column: the name, and where a day
or a context decided too these as well, escaped for an IRI. A match is an exact match; candidates are close ones, to be
judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import quote

from communique.graph.linking.index import Index
from communique.graph.linking.resolution import resolve
from communique.graph.linking.scoring import UNKNOWN, Feature, LinkCandidate, Result
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import BASE

MAPPING_COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification"),
    *("confidence", "mapping_date", "mapping_tool", "mapping_tool_version", "comment"),
)
_PREFIX = "name"
_TOOL = "communique link"
_UNSPECIFIED = "https://w3id.org/sssom/license/unspecified"


@dataclass(frozen=True, slots=True)
class Mention:
    """What a row says of one thing: its name, when, and what it belongs to; empty where the row says nothing."""

    text: str
    when: str = ""
    context: str = ""


@dataclass
class Linkage:
    """Links the mentions of one column.

    Attributes
    ----------
    kind : local name of the class that the names are names of
    index : what is known beside states; None when only these are asked for
    results : of each mention, in the order in which they came
    rows : how many rows were a match, had candidates, or nothing
    """

    kind: str
    index: Index | None = None
    results: dict[Mention, Result] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)

    def link(self, mention: Mention, days: tuple[date, date] | None = None) -> Result:
        """Resolve a mention of a row written between two days; an empty name is no question and leads to nothing."""
        if not mention.text.strip():
            self.rows["empty"] += 1
            return Result()
        result = self.results.get(mention)
        if result is None:
            result = self.results[mention] = self._resolve(mention, days)
        self.rows[result.verdict] += 1
        return result

    def undecided(self) -> dict[Mention, Result]:
        """Return the mentions without a match."""
        return {mention: result for mention, result in self.results.items() if result.match is None}

    def _resolve(self, mention: Mention, days: tuple[date, date] | None) -> Result:
        """Resolve on the first and on the last day; a match only if both agree.

        What is meant on some of the days only has half its score.
        """
        first, last = (
            resolve(mention.text, self.kind, on=day, context=mention.context or None, index=self.index)
            for day in (days or (None, None))
        )
        if first.match and last.match and first.match.node == last.match.node:
            return first if first.match.score <= last.match.score else last
        both = list({candidate.node: candidate for candidate in (*last.candidates, *first.candidates)}.values())
        if first.match != last.match:
            doubt = Feature("days", "not the same on the first and the last day", UNKNOWN)
            both = [replace(each, score=each.score * UNKNOWN, features=(*each.features, doubt)) for each in both]
        return Result(None, tuple(sorted(both, key=lambda candidate: (-candidate.score, candidate.node.value))))


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """The column from which the names come, and which version linked them when."""

    file: str
    column: str
    on: date
    version: str

    @property
    def iri(self) -> str:
        """The IRI of the column, which is that of the mapping set."""
        return f"{BASE}names/{slug(self.file)}/{slug(self.column)}"


def write_mappings(results: Mapping[Mention, Result], source: ColumnSource) -> Iterator[str]:
    """Write the mapping set, line by line: of each mention the match alone, or all candidates."""
    made = {
        "mapping_date": source.on.isoformat(),
        "mapping_tool": _TOOL,
        "mapping_tool_version": source.version,
    }
    metadata = {
        "mapping_set_id": source.iri,
        "mapping_set_title": f"{source.column} of {source.file}, linked",
        "license": _UNSPECIFIED,
        **made,
    }
    rows = (
        _mapping_row(mention, candidate, is_match=result.match is not None) | made
        for mention, result in results.items()
        for candidate in ((result.match,) if result.match else result.candidates)
    )
    return sssom.write(metadata, MAPPING_COLUMNS, rows, {_PREFIX: source.iri + "/"})


def _mapping_row(mention: Mention, candidate: LinkCandidate, *, is_match: bool) -> dict[str, str]:
    parts = [mention.text, mention.when, mention.context]
    while not parts[-1]:
        parts.pop()
    if any(feature.score in (0, 1) for feature in candidate.features if feature.name != "name"):
        justification = "semapv:CompositeMatching"
    elif candidate.features[0].score in (UNKNOWN, 1):
        justification = "semapv:LexicalMatching"
    else:
        justification = "semapv:LexicalSimilarityThresholdMatching"
    return {
        "subject_id": f"{_PREFIX}:{'@'.join(quote(' '.join(part.split()), safe='') for part in parts)}",
        "subject_label": mention.text,
        "predicate_id": "skos:exactMatch" if is_match else "skos:closeMatch",
        "object_id": sssom.compact(candidate.node),
        "object_label": candidate.label,
        "mapping_justification": justification,
        "confidence": f"{candidate.score:.4g}",
        "comment": candidate.explanation,
    }
