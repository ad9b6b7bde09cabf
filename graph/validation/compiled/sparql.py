"""Small pieces of SPARQL text: terms, boolean expressions, fresh variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from pyoxigraph import BlankNode, QuerySolution

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.shapes_graph import Term

# Placeholders for "the focus nodes" until a query is rendered: SCOPE may bind a focus node several times,
# ONCE binds each of them once, for queries whose rows are counted. In the query of a target, THIS stands for the
# variable that it selects and GIVEN for the nodes that it may choose from. No SPARQL text holds these characters.
SCOPE = "\ue000"
ONCE = "\ue001"
THIS = "\ue002"
GIVEN = "\ue003"


class FreshVariables:
    """Fresh variables, the same ones at each compilation."""

    def __init__(self) -> None:
        self._numbers: Iterator[int] = count(1)

    def fresh(self, stem: str) -> str:
        """Make a variable that no other pattern of the same query uses."""
        return f"?{stem}{next(self._numbers)}"


def text(term: Term) -> str:
    """Write a term; ShapesError for a blank node, which no query text can name."""
    if isinstance(term, BlankNode):
        raise ShapesError(
            f"a blank node ({term}) as a value to compare with",
            expected="an IRI or a literal",
            hint="a blank node of the shapes is no node of the data: give it an IRI",
        )
    return str(term)


def every(expressions: Iterable[str]) -> str:
    """Join expressions that must all hold; none at all holds."""
    parts = [part for part in expressions if part != "true"]
    if len(parts) < 2:
        return parts[0] if parts else "true"
    return " && ".join(f"({part})" if " || " in part else part for part in parts)


def some(expressions: Iterable[str]) -> str:
    """Join expressions of which one must hold; none at all does not."""
    parts = [part for part in expressions if part != "false"]
    return " || ".join(parts) or "false"


def sure(expression: str) -> str:
    """Take an error of evaluation for false."""
    return f"COALESCE({expression}, false)"


class _Existence(str):
    """An expression that is one EXISTS or NOT EXISTS and nothing else, so that its negation is the other."""

    __slots__ = ()


def exists(pattern: str) -> str:
    """Say whether a pattern has a solution."""
    return _Existence(f"EXISTS {{ {pattern} }}")


def no(pattern: str) -> str:
    """Say whether a pattern has no solution."""
    return _Existence(f"NOT EXISTS {{ {pattern} }}")


def negated(expression: str) -> str:
    """Say that an expression is false."""
    if expression == "true":
        return "false"
    if not isinstance(expression, _Existence):
        return f"!({expression})"
    is_negative = expression.startswith("NOT ")
    return _Existence(expression.removeprefix("NOT ") if is_negative else f"NOT {expression}")


def union(patterns: Iterable[str]) -> str:
    """Join patterns of which each gives solutions."""
    patterns = list(patterns)
    if len(patterns) == 1:
        return patterns[0]
    return " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)


def nesting(query: str) -> int:
    """Count how deep brackets are nested; those in strings count too."""
    deepest = depth = 0
    for character in query:
        depth += (character in "{(") - (character in "})")
        deepest = max(deepest, depth)
    return deepest


def bound(row: QuerySolution, variable: str | None) -> Term | None:
    """Return the value of a variable in a row; None where it has none, or where there is no such variable."""
    return None if variable is None else row[variable.removeprefix("?")]


def select(variables: Iterable[str], pattern: str, *, tail: str = "", is_distinct: bool = False) -> str:
    """Write a SELECT query."""
    return f"SELECT {'DISTINCT ' if is_distinct else ''}{' '.join(variables)} WHERE {{ {pattern} }}{tail}"


def value_text(term: object) -> str:
    """Write a term for people: an IRI or a string without brackets or quotes."""
    return str(getattr(term, "value", term))
