"""Nodes of the data: whether one exists, and which have an IRI near to that of one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import NamedNode

from communique.graph.queries.answers import Run, ask, listed, text
from communique.graph.terms.namespaces import ID
from communique.graph.terms.spelling import closest

_MOST = 20_000  # nodes whose IRIs are compared
_NEAR = 3
_KIND = re.compile(r"[a-z][a-z-]*")
_USES = ("?it ?p ?o", "?s ?it ?o", "?s ?p ?it", "GRAPH ?it { ?s ?p ?o }")
_UNUSED = " ".join(f"FILTER NOT EXISTS {{ {use} }}" for use in _USES)


def missing(run: Run, iris: Iterable[str]) -> set[str]:
    """Give those IRIs that no graph uses in any place of a statement, nor as its own name."""
    nodes = [each for iri in iris if (each := read_node(iri))]
    if not nodes:
        return set()
    return {text(row, "it") for row in ask(run, f"SELECT ?it {{ VALUES ?it {{ {listed(nodes)} }} {_UNUSED} }}")}


def near(run: Run, iri: str) -> list[str]:
    """Give nodes whose IRI is like one that does not exist, as paths such as ``state/KOR``, the nearest first.

    Only nodes of the same kind (the first step of the path) are compared, at most 20,000 of them; where there is none
    of that kind, the nearest kind is given, such as ``state/``.
    """
    kind, _, key = iri.removeprefix(ID).partition("/")
    if not iri.startswith(ID) or not key:
        return []
    if _KIND.fullmatch(kind):
        inside = f"FILTER(STRSTARTS(STR(?node), '{ID}{kind}/'))"
        found = ask(run, f"SELECT DISTINCT ?node {{ ?node a ?class {inside} }} LIMIT {_MOST}")
        if keys := [text(row, "node").removeprefix(f"{ID}{kind}/") for row in found]:
            return [f"{kind}/{each}" for each in closest(key, keys, most=_NEAR)]
    step = f"(STRBEFORE(STRAFTER(STR(?node), '{ID}'), '/') AS ?kind)"
    kinds = ask(run, f"SELECT DISTINCT {step} {{ ?node a ?class }}")
    return [f"{each}/" for each in closest(kind, filter(None, (text(row, "kind") for row in kinds)))]


def read_node(iri: str) -> NamedNode | None:
    """Give the node of an IRI; None where it is no IRI."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None
