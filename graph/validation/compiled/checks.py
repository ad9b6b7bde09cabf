"""A check: one query, and how each of its rows becomes validation results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, QuerySolution

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.focus import ROOT, Scope
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.shapes_graph import TRUE, Node, Term
from communique.graph.validation.compiled.sparql import bound, value_text
from communique.graph.validation.results import ValidationResult

_PLACE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class ResultMessage:
    """Text of a result; ``{?name}`` and ``{$name}`` in it stand for values (SHACL 1.0, section 5.3.2).

    Attributes
    ----------
    text : the template
    variables : name in the template → variable of the query
    """

    text: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, constants: Mapping[str, Term], variables: Mapping[str, str]) -> ResultMessage:
        """Make a template; constants are written into it at once."""
        known = {name: value_text(term) for name, term in constants.items()}
        written = _PLACE.sub(lambda place: known.get(place[1], place[0]), text)
        return cls(written, variables if _PLACE.search(written) else {})

    def fill(self, row: QuerySolution) -> str:
        """Write the message of a row; a name without a value stays as it is."""

        def value(place: re.Match[str]) -> str:
            term = bound(row, self.variables.get(place[1]))
            return place[0] if term is None else value_text(term)

        return _PLACE.sub(value, self.text) if self.variables else self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """What a row says about one constraint.

    Attributes
    ----------
    shape, component, severity, source : of the result
    message : of the result
    path : path of the property shape; None in a node shape
    source : ``sh:sourceConstraint``; None for most components
    flag : variable that is true when this constraint is violated; None when every row violates it
    value : variable of ``sh:value``; None when the component reports none
    default : variable of the value where ``value`` is unbound
    other_path : variable that overrides the path, where it is bound to an IRI
    failure : variable that is true when the query gave up (section 5.3.2)
    """

    shape: Node
    component: NamedNode
    severity: NamedNode
    message: ResultMessage
    path: Path | None
    source: Node | None = None
    flag: str | None = None
    value: str | None = None
    default: str | None = None
    other_path: str | None = None
    failure: str | None = None

    def read(self, row: QuerySolution, focus: Term) -> ValidationResult | None:
        """Make the result of a row; None when the row does not violate this constraint."""
        if self.flag is not None and bound(row, self.flag) != TRUE:
            return None
        if bound(row, self.failure) == TRUE:
            hint = "see what the query binds ?failure for; the data was not judged"
            raise ShapesError(f"the query of {self.source or self.component} reports a failure for {focus}", hint=hint)
        other = bound(row, self.other_path)
        return ValidationResult(
            focus=focus,
            path=str(other) if isinstance(other, NamedNode) else None if self.path is None else str(self.path),
            value=bound(row, self.value) or bound(row, self.default),
            component=self.component,
            shape=self.shape,
            severity=self.severity,
            message=self.message.fill(row),
            constraint=self.source,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A result, the check that found it and the outermost focus node from which it was reached."""

    check: Check
    root: Term
    result: ValidationResult


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One query of a plan.

    Attributes
    ----------
    target : the shape with the targets
    scope : its focus nodes, or those that property shapes inside it lead to
    template : SPARQL with placeholders for the focus nodes
    findings : what a row can mean
    reads : paths from the outermost focus node over which the check reads triples
    is_local : False when it reads more than that, so that it must run on all focus nodes after any change
    """

    target: Node
    scope: Scope
    template: str
    findings: tuple[Finding, ...]
    reads: tuple[Path, ...]
    is_local: bool = True

    def read(self, row: QuerySolution) -> Iterator[Found]:
        """Make the results of a row."""
        root, focus = bound(row, ROOT), bound(row, self.scope.focus)
        if root is None or focus is None:
            raise ShapesError("a row without focus node", expected="SPARQL 1.1 answers", hint="see what runs the query")
        for finding in self.findings:
            result = finding.read(row, focus)
            if result is not None:
                yield Found(self, root, result)
