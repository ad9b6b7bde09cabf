"""Small random worlds for the validation tests: graphs that break things, and shapes of every kind.

Few names, so that triples meet. Shapes have IRIs throughout, so that engines can be compared by source shape.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from communique.graph.terms.namespaces import RDF, RDFS, SH, XSD

EX = "http://example.org/"
NODES = [NamedNode(f"{EX}n{number}") for number in range(5)]
PREDICATES = [NamedNode(f"{EX}{name}") for name in "pqr"]
CLASSES = [NamedNode(f"{EX}{name}") for name in "ABC"]
TYPE, SUBCLASS = NamedNode(RDF + "type"), NamedNode(RDFS + "subClassOf")
FIRST, REST, NIL = NamedNode(RDF + "first"), NamedNode(RDF + "rest"), NamedNode(RDF + "nil")


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


NUMBERS = [*(typed(str(number), "integer") for number in (1, 2, 3)), typed("1.5", "decimal")]
LITERALS = [
    *NUMBERS,
    typed("2016-05-24", "date"),
    typed("true", "boolean"),
    typed("x", "integer"),
    *map(Literal, ("a", "b", "abc")),
    *(Literal(text, language=tag) for text, tag in (("a", "en"), ("b", "en"), ("a", "de"), ("b", "en-gb"))),
]
TERMS = [*NODES, *LITERALS]
BOUNDS = [typed("2", "integer"), typed("1.5", "decimal")]
KINDS = ["IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
DATATYPES = [NamedNode(XSD + name) for name in ("integer", "decimal", "date", "string", "boolean")]

nodes, predicates, classes = st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(CLASSES)
terms, numbers = st.sampled_from(TERMS), st.sampled_from(NUMBERS)


def graphs(
    values: st.SearchStrategy[object] = terms, size: tuple[int, int] = (8, 20)
) -> st.SearchStrategy[list[Triple]]:
    """Draw a graph whose objects come from ``values``, with classes and subclasses."""
    links = st.builds(Triple, nodes, predicates, values)
    types = st.builds(Triple, nodes, st.just(TYPE), classes)
    subclasses = st.builds(Triple, classes, st.just(SUBCLASS), classes)
    return st.lists(st.one_of(links, links, links, types, subclasses), min_size=size[0], max_size=size[1], unique=True)


class ShapesBuilder:
    """Draws shapes and collects their triples; every shape gets an IRI of its own."""

    def __init__(
        self,
        draw: Callable[..., object],
        *,
        has_order: bool = False,
        is_plain: bool = False,
        values: st.SearchStrategy[object] = terms,
    ) -> None:
        self.draw = draw
        self.values = values  # what values of the data are compared with
        self.has_order = has_order  # with comparisons, targets with numbers, and plain paths
        self.is_plain = is_plain or has_order
        self.triples: list[Triple] = []
        self._numbers = count(1)

    def add(self, subject: object, name: str, value: object) -> None:
        self.triples.append(Triple(subject, NamedNode(SH + name), value))

    def listed(self, members: list[object]) -> object:
        head: object = NIL
        for member in reversed(members):
            cell = BlankNode()
            self.triples += [Triple(cell, FIRST, member), Triple(cell, REST, head)]
            head = cell
        return head

    def path(self, depth: int = 2) -> object:
        kind = self.draw(st.sampled_from(["plain"] * 5 + ["inverse", "sequence", "alternative", "*", "+", "?"]))
        if self.is_plain:
            return self.draw(predicates)
        if depth == 0 or kind == "plain":
            return self.draw(st.one_of(predicates, st.just(TYPE)))
        if kind == "sequence":
            return self.listed([self.path(depth - 1), self.path(depth - 1)])
        node = BlankNode()
        if kind == "alternative":
            self.add(node, "alternativePath", self.listed([self.path(depth - 1), self.path(depth - 1)]))
        else:
            names = {"inverse": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
            # pySHACL walks the inverse of a sequence in the wrong order: only predicates are inverted.
            self.add(node, names[kind], self.path(0 if kind == "inverse" else depth - 1))
        return node

    def shape(self, depth: int, is_property: bool | None = None) -> NamedNode:
        node = NamedNode(f"{EX}shape{next(self._numbers)}")
        if is_property is None:
            is_property = self.draw(st.booleans())
        if is_property:
            self.add(node, "path", self.path())
        self.triples.append(Triple(node, TYPE, NamedNode(SH + ("PropertyShape" if is_property else "NodeShape"))))
        for name in self.draw(
            st.lists(st.sampled_from(self._choices(depth, is_property)), min_size=1, max_size=3, unique=True)
        ):
            getattr(self, f"_{name}")(node, depth)
        if self.draw(st.integers(0, 15)) == 0:
            self.add(node, "deactivated", typed("true", "boolean"))
        return node

    def target(self, node: NamedNode) -> None:
        kind = self.draw(
            st.sampled_from(["targetSubjectsOf", "targetSubjectsOf", "targetObjectsOf", "targetClass", "targetNode"])
        )
        values = {"targetNode": st.one_of(nodes, numbers if self.has_order else terms), "targetClass": classes}.get(
            kind, predicates
        )
        self.add(node, kind, self.draw(values))

    def _choices(self, depth: int, is_property: bool) -> list[str]:
        found = ["class", "datatype", "nodeKind", "length", "pattern", "language", "pair", "in", "hasValue"]
        if is_property:
            found += ["count", "count", "uniqueLang"] + ["order"] * self.has_order
        else:
            found += ["closed"]
        found += ["range"] * self.has_order
        if depth:
            found += ["not", "list", "list", "node", "property", "property"] + ["qualified"] * is_property
        return found

    def _class(self, node: NamedNode, depth: int) -> None:
        self.add(node, "class", self.draw(classes))

    def _datatype(self, node: NamedNode, depth: int) -> None:
        self.add(node, "datatype", self.draw(st.sampled_from([*DATATYPES, NamedNode(RDF + "langString")])))

    def _nodeKind(self, node: NamedNode, depth: int) -> None:
        self.add(node, "nodeKind", NamedNode(SH + self.draw(st.sampled_from(KINDS))))

    def _range(self, node: NamedNode, depth: int) -> None:
        name = self.draw(st.sampled_from(["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"]))
        self.add(node, name, self.draw(st.sampled_from(BOUNDS)))

    def _length(self, node: NamedNode, depth: int) -> None:
        self.add(
            node,
            self.draw(st.sampled_from(["minLength", "maxLength"])),
            typed(self.draw(st.sampled_from("123")), "integer"),
        )

    def _pattern(self, node: NamedNode, depth: int) -> None:
        self.add(node, "pattern", Literal(self.draw(st.sampled_from(["^a", "b$", "[0-9]", "n[12]$"]))))

    def _language(self, node: NamedNode, depth: int) -> None:
        self.add(node, "languageIn", self.listed([Literal(self.draw(st.sampled_from(["en", "de", "en-gb"])))]))

    def _pair(self, node: NamedNode, depth: int) -> None:
        self.add(node, self.draw(st.sampled_from(["equals", "disjoint"])), self.draw(predicates))

    def _order(self, node: NamedNode, depth: int) -> None:
        self.add(node, self.draw(st.sampled_from(["lessThan", "lessThanOrEquals"])), self.draw(predicates))

    def _in(self, node: NamedNode, depth: int) -> None:
        self.add(node, "in", self.listed(self.draw(st.lists(self.values, max_size=3))))

    def _hasValue(self, node: NamedNode, depth: int) -> None:
        self.add(node, "hasValue", self.draw(self.values))

    def _count(self, node: NamedNode, depth: int) -> None:
        for name in self.draw(st.sampled_from([["minCount"], ["maxCount"], ["minCount", "maxCount"]])):
            self.add(node, name, typed(str(self.draw(st.integers(0, 3))), "integer"))

    def _uniqueLang(self, node: NamedNode, depth: int) -> None:
        self.add(node, "uniqueLang", typed("true", "boolean"))

    def _closed(self, node: NamedNode, depth: int) -> None:
        self.add(node, "closed", typed("true", "boolean"))
        self.add(
            node,
            "ignoredProperties",
            self.listed(self.draw(st.lists(st.one_of(predicates, st.just(TYPE)), max_size=2))),
        )

    def _not(self, node: NamedNode, depth: int) -> None:
        self.add(node, "not", self.shape(depth - 1))

    def _list(self, node: NamedNode, depth: int) -> None:
        members = [self.shape(depth - 1) for _ in range(self.draw(st.integers(1, 2)))]
        self.add(node, self.draw(st.sampled_from(["and", "or", "xone"])), self.listed(members))

    def _node(self, node: NamedNode, depth: int) -> None:
        self.add(node, "node", self.shape(depth - 1, is_property=False))

    def _property(self, node: NamedNode, depth: int) -> None:
        self.add(node, "property", self.shape(depth - 1, is_property=True))

    def _qualified(self, node: NamedNode, depth: int) -> None:
        self.add(node, "qualifiedValueShape", self.shape(depth - 1))
        for name in self.draw(st.sampled_from([["qualifiedMinCount"], ["qualifiedMaxCount"]])):
            self.add(node, name, typed(str(self.draw(st.integers(0, 2))), "integer"))
        if self.draw(st.booleans()):
            self.add(node, "qualifiedValueShapesDisjoint", typed("true", "boolean"))


@st.composite
def shapes(
    draw: Callable[..., object],
    depth: int = 2,
    *,
    is_ordered: bool = False,
    values: st.SearchStrategy[object] = terms,
) -> list[Triple]:
    """Draw a shapes graph with one or two targeted shapes, which compare with ``values``.

    ``is_ordered`` adds comparisons, for graphs whose values are all numbers: rdflib, hence pySHACL, also puts in order
    what SPARQL does not compare, such as a date and a number or two IRIs.
    """
    builder = ShapesBuilder(draw, has_order=is_ordered, values=values)
    for _ in range(draw(st.integers(1, 2))):
        node = builder.shape(depth)
        builder.target(node)
        if draw(st.integers(0, 3)) == 0:
            builder.target(node)
    return builder.triples


# Queries of shapes, each with a different way to mention $this. Every row of theirs differs, so that engines which
# count equal rows once agree with those that do not.
QUERIES = [
    "SELECT $this ?value WHERE { $this ex:p ?value . ?value ex:q ?other . FILTER (?other != $this) }",
    "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { $this ex:q ?value FILTER EXISTS { ?value ex:r ?x } } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p/ex:q* ?far . ?far a ex:A } }",
    "SELECT $this ?value WHERE { $this ex:p ?value OPTIONAL { ?value ex:q ?end } FILTER (!BOUND(?end)) }",
    "SELECT $this (COUNT(DISTINCT ?x) AS ?value) WHERE { $this ex:p|^ex:q ?x }"
    " GROUP BY $this HAVING (COUNT(DISTINCT ?x) > 1)",
    "SELECT $this ?value WHERE { $this ex:q ?value . FILTER (?n > 1)"
    " { SELECT $this (COUNT(DISTINCT ?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this } }",
    "SELECT $this ?value WHERE { { FILTER (isIRI($this)) ?value a ex:B } UNION { $this ex:r ?value } }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value . ?value ?next ?end FILTER (?path = ex:p || ?path = ex:q) }",
    "SELECT $this ?value WHERE { BIND ($this AS ?that) ?that ex:p ?value . FILTER (?value != ?that) }",
    "SELECT $this ?value WHERE { ?value ^ex:p/ex:q $this ; ex:r [ a ex:A ] }",
    "SELECT $this WHERE { $this ex:p+ $this }",
    "SELECT $this ?value WHERE { ?value ex:p $this ; ex:q ?x . ?y ex:r ?x , ?value }",
    "SELECT $this ?value WHERE { $this ex:p ?value FILTER (?value IN (1, 2, ex:n1)) FILTER (STRLEN(STR($this)) > 3) }",
]
ON_PATH = "SELECT $this ?value WHERE { $this $PATH ?value . FILTER NOT EXISTS { ?value ex:p ?any . ?any ex:q $this } }"
PROLOGUE = f"PREFIX ex: <{EX}> "


@st.composite
def queries(draw: Callable[..., object]) -> list[Triple]:
    """Draw a shapes graph whose shapes say what they want in SPARQL, at the top or inside other shapes."""
    builder = ShapesBuilder(draw, is_plain=True)  # pySHACL writes some nested paths in a way that is no SPARQL
    node = builder.shape(1)
    builder.target(node)
    inner = node
    if draw(st.booleans()):
        inner = builder.shape(0)
        nested = draw(st.sampled_from(["not", "property"] if _has_path(builder, inner) else ["not", "node"]))
        builder.add(node, nested, inner)
    for _ in range(draw(st.integers(1, 2))):
        constraint = NamedNode(f"{EX}constraint{len(builder.triples)}")
        builder.add(inner, "sparql", constraint)
        choices = [*QUERIES, *([ON_PATH] * 3 if _has_path(builder, inner) else [])]
        builder.add(constraint, "select", Literal(PROLOGUE + draw(st.sampled_from(choices))))
    return builder.triples


# Queries of targets, each with a different way to ?this: it is known what the first ones read.
LOCAL_TARGETS = [
    "SELECT ?this WHERE { ?this ex:p ?x }",
    "SELECT ?this WHERE { ?this ex:p ?x . VALUES ?x { 1 2 ex:n1 } }",
    "SELECT ?this { ?x ex:p ?this ; ex:q [ a ex:A ] . FILTER EXISTS { ?x a ex:B } }",
    "SELECT DISTINCT $this ?x { { $this a ex:A } UNION { ?x ex:q $this . _:a ex:p ?x } UNION { _:b ex:r $this } }",
    "SELECT * WHERE { ?this ex:q ?type MINUS { ?type ex:p ?this } }",
    "SELECT ?this WHERE { ?this ex:p|^ex:q ?x } GROUP BY ?this HAVING (COUNT(DISTINCT ?x) > 1)",
    "SELECT ?this { ?this a ?a { SELECT ?a (COUNT(?x) AS ?n) { ?x a ?a } GROUP BY ?a } FILTER (?n > 1) }",
    "SELECT ?this WHERE { VALUES ?this { ex:n0 ex:n1 1 } }",
    "SELECT ?this WHERE { OPTIONAL { ?this a ex:C } }",
    "SELECT ?this WHERE { ?this a ex:A OPTIONAL { ?this ex:p ?x OPTIONAL { ?x ex:q ?y } } FILTER (!BOUND(?y)) }",
]
OTHER_TARGETS = [
    "SELECT (?x AS ?this) WHERE { ?x ex:p ?y . FILTER NOT EXISTS { ?x ex:q ?y } }",
    "SELECT ?this WHERE { ?x ex:r ?y BIND (IRI(CONCAT(STR(ex:), 'n1')) AS ?this) }",
    "SELECT ?this WHERE { ?this ex:p ?x } ORDER BY STR(?this) LIMIT 1",
    "SELECT ?this WHERE { { SELECT ?this { ?this ex:q ?x } ORDER BY STR(?this) STR(?x) OFFSET 1 } }",
    "SELECT ?this WHERE { ?this a ex:A . ?x ex:p ?y . FILTER (?y != ?this) }",
    "SELECT ?this WHERE { OPTIONAL { ?x ex:p ?y } ?this ex:q ?x }",
    "SELECT ?this WHERE { ?this a ex:A . OPTIONAL { ?this ex:p ?y } { ?this ex:q ?y } UNION { ?y ex:q ?this } }",
]
# The query of a target type with a parameter.
TYPED_QUERY = "SELECT ?this WHERE { ?this a $kind FILTER NOT EXISTS { ?this ex:q ?any . ?any a $kind } }"


@st.composite
def query_targets(draw: Callable[..., object]) -> list[Triple]:
    """Draw a shapes graph whose shapes select their focus nodes by queries, plain or with a parameter."""
    builder = ShapesBuilder(draw, is_plain=True)
    kind = NamedNode(f"{EX}Kind")
    builder.triples += [
        Triple(kind, TYPE, NamedNode(SH + "SPARQLTargetType")),
        Triple(kind, SUBCLASS, NamedNode(SH + "Target")),
    ]
    parameter = NamedNode(f"{EX}parameter")
    builder.add(kind, "parameter", parameter)
    builder.add(parameter, "path", NamedNode(f"{EX}kind"))
    builder.add(kind, "select", Literal(PROLOGUE + TYPED_QUERY))
    for number in range(draw(st.integers(1, 2))):
        node, target = builder.shape(1), NamedNode(f"{EX}target{number}")
        builder.add(node, "target", target)
        if draw(st.integers(0, 3)) == 0:
            builder.triples += [Triple(target, TYPE, kind), Triple(target, NamedNode(f"{EX}kind"), draw(classes))]
        else:
            builder.add(target, "select", Literal(PROLOGUE + draw(st.sampled_from([*LOCAL_TARGETS, *OTHER_TARGETS]))))
        if draw(st.integers(0, 3)) == 0:
            builder.target(node)
    return builder.triples


def _has_path(builder: ShapesBuilder, node: NamedNode) -> bool:
    return any(triple.subject == node and triple.predicate == NamedNode(SH + "path") for triple in builder.triples)
