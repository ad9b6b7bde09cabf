"""One date, or two with a stroke between → the bounds of a period and its text, made once for equal texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import MappingError
from communique.graph.mapping.bounds import Bounds, settle
from communique.graph.mapping.tables.cells import CellError, Values
from communique.graph.sources.tree import Place, Scalar
from communique.graph.terms.namespaces import XSD

# A period by the names of its bounds, and its text; one end of it with the text it has there.
Period = Mapping[str, Literal]
Side = tuple[Bounds, str]

_DATE = NamedNode(XSD + "date")
_NOWHERE = Place("", 0, 0)
_REMEMBERED = 20_000


def settled(sides: Sequence[Callable[[Values], Side]]) -> Callable[[Values], Period]:
    """Read a period: its bounds and its text by name, none when it has no date. Equal texts are equal periods."""
    memory: dict[tuple[str, ...], Period] = {}

    def read(values: Values) -> Period:
        ends = [side(values) for side in sides]
        texts = tuple(text for _, text in ends)
        known = memory.get(texts)
        if known is None:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            known = memory[texts] = _settle(ends)
        return known

    return read


def _settle(ends: Sequence[Side]) -> Period:
    """Write a period out; CellError when it ends before it begins."""
    (first, begin), (last, end) = ends[0], ends[-1]
    if all(text in ("", "..") for _, text in ends):
        return {}
    text = begin if len(ends) == 1 else f"{begin}/{end}"
    bounds = Bounds(first.begin_earliest, first.begin_latest, last.end_earliest, last.end_latest)
    try:
        days = settle(Scalar(text, _NOWHERE), bounds)._asdict()
    except MappingError as error:
        raise CellError(f"the period {text} ends before it begins", "correct the dates at the source") from error
    found = {name: Literal(day.isoformat(), datatype=_DATE) for name, day in days.items() if day is not None}
    return {**found, "text": Literal(text)}
