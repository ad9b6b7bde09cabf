"""Terms and their use: nothing is used that is not defined, and nothing is defined without use or reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.terms import vocabulary
from communique.graph.terms.namespaces import COM, PREFIXES, SCHEMES, VOCAB, shorten, term

TERMS = {found.iri: found for found in vocabulary.terms().values()}
TYPE = term("rdf:type")
ANYTHING = term("rdfs:Resource")


def written(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (path, text without comments) of every shape and query, but for the shapes of former names."""
    for pattern in ("shapes/*.ttl", "queries/**/*.rq"):
        for path in sorted(set(root.glob(pattern)) - {root / "shapes" / "deprecated.ttl"}):
            lines = path.read_text(encoding="utf-8").splitlines()
            kept = (line for line in lines if not line.lstrip().startswith("#"))
            yield path.relative_to(root).as_posix(), "\n".join(kept)


def named(root: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield (path, local name) of every prefixed name that shapes and queries use with ``prefix``."""
    for path, text in written(root):
        for name in re.findall(rf"(?<![\w:<]){prefix}:([A-Za-z][\w-]*)", text):
            yield path, name


def uses(root: Path, facts: Iterable[Quad]) -> set[NamedNode]:
    """Gather what facts, shapes, queries and the ontology itself make use of."""
    found = {term(f"{prefix}:{name}") for prefix in PREFIXES for _, name in named(root, prefix)}
    for quad in (*facts, *vocabulary.ontology_quads()):
        used = quad.object if quad.predicate == TYPE else quad.predicate
        if isinstance(used, NamedNode):
            found.add(used)
    return found


def test_shapes_and_queries_use_defined_terms_only(root: Path) -> None:
    own = {found.key for found in TERMS.values() if found.module != "reused"}
    assert not [(path, name) for path, name in named(root, "com") if name not in own]


def test_shapes_and_queries_use_defined_concepts_only(root: Path) -> None:
    for prefix, scheme in SCHEMES.items():
        assert not [(path, slug) for path, slug in named(root, prefix) if slug not in vocabulary.concepts(scheme)]


def test_a_term_is_unstable_exactly_when_neither_facts_nor_mappings_use_it(root: Path, facts: tuple[Quad, ...]) -> None:
    files = [path for path in (root / "graph" / "mapping").rglob("*") if path.suffix in (".py", ".yaml")]
    mapped = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in files)))
    used = uses(root, facts) | {found.iri for found in TERMS.values() if found.key in mapped}
    used |= {above for iri in used for above in vocabulary.superclasses(iri)}
    own = {iri: found.status for iri, found in TERMS.items() if found.module != "reused"}
    assert set(own.values()) == {"testing", "unstable"}
    assert {shorten(iri.value) for iri in own.keys() - used} == {
        shorten(iri.value) for iri, status in own.items() if status == "unstable"
    }
    reused = {iri for iri, found in TERMS.items() if found.module == "reused" and found.status != "unstable"}
    assert not sorted(shorten(iri.value) for iri in reused - used - {term("prov:generatedAtTime")})


def test_facts_use_defined_terms_and_concepts_only(facts: tuple[Quad, ...]) -> None:
    known = {concept.iri for scheme in vocabulary.schemes() for concept in vocabulary.concepts(scheme).values()}
    for quad in facts:
        for node in (quad.predicate, quad.object):
            if isinstance(node, NamedNode) and node.value.startswith((COM, VOCAB)):
                assert node in TERMS.keys() | known, quad


def test_the_hints_of_properties_fit_the_facts(facts: tuple[Quad, ...]) -> None:
    classes: dict[object, set[NamedNode]] = {}
    for quad in facts:
        if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
            classes.setdefault(quad.subject, set()).update({quad.object, *vocabulary.superclasses(quad.object)})
    for quad in facts:
        hints = TERMS.get(quad.predicate)
        if hints is not None:
            ends = [(quad.subject, hints.domain_includes), (quad.object, hints.range_includes)]
            for node, expected in ends:
                assert ANYTHING in expected or node not in classes or classes[node] & set(expected), quad


def test_literals_are_of_the_datatype_of_their_property(facts: tuple[Quad, ...]) -> None:
    for quad in facts:
        if isinstance(quad.object, Literal) and quad.predicate in TERMS:
            assert quad.object.datatype == TERMS[quad.predicate].datatype, quad


def test_concepts_come_from_the_scheme_of_their_property(facts: tuple[Quad, ...]) -> None:
    for quad in facts:
        scheme = TERMS[quad.predicate].scheme if quad.predicate in TERMS else None
        if scheme is not None:
            assert quad.object in {concept.iri for concept in vocabulary.concepts(scheme).values()}, quad
