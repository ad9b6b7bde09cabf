"""An authored document as a value: its header and its paragraphs, each with its facts or the reason for none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.sources.tree import (
    Block,
    Part,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    block_of,
    refuse_others,
    require,
    wrong,
)

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NOTHING = hashlib.sha256(b"").hexdigest()
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_HEADER = ("document", "digest", "describe", "date", "paragraphs")
_CONTENT = ("facts", "inferred", "candidates")
_PARAGRAPH = ("paragraph", "digest", *_CONTENT, "none")


@dataclass(frozen=True, slots=True)
class DocumentDate:
    """When a document was written: EDTF text, its bounds, and the rule when it was inferred instead of stated."""

    text: Scalar
    bounds: Bounds
    rule: Scalar | None


@dataclass(frozen=True, slots=True)
class Inference:
    """Facts that follow from a paragraph by a rule."""

    rule: Scalar
    facts: Block


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: ``locator`` is the line of the plain text, 1-based; ``none`` is the reason for no facts."""

    locator: Scalar
    digest: Scalar
    facts: Block
    inferred: tuple[Inference, ...]
    candidates: Block
    none: Scalar | None


@dataclass(frozen=True, slots=True)
class Document:
    """An authored document; ``digest`` is the SHA-256 of its source file, ``about`` what describes it."""

    number: Scalar
    digest: Scalar
    about: Block
    date: DocumentDate | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks of stated facts."""
        return tuple(paragraph.facts for paragraph in self.paragraphs)


def read_document(tree: Block, faults: Faults = AT_ONCE) -> Document:
    """Read the layout of a document; MappingError at the part that is missing, unknown or of the wrong form.

    Where ``faults`` are gathered, something stands in for such a part, so that the rest can be read.
    """
    refuse_others(tree, _HEADER, "a document", faults)
    number, digest, about, date = Scalar("0", tree.place), Scalar("", tree.place), Block((), tree.place), None
    paragraphs: list[Paragraph] = []
    with faults.gathered():
        number = _read_number(tree, number, faults)
    with faults.gathered():
        digest = _read_digest(tree, "the document")
    with faults.gathered():
        about = block_of(tree, "describe", "properties of the document")
    with faults.gathered():
        date = _read_date(tree.get("date"))
    with faults.gathered():
        for part in as_items(require(tree, "paragraphs", "the document")):
            with faults.gathered():
                paragraphs.append(_read_paragraph(as_block(part, "a paragraph"), faults))
    _refuse_repeats(paragraphs, faults)
    _refuse_digests(digest, paragraphs, faults)
    return Document(number, digest, about, date, tuple(paragraphs))


def read_inferences(part: Part | None, faults: Faults = AT_ONCE) -> tuple[Inference, ...]:
    """Read facts with the rules by which they follow; MappingError at what is missing, unknown or of the wrong form."""
    found: list[Inference] = []
    for item in () if part is None else as_items(part):
        with faults.gathered():
            found.append(_read_inference(as_block(item, "a rule with its facts"), faults))
    return tuple(found)


def _read_number(tree: Block, otherwise: Scalar, faults: Faults) -> Scalar:
    """Read the number of the document; ``otherwise`` when it cannot be a step of an identifier."""
    number = as_scalar(require(tree, "document", "the document"), "the number of the document")
    if _NUMBER.fullmatch(number.text):
        return number
    message = f"{number.text!r} is not a number of a document"
    faults.add(wrong(number.place, message, expected="digits, letters, hyphens"))
    return otherwise


def _read_inference(block: Block, faults: Faults) -> Inference:
    """Read one rule with its facts."""
    refuse_others(block, ("rule", "facts"), "an inference", faults)
    rule = as_scalar(require(block, "rule", "the inference"), "the rule of inference")
    return Inference(rule, as_block(require(block, "facts", "the inference"), "nodes with their properties"))


def _read_paragraph(block: Block, faults: Faults) -> Paragraph:
    """Read one paragraph, which has content or a reason for having none."""
    refuse_others(block, _PARAGRAPH, "a paragraph", faults)
    locator, digest, reason = Scalar("0", block.place), Scalar("", block.place), block.get("none")
    facts, candidates, none = Block((), block.place), Block((), block.place), None
    with faults.gathered():
        locator = as_scalar(require(block, "paragraph", "the paragraph"), "the line of the paragraph")
        if not re.fullmatch("[1-9][0-9]*", locator.text):
            found, locator = locator, Scalar("0", block.place)
            message = f"paragraph is {found.text!r}"
            raise wrong(found.place, message, expected="the line of the paragraph, 1 or more")
    if (reason is None) == all(block.get(key) is None for key in _CONTENT):
        message = f"paragraph {locator.text} has {'neither facts nor' if reason is None else 'both facts and'} a reason"
        faults.add(wrong(block.place, message, expected="facts (or inferred, candidates), or none: the reason"))
    with faults.gathered():
        digest = _read_digest(block, f"paragraph {locator.text}")
    with faults.gathered():
        facts = block_of(block, "facts", "nodes with their properties")
    with faults.gathered():
        candidates = block_of(block, "candidates", "nodes with their properties")
    with faults.gathered():
        none = None if reason is None else as_scalar(reason, "the reason for no facts")
    return Paragraph(locator, digest, facts, read_inferences(block.get("inferred"), faults), candidates, none)


def _read_date(part: Part | None) -> DocumentDate | None:
    """Read the date of the document, stated or inferred."""
    if part is None:
        return None
    rule = None
    if isinstance(part, Block):
        refuse_others(part, ("edtf", "inferred"), "a date")
        rule = as_scalar(require(part, "inferred", "the date"), "the rule of inference")
        part = require(part, "edtf", "the date")
    text = as_scalar(part, "an EDTF date")
    return DocumentDate(text, read_bounds(text), rule)


def _read_digest(block: Block, what: str) -> Scalar:
    """Read a SHA-256 in lower-case hexadecimal digits."""
    digest = as_scalar(require(block, "digest", what), "a SHA-256")
    if not _DIGEST.fullmatch(digest.text):
        raise wrong(digest.place, f"digest of {what} is {digest.text!r}", expected="64 hexadecimal digits, lower case")
    return digest


def _refuse_repeats(paragraphs: Iterable[Paragraph], faults: Faults) -> None:
    """Refuse a paragraph that is described twice."""
    seen: dict[str, int] = {}
    for locator in (paragraph.locator for paragraph in paragraphs):
        first = seen.setdefault(locator.text, locator.place.line)
        if first != locator.place.line and locator.text != "0":
            message = f"paragraph {locator.text} again, first on line {first}"
            faults.add(wrong(locator.place, message, expected="each paragraph once"))


def _refuse_digests(digest: Scalar, paragraphs: Sequence[Paragraph], faults: Faults) -> None:
    """Refuse digests that cannot be right whatever the document says.

    These are that of nothing, and that of the file for one of several paragraphs; zeros stand for one not known yet.
    """
    hint = "communique evidence digests FILE.txt prints the digests of all paragraphs"
    for each in (digest, *(paragraph.digest for paragraph in paragraphs)):
        if each.text == _NOTHING:
            message = f"digest {each.text} is that of a text without a single character"
            faults.add(wrong(each.place, message, expected="the SHA-256 of a text", hint=hint))
        elif each is not digest and len(paragraphs) > 1 and each.text == digest.text and each.text.strip("0"):
            message = "the digest of a paragraph is that of the document's file"
            faults.add(wrong(each.place, message, expected="the SHA-256 of the paragraph", hint=hint))
