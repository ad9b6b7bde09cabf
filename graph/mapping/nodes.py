"""Authored identifiers → nodes: which kinds there are, and what an identifier looks like."""

from __future__ import annotations

from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.sources.tree import Scalar, wrong
from communique.graph.terms.identifiers import entity
from communique.graph.terms.spelling import did_you_mean

# First step of the path of every identifier that data may use.
_KINDS = """
state place org delegation group person series event agreement provision partyhood signature participation membership
count naming post-holding evidence statement rank indicator follow-up commitment monitoring aim plan programme service
pledge candidate document publication score
actor collective family statehood involvement flow lineage assessment recommendation discrepancy
"""
KINDS = tuple(_KINDS.split())


def identify(text: Scalar) -> NamedNode:
    """Read an identifier, ``kind/key``; MappingError when its form or its kind is not one of ours."""
    kind = text.text.partition("/")[0]
    try:
        node = entity(text.text)
    except MappingError as error:
        raise wrong(text.place, error.message, expected=error.expected, hint=error.hint) from error
    if kind not in KINDS:
        expected = ", ".join(sorted(KINDS))
        raise wrong(text.place, f"{text.text!r} is of unknown kind", expected=expected, hint=did_you_mean(kind, KINDS))
    return node
