"""Scopes: how a query finds the focus nodes of a shape, all of them or given ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.shapes import Site
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import ONCE, SCOPE, Names, select, text, union
from communique.graph.validation.compiled.targets import Target, TargetClass, TargetNode

ROOT = "?this"
COUNT = "?count"


@dataclass(frozen=True, slots=True)
class Scope:
    """The focus nodes of a shape, or of a property shape inside a property shape: the nodes some steps away.

    Attributes
    ----------
    targets : declarations of the outermost shape
    steps : pattern and variable of each property shape that was entered
    """

    targets: tuple[Target, ...]
    steps: tuple[tuple[str, str], ...] = field(default=())

    @property
    def focus(self) -> str:
        """The variable of the focus node."""
        return self.variables[-1]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that together name a focus node and how it was reached."""
        return (ROOT, *(variable for _, variable in self.steps))

    def enter(self, path: Path) -> Scope:
        """Go on to the value nodes of a property shape."""
        variable = f"?node{len(self.steps) + 1}"
        # The pattern binds by itself, so that a path of no steps finds its start.
        pattern = Site(self.focus, variable, path, Names(), is_open=True).values()
        return replace(self, steps=(*self.steps, (pattern, variable)))

    def full(self, template: str) -> str:
        """Render a query over all focus nodes."""
        return self._render(template, self._targets(), once=f"{{ {self._distinct(self._targets())} }}")

    def given(self, template: str, nodes: Collection[Term]) -> str:
        """Render a query over given focus nodes, which may be IRIs and literals but no blank nodes."""
        values = named(nodes)
        once = f"{{ {self._distinct(values)} }}" if self.steps else values
        return self._render(template, values, once=once)

    def count(self) -> str:
        """Write the query for the number of focus nodes."""
        return f"SELECT (COUNT(DISTINCT {ROOT}) AS {COUNT}) WHERE {{ {self._targets()} }}"

    def find(self) -> str:
        """Write the query for all focus nodes."""
        return select([ROOT], self._targets(), is_distinct=True)

    def among(self, target: Target, nodes: Collection[Term]) -> str:
        """Write the query for those of the given nodes that are focus nodes by one of the targets."""
        return select([ROOT], target.among(ROOT, named(nodes)), is_distinct=True)

    def _targets(self) -> str:
        """Find the outermost focus nodes: class by class where the engine joins well, else each node once."""
        if len(self.targets) == 1 and isinstance(self.targets[0], TargetClass | TargetNode):
            return self.targets[0].pattern(ROOT)
        patterns = union(target.pattern(ROOT) for target in self.targets)
        return f"{{ {select([ROOT], patterns, is_distinct=True)} }}"

    def _distinct(self, start: str) -> str:
        return select([self.focus], self._entered(start), is_distinct=True)

    def _entered(self, start: str) -> str:
        """Walk the steps from where the outermost focus nodes are found."""
        for pattern, _ in self.steps:
            start = f"{start} {pattern.replace(SCOPE, start)}"
        return start

    def _render(self, template: str, start: str, once: str) -> str:
        return template.replace(SCOPE, self._entered(start)).replace(ONCE, once)


def named(nodes: Collection[Term]) -> str:
    """Write the pattern that binds the outermost focus node to given terms."""
    return f"VALUES {ROOT} {{ {' '.join(map(text, nodes))} }}"
