"""The engines that run shapes, by name: one signature, equal reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import MappingProxyType

from pyoxigraph import Store

from communique.graph.errors import ShapesError
from communique.graph.validation import oracle
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

# Checks a view with shapes and counts the focus nodes of each.
Engine = Callable[[View, Store], ValidationReport]


def validate_compiled(view: View, shapes: Store) -> ValidationReport:
    """Check a view with the queries that the shapes compile to; ShapesError for a construct that does not compile."""
    return _plan(shapes).validate(view.select)


@cache
def _plan(shapes: Store) -> Plan:
    """Compile shapes once; a store of shapes is told from others by its identity."""
    return compile_shapes(shapes)


ENGINES = MappingProxyType({"pyshacl": oracle.validate_view, "sparql": validate_compiled})


def find_engine(name: str) -> Engine:
    """Find an engine by its name; ShapesError when there is none."""
    if name not in ENGINES:
        raise ShapesError(f"no engine {name!r} runs shapes here", expected=" or ".join(ENGINES))
    return ENGINES[name]
