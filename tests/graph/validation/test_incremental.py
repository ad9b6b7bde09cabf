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
from communique.graph.validation import Change, ValidationReport, rules
from communique.graph.validation.catalogue import DOCUMENT, shapes_for
from communique.graph.validation.compiled.path_text import read_path
from communique.graph.validation.derivation import Upkeep, derive
from communique.graph.validation.documents import Documents
from communique.graph.validation.engines import assigned
from communique.graph.validation.narrowing import Narrow, widen
from communique.graph.validation.results import merge
from communique.graph.validation.view import View, set_apart


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
    looked = found(validation.validate(store, change=Change(store, new - old, old - new)))
    assert full - before <= looked <= full


@pytest.mark.parametrize("seed", range(4))
def test_derived_statements_kept_up_are_those_built_anew(seed: int) -> None:
    chance = random.Random(seed)
    store, upkeep = noise.world(noise.noisy(700, chance)), Upkeep()
    for _ in range(2):
        added, removed = noise.changes(store, chance)
        upkeep.note(store, [*added, *removed])
        carry_out(store, removed, added)
    upkeep.renew(store, lambda gone, come: carry_out(store, gone, come))
    kept = set(store.quads_for_pattern(None, None, None, DERIVED))
    assert kept == set(derive(store))


@pytest.mark.parametrize("seed", range(3))
def test_documents_judged_in_place_are_judged_as_if_set_apart(seed: int) -> None:
    store = noise.world(noise.noisy(700, random.Random(seed), share=0.15))
    plan, apart = assigned(shapes_for(DOCUMENT)).plan, set_apart(store)
    expected = apart.restore(merge([plan.validate(apart.select), rules.check(apart, DOCUMENT)]))
    documents = Documents(store, plan)
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
    assert found(validation.validate(store, change=Change(store, [term], []))) == found(validation.validate(store))
    assert found(validation.validate(store, change=Change(store, [], []))) == set()


def test_open_lines_are_filled_or_left_out() -> None:
    query = "SELECT ?this { VALUES ?this { UNDEF } VALUES (?this ?graph) { (UNDEF UNDEF) } MINUS { ?this a ?b } }"
    narrow = Narrow.of(query, {"this": "rdf:type"})
    (quad,) = noise.noisy(1, random.Random(0))[:1]
    assert "UNDEF" not in widen(query)
    assert narrow.about("this", [(quad.subject,)]).count(str(quad.subject)) == 1
    assert "FILTER NOT EXISTS {" in narrow.about("this", [])


def test_a_subject_whose_every_statement_is_new_is_asked_about_as_a_whole() -> None:
    new, hub, path, graph = (NamedNode(ID + name) for name in ("new", "hub", "path", "graph"))
    added = [Quad(node, path, Literal(number), graph) for node in (new, hub) for number in range(3)]
    store = Store()
    store.extend([*added, Quad(hub, path, Literal("old"), graph)])
    change, view = Change(store, added, []), View(store)
    single = {(hub, Literal(number)) for number in range(3)}
    assert set(change.rows("this value", read_path("any"), view)) == {(new,)} | single
    assert set(change.rows("this graph", read_path("any"), view)) == {(new, graph), (hub, graph)}
    assert set(change.rows("value graph", read_path("any"), view)) == {(Literal(number), graph) for number in range(3)}
    query = "SELECT * { VALUES (?this ?value) { (UNDEF UNDEF) } ?this ?path ?value }"
    narrow = Narrow.of(query, {"this value": "any"})
    assert sum(1 for _ in view.select(narrow.about("this value", [(new,)]))) == 3
    assert sum(1 for _ in view.select(narrow.about("this value", [(hub, Literal(1))]))) == 1


@pytest.mark.parametrize("text", ["", "com:a/", "com:a com:b", "nowhere:a", "(com:a"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ShapesError, match="is no path"):
        read_path(text)


def test_every_open_line_of_a_rule_is_filled_by_what_it_reads() -> None:
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
