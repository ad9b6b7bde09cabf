"""Every layer under every option, against docs/networks.md put into plain Python over the quads.

The worlds are that of ``networks.trig`` and ``inferences.trig``, and others made from it, in which facts stand in
inferred graphs that were stated: who taught, whom somebody represented, what became of a thing, for whom a body acts.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.networks import LAYERS, Network, NetworkOptions, project
from communique.graph.networks.projection import Run
from communique.graph.terms.namespaces import COM, ORG, RDF, VOCAB
from communique.graph.terms.vocabulary import ontology_quads, superclasses

Ask = Callable[..., Run]
Span = tuple[date, date]
Edges = dict[tuple[str, str], tuple[Fraction, int, bool]]

SETTLED, USED = {"occurred", "cancelled"}, {"occurred", "ongoing"}
ORDER = ["cancelled", "unknown", "planned", "ongoing", "occurred"]
UNMET = {"invitee", "announcer", "requester", "proposer", "acknowledger", "addressee", "initiator", "counterpart"}
BESIDE_THE_HOST = {"organizer", "co-organizer", "administrator", "secretariat", "inviter", "cooperation-partner"}
NO_GUESTS = BESIDE_THE_HOST | {"invitee", "announcer", "requester", "proposer", "acknowledger", "addressee"}
NO_GUESTS |= {"counterpart", "visited"}
STAND_INS = {"host", "inviter", "organizer", "co-organizer", "administrator"}
TIES = {"co-party": ("ofAgreement", "party"), "co-membership": ("organization", "member")}
COUNTS = {"co-party": ["partyCount"], "co-membership": ["memberCount"], "training": ["traineeCount", "attendanceCount"]}
WINDOWS = [(None, None), (date(2016, 1, 1), date(2018, 3, 1)), (date(2012, 6, 1), None), (None, date(1999, 12, 31))]


class ByHand:
    """The network of one layer, worked out from quads as the documentation says."""

    def __init__(self, quads: list[Quad], layer: str, options: NetworkOptions) -> None:
        self.layer, self.options = layer, options
        self.admitted = USED | ({"planned"} if options.planned else set())
        self.told: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self.typed: dict[str, set[str]] = defaultdict(set)
        self.spoken: dict[str, set[str]] = defaultdict(set)  # subject → graphs
        for quad in quads:
            graph = quad.graph_name.value  # type: ignore[union-attr]
            if graph.endswith("/inferred") and not options.inferred:
                continue
            subject, key = quad.subject.value, quad.predicate.value  # type: ignore[union-attr]
            self.told[subject, key.removeprefix(COM).removeprefix(ORG)].append((quad.object.value, graph))  # type: ignore[union-attr]
            self.spoken[subject].add(graph)
            if key == f"{RDF}type":
                kinds = superclasses(NamedNode(quad.object.value))  # type: ignore[union-attr]
                self.typed[subject] |= {quad.object.value, *(kind.value for kind in kinds)}  # type: ignore[union-attr]

    def values(self, node: str, key: str, graph: str | None = None) -> set[str]:
        """List what documents give as a property; ``graph`` narrows it to one."""
        return {value for value, where in self.told[node, key] if "/doc/" in where and graph in {None, where}}

    def slugs(self, node: str, key: str) -> set[str]:
        return {value.removeprefix(VOCAB).rpartition("/")[2] for value in self.values(node, key)}

    def standing(self, node: str) -> str | None:
        """Weigh documents: occurred and cancelled beat the rest, then the latest counts; else it is unknown."""
        found = set()
        for value, graph in self.told[node, "realization"]:
            document = graph.removesuffix("/inferred")
            days = self.values(node, "asOf", document) | self.values(node, "asOf", f"{document}/inferred")
            slug = value.rpartition("/")[2]
            found.add((slug in SETTLED, max(days, default=""), slug))
        best = {slug for settled, day, slug in found if (settled, day) == max(found)[:2]}
        return None if not found else best.pop() if len(best) == 1 else "unknown"

    def weaker(self, *standings: str | None) -> str:
        unstated = "ongoing" if self.layer == "co-membership" else "unknown"
        return min((each for each in standings if each), key=ORDER.index, default=unstated)

    def lift(self, actor: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Climb from an actor to the states or organizations for which it stands."""
        wanted = f"{COM}State" if self.options.nodes == "state" else f"{COM}Organization"
        steps = ["actsFor"] if self.options.nodes == "state" else []
        if wanted in self.typed[actor] and self.options.nodes == "state":
            return {actor}
        above: set[str] = set()
        for step in [*steps, "unitOf", "dispatchedBy"]:
            above = above or {value for value, _ in self.told[actor, step]}
        reached = {each for one in above - seen for each in self.lift(one, seen | {actor})}
        return reached or ({actor} if wanted in self.typed[actor] else set())

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (occasion, node that joins the actor to it, actor, role)."""
        whole, part = TIES.get(self.layer, ("inEvent", "participant"))
        for node, graphs in list(self.spoken.items()):
            for graph in (graph for graph in graphs if "/doc/" in graph):
                roles = self.values(node, "role", graph) if self.layer not in TIES else {"member"}
                for found in product(self.values(node, whole, graph), self.values(node, part, graph), roles):
                    occasion, actor, role = found
                    yield occasion, node, actor, role.rpartition("/")[2]

    def sides(self) -> dict[str, list[tuple[str, str, str]]]:
        """Seat the members of each occasion of the layer: (node, actor, side)."""
        rows: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for occasion, node, actor, role in self.rows():
            rows[occasion].append((node, actor, role))
        seated = {occasion: list(self.seat(occasion, members)) for occasion, members in rows.items()}
        return {occasion: members for occasion, members in seated.items() if members}

    def seat(self, occasion: str, members: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
        roles = {role for *_, role in members}
        if self.layer == "co-party":
            gone = {node for node, *_ in members if "withdrew" in self.slugs(node, "stage")}
            gone -= {node for node in gone if self.values(node, "endLatest")}
            yield from ((node, actor, "both") for node, actor, _ in members if node not in gone)
        elif self.layer == "co-membership":
            if f"{COM}Delegation" not in self.typed[occasion]:
                yield from ((node, actor, "both") for node, actor, _ in members)
        elif self.layer == "co-participation":
            apart = UNMET | {"visitor", "visited"}
            yield from ((node, actor, "both") for node, actor, role in members if role not in apart)
        else:
            sources, targets = self.ends(occasion, roles)
            for node, actor, role in members:
                for side in [*(["source"] if role in sources else []), *(["target"] if role in targets else [])]:
                    yield node, actor, side

    def ends(self, occasion: str, roles: set[str]) -> tuple[set[str], set[str]]:
        """Give the roles of sources and of targets; none where the event is none of the layer."""
        if self.layer == "training":
            is_training = f"{COM}TrainingEvent" in self.typed[occasion] or self.values(occasion, "traineeCount")
            if not is_training and "trainee" not in roles:
                return set(), set()
            return ({"training-provider"} if "training-provider" in roles else STAND_INS), {"trainee"}
        if self.layer == "visit":
            going = {"visitor", "head-of-delegation", "delegation-member"}
            return (going, {"visited"}) if "visited" in roles else (set(), set())
        return ({"host"}, roles - NO_GUESTS - {"host"}) if "host" in roles else (set(), set())

    def time(self, node: str, occasion: str) -> tuple[date | None, date | None, bool]:
        """Give the time of a part: its own days, else those of the whole; a conclusion is a day and no term."""

        def bounds(of: str, begin: str, end: str) -> tuple[date | None, date | None]:
            days = [map(date.fromisoformat, self.values(of, key)) for key in (begin, end)]
            return min(days[0], default=None), max(days[1], default=None)

        own, whole = (bounds(of, "beginEarliest", "endLatest") for of in (node, occasion))
        if own == whole == (None, None):
            return *bounds(occasion, "concludedEarliest", "concludedLatest"), False
        return own[0] or whole[0], own[1] or whole[1], True

    def inside(self, time: tuple[date | None, date | None, bool]) -> bool:
        since, until = self.options.since, self.options.until
        begin, end, _ = time
        if since is None and until is None:
            return True
        is_after, is_before = begin and until and begin > until, end and since and end < since
        return (begin, end) != (None, None) and not is_after and not is_before

    def stated(self, occasion: str) -> int:
        """Add up the largest count of each class of what the nodes are."""
        wanted = NamedNode(f"{COM}State" if self.options.nodes == "state" else f"{COM}Organization")
        least: dict[str, int] = defaultdict(int)
        for key in COUNTS.get(self.layer, ["attendanceCount"]):
            for count, graph in self.told[occasion, key]:
                for kind in self.values(count, "countOf", graph):
                    if wanted.value == kind or wanted in superclasses(NamedNode(kind)):
                        numbers = self.values(count, "countMin", graph)
                        least[kind] = max([least[kind], *map(int, numbers)])
        return sum(least.values())

    def draw(self, weight: str) -> tuple[set[str], Edges]:
        """Give the nodes, and of each edge its weight, how many occasions it has, and whether all are only planned."""
        nodes, ties = set(), defaultdict(list)
        for occasion, members in self.sides().items():
            parts: dict[tuple[str, str], list[tuple[Span, bool]]] = defaultdict(list)
            for node, actor, side in members:
                standing, time = self.weaker(self.standing(occasion), self.standing(node)), self.time(node, occasion)
                if standing not in self.admitted or not self.inside(time):
                    continue
                span = (time[0] or date.min, time[1] or date.max) if time[2] else (date.min, date.max)
                for represented in self.values(node, "representing") or {actor}:
                    for one in self.lift(represented):
                        parts[one, side].append((span, standing == "planned"))
            nodes |= {one for one, _ in parts}
            n = max(len({one for one, side in parts if side != "source"}), self.stated(occasion))
            share = {"count": Fraction(1), "newman": Fraction(1, max(n - 1, 1)), "share": Fraction(1, max(n, 1))}
            for edge, planned in self.tie(parts):
                ties[edge].append((share[weight], planned))
        return nodes, {
            edge: (sum(part for part, _ in found), len(found), all(planned for _, planned in found))
            for edge, found in ties.items()
        }

    def tie(self, parts: dict[tuple[str, str], list[tuple[Span, bool]]]) -> Iterator[tuple[tuple[str, str], bool]]:
        """Tie two parts that meet, a source to a target or, without direction, each two."""
        pairs = combinations(sorted(parts), 2) if not LAYERS[self.layer].directed else product(parts, parts)
        for one, other in pairs:
            if (LAYERS[self.layer].directed and (one[1], other[1]) != ("source", "target")) or one[0] == other[0]:
                continue
            spans = product((span for span, _ in parts[one]), (span for span, _ in parts[other]))
            if any(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in spans):
                planned = [all(planned for _, planned in parts[each]) for each in (one, other)]
                yield (one[0], other[0]), any(planned)


def drawn(network: Network) -> tuple[set[str], Edges]:
    assert network.exact is not None
    names = [node.iri for node in network.nodes]
    columns = (network.src, network.dst, network.events, network.planned)
    rows = zip(*(column.tolist() for column in columns), network.exact.units, strict=True)
    return set(names), {
        (names[u], names[v]): (Fraction(units, network.exact.denominator), events, planned)
        for u, v, events, planned, units in rows
    }


@pytest.fixture(scope="module")
def base(root: Any) -> list[Quad]:
    files = [(root / f"tests/fixtures/{name}.trig").read_bytes() for name in ("networks", "inferences")]
    return [quad for file in files for quad in parse(file, format=RdfFormat.TRIG)]


def moved(quads: list[Quad], seed: int) -> list[Quad]:
    """Let some of what is stated be inferred: whole nodes, and single facts of others; the first world as it is."""
    if not seed:
        return quads
    chance = random.Random(seed)
    names = ("inEvent", "participant", "role", "ofAgreement", "party", "countOf", "countMin")
    joints = {f"{COM}{name}" for name in names}
    joints |= {f"{ORG}organization", f"{ORG}member", f"{RDF}type", f"{COM}evidence"}
    whole = {subject for subject in {quad.subject for quad in quads} if chance.random() < 0.2}

    def place(quad: Quad) -> NamedNode:
        graph = quad.graph_name.value.removesuffix("/inferred")  # type: ignore[union-attr]
        if "/doc/" not in graph:
            return NamedNode(f"{graph.rpartition('/')[0]}/doc/104/inferred" if chance.random() < 0.1 else graph)
        is_moved = quad.subject in whole or (quad.predicate.value not in joints and chance.random() < 0.2)
        return NamedNode(f"{graph}/inferred" if is_moved else graph)

    return [Quad(quad.subject, quad.predicate, quad.object, place(quad)) for quad in quads]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.sampled(2)
def test_the_documentation_holds_for_every_option(ask: Ask, base: list[Quad], layer: str, seed: int) -> None:
    quads = moved(base, seed)
    store = Store()
    store.extend([*quads, *ontology_quads()])
    run, ties = ask(store), 0
    for weight, nodes, planned, inferred, (since, until) in product(
        LAYERS[layer].weights, ("state", "organization"), (False, True), (False, True), WINDOWS
    ):
        options = NetworkOptions(weight, nodes, planned, inferred, since, until)
        found = drawn(project(run, layer, options=options, data_version="v1"))
        assert found == ByHand(quads, layer, options).draw(weight), options
        ties += len(found[1])
    assert ties


def test_without_an_inferred_provider_whoever_invited_is_the_source(ask: Ask, base: list[Quad]) -> None:
    store = Store()
    store.extend([*base, *ontology_quads()])

    def trainers(*, inferred: bool) -> set[tuple[str, str]]:
        _, edges = drawn(project(ask(store), "training", options=NetworkOptions(inferred=inferred), data_version="v1"))
        return {(u[-3:], v[-3:]) for u, v in edges if v.endswith("XEE")}

    assert trainers(inferred=True) == {("XBB", "XEE")}
    assert trainers(inferred=False) == {("XDD", "XEE")}
