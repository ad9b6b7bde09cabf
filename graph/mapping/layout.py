"""An authored document as a value: its header and its paragraphs, each with its facts or the reason for none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.tree import (
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


def read_document(tree: Block) -> Document:
    """Read the layout of a document; MappingError at the part that is missing, unknown or of the wrong form."""
    refuse_others(tree, _HEADER, "a document")
    number = as_scalar(require(tree, "document", "the document"), "the number of the document")
    if not _NUMBER.fullmatch(number.text):
        raise wrong(number.place, f"{number.text!r} is not a number of a document", expected="digits, letters, hyphens")
    listed = as_items(require(tree, "paragraphs", "the document"))
    paragraphs = tuple(_read_paragraph(as_block(part, "a paragraph")) for part in listed)
    _refuse_repeats(paragraphs)
    return Document(
        number=number,
        digest=_read_digest(tree, "the document"),
        about=block_of(tree, "describe", "properties of the document"),
        date=_read_date(tree.get("date")),
        paragraphs=paragraphs,
    )


def read_inferences(part: Part | None) -> tuple[Inference, ...]:
    """Read facts with the rules by which they follow; MappingError at what is missing, unknown or of the wrong form."""
    items = () if part is None else as_items(part)
    return tuple(_read_inference(as_block(item, "a rule with its facts")) for item in items)


def _read_inference(block: Block) -> Inference:
    """Read one rule with its facts."""
    refuse_others(block, ("rule", "facts"), "an inference")
    rule = as_scalar(require(block, "rule", "the inference"), "the rule of inference")
    return Inference(rule, as_block(require(block, "facts", "the inference"), "nodes with their properties"))


def _read_paragraph(block: Block) -> Paragraph:
    """Read one paragraph, which has content or a reason for having none."""
    refuse_others(block, _PARAGRAPH, "a paragraph")
    locator = as_scalar(require(block, "paragraph", "the paragraph"), "the line of the paragraph")
    if not re.fullmatch("[1-9][0-9]*", locator.text):
        raise wrong(locator.place, f"paragraph is {locator.text!r}", expected="the line of the paragraph, 1 or more")
    reason = block.get("none")
    if (reason is None) == all(block.get(key) is None for key in _CONTENT):
        message = f"paragraph {locator.text} has {'neither facts nor' if reason is None else 'both facts and'} a reason"
        raise wrong(block.place, message, expected="facts (or inferred, candidates), or none: the reason")
    return Paragraph(
        locator=locator,
        digest=_read_digest(block, f"paragraph {locator.text}"),
        facts=block_of(block, "facts", "nodes with their properties"),
        inferred=read_inferences(block.get("inferred")),
        candidates=block_of(block, "candidates", "nodes with their properties"),
        none=None if reason is None else as_scalar(reason, "the reason for no facts"),
    )


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


def _refuse_repeats(paragraphs: tuple[Paragraph, ...]) -> None:
    """Raise MappingError when a paragraph is described twice."""
    seen: dict[str, int] = {}
    for locator in (paragraph.locator for paragraph in paragraphs):
        if locator.text in seen:
            message = f"paragraph {locator.text} again, first on line {seen[locator.text]}"
            raise wrong(locator.place, message, expected="each paragraph once")
        seen[locator.text] = locator.place.line
