"""Focus nodes: which nodes of a view the targets of a shape select (SHACL 1.0, section 2.1.3)."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from communique.graph.terms.namespaces import prologue, term
from communique.graph.validation.compiled.shapes_graph import ShapesGraph
from communique.graph.validation.compiled.target_reader import read_advanced
from communique.graph.validation.results import Term
from communique.graph.validation.view import View
from communique.graph.validation.written import WrittenView

# Target declaration → the pattern that finds the nodes; {} is the declared class or property.
PATTERNS = {
    term("sh:targetClass"): "?node rdf:type/rdfs:subClassOf* {}",
    term("sh:targetSubjectsOf"): "?node {} ?any",
}
TARGET_NODE, TARGET_OBJECTS, QUERY_TARGET = term("sh:targetNode"), term("sh:targetObjectsOf"), term("sh:target")
TARGETS = (*PATTERNS, TARGET_NODE, TARGET_OBJECTS, QUERY_TARGET)
CLASS = term("rdfs:Class")
_TYPE, _TARGET_CLASS = term("rdf:type"), term("sh:targetClass")
# A shape that another shape refers to is run from there; it needs no target of its own.
_SHAPES = """
SELECT ?shape WHERE {
  ?shape a sh:NodeShape .
  FILTER NOT EXISTS { ?any sh:node|sh:not|sh:qualifiedValueShape|((sh:or|sh:and|sh:xone)/rdf:rest*/rdf:first) ?shape }
}"""


def count_focus_nodes(view: View, shapes: Store) -> dict[NamedNode | BlankNode, int]:
    """Count the focus nodes of each node shape.

    A shape that no other shape refers to and that has no target is listed with 0: it was not exercised.
    """
    return {shape: len(focus_nodes(view, shapes, shape)) for shape in node_shapes(shapes)}


def node_shapes(shapes: Store) -> list[NamedNode | BlankNode]:
    """List the node shapes that stand by themselves, in the order of their names."""
    found = View(shapes).select(prologue(("rdf", "sh")) + _SHAPES)
    return sorted((row["shape"] for row in found), key=str)


def focus_nodes(view: View, shapes: Store, shape: NamedNode | BlankNode) -> set[Term]:
    """Collect the nodes that the targets of one shape select."""
    found: set[Term] = set()
    for quad in shapes.quads_for_pattern(shape, None, None, None):
        if quad.predicate == TARGET_NODE:
            found.add(quad.object)  # type: ignore[arg-type]  # shapes hold no triple terms
        elif quad.predicate in PATTERNS:
            found.update(_select(view, quad.predicate, quad.object))
        elif quad.predicate == TARGET_OBJECTS:
            # Literals among them are told apart by their writing.
            found.update(WrittenView.of(view).objects(quad.object))  # type: ignore[arg-type]
        elif quad.predicate == QUERY_TARGET:
            found.update(_ask(view, shapes, quad))
    if isinstance(shape, NamedNode) and Quad(shape, _TYPE, CLASS) in shapes:
        found.update(_select(view, _TARGET_CLASS, shape))
    return found


def _ask(view: View, shapes: Store, target: Quad) -> set[Term]:
    """Find the nodes that the query of a target selects (SHACL-AF, section 3)."""
    shape = ShapesGraph(shapes).at(target.subject)  # type: ignore[arg-type]  # shapes hold no triple terms
    pattern = read_advanced(shape, target.object).pattern("?node")  # type: ignore[arg-type]
    return {row["node"] for row in view.select(f"SELECT DISTINCT ?node WHERE {{ {pattern} }}")}


def _select(view: View, declaration: NamedNode, value: object) -> set[Term]:
    """Find the nodes of one target declaration."""
    pattern = PATTERNS[declaration].format(value)
    query = f"{prologue(('rdf', 'rdfs'))}SELECT DISTINCT ?node WHERE {{ {pattern} }}"
    return {row["node"] for row in view.select(query)}
