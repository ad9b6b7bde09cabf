"""An authored file as a tree in which every part knows where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from communique.graph.errors import AT_ONCE, Faults, MappingError
from communique.graph.terms.spelling import did_you_mean

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; ``line`` and ``column`` are 1-based."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written; what it means (day, number, identifier) is decided by the property it is a value of."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """Parts in their order."""

    items: tuple[Part, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Block:
    """Keys with their parts, in their order, no key twice; a value left empty is a block without entries."""

    entries: tuple[tuple[Scalar, Part], ...]
    place: Place

    def __iter__(self) -> Iterator[tuple[Scalar, Part]]:
        return iter(self.entries)

    def get(self, key: str) -> Part | None:
        """Give the part of a key; None when the key is not there."""
        return next((part for name, part in self.entries if name.text == key), None)

    def without(self, *keys: str) -> Block:
        """Give the block less some keys."""
        return Block(tuple(entry for entry in self.entries if entry[0].text not in keys), self.place)


Part = Scalar | Listing | Block


def wrong(place: Place, message: str, *, expected: str | None = None, hint: str | None = None) -> MappingError:
    """Make the error that names a place in an authored file."""
    return MappingError(message, path=place.path, line=place.line, column=place.column, expected=expected, hint=hint)


def as_scalar(part: Part, what: str) -> Scalar:
    """Take a part for a text; MappingError when it is a list, a mapping or left empty."""
    if isinstance(part, Scalar) and part.text.strip():
        return part
    found = "nothing" if isinstance(part, Scalar) or is_empty(part) else _name(part)
    raise wrong(part.place, f"{found} where {what} belongs", expected=what)


def as_block(part: Part, what: str) -> Block:
    """Take a part for a mapping; MappingError when it is a text or a list."""
    if isinstance(part, Block):
        return part
    raise wrong(part.place, f"{_name(part)} where {what} belongs", expected=f"a mapping: {what}")


def block_of(block: Block, key: str, what: str) -> Block:
    """Give the mapping under a key, one without entries when the key is not there; MappingError when it is none."""
    return as_block(block.get(key) or Block((), block.place), what)


def as_items(part: Part) -> tuple[Part, ...]:
    """Take a part for a list; anything else is a list of one."""
    return part.items if isinstance(part, Listing) else (part,)


def require(block: Block, key: str, what: str) -> Part:
    """Give the part of a key that must be there; MappingError at the block when it is not."""
    part = block.get(key)
    if part is None:
        raise wrong(block.place, f"no {key!r} in {what}", expected=f"{key}: …")
    return part


def refuse_others(block: Block, allowed: Iterable[str], what: str, faults: Faults = AT_ONCE) -> None:
    """Refuse the keys that do not belong in ``what``; MappingError at the first, unless ``faults`` are gathered."""
    known = tuple(allowed)
    for key, _ in block:
        if key.text not in known:
            message = f"{key.text!r} is not a key of {what}"
            faults.add(wrong(key.place, message, expected=", ".join(known), hint=did_you_mean(key.text, known)))


def is_empty(part: Part) -> bool:
    """Tell whether a value was left empty."""
    return isinstance(part, Block) and not part.entries


def _name(part: Part) -> str:
    """Name a part for an error message."""
    if isinstance(part, Scalar):
        return repr(part.text)
    return "a list" if isinstance(part, Listing) else "a mapping"


def read_key(part: Part, what: str) -> str:
    """Read a name that becomes part of identifiers."""
    text = as_scalar(part, what)
    if not _KEY.fullmatch(text.text):
        raise wrong(text.place, f"{text.text!r} is not {what}", expected="lower-case letters, digits and hyphens")
    return text.text


def read_text(block: Block, key: str) -> str | None:
    """Read a text; None when the key is not there."""
    part = block.get(key)
    return None if part is None else as_scalar(part, f"the text of {key}").text


def read_texts(part: Part | None, what: str, *, empty: bool = False) -> tuple[str, ...]:
    """Read a text or a list of texts; with ``empty``, a text may be empty."""
    items = () if part is None else as_items(part)
    return tuple(item.text if empty and isinstance(item, Scalar) else as_scalar(item, what).text for item in items)


def read_pairs(part: Part | None, what: str) -> Mapping[str, str]:
    """Read texts by name."""
    if part is None:
        return MappingProxyType({})
    return MappingProxyType({key.text: as_scalar(value, what).text for key, value in as_block(part, what)})


def read_whole(part: Part | None, default: int) -> int:
    """Read a whole number of 0 or more."""
    if part is None:
        return default
    text = as_scalar(part, "a whole number")
    if not text.text.isdigit():
        raise wrong(text.place, f"{text.text!r} is no number", expected="a whole number, 0 or more")
    return int(text.text)


def read_sign(part: Part | None) -> str | None:
    """Read one sign; the word ``tab`` is a tabulator, ``none`` is no sign."""
    if part is None:
        return None
    text = part.text if isinstance(part, Scalar) else as_scalar(part, "a sign").text
    sign = {"tab": "\t", "\\t": "\t", "none": ""}.get(text, text)
    if len(sign) > 1:
        raise wrong(part.place, f"{text!r} is more than one sign", expected="one sign, tab or none")
    return sign
