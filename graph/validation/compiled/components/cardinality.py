"""Cardinality components: sh:minCount, sh:maxCount (SHACL 1.0, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.reading import Reading
from communique.graph.validation.compiled.shapes import Constraint, FocusConstraint, Site
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import exists, no, select


@dataclass(frozen=True, slots=True)
class MinCount(FocusConstraint):
    """Section 4.2.1: there are this many value nodes or more."""

    component = sh("MinCountConstraintComponent")
    parameters = ("minCount",)
    least: int

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint at most; only property shapes may have it."""
        least = reading.at.integer("minCount")
        if least is not None:
            reading.only_for_property_shapes("minCount")
            yield cls(least)

    def holds(self, site: Site) -> str:
        return at_least(self.least, site)


@dataclass(frozen=True, slots=True)
class MaxCount(FocusConstraint):
    """Section 4.2.2: there are this many value nodes or fewer."""

    component = sh("MaxCountConstraintComponent")
    parameters = ("maxCount",)
    most: int

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint at most; only property shapes may have it."""
        most = reading.at.integer("maxCount")
        if most is not None:
            reading.only_for_property_shapes("maxCount")
            yield cls(most)

    def holds(self, site: Site) -> str:
        return at_most(self.most, site)


def at_least(least: int, site: Site, condition: str = "true", value: str | None = None) -> str:
    """Write the expression that at least so many value nodes meet a condition on the variable ``value``."""
    if least <= 0:
        return "true"
    if least == 1:
        return exists(_meeting(site, condition, value or site.names.fresh("one")))
    return exists(_counted(site, condition, value, f">= {least}"))


def at_most(most: int, site: Site, condition: str = "true", value: str | None = None) -> str:
    """Write the expression that at most so many value nodes meet a condition on the variable ``value``."""
    if most < 0:
        return "false"
    if most == 0:
        return no(_meeting(site, condition, value or site.names.fresh("one")))
    return no(_counted(site, condition, value, f"> {most}"))


def between(least: int, most: int, site: Site) -> str:
    """Write the expression that there are so many value nodes, looking at them once; ``least`` is 1 or more."""
    if least > most:
        return "false"
    value = site.names.fresh("one")
    count = f"COUNT(DISTINCT {value})"
    bounds = f"{count} = {most}" if least == most else f"{count} >= {least} && {count} <= {most}"
    return exists(select([site.focus], site.values(value), tail=f" GROUP BY {site.focus} HAVING({bounds})"))


def _meeting(site: Site, condition: str, value: str) -> str:
    """Write the pattern of the value nodes that meet a condition."""
    return site.values(value) + ("" if condition == "true" else f" FILTER({condition})")


def _counted(site: Site, condition: str, value: str | None, bound: str) -> str:
    """Write a query with the focus node when its distinct value nodes that meet a condition are so many."""
    value = value or site.names.fresh("one")
    tail = f" GROUP BY {site.focus} HAVING(COUNT(DISTINCT {value}) {bound})"
    return select([site.focus], _meeting(site, condition, value), tail=tail)
