"""Results of linking → a mapping set in SSSOM: the names of a column stand to nodes as this project believes.

A name is no entity, so each gets an IRI of its own below that of the column: the name, and where a day or a context
decided too these as well, escaped for an IRI. A match is an exact match; candidates are close ones, to be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from communique.graph.linking.linkage import Cells
from communique.graph.linking.results import Candidate, Result
from communique.graph.linking.scoring import UNKNOWN
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import BASE

COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification"),
    *("confidence", "mapping_date", "mapping_tool", "mapping_tool_version", "comment"),
)
_PREFIX = "name"
_TOOL = "communique link"
_UNSPECIFIED = "https://w3id.org/sssom/license/unspecified"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the names come from, and who linked them when."""

    file: str
    column: str
    on: date
    version: str

    @property
    def iri(self) -> str:
        """Give the IRI of the column, which is that of the mapping set."""
        return f"{BASE}names/{slug(self.file)}/{slug(self.column)}"


def write_mappings(results: Mapping[Cells, Result], origin: Origin) -> Iterator[str]:
    """Write the mapping set, line by line."""
    metadata = {
        "mapping_set_id": origin.iri,
        "mapping_set_title": f"{origin.column} of {origin.file}, linked",
        "license": _UNSPECIFIED,
        "mapping_date": origin.on.isoformat(),
        "mapping_tool": _TOOL,
        "mapping_tool_version": origin.version,
    }
    rows = (row for cells, result in results.items() for row in _rows(cells, result, origin))
    return sssom.write(metadata, COLUMNS, rows, {_PREFIX: origin.iri + "/"})


def _rows(cells: Cells, result: Result, origin: Origin) -> Iterator[dict[str, str]]:
    """Write the mappings of one name: the match alone, or all candidates."""
    for candidate in (result.match,) if result.match else result.candidates:
        yield {
            "subject_id": f"{_PREFIX}:{_local(cells)}",
            "subject_label": cells.text,
            "predicate_id": "skos:exactMatch" if result.match else "skos:closeMatch",
            "object_id": sssom.compact(candidate.node),
            "object_label": candidate.label,
            "mapping_justification": _justify(candidate),
            "confidence": f"{candidate.score:.4g}",
            "mapping_date": origin.on.isoformat(),
            "mapping_tool": _TOOL,
            "mapping_tool_version": origin.version,
            "comment": candidate.explanation,
        }


def _local(cells: Cells) -> str:
    """Write what was asked as the last step of an IRI."""
    parts = [cells.text, cells.when, cells.context]
    while not parts[-1]:
        parts.pop()
    return "@".join(quote(" ".join(part.split()), safe="") for part in parts)


def _justify(candidate: Candidate) -> str:
    """Name the way of matching: by name, by likeness, or by several features."""
    if any(feature.score in (0, 1) for feature in candidate.features if feature.name != "name"):
        return "semapv:CompositeMatching"
    exact = candidate.features[0].score in (UNKNOWN, 1)
    return "semapv:LexicalMatching" if exact else "semapv:LexicalSimilarityThresholdMatching"
