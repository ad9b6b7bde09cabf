"""A block of authored facts → facts: each key to its property, each text to the value that property takes.

Periods, children and what these inherit are written out. The blocks are those of authored documents, and those of
mappings of tables, whose texts may have placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults, MappingError
from communique.graph.mapping.bounds import PERIODS, read_bounds
from communique.graph.mapping.children import Child, ChildEntry, children
from communique.graph.mapping.nodes import (
    KINDS,
    Identifier,
    RowTemplate,
    TemplateScalar,
    identifier_of,
    identify,
    read_identifier,
)
from communique.graph.sources.tree import Block, FilePlace, Part, Scalar, as_block, as_items, as_scalar, is_empty, wrong
from communique.graph.terms.identifiers import entity, slug
from communique.graph.terms.namespaces import COM, OWL, RDF, XSD
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.vocabulary import LANG_STRING, Term, classes, concepts, cure_of, terms

REALIZATION = "realization"
LANGUAGE = "en"  # of every text that names no other
# How the address of something elsewhere begins.
ADDRESS = ("https://", "http://")

_CLASS = NamedNode(OWL + "Class")
_TYPE = Term(NamedNode(RDF + "type"), "type", "object", "type", "", "reused", range_includes=(_CLASS,))
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class RowValue:
    """A value that a property takes from each row: what it is made of, and for a text its language when that is named.

    ``bound`` names the bound of a period, or its ``text``; it is empty for any other value.
    """

    template: RowTemplate
    bound: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class AuthoredFact:
    """One fact before it stands in a graph.

    Attributes
    ----------
    subject : relative identifier
    value : a term; of facts made of rows also the identifier of a node, as a template, or a value of the row
    place : where the value is written
    """

    subject: Identifier
    term: Term
    value: NamedNode | Literal | RowTemplate | RowValue
    place: FilePlace

    @property
    def text(self) -> str:
        """The value as a text: its IRI, its lexical form, or what stands in the mapping."""
        value = self.value.template if isinstance(self.value, RowValue) else self.value
        return str(value) if isinstance(value, RowTemplate) else value.value

    def quad(self, graph: NamedNode) -> Quad:
        """Return the fact as a statement of a graph; only of a fact in which nothing is left to a row."""
        assert isinstance(self.subject, str)
        assert isinstance(self.value, NamedNode | Literal)
        return Quad(entity(self.subject), self.term.iri, self.value, graph)


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What a block knows of the document around it.

    ``owner`` is the document's number, a step of some identifiers; ``realizations`` are those stated anywhere in the
    document, by relative identifier; ``faults`` takes what is wrong, so that the rest is read all the same.
    """

    owner: str
    realizations: Mapping[Identifier, Scalar]
    faults: Faults = AT_ONCE


def expand(facts: Block, context: DocumentContext) -> Iterator[AuthoredFact]:
    """Write out a block of facts: node → properties.

    MappingError at each part that is wrong: an identifier, a key, a value, a child without its realization.
    """
    for name, part in facts:
        with context.faults.gathered():
            read_identifier(name)
        with context.faults.gathered():
            yield from _expand_node(identifier_of(name), as_block(part, f"properties of {name.text}"), context)


def find_realizations(blocks: Iterable[Block], faults: Faults = AT_ONCE) -> dict[Identifier, Scalar]:
    """Collect the realization of each node; MappingError where two blocks of a document disagree."""
    found: dict[Identifier, Scalar] = {}
    for name, part in (entry for block in blocks for entry in block):
        value = part.get(REALIZATION) if isinstance(part, Block) else None
        if isinstance(value, Scalar) and (first := found.setdefault(identifier_of(name), value)).text != value.text:
            message = f"{name.text} is {value.text!r} here and {first.text!r} on line {first.place.line}"
            faults.add(wrong(value.place, message, expected="one realization per document"))
    return found


def _expand_node(subject: Identifier, block: Block, context: DocumentContext) -> Iterator[AuthoredFact]:
    for key, part in block:
        with context.faults.gathered():
            if key.text in PERIODS:
                yield from read_period(subject, PERIODS[key.text], part)
            elif key.text in children():
                for entry in children()[key.text].read(part, context.faults):
                    with context.faults.gathered():
                        yield from _expand_child((subject, block), children()[key.text], entry, context)
            else:
                yield from read_property(subject, key, part, context.faults)


def read_period(subject: Identifier, bounds: Mapping[str, str], part: Part) -> Iterator[AuthoredFact]:
    """Write an EDTF expression out as days and as the text for display; ``bounds``: property → bound it takes."""
    text = as_scalar(part, "an EDTF date or period")
    if isinstance(text, TemplateScalar):
        for key, bound in (*bounds.items(), ("edtfText", "text")):
            term = find_term(Scalar(key, text.place))
            yield AuthoredFact(subject, term, RowValue(text.template, bound), text.place)
        return
    found = read_bounds(text)._asdict()
    for key, bound in bounds.items():
        if found[bound] is not None:
            yield imply(subject, key, found[bound].isoformat(), text.place)
    yield imply(subject, "edtfText", text.text, text.place)


def _expand_child(
    parent: tuple[Identifier, Block], child: Child, entry: ChildEntry, context: DocumentContext
) -> Iterator[AuthoredFact]:
    """Write out one child: class, links, what its key and position imply, what it inherits, its own properties."""
    place, (above, block) = entry.key.place, parent
    try:
        node = child.identifier(above, entry, context.owner)
    except MappingError:  # a fault of the parent, which is added where the parent is read
        return
    yield imply(node, "type", child.type, place)
    if child.to_parent:
        yield imply(node, child.to_parent, above, place)
    if child.from_parent:
        yield imply(above, child.from_parent, node, place)
    if child.key_as:
        yield imply(node, child.key_as, entry.key, place)
    for key, value in entry.implied:
        with context.faults.gathered():
            yield imply(node, key, value, value.place)
    if child.realization and entry.properties.get(REALIZATION) is None:
        with context.faults.gathered():
            inherited = block.get(REALIZATION) or context.realizations.get(above)
            if isinstance(inherited, Scalar):
                yield imply(node, REALIZATION, inherited, place)
            elif child.realization == "required":
                message = f"no realization for {node}, and {above} has none to inherit"
                raise wrong(place, message, expected=f"realization: … on {above} or on {entry.key.text}")
    yield from _expand_node(node, entry.properties, context)


def find_term(key: Scalar) -> Term:
    """Find the property of an authored key; MappingError for a class, an unknown key and a constructed property."""
    if key.text == _TYPE.key:
        return _TYPE
    term = terms().get(key.text)
    if term is None:
        raise wrong(key.place, f"{key.text!r} is not a term of the ontology", hint=cure_of(key.text, terms()))
    if term.kind == "class":
        raise wrong(key.place, f"{key.text!r} is a class", expected="a property", hint=f"write type: {key.text}")
    if term.constructed:
        raise wrong(key.place, f"{key.text!r} is only ever built by a query", expected="a property that is asserted")
    return term


def read_property(subject: Identifier, key: Scalar, part: Part, faults: Faults = AT_ONCE) -> Iterator[AuthoredFact]:
    """Read what a subject has under one key: a text, a list of texts, or texts by language tag."""
    term = find_term(key)
    for item in as_items(part):
        with faults.gathered():
            if term.datatype == LANG_STRING and isinstance(item, Block) and not is_empty(item):
                yield from _read_languages(subject, term, item)
            else:
                text = as_scalar(item, f"a value of {term.key}")
                yield AuthoredFact(subject, term, read_value(term, text), text.place)


def _read_languages(subject: Identifier, term: Term, block: Block) -> Iterator[AuthoredFact]:
    for tag, part in block:
        if not _TAG.fullmatch(tag.text):
            message = f"{tag.text!r} is not a language tag"
            raise wrong(tag.place, message, expected=f"{term.key}: a text, or texts by language such as ko or ko-Latn")
        for item in as_items(part):
            text = as_scalar(item, f"a value of {term.key}")
            if isinstance(text, TemplateScalar):
                yield AuthoredFact(subject, term, RowValue(text.template, language=tag.text), text.place)
            else:
                yield AuthoredFact(subject, term, Literal(text.text.strip(), language=tag.text), text.place)


def imply(subject: Identifier, key: str, value: Identifier | Scalar, place: FilePlace) -> AuthoredFact:
    """Make a fact that the form implies without writing it, such as ``inEvent``."""
    term = find_term(Scalar(key, place))
    if isinstance(value, RowTemplate):
        return AuthoredFact(subject, term, value, place)
    return AuthoredFact(
        subject, term, read_value(term, Scalar(value, place) if isinstance(value, str) else value), place
    )


def read_value(term: Term, text: Scalar) -> NamedNode | Literal | RowTemplate | RowValue:
    """Read one value of a property: a concept of its scheme, a class, a literal of its datatype, or a node.

    A text with placeholders is the identifier of a node where several parts stand for one, else a value of the row.
    """
    if isinstance(text, TemplateScalar):
        is_node = term.datatype is None and term.scheme is None
        if is_node and len(text.template.parts) > 1 and not text.text.startswith(ADDRESS):
            identifier = read_identifier(text)
            assert isinstance(identifier, RowTemplate)
            return identifier
        return RowValue(text.template)
    if term.scheme is not None:
        known = concepts(term.scheme)
        if text.text not in known:
            message = f"{text.text!r} is not a concept of {term.scheme}"
            raise wrong(text.place, message, expected=", ".join(known), hint=did_you_mean(text.text, known))
        return known[text.text].iri
    if _CLASS in term.range_includes:
        if text.text not in classes():
            hint = cure_of(text.text, classes())
            raise wrong(text.place, f"{text.text!r} is not a class of the ontology", hint=hint)
        return classes()[text.text].iri
    if term.datatype is not None:
        return _read_literal(term, text)
    if term.module == "reused" and text.text.startswith(ADDRESS):
        try:
            return NamedNode(text.text)
        except ValueError as error:
            raise wrong(text.place, f"{text.text!r} is not an IRI", expected="an IRI without blanks") from error
    return _read_node(term, text)


def _read_node(term: Term, text: Scalar) -> NamedNode:
    """Read the identifier of a node; where a text stands for one, or one of another kind, say how it is written."""
    made = {key: child for key, child in children().items() if NamedNode(COM + child.type) in term.range_includes}
    is_only_made = len({child.type for child in made.values()}) == len(term.range_includes) > 0
    kind, slash, _ = text.text.partition("/")
    if slash and not (is_only_made and kind in KINDS and kind not in {child.kind for child in made.values()}):
        return identify(text)
    meant = " or ".join(iri.value.rpartition("#")[2] for iri in term.range_includes) or "some class"
    message = f"{text.text!r} is {'another node' if slash else 'a text'} where {term.key} takes a node: a {meant}"
    if not made:
        hint = f"describe it as a node of its own, such as …/{slug(text.text)}, and write that identifier here"
        raise wrong(text.place, message, expected="kind/key, such as event/jeju-training-2016", hint=hint)
    key, child = next(iter(made.items()))
    parents = terms()[child.to_parent].range_includes if child.to_parent else ()
    parent = parents[0].value.rpartition("#")[2].lower() if parents else "parent"
    own = "<key>" if slash else slug(text.text)
    form = "/".join((child.kind, f"<{parent}>", *(["<document>"] if child.of_document else []), own))
    hint = f"say it of the {parent}, under {key}: {{{own}: …}}; its identifier is then {form}"
    raise wrong(text.place, message, expected=f"{child.kind}/…", hint=hint)


def _read_literal(term: Term, text: Scalar) -> Literal:
    """Read a literal in the canonical form of its datatype."""
    words = text.text.strip()
    if term.datatype == LANG_STRING:
        return Literal(words, language=LANGUAGE)
    if term.key == "edtfText":
        read_bounds(text)
    if term.datatype is None or term.datatype.value == XSD + "string":
        return Literal(words)
    canonical, expected = _FORMS[term.datatype.value]
    try:
        return Literal(canonical(words), datatype=term.datatype)
    except ValueError as error:
        raise wrong(text.place, f"{term.key} is {words!r}", expected=expected) from error


def _match(pattern: str) -> Callable[[str], str]:
    """Return a reader that takes a text as it is when it has a form."""
    form = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if form.fullmatch(text):
            return text
        raise ValueError(text)

    return read


# Datatype → reader of its canonical form (ValueError when a text has none) and what an author should write.
_FORMS: Mapping[str, tuple[Callable[[str], str], str]] = MappingProxyType(
    {
        XSD + "date": (lambda text: date.fromisoformat(_match(r"\d{4}-\d\d-\d\d")(text)).isoformat(), "YYYY-MM-DD"),
        XSD + "dateTime": (lambda text: datetime.fromisoformat(text).isoformat(), "YYYY-MM-DDThh:mm:ss+00:00"),
        XSD + "gYear": (_match(r"\d{4}"), "a year of four digits"),
        XSD + "integer": (lambda text: str(int(_match(r"[+-]?\d+")(text))), "a whole number in digits"),
        XSD + "decimal": (_match(r"[+-]?\d+(\.\d+)?"), "a number in digits, with a point where needed"),
        XSD + "boolean": (_match("true|false"), "true or false"),
    }
)
