"""The ontology → what its reference pages say: modules with their terms, concept schemes with their concepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from communique.graph.terms import turtle
from communique.graph.terms.alignments import FOREIGN, alignments
from communique.graph.terms.namespaces import BASE, COM, DCT, OWL, PREFIXES, RDF, RDFS, SCHEMA, SKOS, VOCAB, VS
from communique.graph.terms.vocabulary import Concept, concepts, facts, modules, schemes

HOME = BASE + "ns"
_PREFIXES = {**FOREIGN, **PREFIXES, "vann": "http://purl.org/vocab/vann/"}
_KINDS = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "property that leads to a node",
    OWL + "DatatypeProperty": "property that leads to a value",
    OWL + "AnnotationProperty": "property for people and tools",
}
_MORE_KINDS = {OWL + "TransitiveProperty": "transitive", OWL + "SymmetricProperty": "symmetric"}
# The title of a row, the property whose values it lists, and whether they stand at its other end.
_ROWS = (
    ("Replaced by", DCT + "isReplacedBy", False),
    ("Below", RDFS + "subClassOf", False),
    ("Above", RDFS + "subClassOf", True),
    ("Inverse of", OWL + "inverseOf", False),
    ("Used on", SCHEMA + "domainIncludes", False),
    ("Leads to", SCHEMA + "rangeIncludes", False),
    ("Concepts of", COM + "conceptScheme", False),
    ("Properties", SCHEMA + "domainIncludes", True),
    ("Value of", SCHEMA + "rangeIncludes", True),
    ("Tie from", COM + "edgeSource", False),
    ("Tie to", COM + "edgeTarget", False),
    ("Excludes", OWL + "disjointWith", False),
    ("Excludes", OWL + "disjointWith", True),
    ("Key in documents", COM + "shortName", False),
    ("Also looked for as", SKOS + "hiddenLabel", False),
    ("Example", SKOS + "example", False),
    ("Created", DCT + "created", False),
    ("Changed", DCT + "modified", False),
    ("Status", VS + "term_status", False),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A text of a page, and the IRI that it stands for; of a literal the IRI is empty."""

    text: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A term or concept.

    Attributes
    ----------
    anchor : the fragment of its IRI, or its prefixed name for a term of another vocabulary
    kind : in words
    rows : title and values of each row
    aligned : predicate, term of another vocabulary and reason
    """

    anchor: str
    iri: str
    name: str
    label: str
    kind: str
    definition: str
    notes: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[Reference, ...]], ...] = ()
    aligned: tuple[tuple[str, Reference, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A module or a concept scheme; ``path`` is its place below the ontology, such as ``actor`` or ``vocab/role``."""

    path: str
    iri: str
    title: str
    description: str
    entries: tuple[Description, ...]

    @property
    def triples(self) -> list[Triple]:
        """Return what its file states, lists of blank nodes included."""
        text = dict(modules())[f"{self.path.replace('vocab/', 'vocabularies/')}.ttl"]
        return list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))


@cache
def sections() -> dict[str, Section]:
    """Describe all modules, in the order of the header, and then all concept schemes, by path."""
    parts = [node.value for node in _iris(HOME, DCT + "hasPart")]
    named = [iri.removeprefix(HOME + "/") for iri in parts if iri.startswith(HOME)]
    found = [_module(path) for path in ("communique", *named)]
    return {section.path: section for section in (*found, *map(_scheme, schemes()))}


def write(section: Section | None, form: pyoxigraph.RdfFormat) -> bytes:
    """Write the statements of one section, or of the whole ontology, in an RDF format."""
    triples = [triple for each in ([section] if section else sections().values()) for triple in each.triples]
    if form == pyoxigraph.RdfFormat.TURTLE:
        return turtle.write(triples, _PREFIXES).encode()
    written = pyoxigraph.serialize(triples, format=form, prefixes=_PREFIXES)
    assert written is not None
    return written


def version() -> str:
    """Return the version of the ontology."""
    return next(_texts(HOME, OWL + "versionInfo"))


def _module(path: str) -> Section:
    iri = HOME if path == "communique" else f"{HOME}/{path}"
    homes = {iri} if path != "reused" else None
    own = [
        subject
        for subject, about in facts().items()
        if _KINDS.keys() & {kind.value for kind in about.get(NamedNode(RDF + "type"), ())}
        and (path == "reused") == (not subject.value.startswith(COM))
        and (homes is None or homes & {node.value for node in _iris(subject.value, RDFS + "isDefinedBy")})
    ]
    order = list(_KINDS)
    own.sort(key=lambda subject: order.index(next(kind for kind in order if NamedNode(kind) in _kinds(subject))))
    title, text = next(_texts(iri, DCT + "title")), next(_texts(iri, DCT + "description"))
    return Section(path, iri, title if path != "communique" else "Header", text, tuple(map(_term, own)))


def _kinds(subject: NamedNode) -> tuple[NamedNode | Literal, ...]:
    return facts()[subject].get(NamedNode(RDF + "type"), ())


def _term(subject: NamedNode) -> Description:
    kinds = [_KINDS[kind.value] for kind in _kinds(subject) if kind.value in _KINDS]
    kinds += [_MORE_KINDS[kind.value] for kind in _kinds(subject) if kind.value in _MORE_KINDS]
    iri, name = subject.value, _short(subject.value)
    if "true" in _texts(iri, COM + "constructed"):
        kinds.append("only constructed by queries")
    definition = next(_texts(iri, SKOS + "definition"), "")
    return Description(
        anchor=iri.removeprefix(COM) if iri.startswith(COM) else name,
        iri=iri,
        name=name,
        label=next(_texts(iri, RDFS + "label"), ""),
        kind=", ".join(kinds),
        definition=definition,
        notes=(*_texts(iri, SKOS + "scopeNote"), *_texts(iri, SKOS + "changeNote")),
        rows=_rows(subject),
        aligned=tuple(
            (_short(each.predicate.value), Reference(_short(each.object.value), each.object.value), each.reason)
            for each in alignments()
            if each.subject == subject
        ),
    )


def _rows(subject: NamedNode) -> tuple[tuple[str, tuple[Reference, ...]], ...]:
    rows: dict[str, list[NamedNode | Literal]] = {}
    for title, predicate, is_other_end in _ROWS:
        here = facts()[subject].get(NamedNode(predicate), ())
        rows.setdefault(title, []).extend(_pointing().get((predicate, subject), ()) if is_other_end else here)
    return tuple((title, _references(values)) for title, values in rows.items() if values)


@cache
def _pointing() -> dict[tuple[str, NamedNode], list[NamedNode]]:
    """Group the subjects of the ontology by what they point to."""
    found: dict[tuple[str, NamedNode], list[NamedNode]] = {}
    wanted = {predicate for _, predicate, is_other_end in _ROWS if is_other_end}
    gone = NamedNode(OWL + "deprecated")
    for subject, about in facts().items():
        for predicate in wanted if gone not in about else ():
            for value in about.get(NamedNode(predicate), ()):
                if isinstance(value, NamedNode):
                    found.setdefault((predicate, value), []).append(subject)
    return found


def _short(iri: str) -> str:
    fits = [(len(base), f"{name}:{iri.removeprefix(base)}") for name, base in _PREFIXES.items() if iri.startswith(base)]
    return max(fits, default=(0, iri))[1]


def _references(values: Iterable[NamedNode | Literal]) -> tuple[Reference, ...]:
    return tuple(
        Reference(_short(value.value).removeprefix("com:"), value.value)
        if isinstance(value, NamedNode)
        else Reference(value.value)
        for value in values
    )


def _scheme(name: str) -> Section:
    iri = VOCAB + name
    title, text = next(_texts(iri, SKOS + "prefLabel")), next(_texts(iri, SKOS + "definition"))
    return Section(f"vocab/{name}", iri, title, text, tuple(map(_concept, concepts(name).values())))


def _concept(concept: Concept) -> Description:
    iri = concept.iri.value
    broader = (Reference(concept.broader, f"{VOCAB}{concept.scheme}/{concept.broader}"),) if concept.broader else ()
    lower = (each for each in concepts(concept.scheme).values() if each.broader == concept.slug)
    rows = {"Below": broader, "Above": tuple(Reference(each.slug, each.iri.value) for each in lower)}
    return Description(
        anchor=concept.slug,
        iri=iri,
        name=_short(iri),
        label=concept.label,
        kind="concept",
        definition=concept.definition,
        notes=(*_texts(iri, SKOS + "scopeNote"), *_texts(iri, SKOS + "note")),
        rows=tuple((title, values) for title, values in rows.items() if values),
    )


def _iris(iri: str, predicate: str) -> list[NamedNode]:
    return [value for value in facts()[NamedNode(iri)].get(NamedNode(predicate), ()) if isinstance(value, NamedNode)]


def _texts(iri: str, predicate: str) -> Iterator[str]:
    values = facts()[NamedNode(iri)].get(NamedNode(predicate), ())
    return (value.value for value in values if isinstance(value, Literal))


def place_of(iri: str) -> tuple[str, str] | None:
    """Return the section and the anchor at which an IRI is described; None where it is not."""
    return _places().get(iri)


@cache
def _places() -> dict[str, tuple[str, str]]:
    found = {entry.iri: (section.path, entry.anchor) for section in sections().values() for entry in section.entries}
    return found | {section.iri: (section.path, "") for section in sections().values()}
