"""Evidence against source texts: is each pointer right, do own words repeat the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from pyoxigraph import NamedNode, Quad

from communique.graph.evidence.pointers import (
    Pointer,
    Statement,
    Texts,
    find_pointers,
    find_resting,
    passage_digest,
    read_statements,
)
from communique.graph.terms.namespaces import shorten, term

# Texts in the project's own words; other texts (names, figures, posts as written) are the source's and stay.
OWN_WORDS = frozenset(
    term(name)
    for name in (
        *("com:gist", "com:matchReason", "com:noFactReason", "com:inferenceRule"),
        *("skos:prefLabel", "rdfs:comment"),
    )
)
LONGEST_RUN = 7  # words in a row that an own text may share with its paragraph

_WORD = re.compile(r"\w+")


class Verdict(StrEnum):
    """What a look at the source says: an evidence node matches or not; own words repeat the source (a warning)."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    ABSENT = "document absent"
    REPEATED = "repeats its paragraph"


@dataclass(frozen=True, slots=True, order=True)
class EvidenceFinding:
    """A verdict on ``subject``: an evidence node, or the node whose own words repeat. Identifiers are relative."""

    document: str
    locator: int
    subject: str
    verdict: Verdict
    detail: str = ""


def check(quads: Iterable[Quad], texts: Texts) -> list[EvidenceFinding]:
    """Compare each evidence node with its paragraph, and own words with the paragraphs they rest on.

    ``texts``: SHA-256 of a source file → its paragraphs, as ``sources.read_texts`` gives them. One finding per
    evidence node, and one per own text that shares more than ``LONGEST_RUN`` words in a row with a paragraph; in the
    order of document, paragraph and subject.
    """
    statements = read_statements(quads)
    pointers = find_pointers(statements)
    judged = [_judge(pointer, texts) for pointer in pointers.values()]
    return sorted({*judged, *_find_repeats(statements, pointers, texts)})


def shared_run(text: str, other: str) -> str:
    """Give the longest run of words that two texts share, case and punctuation aside."""
    words, others = (_WORD.findall(each.casefold()) for each in (text, other))
    match = SequenceMatcher(None, words, others, autojunk=False).find_longest_match()
    return " ".join(words[match.a : match.a + match.size])


def _judge(pointer: Pointer, texts: Texts) -> EvidenceFinding:
    """Say whether the paragraph of a pointer is the one it was made from."""
    paragraph = pointer.find(texts)
    if pointer.source not in texts:
        verdict, detail = Verdict.ABSENT, f"no file with SHA-256 {pointer.source or '(none recorded)'}"
    elif paragraph is None:
        verdict, detail = Verdict.MISMATCHED, f"the text has {len(texts[pointer.source])} paragraphs"
    elif (found := passage_digest(paragraph)) != pointer.digest:
        verdict, detail = Verdict.MISMATCHED, f"the paragraph has digest {found}, recorded is {pointer.digest}"
    else:
        verdict, detail = Verdict.MATCHED, ""
    return EvidenceFinding(pointer.document, pointer.locator, shorten(pointer.node.value), verdict, detail)


def _find_repeats(
    statements: Sequence[Statement], pointers: Mapping[NamedNode, Pointer], texts: Texts
) -> Iterator[EvidenceFinding]:
    """Find own words that repeat a paragraph on which their node rests."""
    resting = find_resting(statements)
    for statement in (each for each in statements if each.predicate in OWN_WORDS):
        for ground in resting.get(statement.node, {statement.subject}) & pointers.keys():
            run = shared_run(statement.value.value, pointers[ground].find(texts) or "")
            if len(run.split()) > LONGEST_RUN:
                subject, detail = shorten(statement.subject.value), f"{shorten(statement.predicate.value)}: {run}"
                place = pointers[ground]
                yield EvidenceFinding(place.document, place.locator, subject, Verdict.REPEATED, detail)
