"""Patterns and marks → functions that make identifiers and terms from the values of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.mapping.tables.cells import Value, Values, step_of
from communique.graph.mapping.tables.fitting import check_datatype, check_node
from communique.graph.mapping.tables.holes import ADDRESS, Holes, Mark, Pattern, Reference
from communique.graph.mapping.tables.periods import Period, Side, settled
from communique.graph.mapping.values import LANGUAGE
from communique.graph.sources.tree import Scalar, wrong
from communique.graph.terms.namespaces import ID, XSD
from communique.graph.terms.vocabulary import LANG_STRING

Make = Callable[[Values], NamedNode | Literal | None]
Write = Callable[[Values], str | None]

_IN_ADDRESS = "/:@!$&'()*+,;=~"
_UNKNOWN = Bounds(None, None, None, None)


class Makers:
    """Makes functions for one table."""

    def __init__(self, holes: Holes) -> None:
        self._holes, self._columns, self.faults = holes, holes.columns, holes.faults
        self._index = {name: number for number, name in enumerate(holes.columns)}
        self._periods: dict[Pattern, Callable[[Values], Period]] = {}

    def used(self, pattern: Pattern) -> frozenset[int]:
        """Give the places of the columns of a pattern."""
        return frozenset(self._index[piece.column] for piece in pattern if isinstance(piece, Reference))

    def several(self, places: frozenset[int]) -> frozenset[int]:
        """Keep the places of columns whose cells may hold several values."""
        columns = tuple(self._columns.values())
        return frozenset(place for place in places if columns[place].split)

    def is_fixed(self, value: NamedNode | Literal) -> bool:
        """Tell whether a value is the same in every row."""
        if not isinstance(value, NamedNode) or self._holes.find(value) is not None:
            return not isinstance(value, NamedNode)
        return not value.value.startswith(ID) or not self.used(self._holes.split(value.value.removeprefix(ID)))

    def of(self, value: NamedNode | Literal) -> tuple[Make, frozenset[int]]:
        """Make what gives the value of a fact: fixed, an identifier with steps of columns, or a mark."""
        if (mark := self._holes.find(value)) is not None:
            return self.value(mark), self.used(mark.pattern)
        if not isinstance(value, NamedNode) or not value.value.startswith(ID):
            return (lambda _: value), frozenset()
        write, places = self.identifier(value.value.removeprefix(ID))
        if not places:
            return (lambda _: value), places
        return (lambda values: None if (iri := write(values)) is None else NamedNode(iri)), places

    def identifier(self, identifier: str) -> tuple[Write, frozenset[int]]:
        """Make what writes an IRI from a relative identifier with steps that stand for columns."""
        pattern = self._holes.split(identifier)
        if self._holes.is_node(identifier):
            return _whole(next(iter(self.used(pattern)))), self.used(pattern)
        return _join(
            (ID + str(pattern[0]), *pattern[1:]) if isinstance(pattern[0], str) else (ID, *pattern),
            self._steps(pattern),
        ), self.used(pattern)

    def value(self, mark: Mark) -> Make:
        """Make what gives the value of a property; MappingError when the column cannot give such a value."""
        if mark.bound:
            return self._period(mark)
        whole = mark.pattern[0] if len(mark.pattern) == 1 else None
        if isinstance(whole, Reference):
            return self._single(whole, mark)
        if mark.term.datatype is None and str(whole or mark.pattern[0]).startswith(ADDRESS):
            address = _join(mark.pattern, {each: _quoted(get) for each, get in self._texts(mark.pattern).items()})
            return lambda values: None if (text := address(values)) is None else NamedNode(text)
        if mark.term.datatype is None or mark.term.datatype.value not in (LANG_STRING.value, XSD + "string"):
            raise wrong(mark.place, f"several pieces make no value of {mark.term.key}", expected="one {column}")
        write = _join(mark.pattern, self._texts(mark.pattern))
        if mark.term.datatype == LANG_STRING:
            return lambda values: None if (text := write(values)) is None else Literal(text, language=LANGUAGE)
        return lambda values: None if (text := write(values)) is None else Literal(text)

    def _single(self, reference: Reference, mark: Mark) -> Make:
        """Make the value of a property from one column."""
        column, place, term = self._columns[reference.column], self._index[reference.column], mark.term
        if reference.aspect in ("", "node") and (term.datatype is None or term.scheme):
            check_node(column, term, mark.place)
            return lambda values: None if (value := values[place]) is None else value.node
        get = self._texts((reference,))[reference]
        kind = term.datatype
        if kind == LANG_STRING:
            language = column.text("lang") or LANGUAGE
            return lambda values: None if (text := get(values)) is None else Literal(text, language=language)
        if kind is None or kind.value == XSD + "string":
            return lambda values: None if (text := get(values)) is None else Literal(text)
        check_datatype(column, reference, mark)
        return _typed(get, kind)

    def _texts(self, pattern: Pattern) -> dict[Reference, Write]:
        """Make what gives the text of each reference."""
        return self._getters(pattern, _text_of)

    def _steps(self, pattern: Pattern) -> dict[Reference, Write]:
        """Make what gives the step of each reference."""
        return self._getters(pattern, _step_of)

    def _getters(
        self, pattern: Pattern, choose: Callable[[str], Callable[[Value], str | None]]
    ) -> dict[Reference, Write]:
        """Make what gives a part of the value of each reference; ``choose`` reads the part for its aspect."""
        references = [piece for piece in pattern if isinstance(piece, Reference)]
        return {each: _aspect(self._index[each.column], each, choose(each.aspect)) for each in references}

    def _period(self, mark: Mark) -> Make:
        """Make a bound of a period, or its text, from one date or from two with a stroke between."""
        read = self._periods.get(mark.pattern)
        if read is None:
            read = self._periods[mark.pattern] = settled([self._side(side, mark) for side in _sides(mark)])
        bound = mark.bound
        return lambda values: read(values).get(bound)

    def _side(self, pattern: Pattern, mark: Mark) -> Callable[[Values], Side]:
        """Make one end of a period."""
        references = [piece for piece in pattern if isinstance(piece, Reference)]
        if not references:
            text = "".join(map(str, pattern))
            fixed = (read_bounds(Scalar(text, mark.place)) if text not in ("", "..") else _UNKNOWN, text)
            return lambda _: fixed
        if len(pattern) > 1 or self._columns[references[0].column].kind not in ("date", "year"):
            raise wrong(mark.place, "not a date on this side of the period", expected="{column} of kind date or year")
        place, default = self._index[references[0].column], references[0].default or ""

        def read(values: Values) -> Side:
            value = values[place]
            return (_UNKNOWN, default) if value is None else (value.days or _UNKNOWN, value.text)

        return read


def _whole(place: int) -> Write:
    """Write the IRI of a node that a column gives."""
    return lambda values: None if (value := values[place]) is None or value.node is None else value.node.value


def _join(pattern: Pattern, getters: Mapping[Reference, Write]) -> Write:
    """Write pieces one after another; None when one of them is missing."""
    pieces = [getters[piece] if isinstance(piece, Reference) else piece for piece in pattern]
    if not any(callable(piece) for piece in pieces):
        text = "".join(map(str, pieces))
        return lambda _: text

    def write(values: Values) -> str | None:
        written = []
        for piece in pieces:
            text = piece if isinstance(piece, str) else piece(values)
            if text is None:
                return None
            written.append(text)
        return "".join(written)

    return write


def _aspect(place: int, reference: Reference, read: Callable[[Value], str | None]) -> Write:
    """Read an aspect of the value in a place, or its default."""
    default = reference.default

    def get(values: Values) -> str | None:
        value = values[place]
        return default if value is None else read(value)

    return get


def _text_of(aspect: str) -> Callable[[Value], str | None]:
    """Choose what is read of a value for a text."""
    return {
        "minted": lambda value: value.text if value.minted else None,
        "first": lambda value: _iso(value.days and value.days.begin_earliest),
        "last": lambda value: _iso(value.days and value.days.end_latest),
        "year": lambda value: (_iso(value.days and value.days.begin_earliest) or "")[:4] or None,
    }.get(aspect, lambda value: value.text)


def _step_of(aspect: str) -> Callable[[Value], str | None]:
    """Choose what is read of a value for a step of an identifier."""
    return step_of if aspect in ("", "text", "minted") else _text_of(aspect)


def _iso(day: date | None) -> str | None:
    """Write a day."""
    return day.isoformat() if day else None


def _quoted(get: Write) -> Write:
    """Write a text as a part of an address."""
    return lambda values: None if (text := get(values)) is None else quote(text, safe=_IN_ADDRESS)


def _typed(get: Write, datatype: NamedNode) -> Make:
    """Make a literal of a datatype."""
    return lambda values: None if (text := get(values)) is None else Literal(text, datatype=datatype)


def _sides(mark: Mark) -> list[Pattern]:
    """Part a period at its stroke."""
    sides: list[list[str | Reference]] = [[]]
    for piece in mark.pattern:
        if isinstance(piece, Reference):
            sides[-1].append(piece)
            continue
        first, *others = piece.split("/")
        if first:
            sides[-1].append(first)
        sides.extend([other] if other else [] for other in others)
    if len(sides) > 2:
        raise wrong(mark.place, "more than two dates in a period", expected="{begin}/{end}")
    return [tuple(side) for side in sides]
