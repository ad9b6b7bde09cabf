"""Blocks: records that share something rare, so that not every record is compared with every other one.

Two records meet when they share two parties and lie near in time, or a party that few have and a time, a title,
or two rare words of it. A block that has grown too large says too little and is passed over; how many were is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from communique.graph.curation.duplicates.records import Record

# Records in a block beyond which it is passed over; parties up to which all pairs of them are keys; words likewise.
LARGEST, FEW_PARTIES, RARE_WORDS = 150, 6, 3
WINDOW = 2  # years

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The pairs of records to compare, and how many blocks there were and were passed over."""

    pairs: frozenset[tuple[int, int]]
    blocks: int
    passed_over: int


def pair_up(records: Sequence[Record]) -> Blocks:
    """Find the pairs worth comparing, by their places in ``records``: of two documents, and in a common block."""
    parties = Counter(str(party) for record in records for party in record.parties)
    words = Counter(word for record in records for word in record.words)
    blocks: dict[Key, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for key in set(_keys(record, parties, words)):
            blocks[key].append(place)
    small = [places for places in blocks.values() if 1 < len(places) <= LARGEST]
    pairs = {pair for places in small for pair in combinations(places, 2) if _is_across(records, pair)}
    return Blocks(frozenset(pairs), len(small), sum(len(places) > LARGEST for places in blocks.values()))


def _is_across(records: Sequence[Record], pair: tuple[int, int]) -> bool:
    """Tell whether two records are described by different documents only."""
    left, right = pair
    return records[left].documents.isdisjoint(records[right].documents)


def _keys(record: Record, parties: Counter[str], words: Counter[str]) -> Iterator[Key]:
    """Give the blocks to which a record belongs."""
    members = map(str, record.parties) if record.parties else (str(each) for meant in record.named for each in meant)
    known = sorted(members, key=lambda party: (parties[party], party))
    years = list(_years(record))
    for pair in combinations(known if len(known) <= FEW_PARTIES else known[:3], 2):
        yield from (("parties", *sorted(pair), year) for year in years)
    for party in known[:1]:
        yield from (("party", party, year) for year in years)
    for key in record.keys:
        yield ("title", key)
        rare = sorted(set(key.split()), key=lambda word: (words[word], word))[:RARE_WORDS]
        yield from (("words", *sorted(pair)) for pair in combinations(rare, 2))


def _years(record: Record) -> Iterable[str]:
    """Give the years around a record, or none where it has no date."""
    first, last = record.first or record.last, record.last or record.first
    if first is None or last is None:
        return ["undated"]
    return map(str, range(first.year - WINDOW // 2, min(last.year, first.year + WINDOW) + WINDOW // 2 + 1))
