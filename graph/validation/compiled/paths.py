"""Property paths as values (SHACL 1.0, section 2.3.1): read from RDF and written as RDF, as SPARQL, and as expressions.

A path also lists which triples it walks over, from which follows what a change may concern.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import overload

from pyoxigraph import BlankNode, NamedNode, Triple

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import RDF, RDFS, term
from communique.graph.validation.compiled.shapes_graph import FIRST, NIL, Node, NodeStatements, Term, sh
from communique.graph.validation.compiled.sparql import FreshVariables, exists, some

# Nobody writes longer ones; paths of thousands of steps, or thousands deep, overrun the stack of the interpreter.
LONGEST, DEEPEST = 100, 50

_MARKS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}

_RDF_MARKS = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of triple that a path reads, and how a focus node gets there.

    Attributes
    ----------
    prefix : path from the focus node to the near end of the triple; None when the focus node is that end
    predicate : predicate of the triple; None for any
    is_inverse : the near end is the object of the triple, not its subject
    """

    prefix: Path | None
    predicate: NamedNode | None
    is_inverse: bool = False


class Path(ABC):
    """A property path; equal paths are equal values."""

    __slots__ = ()

    @property
    def is_nullable(self) -> bool:
        """True when the path reaches its own start without a step."""
        return False

    @abstractmethod
    def __str__(self) -> str:
        """Write the path as SPARQL does, with full IRIs; composite parts stand in parentheses."""

    @abstractmethod
    def inverted(self) -> Path:
        """Return the path that walks backwards, with ``^`` only in front of predicates."""

    @abstractmethod
    def steps(self) -> Iterator[Step]:
        """Return every kind of triple that the path reads."""


@dataclass(frozen=True, slots=True)
class PredicatePath(Path):
    """Section 2.3.1.1: one IRI."""

    iri: NamedNode

    def __str__(self) -> str:
        return str(self.iri)

    def inverted(self) -> Path:
        return InversePath(self)

    def steps(self) -> Iterator[Step]:
        yield Step(None, self.iri)


@dataclass(frozen=True, slots=True)
class AnyPredicatePath(Path):
    """One triple with whatever predicate: no path of SHACL, but what ``sh:closed`` reads."""

    def __str__(self) -> str:
        return f"{TYPE_PATH}|!{TYPE_PATH}"

    def inverted(self) -> Path:
        return InversePath(self)

    def steps(self) -> Iterator[Step]:
        yield Step(None, None)


@dataclass(frozen=True, slots=True)
class InversePath(Path):
    """Section 2.3.1.4: the path walked backwards."""

    path: Path

    @property
    def is_nullable(self) -> bool:
        return self.path.is_nullable

    def __str__(self) -> str:
        return f"^{_grouped(self.path)}"

    def inverted(self) -> Path:
        return self.path

    def steps(self) -> Iterator[Step]:
        if isinstance(self.path, PredicatePath | AnyPredicatePath):
            yield from (Step(None, step.predicate, is_inverse=True) for step in self.path.steps())
        else:
            yield from self.path.inverted().steps()


@dataclass(frozen=True, slots=True)
class SequencePath(Path):
    """Section 2.3.1.2: one path after the other; two or more."""

    parts: tuple[Path, ...]

    @property
    def is_nullable(self) -> bool:
        return all(part.is_nullable for part in self.parts)

    def __str__(self) -> str:
        return "/".join(map(_grouped, self.parts))

    def inverted(self) -> Path:
        return SequencePath(tuple(part.inverted() for part in reversed(self.parts)))

    def steps(self) -> Iterator[Step]:
        prefix: Path | None = None
        for part in self.parts:
            yield from _behind(prefix, part.steps())
            prefix = join(prefix, part)


@dataclass(frozen=True, slots=True)
class AlternativePath(Path):
    """Section 2.3.1.3: any of two or more paths."""

    parts: tuple[Path, ...]

    @property
    def is_nullable(self) -> bool:
        return any(part.is_nullable for part in self.parts)

    def __str__(self) -> str:
        return "|".join(map(_grouped, self.parts))

    def inverted(self) -> Path:
        return AlternativePath(tuple(part.inverted() for part in self.parts))

    def steps(self) -> Iterator[Step]:
        for part in self.parts:
            yield from part.steps()


@dataclass(frozen=True, slots=True)
class RepeatedPath(Path):
    """Sections 2.3.1.5 to 2.3.1.7: the path ``*`` any number of times, ``+`` once or more, ``?`` at most once."""

    path: Path
    mark: str

    @property
    def is_nullable(self) -> bool:
        return self.mark != "+" or self.path.is_nullable

    def __str__(self) -> str:
        return f"{_grouped(self.path)}{self.mark}"

    def inverted(self) -> Path:
        return RepeatedPath(self.path.inverted(), self.mark)

    def steps(self) -> Iterator[Step]:
        return self.path.steps() if self.mark == "?" else _behind(RepeatedPath(self.path, "*"), self.path.steps())


@overload
def join(first: Path | None, second: Path) -> Path: ...
@overload
def join(first: Path | None, second: Path | None) -> Path | None: ...
def join(first: Path | None, second: Path | None) -> Path | None:
    """Walk one path after the other; None is the path that stays where it is."""
    if first is None or second is None:
        return first or second
    return SequencePath((*_parts(first), *_parts(second)))


def _parts(path: Path) -> tuple[Path, ...]:
    """Open a sequence, so that sequences never nest."""
    return path.parts if isinstance(path, SequencePath) else (path,)


def _behind(prefix: Path | None, steps: Iterator[Step]) -> Iterator[Step]:
    """Put a path in front of steps."""
    return (Step(join(prefix, step.prefix), step.predicate, step.is_inverse) for step in steps)


def _grouped(path: Path) -> str:
    """Write a part of a path, in parentheses unless it is one IRI."""
    return str(path) if isinstance(path, PredicatePath) else f"({path})"


TYPE_PATH = PredicatePath(NamedNode(RDF + "type"))
SUBCLASS_PATH = PredicatePath(NamedNode(RDFS + "subClassOf"))
SUBCLASSES = RepeatedPath(SUBCLASS_PATH, "*")
INSTANCE = SequencePath((TYPE_PATH, SUBCLASSES))


def read_path(shape: NodeStatements) -> Path | None:
    """Read the path of a shape; None when it has none, ShapesError when it is ill-formed."""
    node = shape.one("path")
    return None if node is None else read_path_node(shape, node)


def read_path_node(owner: NodeStatements, node: Term) -> Path:
    """Read the path that a node stands for; errors name the owner."""
    return _Walk(owner).path(node, ())


class _Walk:
    """One reading of a path; errors name the shape."""

    def __init__(self, shape: NodeStatements) -> None:
        self._shape = shape

    def path(self, node: Term, above: tuple[Term, ...]) -> Path:
        """Read a path; ``above`` are the nodes that led here."""
        if isinstance(node, NamedNode):
            return PredicatePath(node)
        if node in above:
            raise self._wrong("a path that contains itself", "a path without a cycle")
        if len(above) > DEEPEST:
            raise self._wrong("paths inside one another", f"{DEEPEST} deep at most")
        at, inside = self._shape.graph.at(node), (*above, node)
        if at.all(FIRST):  # a list is a sequence, whatever else is said of its node
            parts = self._parts(node, inside)
            if len(parts) > LONGEST:
                raise self._wrong(f"a sequence of {len(parts):,} paths", f"{LONGEST} at most")
            return SequencePath(parts)
        alternative = at.one("alternativePath")
        if alternative is not None:
            return AlternativePath(self._parts(alternative, inside))
        inverse = at.one("inversePath")
        if inverse is not None:
            return InversePath(self.path(inverse, inside))
        for name, mark in _MARKS.items():
            inner = at.one(name)
            if inner is not None:
                return RepeatedPath(self.path(inner, inside), mark)
        raise self._wrong(f"{node} is no path", "an IRI, a list or one of the path properties of SHACL")

    def _parts(self, head: Term, above: tuple[Term, ...]) -> tuple[Path, ...]:
        parts = tuple(self.path(part, above) for part in self._shape.listed("path", head))
        if len(parts) < 2:
            raise self._wrong(f"a list of {len(parts)}", "two paths or more")
        return parts

    def _wrong(self, found: str, expected: str) -> ShapesError:
        return self._shape.ill_formed(sh("path"), found, expected, "correct the path")


def walk(path: Path, start: str, end: str, names: FreshVariables, condition: str = "true") -> str:
    """Write the expression that a path leads from ``start``, which is bound, to an ``end`` that meets a condition.

    ``end`` is a variable, new or bound, or a term.
    """
    if is_one_step(path):
        return exists(f"{start} {path} {end} ." + ("" if condition == "true" else f" FILTER({condition})"))
    if isinstance(path, SequencePath):
        first, *rest = path.parts
        between = names.fresh("step")
        onward = walk(rest[0] if len(rest) == 1 else SequencePath(tuple(rest)), between, end, names, condition)
        return walk(first, start, between, names, onward)
    if isinstance(path, AlternativePath):
        return some(walk(part, start, end, names, condition) for part in path.parts)
    if isinstance(path, InversePath):
        return walk(path.path.inverted(), start, end, names, condition)
    raise TypeError(path)


def is_one_step(path: Path) -> bool:
    """Say whether an engine looks a path up from its start without joining: repetitions are looked up as a whole."""
    if isinstance(path, AlternativePath):
        return all(map(is_one_step, path.parts))
    if isinstance(path, InversePath):
        return isinstance(path.path, PredicatePath | RepeatedPath)
    return isinstance(path, PredicatePath | RepeatedPath)


def path_to_rdf(path: Path, name: str) -> tuple[Node, list[Triple]]:
    """Write a path as RDF: the node that stands for it, and its triples, with blank nodes named after ``name``."""
    triples: list[Triple] = []
    numbers = count()

    def blank(predicate: str, value: Node) -> BlankNode:
        number = next(numbers)
        node = BlankNode(f"{name}-{number}" if number else name)
        triples.append(Triple(node, term(predicate), value))
        return node

    def listed(parts: Iterable[Node]) -> Node:
        rest: Node = NIL
        for part in reversed(list(parts)):
            rest = blank("rdf:rest", rest)
            triples.append(Triple(rest, FIRST, part))
        return rest

    def node_of(path: Path) -> Node:
        match path:
            case PredicatePath(iri):
                return iri
            case InversePath(inner):
                return blank("sh:inversePath", node_of(inner))
            case RepeatedPath(inner, mark):
                return blank(_RDF_MARKS[mark], node_of(inner))
            case AlternativePath(parts):
                return blank("sh:alternativePath", listed(map(node_of, parts)))
            case SequencePath(parts):
                return listed(map(node_of, parts))
        raise ShapesError(f"{path} is no path of SHACL")

    return node_of(path), triples
