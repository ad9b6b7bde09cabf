"""What is asked about a shape, for people: its queries, and where the Recommendation defines what they check."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from communique.graph.errors import CommuniqueError, ShapesError
from communique.graph.terms.namespaces import SHAPES, shorten
from communique.graph.validation.catalogue import DOCUMENT, UNION, numbers, rules, shapes_for
from communique.graph.validation.engines import Assignment, assign
from communique.graph.validation.explanation import clause
from communique.graph.validation.results import Shape
from communique.graph.validation.rules import set_rules


def describe(assignment: Assignment, shape: Shape) -> str:
    """Write the SPARQL of a shape, each component with its clause; CommuniqueError when nothing is asked about it."""
    if shape in assignment.routed:
        reasons = ", ".join(assignment.routed[shape])
        because = f"because it uses {reasons}: there is no query to show"
        return f"# {assignment.names[shape]} is judged by pyshacl-turbo, {because}.\n"
    try:
        text = assignment.plan.explain(shape)
    except ShapesError as error:
        raise CommuniqueError(error.message, hint=error.hint) from error
    found = {
        finding.component
        for check in assignment.plan.checks
        for finding in check.findings
        if shape in {check.target, finding.shape}
    }
    return text + "".join(f"\n# {clause(component)}" for component in sorted(found, key=str)) + "\n"


def describe_rule(name: str) -> str:
    """Write what is asked for a rule of the project (``R04``) or one of its shapes (``comsh:Participation``).

    CommuniqueError when there is no such rule or shape.
    """
    parts = list(_parts(name))
    if not parts:
        expected = f"R01 to {max(rules())}, or a shape such as comsh:Participation"
        raise CommuniqueError(f"no rule and no shape is called {name!r}", expected=expected)
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _parts(name: str) -> Iterator[str]:
    """Describe the shapes and set queries of a rule, or one shape."""
    iri = NamedNode(name if "://" in name else SHAPES + name.removeprefix("comsh:"))
    rule = rules().get(name)
    if rule:
        yield f"# {rule.number} {rule.name}: {rule.definition}{f' {rule.note}' if rule.note else ''}"
    for scope in (DOCUMENT, UNION):
        assignment = assign(sorted(shapes_for(scope), key=str))
        # A shape that only serves others is reported as these.
        checks = assignment.plan.checks
        asked = {check.target for check in checks} | {each.shape for check in checks for each in check.findings}
        for shape in sorted((shape for shape in assignment.names if isinstance(shape, NamedNode)), key=str):
            if shape == iri or (rule and numbers().get(shape) == rule.number and shape in asked):
                yield (
                    f"# on {'each document by itself' if scope == DOCUMENT else 'the union of all graphs'}\n"
                    + describe(assignment, shape)
                )
    for query in set_rules():
        if iri == query.shape or (rule and query.number == rule.number):
            yield f"# {shorten(query.shape.value)}, a query over the {query.scope}\n{query.query}"
