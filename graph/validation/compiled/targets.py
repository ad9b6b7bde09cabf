"""Targets: which nodes a shape is about (SHACL 1.0, section 2.1.3, and SHACL-AF, section 3), and how they are read.

A target may be any SELECT that gives ``?this``. Nothing is pre-bound in it but the parameters of a target type, so it
may use what a constraint may not: VALUES, MINUS, LIMIT. It runs as a subquery, where no variable but ``?this`` is seen
from outside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, takewhile

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import RDFS
from communique.graph.validation.compiled.components.custom import read_parameters
from communique.graph.validation.compiled.components.sparql import read_prefixes
from communique.graph.validation.compiled.paths import INSTANCE, SUBCLASSES, TYPE_PATH, InversePath, Path, PredicatePath
from communique.graph.validation.compiled.prebinding import OUTSIDE, Template, check_syntax
from communique.graph.validation.compiled.query_reads import query_reads
from communique.graph.validation.compiled.query_text import QueryToken
from communique.graph.validation.compiled.shapes import ValueNodes
from communique.graph.validation.compiled.shapes_graph import TYPE, NodeStatements, Term, sh
from communique.graph.validation.compiled.sparql import GIVEN, THIS, FreshVariables, exists, text

TARGETS = tuple(map(sh, ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")))

_CLASS = NamedNode(RDFS + "Class")

_SELECTED = "this"

# Whether a node is among the first so many depends on all others.
_CUT = ("LIMIT", "OFFSET")


class Target(ABC):
    """One declaration of focus nodes."""

    __slots__ = ()

    @abstractmethod
    def pattern(self, node: str) -> str:
        """Write the pattern that finds the nodes; it may find a node several times."""

    def among(self, node: str, values: str) -> str:
        """Write the pattern that picks the nodes out of those that ``values`` binds."""
        return f"{values} FILTER({exists(self.pattern(node))})"

    @property
    def is_local(self) -> bool:
        """False when ``reads`` does not cover all that matters, so that any change may make any node a focus node."""
        return True

    def reads(self) -> Iterator[Path]:
        """Return the paths whose triples decide whether the node at their start is a focus node."""
        return iter(())


@dataclass(frozen=True, slots=True)
class TargetNode(Target):
    """Section 2.1.3.1: the node itself, whether or not it is in the data."""

    term: Term

    def pattern(self, node: str) -> str:
        return f"VALUES {node} {{ {text(self.term)} }}"

    def among(self, node: str, values: str) -> str:
        return f"{values} FILTER(SAMETERM({node}, {text(self.term)}))"


@dataclass(frozen=True, slots=True)
class TargetClass(Target):
    """Sections 2.1.3.2 and 2.1.3.3: the instances of the class and of its subclasses."""

    cls: NamedNode

    def pattern(self, node: str) -> str:
        return f"?type {SUBCLASSES} {self.cls} . {node} {TYPE_PATH} ?type ."

    def reads(self) -> Iterator[Path]:
        yield INSTANCE


@dataclass(frozen=True, slots=True)
class SubjectsOf(Target):
    """Section 2.1.3.4: whatever has the predicate."""

    predicate: NamedNode

    def pattern(self, node: str) -> str:
        return f"{node} {self.predicate} ?any ."

    def reads(self) -> Iterator[Path]:
        yield PredicatePath(self.predicate)


@dataclass(frozen=True, slots=True)
class ObjectsOf(Target):
    """Section 2.1.3.5: whatever the predicate leads to, literals included."""

    predicate: NamedNode

    def pattern(self, node: str) -> str:
        return f"?any {self.predicate} {node} ."

    def reads(self) -> Iterator[Path]:
        yield InversePath(PredicatePath(self.predicate))


@dataclass(frozen=True, slots=True)
class QueryTarget(Target):
    """SHACL-AF, sections 3.1 and 3.2: whatever a query selects as ``?this``.

    Attributes
    ----------
    query : SPARQL that selects one variable, marked ``THIS``; the values of parameters stand in it. ``GIVEN`` marks
        where it could be restricted to some nodes, if that would not change what it says of them
    found : paths from a focus node to what makes it one; None when that is unknown
    """

    query: str
    found: tuple[Path, ...] | None

    def pattern(self, node: str) -> str:
        return self._asked(node, "")

    def among(self, node: str, values: str) -> str:
        # Not by EXISTS: there a LIMIT or an OPTIONAL would see one node at a time.
        return self._asked(node, values) if GIVEN in self.query else f"{values} {self._asked(node, '')}"

    @property
    def is_local(self) -> bool:
        return self.found is not None

    def reads(self) -> Iterator[Path]:
        return iter(self.found or ())

    def _asked(self, node: str, values: str) -> str:
        """Write the query as a pattern of its own: a row without a value would join with any node."""
        query = self.query.replace(THIS, node).replace(GIVEN, values)
        return f"{{ {{ {query} }} FILTER(BOUND({node})) }}"


def has_targets(at: NodeStatements) -> bool:
    """Say whether a shape declares a target, well-formed or not."""
    return _is_class(at) or any(at.all(name) for name in TARGETS)


def read_targets(at: NodeStatements) -> tuple[Target, ...]:
    """Read the declarations of a shape; ShapesError where one is ill-formed."""
    found: list[Target] = [TargetNode(at.comparable("targetNode", value)) for value in at.all("targetNode")]
    found += map(TargetClass, [*at.iris("targetClass"), *([at.named] if _is_class(at) else [])])
    found += map(SubjectsOf, at.iris("targetSubjectsOf"))
    found += map(ObjectsOf, at.iris("targetObjectsOf"))
    found += (read_advanced(at, value) for value in at.all("target"))
    return tuple(dict.fromkeys(found))


def read_advanced(shape: NodeStatements, value: Term) -> QueryTarget:
    """Read a value of ``sh:target``: a query, or a target type that has one with values for its parameters."""
    at = shape.graph.at(value)
    owner = at if at.all("select") else _target_type(shape, at)
    query = owner.literal("select")
    values = () if owner is at or query is None else tuple(_values(owner, at))
    try:
        return read_query_target("" if query is None else query.value, read_prefixes(owner), values)
    except ShapesError as error:
        expected = error.expected or "a SELECT query with a variable ?this"
        found = f"{error.message}, in sh:select of {owner}"
        raise shape.ill_formed("target", found, expected, error.hint or "correct the query") from error


def _target_type(shape: NodeStatements, at: NodeStatements) -> NodeStatements:
    """Find the type of a target that selects its nodes (SHACL-AF, section 3.2)."""
    types = [shape.graph.at(node) for node in at.all(TYPE)]
    for each in types:
        if each.all("select") and shape.graph.is_instance(each.node, sh("SPARQLTargetType")):
            return each
    raise shape.ill_formed(
        "target",
        f"{at.node} has no sh:select, and no engine here knows other targets",
        "a query, an instance of a sh:SPARQLTargetType, sh:targetClass, …",
        "declare the target in SHACL Core or as a query",
    )


def _values(owner: NodeStatements, at: NodeStatements) -> Iterator[tuple[str, Term]]:
    """Return the values of the parameters of a target type, by the names of their variables."""
    for parameter in read_parameters(owner):
        value = at.one(parameter.predicate)
        if value is not None:
            yield parameter.name, at.comparable("target", value)
        elif not parameter.is_optional:
            raise at.ill_formed(parameter.predicate, "missing", f"a value for {owner}", "add it to the target")


def _is_class(at: NodeStatements) -> bool:
    """Say whether a shape is also a class, which makes it its own target."""
    is_shape = any(at.graph.is_instance(at.node, sh(kind)) for kind in ("NodeShape", "PropertyShape"))
    return is_shape and at.graph.is_instance(at.node, _CLASS)


def read_query_target(
    query: str, prefixes: Mapping[str, str], parameters: Collection[tuple[str, Term]] = ()
) -> QueryTarget:
    """Make a target of a query; ShapesError (without the shape's name) for what cannot be run.

    ``parameters`` are the values of variables that the query knows, by name.
    """
    template = Template.read(query, prefixes, OUTSIDE)
    if not {_SELECTED, "*"} & set(template.projected):
        raise ShapesError("a query that does not select ?this", hint="name the focus node ?this")
    template = Template.of(tuple(_without_blanks(template)))
    nodes = ValueNodes(THIS, THIS, None, FreshVariables())
    names = {name: THIS if name == _SELECTED else f"?{name}" for name in template.variables}
    text = template.place(nodes, names, dict(parameters)).text
    if _chooses_first(template):
        text = text.replace("{", f"{{ {GIVEN}", 1)
    elif template.projected != (_SELECTED,):
        text = f"SELECT {THIS} WHERE {{ {{ {text} }} }}"
    target = QueryTarget(text, _reads(template))
    check_syntax(f"SELECT ?this WHERE {{ {target.pattern('?this')} }}")
    return target


def _without_blanks(template: Template) -> Iterator[QueryToken]:
    """Write blank nodes as variables, which may occur in several places of one query."""
    fresh = (name for number in count(1) if (name := f"blank{number}") not in template.variables)
    names: dict[str, str] = defaultdict(lambda: f"?{next(fresh)}")
    for token in template.tokens:
        yield token._replace(kind="variable", text=names[token.text]) if token.kind == "blank" else token


def _chooses_first(template: Template) -> bool:
    """Say whether the query finds ``?this`` by a triple pattern before anything else and is not cut behind.

    Then it says the same of a node whether or not it looks at others too.
    """
    is_plain = template.projected == (_SELECTED,) and template.outermost is template.groups[0]
    if not is_plain or any(token.is_word(*_CUT) for token in template.tokens):
        return False
    inner = min((group.start for group in template.outermost.children), default=template.outermost.end)
    patterns = takewhile(
        lambda token: token.kind != "word" or token.text == "a", template.tokens[template.outermost.start + 1 : inner]
    )
    return any(token.variable == _SELECTED for token in patterns)


def _reads(template: Template) -> tuple[Path, ...] | None:
    """Return the paths over which the query reads what makes a node a focus node; None when that is unknown."""
    if any(token.is_word(*_CUT) for token in template.tokens):
        return None
    found = query_reads(Template.of(tuple(_patterns(template.tokens))), None)
    return None if found is None else tuple(read.path for read in found if read.path is not None)


def _patterns(tokens: tuple[QueryToken, ...]) -> Iterator[QueryToken]:
    """Leave out VALUES, which reads nothing, and the word MINUS, behind which stands a group like others."""
    position = 0
    while position < len(tokens):
        if tokens[position].is_word("VALUES"):
            while tokens[position].text != "}":
                position += 1
        elif not tokens[position].is_word("MINUS"):
            yield tokens[position]
        position += 1
