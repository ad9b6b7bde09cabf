"""Text of a cell → value: one reader for each kind of cell a mapping can declare."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import NamedNode

from communique.graph.mapping.bounds import Bounds
from communique.graph.mapping.nodes import name_step
from communique.graph.terms.identifiers import slug, tail
from communique.graph.terms.namespaces import ID

# Signs that stand for a minus in the typesetting of numbers.
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{FIGURE DASH}": "-", "\N{NO-BREAK SPACE}": " "})
_INTEGER = re.compile(r"([+-]?\d+)(?:\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:\.0+)?", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_STEP_LENGTH = 80
# A row asks for the same step a few times.
_REMEMBERED = 4096


class CellError(ValueError):
    """A cell that cannot be read: ``reason`` and ``cure``, in words for the list of rejected rows."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.reason, self.cure = reason, cure


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell says.

    Attributes
    ----------
    text : to stand in texts and literals, in canonical form
    node : of a state, organization, concept or address; None for anything else
    step : to stand in identifiers; made from the text when it is empty
    days : between which a date or year lies; None for anything else
    minted : the node is the source's own, none that was known before
    """

    text: str
    node: NamedNode | None = None
    step: str = ""
    days: Bounds | None = None
    minted: bool = False


# The values of a row by the place of their column, one each; None where there is none.
Values = Sequence[CellValue | None]


class CellContext(NamedTuple):
    """What else a cell is read by: the day on which a name has to be right, and to what it belongs."""

    on: date | None = None
    context: str | None = None


# Reads a cell that is neither empty nor missing.
CellReader = Callable[[str, CellContext], CellValue]


def read_text(text: str, _: CellContext) -> CellValue:
    """Read a text, its white space normalised."""
    words = " ".join(text.split())
    if found := _CONTROL.search(words):
        raise CellError(
            f"the control character U+{ord(found[0]):04X}", "remove it from the file, or correct the encoding"
        )
    return CellValue(words)


def integers(least: int | None, most: int | None) -> CellReader:
    """Return a reader of whole numbers within bounds; ``136.0`` is one, as spreadsheets write it."""

    def read(text: str, _: CellContext) -> CellValue:
        found = _INTEGER.fullmatch(text.translate(_MINUS))
        if found is None:
            raise CellError("not a whole number", "correct the cell, or list it under missing:")
        number = int(found[1])
        _check_bounds(number, least, most)
        return CellValue(str(number), step=str(number))

    return read


# Numbers with groups of thousands, by their decimal sign.
_GROUPED = {
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*"),
}


def decimals(least: Decimal | None, most: Decimal | None, comma: bool, places: int | None) -> CellReader:
    """Return a reader of decimal numbers; ``comma`` is their decimal sign, ``places`` rounds away what floats add.

    The other sign may separate thousands, in groups of three; commas only before a point, for 1,234 alone may be 1.234.
    """
    group, sign = (".", ",") if comma else (",", ".")

    def read(text: str, _: CellContext) -> CellValue:
        plain = text.translate(_MINUS)
        if _GROUPED[sign].fullmatch(plain):
            plain = plain.replace(group, "")
        plain = plain if not comma else "" if "." in plain else plain.replace(",", ".")
        if not _DECIMAL.fullmatch(plain):
            raise CellError("not a number", "correct the cell, list it under missing:, or declare decimal: comma")
        number = Decimal(plain)
        _check_bounds(number, least, most)
        return CellValue(_canonical(number, places))

    return read


def _canonical(number: Decimal, places: int | None) -> str:
    """Write a decimal in the canonical form of XML Schema 1.1: no exponent, no empty digits, no point of its own."""
    try:
        rounded = number if places is None else number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    except InvalidOperation:
        raise CellError("too many digits", "correct the cell") from None
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _check_bounds(number: int | Decimal, least: int | Decimal | None, most: int | Decimal | None) -> None:
    if least is not None and number < least:
        raise CellError(f"less than {least}", "correct the cell, or list it under missing: if it means that")
    if most is not None and number > most:
        raise CellError(f"more than {most}", "correct the cell, or list it under missing: if it means that")


def booleans(values: Mapping[str, bool]) -> CellReader:
    """Return a reader of truth values; ``values`` are lower-case words."""

    def read(text: str, _: CellContext) -> CellValue:
        if (found := values.get(text.lower())) is None:
            raise CellError("neither true nor false", f"one of {', '.join(values)}, or others declared under values:")
        return CellValue("true" if found else "false")

    return read


def years(least: int, most: int) -> CellReader:
    """Return a reader of years of four digits."""

    def read(text: str, _: CellContext) -> CellValue:
        found = _YEAR.fullmatch(text)
        if found is None:
            raise CellError("not a year of four digits", "correct the cell, or list it under missing:")
        number = int(found[1])
        _check_bounds(number, least, most)
        first, last = date(number, 1, 1), date(number, 12, 31)
        return CellValue(found[1], step=found[1], days=Bounds(first, last, first, last))

    return read


def concepts(values: Mapping[str, NamedNode]) -> CellReader:
    """Return a reader of the words of a closed list; case and runs of white space do not matter."""
    folded = {fold(word): node for word, node in values.items()}

    def read(text: str, _: CellContext) -> CellValue:
        node = folded.get(fold(text))
        if node is None:
            raise CellError("not on the list of the mapping", "add it under values: with the concept it means")
        step = node.value.rpartition("/")[2].rpartition("#")[2]
        return CellValue(step, node, step)

    return read


def read_address(text: str, _: CellContext) -> CellValue:
    """Read an address of the web; one of our own data stands in identifiers as other nodes do."""
    try:
        if not text.startswith(("http://", "https://")):
            raise ValueError(text)
        node = NamedNode(text)
        return CellValue(text, node, tail(node) if text.startswith(ID) else "")
    except ValueError:
        raise CellError("not an address", "correct the cell: https://…, without blanks") from None


def refer(node: NamedNode, text: str, *, minted: bool = False) -> CellValue:
    """Return the value of a cell that names a node."""
    return CellValue(text, node, tail(node), minted=minted)


def fold(text: str) -> str:
    """Fold case and white space, for words of closed lists."""
    return " ".join(text.split()).casefold()


def step_of(value: CellValue) -> str:
    """Return what a value contributes to an identifier; a long text is cut and made unique by a digest of all of it."""
    return value.step or make_step(value.text)


@lru_cache(_REMEMBERED)
def make_step(text: str) -> str:
    """Reduce a text to a step of an identifier of at most some 90 signs."""
    step = slug(text) if text.isascii() else name_step(text)
    if len(step) <= _STEP_LENGTH:
        return step
    return f"{step[:_STEP_LENGTH].rstrip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
