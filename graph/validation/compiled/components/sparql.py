"""SPARQL-based constraints: sh:sparql, and the queries of shapes as patterns (SHACL 1.0, section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode

from communique.graph.errors import NotCompiled, ShapesError
from communique.graph.validation.compiled.paths import Path, join
from communique.graph.validation.compiled.prebinding import Template, check_syntax
from communique.graph.validation.compiled.query_reads import Read, query_reads
from communique.graph.validation.compiled.shapes import (
    Constraint,
    ConstraintSource,
    RowConstraint,
    ShapeReading,
    ValueNodes,
    Violations,
)
from communique.graph.validation.compiled.shapes_graph import IMPORTS, TRUE, NodeStatements, Term, sh
from communique.graph.validation.compiled.sparql import FreshVariables, no

_NOWHERE = sh("ShapesGraph")
PREBOUND = ("this", "shapesGraph", "currentShape", "PATH")


@dataclass(frozen=True, slots=True)
class ShapeQuery:
    """A query of a constraint or validator.

    Attributes
    ----------
    template : the query
    origin : who says it, its message, the values of its parameters
    found : the triples that it reads; None when that is unknown
    """

    template: Template
    origin: ConstraintSource
    found: tuple[Read, ...] | None

    @property
    def is_local(self) -> bool:
        """True when ``reads`` is all that the query reads."""
        return self.found is not None

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        """Return the paths that the query reads, given the paths to the focus and to the value nodes."""
        for read in self.found or ():
            path = join(focus if read.root == "this" else value, read.path)
            if path is not None:
                yield path

    def violations(self, nodes: ValueNodes) -> Violations:
        """Place a SELECT query; ``?value`` and ``?path``, where it projects them, go into the results."""
        placed = self.template.place(nodes, {"this": nodes.focus}, dict(self.origin.constants))
        shown = self.template.variables if "*" in self.template.projected else self.template.projected
        named = {name: placed.names[name] for name in shown if name in placed.names}
        return Violations(f"{{ {placed.text} }}", named.get("value"), named.get("path"), is_query=True, named=named)

    def holds(self, nodes: ValueNodes) -> str:
        """Write the expression that a SELECT query has no solution."""
        return no(self.violations(nodes).pattern)

    def condition(self, nodes: ValueNodes) -> str:
        """Place an ASK query as the pattern between its braces."""
        fixed = {"this": nodes.focus, "value": nodes.value}
        return self.template.place(nodes, fixed, dict(self.origin.constants)).pattern


def read_query(
    reading: ShapeReading, at: NodeStatements, name: str, prebound: tuple[str, ...], origin: ConstraintSource
) -> ShapeQuery:
    """Read the query of a constraint or validator; ShapesError, with the shape's name, for what cannot be run."""
    text = at.text(name)
    if text is None:
        raise at.ill_formed(name, "missing", "a query", "write it, or take the constraint away")
    try:
        template = Template.parse(text, read_prefixes(at), prebound)
        if template.projected and not {"this", "*"} & set(template.projected):
            raise ShapesError("a query that does not project $this", hint="add $this to the SELECT clause")
        if "PATH" in template.variables and reading.path is None:
            raise ShapesError("$PATH in a node shape", hint="move the constraint into a property shape")
        check_syntax(template.place(ValueNodes("?this", "?value", reading.path, FreshVariables()), {}, {}).text)
    except ShapesError as error:
        expected = error.expected or "a query that can be asked for all focus nodes"
        found = f"{error.message}, in sh:{name} of {at}"
        raise reading.at.ill_formed("sparql", found, expected, error.hint or "correct the query") from error
    constants = (*_context(reading, template), *origin.constants)
    return ShapeQuery(template, replace(origin, constants=constants), query_reads(template, reading.path))


def read_prefixes(at: NodeStatements) -> dict[str, str]:
    """Read the prefixes that sh:prefixes leads to, imported ontologies included (section 5.2.1)."""
    found: dict[str, str] = {}
    for owner in at.graph.closure(at.all("prefixes"), IMPORTS):
        for declaration in at.graph.objects(owner, sh("declare")):
            names = at.graph.objects(declaration, sh("prefix"))
            spaces = at.graph.objects(declaration, sh("namespace"))
            if len(names) != 1 or len(spaces) != 1:
                raise at.ill_formed("declare", f"{declaration}", "one sh:prefix and one sh:namespace", "complete it")
            if found.setdefault(names[0].value, spaces[0].value) != spaces[0].value:
                raise at.ill_formed("declare", f"{names[0]} twice", "one namespace per prefix", "rename one")
    return found


def _context(reading: ShapeReading, template: Template) -> tuple[tuple[str, Term], ...]:
    """Return the values of ``$shapesGraph`` and ``$currentShape`` where the query uses them.

    Where the shapes do not stand beside the data, any name does for the graph: the query is read and not run.
    """
    used = {"shapesGraph", "currentShape"} & set(template.variables)
    known: dict[str, Term] = {"shapesGraph": reading.shapes_graph or _NOWHERE, "currentShape": reading.at.node}
    for name in sorted(used):
        if isinstance(known[name], BlankNode) or (name == "shapesGraph" and reading.shapes_graph is None):
            hint = "load the shapes into a named graph beside the data and compile with that name as shapes_graph"
            message, expected = f"{reading.at}, sh:sparql: ${name}", "queries of the data alone"
            reading.beyond(NotCompiled(message, reason=f"${name}", expected=expected, hint=hint))
            known[name] = _NOWHERE
    return tuple((name, known[name]) for name in known if name in used)


@dataclass(frozen=True, slots=True)
class SparqlConstraint(RowConstraint):
    """Section 5.1: the query has no solution; one result per solution, equal ones counted once."""

    component = sh("SPARQLConstraintComponent")
    parameters = ("sparql",)
    query: ShapeQuery

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value that is not deactivated."""
        for value in reading.at.all("sparql"):
            at = reading.at.graph.at(value)
            if at.flag("deactivated") != TRUE:
                yield cls(
                    read_query(reading, at, "select", PREBOUND, ConstraintSource(at.resource, " ".join(at.messages())))
                )

    @property
    def origin(self) -> ConstraintSource:
        return self.query.origin

    @property
    def is_local(self) -> bool:
        return self.query.is_local

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        return self.query.reads(focus, value)

    def violations(self, nodes: ValueNodes) -> Violations:
        return self.query.violations(nodes)

    def holds(self, nodes: ValueNodes) -> str:
        return self.query.holds(nodes)
