"""Judgements as SSSOM, to be kept, compared, and carried to another deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from pyoxigraph import NamedNode

from communique.graph.curation.review.judgements import (
    ACCEPTED,
    REJECTED,
    UNSURE,
    VERDICTS,
    Judgement,
    paired,
    read_time,
)
from communique.graph.terms import sssom
from communique.graph.terms.namespaces import BASE, shorten, term

_METADATA = {
    "mapping_set_id": BASE + "judgements",
    "mapping_set_title": "Judgements on nodes that may be the same",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "comment": "verdict and judged_at are columns of this project; the other columns say the same without them",
}
_COLUMNS = (
    *("subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "author_label", "mapping_date", "comment", "verdict", "judged_at"),
)
# The weakest mapping of SKOS says that something was looked at, and no more.
_PREDICATES = {ACCEPTED: "skos:exactMatch", REJECTED: "skos:exactMatch", UNSURE: "skos:mappingRelation"}


def write_table(judgements: Iterable[Judgement], labels: Mapping[NamedNode, str]) -> Iterator[str]:
    """Write judgements, oldest first; who reads SSSOM without our columns is told nothing wrong."""
    ordered = sorted(judgements, key=lambda each: (each.at, each.node.value))
    return sssom.write(_METADATA, _COLUMNS, (_row(each, labels) for each in ordered))


def read_table(text: str, path: str, *, by: str, at: datetime) -> Iterator[Judgement]:
    """Read judgements from any mapping set whose predicates are exactMatch, it with the modifier Not, or unsure ones.

    ``by`` and ``at`` stand for an author or a date that a row lacks. SourceError names line and column.
    """
    for row in sssom.read(text, path):
        left, right = row.node("subject_id"), row.node("object_id")
        if left == right:
            raise row.wrong("subject_id and object_id are one", expected="two nodes that may be the same")
        author = row.text("author_label") or row.text("reviewer_label") or by
        reason = row.text("comment")
        yield Judgement(paired(left, right), _verdict(row), author, _time(row, at), reason)


def _row(judgement: Judgement, labels: Mapping[NamedNode, str]) -> dict[str, str]:
    """Write one judgement."""
    left, right = judgement.pair
    return {
        "subject_id": sssom.compact(left),
        "subject_label": labels.get(left, ""),
        "predicate_modifier": "Not" if judgement.verdict == REJECTED else "",
        "predicate_id": _PREDICATES[judgement.verdict],
        "object_id": sssom.compact(right),
        "object_label": labels.get(right, ""),
        "mapping_justification": sssom.CURATED,
        "author_label": judgement.by,
        "mapping_date": f"{judgement.at:%Y-%m-%d}",
        "comment": judgement.reason,
        "verdict": judgement.verdict,
        "judged_at": f"{judgement.at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _verdict(row: sssom.MappingRow) -> str:
    """Read the verdict; a column of that name goes before predicate and modifier."""
    given = row.text("verdict")
    if given:
        if given not in VERDICTS:
            raise row.wrong(f"verdict is {given!r}", expected=" or ".join(VERDICTS))
        return given
    predicate, modifier = row.node("predicate_id"), row.text("predicate_modifier")
    if predicate == term("skos:exactMatch") and modifier in {"", "Not"}:
        return REJECTED if modifier else ACCEPTED
    if predicate == term("skos:mappingRelation") and not modifier:
        return UNSURE
    expected = "skos:exactMatch, with Not as predicate_modifier where they differ; skos:mappingRelation where unsure"
    raise row.wrong(f"predicate_id is {modifier} {shorten(predicate.value)}".replace("  ", " "), expected=expected)


def _time(row: sssom.MappingRow, at: datetime) -> datetime:
    """Read the time of a judgement, else its day."""
    moment = row.text("judged_at") or row.text("mapping_date")
    try:
        return read_time(moment) if moment else at.astimezone(UTC).replace(microsecond=0)
    except ValueError as error:
        raise row.wrong(f"{moment!r} is no date", expected="2026-11-22, or 2026-11-22T10:00:00Z") from error
