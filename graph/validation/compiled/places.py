"""A shape as it is reached from a target: what its constraints ask there, and what a violation is reported as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from communique.graph.validation.compiled.checks import Finding, Message
from communique.graph.validation.compiled.components.cardinality import MaxCount, MinCount, between
from communique.graph.validation.compiled.components.shape_based import Property
from communique.graph.validation.compiled.paths import Path, join
from communique.graph.validation.compiled.scopes import Scope
from communique.graph.validation.compiled.shapes import (
    Constraint,
    FocusConstraint,
    RowConstraint,
    Shape,
    Site,
    ValueConstraint,
    Violations,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """Constraints that one expression decides together.

    Attributes
    ----------
    guard : true when all of them hold
    parts : for each constraint the expression that it holds, and what to report otherwise
    reads : paths from the outermost focus node over which they read triples
    is_local : False when they read more
    """

    guard: str
    parts: tuple[tuple[str, Finding], ...]
    reads: tuple[Path, ...]
    is_local: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """A constraint whose violations are rows; ``reads`` and ``is_local`` as in a probe."""

    violations: Violations
    finding: Finding
    reads: tuple[Path, ...]
    is_local: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A shape at its place.

    Attributes
    ----------
    shape : the shape
    scope : its focus nodes
    prefix : path from the outermost focus node to them; None when they are the same
    site : variables of the focus and the value node, inside expressions
    """

    shape: Shape
    scope: Scope
    prefix: Path | None
    site: Site

    @property
    def open_site(self) -> Site:
        """The site for patterns that find the focus nodes by themselves."""
        return replace(self.site, is_open=True)

    def on_values(self) -> Iterator[Probe]:
        """Give the probes of each value node by itself."""
        for constraint in self.shape.constraints:
            if isinstance(constraint, ValueConstraint) and not isinstance(constraint, Property):
                yield self._probe(constraint, self.site.value)

    def on_focus(self) -> Iterator[Probe]:
        """Give the probes of the set of value nodes; lower and upper bound of their number are decided together."""
        found = {type(item): item for item in self.shape.constraints if isinstance(item, MinCount | MaxCount)}
        least, most = found.get(MinCount), found.get(MaxCount)
        for constraint in self.shape.constraints:
            if isinstance(constraint, FocusConstraint) and constraint not in {least, most}:
                yield self._probe(constraint, None)
        bounds = [self._probe(item, None) for item in (least, most) if item is not None]
        if isinstance(least, MinCount) and isinstance(most, MaxCount) and least.least > 0:
            guard = between(least.least, most.most, self.site)
            yield Probe(guard, bounds[0].parts + bounds[1].parts, bounds[0].reads)
        else:
            yield from bounds

    def on_rows(self) -> Iterator[Rows]:
        """Give the constraints whose violations are rows of a pattern of their own."""
        for constraint in self.shape.constraints:
            if isinstance(constraint, RowConstraint):
                found = constraint.violations(self.open_site)
                finding = replace(
                    self._finding(constraint, found),
                    default=self.site.value if found.is_query and self.shape.path is None else None,
                    other_path=found.path,
                    failure=found.named.get("failure"),
                )
                yield Rows(found, finding, self._reads(constraint), constraint.is_local)

    def _probe(self, constraint: Constraint, value: str | None) -> Probe:
        holds = constraint.holds(self.site)
        finding = self._finding(constraint, Violations("", value))
        return Probe(holds, ((holds, finding),), self._reads(constraint), constraint.is_local)

    def _reads(self, constraint: Constraint) -> tuple[Path, ...]:
        """Give the paths that a constraint reads, with that to the value nodes."""
        reach = join(self.prefix, self.shape.path)
        own = None if self.shape.path is None else reach
        paths = (own, *constraint.reads(self.prefix, reach))
        return tuple(dict.fromkeys(path for path in paths if path is not None))

    def _finding(self, constraint: Constraint, found: Violations) -> Finding:
        return Finding(
            shape=self.shape.node,
            component=constraint.component,
            severity=self.shape.severity,
            message=self._message(constraint, found),
            path=self.shape.path,
            source=constraint.origin.source,
            value=found.value,
        )

    def _message(self, constraint: Constraint, found: Violations) -> Message:
        """Give the message; only a constraint's own message is a template."""
        origin = constraint.origin
        if not origin.message:
            return Message(self.shape.message)
        known = {"this": self.site.focus, **({"value": found.value} if found.value else {}), **found.named}
        return Message.of(origin.message, dict(origin.constants), known)
