"""SPARQL-based constraints: sh:sparql (SHACL 1.0, section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from communique.graph.validation.compiled.components.queries import PREBOUND, Query, read_query
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.reading import Reading
from communique.graph.validation.compiled.shapes import Constraint, Origin, RowConstraint, Site, Violations
from communique.graph.validation.compiled.shapes_graph import TRUE, sh


@dataclass(frozen=True, slots=True)
class Sparql(RowConstraint):
    """Section 5.1: the query has no solution; one result per solution, equal ones counted once."""

    component = sh("SPARQLConstraintComponent")
    parameters = ("sparql",)
    query: Query

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint per value that is not deactivated."""
        for value in reading.at.all("sparql"):
            at = reading.at.graph.at(value)
            if at.flag("deactivated") != TRUE:
                yield cls(read_query(reading, at, "select", PREBOUND, Origin(at.resource, " ".join(at.messages()))))

    @property
    def origin(self) -> Origin:
        return self.query.origin

    @property
    def is_local(self) -> bool:
        return self.query.is_local

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        return self.query.reads(focus, value)

    def violations(self, site: Site) -> Violations:
        return self.query.violations(site)

    def holds(self, site: Site) -> str:
        return self.query.holds(site)
