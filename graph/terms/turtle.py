"""Quads → Turtle in one settled layout, so that a change of the ontology is a small diff.

Subjects keep their order within each kind; the predicates of a subject follow one order;
each predicate has a line, and several literals of one predicate have a line each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad, Triple

from communique.graph.errors import MappingError
from communique.graph.terms.namespaces import COM, OWL, PREFIXES, RDF, RDFS, SCHEMA, SKOS, XSD

Statement = Quad | Triple
Block = dict[NamedNode, list[NamedNode | Literal]]
Blocks = dict[NamedNode, Block]

# What a term is, what it means, how it fits in, how to use it, where it comes from.
ORDER = tuple(
    prefix + name
    for prefix, names in (
        (RDF, ("type",)),
        (RDFS, ("label",)),
        (SKOS, ("prefLabel", "altLabel", "notation", "definition")),
        (RDFS, ("subClassOf", "subPropertyOf")),
        (OWL, ("inverseOf", "disjointWith")),
        (SCHEMA, ("domainIncludes", "rangeIncludes")),
        (COM, ("conceptScheme", "constructed", "edgeSource", "edgeTarget", "edgeDirected", "shortName")),
        (SKOS, ("broader", "scopeNote", "example", "note", "editorialNote", "changeNote")),
        (SKOS, ("topConceptOf", "inScheme", "hasTopConcept")),
        (RDFS, ("isDefinedBy",)),
    )
    for name in names
)
_RANK = {iri: rank for rank, iri in enumerate(ORDER)}

HEADINGS: Mapping[str, str] = {
    OWL + "Ontology": "",
    SKOS + "ConceptScheme": "",
    OWL + "Class": "Classes",
    OWL + "ObjectProperty": "Properties that lead to a node",
    OWL + "DatatypeProperty": "Properties that lead to a value",
    OWL + "AnnotationProperty": "Properties for people and tools",
    SKOS + "Concept": "Concepts",
}
SPLIT = " ,\n    "
WIDTH = 96
_KINDS = tuple(HEADINGS)
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_BARE = {XSD + "integer": re.compile(r"[+-]?\d+"), XSD + "boolean": re.compile("true|false")}


def write(statements: Iterable[Statement], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Lay statements out as Turtle with only the prefixes they use.

    Graph names are dropped and repeated statements written once; a blank node raises MappingError.
    """
    blocks = _gather(statements)
    body = "".join(_section(kind, blocks, prefixes) for kind in (*_KINDS, None))
    used = (name for name in sorted(prefixes) if re.search(rf"(?<![\w<]){name}:[A-Za-z]", body))
    return "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in used) + body


def _gather(statements: Iterable[Statement]) -> Blocks:
    """Group statements by subject and predicate, in the order in which they come."""
    blocks: Blocks = {}
    for statement in statements:
        subject, predicate, value = statement.subject, statement.predicate, statement.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            raise MappingError(f"no IRI in {statement}", expected="an IRI for every node", hint="name the node")
        values = blocks.setdefault(subject, {}).setdefault(predicate, [])
        if value not in values:
            values.append(value)
    return blocks


def _section(kind: str | None, blocks: Blocks, prefixes: Mapping[str, str]) -> str:
    """Write all subjects of one kind under its heading; None collects those of no known kind."""
    texts = [_block(subject, block, prefixes) for subject, block in blocks.items() if _kind(block) == kind]
    heading = HEADINGS.get(kind or "", "")
    return "".join([f"\n# {heading}\n"] * bool(heading and texts) + ["\n" + text for text in texts])


def _kind(block: Block) -> str | None:
    """Name the first kind, in the order of the headings, that a subject is said to be."""
    types = {value.value for value in block.get(NamedNode(RDF + "type"), ())}
    return next((kind for kind in _KINDS if kind in types), None)


def _block(subject: NamedNode, block: Block, prefixes: Mapping[str, str]) -> str:
    """Write one subject."""
    lines = []
    for predicate in sorted(block, key=lambda iri: (_RANK.get(iri.value, len(_RANK)), iri.value)):
        name = "a" if predicate.value == RDF + "type" else _iri(predicate, prefixes)
        texts = [_term(value, prefixes) for value in block[predicate]]
        literal = isinstance(block[predicate][0], Literal)
        lines.append(f"{name} {SPLIT.join(texts) if literal else _fill(texts)}")
    return f"{_iri(subject, prefixes)} " + " ;\n  ".join(lines) + " .\n"


def _fill(texts: list[str]) -> str:
    """Join IRIs by commas, with a new line before the one that would pass the width."""
    lines = [texts[0]]
    for text in texts[1:]:
        if len(lines[-1]) + len(text) > WIDTH:
            lines.append(text)
        else:
            lines[-1] += f" , {text}"
    return SPLIT.join(lines)


def _term(value: NamedNode | Literal, prefixes: Mapping[str, str]) -> str:
    """Write an IRI or a literal, the datatype by prefix and whole numbers and truth values bare."""
    if isinstance(value, NamedNode):
        return _iri(value, prefixes)
    datatype = value.datatype.value
    if value.language or datatype == XSD + "string":
        return str(value)
    if datatype in _BARE and _BARE[datatype].fullmatch(value.value):
        return value.value
    return f"{Literal(value.value)}^^{_iri(value.datatype, prefixes)}"


def _iri(node: NamedNode, prefixes: Mapping[str, str]) -> str:
    """Write an IRI by the longest prefix that fits, else in full."""
    fits = [(name, base) for name, base in prefixes.items() if node.value.startswith(base)]
    for name, base in sorted(fits, key=lambda item: -len(item[1])):
        if _LOCAL.fullmatch(node.value.removeprefix(base)):
            return f"{name}:{node.value.removeprefix(base)}"
    return str(node)
