"""Columns of a mapping → functions that read their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.linking.states import SCHEMES
from communique.graph.mapping.nodes import KINDS, identify
from communique.graph.mapping.tables import dates
from communique.graph.mapping.tables.cells import (
    CellError,
    Reader,
    Setting,
    Value,
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
from communique.graph.mapping.tables.columns import Column
from communique.graph.mapping.tables.linker import Linker
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
_STATE = ID + "state/"


def reader(column: Column, linker: Linker) -> Reader:
    """Make the reader of a column; MappingError at a setting that is wrong."""
    return _MAKERS[column.kind](column, linker)


def _integer(column: Column, _: Linker) -> Reader:
    return integers(_whole(column, "minimum"), _whole(column, "maximum"))


def _decimal(column: Column, _: Linker) -> Reader:
    sign = column.text("decimal")
    if sign not in (None, "comma", "point"):
        raise wrong(column.options["decimal"].place, f"decimal is {sign!r}", expected="comma, point")
    return decimals(column.number("minimum"), column.number("maximum"), sign == "comma", _whole(column, "places"))


def _boolean(column: Column, _: Linker) -> Reader:
    values = column.values()
    for word in values.values():
        if word.text not in ("true", "false"):
            raise wrong(word.place, f"{word.text!r} is no truth value", expected="true, false")
    return booleans({key.lower(): word.text == "true" for key, word in values.items()} or _TRUTH)


def _year(column: Column, _: Linker) -> Reader:
    return years(*_span(column))


def _date(column: Column, _: Linker) -> Reader:
    return dates.dates(column.texts("format") or dates.ISO, column.text("order"), *_span(column))


def _concept(column: Column, _: Linker) -> Reader:
    scheme = column.options.get("scheme")
    if scheme is None:
        raise wrong(column.place, f"column {column.name} has no scheme", expected="scheme: " + ", ".join(schemes()))
    name = column.text("scheme") or ""
    if name not in schemes():
        hint = did_you_mean(name, schemes())
        raise wrong(scheme.place, f"{name!r} is no scheme", expected=", ".join(schemes()), hint=hint)
    known = {slug: concept.iri for slug, concept in concepts_of(name).items()}
    return concepts(_closed(column, known, f"a concept of {name}"))


def _class(column: Column, _: Linker) -> Reader:
    return concepts(_closed(column, {key: cls.iri for key, cls in classes().items()}, "a class of the ontology"))


def _state(column: Column, linker: Linker) -> Reader:
    chosen = _chosen(column)

    def read(text: str, setting: Setting) -> Value:
        words = " ".join(text.split())
        node = chosen.get(fold(words)) or linker.find_state(words, setting.on)
        return _be_state(node, words, setting.on, "names")

    return read


def _code(column: Column, linker: Linker) -> Reader:
    scheme = column.text("scheme") or "alpha3"
    if scheme not in SCHEMES:
        place, hint = column.options["scheme"].place, did_you_mean(scheme, SCHEMES)
        raise wrong(place, f"{scheme!r} is no scheme of codes", expected=", ".join(SCHEMES), hint=hint)
    chosen = _chosen(column)

    def read(text: str, setting: Setting) -> Value:
        node = chosen.get(fold(text)) or linker.by_code(scheme, text, setting.on)
        return _be_state(node, text, setting.on, f"is the {scheme} code of")

    return read


def _be_state(node: NamedNode | None, text: str, on: date | None, relation: str) -> Value:
    """Take a node that was found for a state; CellError when none was, or when it is a territory."""
    if node is None:
        when = f" on {on}" if on else ""
        cure = "correct it, or say under values: which state it means: {text: state/XXX}"
        raise CellError(f"{relation} no one state{when}", cure)
    if node.value.startswith(ID + "place/"):
        cure = "leave it out, or say under values: what it stands for"
        raise CellError("a territory without a state of its own", cure)
    return refer(node, text)


def _entity(column: Column, linker: Linker) -> Reader:
    kind, chosen = _kind(column), _chosen(column)
    pattern, mint = column.text("mint"), column.options.get("mint")
    if mint is not None and (pattern or "").count("{}") != 1:
        expected = f"{kind}/my-source-{{}}, with {{}} for the name"
        raise wrong(mint.place, f"mint is {pattern!r}", expected=expected)
    own = ID + (pattern or "{}").partition("{}")[0]

    def read(text: str, setting: Setting) -> Value:
        words = read_text(text, setting).text
        node = chosen.get(fold(words)) or linker.find_actor(words, kind, setting.on, setting.context)
        # What the source made itself, at an earlier load, is not known from elsewhere.
        if node is not None and (pattern is None or not node.value.startswith(own)):
            return refer(node, words)
        if pattern is None:
            cure = "say under values: whom it means, or give mint: for nodes of its own"
            raise CellError("names nobody we know", cure)
        return refer(entity(pattern.replace("{}", make_step(words))), words, minted=True)

    return read


def _kind(column: Column) -> str:
    """Read the kind of the nodes of a column."""
    kind = column.text("kind") or "org"
    if kind not in KINDS:
        place, hint = column.options["kind"].place, did_you_mean(kind, KINDS)
        raise wrong(place, f"{kind!r} is no kind of node", expected=", ".join(KINDS), hint=hint)
    return kind


def _chosen(column: Column) -> dict[str, NamedNode]:
    """Read the table of names that the mapping decides itself."""
    return {fold(key): identify(word) for key, word in column.values().items()}


def _node(column: Column, _: Linker) -> Reader:
    """Take an identifier that an adapter's own code has put into the cell, such as ``state/KOR``."""

    def read(text: str, _: Setting) -> Value:
        try:
            return refer(identify(Scalar(text, column.place)), text)
        except MappingError as error:
            raise CellError("no identifier of a node", error.expected or "kind/key") from error

    return read


def _text(_column: Column, _: Linker) -> Reader:
    return read_text


def _iri(_column: Column, _: Linker) -> Reader:
    return read_address


def _closed(column: Column, known: Mapping[str, NamedNode], what: str) -> dict[str, NamedNode]:
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


def _whole(column: Column, key: str) -> int | None:
    """Read a setting that is a whole number."""
    number = column.number(key)
    if number is not None and number != int(number):
        raise wrong(column.options[key].place, f"{key} is {number}", expected="a whole number")
    return None if number is None else int(number)


def _span(column: Column) -> tuple[int, int]:
    """Read the first and last year that a column may hold."""
    least, most = _whole(column, "minimum"), _whole(column, "maximum")
    for key, year in (("minimum", least), ("maximum", most)):
        if year is not None and not _FIRST <= year <= _LAST:
            raise wrong(column.options[key].place, f"{key} is {year}", expected=f"a year from {_FIRST} to {_LAST}")
    return least or _LEAST, most or _MOST


_MAKERS: Mapping[str, Callable[[Column, Linker], Reader]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "year": _year,
    "date": _date,
    "concept": _concept,
    "class": _class,
    "state": _state,
    "code": _code,
    "entity": _entity,
    "node": _node,
    "iri": _iri,
}
