"""Focus nodes: which nodes of a view the targets of a shape select (SHACL 1.0, section 2.1.3)."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from communique.graph.namespaces import prologue, term
from communique.graph.validation.results import Term
from communique.graph.validation.view import View

# Target declaration → the pattern that finds the nodes; {} is the declared class or property.
PATTERNS = {
    term("sh:targetClass"): "?node rdf:type/rdfs:subClassOf* {}",
    term("sh:targetSubjectsOf"): "?node {} ?any",
    term("sh:targetObjectsOf"): "?any {} ?node",
}
TARGET_NODE = term("sh:targetNode")
TARGETS = (*PATTERNS, TARGET_NODE)

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
            found.update(_select(view, quad))
    return found


def _select(view: View, target: Quad) -> set[Term]:
    """Find the nodes of one target declaration."""
    pattern = PATTERNS[target.predicate].format(target.object)
    query = f"{prologue(('rdf', 'rdfs'))}SELECT DISTINCT ?node WHERE {{ {pattern} }}"
    return {row["node"] for row in view.select(query)}
