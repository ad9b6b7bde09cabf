"""Why a question can have no rows although something is stated: ``unless`` in its header.

    #+ unless:
    #+   - {pattern: "?event com:realization real:planned", says: the event is only planned}

A pattern is a group graph pattern (SPARQL 1.1, section 5.2) over the variables of the parameters, with the prefixes of
the question and, where it declares them not, those of this project. The first that holds for the values asked with is
the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Store

from communique.graph.errors import SourceError
from communique.graph.queries.header import check_keys, line_of
from communique.graph.queries.parameters import find_defaults, prologue_of
from communique.graph.terms.namespaces import ID, PREFIXES, prologue


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason: the pattern that holds where it is one, and the words for it."""

    pattern: str
    says: str

    def ask(self, text: str) -> str:
        """Write the ASK that tells whether it is the reason, for the question ``text`` with its values in place."""
        lines = [
            f"  VALUES ?{name} {{ {' '.join(map(str, terms))} }}"
            for name, terms in find_defaults(text).items()
            if re.search(rf"[?$]{name}\b", self.pattern)
        ]
        own = prologue_of(text)
        others = prologue(prefix for prefix in PREFIXES if not re.search(rf"PREFIX\s+{prefix}:", own, re.IGNORECASE))
        return "\n".join([f"{others}{own}", "ASK {", *lines, f"  {self.pattern}", "}"])


def read_exclusions(found: object, parameters: Sequence[str], text: str, path: str) -> tuple[Exclusion, ...]:
    """Read the value of ``unless``; SourceError, with path and line, where an entry is broken."""
    line = line_of(text, "unless")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        expected = "a list of {pattern: …, says: …}"
        raise SourceError(f"unless is {found!r}", path=path, line=line, expected=expected)
    return tuple(_read(item, parameters, text, path) for item in found)


def _read(item: dict[str, object], parameters: Sequence[str], text: str, path: str) -> Exclusion:
    """Read one entry."""
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
