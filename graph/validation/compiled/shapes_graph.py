"""The shapes graph as it was written: statements of a node, read strictly.

Lexical forms count here: ``sh:uniqueLang "1"^^xsd:boolean`` is not ``true``, so the graph is an index of the given
triples and not a store, which would normalise them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import OWL, RDF, RDFS, SH, XSD, shorten

Term = NamedNode | BlankNode | Literal
Node = NamedNode | BlankNode

TYPE = NamedNode(RDF + "type")
SUBCLASS = NamedNode(RDFS + "subClassOf")
FIRST = NamedNode(RDF + "first")
REST = NamedNode(RDF + "rest")
NIL = NamedNode(RDF + "nil")
IMPORTS = NamedNode(OWL + "imports")
INTEGER = NamedNode(XSD + "integer")
STRING = NamedNode(XSD + "string")
BOOLEAN = NamedNode(XSD + "boolean")
TRUE = Literal("true", datatype=BOOLEAN)
FALSE = Literal("false", datatype=BOOLEAN)


def sh(local: str) -> NamedNode:
    """Name a term of the SHACL vocabulary."""
    return NamedNode(SH + local)


class ShapesGraph:
    """An index of triples by subject and by predicate; nodes come in the order in which they were written."""

    def __init__(self, triples: Iterable[Triple | Quad] | Store) -> None:
        self._by_subject: dict[Term, dict[NamedNode, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
        self._by_predicate: dict[NamedNode, dict[Term, dict[Node, None]]] = defaultdict(lambda: defaultdict(dict))
        ordered = sorted(triples, key=str) if isinstance(triples, Store) else triples
        for triple in ordered:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue  # a statement about a statement says nothing about a shape
            self._by_subject[subject][predicate][value] = None
            self._by_predicate[predicate][value][subject] = None

    def objects(self, subject: Term, predicate: NamedNode) -> tuple[Term, ...]:
        """Return the objects of a subject and predicate, without repeats."""
        return tuple(self._by_subject.get(subject, {}).get(predicate, ()))

    def subjects(self, predicate: NamedNode, value: Term | None = None) -> tuple[Node, ...]:
        """Return the subjects that have a predicate, with this object or any, without repeats."""
        found = self._by_predicate.get(predicate, {})
        if value is not None:
            return tuple(found.get(value, ()))
        return tuple(dict.fromkeys(subject for subjects in found.values() for subject in subjects))

    def is_object(self, node: Term) -> bool:
        """Say whether any triple leads to a node."""
        return any(node in values for values in self._by_predicate.values())

    def predicates(self, subject: Term) -> tuple[NamedNode, ...]:
        """Return the predicates of a subject."""
        return tuple(self._by_subject.get(subject, {}))

    def closure(self, start: Iterable[Term], predicate: NamedNode) -> tuple[Term, ...]:
        """Return the start nodes and all that they reach over a predicate."""
        reached = dict.fromkeys(start)
        queue = list(reached)
        while queue:
            new = [value for value in self.objects(queue.pop(), predicate) if value not in reached]
            reached.update(dict.fromkeys(new))
            queue.extend(new)
        return tuple(reached)

    def is_instance(self, node: Term, cls: NamedNode) -> bool:
        """Say whether a node has a class, or a subclass of it, in this graph (SHACL instance, section 1.1)."""
        return cls in self.closure(self.objects(node, TYPE), SUBCLASS)

    def members(self, head: Term) -> tuple[Term, ...] | None:
        """Read an RDF list; None where it is ill-formed (no first, two rests, a cycle)."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def at(self, node: Term) -> NodeStatements:
        """Open the statements of a node."""
        return NodeStatements(self, node)


@dataclass(frozen=True, slots=True)
class NodeStatements:
    """What the shapes graph says of one node; every reader raises ShapesError for what SHACL calls ill-formed.

    FreshVariables are local names of the SHACL vocabulary, or IRIs for parameters of custom components.
    """

    graph: ShapesGraph
    node: Term

    @property
    def resource(self) -> Node:
        """The node, which must not be a literal."""
        if isinstance(self.node, Literal):
            raise ShapesError(f"the literal {self.node} in the place of a node", hint="name the node by its IRI")
        return self.node

    @property
    def named(self) -> NamedNode:
        """The node, which must be an IRI."""
        if isinstance(self.node, NamedNode):
            return self.node
        raise ShapesError(f"{self.node} has no IRI", expected="an IRI", hint="name the node")

    def all(self, name: str | NamedNode) -> tuple[Term, ...]:
        """Return the values of a property."""
        return self.graph.objects(self.node, _iri(name))

    def one(self, name: str | NamedNode) -> Term | None:
        """Return the value of a property that may have one at most."""
        values = self.all(name)
        if len(values) > 1:
            raise self.ill_formed(name, f"{len(values)} values", "one value", "keep one, or make a shape for each")
        return values[0] if values else None

    def iris(self, name: str) -> tuple[NamedNode, ...]:
        """Return values that must be IRIs."""
        return tuple(self._iri(name, value) for value in self.all(name))

    def iri(self, name: str) -> NamedNode | None:
        """Return the value that must be an IRI."""
        value = self.one(name)
        return None if value is None else self._iri(name, value)

    def literal(self, name: str) -> Literal | None:
        """Return the value that must be a literal."""
        value = self.one(name)
        if value is None or isinstance(value, Literal):
            return value
        raise self.ill_formed(name, str(value), "a literal", "write the value itself")

    def integer(self, name: str) -> int | None:
        """Return the value that must be an xsd:integer."""
        value = self._typed(name, INTEGER, "an xsd:integer")
        try:
            return None if value is None else int(value.value)
        except ValueError:
            raise self.ill_formed(name, str(value), "an xsd:integer", "write digits") from None

    def text(self, name: str) -> str | None:
        """Return the value that must be an xsd:string."""
        value = self._typed(name, STRING, "an xsd:string")
        return None if value is None else value.value

    def flag(self, name: str) -> Literal | None:
        """Return the value that must be an xsd:boolean; only the literal ``true`` switches anything on."""
        return self._typed(name, BOOLEAN, "an xsd:boolean")

    def members(self, name: str) -> tuple[Term, ...] | None:
        """Return the members of the value that must be an RDF list."""
        value = self.one(name)
        return None if value is None else self.listed(name, value)

    def listed(self, name: str, head: Term) -> tuple[Term, ...]:
        """Return the members of a list that a property leads to."""
        found = self.graph.members(head)
        if found is None:
            raise self.ill_formed(name, f"{head} is no list", "an RDF list", "write the members in parentheses")
        return found

    def comparable(self, name: str, value: Term) -> Term:
        """Pass on a value that nodes of the data are compared with; none of them is a blank node of the shapes."""
        if isinstance(value, BlankNode):
            raise self.ill_formed(name, f"the blank node {value}", "an IRI or a literal", "give the node an IRI")
        return value

    def messages(self) -> tuple[str, ...]:
        """Return the texts of sh:message, sorted."""
        values = self.all("message")
        if not all(isinstance(value, Literal) for value in values):
            raise self.ill_formed("message", "a node", "a string", "write the text itself")
        return tuple(sorted(value.value for value in values))

    def ill_formed(self, name: str | NamedNode, found: str, expected: str, hint: str) -> ShapesError:
        """Describe what is wrong with a property of this node."""
        return ShapesError(f"{self}, {shorten(_iri(name).value)}: {found}", expected=expected, hint=hint)

    def __str__(self) -> str:
        """Name the node for people."""
        return shorten(self.node.value) if isinstance(self.node, NamedNode) else f"shape {self.node}"

    def _iri(self, name: str, value: Term) -> NamedNode:
        if isinstance(value, NamedNode):
            return value
        raise self.ill_formed(name, str(value), "an IRI", "name the thing by its IRI")

    def _typed(self, name: str, datatype: NamedNode, expected: str) -> Literal | None:
        value = self.one(name)
        if value is None or (isinstance(value, Literal) and value.datatype == datatype and not value.language):
            return value
        raise self.ill_formed(name, str(value), expected, "correct the value")


def _iri(name: str | NamedNode) -> NamedNode:
    """Take the local name of a SHACL term for its IRI."""
    return sh(name) if isinstance(name, str) else name
