"""Agreements in force: the networks of tests/fixtures/terms.trig in several windows, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.loading.releases import RowReport, gather, packaged_source, read_release
from communique.graph.mapping import map_corpus
from communique.graph.networks import Network, NetworkOptions, project
from communique.graph.networks.completeness import notes
from communique.graph.networks.projection import Run
from communique.graph.sources import background, read_yaml
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import COM, GRAPH, RDF, VOCAB, XSD
from communique.graph.terms.vocabulary import ontology_quads

Draw = Callable[..., Network]
Ask = Callable[..., Run]
Span = tuple[date | None, date | None]

ZERO = date(1950, 1, 1)
DAYS = st.integers(0, 8).map(lambda day: ZERO + timedelta(day))


@pytest.fixture(scope="module")
def register(root: Path) -> Store:
    store = Store()
    store.load(path=root / "tests" / "fixtures" / "terms.trig", format=RdfFormat.TRIG)
    store.extend(ontology_quads())
    return store


@pytest.fixture(scope="module")
def draw(ask: Ask, register: Store) -> Draw:
    """Draw co-parties; the words are the window."""

    def project_window(since: str = "", until: str = "", **options: str) -> Network:
        chosen = NetworkOptions.parse({"from": since, "to": until, **options})
        return project(ask(register), "co-party", options=chosen, data_version="v1")

    return project_window


def edges(network: Network) -> dict[str, float]:
    """Map pairs of letters to weights."""
    ends = zip(network.src.tolist(), network.dst.tolist(), network.weight.tolist(), strict=True)
    return {network.nodes[u].iri[-1] + network.nodes[v].iri[-1]: weight for u, v, weight in ends}


def nodes(network: Network) -> str:
    return "".join(node.iri[-1] for node in network.nodes)


@pytest.mark.parametrize(
    ("since", "until", "expected", "present"),
    [
        # B left before C came. All three of alliance-abc and of treaty-efg enter the weights: 1/2 each. D was away for
        # ten years and is one party. The contradictory days of pact-bc do not part B from C.
        ("", "", {"AB": 0.5, "AC": 0.5, "AD": 1, "BC": 1, "EF": 0.5, "EG": 0.5, "FG": 0.5}, "ABCDEFG"),
        ("1901", "1901", {}, "A"),  # B came in 1902
        ("1914", "1914", {"AB": 1, "AD": 1}, "ABD"),  # C came in 1915
        ("1914-08-31", "1914-08-31", {"AB": 1, "AD": 1}, "ABD"),  # the last possible day of B
        ("1914-09-01", "1914-09-01", {"AD": 1}, "AD"),
        ("1914", "1915", {"AB": 0.5, "AC": 0.5, "AD": 1}, "ABCD"),  # B and C both, and never at one time
        ("1918-11-11", "1918-11-11", {"AC": 1, "AD": 1}, "ACD"),  # A and C have no end of their own: the alliance has
        ("1918-11-12", "1918-11-12", {"AD": 1}, "AD"),
        ("1920", "1920", {"AD": 1}, "ADG"),  # the day of a signature; E and F are not bound before 1922
        ("1921", "1921", {}, "A"),  # D is away, treaty-efg is concluded and not in force
        ("1922", "1922", {"EF": 1}, "AEF"),  # G went no further than to sign
        ("1919", "1931", {"AD": 1, "EF": 0.5, "EG": 0.5, "FG": 0.5}, "ADEFG"),  # D came twice and weighs once
        ("1940", "1940", {"AD": 1, "EF": 1}, "ADEF"),
        ("1941", "1941", {"AD": 1}, "ADF"),  # E left in 1940
        ("2020", "", {"AD": 1}, "ADF"),  # an end of which nothing is said is none
        ("", "1899", {}, ""),
    ],
)
def test_a_window_holds_who_can_have_been_bound_in_it(
    draw: Draw, since: str, until: str, expected: dict[str, float], present: str
) -> None:
    network = draw(since, until, weight="newman")
    assert (edges(network), nodes(network)) == (expected, present)


def test_who_came_back_is_tied_once(draw: Draw) -> None:
    network = draw("1919", "1931", weight="count")
    assert edges(network)["AD"] == 1
    member = next(each for each in network.members if network.nodes[each.node].iri.endswith("XDD"))
    assert member.spans == ((date(1910, 3, 1), date(1920, 12, 31)), (date(1930, 1, 1), None))


def test_days_that_contradict_each_other_leave_an_agreement_undated(draw: Draw) -> None:
    network = draw("1914", "1914")
    assert network.completeness.left_out == {"outside the window": 1, "undated": 1}, "treaty-efg and pact-bc"
    assert not network.completeness.is_complete


def test_the_occasion_has_the_bounds_of_its_term(draw: Draw) -> None:
    bounds = {each.iri.rpartition("/")[2]: (each.begin, each.end) for each in draw().occasions}
    assert bounds == {
        "alliance-abc": (date(1900, 1, 1), date(1918, 11, 11)),
        "pact-ad": (date(1910, 3, 1), None),
        "treaty-efg": (date(1922, 1, 1), None),
        "pact-bc": (None, None),
    }


def test_a_window_tells_what_is_in_it_for_want_of_an_end(draw: Draw) -> None:
    """In 1930 pact-ad has no end for A and D, treaty-efg none for F; in 1915 alliance-abc ends for all."""
    assert draw("1930", "1930").completeness.open_ended == 2
    assert draw("1915", "1915").completeness.open_ended == 1
    assert any("2 occasions with members of whom no document says until when" in note for note in notes(draw("1930")))
    assert not any("until when" in note for note in notes(draw()))


def bind(spans: list[list[Span]]) -> Store:
    """Put one agreement without days into a store; each list holds the times of one party."""
    store, graph = Store(), NamedNode(f"{GRAPH}doc/201")
    agreement = entity("agreement/x")

    def say(node: NamedNode, name: str, value: NamedNode | Literal) -> None:
        store.add(Quad(node, NamedNode(name), value, graph))

    for at, own in enumerate(spans):
        state = entity(f"state/X{at}")
        say(state, f"{RDF}type", NamedNode(f"{COM}State"))
        for time, days in enumerate(own):
            node = entity(f"party/x/X{at}-{time}")
            say(node, f"{COM}ofAgreement", agreement)
            say(node, f"{COM}party", state)
            say(node, f"{COM}realization", NamedNode(f"{VOCAB}realization/occurred"))
            for name, day in zip(("inForceEarliest", "endLatest"), days, strict=True):
                if day is not None:
                    say(node, f"{COM}{name}", Literal(day.isoformat(), datatype=NamedNode(f"{XSD}date")))
    store.extend(ontology_quads())
    return store


def terms() -> st.SearchStrategy[list[list[Span]]]:
    """Draw the times of two or three parties: each has a first day, a last day or both, in their order."""
    whole = st.tuples(DAYS, DAYS).map(lambda days: (min(days), max(days)))
    span = st.one_of(whole, st.tuples(DAYS, st.none()), st.tuples(st.none(), DAYS))
    return st.lists(st.lists(span, min_size=1, max_size=2), min_size=2, max_size=3)


@settings(deadline=None)
@given(spans=terms(), window=st.tuples(DAYS, DAYS).map(sorted))
def test_two_are_tied_when_both_are_bound_on_one_day_of_the_window(
    ask: Ask, spans: list[list[Span]], window: list[date]
) -> None:
    since, until = window
    network = project(
        ask(bind(spans)),
        "co-party",
        options=NetworkOptions(weight="count", since=since, until=until),
        data_version="v1",
    )
    days = [since + timedelta(number) for number in range((until - since).days + 1)]
    bound = [{day for day in days for span in own if holds(span, day)} for own in spans]
    pairs = {(u, v) for u in range(len(spans)) for v in range(u) if bound[u] & bound[v]}
    assert edges(network) == {f"{v}{u}": 1 for u, v in pairs}
    assert nodes(network) == "".join(str(at) for at, own in enumerate(bound) if own)


def holds(span: Span, day: date) -> bool:
    begin, end = span
    return (begin or day) <= day <= (end or day)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("year", "tied", "apart"),
    [
        # The Triple Alliance of 1882, the Dual Alliance of 1879, the Entente; no longer the Three Emperors and the
        # Reinsurance Treaty, which ran out in 1887 and 1890, and not yet Italy's treaty of London
        (
            "1914",
            {("COW300", "DEU"), ("COW300", "ITA"), ("DEU", "ITA"), ("FRA", "RUS"), ("GBR", "JPN")},
            {("DEU", "RUS"), ("GBR", "ITA")},
        ),
        # The Pact of Steel and the Anglo-Soviet treaty; no longer the Triple Alliance and that of Britain and Japan
        ("1942", {("DEU", "ITA"), ("GBR", "SUN")}, {("COW300", "DEU"), ("GBR", "JPN")}),
    ],
)
def test_known_alliances_are_there_and_ended_ones_are_not(
    ask: Ask, shared: Path, year: str, tied: set[tuple[str, str]], apart: set[tuple[str, str]]
) -> None:
    network = alliances(ask, shared, year)
    names = [node.iri.rpartition("/")[2] for node in network.nodes]
    found = {(names[u], names[v]) for u, v in zip(network.src.tolist(), network.dst.tolist(), strict=True)}
    assert (tied - found, apart & found) == (set(), set())
    assert "undated" not in network.completeness.left_out


def alliances(ask: Ask, shared: Path, year: str) -> Any:
    """Draw the co-parties of a year from the tables of ATOP."""
    store = Store()
    for release in gather(packaged_source("atop"), [shared / "data/atop_alliances"]):
        store.bulk_extend(read_release(release, RowReport()))
    store.extend((*ontology_quads(), *map_corpus([], read_yaml(background()))))
    return project(ask(store), "co-party", options=NetworkOptions.parse({"from": year, "to": year}), data_version="v1")
