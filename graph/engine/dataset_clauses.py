r"""The ``FROM`` and ``FROM NAMED`` clauses of a query: which graphs they list.

They stand before the first pattern, so rdflib's productions for that part of a query find them, whatever the patterns
behind are. rdflib only says where each name stands; what a name means is asked of the engine, so that prefixes, bases
and escapes count as they do when it evaluates the query.

The two parsers differ in three things: what ends a comment; escapes, which rdflib replaces before it parses, so that
``\u0022`` ends a string; and names whose prefix is not declared, which the engine takes apart (``NAMEDx:a`` as
``NAMED x:a``). The first two are evened out here; a text with the third is refused.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode, QuerySolutions, Store

from communique.graph.errors import QueryRefused
from communique.graph.terms.namespaces import ID

if TYPE_CHECKING:
    from pyparsing import ParserElement

_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[^\r\n]")
_BLANKS = str.maketrans("\t\r", " \n")
# What can follow the clauses. Anything else is a sign that one of them was not read.
_BEHIND = ("{", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_KINDS = ("prologue", "described", "default", "named")


class ListedGraphs(NamedTuple):
    """IRIs behind ``FROM`` and behind ``FROM NAMED``, absolute, in the order of the text and as often."""

    default: tuple[str, ...]
    named: tuple[str, ...]


def listed_graphs(text: str) -> ListedGraphs | None:
    """List the graphs of the dataset clauses, when there are several; otherwise None.

    The engine reads one clause rightly by itself, but answers several from a bag. QueryRefused when the clauses cannot
    be read and the engine knows the query; a text that is no SPARQL is left to it to refuse.
    """
    if text.lower().count("from") < 2:  # the engine knows no other spelling of the keyword
        return None
    try:
        found = _read(text)
    except Exception as error:  # what rdflib raises is not documented
        if not _is_readable(text):
            return None
        raise QueryRefused(
            "the graphs of several FROM clauses cannot be read in this query",
            hint="list them beside it, as default-graph-uri and named-graph-uri; or choose with GRAPH",
        ) from error
    return found if len(found.default) + len(found.named) > 1 else None


def _read(text: str) -> ListedGraphs:
    """Read the clauses of a text; some exception where either parser does not know them."""
    found = _head().parse_string(_evened(text)).as_dict()
    names = {kind: [text[each["locn_start"] : each["locn_end"]] for each in found.get(kind, ())] for kind in _KINDS}
    (prologue,) = names["prologue"]
    _expand(prologue, names["described"])
    return ListedGraphs(_expand(prologue, names["default"]), _expand(prologue, names["named"]))


def _evened(text: str) -> str:
    """Replace what rdflib reads otherwise than the engine, character by character, so that all places stay.

    An escape becomes letters: where the engine takes one, it ends nothing.
    """
    return _ESCAPE.sub(lambda match: "x" * len(match[0]), text).translate(_BLANKS)


@cache
def _head() -> ParserElement:
    """Make the grammar of a query up to its first pattern (SPARQL 1.1, productions 4 to 13); its results are places."""
    import pyparsing as grammar  # here, because few queries need it and it loads slowly
    from rdflib.plugins.sparql import parser

    def placed(element: ParserElement, kind: str) -> ParserElement:
        return grammar.Located(element).set_results_name(kind, list_all_matches=True)

    def word(text: str) -> ParserElement:
        return grammar.CaselessKeyword(text).suppress()

    # Not rdflib's own, in which "#" at the beginning of an IRI begins a comment.
    iri = grammar.Regex(r'<[^<>"{}|^`\\\x00-\x20]*>')
    name = iri | parser.PrefixedName
    prologue = grammar.ZeroOrMore(word("BASE") + iri | word("PREFIX") + parser.PNAME_NS + iri)
    clause = word("FROM") + (placed(name, "default") | word("NAMED") + placed(name, "named"))
    described = grammar.OneOrMore(parser.Var.suppress() | placed(name, "described")) | "*"
    form = (
        parser.SelectClause.suppress()
        | word("ASK")
        | word("DESCRIBE") + described
        | word("CONSTRUCT") + (parser.ConstructTemplate.suppress() | grammar.FollowedBy(word("FROM") | word("WHERE")))
    )
    behind = grammar.StringEnd() | grammar.MatchFirst([grammar.CaselessLiteral(sign) for sign in _BEHIND])
    start = placed(prologue, "prologue")
    return (start + form + grammar.ZeroOrMore(clause) + grammar.FollowedBy(behind)).ignore("#" + grammar.rest_of_line)


def _expand(prologue: str, names: list[str]) -> tuple[str, ...]:
    """Let the engine say which IRIs some names stand for; SyntaxError when it does not know one."""
    values = "\n".join(names)
    found = Store().query(f"{prologue}\nSELECT ?name {{ VALUES ?name {{\n{values}\n}} }}", base_iri=ID)
    assert isinstance(found, QuerySolutions)
    iris = [row["name"] for row in found]
    if len(iris) != len(names):
        raise ValueError("a name that is more than one")
    return tuple(iri.value for iri in iris if isinstance(iri, NamedNode))


def _is_readable(text: str) -> bool:
    """Whether the engine takes the text as a query."""
    try:
        Store().query(text, base_iri=ID)
    except SyntaxError:
        return False
    return True
