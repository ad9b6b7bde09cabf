"""Every ready question, asked of every node of the class of its parameters and on the edges of every date that occurs.

Three worlds are asked: the published graph, the invented registers and the odd facts. Each answer must be what
``formulations`` finds by other means, each row must keep what the header of its question promises, and each reason that
the header gives for an empty answer must be the one that is told at least once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle, islice, product

import pytest
from asking import holds, select
from facts import Facts, Row, Term
from formulations import FORMULATIONS
from pyoxigraph import Literal, NamedNode, Store

from communique.graph.queries import PackagedQuery, library
from communique.graph.queries.parameters import write_values
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import GRAPH, ID, VOCAB, term

QUESTIONS = sorted(library())
Values = dict[str, tuple[Term, ...]]

# At most so many combinations of nodes of which documents speak, spread evenly over all of them.
MOST = 250
MANY = 300
# A service is provided without a word on its standing in the documents, and so may a delegation be.
WITHOUT_STATUS = {"services-of-state", "leader-of-delegation"}
STATUSES = {"status", "oneStatus", "otherStatus"}
NAMED = {"party", "member", "state", "bearer", "actor"}


class World:
    """A store with its facts and the nodes that a parameter can take."""

    def __init__(self, store: Store) -> None:
        self.store, self.facts = store, Facts(store)
        papers = (quad for quad in self.facts.quads if quad.graph_name.value.startswith(GRAPH + "doc/"))
        self.told = {end for quad in papers for end in (quad.subject, quad.object)}
        self._instances: defaultdict[Term, set[Term]] = defaultdict(set)
        for node, kind in self.facts.pairs("rdf:type"):
            if isinstance(node, NamedNode) and node.value.startswith(ID):
                for above in self.facts.above(kind, "rdfs:subClassOf"):
                    self._instances[above].add(node)

    def instances(self, *names: str) -> set[Term]:
        return set().union(*(self._instances[term(name)] for name in names))

    def ends(self, key: str, side: int) -> set[Term]:
        return {pair[side] for pair in self.facts.pairs(key)}

    def pool(self, question: str, parameter: str) -> list[Term]:
        """Give every node of the class of a parameter, and one that does not exist."""
        documents = self.instances("com:SourceDocument") | self.ends("com:inDocument", 1)
        kinds = {
            "state": self.instances("com:State"),
            "event": self.instances("com:Event") | self.ends("com:editionOf", 1),
            "agreement": self.instances("com:Agreement"),
            "delegation": self.instances("com:Delegation"),
            "series": self.instances("com:EventSeries") | self.ends("com:editionOf", 1),
            "organization": self.instances("com:Organization") | self.ends("org:organization", 1),
            "actor": self.instances("com:Actor") | self.ends("com:hasName", 0),
            "speaker": self.instances("com:Person", "com:Organization") | self.ends("com:speaker", 1),
            "indicator": self.instances("com:Indicator") | self.ends("com:indicator", 1),
            "publisher": self.ends("com:measuredBy", 1) | self.instances("com:InternationalOrganization"),
            "topic": self.ends("com:topic", 1)
            | {each for top in self.ends("com:topic", 1) for each in self.facts.above(top, "skos:broader")},
            "report": self.instances("com:Event") | documents,
            "node": set().union(*self._instances.values()) | {NamedNode(VOCAB + "role/trainee"), term("com:Event")},
            "name": {Literal(form(name.value)) for name in self.names() for form in (str, str.upper, first_word)},
            "year": self.years(),
            "certainty": self.instances_of_scheme("certainty"),
        }
        kinds["subject"], kinds["other"] = kinds["topic"], kinds["state"]
        kinds["one"] = kinds["state"]
        if question == "duplicates-in-two-registers":
            kinds["one"] = kinds["other"] = documents
        absent: Term = entity("nothing/at-all")
        if parameter in {"name", "year"}:
            absent = Literal("No Such Thing") if parameter == "name" else Literal("0999", datatype=term("xsd:gYear"))
        nodes = sorted(kinds[parameter], key=lambda node: (node not in self.told, str(node)))
        return [*nodes, absent]

    def names(self) -> Iterator[Term]:
        """Give some names of every kind: those of documents, and labels and codes of a few nodes."""
        yield from self.ends("com:nameText", 1)
        for key in ("skos:prefLabel", "skos:altLabel", "skos:notation", "com:alpha2", "com:formerCode"):
            yield from islice(sorted(self.ends(key, 1), key=str), 0, None, len(self.ends(key, 1)) // 8 + 1)

    def years(self) -> set[Term]:
        """Give the years of figures and of bounds, and those beside them."""
        found = {int(year.value) for year in self.ends("com:refYear", 1)}
        for key in ("com:inForceEarliest", "com:beginEarliest", "com:endLatest", "com:asOf"):
            found |= {int(day.value[:4]) + step for day in self.ends(key, 1) for step in (-1, 0, 1)}
        return {Literal(f"{year:04}", datatype=term("xsd:gYear")) for year in found}

    def days(self, nodes: Iterable[Term]) -> tuple[Term, ...]:
        """Give the days around each date of some nodes, the ends of their years, and two that are far off."""
        found = {date(1000, 1, 1), date(2999, 12, 31)}
        for node in nodes:
            for key in (
                "attestedOn",
                "validFrom",
                "validTo",
                "beginEarliest",
                "beginLatest",
                "endEarliest",
                "endLatest",
                "asOf",
            ):
                for moment in (date.fromisoformat(value.value) for value in self.facts.of(node, f"com:{key}")):
                    found |= {moment + timedelta(days=step) for step in (-1, 0, 1)}
                    found |= {date(moment.year, 1, 1), date(moment.year, 12, 31)}
        return tuple(Literal(day.isoformat(), datatype=term("xsd:date")) for day in sorted(found))

    def inputs(self, query: PackagedQuery) -> Iterator[Values]:
        """Give what the question is asked with: every node at least once, and what documents speak of in all ways."""
        names = [parameter.name for parameter in query.parameters]
        if "day" in names:
            key = next(name for name in names if name != "day")
            way = "com:hasName" if key == "actor" else "com:editionOf"
            for node in self.pool(query.name, key):
                dated = self.facts.of(node, way) if key == "actor" else self.facts.where(way, node)
                days = self.days(dated)
                several = query.parameters[names.index("day")].repeatable
                if several:
                    yield {key: (node,), "day": days}
                if not several or any(self.facts.of(naming, "com:validFrom") for naming in dated):
                    yield from ({key: (node,), "day": (day,)} for day in days)
        elif "role" in names:
            roles = tuple(sorted(self.instances_of_scheme("role"), key=str))
            usual = self.defaults(query, "role")
            for node in self.pool(query.name, "event"):
                yield from ({"event": (node,), "role": chosen} for chosen in (usual, roles, roles[:1]))
        else:
            pools = [self.pool(query.name, name) for name in names]
            spoken = [[node for node in pool if node in self.told] or pool for pool in pools]
            ways = list(product(*spoken))
            chosen = {*ways[:: len(ways) // MOST + 1], *self.joined(pools)} if len(names) > 1 else set(ways)
            longest = max(map(len, pools))
            chosen |= set(islice(zip(*map(cycle, pools), strict=True), longest))
            chosen |= set(
                islice(
                    zip(*(cycle(pool[:1] if number else pool) for number, pool in enumerate(pools)), strict=True),
                    longest,
                )
            )
            for values in sorted(chosen, key=str):
                yield dict(zip(names, ((value,) for value in values), strict=True))

    def joined(self, pools: Sequence[Sequence[Term]]) -> Iterator[tuple[Term, ...]]:
        """Give the combinations that some node of a document joins by what it leads to."""
        ends: defaultdict[Term, set[Term]] = defaultdict(set)
        for quad in self.facts.quads:
            if quad.subject in self.told:
                ends[quad.subject].add(quad.object)
        for reached in ends.values():
            yield from product(*(reached.intersection(pool) for pool in pools))

    def instances_of_scheme(self, scheme: str) -> set[Term]:
        return {node for node, _ in self.facts.pairs("skos:inScheme") if node.value.startswith(f"{VOCAB}{scheme}/")}

    @staticmethod
    def defaults(query: PackagedQuery, name: str) -> tuple[Term, ...]:
        parameter = next(parameter for parameter in query.parameters if parameter.name == name)
        return tuple(parameter.read(text) for text in parameter.default)


def first_word(name: str) -> str:
    return name.split()[0] if name.strip() else name


@pytest.fixture(scope="module")
def worlds(graph: Store, joined: Store, odd: Store) -> list[World]:
    return [World(store) for store in (odd, joined, graph)]


def test_every_question_has_a_second_formulation() -> None:
    assert FORMULATIONS.keys() == set(QUESTIONS)


@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", QUESTIONS)
def test_question_holds_for_every_node(name: str, worlds: list[World], share: int) -> None:
    """Of many ways to ask the published graph, every fifth among the fast tests; the invented worlds in all ways."""
    query = library()[name]
    untold = [reason.says for reason in query.unless]
    written: defaultdict[str, set[Term | None]] = defaultdict(set)
    for world in worlds:
        ways = list(world.inputs(query))
        for values in ways[:: share if world is worlds[-1] and len(ways) > MANY else 1]:
            rows = [tuple(row) for row in select(world.store, write_values(query.text, values))]
            assert set(rows) == expected(query, world.facts, values), values
            assert len(rows) == len(set(rows)), f"a row twice, asked with {values}"
            for row in rows:
                keeps_promises(query, row)
                for column, value in zip(query.columns, row, strict=True):
                    written[column.name].add(value)
            if not rows and untold and (reason := told(query, world.store, values)) in untold:
                untold.remove(reason)
    assert untold == [], "these reasons are never the one that is told"
    never = [column.name for column in query.columns if not written[column.name] - {None}]
    assert never == [], "these columns are never filled"
    words = [column.name for column in query.columns if column.datatype == "xsd:string"]
    assert [word for word in words if len(written[word]) < 2] == [], "these columns hold a constant"


def expected(query: PackagedQuery, facts: Facts, values: Values) -> set[Row]:
    """Give the rows of the second formulation."""
    repeatable = {parameter.name for parameter in query.parameters if parameter.repeatable}
    given = {name: terms if name in repeatable else terms[0] for name, terms in values.items()}
    return set(FORMULATIONS[query.name](facts, **given))


def keeps_promises(query: PackagedQuery, row: Sequence[Term | None]) -> None:
    """Check what the header says of each column, that a status is told, and that nothing known is called unknown."""
    for column, value in zip(query.columns, row, strict=True):
        if isinstance(value, Literal):
            kind = "rdf:langString" if value.language else value.datatype
            assert column.kind == "literal" and kind in {column.datatype, term(str(column.datatype))}, (column, value)
        elif value is not None:
            assert column.kind == "iri", (column, value)
    cells = dict(zip((column.name for column in query.columns), row, strict=True))
    if query.name not in WITHOUT_STATUS:
        # The status of the second party of an alliance is told where it is stated, see the column.
        empty = {name for name in STATUSES & cells.keys() if cells[name] is None}
        assert not empty or (cells.get("kind") == Literal("alliance") and empty == {"otherStatus"}), row
    if any(cells.get(name) is not None for name in NAMED):
        assert not any(isinstance(value, Literal) and value.value.startswith("UNKNOWN: not named") for value in row), (
            row
        )


def told(query: PackagedQuery, store: Store, values: Values) -> str | None:
    """Give the reason for an empty answer: the first whose pattern is true."""
    asked = write_values(query.text, values)
    return next((reason.says for reason in query.unless if holds(store, reason.ask(asked))), None)
