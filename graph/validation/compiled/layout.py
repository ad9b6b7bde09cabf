"""Query text → query text for people: short names, indentation, one thought per line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from communique.graph.terms.namespaces import shorten
from communique.graph.validation.compiled.sparql_text import Token, tokenize, write

_WIDTH = 110
_STATEMENTS = ("FILTER", "BIND", "OPTIONAL", "MINUS", "VALUES", "UNION", "GROUP", "HAVING")
_OPERATORS = ("&&", "||")
_CLOSING = {"{": "}", "(": ")"}
_SHORT = re.compile(r"[a-zA-Z]+:[A-Za-z_][\w-]*")

_Tree = list["Token | _Tree"]  # a list is a pair of brackets with what stands between them


def layout(query: str) -> str:
    """Lay out a query; IRIs of the project's prefixes become prefixed names, whose declarations stay outside."""
    tokens = [_shortened(token) for token in tokenize(query)]
    return "\n".join(line.rstrip() for line in _broken(_tree(iter(tokens)), 0))


def _shortened(token: Token) -> Token:
    short = shorten(token.text[1:-1]) if token.kind == "iri" else ""
    return Token("prefixed", short, token.is_apart) if _SHORT.fullmatch(short) else token


def _tree(tokens: Iterator[Token]) -> _Tree:
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


def _flat(tree: _Tree) -> str:
    return write(_tokens(tree))


def _tokens(tree: _Tree) -> Iterator[Token]:
    for item in tree:
        yield from _tokens(item) if isinstance(item, list) else [item]


def _broken(tree: _Tree, indent: int) -> Iterator[str]:
    """Write on lines: as it is when it fits, else bracket by bracket."""
    line = " " * indent
    for item in tree:
        piece = _flat([item])
        gap = " " if _is_apart(item) and line.strip() else ""
        if isinstance(item, list) and len(line) + len(piece) + len(gap) > _WIDTH:
            yield f"{line}{gap}{item[0].text}"  # type: ignore[union-attr]
            for part in _parts(item):
                yield from _broken(part, indent + 2)
            line = " " * indent + item[-1].text  # type: ignore[union-attr]
        else:
            line += gap + piece
    yield line


def _is_apart(item: Token | _Tree) -> bool:
    first = item[0] if isinstance(item, list) else item
    return isinstance(first, Token) and first.is_apart


def _ends(item: Token | _Tree) -> bool:
    """Tell whether a statement of a group ends here: at a dot or behind a group."""
    return item.text == "." if isinstance(item, Token) else isinstance(item[0], Token) and item[0].text == "{"


def _parts(bracket: _Tree) -> Iterable[_Tree]:
    """Cut what stands between brackets: groups into statements, expressions at their operators."""
    is_group = isinstance(bracket[0], Token) and bracket[0].text == "{"
    part: _Tree = []
    for item in bracket[1:-1]:
        starts = isinstance(item, Token) and (item.is_word(*_STATEMENTS) if is_group else item.text in _OPERATORS)
        if starts and part:
            yield part
            part = []
        part.append(item)
        if is_group and _ends(item):
            yield part
            part = []
    if part:
        yield part
