"""Parts of a mapping file → texts, lists and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from communique.graph.mapping.tree import Block, Part, Scalar, as_block, as_items, as_scalar, wrong

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
