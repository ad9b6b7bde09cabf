"""Judgements: what somebody decided, at a time, about two nodes that may be the same.

A pair stands in the order of its IRIs. Judgements are only ever added: of several on one pair the latest counts. They
are kept as quads of a graph, and as SSSOM to be compared and carried to another deployment.

They are read by a function that asks a SELECT and returns its answer as SPARQL 1.1 JSON, be it from a store or from the
query engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import LinkingError
from communique.graph.queries.answers import Run, ask, node, text
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import JUDGEMENTS, entity, pair_key, slug
from communique.graph.terms.namespaces import BASE, XSD, concept, prologue, shorten, term

Pair = tuple[NamedNode, NamedNode]

ACCEPTED, REJECTED, UNSURE = VERDICTS = ("accepted", "rejected", "unsure")

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
_SECOND = timedelta(seconds=1)
_ALL = (
    prologue(("com", "prov", "rdfs"))
    + f"SELECT ?judgement ?left ?right ?verdict ?by ?at ?reason {{ GRAPH {JUDGEMENTS} "
    + """{
    ?judgement a com:Judgement ; com:candidateLeft ?left ; com:candidateRight ?right ; com:verdict ?verdict ;
      com:judgedBy ?by ; prov:generatedAtTime ?at .
    OPTIONAL { ?judgement rdfs:comment ?reason }
  }
} ORDER BY ?at ?judgement"""
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement.

    Attributes
    ----------
    pair : the two nodes, in the order of their IRIs
    verdict : one of ``VERDICTS``
    by : who judged
    at : when, UTC, to the second
    reason : in the words of who judged; may be empty
    """

    pair: Pair
    verdict: str
    by: str
    at: datetime
    reason: str = ""

    @property
    def node(self) -> NamedNode:
        """Its IRI: the pair, the time and who judged."""
        author = slug(self.by)
        if author != "-".join(self.by.lower().split()):
            # What the slug loses is replaced by a digest, so that two authors have two IRIs.
            author = f"{author}-{hashlib.sha256(self.by.encode()).hexdigest()[:8]}"
        return entity(f"judgement/{pair_key(*self.pair)}/{self.at:%Y%m%dT%H%M%SZ}-{author}")


def paired(one: NamedNode, other: NamedNode) -> Pair:
    """Put two nodes in order; LinkingError when they are one."""
    if one == other:
        message = f"{shorten(one.value)} is paired with itself"
        raise LinkingError(message, expected="two nodes that may be the same")
    return (one, other) if one.value < other.value else (other, one)


def judge(pair: Pair, verdict: str, known: Mapping[Pair, Judgement], *, by: str, reason: str = "") -> Judgement:
    """Judge a pair now, and after whatever is ``known`` of it: clocks differ, but the new judgement shall count.

    LinkingError: the verdict is none of ``VERDICTS``, or nobody is named.
    """
    if verdict not in VERDICTS:
        raise LinkingError(f"{verdict!r} is not a verdict", expected=" or ".join(VERDICTS))
    if not by.strip():
        raise LinkingError("nobody is named who judges", hint="--agent NAME, or COMMUNIQUE_AGENT")
    now = datetime.now(UTC).replace(microsecond=0)
    earlier = known.get(pair)
    at = max(now, earlier.at + _SECOND) if earlier else now
    return Judgement(pair, verdict, " ".join(by.split()), at, " ".join(reason.split()))


def judgements(run: Run) -> list[Judgement]:
    """Read all judgements, oldest first."""
    return [
        Judgement(
            pair=(node(row, "left"), node(row, "right")),
            verdict=text(row, "verdict").rpartition("/")[2],
            by=text(row, "by"),
            at=read_time(text(row, "at")),
            reason=text(row, "reason"),
        )
        for row in ask(run, _ALL)
    ]


def latest_judgements(found: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """Keep of each pair the judgement that counts: the latest, and of several of one second the last by IRI."""
    return {each.pair: each for each in sorted(found, key=lambda each: (each.at, each.node.value))}


def read_time(moment: str) -> datetime:
    """Read an ISO 8601 time as UTC, to the second; one without a zone is UTC. ValueError when it is none."""
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def judgement_quads(judgement: Judgement) -> list[Quad]:
    """Write a judgement for the graph of judgements."""
    left, right = judgement.pair
    facts: dict[str, NamedNode | Literal] = {
        "rdf:type": term("com:Judgement"),
        "com:candidateLeft": left,
        "com:candidateRight": right,
        "com:verdict": concept("verdict", judgement.verdict),
        "com:judgedBy": Literal(judgement.by),
        "prov:generatedAtTime": Literal(f"{judgement.at:%Y-%m-%dT%H:%M:%SZ}", datatype=NamedNode(XSD + "dateTime")),
    }
    if judgement.reason:
        facts["rdfs:comment"] = Literal(judgement.reason)  # in a language that nobody has stated
    return [Quad(judgement.node, term(name), value, JUDGEMENTS) for name, value in facts.items()]


def write_table(judgements: Iterable[Judgement], labels: Mapping[NamedNode, str]) -> Iterator[str]:
    """Write judgements, oldest first; without the columns of this project the SSSOM says nothing wrong."""
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
