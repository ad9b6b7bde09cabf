"""Which kinds of column can give the values that a property takes."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from communique.graph.mapping.tables import dates
from communique.graph.mapping.tables.columns import Column
from communique.graph.mapping.tables.holes import ENTITIES, Mark, Reference
from communique.graph.sources.tree import Place, wrong
from communique.graph.terms.namespaces import OWL, XSD
from communique.graph.terms.vocabulary import Term

_CLASS = NamedNode(OWL + "Class")
_DATE = NamedNode(XSD + "date")
# Datatype → kinds of column whose values it can take.
_FITTING: Mapping[str, tuple[str, ...]] = {
    XSD + "integer": ("integer", "year"),
    XSD + "decimal": ("decimal", "integer"),
    XSD + "boolean": ("boolean",),
    XSD + "gYear": ("year", "date"),
    XSD + "date": ("date", "year"),
}


def check_node(column: Column, term: Term, place: Place) -> None:
    """Raise MappingError when a column cannot give the nodes that a property leads to."""
    if term.scheme is not None:
        if column.kind != "concept" or column.text("scheme") != term.scheme:
            expected = f"a column of kind concept with scheme: {term.scheme}"
            raise wrong(
                place, f"{term.key} takes a concept of {term.scheme}, {{{column.name}}} gives none", expected=expected
            )
    elif _CLASS in term.range_includes:
        if column.kind != "class":
            raise wrong(
                place, f"{term.key} takes a class, {{{column.name}}} gives none", expected="a column of kind class"
            )
    elif column.kind not in (*ENTITIES, "iri"):
        expected = f"a column of kind {', '.join(ENTITIES)} or iri, or an identifier such as org/x-{{{column.name}}}"
        raise wrong(place, f"{term.key} leads to a node, {{{column.name}}} is {column.kind}", expected=expected)


def check_datatype(column: Column, reference: Reference, mark: Mark) -> None:
    """Raise MappingError when a column cannot give literals of the datatype of a property."""
    datatype = mark.term.datatype
    assert datatype is not None
    kinds = _FITTING.get(datatype.value, ())
    if column.kind not in kinds:
        short = datatype.value.rpartition("#")[2]
        expected = f"a column of kind {' or '.join(kinds)}" if kinds else "a text written out"
        message = f"{mark.term.key} takes a value of type {short}, {{{column.name}}} is of kind {column.kind}"
        raise wrong(mark.place, message, expected=expected)
    formats = column.texts("format") or dates.ISO
    if (
        datatype == _DATE
        and reference.aspect not in ("first", "last")
        and not (column.kind == "date" and dates.has_days(formats))
    ):
        message = f"{mark.term.key} takes a day, {{{column.name}}} may be a month or year"
        raise wrong(mark.place, message, expected=f"{{{column.name}.first}} or {{{column.name}.last}}")
    if datatype.value == XSD + "gYear" and column.kind == "date" and reference.aspect != "year":
        raise wrong(mark.place, f"{mark.term.key} takes a year", expected=f"{{{column.name}.year}}")
