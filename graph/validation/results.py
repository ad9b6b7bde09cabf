"""What a validation found: one value per result, whichever engine found it (SHACL 1.0, section 3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from communique.graph.terms.namespaces import SH

Term = NamedNode | BlankNode | Literal
Shape = NamedNode | BlankNode

VIOLATION = NamedNode(SH + "Violation")
WARNING = NamedNode(SH + "Warning")
INFO = NamedNode(SH + "Info")
_SEVERITIES = (VIOLATION, WARNING, INFO)


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One ``sh:ValidationResult``.

    Attributes
    ----------
    focus : the node that was checked
    path : ``sh:resultPath`` written as a SPARQL property path; None for a node shape
    value : the offending value, None when the constraint has none (such as ``sh:minCount``)
    component : IRI of the constraint component, such as ``sh:MinCountConstraintComponent``
    shape : ``sh:sourceShape``
    severity : ``sh:Violation``, ``sh:Warning`` or ``sh:Info``, or a severity of the shapes' own
    message : what is wrong and how to cure it; empty when the shape has no message
    constraint : ``sh:sourceConstraint`` of a SPARQL constraint, else None
    document : number of the document whose graphs were looked at; None when it was the union
    """

    focus: Term
    path: str | None
    value: Term | None
    component: NamedNode
    shape: Shape
    severity: NamedNode = VIOLATION
    message: str = ""
    constraint: Shape | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All results of one validation.

    Attributes
    ----------
    results : in a stable order: severity, shape, focus node, path, value, document, component, message
    focus_counts : node shape → number of focus nodes; a shape with zero was not exercised, and says so
    engines : node shape → name of the engine that judged it
    names : what people call a shape that is not one of the project's; the catalogue knows those
    notes : what a reader has to know of how the shapes were read
    statements : how many statements were read for it, equal ones counted each time; None where nothing was read
    """

    results: tuple[ValidationResult, ...] = ()
    focus_counts: Mapping[Shape, int] = field(default_factory=dict)
    engines: Mapping[Shape, str] = field(default_factory=dict)
    names: Mapping[Shape, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    statements: int | None = None

    @property
    def conforms(self) -> bool:
        """True when nothing was found at all, as SHACL defines it."""
        return not self.results

    @property
    def is_admissible(self) -> bool:
        """True when no result is a violation: warnings and information do not keep data out."""
        return all(result.severity in {WARNING, INFO} for result in self.results)


def merge(reports: Iterable[ValidationReport]) -> ValidationReport:
    """Make one report of several: results in their stable order without repeats, focus counts added up, all notes."""
    results: set[ValidationResult] = set()
    counts: Counter[Shape] = Counter()
    engines: dict[Shape, str] = {}
    names: dict[Shape, str] = {}
    notes: dict[str, None] = {}
    for report in reports:
        results.update(report.results)
        counts.update(report.focus_counts)
        engines.update(report.engines)
        names.update(report.names)
        notes.update(dict.fromkeys(report.notes))
    return ValidationReport(tuple(sorted(results, key=order)), dict(counts), engines, names, tuple(notes))


def order(result: ValidationResult) -> tuple[int, tuple[str, ...]]:
    """Order results by severity (worst first, unknown ones last), shape, focus, path, value, document, and the rest."""
    rank = _SEVERITIES.index(result.severity) if result.severity in _SEVERITIES else len(_SEVERITIES)
    return rank, (
        str(result.shape),
        str(result.focus),
        result.path or "",
        "" if result.value is None else str(result.value),
        result.document or "",
        result.component.value,
        result.message,
    )
