"""Value type components: sh:class, sh:datatype, sh:nodeKind (SHACL 1.0, section 4.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import shorten
from communique.graph.validation.compiled.datatypes import FORGOTTEN, LIMITED, well_formed
from communique.graph.validation.compiled.paths import INSTANCE, Path, join
from communique.graph.validation.compiled.reading import Reading
from communique.graph.validation.compiled.shapes import Constraint, Site, ValueConstraint, WarningKind
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import every, some
from communique.graph.validation.compiled.walks import walk

_KINDS = MappingProxyType(
    {
        sh("IRI"): ("isIRI",),
        sh("BlankNode"): ("isBlank",),
        sh("Literal"): ("isLiteral",),
        sh("BlankNodeOrIRI"): ("isBlank", "isIRI"),
        sh("BlankNodeOrLiteral"): ("isBlank", "isLiteral"),
        sh("IRIOrLiteral"): ("isIRI", "isLiteral"),
    }
)


@dataclass(frozen=True, slots=True)
class Class(ValueConstraint):
    """Section 4.1.1: each value node is an instance of the class or of a subclass of it."""

    component = sh("ClassConstraintComponent")
    parameters = ("class",)
    cls: NamedNode

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return map(cls, reading.at.iris("class"))

    def holds(self, site: Site) -> str:
        return walk(INSTANCE, site.value, str(self.cls), site.names)

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        yield join(value, INSTANCE)


@dataclass(frozen=True, slots=True)
class Datatype(ValueConstraint):
    """Section 4.1.2: each value node is a well-formed literal of the datatype."""

    component = sh("DatatypeConstraintComponent")
    parameters = ("datatype",)
    datatype: NamedNode

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        datatype = reading.at.iri("datatype")
        if datatype in LIMITED:
            reading.warn(f"sh:datatype {shorten(datatype.value)}: {FORGOTTEN}", WarningKind.STORED_OTHERWISE)
        if datatype is not None:
            yield cls(datatype)

    def holds(self, site: Site) -> str:
        value = site.value
        form = well_formed(value, self.datatype)
        return every([f"isLiteral({value})", f"DATATYPE({value}) = {self.datatype}", *([form] if form else [])])


@dataclass(frozen=True, slots=True)
class NodeKind(ValueConstraint):
    """Section 4.1.3: each value node is an IRI, a blank node or a literal, or one of two of them."""

    component = sh("NodeKindConstraintComponent")
    parameters = ("nodeKind",)
    kind: NamedNode

    @classmethod
    def read(cls, reading: Reading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        kind = reading.at.iri("nodeKind")
        if kind is None:
            return
        if kind not in _KINDS:
            raise reading.at.ill_formed("nodeKind", str(kind), "one of the six node kinds of SHACL", "pick one")
        yield cls(kind)

    def holds(self, site: Site) -> str:
        return some(f"{test}({site.value})" for test in _KINDS[self.kind])
