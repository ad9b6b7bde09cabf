"""Facts with ``{column}`` in them → facts with marks, which are found again in identifiers and in the place of values.

The facts of a table have the form of authored documents, and the same reader writes them out: a placeholder in an
identifier is read as a step that no author would choose, one in the place of a value as a node of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from communique.graph.errors import AT_ONCE, Faults, MappingError
from communique.graph.mapping.nodes import identify
from communique.graph.mapping.tables.columns import Column
from communique.graph.mapping.values import Hole
from communique.graph.sources.tree import Block, Listing, Part, Place, Scalar, wrong
from communique.graph.terms.spelling import did_you_mean
from communique.graph.terms.vocabulary import Term

# Kinds of column whose value is a node of the graph, and the first step of its identifier unless the column says so.
ENTITIES: Mapping[str, str] = {"state": "state", "code": "state", "entity": "org", "node": "org"}
# How the address of something elsewhere begins.
ADDRESS = ("https://", "http://")
ASPECTS = ("text", "minted", "first", "last", "year")

_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)(?:\.(?P<aspect>[a-z]+))?(?:\|(?P<default>[^{}]*))?\}")
_STEP = re.compile(r"zq(\d+)zq")
_MARK = "urn:x-communique:mark:"


@dataclass(frozen=True, slots=True)
class Reference:
    """A placeholder: a column, which aspect of its value, and the text that stands there when it is missing."""

    column: str
    aspect: str = ""
    default: str | None = None


Pattern = tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that a row gives to a property; ``bound`` names a bound of a period."""

    pattern: Pattern
    term: Term
    bound: str
    place: Place


@dataclass(slots=True)
class Holes:
    """The placeholders of one table."""

    columns: Mapping[str, Column]
    faults: Faults = AT_ONCE
    references: list[Reference] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def punch(self, part: Part) -> Part:
        """Put marks in the place of placeholders; what has one that no column declares is a fault and is left out."""
        if isinstance(part, Scalar):
            return self._punch_text(part)
        items: list[Part] = []
        if isinstance(part, Listing):
            for item in part.items:
                with self.faults.gathered():
                    items.append(self.punch(item))
            return Listing(tuple(items), part.place)
        entries: list[tuple[Scalar, Part]] = []
        for key, value in part:
            with self.faults.gathered():
                entries.append((self._punch_text(key), self.punch(value)))
        return Block(tuple(entries), part.place)

    def find(self, value: object) -> Mark | None:
        """Give the mark that stands in the place of a value."""
        is_mark = isinstance(value, NamedNode) and value.value.startswith(_MARK)
        return self.marks[int(value.value.removeprefix(_MARK))] if is_mark else None  # type: ignore[attr-defined]

    def split(self, identifier: str) -> Pattern:
        """Take an identifier apart into texts and references."""
        pieces = _STEP.split(identifier)
        return tuple(
            self.references[int(piece)] if number % 2 else piece for number, piece in enumerate(pieces) if piece
        )

    def restore(self, text: str) -> str:
        """Write the placeholders in a text as they were."""
        return _STEP.sub(lambda found: "{" + self.references[int(found[1])].column + "}", text)

    def is_node(self, identifier: str) -> bool:
        """Tell whether an identifier is a node that a column gives, and nothing else."""
        pattern = self.split(identifier)
        whole = pattern[-1]
        if len(pattern) != 2 or not isinstance(whole, Reference) or whole.aspect:
            return False
        kind = self.kind_of(whole.column)
        return kind is not None and pattern[0] == f"{kind}/"

    def explain(self, error: MappingError) -> MappingError:
        """Give an error with its placeholders as they were written."""
        expected = error.expected and self.restore(error.expected)
        mended = MappingError(self.restore(error.message), expected=expected, hint=error.hint)
        mended.path, mended.line, mended.column = error.path, error.line, error.column
        return mended

    def kind_of(self, column: str) -> str | None:
        """Give the first step of the identifiers in a column of nodes; None for any other column."""
        found = self.columns[column]
        return found.text("kind") or ENTITIES[found.kind] if found.kind in ENTITIES else None

    def _punch_text(self, text: Scalar) -> Scalar:
        """Put marks into one text."""
        pattern = self._parse(text)
        if not any(isinstance(piece, Reference) for piece in pattern):
            return text
        return Blank(self._stand_in(pattern), text.place, self, pattern)

    def _stand_in(self, pattern: Pattern) -> str:
        """Write a pattern as an identifier could be; a whole node as one of its kind."""
        whole = pattern[0]
        if len(pattern) == 1 and isinstance(whole, Reference) and (kind := self.kind_of(whole.column)):
            return f"{kind}/{self._step(whole)}"
        return "".join(piece if isinstance(piece, str) else self._step(piece) for piece in pattern)

    def _step(self, reference: Reference) -> str:
        """Write a reference as a step."""
        if reference not in self.references:
            self.references.append(reference)
        return f"zq{self.references.index(reference)}zq"

    def _parse(self, text: Scalar) -> Pattern:
        """Find the placeholders of a text."""
        pieces: list[str | Reference] = []
        end = 0
        for found in _PLACEHOLDER.finditer(text.text):
            pieces.append(text.text[end : found.start()])
            pieces.append(self._refer(found, text.place))
            end = found.end()
        pieces.append(text.text[end:])
        return tuple(piece for piece in pieces if piece != "")

    def _refer(self, found: re.Match[str], place: Place) -> Reference:
        """Read one placeholder."""
        name, aspect = found["name"], found["aspect"] or ""
        if name not in self.columns:
            hint = did_you_mean(name, self.columns)
            raise wrong(place, f"{{{name}}} is no column of this table", expected=", ".join(self.columns), hint=hint)
        if aspect and aspect not in ASPECTS:
            raise wrong(place, f"{found[0]}: no aspect {aspect!r}", expected=", ".join(ASPECTS))
        return Reference(name, aspect, found["default"])


@dataclass(frozen=True, slots=True)
class Blank(Hole):
    """A text with placeholders."""

    holes: Holes
    pattern: Pattern

    def mark(self, term: Term, bound: str = "") -> NamedNode:
        """Stand in the place of a value."""
        is_node = term.datatype is None and term.scheme is None
        if is_node and len(self.pattern) > 1 and not self.text.startswith(ADDRESS):
            return identify(Scalar(self.text, self.place))
        self.holes.marks.append(Mark(self.pattern, term, bound, self.place))
        return NamedNode(f"{_MARK}{len(self.holes.marks) - 1}")
