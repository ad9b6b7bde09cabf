"""Digests of a load compared with the texts and the published graph, as results beside those of the gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode, Store

from communique.graph.evidence.checks import EvidenceFinding, Verdict, check
from communique.graph.evidence.pointers import Pointer, Texts, find_pointers, read_published
from communique.graph.terms.identifiers import document, entity
from communique.graph.terms.namespaces import SHAPES, term
from communique.graph.validation.results import VIOLATION, WARNING, Shape, ValidationReport, ValidationResult, order

DIGEST = NamedNode(SHAPES + "evidence-digest")
WORDS = NamedNode(SHAPES + "evidence-words")
_NAMES: Mapping[Shape, str] = {DIGEST: "digests of evidence", WORDS: "own words"}
_FILE, _PASSAGE, _IN = term("com:fileDigest"), term("com:passageDigest"), term("com:inDocument")


def judge_digests(store: Store, published: Store, texts: Texts | None = None) -> ValidationReport:
    """Check the digests of the documents in a store against ``texts``, which are as for ``checks.check``.

    A violation: a digest or a paragraph that is not in its text, a document of which there is no text. A warning: own
    words that repeat the text, and what differs from ``published``, the graph in force: a paragraph of the same file
    that has another digest there (one of the two is wrong), a document that had another file.
    """
    found = [*_changed_files(store, published), *_changed_passages(store, published)]
    if texts is not None:
        found += _verdicts(check(store, texts))
    return ValidationReport(tuple(sorted(found, key=order)), names=_NAMES if found else {})


def _verdicts(findings: Iterable[EvidenceFinding]) -> Iterator[ValidationResult]:
    """Turn verdicts into results; a text that is absent gives one result for its document."""
    absent: set[str] = set()
    for each in findings:
        node = entity(each.subject)
        if each.verdict == Verdict.MISMATCHED:
            cure = "correct the digest or the number of the paragraph (communique evidence digests FILE.txt)"
            yield _result(node, _PASSAGE, f"{each.detail}: {cure}.", each.document)
        elif each.verdict == Verdict.REPEATED:
            message = f"Own words repeat the paragraph ({each.detail}): say it in other words."
            yield ValidationResult(node, None, None, WORDS, WORDS, WARNING, message, document=each.document)
        elif each.verdict == Verdict.ABSENT and each.document not in absent:
            absent.add(each.document)
            cure = "correct the digest of the file (sha256sum), or add the text to the folder"
            yield _result(document(each.document), _FILE, f"There is {each.detail}: {cure}.", each.document)


def _changed_passages(store: Store, published: Store) -> Iterator[ValidationResult]:
    """Find paragraphs of files that the graph in force knows too, but by another digest."""
    for source in {quad.object for quad in store.quads_for_pattern(None, _FILE, None, None)}:
        known = {each.locator: each for each in _pointers_of(source, published)}
        for pointer in _pointers_of(source, store) if known else ():
            other = known.get(pointer.locator, pointer)
            if other.digest != pointer.digest:
                message = (
                    f"Paragraph {pointer.locator} of the same file has digest {other.digest} in the graph in force, and"
                    f" {pointer.digest} here: one is wrong; communique validate --documents FOLDER says which."
                )
                yield _result(pointer.node, _PASSAGE, message, pointer.document, WARNING)


def _pointers_of(source: Any, store: Store) -> Iterable[Pointer]:
    """Find what a store says of the paragraphs of a file."""
    files = list(store.quads_for_pattern(None, _FILE, source, None))
    inside = [quad for file in files for quad in store.quads_for_pattern(None, _IN, file.subject, None)]
    about = (store.quads_for_pattern(quad.subject, None, None, None) for quad in inside)
    return find_pointers(read_published([*files, *chain.from_iterable(about)])).values()


def _changed_files(store: Store, published: Store) -> Iterator[ValidationResult]:
    """Find documents that rest on another file in the graph in force."""
    for quad in store.quads_for_pattern(None, _FILE, None, None):
        for other in published.quads_for_pattern(quad.subject, _FILE, None, quad.graph_name):
            if other.object != quad.object and isinstance(quad.subject, NamedNode):
                message = (
                    f"The file of this document has another SHA-256 in the graph in force, {other.object}:"
                    " see whether the text was published anew, or the digest is a slip."
                )
                yield _result(quad.subject, _FILE, message, None, WARNING)


def _result(
    node: NamedNode, path: NamedNode, message: str, number: str | None, severity: NamedNode = VIOLATION
) -> ValidationResult:
    """Make a result about a digest."""
    return ValidationResult(node, str(path), None, DIGEST, DIGEST, severity, message, document=number)
