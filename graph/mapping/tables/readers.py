"""Columns of a mapping → readers of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation

from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.linking.states import SCHEMES
from communique.graph.mapping.nodes import KINDS, identify
from communique.graph.mapping.tables import dates
from communique.graph.mapping.tables.cells import (
    CellContext,
    CellError,
    CellReader,
    CellValue,
    booleans,
    concepts,
    decimals,
    fold,
    integers,
    make_step,
    read_address,
    read_text,
    refer,
    years,
)
from communique.graph.mapping.tables.columns import TableColumn
from communique.graph.mapping.tables.linker import Linker
from communique.graph.sources.rows import LIST_SEPARATOR
from communique.graph.sources.tree import Scalar, wrong
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.vocabulary import classes, schemes
from communique.graph.terms.vocabulary import concepts as concepts_of

_TRUTH: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "y", "1", "t"), True),
    **dict.fromkeys(("false", "no", "n", "0", "f"), False),
}
# Years that a register of our time can mean, and those that can be written with four digits and are in the calendar.
_LEAST, _MOST = 1000, 2100
_FIRST, _LAST = 1, 9999
# Most columns have fewer different cells.
_REMEMBERED = 20_000


class ColumnReader:
    """Reads the cells of one column as its mapping says: which mean nothing, which hold several values, of what form.

    Cells that were read are remembered. ``missing`` are the texts that mean nothing in every column of the table.
    """

    def __init__(self, column: TableColumn, linker: Linker, missing: frozenset[str]) -> None:
        """Compile; MappingError at a setting of the column that is wrong."""
        self._reader, self._pattern = cell_reader(column, linker), column.pattern
        self._missing = missing | column.missing
        self._zeros = _numbers(self._missing) if column.kind in ("integer", "decimal") else frozenset()
        self._memory: dict[tuple[str, tuple[CellContext, ...]], tuple[CellValue, ...]] = {}
        separators = [LIST_SEPARATOR if each == "list" else each for each in column.split]
        separators.sort(key=len, reverse=True)
        self._separators = re.compile("|".join(map(re.escape, separators))) if separators else None

    def read(self, text: str, contexts: tuple[CellContext, ...]) -> tuple[CellValue, ...]:
        """Read a cell: no value, one, or several; CellError when it cannot be read."""
        known = self._memory.get((text, contexts))
        if known is None:
            known = tuple(self._values(text, contexts))
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[text, contexts] = known
        return known

    def _values(self, text: str, contexts: tuple[CellContext, ...]) -> Iterator[CellValue]:
        """Read the parts of a cell, each once."""
        if self._is_missing(text.strip()):
            return
        seen = set()
        for part in self._separators.split(text) if self._separators else (text,):
            plain = part.strip()
            if self._is_missing(plain) or plain in seen:
                continue
            seen.add(plain)
            if self._pattern and not self._pattern.fullmatch(plain):
                cure = "correct the cell, or the pattern: of the mapping"
                raise CellError(f"not of the form {self._pattern.pattern}", cure)
            yield self._resolve(plain, contexts)

    def _is_missing(self, text: str) -> bool:
        """Return whether a text means that there is no value; numbers are compared as numbers."""
        return text in self._missing or bool(self._zeros and _numbers((text,)) & self._zeros)

    def _resolve(self, text: str, contexts: tuple[CellContext, ...]) -> CellValue:
        """Read a text in each context; the first in which it has a value counts."""
        for context in contexts[:-1]:
            try:
                return self._reader(text, context)
            except CellError:
                continue
        return self._reader(text, contexts[-1])


def cell_reader(column: TableColumn, linker: Linker) -> CellReader:
    """Return what reads one text of a column; MappingError at a setting that is wrong."""
    match column.kind:
        case "integer":
            return integers(_whole(column, "minimum"), _whole(column, "maximum"))
        case "decimal":
            sign = column.text("decimal")
            if sign not in (None, "comma", "point"):
                raise wrong(column.options["decimal"].place, f"decimal is {sign!r}", expected="comma, point")
            bounds = column.number("minimum"), column.number("maximum")
            return decimals(*bounds, sign == "comma", _whole(column, "places"))
        case "boolean":
            values = column.values()
            for word in values.values():
                if word.text not in ("true", "false"):
                    raise wrong(word.place, f"{word.text!r} is no truth value", expected="true, false")
            return booleans({key.lower(): word.text == "true" for key, word in values.items()} or _TRUTH)
        case "year":
            return years(*_span(column))
        case "date":
            return dates.dates(column.texts("format") or dates.ISO, column.text("order"), *_span(column))
        case "concept":
            return _concept_reader(column)
        case "class":
            known = {key: cls.iri for key, cls in classes().items()}
            return concepts(_closed_values(column, known, "a class of the ontology"))
        case "state":
            return _state_reader(column, linker)
        case "code":
            return _code_reader(column, linker)
        case "entity":
            return _entity_reader(column, linker)
        case "node":
            return _node_reader(column)
        case "iri":
            return read_address
    return read_text


def _concept_reader(column: TableColumn) -> CellReader:
    scheme = column.options.get("scheme")
    if scheme is None:
        raise wrong(column.place, f"column {column.name} has no scheme", expected="scheme: " + ", ".join(schemes()))
    name = column.text("scheme") or ""
    if name not in schemes():
        hint = did_you_mean(name, schemes())
        raise wrong(scheme.place, f"{name!r} is no scheme", expected=", ".join(schemes()), hint=hint)
    known = {slug: concept.iri for slug, concept in concepts_of(name).items()}
    return concepts(_closed_values(column, known, f"a concept of {name}"))


def _state_reader(column: TableColumn, linker: Linker) -> CellReader:
    decided = _decided(column)

    def read(text: str, context: CellContext) -> CellValue:
        words = " ".join(text.split())
        node = decided.get(fold(words)) or linker.find_state(words, context.on)
        return _as_state(node, words, context.on, "names")

    return read


def _code_reader(column: TableColumn, linker: Linker) -> CellReader:
    scheme = column.text("scheme") or "alpha3"
    if scheme not in SCHEMES:
        place, hint = column.options["scheme"].place, did_you_mean(scheme, SCHEMES)
        raise wrong(place, f"{scheme!r} is no scheme of codes", expected=", ".join(SCHEMES), hint=hint)
    decided = _decided(column)

    def read(text: str, context: CellContext) -> CellValue:
        node = decided.get(fold(text)) or linker.by_code(scheme, text, context.on)
        return _as_state(node, text, context.on, f"is the {scheme} code of")

    return read


def _as_state(node: NamedNode | None, text: str, on: date | None, relation: str) -> CellValue:
    """Return the node that was found for a state; CellError when none was, or when it is a territory."""
    if node is None:
        when = f" on {on}" if on else ""
        cure = "correct it, or say under values: which state it means: {text: state/XXX}"
        raise CellError(f"{relation} no one state{when}", cure)
    if node.value.startswith(ID + "place/"):
        cure = "leave it out, or say under values: what it stands for"
        raise CellError("a territory without a state of its own", cure)
    return refer(node, text)


def _entity_reader(column: TableColumn, linker: Linker) -> CellReader:
    kind, decided = column.text("kind") or "org", _decided(column)
    if kind not in KINDS:
        place, hint = column.options["kind"].place, did_you_mean(kind, KINDS)
        raise wrong(place, f"{kind!r} is no kind of node", expected=", ".join(KINDS), hint=hint)
    pattern, mint = column.text("mint"), column.options.get("mint")
    if mint is not None and (pattern or "").count("{}") != 1:
        expected = f"{kind}/my-source-{{}}, with {{}} for the name"
        raise wrong(mint.place, f"mint is {pattern!r}", expected=expected)
    own = ID + (pattern or "{}").partition("{}")[0]

    def read(text: str, context: CellContext) -> CellValue:
        words = read_text(text, context).text
        node = decided.get(fold(words)) or linker.find_actor(words, kind, context.on, context.context)
        # What the source made itself, at an earlier load, is not known from elsewhere.
        if node is not None and (pattern is None or not node.value.startswith(own)):
            return refer(node, words)
        if pattern is None:
            cure = "say under values: whom it means, or give mint: for nodes of its own"
            raise CellError("names nobody we know", cure)
        return refer(entity(pattern.replace("{}", make_step(words))), words, minted=True)

    return read


def _decided(column: TableColumn) -> dict[str, NamedNode]:
    """Read the names that the mapping itself ties to nodes."""
    return {fold(key): identify(word) for key, word in column.values().items()}


def _node_reader(column: TableColumn) -> CellReader:
    """Return a reader of identifiers that an adapter has put into the cells, such as ``state/KOR``."""

    def read(text: str, _: CellContext) -> CellValue:
        try:
            return refer(identify(Scalar(text, column.place)), text)
        except MappingError as error:
            raise CellError("no identifier of a node", error.expected or "kind/key") from error

    return read


def _closed_values(column: TableColumn, known: Mapping[str, NamedNode], what: str) -> dict[str, NamedNode]:
    """Read a closed table of values; without one, the cells are the keys themselves."""
    values = column.values()
    for word in values.values():
        if word.text not in known:
            raise wrong(
                word.place,
                f"{word.text!r} is not {what}",
                expected=", ".join(known),
                hint=did_you_mean(word.text, known),
            )
    return {text: known[word.text] for text, word in values.items()} or dict(known)


def _whole(column: TableColumn, key: str) -> int | None:
    number = column.number(key)
    if number is not None and number != int(number):
        raise wrong(column.options[key].place, f"{key} is {number}", expected="a whole number")
    return None if number is None else int(number)


def _span(column: TableColumn) -> tuple[int, int]:
    least, most = _whole(column, "minimum"), _whole(column, "maximum")
    for key, year in (("minimum", least), ("maximum", most)):
        if year is not None and not _FIRST <= year <= _LAST:
            raise wrong(column.options[key].place, f"{key} is {year}", expected=f"a year from {_FIRST} to {_LAST}")
    return least or _LEAST, most or _MOST


def _numbers(texts: Iterable[str]) -> frozenset[Decimal]:
    found = set()
    for text in texts:
        with suppress(InvalidOperation):
            if (number := Decimal(text)).is_finite():
                found.add(number)
    return frozenset(found)
