"""An authored document → its parts → facts by graph → quads.

What the document states stands in ``graph/doc/NNN``, what follows by a rule in ``graph/doc/NNN/inferred``, doubtful
identities in ``graph/candidates``. The days that the document's own date gives to its nodes (``asOf``,
``attestedOn``) stand beside the nodes when that date is stated, and in the inferred graph when it is inferred.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.facts import (
    LANGUAGE,
    REALIZATION,
    AuthoredFact,
    DocumentContext,
    expand,
    find_realizations,
    imply,
    read_period,
    read_property,
)
from communique.graph.mapping.integrity import check_facts, is_country
from communique.graph.mapping.nodes import Identifier, identify
from communique.graph.mapping.provenance import describe_document
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
from communique.graph.terms import identifiers
from communique.graph.terms.namespaces import COM, ID

Graphs = dict[NamedNode, list[AuthoredFact]]

_DOCUMENT_DATE = {"documentDateEarliest": "begin_earliest", "documentDateLatest": "end_latest"}
_ATTESTED = (NamedNode(COM + "Name"), NamedNode(COM + "PostHolding"))
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
class AuthoredDocument:
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


def map_document(tree: Block, known: Collection[str] | None = None, faults: Faults | None = None) -> list[Quad]:
    """Map an authored document to quads, sorted and without repeats.

    ``known`` are the relative identifiers that the background and other documents describe (see ``described``); with
    None, references to nodes that this document does not describe pass unchecked. ``faults`` are those that were found
    in the file before. Raises MappingError with path, line and column of the part that is wrong, or ``SourceErrors``
    for all parts that are.
    """
    faults = faults or Faults()
    document = read_document(tree, faults)
    graphs = _gather(document, faults)
    unread = _unread_nodes(document) if faults.count else {}
    check_facts([fact for facts in graphs.values() for fact in facts], known, faults, unread)
    faults.check(tree.place.path)
    quads = {fact.quad(graph) for graph in graphs for fact in graphs[graph]}
    return sorted(quads.union(describe_document(document.number.text, graphs)), key=str)


def described(tree: Block) -> frozenset[str]:
    """List, by relative identifiers, the nodes that a document describes; states and territories never.

    A part that is wrong is skipped, and a node counts even when nothing right is said of it: other documents may
    refer to it.
    """
    faults = Faults()
    document = read_document(tree, faults)
    subjects = {str(fact.subject) for facts in _gather(document, faults).values() for fact in facts}
    return frozenset(subject for subject in subjects.union(_unread_nodes(document)) if not is_country(subject))


def desugar(tree: Block) -> list[dict[str, Any]]:
    """Write the stated facts as JSON-LD node objects, to be read with ``context.context()``.

    One object per node: ``@id``, and for each key of the ontology a list of values.
    """
    document = read_document(tree)
    nodes: dict[str, dict[str, Any]] = {}
    for fact in _gather(document, AT_ONCE)[identifiers.stated(document.number.text)]:
        subject = str(fact.subject)
        values = nodes.setdefault(subject, {"@id": subject}).setdefault(fact.term.key, [])
        if (value := _compact(fact)) not in values:
            values.append(value)
    return list(nodes.values())


def read_document(tree: Block, faults: Faults = AT_ONCE) -> AuthoredDocument:
    """Read the layout of a document; MappingError at the part that is missing, unknown or of the wrong form.

    Where ``faults`` are gathered, something stands in for such a part, so that the rest can be read.
    """
    refuse_others(tree, _HEADER, "a document", faults)
    number, digest, about, date = Scalar("0", tree.place), Scalar("", tree.place), Block((), tree.place), None
    paragraphs: list[Paragraph] = []
    with faults.gathered():
        text = as_scalar(require(tree, "document", "the document"), "the number of the document")
        if not _NUMBER.fullmatch(text.text):
            message = f"{text.text!r} is not a number of a document"
            raise wrong(text.place, message, expected="digits, letters, hyphens")
        number = text
    with faults.gathered():
        digest = _read_digest(tree, "the document")
    with faults.gathered():
        about = block_of(tree, "describe", "properties of the document")
    with faults.gathered():
        if (part := tree.get("date")) is not None:
            date = _read_date(part)
    with faults.gathered():
        for part in as_items(require(tree, "paragraphs", "the document")):
            with faults.gathered():
                paragraphs.append(_read_paragraph(as_block(part, "a paragraph"), faults))
    seen: dict[str, int] = {}
    for locator in (paragraph.locator for paragraph in paragraphs):
        first = seen.setdefault(locator.text, locator.place.line)
        if first != locator.place.line and locator.text != "0":
            message = f"paragraph {locator.text} again, first on line {first}"
            faults.add(wrong(locator.place, message, expected="each paragraph once"))
    _refuse_digests(digest, paragraphs, faults)
    return AuthoredDocument(number, digest, about, date, tuple(paragraphs))


def read_inferences(part: Part | None, faults: Faults = AT_ONCE) -> tuple[Inference, ...]:
    """Read facts with the rules by which they follow; MappingError at what is missing, unknown or of the wrong form."""
    found: list[Inference] = []
    for item in () if part is None else as_items(part):
        with faults.gathered():
            block = as_block(item, "a rule with its facts")
            refuse_others(block, ("rule", "facts"), "an inference", faults)
            rule = as_scalar(require(block, "rule", "the inference"), "the rule of inference")
            facts = as_block(require(block, "facts", "the inference"), "nodes with their properties")
            found.append(Inference(rule, facts))
    return tuple(found)


def attest(facts: Iterable[AuthoredFact], day: Scalar) -> Iterator[AuthoredFact]:
    """Date each node with a realization, each name and each post held, unless it has a day of its own."""
    facts = tuple(facts)
    own = {(fact.subject, fact.term.key) for fact in facts}
    for fact in facts:
        key = "asOf" if fact.term.key == REALIZATION else "attestedOn"
        needs = fact.term.key == REALIZATION or (fact.term.key == "type" and fact.value in _ATTESTED)
        if needs and (fact.subject, key) not in own:
            yield imply(fact.subject, key, day.text, day.place)


def apply_rule(facts: Iterable[AuthoredFact], rule: Scalar) -> Iterator[AuthoredFact]:
    """Add the rule of inference to each node of inferred facts."""
    for subject in dict.fromkeys(fact.subject for fact in facts):
        yield imply(subject, "inferenceRule", rule.text, rule.place)


def _unread_nodes(document: AuthoredDocument) -> dict[str, bool]:
    """List the nodes that stand in blocks of facts, whatever can be read of them, and whether they have a class."""
    inferred = (each.facts for paragraph in document.paragraphs for each in paragraph.inferred)
    found: dict[str, bool] = {}
    for name, part in (entry for block in (*document.blocks, *inferred) for entry in block):
        found[name.text] = found.get(name.text, False) or not isinstance(part, Block) or part.get("type") is not None
    return found


def _gather(document: AuthoredDocument, faults: Faults) -> Graphs:
    """Collect the facts of a document by graph."""
    number = document.number.text
    graphs: Graphs = defaultdict(list)
    stated, inferred = graphs[identifiers.stated(number)], graphs[identifiers.inferred(number)]
    context = DocumentContext(number, find_realizations(document.blocks, faults), faults)
    subject, place = f"document/{number}", document.number.place
    stated.append(imply(subject, "type", "SourceDocument", place))
    stated.append(imply(subject, "fileDigest", document.digest.text, document.digest.place))
    stated.extend(expand(Block(((Scalar(subject, place), document.about),), place), context))
    for paragraph in document.paragraphs:
        evidence = f"evidence/{number}/{paragraph.locator.text}"
        stated.extend(_describe_evidence(evidence, document, paragraph))
        stated.extend(_with_evidence(expand(paragraph.facts, context), evidence))
        for inference in paragraph.inferred:
            own = find_realizations([inference.facts], faults)
            inside = DocumentContext(number, {**context.realizations, **own}, faults)
            facts = list(_with_evidence(expand(inference.facts, inside), evidence))
            inferred.extend([*facts, *apply_rule(facts, inference.rule)])
        graphs[identifiers.CANDIDATES].extend(_candidates(evidence, paragraph, faults))
    with faults.gathered():
        _date(document, stated, inferred)
    return graphs


def _describe_evidence(node: str, document: AuthoredDocument, paragraph: Paragraph) -> Iterator[AuthoredFact]:
    """Describe the evidence node of a paragraph, with the reason when no fact rests on it."""
    place = paragraph.locator.place
    yield imply(node, "type", "Evidence", place)
    yield imply(node, "inDocument", f"document/{document.number.text}", place)
    yield imply(node, "locator", paragraph.locator.text, place)
    yield imply(node, "passageDigest", paragraph.digest.text, paragraph.digest.place)
    if paragraph.none is not None:
        yield imply(node, "noFactReason", paragraph.none.text, paragraph.none.place)


def _with_evidence(facts: Iterable[AuthoredFact], evidence: str) -> Iterator[AuthoredFact]:
    """Add to facts the evidence of each of their nodes."""
    first: dict[Identifier, AuthoredFact] = {}
    for fact in facts:
        first.setdefault(fact.subject, fact)
        yield fact
    for subject, fact in first.items():
        yield imply(subject, "evidence", evidence, fact.place)


def _candidates(evidence: str, paragraph: Paragraph, faults: Faults) -> Iterator[AuthoredFact]:
    """Read the possible identities that a paragraph raises; unreviewed unless judged."""
    for key, part in paragraph.candidates:
        with faults.gathered():
            node = f"candidate/{key.text}"
            identify(Scalar(node, key.place))
            match = as_block(part, "the two nodes and the reason")
            yield imply(node, "type", "CandidateMatch", key.place)
            yield imply(node, "evidence", evidence, key.place)
            if match.get("reviewStatus") is None:
                yield imply(node, "reviewStatus", "unreviewed", key.place)
            for name, value in match:
                with faults.gathered():
                    yield from read_property(node, name, value, faults)


def _date(document: AuthoredDocument, stated: list[AuthoredFact], inferred: list[AuthoredFact]) -> None:
    """Date the document, and by its latest day each node that says what is so or how something is called."""
    date = document.date
    if date is None:
        return
    home, subject = inferred if date.rule else stated, f"document/{document.number.text}"
    latest = date.bounds.end_latest
    if latest is not None:
        day = Scalar(latest.isoformat(), date.text.place)
        inferred.extend(list(attest(inferred, day)))
        home.extend(list(attest(stated, day)))
    home.extend(read_period(subject, _DOCUMENT_DATE, date.text))
    if date.rule:
        home.append(imply(subject, "inferenceRule", date.rule.text, date.rule.place))


def _compact(fact: AuthoredFact) -> str | dict[str, str]:
    """Write a value as briefly as the JSON-LD context can read it."""
    value, text = fact.value, fact.text
    if isinstance(value, Literal):
        foreign = value.language and value.language != LANGUAGE
        return {"@value": text, "@language": str(value.language)} if foreign else text
    if fact.term.scheme or text.startswith(COM):
        return text.removeprefix(COM).rpartition("/")[2]
    return text.removeprefix(ID)


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


def _read_date(part: Part) -> DocumentDate:
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
