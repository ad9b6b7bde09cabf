"""The names that a query may use, from the ontology and its concept schemes, and which of them a wrong one means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from pyoxigraph import NamedNode

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


@cache
def known() -> Mapping[str, str]:
    """Give all names of the ontology, its schemes and what they use of others: IRI to prefixed name."""
    parts = {part for quad in ontology_quads() for part in (quad.subject, quad.predicate, quad.object)}
    iris = sorted(part.value for part in parts if isinstance(part, NamedNode) and part not in deprecated())
    return MappingProxyType({iri: shorten(iri) for iri in iris if namespace(iri)})


@cache
def by_iri() -> Mapping[str, Term | Concept]:
    """Give the terms and concepts that data may use, by IRI."""
    found: dict[str, Term | Concept] = {each.iri.value: each for each in terms().values()}
    found |= {each.iri.value: each for scheme in schemes() for each in concepts(scheme).values()}
    return MappingProxyType(found)


@cache
def below(iri: str) -> tuple[str, ...]:
    """Give the IRIs of all classes below a class."""
    return tuple(term.iri.value for term in classes().values() if NamedNode(iri) in superclasses(term.iri))


def widest(iris: Iterable[str]) -> frozenset[str]:
    """Give, of some classes and all above them, those that have none of this ontology above them: Actor of a state."""
    every = {each for iri in iris for each in (iri, *(over.value for over in superclasses(NamedNode(iri))))}
    ours = {each for each in every if each.startswith(COM)}
    return frozenset(each for each in ours if ours.isdisjoint(over.value for over in superclasses(NamedNode(each))))


def namespace(iri: str) -> str:
    """Give the namespace of ours, or of a vocabulary that we use, in which an IRI lies; empty when it lies in none."""
    inside = (base for base in PREFIXES.values() if iri.startswith(base) and "/" not in iri[len(base) :])
    return max(inside, key=len, default="")


def is_ours(iri: str) -> bool:
    """Tell whether an IRI is a term or concept of this project, so that no other source can define it."""
    return iri.startswith((COM, VOCAB))


def meant(iri: str) -> list[str]:
    """Give the known names that an unknown IRI may mean, as prefixed names or IRIs, the likeliest first; at most two.

    First the name that took the place of a deprecated one, then another way to write the IRI itself (``http:`` for
    ``https:``, ``ns/`` for ``ns#``, another case), then a name
    or key of the same letters elsewhere (``com:trainee`` for ``role:trainee``), then a near spelling beside it.
    """
    if now := deprecated().get(NamedNode(iri)):
        return [shorten(now.value)]
    if respelt := _respelt(iri):
        return [shorten(respelt)]
    home = namespace(iri)
    local = iri.removeprefix(home) if home else iri.rpartition("/")[2].rpartition("#")[2]
    if not home and not iri.startswith(BASE):
        return []
    if local in terms():
        return [shorten(terms()[local].iri.value)]
    alike = [name for name in known().values() if name.partition(":")[2].casefold() == local.casefold()]
    beside = {name.partition(":")[2]: name for each, name in known().items() if namespace(each) == home}
    return (alike or [beside[near] for near in closest(local, beside, most=2)])[:2]


def concepts_called(text: str, scheme: str | None = None) -> list[Concept]:
    """Give the concepts with this slug or label, of one scheme or of all, whatever the case."""
    wanted = text.strip().casefold()
    listed = (each for name in ([scheme] if scheme else schemes()) for each in concepts(name).values())
    return [each for each in listed if wanted in {each.slug.casefold(), each.label.casefold()}]


def _respelt(iri: str) -> str | None:
    """Find the known IRI, or the IRI of data, of which another one differs in writing only."""
    for variant in _variants(iri):
        if variant in known() or (variant.startswith((ID, GRAPH)) and variant != iri):
            return variant
    folded = {each.casefold(): each for each in known()}
    return next((folded[each.casefold()] for each in _variants(iri) if each.casefold() in folded), None)


def _variants(iri: str) -> Iterator[str]:
    """Write an IRI in the other ways in which it is often written."""
    yield iri
    for one, other in (("http://", "https://"), ("https://", "http://")):
        if iri.startswith(one):
            swapped = other + iri.removeprefix(one)
            yield from (swapped, swapped.replace("/ns/", "/ns#"), swapped.replace("://www.", "://"))
    yield iri.replace("/ns/", "/ns#")
