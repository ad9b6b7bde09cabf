"""What a mapping says of one column: where it stands in the file, what its cells hold, what counts as missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from communique.graph.errors import Faults
from communique.graph.mapping.tables import dates
from communique.graph.sources.tree import (
    Block,
    FilePlace,
    Part,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    read_choice,
    read_pattern,
    read_text,
    wrong,
)
from communique.graph.terms.spelling import did_you_mean

_COMMON = (
    "column",
    "as",
    "missing",
    "required",
    "split",
    "otherwise",
    "on",
    "pattern",
    "constant",
    "edition",
    "optional",
)
_OF_KIND: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("lang",),
        "integer": ("minimum", "maximum"),
        "decimal": ("minimum", "maximum", "decimal", "places"),
        "boolean": ("values",),
        "year": ("minimum", "maximum"),
        "date": ("format", "order", "minimum", "maximum"),
        "concept": ("scheme", "values"),
        "class": ("values",),
        "state": ("values",),
        "code": ("scheme", "values"),
        "entity": ("kind", "mint", "context", "values"),
        "node": ("kind",),
        "iri": (),
    }
)
KINDS = tuple(_OF_KIND)
# Kinds of column whose value is a node of the graph, and the first step of its identifier unless the column says so.
NODES: Mapping[str, str] = MappingProxyType({"state": "state", "code": "state", "entity": "org", "node": "org"})
DATED = ("date", "year")
OTHERWISE = ("reject", "leave-out")
_TRUTH = ("false", "true")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a mapping.

    Attributes
    ----------
    name : by which the facts refer to it
    names : how it may be called in a file; the first that is there counts
    kind : one of ``KINDS``
    missing : further texts that mean that there is no value
    required : a row without value is rejected
    optional : a file may lack the column
    split : what stands between several values of a cell; empty when it has one
    otherwise : what happens when a cell cannot be read: the row is rejected, or the value left out and noted
    on : name of the column that says when a name has to be right
    pattern : that every cell must have
    constant, edition : where the text comes from if not from the file: this text, or a value of the edition
    options : settings of the kind, as trees
    """

    name: str
    names: tuple[str, ...]
    kind: str
    missing: frozenset[str]
    required: bool
    optional: bool
    split: tuple[str, ...]
    otherwise: str
    on: str | None
    pattern: re.Pattern[str] | None
    constant: str | None
    edition: str | None
    options: Mapping[str, Part]
    place: FilePlace

    @property
    def node_kind(self) -> str | None:
        """The first step of the identifiers in a column of nodes; None for any other column."""
        return self.text("kind") or NODES[self.kind] if self.kind in NODES else None

    def text(self, key: str) -> str | None:
        """Return a setting that is one text; None when it is not there."""
        part = self.options.get(key)
        return None if part is None else as_scalar(part, f"the {key} of {self.name}").text

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a text or a list of texts."""
        part = self.options.get(key)
        return () if part is None else tuple(as_scalar(item, key).text for item in as_items(part))

    def number(self, key: str) -> Decimal | None:
        """Return a setting that is a number."""
        part = self.options.get(key)
        if part is None:
            return None
        text = as_scalar(part, "a number")
        try:
            number = Decimal(text.text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise wrong(text.place, f"{key} is {text.text!r}", expected="a number")
        return number

    def values(self) -> dict[str, Scalar]:
        """Return the table of values: text of the cell → what it means."""
        part = self.options.get("values")
        if part is None:
            return {}
        return {
            key.text: as_scalar(value, "what the value means") for key, value in as_block(part, "a table of values")
        }


def read_column(key: Scalar, part: Part, faults: Faults) -> TableColumn:
    """Read a column; the short form ``name: kind`` is a column of that name.

    MappingError for a name or a kind that is none; what is wrong with a setting goes to ``faults``.
    """
    if not _NAME.fullmatch(key.text):
        raise wrong(key.place, f"{key.text!r} is no name", expected="lower-case letters, digits and _, for {name}")
    block = (
        Block(((Scalar("as", part.place), part),), part.place) if isinstance(part, Scalar) else as_block(part, key.text)
    )
    kind = _read_kind(block)
    allowed = (*_COMMON, *_OF_KIND[kind])
    for name, _ in block:
        if name.text not in allowed:
            message = f"{name.text!r} is no setting of a column of kind {kind}"
            hint = did_you_mean(name.text, allowed)
            faults.add(wrong(name.place, message, expected=", ".join(allowed), hint=hint))
    column = TableColumn(
        name=key.text,
        names=faults.take(lambda: _texts(block, "column"), ()) or (key.text,),
        kind=kind,
        missing=frozenset(
            item.text for item in as_items(block.get("missing") or Block((), key.place)) if isinstance(item, Scalar)
        ),
        required=faults.take(lambda: read_choice(block, "required", _TRUTH) == "true", False),
        optional=faults.take(lambda: read_choice(block, "optional", _TRUTH) == "true", False),
        split=faults.take(lambda: _texts(block, "split", strip=False), ()),
        otherwise=faults.take(lambda: read_choice(block, "otherwise", OTHERWISE), OTHERWISE[0]),
        on=faults.take(lambda: read_text(block, "on"), None),
        pattern=faults.take(lambda: read_pattern(block, "one of Python's"), None),
        constant=faults.take(lambda: read_text(block, "constant"), None),
        edition=faults.take(lambda: read_text(block, "edition"), None),
        options=MappingProxyType({name.text: value for name, value in block if name.text in _OF_KIND[kind]}),
        place=key.place,
    )
    with faults.gathered():
        for item in as_items(column.options.get("format") or Block((), key.place)):
            if isinstance(item, Scalar) and (fault := dates.check_format(item.text)):
                message = f"format {item.text!r}: {fault}"
                raise wrong(item.place, message, expected="%Y-%m-%d and the like, or edtf")
        order = column.text("order")
        if order is not None and order not in dates.ORDERS:
            raise wrong(column.options["order"].place, f"order is {order!r}", expected=", ".join(dates.ORDERS))
    return column


def _read_kind(block: Block) -> str:
    """Read the kind of a column; text when it names none."""
    part = block.get("as")
    if part is None:
        return "text"
    text = as_scalar(part, "a kind of column")
    if text.text not in KINDS:
        message = f"{text.text!r} is no kind of column"
        raise wrong(text.place, message, expected=", ".join(KINDS), hint=did_you_mean(text.text, KINDS))
    return text.text


def _texts(block: Block, key: str, *, strip: bool = True) -> tuple[str, ...]:
    """Read a text or a list of texts; with ``strip`` runs of white space become one space."""
    part = block.get(key)
    items = () if part is None else as_items(part)
    texts = (item.text if isinstance(item, Scalar) else as_scalar(item, key).text for item in items)
    return tuple(" ".join(text.split()) if strip else text for text in texts)
