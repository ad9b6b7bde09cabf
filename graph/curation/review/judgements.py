"""Judgements: what somebody decided, at a time, about two nodes that may be the same.

A pair stands in the order of its IRIs. Judgements are only ever added: of several on one pair the latest counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import LinkingError
from communique.graph.queries.answers import Run, ask, node, text
from communique.graph.terms.identifiers import JUDGEMENTS, entity, pair_key, slug
from communique.graph.terms.namespaces import XSD, concept, prologue, shorten, term

Pair = tuple[NamedNode, NamedNode]

ACCEPTED, REJECTED, UNSURE = VERDICTS = ("accepted", "rejected", "unsure")

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
        """Name it by its pair, its time and who judged."""
        return entity(f"judgement/{pair_key(*self.pair)}/{self.at:%Y%m%dT%H%M%SZ}-{_signed(self.by)}")


def _signed(name: str) -> str:
    """Reduce a name to ASCII; what that loses is told apart by a digest."""
    short = slug(name)
    is_whole = short == "-".join(name.lower().split())
    return short if is_whole else f"{short}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def paired(one: NamedNode, other: NamedNode) -> Pair:
    """Put two nodes in order; LinkingError when they are one."""
    if one == other:
        message = f"{shorten(one.value)} is paired with itself"
        raise LinkingError(message, expected="two nodes that may be the same")
    return (one, other) if one.value < other.value else (other, one)


def judge_anew(pair: Pair, verdict: str, known: Mapping[Pair, Judgement], *, by: str, reason: str = "") -> Judgement:
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


def standing(found: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """Keep of each pair the judgement that counts: the latest, and of several of one second the one named last."""
    return {each.pair: each for each in sorted(found, key=lambda each: (each.at, each.node.value))}


def read_time(moment: str) -> datetime:
    """Read an ISO 8601 time as UTC, to the second; one without a zone is UTC. ValueError when it is none."""
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def quads_of(judgement: Judgement) -> list[Quad]:
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
        facts["rdfs:comment"] = Literal(judgement.reason)  # in a language that nobody has told
    return [Quad(judgement.node, term(name), value, JUDGEMENTS) for name, value in facts.items()]
