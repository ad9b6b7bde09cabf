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
    PublishedQuad,
    Texts,
    find_evidence,
    find_pointers,
    passage_digest,
    read_published,
)
from communique.graph.terms.namespaces import shorten, term

# Texts in the project's own words; other texts (names, figures, posts as written) are the source's and stay.
OWN_WORDS = frozenset(
    term(name)
    for name in (
        *("com:summary", "com:matchReason", "com:noFactReason", "com:inferenceRule"),
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
    """Compare each evidence node with its paragraph, and own words with the paragraphs that are their evidence.

    ``texts``: SHA-256 of a source file → its paragraphs, as ``sources.read_texts`` returns them. One finding per
    evidence node, and one per own text that shares more than ``LONGEST_RUN`` words in a row with a paragraph; in the
    order of document, paragraph and subject.
    """
    published = read_published(quads)
    pointers = find_pointers(published)
    compared = [_compare_digests(pointer, texts) for pointer in pointers.values()]
    return sorted({*compared, *_find_repeats(published, pointers, texts)})


def shared_run(text: str, other: str) -> str:
    """Return the longest run of words that two texts share, case and punctuation aside."""
    words, others = (_WORD.findall(each.casefold()) for each in (text, other))
    match = SequenceMatcher(None, words, others, autojunk=False).find_longest_match()
    return " ".join(words[match.a : match.a + match.size])


def _compare_digests(pointer: Pointer, texts: Texts) -> EvidenceFinding:
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
    published: Sequence[PublishedQuad], pointers: Mapping[NamedNode, Pointer], texts: Texts
) -> Iterator[EvidenceFinding]:
    """Find own words that repeat a paragraph that is the evidence of their node."""
    evidence = find_evidence(published)
    for quad in (each for each in published if each.predicate in OWN_WORDS):
        for node in evidence.get(quad.node, {quad.subject}) & pointers.keys():
            place = pointers[node]
            run = shared_run(quad.value.value, place.find(texts) or "")
            if len(run.split()) > LONGEST_RUN:
                subject, detail = shorten(quad.subject.value), f"{shorten(quad.predicate.value)}: {run}"
                yield EvidenceFinding(place.document, place.locator, subject, Verdict.REPEATED, detail)
