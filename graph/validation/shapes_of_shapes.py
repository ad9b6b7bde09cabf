"""Shapes judged by the shapes of SHACL itself (SHACL 1.0, appendix C), which are compiled like any others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Store, parse

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled import Plan, compile_shapes
from communique.graph.validation.results import ValidationReport
from communique.graph.validation.view import View

_BASE = "http://www.w3.org/ns/shacl-shacl"
_FILE = "assets/shacl-shacl.ttl"


def check_shapes(shapes: Iterable[Quad]) -> ValidationReport:
    """Check a shapes graph of any size; what no shape can say of shapes, such as recursion, is left to the compiler."""
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in shapes)
    return _plan().validate(View(store).select)


@cache
def _plan() -> Plan:
    """Compile the file that pySHACL brings, without importing pySHACL, which takes longer than all the rest."""
    found = find_spec("pyshacl")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise ShapesError("pyshacl is not installed", hint="pip install pyshacl")
    return compile_shapes(parse(path=str(Path(folders[0]) / _FILE), format=RdfFormat.TURTLE, base_iri=_BASE))
