"""What is refused of a query by its text alone.

pyoxigraph has no parser without evaluation, so its algebra cannot be inspected, and a tokeniser of our own would
read some texts otherwise than its parser does (``?a<?b)SERVICE#>``). What concerns safety is therefore searched in
the raw text: a SERVICE inside a string may be refused needlessly, none can pass. Behind it stands the network
namespace of the worker; the refusal is needed because ``SERVICE SILENT`` without a network answers as if the remote
endpoint were empty.
"""

from __future__ import annotations

import re

from communique.graph.errors import QueryRefused

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
      | '(?:[^'\\\r\n]|\\.)*+' | \#[^\r\n]*+ | <(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]{4,8})*+> | \\.''',
    re.VERBOSE | re.DOTALL,
)
_BRACKET = re.compile(r"[][(){}]")


def check(text: str, longest: int) -> None:
    """Raise QueryRefused for what is never evaluated here; ``longest`` counts characters."""
    if len(text) > longest:
        raise QueryRefused(f"the query has {len(text):,} characters", expected=f"at most {longest:,}")
    if update := _UPDATE.match(text):
        raise QueryRefused(
            f"{update['word'].upper()} is an update", expected="SELECT, ASK, CONSTRUCT or DESCRIBE", hint=_READ_ONLY
        )
    refuse_service(text)
    if (depth := nesting(text)) > DEEPEST:
        raise QueryRefused(f"brackets are nested {depth} deep", expected=f"at most {DEEPEST}")


def refuse_service(text: str) -> None:
    """Raise QueryRefused for a query or an update that may call another endpoint."""
    if any(match["call"] for match in _SERVICE.finditer(text)):
        raise QueryRefused("SERVICE asks another endpoint", hint=_NO_FEDERATION)


def nesting(text: str) -> int:
    """Measure how deep brackets of all kinds are nested; the parser overflows its stack at some thousand.

    A courtesy: where a ``<`` that is no IRI hides brackets (``?a<?b&&?c='>'``), the process of the query dies instead.
    """
    depth = deepest = 0
    for bracket in _BRACKET.findall(_without_opaque(text)):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _without_opaque(text: str) -> str:
    """Blank out strings, comments, IRIs and escaped characters of names."""
    return _OPAQUE.sub(" ", text)


_READ_ONLY = "this endpoint only answers queries; data enters through `communique build`"
_NO_FEDERATION = "query each endpoint for itself and join at home; queries here never leave the machine"
