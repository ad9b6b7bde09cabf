"""Read the answers of the pair queries: who belongs to which occasion, and what is said of either.

A row says one thing and names the graph that holds it. Rows of inferred graphs can be left out here, at the door; so
whatever follows from several rows, or from the absence of one, is decided behind it and never in a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from communique.graph.errors import NetworkError
from communique.graph.terms.namespaces import COM, SKOS

REALIZATION, AS_OF, LABEL = COM + "realization", COM + "asOf", SKOS + "prefLabel"
REPRESENTING, STAGE, END = COM + "representing", COM + "stage", COM + "endLatest"
_SETTLED = frozenset({"occurred", "cancelled"})
_INFERRED = "/inferred"

Row = dict[str, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a property, and the graph that holds it."""

    value: str
    language: str | None
    graph: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """One actor in one occasion, as one graph has it; ``node`` is the participation, partyhood or membership.

    ``side`` is ``source``, ``target`` or ``both``; in rows also ``stand-in``, for a source that nobody names.
    """

    node: str
    graph: str
    occasion: str
    actor: str
    side: str
    document: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a class a source counts, at least; ``least`` is None when it gives no lower bound."""

    counted: str
    least: int | None
    enumeration: str | None


class Facts:
    """What documents say of events, agreements, bodies and of belonging to them, by node and property."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))

    def add(self, node: str, property_: str, fact: Fact) -> None:
        """Add one fact."""
        self._facts[node][property_].append(fact)

    def standing(self, node: str) -> str | None:
        """Weigh the realizations of a node: the latest, but occurred and cancelled beat the rest whatever their date.

        A date belongs to the values of its own document. None when nothing is said; ``unknown`` on a contradiction.
        """
        facts = self._facts.get(node, {})
        dates = {
            _document(fact.graph): fact.value for fact in sorted(facts.get(AS_OF, ()), key=lambda fact: fact.value)
        }
        found = {(_slug(fact.value), dates.get(_document(fact.graph), "")) for fact in facts.get(REALIZATION, ())}
        if not found:
            return None
        best = max((value in _SETTLED, day) for value, day in found)
        values = {value for value, day in found if (value in _SETTLED, day) == best}
        return values.pop() if len(values) == 1 else "unknown"

    def standings_in(self, node: str, graph: str) -> frozenset[str]:
        """List the realizations of a node by the document of one graph."""
        facts = self._facts.get(node, {}).get(REALIZATION, ())
        return frozenset(_slug(fact.value) for fact in facts if _document(fact.graph) == _document(graph))

    def days(self, node: str, property_: str) -> list[date]:
        """List the days that documents give as a property; NetworkError naming the node when one is none."""
        return [read_day(fact.value, node) for fact in self._facts.get(node, {}).get(property_, ())]

    def values(self, node: str, property_: str) -> frozenset[str]:
        """List the values that documents give as a property."""
        return frozenset(fact.value for fact in self._facts.get(node, {}).get(property_, ()))

    def slugs(self, node: str, property_: str) -> frozenset[str]:
        """List the concepts that documents give as a property, each by the last step of its IRI."""
        return frozenset(map(_slug, self.values(node, property_)))

    def label(self, node: str) -> str | None:
        """Give the English label, else any; None when there is none."""
        labels = self._facts.get(node, {}).get(LABEL, ())
        return min(((fact.language != "en", fact.value) for fact in labels), default=(True, None))[1]


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a pair query answers: belongings in order, counts by occasion, facts by node."""

    belongings: tuple[Belonging, ...]
    counts: Mapping[str, frozenset[Count]]
    facts: Facts


def read_statements(answer: bytes, *, inferred: bool, directed: bool = False) -> Statements:
    """Read a pair query's answer, without the rows of inferred graphs unless ``inferred``; see ``read_rows``.

    In a ``directed`` layer only those occasions count of which a row says that they are of its kind.
    """
    belongings: set[Belonging] = set()
    counts: dict[str, set[Count]] = defaultdict(set)
    facts, fitting = Facts(), set[str]()
    for row in read_rows(answer, inferred=inferred):
        if "member" in row:
            belongings.add(_belonging(row))
        elif "property" in row:
            facts.add(row["node"].value, row["property"].value, _fact(row))
        elif "counted" in row:
            counts[row["occasion"].value].add(_count(row))
        elif "occasion" in row:
            fitting.add(row["occasion"].value)
    found = [each for each in _seat(belongings) if not _has_left(each, facts)]
    if directed:
        found = [each for each in found if each.occasion in fitting]
        counts = {occasion: each for occasion, each in counts.items() if occasion in fitting}
    ordered = tuple(sorted(found, key=lambda each: (each.occasion, each.node, each.graph, each.document or "")))
    return Statements(ordered, {occasion: frozenset(each) for occasion, each in counts.items()}, facts)


def read_rows(answer: bytes, *, inferred: bool = True) -> Iterator[Row]:
    """Read the bound variables of each solution from SPARQL 1.1 JSON or TSV bytes; NetworkError for anything else.

    Rows that name an inferred graph are left out unless ``inferred``.
    """
    form = QueryResultsFormat.JSON if answer.lstrip()[:1] == b"{" else QueryResultsFormat.TSV
    try:
        solutions = parse_query_results(answer, format=form)
        if not isinstance(solutions, QuerySolutions):
            raise NetworkError("the answer to a pair query is true or false", expected="rows")
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            row = {name: term for name, term in zip(names, solution, strict=True) if term is not None}
            if inferred or "graph" not in row or not row["graph"].value.endswith(_INFERRED):
                yield row
    except SyntaxError as error:
        raise NetworkError(
            f"the answer to a pair query cannot be read: {error}", expected="SPARQL JSON or TSV"
        ) from error


def read_day(text: str, node: str) -> date:
    """Read an xsd:date, its time zone left aside; NetworkError naming the node when it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NetworkError(f"{node} has the bound {text!r}", expected="an xsd:date from year 1 to 9999") from None


def _seat(belongings: Iterable[Belonging]) -> Iterator[Belonging]:
    """Make the stand-ins of an occasion its sources where it has no other, and leave them out where it has."""
    belongings = tuple(belongings)
    provided = {each.occasion for each in belongings if each.side == "source"}
    for each in belongings:
        if each.side != "stand-in":
            yield each
        elif each.occasion not in provided:
            yield replace(each, side="source")


def _has_left(belonging: Belonging, facts: Facts) -> bool:
    """Tell whether a party withdrew and no document says when: then there is no time for which it was one."""
    return "withdrew" in facts.slugs(belonging.node, STAGE) and not facts.values(belonging.node, END)


def _belonging(row: Row) -> Belonging:
    """Read a row of a member."""
    return Belonging(
        node=row["member"].value,
        graph=row["graph"].value,
        occasion=row["occasion"].value,
        actor=row["actor"].value,
        side=row["side"].value,
        document=_text(row, "document"),
    )


def _count(row: Row) -> Count:
    """Read a row of a count."""
    least, named = _text(row, "least"), _text(row, "enumeration")
    return Count(row["counted"].value, int(least) if least else None, named and _slug(named))


def _fact(row: Row) -> Fact:
    """Read a row of a fact."""
    value = row["value"]
    return Fact(value.value, value.language if isinstance(value, Literal) else None, row["graph"].value)


def _text(row: Row, name: str) -> str | None:
    """Give the text of a variable; None when it is not bound."""
    return row[name].value if name in row else None


def _slug(concept: str) -> str:
    """Give the last step of a concept's IRI."""
    return concept.rpartition("/")[2]


def _document(graph: str) -> str:
    """Name the stated graph of the document to which a graph belongs."""
    return graph.removesuffix(_INFERRED)
