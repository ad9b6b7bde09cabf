"""What a plan asks about a shape, as text for people: short names, indentation, one thought per line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import PREFIXES, prologue, shorten
from communique.graph.validation.compiled.checks import Check
from communique.graph.validation.compiled.focus import Scope
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.query_text import QueryToken, tokenize, write
from communique.graph.validation.compiled.shapes import Shape
from communique.graph.validation.compiled.shapes_graph import Node

_WIDTH = 110

_STATEMENTS = ("FILTER", "BIND", "OPTIONAL", "MINUS", "VALUES", "UNION", "GROUP", "HAVING")

_OPERATORS = ("&&", "||")

_CLOSING = {"{": "}", "(": ")"}

_SHORT = re.compile(r"[a-zA-Z]+:[A-Za-z_][\w-]*")

_Tree = list["QueryToken | _Tree"]  # a list is a pair of brackets with what stands between them


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
        component = shorten(finding.component.value).removesuffix("ConstraintComponent")
        yield f"# {component}{place}, {severity} of {_name(finding.shape)}{flag}"
    reads = ", ".join(map(_short, check.reads)) or "nothing but the focus node"
    yield f"# reads {reads}" if check.is_local else "# not local: runs on all focus nodes after any change"
    yield layout(check.scope.full(check.template))


def _name(node: Node) -> str:
    return shorten(node.value) if isinstance(node, NamedNode) else str(node)


def _short(path: Path) -> str:
    return re.sub(r"<([^>]*)>", lambda iri: shorten(iri[1]), str(path))


def layout(query: str) -> str:
    """Lay out a query; IRIs of the project's prefixes become prefixed names, whose declarations stay outside."""
    tokens = [_shortened(token) for token in tokenize(query)]
    return "\n".join(line.rstrip() for line in _broken(_tree(iter(tokens)), 0))


def _shortened(token: QueryToken) -> QueryToken:
    short = shorten(token.text[1:-1]) if token.kind == "iri" else ""
    return QueryToken("prefixed", short, token.is_apart) if _SHORT.fullmatch(short) else token


def _tree(tokens: Iterator[QueryToken]) -> _Tree:
    """Nest tokens by their brackets, up to the closing one."""
    found: _Tree = []
    for token in tokens:
        if token.text in _CLOSING:
            found.append([token, *_tree(tokens)])
            continue
        found.append(token)
        if token.text in {"}", ")"}:
            break
    return found


def _tokens(tree: _Tree) -> Iterator[QueryToken]:
    for item in tree:
        yield from _tokens(item) if isinstance(item, list) else [item]


def _broken(tree: _Tree, indent: int) -> Iterator[str]:
    """Write on lines: as it is when it fits, else bracket by bracket."""
    line = " " * indent
    for item in tree:
        piece = write(_tokens([item]))
        gap = " " if _is_apart(item) and line.strip() else ""
        if isinstance(item, list) and len(line) + len(piece) + len(gap) > _WIDTH:
            yield f"{line}{gap}{item[0].text}"  # type: ignore[union-attr]
            for part in _parts(item):
                yield from _broken(part, indent + 2)
            line = " " * indent + item[-1].text  # type: ignore[union-attr]
        else:
            line += gap + piece
    yield line


def _is_apart(item: QueryToken | _Tree) -> bool:
    first = item[0] if isinstance(item, list) else item
    return isinstance(first, QueryToken) and first.is_apart


def _parts(bracket: _Tree) -> Iterable[_Tree]:
    """Cut what stands between brackets: groups into statements, expressions at their operators."""
    is_group = isinstance(bracket[0], QueryToken) and bracket[0].text == "{"
    part: _Tree = []
    for item in bracket[1:-1]:
        starts = isinstance(item, QueryToken) and (item.is_word(*_STATEMENTS) if is_group else item.text in _OPERATORS)
        if starts and part:
            yield part
            part = []
        part.append(item)
        # A statement of a group ends at a dot or behind a group.
        last = item[0] if isinstance(item, list) else item
        if is_group and isinstance(last, QueryToken) and last.text == ("." if last is item else "{"):
            yield part
            part = []
    if part:
        yield part
