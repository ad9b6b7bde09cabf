"""Two records → how much speaks for their being one: parties, dates, titles, kinds, and the score that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.curation.duplicates.records import Record

WINDOW_DAYS = 730
# How much each feature counts, of those that can be compared.
WEIGHTS = {"partyScore": 0.4, "dateScore": 0.2, "titleScore": 0.3, "kindScore": 0.1}

# Words that tell a change of an agreement from the agreement, or one step of it from another.
_MARKS = frozenset(
    ["protocol", "amendment", "amending", "accession", "withdrawal", "annex", "additional", "supplementary"]
)
_OTHER_NUMBER, _OTHER_MARK = 0.6, 0.4
# Words that are so much alike, of 100, are one word.
_ONE_WORD = 85


@dataclass(frozen=True, slots=True)
class Comparison:
    """Features by the names of their properties, from 0 to 1, and the weighted mean of them; a line that tells why."""

    features: dict[str, float]
    score: float
    reason: str


def compare(left: Record, right: Record) -> Comparison | None:
    """Compare two records; None where they cannot be one, or neither parties nor dates can be compared."""
    gap = _gap(left, right)
    if gap is not None and gap > WINDOW_DAYS:
        return None
    features = {"titleScore": _titles(left, right), "kindScore": _kinds(left, right)}
    parties = _parties(left, right)
    if parties is not None:
        features["partyScore"] = parties[0] / parties[1]
    if gap is not None:
        features["dateScore"] = 1 - gap / WINDOW_DAYS
    if not features.keys() & {"partyScore", "dateScore"}:
        return None
    score = sum(WEIGHTS[name] * value for name, value in features.items()) / sum(WEIGHTS[name] for name in features)
    return Comparison(features, score, _reason(left, right, features, gap))


def _parties(left: Record, right: Record) -> tuple[int, int] | None:
    """Count the parties in common, and of how many; for a source without parties, the states that its titles name.

    A title need not name all parties: its states are counted, not those of the other side. One state alone tells little
    (``EC Estonia``, ``EFTA Estonia``), so that it can deny, but not confirm. None where nothing can be compared.
    """
    if left.parties and right.parties:
        return len(left.parties & right.parties), len(left.parties | right.parties)
    one, other = _mentions(left), _mentions(right)
    if not one or not other:
        return None
    common = sum(any(meant & also for also in other) for meant in one)
    either = len(one if right.parties else other) if left.parties or right.parties else len(one) + len(other) - common
    common = min(common, either)
    return None if common == either == 1 else (common, either)


def _mentions(record: Record) -> frozenset[frozenset[NamedNode]]:
    """Give the parties, or the states that the titles name, each as all that it can mean."""
    return frozenset(frozenset([party]) for party in record.parties) or record.named


def _gap(left: Record, right: Record) -> int | None:
    """Count the days between the nearest days on which two records can lie; None where one is undated."""
    one, other = _bounds(left), _bounds(right)
    if one is None or other is None:
        return None
    (first, last), (other_first, other_last) = one, other
    return max(0, (other_first - last).days, (first - other_last).days)


def _bounds(record: Record) -> tuple[date, date] | None:
    """Give both bounds of a record; a missing one is taken for the other."""
    first, last = record.first or record.last, record.last or record.first
    return None if first is None or last is None else (first, last)


def _titles(left: Record, right: Record) -> float:
    """Compare titles, whatever the order of words; other numbers, or a protocol beside an agreement, count less."""
    alike = max((_alike(one, other) for one in left.keys for other in right.keys), default=0.0)
    if left.numbers != right.numbers and left.numbers and right.numbers:
        alike *= _OTHER_NUMBER
    return alike * _OTHER_MARK if _MARKS & (left.words ^ right.words) else alike


def _alike(one: str, other: str) -> float:
    """Compare two titles: the mean of what they share, how alike they are as wholes, and their words in common."""
    words, others = set(one.split()), set(other.split())
    common = sum(any(fuzz.ratio(word, also) >= _ONE_WORD for also in others) for word in words)
    share = common / max(len(words) + len(others) - common, common, 1)
    return (fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other) + 100 * share) / 300


def _kinds(left: Record, right: Record) -> float:
    """Compare the classes: 1 for the same, a half where one is above the other, else 0; or where concepts differ."""
    if left.concepts and right.concepts and left.concepts.isdisjoint(right.concepts):
        return 0.0
    if left.kind == right.kind:
        return 1.0
    return 0.5 if left.kind in right.classes or right.kind in left.classes else 0.0


def _reason(left: Record, right: Record, features: dict[str, float], gap: int | None) -> str:
    """Say in a line what was compared and what came of it."""
    parties, parts = _parties(left, right), []
    if parties is None:
        parts.append("parties not known of both")
    elif left.parties and right.parties:
        parts.append(f"{parties[0]} of {parties[1]} parties in common")
    else:
        parts.append(f"{parties[0]} of {parties[1]} states that a title names in common")
    days = "" if gap == 1 else "s"
    parts.append("dates not known of both" if gap is None else f"{gap} day{days} apart" if gap else "no day apart")
    parts.append(f"titles {features['titleScore']:.0%} alike")
    kinds = "one kind" if features["kindScore"] == 1 else f"kinds {left.kind} and {right.kind}"
    return f"{'; '.join([*parts, kinds])}."
