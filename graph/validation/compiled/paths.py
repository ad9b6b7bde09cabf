"""Property paths as values: how SPARQL writes them, which triples they walk over (SHACL 1.0, section 2.3.1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import RDF, RDFS


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
        """Give the path that walks backwards, with ``^`` only in front of predicates."""

    @abstractmethod
    def steps(self) -> Iterator[Step]:
        """Give every kind of triple that the path reads."""


@dataclass(frozen=True, slots=True)
class Predicate(Path):
    """Section 2.3.1.1: one IRI."""

    iri: NamedNode

    def __str__(self) -> str:
        return str(self.iri)

    def inverted(self) -> Path:
        return Inverse(self)

    def steps(self) -> Iterator[Step]:
        yield Step(None, self.iri)


@dataclass(frozen=True, slots=True)
class AnyPredicate(Path):
    """One triple with whatever predicate: no path of SHACL, but what ``sh:closed`` reads."""

    def __str__(self) -> str:
        return f"{TYPE}|!{TYPE}"

    def inverted(self) -> Path:
        return Inverse(self)

    def steps(self) -> Iterator[Step]:
        yield Step(None, None)


@dataclass(frozen=True, slots=True)
class Inverse(Path):
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
        if isinstance(self.path, Predicate | AnyPredicate):
            yield from (Step(None, step.predicate, is_inverse=True) for step in self.path.steps())
        else:
            yield from self.path.inverted().steps()


@dataclass(frozen=True, slots=True)
class Sequence(Path):
    """Section 2.3.1.2: one path after the other; two or more."""

    parts: tuple[Path, ...]

    @property
    def is_nullable(self) -> bool:
        return all(part.is_nullable for part in self.parts)

    def __str__(self) -> str:
        return "/".join(map(_grouped, self.parts))

    def inverted(self) -> Path:
        return Sequence(tuple(part.inverted() for part in reversed(self.parts)))

    def steps(self) -> Iterator[Step]:
        prefix: Path | None = None
        for part in self.parts:
            yield from _behind(prefix, part.steps())
            prefix = join(prefix, part)


@dataclass(frozen=True, slots=True)
class Alternative(Path):
    """Section 2.3.1.3: any of two or more paths."""

    parts: tuple[Path, ...]

    @property
    def is_nullable(self) -> bool:
        return any(part.is_nullable for part in self.parts)

    def __str__(self) -> str:
        return "|".join(map(_grouped, self.parts))

    def inverted(self) -> Path:
        return Alternative(tuple(part.inverted() for part in self.parts))

    def steps(self) -> Iterator[Step]:
        for part in self.parts:
            yield from part.steps()


@dataclass(frozen=True, slots=True)
class Repeated(Path):
    """Sections 2.3.1.5 to 2.3.1.7: the path ``*`` any number of times, ``+`` once or more, ``?`` at most once."""

    path: Path
    mark: str

    @property
    def is_nullable(self) -> bool:
        return self.mark != "+" or self.path.is_nullable

    def __str__(self) -> str:
        return f"{_grouped(self.path)}{self.mark}"

    def inverted(self) -> Path:
        return Repeated(self.path.inverted(), self.mark)

    def steps(self) -> Iterator[Step]:
        return self.path.steps() if self.mark == "?" else _behind(Repeated(self.path, "*"), self.path.steps())


@overload
def join(first: Path | None, second: Path) -> Path: ...
@overload
def join(first: Path | None, second: Path | None) -> Path | None: ...
def join(first: Path | None, second: Path | None) -> Path | None:
    """Walk one path after the other; None is the path that stays where it is."""
    if first is None or second is None:
        return first or second
    return Sequence((*_parts(first), *_parts(second)))


def _parts(path: Path) -> tuple[Path, ...]:
    """Open a sequence, so that sequences never nest."""
    return path.parts if isinstance(path, Sequence) else (path,)


def _behind(prefix: Path | None, steps: Iterator[Step]) -> Iterator[Step]:
    """Put a path in front of steps."""
    return (Step(join(prefix, step.prefix), step.predicate, step.is_inverse) for step in steps)


def _grouped(path: Path) -> str:
    """Write a part of a path, in parentheses unless it is one IRI."""
    return str(path) if isinstance(path, Predicate) else f"({path})"


TYPE = Predicate(NamedNode(RDF + "type"))
SUBCLASS = Predicate(NamedNode(RDFS + "subClassOf"))
SUBCLASSES = Repeated(SUBCLASS, "*")
INSTANCE = Sequence((TYPE, SUBCLASSES))
