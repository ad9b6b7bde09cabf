"""Texts of a mapping with ``{column}`` in them → templates; templates → factories of the terms of a row.

Every text is taken apart once, when the mapping is read; from then on it is a tuple of texts and placeholders.
``TermFactories`` compiles them for one table, so that a row only looks values up and joins texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import Faults, MappingError
from communique.graph.mapping.bounds import Bounds, narrow, read_bounds
from communique.graph.mapping.facts import ADDRESS, LANGUAGE, AuthoredFact, RowValue
from communique.graph.mapping.nodes import Identifier, Placeholder, RowTemplate, TemplateScalar
from communique.graph.mapping.tables import dates
from communique.graph.mapping.tables.cells import CellError, CellValue, Values, step_of
from communique.graph.mapping.tables.columns import NODES, TableColumn
from communique.graph.sources.tree import Block, FilePlace, Listing, Part, Scalar, as_block, wrong
from communique.graph.terms.namespaces import ID, OWL, XSD
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.vocabulary import LANG_STRING, Term

ASPECTS = ("text", "minted", "first", "last", "year")

# Makes a term, or a text, from the values of a row; None when a value that it needs is missing.
TermFactory = Callable[[Values], NamedNode | Literal | None]
TextFactory = Callable[[Values], str | None]
# One end of a period, with its text; a whole one by the names of its bounds, and its text.
PeriodEnd = tuple[Bounds, str]
Period = Mapping[str, Literal]

_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\.(?P<aspect>[a-z]+))?(?:\|(?P<default>[^{}]*))?\}")
_IN_ADDRESS = "/:@!$&'()*+,;=~"
_UNKNOWN = Bounds(None, None, None, None)
_NOWHERE = FilePlace("", 0, 0)
_REMEMBERED = 20_000
_CLASS, _DATE = NamedNode(OWL + "Class"), NamedNode(XSD + "date")
# Datatype → kinds of column whose values it can take.
_FITTING: Mapping[str, tuple[str, ...]] = {
    XSD + "integer": ("integer", "year"),
    XSD + "decimal": ("decimal", "integer"),
    XSD + "boolean": ("boolean",),
    XSD + "gYear": ("year", "date"),
    XSD + "date": ("date", "year"),
}


def read_templates(block: Block, columns: Mapping[str, TableColumn], faults: Faults) -> Block:
    """Read the texts of a block that have placeholders as templates.

    A text with a placeholder that is no column, or that asks for an aspect there is not, is a fault and is left out.
    """
    return as_block(_read_part(block, columns, faults), "nodes with their properties")


def _read_part(part: Part, columns: Mapping[str, TableColumn], faults: Faults) -> Part:
    if isinstance(part, Scalar):
        return _read_text(part, columns)
    items: list[Part] = []
    if isinstance(part, Listing):
        for item in part.items:
            with faults.gathered():
                items.append(_read_part(item, columns, faults))
        return Listing(tuple(items), part.place)
    entries: list[tuple[Scalar, Part]] = []
    for key, value in part:
        with faults.gathered():
            entries.append((_read_text(key, columns), _read_part(value, columns, faults)))
    return Block(tuple(entries), part.place)


def _read_text(text: Scalar, columns: Mapping[str, TableColumn]) -> Scalar:
    """Split one text; MappingError at a placeholder that means nothing."""
    parts: list[str | Placeholder] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text.text):
        name, aspect = found["name"], found["aspect"] or ""
        if name not in columns:
            message, hint = f"{{{name}}} is no column of this table", did_you_mean(name, columns)
            raise wrong(text.place, message, expected=", ".join(columns), hint=hint)
        if aspect and aspect not in ASPECTS:
            raise wrong(text.place, f"{found[0]}: no aspect {aspect!r}", expected=", ".join(ASPECTS))
        parts += [text.text[end : found.start()], Placeholder(name, aspect, found["default"], columns[name].node_kind)]
        end = found.end()
    if not parts:
        return text
    parts.append(text.text[end:])
    return TemplateScalar(text.text, text.place, RowTemplate(tuple(part for part in parts if part != "")))


class TermFactories:
    """Compiles the templates of one table."""

    def __init__(self, columns: Mapping[str, TableColumn]) -> None:
        self._columns = columns
        self._places = {name: place for place, name in enumerate(columns)}
        self._periods: dict[RowTemplate, Callable[[Values], Period]] = {}

    def split_columns(self, value: object) -> frozenset[int]:
        """Return the places of those columns of an identifier or value whose cells may hold several values."""
        template = value.template if isinstance(value, RowValue) else value
        found = template.placeholders if isinstance(template, RowTemplate) else ()
        return frozenset(self._places[each.column] for each in found if self._columns[each.column].split)

    def iri(self, identifier: Identifier) -> TextFactory:
        """Compile what writes the IRI of a node."""
        if isinstance(identifier, str):
            return lambda _: ID + identifier
        if identifier.is_node:
            place = self._places[identifier.placeholders[0].column]
            return lambda values: None if (value := values[place]) is None or value.node is None else value.node.value
        first, *others = identifier.parts
        return _join([f"{ID}{first}", *map(self._step, others)])

    def value(self, fact: AuthoredFact) -> TermFactory:
        """Compile what makes the value of a property; MappingError when its columns cannot give such a value."""
        value, term = fact.value, fact.term
        if isinstance(value, NamedNode | Literal):
            return lambda _: value
        if isinstance(value, RowTemplate):
            write = self.iri(value)
            return lambda values: None if (iri := write(values)) is None else NamedNode(iri)
        if value.bound:
            return self._bound(value, fact)
        first, *others = value.template.parts
        if isinstance(first, Placeholder) and not others:
            return self._single(first, fact, value.language)
        if term.datatype is None and str(first).startswith(ADDRESS):
            address = _join(
                [part if isinstance(part, str) else _quoted(self._text(part)) for part in value.template.parts]
            )
            return lambda values: None if (text := address(values)) is None else NamedNode(text)
        if term.datatype is None or term.datatype.value not in (LANG_STRING.value, XSD + "string"):
            raise wrong(fact.place, f"several pieces make no value of {term.key}", expected="one {column}")
        text = _join([self._text(part) for part in value.template.parts])
        return _literal(text, term, value.language or LANGUAGE)

    def _single(self, placeholder: Placeholder, fact: AuthoredFact, language: str | None) -> TermFactory:
        """Compile the value of a property that is that of one column."""
        column, place, term = self._columns[placeholder.column], self._places[placeholder.column], fact.term
        if not placeholder.aspect and (term.datatype is None or term.scheme):
            _check_node(column, term, fact.place)
            return lambda values: None if (value := values[place]) is None else value.node
        text = self._aspect(placeholder, _TEXTS[placeholder.aspect])
        if term.datatype is None or term.datatype.value in (LANG_STRING.value, XSD + "string"):
            return _literal(text, term, language or column.text("lang") or LANGUAGE)
        _check_datatype(column, placeholder, fact)
        datatype = term.datatype
        return lambda values: None if (found := text(values)) is None else Literal(found, datatype=datatype)

    def _text(self, part: str | Placeholder) -> str | TextFactory:
        """Compile what writes a part of a text."""
        return part if isinstance(part, str) else self._aspect(part, _TEXTS[part.aspect])

    def _step(self, part: str | Placeholder) -> str | TextFactory:
        """Compile what writes a part of an identifier."""
        if isinstance(part, str):
            return part
        return self._aspect(part, step_of if part.aspect in ("", "text", "minted") else _TEXTS[part.aspect])

    def _aspect(self, placeholder: Placeholder, read: Callable[[CellValue], str | None]) -> TextFactory:
        place, default = self._places[placeholder.column], placeholder.default
        return lambda values: default if (value := values[place]) is None else read(value)

    def _bound(self, value: RowValue, fact: AuthoredFact) -> TermFactory:
        """Compile a bound of a period, or its text, of one date or of two with a stroke between.

        All bounds of a period are read at once, and once for equal texts.
        """
        read = self._periods.get(value.template)
        if read is None:
            ends: list[list[str | Placeholder]] = [[]]
            for part in value.template.parts:
                first, *others = part.split("/") if isinstance(part, str) else (part,)
                ends[-1].append(first)
                ends.extend([other] for other in others)
            if len(ends) > 2:
                raise wrong(fact.place, "more than two dates in a period", expected="{begin}/{end}")
            read = _remembered([self._end([part for part in end if part], fact) for end in ends])
            self._periods[value.template] = read
        period, bound = read, value.bound
        return lambda values: period(values).get(bound)

    def _end(self, parts: Sequence[str | Placeholder], fact: AuthoredFact) -> Callable[[Values], PeriodEnd]:
        """Compile one end of a period: a date that is the same in every row, or that of a column."""
        placeholder = next((part for part in parts if isinstance(part, Placeholder)), None)
        if placeholder is None:
            text = "".join(map(str, parts))
            fixed = (read_bounds(Scalar(text, fact.place)) if text not in ("", "..") else _UNKNOWN, text)
            return lambda _: fixed
        if len(parts) > 1 or self._columns[placeholder.column].kind not in ("date", "year"):
            raise wrong(fact.place, "not a date on this side of the period", expected="{column} of kind date or year")
        place, default = self._places[placeholder.column], placeholder.default or ""

        def read(values: Values) -> PeriodEnd:
            value = values[place]
            return (_UNKNOWN, default) if value is None else (value.days or _UNKNOWN, value.text)

        return read


def _remembered(ends: Sequence[Callable[[Values], PeriodEnd]]) -> Callable[[Values], Period]:
    """Compile a period of its ends: its bounds and its text by name, none when it has no date."""
    memory: dict[tuple[str, ...], Period] = {}

    def read(values: Values) -> Period:
        found = [end(values) for end in ends]
        texts = tuple(text for _, text in found)
        known = memory.get(texts)
        if known is None:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            known = memory[texts] = _read_period(found)
        return known

    return read


def _read_period(ends: Sequence[PeriodEnd]) -> Period:
    """Write a period out; CellError when it ends before it begins."""
    (first, begin), (last, end) = ends[0], ends[-1]
    if all(text in ("", "..") for _, text in ends):
        return {}
    text = begin if len(ends) == 1 else f"{begin}/{end}"
    bounds = Bounds(first.begin_earliest, first.begin_latest, last.end_earliest, last.end_latest)
    try:
        days = narrow(Scalar(text, _NOWHERE), bounds)._asdict()
    except MappingError as error:
        raise CellError(f"the period {text} ends before it begins", "correct the dates at the source") from error
    found = {name: Literal(day.isoformat(), datatype=_DATE) for name, day in days.items() if day is not None}
    return {**found, "text": Literal(text)}


def _join(parts: Sequence[str | TextFactory]) -> TextFactory:
    """Compile what joins parts; None when one of them is missing."""

    def write(values: Values) -> str | None:
        written = []
        for part in parts:
            text = part if isinstance(part, str) else part(values)
            if text is None:
                return None
            written.append(text)
        return "".join(written)

    return write


def _literal(text: TextFactory, term: Term, language: str) -> TermFactory:
    """Compile a literal of a property that takes texts, with a language where it takes one."""
    if term.datatype == LANG_STRING:
        return lambda values: None if (found := text(values)) is None else Literal(found, language=language)
    return lambda values: None if (found := text(values)) is None else Literal(found)


def _quoted(text: str | TextFactory) -> str | TextFactory:
    """Compile a text as a part of an address."""
    if isinstance(text, str):
        return text
    return lambda values: None if (found := text(values)) is None else quote(found, safe=_IN_ADDRESS)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# Aspect → what is read of a value for a text.
_TEXTS: Mapping[str, Callable[[CellValue], str | None]] = {
    "": lambda value: value.text,
    "text": lambda value: value.text,
    "minted": lambda value: value.text if value.minted else None,
    "first": lambda value: _iso(value.days and value.days.begin_earliest),
    "last": lambda value: _iso(value.days and value.days.end_latest),
    "year": lambda value: (_iso(value.days and value.days.begin_earliest) or "")[:4] or None,
}


def _check_node(column: TableColumn, term: Term, place: FilePlace) -> None:
    """Raise MappingError when a column cannot give the nodes that a property leads to."""
    if term.scheme is not None:
        if column.kind != "concept" or column.text("scheme") != term.scheme:
            message = f"{term.key} takes a concept of {term.scheme}, {{{column.name}}} gives none"
            raise wrong(place, message, expected=f"a column of kind concept with scheme: {term.scheme}")
    elif _CLASS in term.range_includes:
        if column.kind != "class":
            message = f"{term.key} takes a class, {{{column.name}}} gives none"
            raise wrong(place, message, expected="a column of kind class")
    elif column.kind not in (*NODES, "iri"):
        expected = f"a column of kind {', '.join(NODES)} or iri, or an identifier such as org/x-{{{column.name}}}"
        raise wrong(place, f"{term.key} leads to a node, {{{column.name}}} is {column.kind}", expected=expected)


def _check_datatype(column: TableColumn, placeholder: Placeholder, fact: AuthoredFact) -> None:
    """Raise MappingError when a column cannot give literals of the datatype of a property."""
    key, datatype, place = fact.term.key, fact.term.datatype, fact.place
    assert datatype is not None
    kinds = _FITTING.get(datatype.value, ())
    if column.kind not in kinds:
        short = datatype.value.rpartition("#")[2]
        expected = f"a column of kind {' or '.join(kinds)}" if kinds else "a text written out"
        message = f"{key} takes a value of type {short}, {{{column.name}}} is of kind {column.kind}"
        raise wrong(place, message, expected=expected)
    is_day = column.kind == "date" and dates.has_days(column.texts("format") or dates.ISO)
    if datatype == _DATE and placeholder.aspect not in ("first", "last") and not is_day:
        message = f"{key} takes a day, {{{column.name}}} may be a month or year"
        raise wrong(place, message, expected=f"{{{column.name}.first}} or {{{column.name}.last}}")
    if datatype.value == XSD + "gYear" and column.kind == "date" and placeholder.aspect != "year":
        raise wrong(place, f"{key} takes a year", expected=f"{{{column.name}.year}}")
