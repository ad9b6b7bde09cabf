"""Property pair components: sh:equals, sh:disjoint, sh:lessThan, sh:lessThanOrEquals (SHACL 1.0, section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pyoxigraph import NamedNode

from communique.graph.validation.compiled.paths import Path, Predicate, join
from communique.graph.validation.compiled.reading import Reading
from communique.graph.validation.compiled.shapes import Constraint, RowConstraint, Site, ValueConstraint, Violations
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import negated, no, sure, union


@dataclass(frozen=True, slots=True)
class _Pair(Constraint):
    """The value nodes are compared with the objects of another predicate of the focus node."""

    other: NamedNode

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return map(cls, reading.at.iris(cls.parameters[0]))

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        yield join(focus, Predicate(self.other))


class Equals(_Pair, RowConstraint):
    """Section 4.5.1: both sets are the same; one result per node that is in one set only."""

    __slots__ = ()
    component, parameters = sh("EqualsConstraintComponent"), ("equals",)

    def violations(self, site: Site) -> Violations:
        value = site.names.fresh("value")
        ours = f"{site.scope} {site.values(value)}"
        theirs = f"{site.scope} {site.focus} {self.other} {value} ."
        if site.is_open:
            # Set against set: asking for each pair would start at the far end of a path, where hubs are.
            return Violations(union([f"{ours} MINUS {{ {theirs} }}", f"{theirs} MINUS {{ {ours} }}"]), value)
        only_theirs = f"{theirs} FILTER({negated(site.reaches(value))})"
        return Violations(union([f"{ours} FILTER({no(theirs)})", only_theirs]), value)


class Disjoint(_Pair, ValueConstraint):
    """Section 4.5.2: no value node is in the other set."""

    __slots__ = ()
    component, parameters = sh("DisjointConstraintComponent"), ("disjoint",)

    def holds(self, site: Site) -> str:
        return no(f"{site.focus} {self.other} {site.value}")


class _Order(_Pair, RowConstraint):
    """Each value node compares with each object as the operator says; one result per pair that does not."""

    __slots__ = ()
    operator: ClassVar[str]

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint per value; only property shapes may have it."""
        found = reading.at.iris(cls.parameters[0])
        if found:
            reading.only_for_property_shapes(cls.parameters[0])
        return map(cls, found)

    def violations(self, site: Site) -> Violations:
        value, other = site.names.fresh("value"), site.names.fresh("other")
        pairs = f"{site.scope} {site.values(value)} {site.focus} {self.other} {other} ."
        return Violations(f"{pairs} FILTER(!{sure(f'{value} {self.operator} {other}')})", value, apart=(other,))


class LessThan(_Order):
    """Section 4.5.3: each value node is less than each object."""

    __slots__ = ()
    component, parameters, operator = sh("LessThanConstraintComponent"), ("lessThan",), "<"


class LessThanOrEquals(_Order):
    """Section 4.5.4: each value node is less than or equal to each object."""

    __slots__ = ()
    component, parameters, operator = sh("LessThanOrEqualsConstraintComponent"), ("lessThanOrEquals",), "<="
