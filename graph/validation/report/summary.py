"""Results grouped by rule: how many there are, what to do, and the first of them as examples."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Store

from communique.graph.terms.namespaces import shorten
from communique.graph.validation.catalogue import Rule
from communique.graph.validation.explanation import Explained, explain_all, rule_of
from communique.graph.validation.results import Shape, ValidationReport


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """All results of one rule with one severity, for a row of a table.

    Attributes
    ----------
    count : number of results
    cure : the message of the first of them
    examples : the first few, explained
    """

    number: str
    name: str
    severity: str
    count: int
    cure: str
    examples: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """The results of one rule with one severity; ``places`` are their positions in the report."""

    rule: Rule
    places: array[int] = field(default_factory=lambda: array("L"))


def group(report: ValidationReport) -> tuple[ResultGroup, ...]:
    """Group a report by severity and rule, worst first.

    Results of one rule that come from different shapes are one group: a rule is what people know. A shape that checks
    no numbered rule is a group of its own.
    """
    groups: dict[tuple[NamedNode, str], ResultGroup] = {}
    for place, result in enumerate(report.results):
        rule = rule_of(result, report.names)
        key = result.severity, rule.number or str(result.shape)
        if key not in groups:
            groups[key] = ResultGroup(rule)
        groups[key].places.append(place)
    return tuple(groups.values())


def summarize(report: ValidationReport, store: Store, *, examples: int = 3) -> tuple[RuleSummary, ...]:
    """Group a report by severity and rule, worst first, with up to ``examples`` results each, at least one."""
    groups = group(report)
    shown = [[report.results[place] for place in each.places[: max(examples, 1)]] for each in groups]
    explained = explain_all((result for part in shown for result in part), store, report.names)
    rows = []
    for each, part in zip(groups, shown, strict=True):
        first = [next(explained) for _ in part]
        rows.append(
            RuleSummary(
                number=each.rule.number,
                name=each.rule.name,
                severity=first[0].severity,
                count=len(each.places),
                cure=first[0].cure,
                examples=tuple(first[:examples]),
            )
        )
    return tuple(rows)


def unexercised(report: ValidationReport) -> tuple[str, ...]:
    """Name the shapes that were applied to no node: about these the report says nothing."""
    return tuple(sorted(name_of(shape, report) for shape, count in report.focus_counts.items() if count == 0))


def name_of(shape: Shape, report: ValidationReport) -> str:
    """Name a shape for people: the project's by its IRI in short, others by the name they have in the report."""
    short = shorten(shape.value) if isinstance(shape, NamedNode) else str(shape)
    return short if isinstance(shape, NamedNode) and short != shape.value else report.names.get(shape, short)


def verdict(report: ValidationReport) -> str:
    """Say in a line what the report comes to."""
    found, shapes = len(report.results), len(report.focus_counts)
    if not any(report.focus_counts.values()) and not found:
        return f"nothing was checked: none of {shapes} shapes applies to any node"
    judged = "admissible" if report.is_admissible else "not admissible"
    read = "" if report.statements is None else f", {report.statements:,} statements read"
    return f"{judged}: {found:,} findings, {shapes:,} shapes applied{read}"
