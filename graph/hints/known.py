"""The names that a query may use: terms of the ontology and nodes of the data, and which of them a wrong one means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.queries.answers import Run, ask, listed, text
from communique.graph.terms.namespaces import BASE, COM, GRAPH, ID, PREFIXES, VOCAB, shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import (
    Concept,
    Term,
    classes,
    concepts,
    deprecated,
    ontology_quads,
    schemes,
    superclasses,
    terms,
)

_MOST = 20_000  # nodes whose IRIs are compared
_NEAR = 3
_KIND = re.compile(r"[a-z][a-z-]*")
_USES = ("?it ?p ?o", "?s ?it ?o", "?s ?p ?it", "GRAPH ?it { ?s ?p ?o }")
_UNUSED = " ".join(f"FILTER NOT EXISTS {{ {use} }}" for use in _USES)


@cache
def known() -> Mapping[str, str]:
    """Return all names of the ontology, its schemes and what they use of others: IRI to prefixed name."""
    parts = {part for quad in ontology_quads() for part in (quad.subject, quad.predicate, quad.object)}
    iris = sorted(part.value for part in parts if isinstance(part, NamedNode) and part not in deprecated())
    return MappingProxyType({iri: shorten(iri) for iri in iris if namespace(iri)})


@cache
def by_iri() -> Mapping[str, Term | Concept]:
    """Return the terms and concepts that data may use, by IRI."""
    found: dict[str, Term | Concept] = {each.iri.value: each for each in terms().values()}
    found |= {each.iri.value: each for scheme in schemes() for each in concepts(scheme).values()}
    return MappingProxyType(found)


@cache
def below(iri: str) -> tuple[str, ...]:
    """Return the IRIs of all classes below a class."""
    return tuple(term.iri.value for term in classes().values() if NamedNode(iri) in superclasses(term.iri))


def widest(iris: Iterable[str]) -> frozenset[str]:
    """Return the topmost of some classes and all above them, within this ontology: Actor of a state."""
    every = {each for iri in iris for each in (iri, *(over.value for over in superclasses(NamedNode(iri))))}
    ours = {each for each in every if each.startswith(COM)}
    return frozenset(each for each in ours if ours.isdisjoint(over.value for over in superclasses(NamedNode(each))))


def namespace(iri: str) -> str:
    """Return the namespace of ours, or of a vocabulary that we use, in which an IRI lies; empty for others."""
    inside = (base for base in PREFIXES.values() if iri.startswith(base) and "/" not in iri[len(base) :])
    return max(inside, key=len, default="")


def is_ours(iri: str) -> bool:
    """Say whether an IRI is a term or concept of this project, so that no other source can define it."""
    return iri.startswith((COM, VOCAB))


@lru_cache(maxsize=4096)
def meant(iri: str) -> tuple[str, ...]:
    """Return the known names that an unknown IRI may mean, as prefixed names or IRIs, the likeliest first; at most two.

    First the name that took the place of a deprecated one, then another way to write the IRI itself (``http:`` for
    ``https:``, ``ns/`` for ``ns#``, another case), then a name or key of the same letters elsewhere
    (``com:trainee`` for ``role:trainee``), then a near spelling beside it.
    """
    if now := deprecated().get(NamedNode(iri)):
        return (shorten(now.value),)
    if respelt := _respelt(iri):
        return (shorten(respelt),)
    home = namespace(iri)
    local = iri.removeprefix(home) if home else iri.rpartition("/")[2].rpartition("#")[2]
    if not home and not iri.startswith(BASE):
        return ()
    if local in terms():
        return (shorten(terms()[local].iri.value),)
    if alike := _alike().get(local.casefold()):
        return alike[:2]
    beside = _beside().get(home, {})
    return tuple(beside[near] for near in closest(local, beside, most=2))


def concepts_called(text: str, scheme: str | None = None) -> list[Concept]:
    """Return the concepts with this slug or label, of one scheme or of all, whatever the case."""
    wanted = text.strip().casefold()
    listed = (each for name in ([scheme] if scheme else schemes()) for each in concepts(name).values())
    return [each for each in listed if wanted in {each.slug.casefold(), each.label.casefold()}]


def _respelt(iri: str) -> str | None:
    """Find the known IRI, or the IRI of data, of which another one differs in writing only."""
    for variant in _variants(iri):
        if variant in known() or (variant.startswith((ID, GRAPH)) and variant != iri):
            return variant
    return next((_folded()[each.casefold()] for each in _variants(iri) if each.casefold() in _folded()), None)


@cache
def _folded() -> Mapping[str, str]:
    """Return all known IRIs by their form without capitals."""
    return MappingProxyType({each.casefold(): each for each in known()})


@cache
def _alike() -> Mapping[str, tuple[str, ...]]:
    """Return all known prefixed names by what stands behind the colon, without capitals."""
    found: dict[str, tuple[str, ...]] = {}
    for name in known().values():
        key = name.partition(":")[2].casefold()
        found[key] = (*found.get(key, ()), name)
    return MappingProxyType(found)


@cache
def _beside() -> Mapping[str, Mapping[str, str]]:
    """Return the known prefixed names of each namespace by what stands behind the colon."""
    found: dict[str, dict[str, str]] = {}
    for iri, name in known().items():
        found.setdefault(namespace(iri), {})[name.partition(":")[2]] = name
    return MappingProxyType(found)


def _variants(iri: str) -> Iterator[str]:
    """Write an IRI in the other ways in which it is often written."""
    yield iri
    for one, other in (("http://", "https://"), ("https://", "http://")):
        if iri.startswith(one):
            swapped = other + iri.removeprefix(one)
            yield from (swapped, swapped.replace("/ns/", "/ns#"), swapped.replace("://www.", "://"))
    yield iri.replace("/ns/", "/ns#")


def missing(run: Run, iris: Iterable[str]) -> set[str]:
    """Return those IRIs that no graph uses in any place of a statement, nor as its own name."""
    nodes = [each for iri in iris if (each := read_node(iri))]
    if not nodes:
        return set()
    return {text(row, "it") for row in ask(run, f"SELECT ?it {{ VALUES ?it {{ {listed(nodes)} }} {_UNUSED} }}")}


def near(run: Run, iri: str) -> list[str]:
    """Return nodes whose IRI is like one that does not exist, as paths such as ``state/KOR``, the nearest first.

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
    """Return the node of an IRI; None where it is no IRI."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None
