"""What set queries say they read: every property of their patterns, and whatever may change their answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from pyparsing import ParseResults
from rdflib import URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from communique.graph.store.changes import Change
from communique.graph.terms.identifiers import ONTOLOGY
from communique.graph.terms.namespaces import shorten, term
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation import incremental
from communique.graph.validation.catalogue import UNION
from communique.graph.validation.derivation import Shortcut, shortcuts
from communique.graph.validation.incremental import ChangedGraph
from communique.graph.validation.rules import SetRule, findings, set_rules
from communique.graph.validation.view import View

HERE = Path(__file__).parents[2] / "shapes"

# Properties that only terms and concepts have; where the ontology changes, everything is asked about.
OF_TERMS = {
    *("rdfs:subClassOf", "owl:disjointWith", "skos:broader", "skos:inScheme"),
    *("com:constructed", "com:conceptScheme", "schema:domainIncludes", "schema:rangeIncludes"),
}

# Properties of a query that its header need not name, and why.
ELSEWHERE = "read with GRAPH only; a change of class has all documents judged that mention the node"
NOT_NAMED = {
    ("enumeration-contradicts-names", "rdf:type"): ELSEWHERE,
    ("invented-members", "rdf:type"): ELSEWHERE,
    ("same-as-or-blank", "any"): "any property of a node without an IRI; a change with one is asked about everything",
}

Answer = set[tuple[object, ...]]


def parts(part: Any) -> Iterator[CompValue]:
    """Yield every part of a parsed query, the outer ones first."""
    if isinstance(part, CompValue):
        yield part
        part = part.values()
    for each in part:
        if isinstance(each, CompValue | ParseResults | list | tuple):
            yield from parts(each)


def patterns(query: str) -> set[str]:
    """List the properties of a query's patterns; ``any`` for a variable whose values are not listed in the query.

    From the parse tree with its names resolved, since rdflib's algebra leaves out what stands below a second EXISTS.
    """
    prologue, body = parseQuery(query)
    names = partial(translatePName, prologue=translatePrologue(prologue, None))
    tree = list(parts(traverse(traverse(body, visitPost=names), visitPost=translatePath)))
    known = {part.var[0]: set(part.value) for part in tree if part.name == "InlineData" and len(part.var) == 1}
    predicates = [each for part in tree for block in part.get("triples", ()) for each in list(block)[1::3]]
    free = [each for each in predicates if isinstance(each, Variable)]
    given = [value for each in free for value in known.get(each, ())]
    paths = [each for each in predicates if not isinstance(each, Variable)]
    return {name for each in [*paths, *given] for name in steps(each)} | {"any" for each in free if each not in known}


def steps(path: Any) -> Iterator[str]:
    """Yield the properties of a path."""
    if isinstance(path, URIRef):
        yield shorten(str(path))
    elif isinstance(path, InvPath):
        yield from steps(path.arg)
    elif isinstance(path, MulPath):
        yield from steps(path.path)
    else:
        assert isinstance(path, AlternativePath | SequencePath), path
        for each in path.args:
            yield from steps(each)


def test_the_properties_of_a_pattern_are_found_wherever_they_stand() -> None:
    text = """PREFIX e: <e:> SELECT ?a (COUNT(?b) AS ?n) WHERE {
      { SELECT ?a WHERE { ?a e:one/^e:two+ ?b OPTIONAL { ?a e:three|e:four ?c } } }
      UNION { VALUES ?any { e:nine } GRAPH ?g { ?a ?any ?d } MINUS { ?a e:five ?x } }
      FILTER(?a != 1 && NOT EXISTS { ?a e:six ?f FILTER EXISTS { ?f e:seven ?z } })
      FILTER(IF(EXISTS { ?a e:eight 1 }, 1, 2) = 1)
    } GROUP BY ?a HAVING (COUNT(?b) > 1)"""
    numbers = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert patterns(text) == {f"e:{number}" for number in numbers}
    assert patterns("SELECT * WHERE { ?a ?b ?c }") == {"any"}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("rule", set_rules(), ids=lambda rule: rule.stem)
def test_reads_name_every_property_of_the_query(rule: SetRule) -> None:
    read = {step.predicate for path in rule.narrow.reads.values() for step in path.steps()}
    names = {"any" if predicate is None else shorten(predicate.value) for predicate in read}
    missing = patterns(rule.query) - names - OF_TERMS
    assert "any" in names or {(rule.stem, name) for name in missing} == {
        each for each in NOT_NAMED if each[0] == rule.stem
    }


@pytest.mark.parametrize("shortcut", shortcuts(), ids=lambda shortcut: shortcut.name)
def test_a_shortcut_reads_every_property_of_its_pattern_that_is_not_built_before_it(shortcut: Shortcut) -> None:
    """The header of one that has no ``reads`` is built anew with every change."""
    pattern = patterns(shortcut.whole)
    assert pattern
    if shortcut.narrow.reads:
        built = {each.predicate for each in shortcuts() if each is not shortcut}
        read = {step.predicate for path in shortcut.narrow.reads.values() for step in path.steps()} - {None}
        assert pattern <= OF_TERMS | {shorten(name.value) for name in built | read}  # type: ignore[operator]


def test_what_is_left_out_is_said_of_terms_alone() -> None:
    left_out = {term(name) for name in OF_TERMS}
    quads = (quad for file in HERE.glob("*/*.trig") for quad in parse(file.read_bytes(), format=RdfFormat.TRIG))
    used = {quad.predicate for quad in quads if quad.graph_name != ONTOLOGY}
    assert {shorten(name.value) for name in left_out & used} <= {"skos:inScheme", "skos:broader"}
    assert left_out <= {quad.predicate for quad in ontology_quads()}


@cache
def world() -> Store:
    """Make a store of the ontology and a world that keeps all rules; whoever changes it changes it back."""
    store = Store()
    store.extend(ontology_quads())
    store.load((HERE / "world.trig").read_bytes(), format=RdfFormat.TRIG)
    return store


def broken() -> Iterator[Any]:
    """Yield each rule over the union with the fixtures in which it finds something."""
    for rule in set_rules():
        for file in sorted(HERE.glob("*/*-fail*.trig")):
            heads = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# finds:")]
            if rule.scope == UNION and any(shorten(rule.shape.value) in head.split() for head in heads):
                yield pytest.param(rule, file, id=f"{rule.stem}-{file.stem}")


def found(rule: SetRule, store: Store) -> Answer:
    return {(each.focus, each.path, each.value, each.message) for each in findings(rule, View(store))}


def looked(rule: SetRule, store: Store, added: Iterable[Quad], removed: Iterable[Quad]) -> Answer:
    change = ChangedGraph(store, Change(tuple(removed), tuple(added)))
    results = incremental.findings(rule, change, View(store))
    return {(each.focus, each.path, each.value, each.message) for each in results}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("rule", "fixture"), list(broken()))
def test_a_single_statement_that_breaks_a_rule_is_enough_to_find_it(rule: SetRule, fixture: Path) -> None:
    """Add each statement to the world alone; take each one about a node of the fixture away, and bring it back."""
    store, given = world(), set(parse(fixture.read_bytes(), format=RdfFormat.TRIG))
    added, kept, news = given.difference(store), found(rule, store), 0

    def compare(before: Answer, after: Answer, come: list[Quad], gone: list[Quad]) -> int:
        assert after - before <= looked(rule, store, come, gone), (come, gone)
        return len(after - before)

    for quad in added:
        store.add(quad)
        news += compare(kept, found(rule, store), [quad], [])
        store.remove(quad)
    store.extend(added)
    try:
        nodes = {node for quad in given for node in (quad.subject, quad.object) if isinstance(node, NamedNode)}
        whole = found(rule, store)
        for quad in [each for each in store if each.graph_name != ONTOLOGY and nodes & {each.subject, each.object}]:
            store.remove(quad)
            less = found(rule, store)
            news += compare(whole, less, [], [quad])
            store.add(quad)
            news += compare(less, whole, [quad], [])
    finally:
        for quad in added:
            store.remove(quad)
    assert whole
    assert news


def test_a_newer_document_alone_tells_that_an_outcome_is_unknown() -> None:
    (rule,) = (rule for rule in set_rules() if rule.stem == "outcome-unknown")
    prefixes = "@base <https://w3id.org/communique/id/> . @prefix com: <https://w3id.org/communique/ns#> . "
    prefixes += "@prefix real: <https://w3id.org/communique/vocab/realization/> . "
    prefixes += "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    store = Store()
    store.extend(ontology_quads())
    old = """<../graph/doc/901> { <event/plan> a com:Meeting ; com:realization real:planned ;
      com:endLatest "2017-05-01"^^xsd:date . <document/901> com:documentDateEarliest "2016-01-01"^^xsd:date . }"""
    new = '<../graph/doc/902> { <document/902> com:documentDateEarliest "2019-01-01"^^xsd:date . }'
    store.load((prefixes + old).encode(), format=RdfFormat.TRIG)
    assert found(rule, store) == set()
    quads = list(parse((prefixes + new).encode(), format=RdfFormat.TRIG))
    store.extend(quads)
    assert len(found(rule, store)) == 1
    assert looked(rule, store, quads, ()) == found(rule, store)
