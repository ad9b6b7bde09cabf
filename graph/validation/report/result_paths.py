"""A path as SPARQL writes it → the path as SHACL spells it in RDF (SHACL 1.0, section 2.3.1).

Results carry their paths as text, whichever engine found them, so that the RDF does not depend on the shapes graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pyoxigraph import BlankNode, NamedNode, Triple

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import term

_IRI = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r"<[^>]*>|[()^/|*+?]")
_MARKS = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}
_Node = NamedNode | BlankNode


def spell(path: str, name: str) -> tuple[_Node, list[Triple]]:
    """Spell a path: the node that stands for it, and its triples with blank nodes named after ``name``."""
    if _IRI.fullmatch(path):
        return NamedNode(path[1:-1]), []
    speller = _Speller(path, name)
    return speller.alternatives(), speller.triples


class _Speller:
    """Reads a path from the left; a composite part stands in parentheses."""

    def __init__(self, path: str, name: str) -> None:
        self._path, self._name, self._count = path, name, 0
        self._rest = _TOKEN.findall(path)[::-1]
        self.triples: list[Triple] = []

    def alternatives(self) -> _Node:
        """Read paths between bars."""
        parts = self._parts("|", self._sequence)
        return parts[0] if len(parts) == 1 else self._blank("sh:alternativePath", self._list(parts))

    def _sequence(self) -> _Node:
        parts = self._parts("/", self._step)
        return parts[0] if len(parts) == 1 else self._list(parts)

    def _parts(self, mark: str, read: Callable[[], _Node]) -> list[_Node]:
        parts = [read()]
        while self._next() == mark:
            self._rest.pop()
            parts.append(read())
        return parts

    def _step(self) -> _Node:
        """Read one step, with what stands before and behind it."""
        if self._next() == "^":
            self._rest.pop()
            return self._blank("sh:inversePath", self._step())
        node = self._primary()
        while self._next() in _MARKS:
            node = self._blank(_MARKS[self._rest.pop()], node)
        return node

    def _primary(self) -> _Node:
        token = self._rest.pop() if self._rest else ""
        if token.startswith("<"):
            return NamedNode(token[1:-1])
        node = self.alternatives() if token == "(" else None
        if node is None or not self._rest or self._rest.pop() != ")":
            raise ShapesError(f"{self._path} is no path", expected="a path of SHACL as SPARQL writes it")
        return node

    def _next(self) -> str:
        return self._rest[-1] if self._rest else ""

    def _list(self, parts: Iterable[_Node]) -> _Node:
        rest: _Node = term("rdf:nil")
        for part in reversed(list(parts)):
            rest = self._blank("rdf:rest", rest)
            self.triples.append(Triple(rest, term("rdf:first"), part))
        return rest

    def _blank(self, predicate: str, value: _Node) -> BlankNode:
        """Make a node with one statement."""
        node = BlankNode(f"{self._name}-{self._count}" if self._count else self._name)
        self._count += 1
        self.triples.append(Triple(node, term(predicate), value))
        return node
