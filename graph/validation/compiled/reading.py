"""What a constraint component sees of a shape while the shape is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.errors import NotCompiled
from communique.graph.validation.compiled.path_reader import read_path
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.shapes import NodeShape, PropertyShape, Shape, ShapesWarning, WarningKind
from communique.graph.validation.compiled.shapes_graph import Statements, Term, sh


@dataclass(frozen=True, slots=True)
class Reading:
    """A shape being read.

    Attributes
    ----------
    at : its statements
    path : its path; None in a node shape
    shape : reads another shape
    note : takes a warning
    beyond : takes what no query can judge of the shape
    shapes_graph : name of the graph that holds the shapes beside the data; None when it is not there
    """

    at: Statements
    path: Path | None
    shape: Callable[[Term], Shape]
    note: Callable[[ShapesWarning], None]
    beyond: Callable[[NotCompiled], None]
    shapes_graph: NamedNode | None = None

    def node_shape(self, name: str, value: Term) -> NodeShape:
        """Read a shape that must be a node shape."""
        shape = self.shape(value)
        if isinstance(shape, NodeShape):
            return shape
        raise self.at.ill_formed(name, f"{value} has a path", "a node shape", "use sh:property, or take sh:path away")

    def property_shape(self, name: str, value: Term) -> PropertyShape:
        """Read a shape that must be a property shape."""
        shape = self.shape(value)
        if isinstance(shape, PropertyShape):
            return shape
        raise self.at.ill_formed(name, f"{value} has no path", "a property shape", "use sh:node, or add sh:path")

    def only_for_property_shapes(self, name: str) -> None:
        """Raise ShapesError in a node shape."""
        if self.path is None:
            raise self.at.ill_formed(name, "used in a node shape", "a property shape", "move it into a property shape")

    def path_of(self, node: Term) -> Path | None:
        """Read the path of another shape."""
        return read_path(self.at.graph.at(node))

    def siblings(self) -> tuple[Term, ...]:
        """Give the qualified value shapes of the property shapes beside this one (section 4.7.3), without its own."""
        graph = self.at.graph
        parents = graph.subjects(sh("property"), self.at.node)
        beside = (shape for parent in parents for shape in graph.objects(parent, sh("property")))
        found = (shape for node in beside for shape in graph.objects(node, sh("qualifiedValueShape")))
        own = self.at.all("qualifiedValueShape")
        return tuple(dict.fromkeys(shape for shape in found if shape not in own))

    def warn(self, warning: str, kind: WarningKind = WarningKind.NO_EFFECT) -> None:
        """Note something that is allowed and probably not meant."""
        self.note(ShapesWarning(kind, f"{self.at}: {warning}"))
