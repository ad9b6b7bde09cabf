"""Shapes graph → path: reads what ``sh:path`` leads to (SHACL 1.0, section 2.3.1)."""

from __future__ import annotations

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from communique.graph.validation.compiled.shapes_graph import FIRST, Statements, Term, sh

# Nobody writes longer ones; paths of thousands of steps, or thousands deep, overrun the stack of the interpreter.
LONGEST, DEEPEST = 100, 50

_MARKS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def read_path(shape: Statements) -> Path | None:
    """Read the path of a shape; None when it has none, ShapesError when it is ill-formed."""
    node = shape.one("path")
    return None if node is None else read_path_node(shape, node)


def read_path_node(owner: Statements, node: Term) -> Path:
    """Read the path that a node stands for; errors name the owner."""
    return _Walk(owner).path(node, ())


class _Walk:
    """One reading of a path; errors name the shape."""

    def __init__(self, shape: Statements) -> None:
        self._shape = shape

    def path(self, node: Term, above: tuple[Term, ...]) -> Path:
        """Read a path; ``above`` are the nodes that led here."""
        if isinstance(node, NamedNode):
            return Predicate(node)
        if node in above:
            raise self._wrong("a path that contains itself", "a path without a cycle")
        if len(above) > DEEPEST:
            raise self._wrong("paths inside one another", f"{DEEPEST} deep at most")
        at, inside = self._shape.graph.at(node), (*above, node)
        if at.all(FIRST):  # a list is a sequence, whatever else is said of its node
            parts = self._parts(node, inside)
            if len(parts) > LONGEST:
                raise self._wrong(f"a sequence of {len(parts):,} paths", f"{LONGEST} at most")
            return Sequence(parts)
        alternative = at.one("alternativePath")
        if alternative is not None:
            return Alternative(self._parts(alternative, inside))
        inverse = at.one("inversePath")
        if inverse is not None:
            return Inverse(self.path(inverse, inside))
        for name, mark in _MARKS.items():
            inner = at.one(name)
            if inner is not None:
                return Repeated(self.path(inner, inside), mark)
        raise self._wrong(f"{node} is no path", "an IRI, a list or one of the path properties of SHACL")

    def _parts(self, head: Term, above: tuple[Term, ...]) -> tuple[Path, ...]:
        parts = tuple(self.path(part, above) for part in self._shape.listed("path", head))
        if len(parts) < 2:
            raise self._wrong(f"a list of {len(parts)}", "two paths or more")
        return parts

    def _wrong(self, found: str, expected: str) -> ShapesError:
        return self._shape.ill_formed(sh("path"), found, expected, "correct the path")
