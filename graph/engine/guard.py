"""What is known of a query from its text alone: what is refused, and whether it names its dataset.

pyoxigraph has no parser without evaluation, so its algebra cannot be inspected, and a tokeniser of our own would
read some texts otherwise than its parser does (``?a<?b)SERVICE#>``). What concerns safety is therefore searched in
the raw text: a SERVICE inside a string may be refused needlessly, none can pass. Behind it stands the network
namespace of the worker; the refusal is needed because ``SERVICE SILENT`` without a network answers as if the remote
endpoint were empty.
"""

from __future__ import annotations

import re

from pyoxigraph import Store

from communique.graph.errors import QueryRefused
from communique.graph.terms.namespaces import ID

DEEPEST = 500

_GAP = r"(?:\s|\#[^\r\n]*+(?:[\r\n]|\Z))*+"

# A variable or the local part of a prefixed name takes in every name character that follows it, so a SERVICE in
# there is no keyword. Anything else that ends in these letters may be one: the parser needs no space before it.
_SERVICE = re.compile(
    rf"""[?$][A-Za-z0-9_]*+
      | :[A-Za-z0-9_-]*+
      | (?P<call> service {_GAP} (?:silent {_GAP})? (?: [<?$] | [^\s:<>"{{}}|^`\\()?$]*+: ))""",
    re.IGNORECASE | re.VERBOSE,
)
_UPDATE = re.compile(
    rf"""(?: {_GAP} (?: BASE {_GAP} | PREFIX {_GAP} [^\s:]*+: {_GAP} ) <[^>]*+> )*+ {_GAP}
      (?P<word> INSERT | DELETE | LOAD | CLEAR | DROP | CREATE | ADD | MOVE | COPY | WITH ) \b""",
    re.IGNORECASE | re.VERBOSE,
)
_OPAQUE = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+""" | \'\'\'(?:[^'\\]|\\.|'(?!\'\'))*+\'\'\' | "(?:[^"\\\r\n]|\\.)*+"
      | '(?:[^'\\\r\n]|\\.)*+' | \#[^\r\n]*+ | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)''',
    re.VERBOSE | re.DOTALL,
)
_FROM = re.compile(r"(?<![\w:?$@.-])from\s*(?:named\s*)?(?:<>|(?<=\s)[\w.-]*:)", re.IGNORECASE)
_BRACKET = re.compile(r"[][(){}]")


def check(text: str, longest: int) -> None:
    """Raise QueryRefused for what is never evaluated here; ``longest`` counts characters."""
    if len(text) > longest:
        raise QueryRefused(f"the query has {len(text):,} characters", expected=f"at most {longest:,}")
    if update := _UPDATE.match(text):
        raise QueryRefused(
            f"{update['word'].upper()} is an update", expected="SELECT, ASK, CONSTRUCT or DESCRIBE", hint=_READ_ONLY
        )
    if any(match["call"] for match in _SERVICE.finditer(text)):
        raise QueryRefused("SERVICE asks another endpoint", hint=_NO_FEDERATION)
    if (depth := nesting(text)) > DEEPEST:
        raise QueryRefused(f"brackets are nested {depth} deep", expected=f"at most {DEEPEST}")


def listed_graphs(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """List the graphs of the ``FROM`` and of the ``FROM NAMED`` clauses, when there are several; otherwise None.

    The engine reads one clause rightly by itself, but answers several from a bag. The IRIs are absolute. QueryRefused
    when rdflib's parser, which reads the clauses, does not know the rest of the query; a text that is no SPARQL at all
    is left to the engine to refuse.
    """
    if len(_FROM.findall(_without_opaque(text))) < 2:
        return None
    from rdflib.plugins.sparql.algebra import translatePrologue  # here, because few queries need it and it loads slowly
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        declared, query = parseQuery(text)
        prologue = translatePrologue(declared, ID)
        clauses = query.get("datasetClause") or ()
        default = tuple(str(prologue.absolutize(each.default)) for each in clauses if "default" in each)
        named = tuple(str(prologue.absolutize(each.named)) for each in clauses if "named" in each)
    except Exception as error:  # what rdflib raises is not documented
        if _is_readable(text):
            raise QueryRefused(
                "the graphs of several FROM clauses cannot be read in this query",
                hint="list them beside it, as default-graph-uri and named-graph-uri; or choose with GRAPH",
            ) from error
        return None
    return default, named


def nesting(text: str) -> int:
    """Measure how deep brackets of all kinds are nested; the parser overflows its stack at some thousand."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_without_opaque(text)):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _is_readable(text: str) -> bool:
    """Whether the engine takes the text as a query."""
    try:
        Store().query(text, base_iri=ID)
    except SyntaxError:
        return False
    return True


def _without_opaque(text: str) -> str:
    """Blank out strings and comments and empty the IRIs."""
    return _OPAQUE.sub(lambda match: "<>" if match["iri"] else " ", text)


_READ_ONLY = "this endpoint only answers queries; data enters through `communique build`"
_NO_FEDERATION = "query each endpoint for itself and join at home; queries here never leave the machine"
