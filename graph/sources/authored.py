"""Authored YAML → trees whose parts know their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from communique.graph.decoding.encodings import locate, read_text
from communique.graph.decoding.streams import name_of
from communique.graph.errors import SourceError
from communique.graph.mapping.tree import Block, Listing, Part, Place, Scalar

_NULL = "tag:yaml.org,2002:null"


def read_yaml(file: Path | Traversable) -> Block:
    """Read a YAML file as a tree with places; the file is UTF-8 and holds one mapping.

    SourceError: the file is missing, not UTF-8 or not YAML, repeats a key, uses an alias, or holds no mapping.
    """
    return parse_yaml(read_text(file), name_of(file))


def parse_yaml(text: str, path: str) -> Block:
    """Parse YAML as ``read_yaml`` does; ``path`` is the name that errors give."""
    try:
        node = _Loader(text).get_single_node()
        tree = None if node is None else _plant(node, path)
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

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node, no alias."""
        if self.check_event(yaml.AliasEvent):
            event: yaml.AliasEvent = self.peek_event()  # type: ignore[no-untyped-call]
            problem = f"expected a value, but found the alias *{event.anchor}"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
        return super().compose_node(parent, index)


def _plant(node: yaml.Node, path: str) -> Part:
    """Turn a composed node into a part of a tree."""
    place = Place(path, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Block((), place) if node.tag == _NULL else Scalar(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_plant(item, path) for item in node.value), place)
    return Block(tuple(_plant_entries(node, path)), place)


def _plant_entries(node: yaml.Node, path: str) -> Iterator[tuple[Scalar, Part]]:
    """Turn the pairs of a mapping into entries; SourceError for a key twice and a key that is no text."""
    seen: dict[str, int] = {}
    for name, value in node.value:
        key = _plant(name, path)
        line, column = name.start_mark.line + 1, name.start_mark.column + 1
        if not isinstance(key, Scalar):
            raise SourceError("a key that is no text", path=path, line=line, column=column, expected="a word as key")
        if key.text in seen:
            message = f"{key.text!r} again, first on line {seen[key.text]}"
            raise SourceError(message, path=path, line=line, column=column, expected="each key once in its mapping")
        seen[key.text] = line
        yield key, _plant(value, path)


def _explain_yaml(error: yaml.MarkedYAMLError, path: str) -> SourceError:
    """Translate a YAML error: what was found and what was expected, at its place."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    told = re.fullmatch(r"expected (?P<expected>.*?),? but (?:found|got) (?P<found>.*)", problem)
    message, expected = (f"found {told['found']}", told["expected"]) if told else (problem, "YAML")
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return SourceError(message, path=path, line=line, column=column, expected=expected)
