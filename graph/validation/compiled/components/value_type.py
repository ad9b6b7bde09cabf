"""Value type components: sh:class, sh:datatype, sh:nodeKind (SHACL 1.0, section 4.1; XML Schema 1.1, part 2).

SPARQL 1.1 obliges an engine to know seven casts; the integers of limited range follow from one of them, and the
remaining types from their lexical form. A datatype that is not listed has no ill-formed literals here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import RDF, XSD, shorten
from communique.graph.validation.compiled.paths import INSTANCE, Path, join, walk
from communique.graph.validation.compiled.shapes import (
    Constraint,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
    WarningKind,
)
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.sparql import every, some, sure

_CASTS = ("integer", "decimal", "double", "float", "boolean", "dateTime", "date", "time")

_RANGES = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}

_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_TIME = r"([0-9]+H([0-9]+M)?([0-9]+([.][0-9]+)?S)?|[0-9]+M([0-9]+([.][0-9]+)?S)?|[0-9]+([.][0-9]+)?S)"
_YEARS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_DAYS = rf"([0-9]+D(T{_TIME})?|T{_TIME})"
_B64 = r"([A-Za-z0-9+/] ?)"

_FORMS = {
    "gYear": _YEAR + _ZONE,
    "gYearMonth": _YEAR + r"-(0[1-9]|1[0-2])" + _ZONE,
    "gMonth": r"--(0[1-9]|1[0-2])" + _ZONE,
    "gDay": r"---(0[1-9]|[12][0-9]|3[01])" + _ZONE,
    "gMonthDay": r"--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])" + _ZONE,
    "duration": rf"-?P({_YEARS}{_DAYS}?|{_DAYS})",
    "yearMonthDuration": rf"-?P{_YEARS}",
    "dayTimeDuration": rf"-?P{_DAYS}",
    "hexBinary": r"([0-9a-fA-F]{2})*",
    "base64Binary": rf"({_B64}{{4}})*({_B64}{{2}}[AEIMQUYcgkosw048] ?=|{_B64}[AQgw] ?= ?=)?",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}


# What pyoxigraph does to well-formed literals of limited range, and what that means for a query on its store.
LIMITED = frozenset(NamedNode(XSD + local) for local in _RANGES)
FORGOTTEN = "pyoxigraph stores such literals as xsd:integer, so that all values violate"


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


def well_formed(value: str, datatype: NamedNode) -> str | None:
    """Write the expression that a literal of the datatype is well-formed; None when every one is.

    The expression is never an error, given that ``value`` is bound to a literal.
    """
    return _TESTS[datatype].replace("?value", value) if datatype in _TESTS else None


def _cast(local: str) -> str:
    return sure(f"isLiteral(<{XSD}{local}>(STR(?value)))")


def _within(low: int | None, high: int | None) -> str:
    # As decimals, because an engine's integers may end at 64 bits.
    number = f"<{XSD}decimal>(STR(?value))"
    bounds = [f"{number} >= {low}.0"] * (low is not None) + [f"{number} <= {high}.0"] * (high is not None)
    return every([_form("[+-]?[0-9]+"), sure(every(bounds))])


def _form(pattern: str) -> str:
    return f'REGEX(STR(?value), "^({pattern})$")'


_TESTS = MappingProxyType(
    {NamedNode(XSD + local): _cast(local) for local in _CASTS}
    | {NamedNode(XSD + local): _within(*bounds) for local, bounds in _RANGES.items()}
    | {NamedNode(XSD + local): _form(pattern) for local, pattern in _FORMS.items()}
    | {NamedNode(RDF + "langString"): 'LANG(?value) != ""'}
)


@dataclass(frozen=True, slots=True)
class Class(ValueConstraint):
    """Section 4.1.1: each value node is an instance of the class or of a subclass of it."""

    component = sh("ClassConstraintComponent")
    parameters = ("class",)
    cls: NamedNode

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint per value."""
        return map(cls, reading.at.iris("class"))

    def holds(self, nodes: ValueNodes) -> str:
        return walk(INSTANCE, nodes.value, str(self.cls), nodes.names)

    def reads(self, focus: Path | None, value: Path | None) -> Iterator[Path]:
        yield join(value, INSTANCE)


@dataclass(frozen=True, slots=True)
class Datatype(ValueConstraint):
    """Section 4.1.2: each value node is a well-formed literal of the datatype."""

    component = sh("DatatypeConstraintComponent")
    parameters = ("datatype",)
    datatype: NamedNode

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        datatype = reading.at.iri("datatype")
        if datatype in LIMITED:
            reading.warn(f"sh:datatype {shorten(datatype.value)}: {FORGOTTEN}", WarningKind.STORED_OTHERWISE)
        if datatype is not None:
            yield cls(datatype)

    def holds(self, nodes: ValueNodes) -> str:
        value = nodes.value
        form = well_formed(value, self.datatype)
        return every([f"isLiteral({value})", f"DATATYPE({value}) = {self.datatype}", *([form] if form else [])])


@dataclass(frozen=True, slots=True)
class NodeKind(ValueConstraint):
    """Section 4.1.3: each value node is an IRI, a blank node or a literal, or one of two of them."""

    component = sh("NodeKindConstraintComponent")
    parameters = ("nodeKind",)
    kind: NamedNode

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        kind = reading.at.iri("nodeKind")
        if kind is None:
            return
        if kind not in _KINDS:
            raise reading.at.ill_formed("nodeKind", str(kind), "one of the six node kinds of SHACL", "pick one")
        yield cls(kind)

    def holds(self, nodes: ValueNodes) -> str:
        return some(f"{test}({nodes.value})" for test in _KINDS[self.kind])
