"""Queries of targets: any SELECT that gives ``?this``, made a part of other queries (SHACL-AF, section 3).

Nothing is pre-bound in them but the parameters of a target type, so they may use what a constraint may not: VALUES,
MINUS, LIMIT. They run as subqueries, where no variable but ``?this`` is seen from outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import count, takewhile

from communique.graph.errors import ShapesError
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.prebinding import OUTSIDE, Template, check_syntax
from communique.graph.validation.compiled.query_reads import query_reads
from communique.graph.validation.compiled.shapes import Site
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import GIVEN, THIS, Names
from communique.graph.validation.compiled.sparql_text import Token
from communique.graph.validation.compiled.targets import QueryTarget

_SELECTED = "this"
# Whether a node is among the first so many depends on all others.
_CUT = ("LIMIT", "OFFSET")


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
    site = Site(THIS, THIS, None, Names())
    names = {name: THIS if name == _SELECTED else f"?{name}" for name in template.variables}
    text = template.place(site, names, dict(parameters)).text
    if _chooses_first(template):
        text = text.replace("{", f"{{ {GIVEN}", 1)
    elif template.projected != (_SELECTED,):
        text = f"SELECT {THIS} WHERE {{ {{ {text} }} }}"
    target = QueryTarget(text, _reads(template))
    check_syntax(f"SELECT ?this WHERE {{ {target.pattern('?this')} }}")
    return target


def _without_blanks(template: Template) -> Iterator[Token]:
    """Write blank nodes as variables, which may occur in several places of one query."""
    fresh = (name for number in count(1) if (name := f"blank{number}") not in template.variables)
    names: dict[str, str] = defaultdict(lambda: f"?{next(fresh)}")
    for token in template.tokens:
        yield replace(token, kind="variable", text=names[token.text]) if token.kind == "blank" else token


def _chooses_first(template: Template) -> bool:
    """Tell whether the query finds ``?this`` by a triple pattern before anything else and is not cut behind.

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
    """Give the paths over which the query reads what makes a node a focus node; None when that cannot be told."""
    if any(token.is_word(*_CUT) for token in template.tokens):
        return None
    found = query_reads(Template.of(tuple(_patterns(template.tokens))), None)
    return None if found is None else tuple(read.path for read in found if read.path is not None)


def _patterns(tokens: tuple[Token, ...]) -> Iterator[Token]:
    """Leave out VALUES, which reads nothing, and the word MINUS, behind which stands a group like others."""
    position = 0
    while position < len(tokens):
        if tokens[position].is_word("VALUES"):
            while tokens[position].text != "}":
                position += 1
        elif not tokens[position].is_word("MINUS"):
            yield tokens[position]
        position += 1
