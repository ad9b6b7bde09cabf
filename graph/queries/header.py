"""The header of a query: ``#+`` lines of YAML, as grlc reads them, checked key by key."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import yaml

from communique.graph.errors import SourceError

_MARK = "#+"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
_LISTS = ("tags", "parameters", "columns")


def read_header(text: str, path: str) -> dict[str, Any]:
    """Read the ``#+`` lines at the top of a query; SourceError with path and line when they are broken."""
    lines = _header_lines(text)
    try:
        header = yaml.load("\n".join(line.removeprefix(_MARK) for line in lines), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SourceError(f"the header is not YAML: {error.problem}", path=path, line=line) from error
    if not isinstance(header, dict) or not isinstance(header.get("summary"), str):
        raise SourceError("no summary", path=path, line=1, expected="#+ summary: one sentence")
    for key in _LISTS:
        _check_list(header.get(key, []), key, text, path)
    return header


def check_keys(item: Mapping[str, Any], needed: Set[str], possible: Set[str], path: str, line: int) -> None:
    """Refuse an item of a header that lacks a key or has one that nobody reads."""
    missing, odd = needed - item.keys(), item.keys() - needed - possible
    if missing or odd:
        found = f"lacks {', '.join(sorted(missing))}" if missing else f"has {', '.join(map(str, odd))}"
        expected = ", ".join(sorted(needed | possible))
        raise SourceError(f"{dict(item)} {found}", path=path, line=line, expected=expected)


def line_of(text: str, word: str) -> int:
    """Give the first header line that holds ``word``, 1-based; 1 when none does."""
    return next((number for number, line in enumerate(_header_lines(text), 1) if word in line), 1)


def _check_list(found: object, key: str, text: str, path: str) -> None:
    """Refuse a key whose value is not the list that readers of the header rely on."""
    kind = str if key == "tags" else dict
    if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
        expected = "words" if kind is str else "mappings, such as {name: …}"
        raise SourceError(f"{key} is {found!r}", path=path, line=line_of(text, key), expected=f"a list of {expected}")


def _header_lines(text: str) -> list[str]:
    """Give the lines of the header, which stands at the very top."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith(_MARK)), len(lines))
    return lines[:end]
