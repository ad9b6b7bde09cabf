"""Records of different documents → the pairs worth comparing, and how much speaks for each being one.

Blocking: two records are compared when they share two parties and lie near in time, or a party that few have and a
time, a title, or two rare words of it. A block that has grown too large says too little and is skipped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from rapidfuzz import fuzz

from communique.graph.curation.records import SourceRecord
from communique.graph.linking.tables import read_words

# Records in a block beyond which it is skipped; parties up to which all pairs of them are keys; words likewise.
LARGEST_BLOCK, FEW_PARTIES, RARE_WORDS = 150, 6, 3
WINDOW_YEARS, WINDOW_DAYS = 2, 730
# How much each feature counts, of those that can be compared.
WEIGHTS = {"partyScore": 0.4, "dateScore": 0.2, "titleScore": 0.3, "kindScore": 0.1}

_CHANGES = read_words("communique.graph.curation")["change"].keys()
_OTHER_NUMBER, _OTHER_CHANGE = 0.6, 0.4
_SAME_WORD = 85  # words that are so similar, of 100, are one word

BlockKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The pairs of records to compare, by their positions, and how many blocks there were and were skipped."""

    pairs: frozenset[tuple[int, int]]
    blocks: int
    skipped: int


@dataclass(frozen=True, slots=True)
class PairComparison:
    """Features by the names of their properties, from 0 to 1, the weighted mean of them, and the reason in a line."""

    features: dict[str, float]
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be one, in the order of their IRIs, and why."""

    left: SourceRecord
    right: SourceRecord
    comparison: PairComparison


def pair_up(records: Sequence[SourceRecord]) -> Blocks:
    """Find the pairs worth comparing: of different documents, and in a common block."""
    parties = Counter(str(party) for record in records for party in record.parties)
    words = Counter(word for record in records for word in record.words)
    blocks: dict[BlockKey, list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        for key in set(_block_keys(record, parties, words)):
            blocks[key].append(position)
    small = [positions for positions in blocks.values() if 1 < len(positions) <= LARGEST_BLOCK]
    pairs = frozenset(
        (one, other)
        for positions in small
        for one, other in combinations(positions, 2)
        if records[one].documents.isdisjoint(records[other].documents)
    )
    return Blocks(pairs, len(small), sum(len(positions) > LARGEST_BLOCK for positions in blocks.values()))


def compare(left: SourceRecord, right: SourceRecord) -> PairComparison | None:
    """Compare two records; None where they cannot be one, or neither parties nor dates can be compared."""
    days = _days_between(left, right)
    if days is not None and days > WINDOW_DAYS:
        return None
    features = {"titleScore": _compare_titles(left, right), "kindScore": _compare_kinds(left, right)}
    parties = _shared_parties(left, right)
    if parties is not None:
        features["partyScore"] = parties[0] / parties[1]
    if days is not None:
        features["dateScore"] = 1 - days / WINDOW_DAYS
    if not features.keys() & {"partyScore", "dateScore"}:
        return None
    score = sum(WEIGHTS[name] * value for name, value in features.items()) / sum(WEIGHTS[name] for name in features)
    reasons = []
    if parties is None:
        reasons.append("parties not known of both")
    else:
        what = "parties" if left.parties and right.parties else "states that a title names"
        reasons.append(f"{parties[0]} of {parties[1]} {what} in common")
    if days is None:
        reasons.append("dates not known of both")
    else:
        reasons.append(f"{days} day{'' if days == 1 else 's'} apart" if days else "no day apart")
    reasons.append(f"titles {features['titleScore']:.0%} alike")
    reasons.append("one kind" if features["kindScore"] == 1 else f"kinds {left.kind} and {right.kind}")
    return PairComparison(features, score, f"{'; '.join(reasons)}.")


def _block_keys(record: SourceRecord, parties: Counter[str], words: Counter[str]) -> Iterator[BlockKey]:
    """List the blocks to which a record belongs."""
    members = (
        map(str, record.parties) if record.parties else (str(each) for meant in record.named_states for each in meant)
    )
    rarest = sorted(members, key=lambda party: (parties[party], party))
    bounds = _bounds(record)
    years = ["undated"]
    if bounds is not None:
        first, last = bounds[0].year, min(bounds[1].year, bounds[0].year + WINDOW_YEARS)
        years = [str(year) for year in range(first - WINDOW_YEARS // 2, last + WINDOW_YEARS // 2 + 1)]
    for pair in combinations(rarest if len(rarest) <= FEW_PARTIES else rarest[:3], 2):
        yield from (("parties", *sorted(pair), year) for year in years)
    for party in rarest[:1]:
        yield from (("party", party, year) for year in years)
    for key in record.keys:
        yield ("title", key)
        rare = sorted(set(key.split()), key=lambda word: (words[word], word))[:RARE_WORDS]
        yield from (("words", *sorted(pair)) for pair in combinations(rare, 2))


def _shared_parties(left: SourceRecord, right: SourceRecord) -> tuple[int, int] | None:
    """Count the parties in common, and of how many; for a source without parties, the states that its titles name.

    A title need not name all parties: its states are counted, not those of the other side. One state alone says little
    (``EC Estonia``, ``EFTA Estonia``), so that it can deny, but not confirm. None where nothing can be compared.
    """
    if left.parties and right.parties:
        return len(left.parties & right.parties), len(left.parties | right.parties)
    one, other = (
        frozenset(frozenset([party]) for party in record.parties) or record.named_states for record in (left, right)
    )
    if not one or not other:
        return None
    common = sum(any(meant & also for also in other) for meant in one)
    either = len(one if right.parties else other) if left.parties or right.parties else len(one) + len(other) - common
    common = min(common, either)
    return None if common == either == 1 else (common, either)


def _days_between(left: SourceRecord, right: SourceRecord) -> int | None:
    """Count the days between the nearest days on which two records can lie; None where one is undated."""
    one, other = _bounds(left), _bounds(right)
    return None if one is None or other is None else max(0, (other[0] - one[1]).days, (one[0] - other[1]).days)


def _bounds(record: SourceRecord) -> tuple[date, date] | None:
    """Return both bounds of a record; a missing one is taken for the other."""
    first, last = record.first or record.last, record.last or record.first
    return None if first is None or last is None else (first, last)


def _compare_titles(left: SourceRecord, right: SourceRecord) -> float:
    """Compare titles, whatever the order of words; other numbers, or a protocol beside an agreement, count less."""
    alike = max((_compare_keys(one, other) for one in left.keys for other in right.keys), default=0.0)
    if left.numbers != right.numbers and left.numbers and right.numbers:
        alike *= _OTHER_NUMBER
    return alike * _OTHER_CHANGE if _CHANGES & (left.words ^ right.words) else alike


def _compare_keys(one: str, other: str) -> float:
    """Compare two titles: the mean of what they share, how similar they are as wholes, and their words in common."""
    words, others = set(one.split()), set(other.split())
    common = sum(any(fuzz.ratio(word, also) >= _SAME_WORD for also in others) for word in words)
    share = common / max(len(words) + len(others) - common, common, 1)
    return (fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other) + 100 * share) / 300


def _compare_kinds(left: SourceRecord, right: SourceRecord) -> float:
    """Compare the classes: 1 for the same, a half where one is above the other, else 0; or where concepts differ."""
    if left.concepts and right.concepts and left.concepts.isdisjoint(right.concepts):
        return 0.0
    if left.kind == right.kind:
        return 1.0
    return 0.5 if left.kind in right.classes or right.kind in left.classes else 0.0
