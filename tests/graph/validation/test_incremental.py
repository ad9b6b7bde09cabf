"""After a change, looking only where it matters finds all that is new; in place, documents are judged as set apart."""

from __future__ import annotations

import random
from collections.abc import Collection

import noise
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph import validation
from communique.graph.errors import ShapesError
from communique.graph.terms.identifiers import DERIVED, ONTOLOGY
from communique.graph.terms.namespaces import ID
from communique.graph.validation import GraphChange, ValidationReport, rules
from communique.graph.validation.catalogue import DOCUMENT, shapes_for
from communique.graph.validation.compiled.query_text import parse_path
from communique.graph.validation.derivation import Upkeep, derive
from communique.graph.validation.documents import DocumentsInPlace, copy_documents
from communique.graph.validation.engines import assigned
from communique.graph.validation.narrowing import NarrowableQuery
from communique.graph.validation.results import Term, merge
from communique.graph.validation.view import View


def found(report: ValidationReport) -> set[tuple[object, ...]]:
    """Tell results apart; some messages speak of the whole graph, such as of its newest document."""
    return {
        (item.shape, item.component, item.focus, item.path, item.value, item.document, item.severity)
        for item in report.results
    }


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_what_is_new_in_the_full_report_is_found_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    store = noise.world(noise.noisy(700, chance))
    before, old = found(validation.validate(store)), set(store)
    added, removed = noise.changes(store, chance)
    carry_out(store, removed, added)
    derive(store)
    new = set(store)
    full = found(validation.validate(store))
    looked = found(validation.validate(store, change=GraphChange(store, new - old, old - new)))
    assert full - before <= looked <= full


@pytest.mark.parametrize("seed", range(4))
def test_derived_statements_kept_up_are_those_built_anew(seed: int) -> None:
    chance = random.Random(seed)
    store, upkeep = noise.world(noise.noisy(700, chance)), Upkeep()
    for _ in range(2):
        added, removed = noise.changes(store, chance)
        upkeep.note(store, [*added, *removed])
        carry_out(store, removed, added)
    upkeep.renew(store, lambda change: carry_out(store, change.removed, list(change.added)))
    kept = set(store.quads_for_pattern(None, None, None, DERIVED))
    assert kept == set(derive(store))


@pytest.mark.parametrize("seed", range(3))
def test_documents_judged_in_place_are_judged_as_if_set_apart(seed: int) -> None:
    store = noise.world(noise.noisy(700, random.Random(seed), share=0.15))
    plan, apart = assigned(shapes_for(DOCUMENT)).plan, copy_documents(store)
    expected = apart.restore(merge([plan.validate(apart.select), rules.check(apart, DOCUMENT)]))
    documents = DocumentsInPlace(store, plan)
    assert documents.disputed()
    assert found(documents.judge()) == found(expected)
    assert documents.judge().focus_counts == expected.focus_counts


def carry_out(store: Store, removed: Collection[Quad], added: Collection[Quad]) -> None:
    for quad in removed:
        store.remove(quad)
    store.extend(added)


def test_a_change_of_the_ontology_has_everything_looked_at() -> None:
    chance = random.Random(1)
    store = noise.world(noise.noisy(600, chance))
    term = next(store.quads_for_pattern(None, None, None, ONTOLOGY))
    assert found(validation.validate(store, change=GraphChange(store, [term], []))) == found(validation.validate(store))
    assert found(validation.validate(store, change=GraphChange(store, [], []))) == set()


def about(query: str, names: str, *rows: tuple[Term, ...]) -> str:
    return NarrowableQuery.of(query, {names: "any"}).about(names, rows)


THIS, OTHER = NamedNode(ID + "this"), NamedNode(ID + "other")
VALUES = f"VALUES (?this) {{ ({THIS}) }}"


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("SELECT * { ?this ?p ?o }", f"SELECT * {{ {VALUES} ?this ?p ?o }}"),
        ("SELECT * { GRAPH ?g { ?this ?p ?o } }", f"SELECT * {{ {VALUES} GRAPH ?g {{ ?this ?p ?o }} }}"),
        (
            "SELECT * { { ?this ?p ?o } UNION { ?a ?b ?c } }",
            f"SELECT * {{ {{ {VALUES} ?this ?p ?o }} UNION {{ ?a ?b ?c }} }}",
        ),
        (
            "SELECT * { ?this ?p ?o OPTIONAL { ?this ?q ?u } }",
            f"SELECT * {{ {VALUES} ?this ?p ?o OPTIONAL {{ ?this ?q ?u }} }}",
        ),
        (
            "SELECT * { ?p ?o ?a OPTIONAL { ?this ?p ?o } }",
            f"SELECT * {{ ?p ?o ?a OPTIONAL {{ {VALUES} ?this ?p ?o }} }}",
        ),
        (
            "SELECT * { { SELECT ?this { ?this ?p ?o } } FILTER EXISTS { ?this ?q ?u } }",
            f"SELECT * {{ {{ SELECT ?this {{ {VALUES} ?this ?p ?o }} }} FILTER EXISTS {{ ?this ?q ?u }} }}",
        ),
        (
            "SELECT * { ?this ?p ?o MINUS { ?this a ?b } }",
            f"SELECT * {{ {VALUES} ?this ?p ?o FILTER NOT EXISTS {{ ?this a ?b }} }}",
        ),
        (
            "CONSTRUCT { ?this ?p ?o } WHERE { ?this ?q ?o BIND(?this AS ?p) }",
            f"CONSTRUCT {{ ?this ?p ?o }} WHERE {{ {VALUES} ?this ?q ?o BIND(?this AS ?p) }}",
        ),
    ],
)
def test_values_are_put_where_a_triple_pattern_has_the_variable(query: str, narrowed: str) -> None:
    assert about(query, "this", (THIS,)) == narrowed


def test_of_several_variables_those_are_given_that_a_group_has() -> None:
    query = "SELECT * { { ?this ?p ?value } UNION { ?this ?q ?u } }"
    pair, one = "VALUES (?this ?value) { (%s %s) }", f"VALUES (?this) {{ ({THIS}) }}"
    narrowed = f"SELECT * {{ {{ {pair % (THIS, OTHER)} ?this ?p ?value }} UNION {{ {one} ?this ?q ?u }} }}"
    assert about(query, "this value", (THIS, OTHER), (THIS, OTHER)) == narrowed


def test_a_minus_that_shares_no_variable_is_refused() -> None:
    for query in (
        "SELECT * { ?this ?p ?o MINUS { ?a ?b ?c } }",
        "SELECT * { MINUS { ?this a ?c } ?this ?p ?o }",
        "SELECT * { ?this ?p ?o MINUS { ?this a ?c } ?c ?q ?u }",
        "SELECT * { { SELECT ?p { ?this ?p ?o } } MINUS { ?this a ?c } }",
    ):
        with pytest.raises(ShapesError, match="MINUS without a variable"):
            NarrowableQuery.of(query, {})
    shared = "SELECT * { { SELECT ?this { ?this ?p ?o } } MINUS { ?this a ?c } }"
    assert NarrowableQuery.of(shared, {}).reads == {}


def test_a_variable_that_is_read_stands_in_a_triple_pattern() -> None:
    with pytest.raises(ShapesError, match=r"no triple pattern has \?that"):
        NarrowableQuery.of("SELECT * { ?this ?p ?o FILTER(?that = 1) }", {"that": "any"})


def test_a_subject_whose_every_statement_is_new_is_asked_about_as_a_whole() -> None:
    new, hub, path, graph = (NamedNode(ID + name) for name in ("new", "hub", "path", "graph"))
    added = [Quad(node, path, Literal(number), graph) for node in (new, hub) for number in range(3)]
    store = Store()
    store.extend([*added, Quad(hub, path, Literal("old"), graph)])
    change, view = GraphChange(store, added, []), View(store)
    single = {(hub, Literal(number)) for number in range(3)}
    assert set(change.rows("this value", parse_path("any"), view)) == {(new,)} | single
    assert set(change.rows("this graph", parse_path("any"), view)) == {(new, graph), (hub, graph)}
    assert set(change.rows("value graph", parse_path("any"), view)) == {(Literal(number), graph) for number in range(3)}
    query = "SELECT * { ?this ?path ?value }"
    narrow = NarrowableQuery.of(query, {"this value": "any"})
    assert sum(1 for _ in view.select(narrow.about("this value", [(new,)]))) == 3
    assert sum(1 for _ in view.select(narrow.about("this value", [(hub, Literal(1))]))) == 1


@pytest.mark.parametrize("text", ["", "com:a/", "com:a com:b", "nowhere:a", "(com:a"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ShapesError, match="is no path"):
        parse_path(text)


def test_every_rule_is_narrowed_to_what_it_reads() -> None:
    for rule in rules.set_rules():
        if rule.scope != DOCUMENT:
            for names in rule.narrow.reads:
                assert "VALUES (" + " ".join(f"?{name}" for name in names.split()) in rule.narrow.about(names, []), (
                    rule.stem
                )


def test_many_documents_are_judged_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    store = noise.world(noise.noisy(900, random.Random(7)))
    some = ["b0000001", "b0000003", "b0000004"]
    few = found(validation.validate(store, documents=some))
    monkeypatch.setattr(validation, "_FEW", 0)
    assert found(validation.validate(store, documents=some)) == few
    assert {document for *_, document, _ in few} > {None}
