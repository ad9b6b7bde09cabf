"""What is stated and what is inferred: said of graphs, so that a node is not lost with its inferred date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from communique.graph.terms.identifiers import entity, inferred, stated
from communique.graph.terms.namespaces import COM, concept, prologue, shorten, term
from communique.graph.terms.vocabulary import superclasses

Ask = Callable[..., list[dict[str, str | None]]]

BOUNDS = {term(f"com:{name}") for name in ("beginEarliest", "beginLatest", "endEarliest", "endLatest", "edtfText")}
EVENT, TYPE = NamedNode(COM + "Event"), term("rdf:type")

# Events whose date, or a part of it, no document states in as many words.
DATED_BY_RULE = {
    "event/jeju-training-2016": "2016-05-24/2016-05-27",
    "event/oecd-e-leaders-tallinn": "2016",
    "event/kor-visit-grc-rou": "2018-09-27/2018-10-02",
}


@pytest.fixture(scope="module")
def select(graph: Store) -> Callable[[str], list[Any]]:
    """Evaluate the pattern of a query over the published graph."""

    def answer(variables: str, pattern: str) -> list[Any]:
        found = graph.query(f"{prologue()} SELECT {variables} WHERE {{ {pattern} }}", use_default_graph_as_union=True)
        assert isinstance(found, QuerySolutions)
        return list(found)

    return answer


def events(quads: frozenset[Quad]) -> set[NamedNode]:
    """List the nodes of the class of events and below."""
    typed = ((quad.subject, quad.object) for quad in quads if quad.predicate == TYPE)
    return {node for node, kind in typed if kind == EVENT or EVENT in superclasses(kind)}  # type: ignore[misc, arg-type]


def grounds(quads: frozenset[Quad]) -> dict[NamedNode, str]:
    """Give the certainty of each graph of a document by its name alone."""
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, NamedNode)}
    documents = {graph for graph in graphs if "/graph/doc/" in graph.value or graph.value.endswith("/background")}
    return {graph: "inferred" if graph.value.endswith("/inferred") else "stated" for graph in documents}


def expected(quads: frozenset[Quad], wanted: set[str]) -> set[tuple[str | None, ...]]:
    """Work the answer of the question out by hand, in the order of its columns, without the label."""
    happening, certainty = events(quads), grounds(quads)
    stating: defaultdict[tuple[object, NamedNode], list[Quad]] = defaultdict(list)
    for quad in quads:
        stating[quad.subject, quad.predicate].append(quad)

    def values(node: object, key: str, graph: object = None) -> list[str | None]:
        found = {quad.object for quad in stating[node, term(key)] if graph in {None, quad.graph_name}}
        return [shorten(value.value) for value in found] or [None]

    def rows() -> Iterator[tuple[str | None, ...]]:
        dated = {(quad.subject, quad.graph_name) for quad in quads if quad.predicate in BOUNDS}
        for event, graph in dated:
            if event not in happening or certainty.get(graph) not in wanted:
                continue
            told = [values(event, f"com:{key}", graph) for key in ("edtfText", "beginEarliest", "endLatest")]
            rules, passages = values(event, "com:inferenceRule", graph), values(event, "com:evidence", graph)
            for date, begin, end, rule, passage in product(*told, rules, passages):
                node = entity(passage or "")
                (document,), (paragraph,) = values(node, "com:inDocument"), values(node, "com:locator")
                ground = f"certainty:{certainty[graph]}"
                for status in values(event, "com:realization"):
                    yield shorten(event.value), status, date, begin, end, ground, rule, document, paragraph

    return set(rows())


@pytest.mark.parametrize("wanted", [{"stated"}, {"inferred"}, {"stated", "inferred"}])
def test_dates_are_told_apart_by_their_grounds(ask: Ask, quads: frozenset[Quad], wanted: set[str]) -> None:
    alone = {"certainty": f"certainty:{next(iter(wanted))}"} if len(wanted) == 1 else {}
    rows = ask("dates-of-events", **alone)
    assert {tuple(value for name, value in row.items() if name != "label") for row in rows} == expected(quads, wanted)


def test_a_stated_day_and_an_inferred_year_stand_in_two_rows(ask: Ask) -> None:
    dates = {(row["event"], row["date"]) for row in ask("dates-of-events", certainty="certainty:stated")}
    rules = {(row["event"], row["date"]) for row in ask("dates-of-events", certainty="certainty:inferred")}
    assert rules >= set(DATED_BY_RULE.items())
    assert dates.isdisjoint(DATED_BY_RULE.items())
    assert ("event/jeju-training-2016", "XXXX-05-24/XXXX-05-27") in dates
    assert ("event/gegf-2013", "2013") in dates


def test_no_node_is_lost_because_a_statement_about_it_is_inferred(
    select: Callable[..., list[Any]], quads: frozenset[Quad]
) -> None:
    kept = "?event a/rdfs:subClassOf* com:Event FILTER NOT EXISTS { ?event com:certainty certainty:inferred }"
    found = {row["event"] for row in select("DISTINCT ?event", kept)}
    assert found == events(quads)
    assert found > {entity(event) for event in [*DATED_BY_RULE, "event/gegf-2013"]}


def test_certainty_is_said_of_every_graph_of_a_document_and_of_nothing_else(quads: frozenset[Quad]) -> None:
    said = {(quad.subject, quad.object) for quad in quads if quad.predicate == term("com:certainty")}
    assert said >= {(graph, concept("certainty", ground)) for graph, ground in grounds(quads).items()}
    assert all("/graph/" in graph.value for graph, _ in said)  # type: ignore[union-attr]
    assert {(stated("003"), "stated"), (inferred("003"), "inferred")} <= set(grounds(quads).items())


def test_the_documented_patterns_find_what_they_say(
    root: Path, select: Callable[..., list[Any]], quads: frozenset[Quad]
) -> None:
    section = (root / "docs/queries.md").read_text(encoding="utf-8").partition("## Stated and inferred")[2]
    only, both = re.findall(r"```sparql\n(.*?)```", section, re.DOTALL)[:2]
    certainty, begins = grounds(quads), term("com:beginEarliest")
    days = {(quad.subject, quad.object, certainty[quad.graph_name]) for quad in quads if quad.predicate == begins}  # type: ignore[index]
    assert {(row["event"], row["day"]) for row in select("*", only)} == {
        (node, day) for node, day, ground in days if ground == "stated"
    }
    found = {(row["event"], row["day"], row["certainty"].value.rpartition("/")[2]) for row in select("*", both)}
    assert found == days
    assert {ground for *_, ground in days} == {"stated", "inferred"}
    unexplained = [row for row in select("*", both) if row["rule"] is None]
    assert {row["certainty"] for row in unexplained} == {concept("certainty", "stated")}
    assert isinstance(next(row["rule"] for row in select("*", both) if row["rule"] is not None), Literal)
