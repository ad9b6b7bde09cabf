"""Authored words → RDF terms: a key to its property, a text to the value that property takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.bounds import read_bounds
from communique.graph.mapping.children import children
from communique.graph.mapping.nodes import KINDS, identify
from communique.graph.sources.tree import Block, Part, Place, Scalar, as_items, as_scalar, is_empty, wrong
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import COM, OWL, RDF, XSD
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.vocabulary import LANG_STRING, Term, classes, concepts, suggest, terms

LANGUAGE = "en"  # of every text that names no other

_CLASS = NamedNode(OWL + "Class")
_TYPE = Term(NamedNode(RDF + "type"), "type", "object", "type", "", "reused", range_includes=(_CLASS,))
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One assertion before it stands in a graph; ``subject`` is relative, ``place`` is where its value is written."""

    subject: str
    term: Term
    value: NamedNode | Literal
    place: Place


class Hole(Scalar):
    """A text whose value is not known yet, as in a mapping of rows; its ``text`` stands for it in identifiers."""

    __slots__ = ()

    def mark(self, term: Term, bound: str = "") -> NamedNode:
        """Give what stands in the place of the value of a property; ``bound`` names a bound of a period."""
        raise NotImplementedError


def find_term(key: Scalar) -> Term:
    """Find the property of an authored key; MappingError for a class, an unknown key and a constructed property."""
    if key.text == _TYPE.key:
        return _TYPE
    term = terms().get(key.text)
    if term is None:
        near = suggest(key.text)
        raise wrong(key.place, f"{key.text!r} is not a term of the ontology", hint=near and f"did you mean {near!r}?")
    if term.kind == "class":
        raise wrong(key.place, f"{key.text!r} is a class", expected="a property", hint=f"write type: {key.text}")
    if term.constructed:
        raise wrong(key.place, f"{key.text!r} is only ever built by a query", expected="a property that is asserted")
    return term


def read_property(subject: str, key: Scalar, part: Part, faults: Faults = AT_ONCE) -> Iterator[Fact]:
    """Read what a subject has under one key: a text, a list of texts, or texts by language tag."""
    term = find_term(key)
    for item in as_items(part):
        with faults.gathered():
            if term.datatype == LANG_STRING and isinstance(item, Block) and not is_empty(item):
                yield from _read_languages(subject, term, item)
            else:
                text = as_scalar(item, f"a value of {term.key}")
                yield Fact(subject, term, read_value(term, text), text.place)


def imply(subject: str, key: str, text: str | Scalar, place: Place) -> Fact:
    """Make a fact that the form implies without writing it, such as ``inEvent``."""
    term = find_term(Scalar(key, place))
    return Fact(subject, term, read_value(term, Scalar(text, place) if isinstance(text, str) else text), place)


def read_value(term: Term, text: Scalar) -> NamedNode | Literal:
    """Read one value of a property: a concept of its scheme, a class, a literal of its datatype, or a node."""
    if isinstance(text, Hole):
        return text.mark(term)
    if term.scheme is not None:
        return _read_concept(term.scheme, text)
    if _CLASS in term.range_includes:
        return _read_class(text)
    if term.datatype is not None:
        return _read_literal(term, text)
    if term.module == "reused" and text.text.startswith(("https://", "http://")):
        return _read_address(text)
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


def _read_concept(scheme: str, text: Scalar) -> NamedNode:
    """Read the slug of a concept."""
    known = concepts(scheme)
    if text.text not in known:
        message = f"{text.text!r} is not a concept of {scheme}"
        raise wrong(text.place, message, expected=", ".join(known), hint=did_you_mean(text.text, known))
    return known[text.text].iri


def _read_class(text: Scalar) -> NamedNode:
    """Read the key of a class."""
    known = classes()
    if text.text not in known:
        raise wrong(text.place, f"{text.text!r} is not a class of the ontology", hint=did_you_mean(text.text, known))
    return known[text.text].iri


def _read_address(text: Scalar) -> NamedNode:
    """Read the address of something that is not ours."""
    try:
        return NamedNode(text.text)
    except ValueError as error:
        raise wrong(text.place, f"{text.text!r} is not an IRI", expected="an IRI without blanks") from error


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


def _read_languages(subject: str, term: Term, block: Block) -> Iterator[Fact]:
    """Read texts by language tag."""
    for tag, part in block:
        if not _TAG.fullmatch(tag.text):
            message = f"{tag.text!r} is not a language tag"
            raise wrong(tag.place, message, expected=f"{term.key}: a text, or texts by language such as ko or ko-Latn")
        for item in as_items(part):
            text = as_scalar(item, f"a value of {term.key}")
            yield Fact(subject, term, Literal(text.text.strip(), language=tag.text), text.place)


def _match(pattern: str) -> Callable[[str], str]:
    """Make a reader that takes a text as it is when it has a form."""
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
