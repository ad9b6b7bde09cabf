"""An authored document → facts by graph → quads.

What the document states stands in ``graph/doc/NNN``, what follows by a rule in ``graph/doc/NNN/inferred``, doubtful
identities in ``graph/candidates``. The days that the document's own date gives to its nodes (``asOf``,
``attestedOn``) stand beside the nodes when that date is stated, and in the inferred graph when it is inferred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.authoring import REALIZATION, Setting, expand, find_realizations, read_period
from communique.graph.mapping.layout import Document, Paragraph, read_document
from communique.graph.mapping.nodes import identify
from communique.graph.mapping.provenance import describe_document
from communique.graph.mapping.soundness import check_facts, is_country
from communique.graph.mapping.values import LANGUAGE, Fact, imply, read_property
from communique.graph.sources.tree import Block, Scalar, as_block
from communique.graph.terms import identifiers
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import COM, ID

Graphs = dict[NamedNode, list[Fact]]

_DOCUMENT_DATE = {"documentDateEarliest": "begin_earliest", "documentDateLatest": "end_latest"}
_ATTESTED = (COM + "Naming", COM + "PostHolding")


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
    untold = _untold(document) if faults.count else {}
    check_facts([fact for facts in graphs.values() for fact in facts], known, faults, untold)
    faults.check(tree.place.path)
    quads = {Quad(entity(fact.subject), fact.term.iri, fact.value, graph) for graph in graphs for fact in graphs[graph]}
    return sorted(quads.union(describe_document(document.number.text, graphs)), key=str)


def described(tree: Block) -> frozenset[str]:
    """Name, by relative identifiers, the nodes that a document describes; states and territories never.

    A part that is wrong is passed over, and a node counts even when nothing right is said of it: other documents may
    refer to it.
    """
    faults = Faults()
    document = read_document(tree, faults)
    subjects = {fact.subject for facts in _gather(document, faults).values() for fact in facts}
    return frozenset(subject for subject in subjects.union(_untold(document)) if not is_country(subject))


def desugar(tree: Block) -> list[dict[str, Any]]:
    """Write the stated facts as JSON-LD node objects, to be read with ``context.context()``.

    One object per node: ``@id``, and for each key of the ontology a list of values.
    """
    document = read_document(tree)
    nodes: dict[str, dict[str, Any]] = {}
    for fact in _gather(document, AT_ONCE)[identifiers.stated(document.number.text)]:
        values = nodes.setdefault(fact.subject, {"@id": fact.subject}).setdefault(fact.term.key, [])
        if (value := _compact(fact)) not in values:
            values.append(value)
    return list(nodes.values())


def _untold(document: Document) -> dict[str, bool]:
    """List the nodes that stand in blocks of facts, whatever can be read of them, and whether they have a class."""
    inferred = (each.facts for paragraph in document.paragraphs for each in paragraph.inferred)
    found: dict[str, bool] = {}
    for name, part in (entry for block in (*document.blocks, *inferred) for entry in block):
        found[name.text] = found.get(name.text, False) or not isinstance(part, Block) or part.get("type") is not None
    return found


def _gather(document: Document, faults: Faults) -> Graphs:
    """Collect the facts of a document by graph."""
    number = document.number.text
    graphs: Graphs = defaultdict(list)
    stated, inferred = graphs[identifiers.stated(number)], graphs[identifiers.inferred(number)]
    setting = Setting(number, find_realizations(document.blocks, faults), faults)
    stated.extend(_describe(document, setting))
    for paragraph in document.paragraphs:
        stated.extend(_point(document, paragraph))
        stated.extend(_rest(expand(paragraph.facts, setting), document, paragraph))
        inferred.extend(_infer(document, paragraph, setting))
        graphs[identifiers.CANDIDATES].extend(_doubt(document, paragraph, faults))
    with faults.gathered():
        _date(document, stated, inferred)
    return graphs


def _describe(document: Document, setting: Setting) -> Iterator[Fact]:
    """Describe the source document itself."""
    subject, place = f"document/{document.number.text}", document.number.place
    yield imply(subject, "type", "SourceDocument", place)
    yield imply(subject, "fileDigest", document.digest.text, document.digest.place)
    yield from expand(Block(((Scalar(subject, place), document.about),), place), setting)


def _point(document: Document, paragraph: Paragraph) -> Iterator[Fact]:
    """Make the evidence node of a paragraph, with the reason when no fact rests on it."""
    node, place = _evidence(document, paragraph), paragraph.locator.place
    yield imply(node, "type", "Evidence", place)
    yield imply(node, "inDocument", f"document/{document.number.text}", place)
    yield imply(node, "locator", paragraph.locator.text, place)
    yield imply(node, "passageDigest", paragraph.digest.text, paragraph.digest.place)
    if paragraph.none is not None:
        yield imply(node, "noFactReason", paragraph.none.text, paragraph.none.place)


def _rest(facts: Iterable[Fact], document: Document, paragraph: Paragraph) -> Iterator[Fact]:
    """Give facts, and to each of their nodes the evidence on which it rests."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.subject, fact)
        yield fact
    for subject, fact in first.items():
        yield imply(subject, "evidence", _evidence(document, paragraph), fact.place)


def _infer(document: Document, paragraph: Paragraph, setting: Setting) -> Iterator[Fact]:
    """Give the facts inferred from a paragraph; each of their nodes bears, in their graph, the rule."""
    for inference in paragraph.inferred:
        own = find_realizations([inference.facts], setting.faults)
        inside = Setting(setting.owner, {**setting.realizations, **own}, setting.faults)
        facts = list(_rest(expand(inference.facts, inside), document, paragraph))
        yield from facts
        for subject in dict.fromkeys(fact.subject for fact in facts):
            yield imply(subject, "inferenceRule", inference.rule.text, inference.rule.place)


def _doubt(document: Document, paragraph: Paragraph, faults: Faults) -> Iterator[Fact]:
    """Give the doubtful identities that a paragraph raises; unreviewed unless judged."""
    for key, part in paragraph.candidates:
        with faults.gathered():
            node = f"candidate/{key.text}"
            identify(Scalar(node, key.place))
            match = as_block(part, "the two nodes and the reason")
            yield imply(node, "type", "CandidateMatch", key.place)
            yield imply(node, "evidence", _evidence(document, paragraph), key.place)
            if match.get("judgement") is None:
                yield imply(node, "judgement", "unreviewed", key.place)
            for name, value in match:
                with faults.gathered():
                    yield from read_property(node, name, value, faults)


def _date(document: Document, stated: list[Fact], inferred: list[Fact]) -> None:
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


def attest(facts: Iterable[Fact], day: Scalar) -> Iterator[Fact]:
    """Give the day to each node with a realization, each naming and each post held, unless it has one of its own."""
    facts = tuple(facts)
    own = {(fact.subject, fact.term.key) for fact in facts}
    for fact in facts:
        key = "asOf" if fact.term.key == REALIZATION else "attestedOn"
        needs = fact.term.key == REALIZATION or (fact.term.key == "type" and fact.value.value in _ATTESTED)
        if needs and (fact.subject, key) not in own:
            yield imply(fact.subject, key, day.text, day.place)


def _evidence(document: Document, paragraph: Paragraph) -> str:
    """Name the evidence node of a paragraph."""
    return f"evidence/{document.number.text}/{paragraph.locator.text}"


def _compact(fact: Fact) -> str | dict[str, str]:
    """Write a value as briefly as the JSON-LD context can read it."""
    value = fact.value
    if isinstance(value, Literal):
        foreign = value.language and value.language != LANGUAGE
        return {"@value": value.value, "@language": str(value.language)} if foreign else value.value
    if fact.term.scheme or value.value.startswith(COM):
        return value.value.removeprefix(COM).rpartition("/")[2]
    return value.value.removeprefix(ID)
