"""The header of a query: ``#+`` lines of YAML, as grlc reads them, checked key by key.

``unless`` in it says why a question can have no rows although something is stated:

    #+ unless:
    #+   - {pattern: "?event com:realization real:planned", says: the event is only planned}

A pattern is a group graph pattern (SPARQL 1.1, section 5.2) over the variables of the parameters, with the prefixes of
the question and, where it declares them not, those of this project. The first that holds for the values asked with is
the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import yaml
from pyoxigraph import Store

from communique.graph.errors import SourceError
from communique.graph.queries.parameters import find_defaults, prologue_of
from communique.graph.terms.namespaces import ID, PREFIXES, prologue

_MARK = "#+"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
_LISTS = ("tags", "parameters", "columns")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason: the pattern that holds where it is one, and the words for it."""

    pattern: str
    says: str

    def ask(self, text: str) -> str:
        """Write the ASK that says whether it is the reason, for the question ``text`` with its values in place."""
        lines = [
            f"  VALUES ?{name} {{ {' '.join(map(str, terms))} }}"
            for name, terms in find_defaults(text).items()
            if re.search(rf"[?$]{name}\b", self.pattern)
        ]
        own = prologue_of(text)
        others = prologue(prefix for prefix in PREFIXES if not re.search(rf"PREFIX\s+{prefix}:", own, re.IGNORECASE))
        return "\n".join([f"{others}{own}", "ASK {", *lines, f"  {self.pattern}", "}"])


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
        found, kind = header.get(key, []), str if key == "tags" else dict
        if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
            expected = f"a list of {'words' if kind is str else 'mappings, such as {name: …}'}"
            raise SourceError(f"{key} is {found!r}", path=path, line=line_of(text, key), expected=expected)
    return header


def read_exclusions(found: object, parameters: Sequence[str], text: str, path: str) -> tuple[Exclusion, ...]:
    """Read the value of ``unless``; SourceError, with path and line, where an entry is broken."""
    line = line_of(text, "unless")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        expected = "a list of {pattern: …, says: …}"
        raise SourceError(f"unless is {found!r}", path=path, line=line, expected=expected)
    return tuple(_read_exclusion(item, parameters, text, path) for item in found)


def _read_exclusion(item: dict[str, object], parameters: Sequence[str], text: str, path: str) -> Exclusion:
    line = line_of(text, str(item.get("says", "unless")))
    check_keys(item, {"pattern", "says"}, set(), path, line)
    exclusion = Exclusion(str(item["pattern"]), str(item["says"]))
    if parameters and not any(re.search(rf"[?$]{name}\b", exclusion.pattern) for name in parameters):
        expected = " or ".join(f"?{name}" for name in parameters)
        raise SourceError(f"{exclusion.pattern!r} names no parameter", path=path, line=line, expected=expected)
    try:
        Store().query(exclusion.ask(text), base_iri=ID)
    except SyntaxError as error:
        expected = "a group graph pattern without its braces"
        raise SourceError(f"{exclusion.pattern!r} is no pattern", path=path, line=line, expected=expected) from error
    return exclusion


def check_keys(item: Mapping[str, Any], needed: Set[str], possible: Set[str], path: str, line: int) -> None:
    """Raise SourceError for an item of a header that lacks a key or has one that nobody reads."""
    missing, odd = needed - item.keys(), item.keys() - needed - possible
    if missing or odd:
        found = f"lacks {', '.join(sorted(missing))}" if missing else f"has {', '.join(map(str, odd))}"
        expected = ", ".join(sorted(needed | possible))
        raise SourceError(f"{dict(item)} {found}", path=path, line=line, expected=expected)


def line_of(text: str, word: str) -> int:
    """Return the number of the first header line that holds ``word``, 1-based; 1 when none does."""
    return next((number for number, line in enumerate(_header_lines(text), 1) if word in line), 1)


def _header_lines(text: str) -> list[str]:
    """Return the lines of the header, which stands at the very top."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith(_MARK)), len(lines))
    return lines[:end]
