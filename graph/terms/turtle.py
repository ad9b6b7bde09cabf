"""Quads → Turtle in one layout, so that a change of the ontology is a small diff.

Subjects keep their order within each kind; the predicates of a subject follow one order;
each predicate has a line, and several literals of one predicate have a line each. Lists are written in brackets.
Of blank nodes only those are written that OWL asks for: lists, and axioms that say which classes are disjoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from communique.graph.errors import MappingError
from communique.graph.terms.namespaces import COM, DCT, OWL, PREFIXES, RDF, RDFS, SCHEMA, SKOS, VS, XSD

Statement = Quad | Triple
Value = NamedNode | Literal | tuple[NamedNode | Literal, ...]
Block = dict[NamedNode, list[Value]]
Blocks = dict[NamedNode | BlankNode, Block]

# What a term is, what it means, how it fits in, how to use it, where it comes from.
ORDER = tuple(
    prefix + name
    for prefix, names in (
        (RDF, ("type",)),
        (RDFS, ("label",)),
        (SKOS, ("prefLabel", "altLabel", "hiddenLabel", "notation", "definition")),
        (RDFS, ("subClassOf", "subPropertyOf")),
        (OWL, ("inverseOf", "equivalentClass", "equivalentProperty", "disjointWith", "members", "deprecated")),
        (DCT, ("isReplacedBy",)),
        (SCHEMA, ("domainIncludes", "rangeIncludes")),
        (COM, ("conceptScheme", "constructed", "edgeSource", "edgeTarget", "edgeDirected", "shortName")),
        (SKOS, ("broader", "scopeNote", "example", "note", "editorialNote", "changeNote")),
        (SKOS, ("topConceptOf", "inScheme", "hasTopConcept")),
        (DCT, ("created", "modified")),
        (VS, ("term_status",)),
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
    OWL + "AllDisjointClasses": "Classes of which nothing is two",
}
SPLIT = " ,\n    "
WIDTH = 96
_KINDS = tuple(HEADINGS)
_AXIOM = NamedNode(OWL + "AllDisjointClasses")
_TYPE, _FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
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


def collections(statements: Iterable[Statement]) -> dict[BlankNode, tuple[NamedNode | Literal, ...]]:
    """Read the lists among some statements, by their first cell; a cell without an IRI or literal ends its list."""
    first: dict[object, object] = {}
    rest: dict[object, object] = {}
    for statement in statements:
        if isinstance(statement.subject, BlankNode) and statement.predicate in (_FIRST, _REST):
            (first if statement.predicate == _FIRST else rest)[statement.subject] = statement.object
    lists = {}
    for head in first.keys() - set(rest.values()):
        items, cell = [], head
        while isinstance(item := first.get(cell), NamedNode | Literal):
            items.append(item)
            cell = rest.get(cell)
        if isinstance(head, BlankNode) and cell == _NIL:
            lists[head] = tuple(items)
    return lists


def _gather(statements: Iterable[Statement]) -> Blocks:
    """Group statements by subject and predicate, in the order in which they come."""
    statements = list(statements)
    lists = collections(statements)
    axioms = {one.subject for one in statements if one.predicate == _TYPE and one.object == _AXIOM}
    blocks: Blocks = {}
    for statement in statements:
        subject, predicate, value = statement.subject, statement.predicate, statement.object
        if lists and predicate in (_FIRST, _REST) and isinstance(subject, BlankNode):
            continue
        written = lists.get(value, value) if isinstance(value, BlankNode) else value
        if not isinstance(subject, NamedNode) and not (isinstance(subject, BlankNode) and subject in axioms):
            raise MappingError(f"no IRI in {statement}", expected="an IRI for every node", hint="name the node")
        if not isinstance(written, NamedNode | Literal | tuple):
            raise MappingError(f"no IRI in {statement}", expected="an IRI for every node", hint="name the node")
        values = blocks.setdefault(subject, {}).setdefault(predicate, [])
        if written not in values:
            values.append(written)
    return blocks


def _section(kind: str | None, blocks: Blocks, prefixes: Mapping[str, str]) -> str:
    """Write all subjects of one kind under its heading; None collects those of no known kind."""
    texts = [_block(subject, block, prefixes) for subject, block in blocks.items() if _kind(block) == kind]
    heading = HEADINGS.get(kind or "", "")
    return "".join([f"\n# {heading}\n"] * bool(heading and texts) + ["\n" + text for text in texts])


def _kind(block: Block) -> str | None:
    """Name the first kind, in the order of the headings, that a subject is said to be."""
    types = {value.value for value in block.get(_TYPE, ()) if isinstance(value, NamedNode)}
    return next((kind for kind in _KINDS if kind in types), None)


def _block(subject: NamedNode | BlankNode, block: Block, prefixes: Mapping[str, str]) -> str:
    """Write one subject."""
    lines = []
    for predicate in sorted(block, key=lambda iri: (_RANK.get(iri.value, len(_RANK)), iri.value)):
        name = "a" if predicate == _TYPE else _iri(predicate, prefixes)
        texts = [_term(value, prefixes) for value in block[predicate]]
        literal = isinstance(block[predicate][0], Literal)
        lines.append(f"{name} {SPLIT.join(texts) if literal else _fill(texts)}")
    name = _iri(subject, prefixes) if isinstance(subject, NamedNode) else "[]"
    return f"{name} " + " ;\n  ".join(lines) + " .\n"


def _fill(texts: list[str], comma: str = " ,") -> str:
    """Join IRIs by commas, with a new line before the one that would pass the width."""
    lines = [texts[0]]
    for text in texts[1:]:
        if len(lines[-1]) + len(text) > WIDTH:
            lines.append(text)
        else:
            lines[-1] += f"{comma} {text}"
    return f"{comma}\n    ".join(lines)


def _term(value: Value, prefixes: Mapping[str, str]) -> str:
    """Write an IRI, a list or a literal, the datatype by prefix and whole numbers and truth values bare."""
    if isinstance(value, tuple):
        return f"( {_fill([_term(item, prefixes) for item in value], '')} )"
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
