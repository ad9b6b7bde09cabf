"""Authored YAML → a tree in which every part knows where it stands, and the parts of such a tree as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from communique.graph.errors import AT_ONCE, Faults, MappingError, SourceError, SourceLimit
from communique.graph.sources.decoding.encodings import locate
from communique.graph.sources.decoding.encodings import read_text as read_file
from communique.graph.sources.decoding.streams import name_of
from communique.graph.terms.spelling import did_you_mean

# Longest document, in characters: the packaged ones have some ten thousand, and the parser takes a second for 100,000.
LONGEST = 4 << 20

_NULL = "tag:yaml.org,2002:null"
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A position in a file; ``line`` and ``column`` are 1-based."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written; what it means (day, number, identifier) is decided by the property it is a value of."""

    text: str
    place: FilePlace


@dataclass(frozen=True, slots=True)
class Listing:
    """Parts in their order."""

    items: tuple[Part, ...]
    place: FilePlace


@dataclass(frozen=True, slots=True)
class Block:
    """Keys with their parts, in their order, no key twice; a value left empty is a block without entries."""

    entries: tuple[tuple[Scalar, Part], ...]
    place: FilePlace

    def __iter__(self) -> Iterator[tuple[Scalar, Part]]:
        return iter(self.entries)

    def get(self, key: str) -> Part | None:
        """Return the part of a key; None when the key is not there."""
        return next((part for name, part in self.entries if name.text == key), None)

    def without(self, *keys: str) -> Block:
        """Return the block without some keys."""
        return Block(tuple(entry for entry in self.entries if entry[0].text not in keys), self.place)


Part = Scalar | Listing | Block


def read_yaml(file: Path | Traversable, faults: Faults | None = None) -> Block:
    """Read a YAML file as a tree with places; the file is UTF-8 and holds one mapping.

    SourceError: the file is missing, not UTF-8 or not YAML, repeats a key, uses an alias, or holds no mapping.
    ``faults``, where given, takes repeated keys, aliases and keys that are no text, and the tree is made without them;
    what is no YAML cannot be read on, because the next line may belong to anything.
    """
    return parse_yaml(read_file(file), name_of(file), faults)


def parse_yaml(text: str, path: str, faults: Faults | None = None) -> Block:
    """Parse YAML as ``read_yaml`` does; ``path`` is the name in errors."""
    if len(text) > LONGEST:
        message, hint = f"{len(text):,} characters of YAML", "split it into several documents"
        raise SourceLimit(message, path=path, expected=f"at most {LONGEST:,}", hint=hint)
    found = Faults() if faults is None else faults
    try:
        node = _Loader(text, path, found).get_single_node()
        tree = None if node is None else _part_of(node, path, found)
    except yaml.MarkedYAMLError as error:
        raise _explain_yaml(error, path) from error
    except yaml.reader.ReaderError as error:
        line, column = locate(text, error.position)
        message = f"character U+{ord(text[error.position]):04X}"
        raise SourceError(message, path=path, line=line, column=column, expected="printable text") from error
    except RecursionError as error:
        raise SourceError("nested too deeply", path=path, expected="a document as people write it") from error
    if not isinstance(tree, Block):
        raise SourceError("no mapping", path=path, line=1, column=1, expected="keys with values, such as document: …")
    if faults is None:
        found.check(path)
    return tree


class _Loader(yaml.SafeLoader):
    """Compose YAML nodes with their marks, but no alias: what is written out hides nothing and cannot explode."""

    def __init__(self, text: str, path: str, faults: Faults) -> None:
        super().__init__(text)
        self._path, self._faults = path, faults

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node; an alias is a fault, and leaves a text."""
        if not self.check_event(yaml.AliasEvent):
            return super().compose_node(parent, index)
        event: yaml.AliasEvent = self.get_event()  # type: ignore[no-untyped-call]
        begin: Any = event.start_mark
        place = {"path": self._path, "line": begin.line + 1, "column": begin.column + 1}
        self._faults.add(SourceError(f"found the alias *{event.anchor}", expected="a value written out", **place))
        return yaml.ScalarNode("tag:yaml.org,2002:str", f"*{event.anchor}", begin, begin)


def _part_of(node: yaml.Node, path: str, faults: Faults) -> Part:
    """Turn a composed node into a part of a tree, without a key that comes again and one that is no text."""
    place = FilePlace(path, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Block((), place) if node.tag == _NULL else Scalar(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_part_of(item, path, faults) for item in node.value), place)
    entries: dict[str, tuple[Scalar, Part]] = {}
    for name, value in node.value:
        key, part = _part_of(name, path, faults), _part_of(value, path, faults)
        line, column = name.start_mark.line + 1, name.start_mark.column + 1
        if not isinstance(key, Scalar):
            message, expected = "a key that is no text", "a word as key"
        elif key.text in entries:
            first = entries[key.text][0].place.line
            message, expected = f"{key.text!r} again, first on line {first}", "each key once in its mapping"
        else:
            entries[key.text] = key, part
            continue
        faults.add(SourceError(message, path=path, line=line, column=column, expected=expected))
    return Block(tuple(entries.values()), place)


def _explain_yaml(error: yaml.MarkedYAMLError, path: str) -> SourceError:
    """Translate a YAML error: what was found and what was expected, at its place."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    parts = re.fullmatch(r"expected (?P<expected>.*?),? but (?:found|got) (?P<found>.*)", problem)
    message, expected = (f"found {parts['found']}", parts["expected"]) if parts else (problem, "YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return SourceError(message, path=path, line=line, column=column, expected=expected)


def wrong(place: FilePlace, message: str, *, expected: str | None = None, hint: str | None = None) -> MappingError:
    """Return the error at a place of an authored file."""
    return MappingError(message, path=place.path, line=place.line, column=place.column, expected=expected, hint=hint)


def as_scalar(part: Part, what: str) -> Scalar:
    """Return a part that is a text; MappingError when it is a list, a mapping or left empty."""
    if isinstance(part, Scalar) and part.text.strip():
        return part
    found = "nothing" if isinstance(part, Scalar) or is_empty(part) else _shown(part)
    raise wrong(part.place, f"{found} where {what} belongs", expected=what)


def as_block(part: Part, what: str) -> Block:
    """Return a part that is a mapping; MappingError when it is a text or a list."""
    if isinstance(part, Block):
        return part
    raise wrong(part.place, f"{_shown(part)} where {what} belongs", expected=f"a mapping: {what}")


def block_of(block: Block, key: str, what: str) -> Block:
    """Return the mapping under a key, one without entries when the key is not there; MappingError when it is none."""
    return as_block(block.get(key) or Block((), block.place), what)


def as_items(part: Part) -> tuple[Part, ...]:
    """Return the parts of a list; anything else is a list of one."""
    return part.items if isinstance(part, Listing) else (part,)


def require(block: Block, key: str, what: str) -> Part:
    """Return the part of a key that must be there; MappingError at the block when it is not."""
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
    """Return whether a value was left empty."""
    return isinstance(part, Block) and not part.entries


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


def read_choice(block: Block, key: str, choices: tuple[str, ...]) -> str:
    """Read one of some words; the first when the key is not there."""
    part = block.get(key)
    if part is None:
        return choices[0]
    text = as_scalar(part, key)
    if text.text not in choices:
        hint = did_you_mean(text.text, choices)
        raise wrong(text.place, f"{key} is {text.text!r}", expected=", ".join(choices), hint=hint)
    return text.text


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


def read_pattern(block: Block, expected: str) -> re.Pattern[str] | None:
    """Read the regular expression under ``pattern``; None when the key is not there."""
    part = block.get("pattern")
    if part is None:
        return None
    text = as_scalar(part, "a regular expression")
    try:
        return re.compile(text.text)
    except re.error as error:
        message = f"{text.text!r} is no regular expression: {error}"
        raise wrong(text.place, message, expected=expected) from error


def _shown(part: Part) -> str:
    if isinstance(part, Scalar):
        return repr(part.text)
    return "a list" if isinstance(part, Listing) else "a mapping"
