"""Authored YAML → trees whose parts know their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from communique.graph.errors import Faults, SourceError, SourceLimit
from communique.graph.sources.decoding.encodings import locate, read_text
from communique.graph.sources.decoding.streams import name_of
from communique.graph.sources.tree import Block, Listing, Part, Place, Scalar

# Longest document, in characters: the packaged ones have some ten thousand, and the parser takes a second for 100,000.
LONGEST = 4 << 20

_NULL = "tag:yaml.org,2002:null"


def read_yaml(file: Path | Traversable, faults: Faults | None = None) -> Block:
    """Read a YAML file as a tree with places; the file is UTF-8 and holds one mapping.

    SourceError: the file is missing, not UTF-8 or not YAML, repeats a key, uses an alias, or holds no mapping.
    ``faults``, where given, takes repeated keys, aliases and keys that are no text, and the tree is made without them;
    what is no YAML cannot be read on, because nobody can tell what the next line belongs to.
    """
    return parse_yaml(read_text(file), name_of(file), faults)


def parse_yaml(text: str, path: str, faults: Faults | None = None) -> Block:
    """Parse YAML as ``read_yaml`` does; ``path`` is the name that errors give."""
    if len(text) > LONGEST:
        message, hint = f"{len(text):,} characters of YAML", "part it into several documents"
        raise SourceLimit(message, path=path, expected=f"at most {LONGEST:,}", hint=hint)
    found = Faults() if faults is None else faults
    tree = _parse(text, path, found)
    if faults is None:
        found.check(path)
    return tree


def _parse(text: str, path: str, faults: Faults) -> Block:
    """Make a tree of what is YAML."""
    try:
        node = _Loader(text, path, faults).get_single_node()
        tree = None if node is None else _plant(node, path, faults)
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


def _plant(node: yaml.Node, path: str, faults: Faults) -> Part:
    """Turn a composed node into a part of a tree."""
    place = Place(path, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Block((), place) if node.tag == _NULL else Scalar(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_plant(item, path, faults) for item in node.value), place)
    return Block(tuple(_plant_entries(node, path, faults)), place)


def _plant_entries(node: yaml.Node, path: str, faults: Faults) -> Iterator[tuple[Scalar, Part]]:
    """Turn the pairs of a mapping into entries, but for a key that comes again and one that is no text."""
    seen: dict[str, int] = {}
    for name, value in node.value:
        key, part = _plant(name, path, faults), _plant(value, path, faults)
        line, column = name.start_mark.line + 1, name.start_mark.column + 1
        if not isinstance(key, Scalar):
            message, expected = "a key that is no text", "a word as key"
        elif key.text in seen:
            message, expected = f"{key.text!r} again, first on line {seen[key.text]}", "each key once in its mapping"
        else:
            seen[key.text] = line
            yield key, part
            continue
        faults.add(SourceError(message, path=path, line=line, column=column, expected=expected))


def _explain_yaml(error: yaml.MarkedYAMLError, path: str) -> SourceError:
    """Translate a YAML error: what was found and what was expected, at its place."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    told = re.fullmatch(r"expected (?P<expected>.*?),? but (?:found|got) (?P<found>.*)", problem)
    message, expected = (f"found {told['found']}", told["expected"]) if told else (problem, "YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return SourceError(message, path=path, line=line, column=column, expected=expected)
