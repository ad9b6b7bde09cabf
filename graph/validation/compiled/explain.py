"""Checks → text for people: what a plan asks about a shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import PREFIXES, prologue, shorten
from communique.graph.validation.compiled.checks import Check
from communique.graph.validation.compiled.layout import layout
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.scopes import Scope
from communique.graph.validation.compiled.shapes import Shape
from communique.graph.validation.compiled.shapes_graph import Node


def explain(shapes: Iterable[Shape], checks: Iterable[Check], node: Node) -> str:
    """Write the focus nodes of a shape and the checks that belong to it or can report it, as SPARQL with comments."""
    about = [check for check in checks if node == check.target or any(node == part.shape for part in check.findings)]
    targeted = [shape for shape in shapes if shape.node == node]
    if not about and not targeted:
        hint = "name a shape with a target, or one that such a shape uses"
        raise ShapesError(f"{_name(node)} is not in this plan", hint=hint)
    parts = [f"# {_name(node)}: {len(about)} {'query' if len(about) == 1 else 'queries'}"]
    parts += [f"# focus nodes\n{layout(Scope(shape.targets).find())}" for shape in targeted]
    parts += ["\n".join(_described(check)) for check in about]
    body = "\n\n".join(parts)
    used = [prefix for prefix in PREFIXES if re.search(rf"(?<![\w:]){prefix}:", body)]
    return f"{prologue(used)}\n{body}\n"


def _described(check: Check) -> Iterator[str]:
    """Write a check: what it can report, what it reads, its query."""
    for finding in check.findings:
        place = "" if finding.path is None else f" on {_short(finding.path)}"
        flag = f" where {finding.flag}" if finding.flag else ""
        severity = shorten(finding.severity.value)
        yield f"# {_component(finding.component)}{place}, {severity} of {_name(finding.shape)}{flag}"
    reads = ", ".join(map(_short, check.reads)) or "nothing but the focus node"
    yield f"# reads {reads}" if check.is_local else "# not local: runs on all focus nodes after any change"
    yield layout(check.scope.full(check.template))


def _name(node: Node) -> str:
    return shorten(node.value) if isinstance(node, NamedNode) else str(node)


def _component(component: NamedNode) -> str:
    return shorten(component.value).removesuffix("ConstraintComponent")


def _short(path: Path) -> str:
    return re.sub(r"<([^>]*)>", lambda iri: shorten(iri[1]), str(path))
