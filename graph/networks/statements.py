"""Read the answers of the pair queries: who belongs to which occasion, and what is said of either.

A row says one thing and names the graph that holds it. Rows of inferred graphs can be left out here; so
whatever follows from several rows, or from the absence of one, is decided after it and never in a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from communique.graph.errors import NetworkError
from communique.graph.terms.namespaces import COM, SKOS

REALIZATION, AS_OF, LABEL = COM + "realization", COM + "asOf", SKOS + "prefLabel"
REPRESENTING, STAGE, END = COM + "representing", COM + "stage", COM + "endLatest"
_FINAL = frozenset({"occurred", "cancelled"})
_INFERRED = "/inferred"

Row = dict[str, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of a property, and the graph that holds it."""

    value: str
    language: str | None
    graph: str


@dataclass(frozen=True, slots=True)
class Affiliation:
    """One actor in one occasion, as one graph has it; ``node`` is the participation, agreement party or membership.

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
    """What documents say of events, agreements, bodies and of affiliations with them, by node and property."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[str, list[StatedValue]]] = defaultdict(lambda: defaultdict(list))

    def add(self, node: str, property_: str, fact: StatedValue) -> None:
        """Add one fact."""
        self._facts[node][property_].append(fact)

    def status(self, node: str) -> str | None:
        """Return the status of a node: the latest, but occurred and cancelled beat the rest whatever their date.

        A date belongs to the values of its own document. None when nothing is said; ``unknown`` on a contradiction.
        """
        facts = self._facts.get(node, {})
        dates = {
            _document(fact.graph): fact.value for fact in sorted(facts.get(AS_OF, ()), key=lambda fact: fact.value)
        }
        found = {(_slug(fact.value), dates.get(_document(fact.graph), "")) for fact in facts.get(REALIZATION, ())}
        if not found:
            return None
        best = max((value in _FINAL, day) for value, day in found)
        values = {value for value, day in found if (value in _FINAL, day) == best}
        return values.pop() if len(values) == 1 else "unknown"

    def statuses_in(self, node: str, graph: str) -> frozenset[str]:
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
        """Return the English label, else any; None when there is none."""
        labels = self._facts.get(node, {}).get(LABEL, ())
        return min(((fact.language != "en", fact.value) for fact in labels), default=(True, None))[1]


@dataclass(frozen=True, slots=True)
class LayerStatements:
    """All that a pair query answers: affiliations in order, counts by occasion, facts by node."""

    affiliations: tuple[Affiliation, ...]
    counts: Mapping[str, frozenset[Count]]
    facts: Facts


def read_statements(answer: bytes, *, inferred: bool, directed: bool = False) -> LayerStatements:
    """Read a pair query's answer, without the rows of inferred graphs unless ``inferred``; see ``read_rows``.

    In a ``directed`` layer only those occasions count of which a row says that they are of its kind.
    """
    affiliations: set[Affiliation] = set()
    counts: dict[str, set[Count]] = defaultdict(set)
    facts, of_kind = Facts(), set[str]()
    for row in read_rows(answer, inferred=inferred):
        if "member" in row:
            node, occasion, actor, side = (row[name].value for name in ("member", "occasion", "actor", "side"))
            affiliations.add(Affiliation(node, row["graph"].value, occasion, actor, side, _text(row, "document")))
        elif "property" in row:
            value = row["value"]
            language = value.language if isinstance(value, Literal) else None
            stated = StatedValue(value.value, language, row["graph"].value)
            facts.add(row["node"].value, row["property"].value, stated)
        elif "counted" in row:
            least, enumeration = _text(row, "least"), _text(row, "enumeration")
            count = Count(row["counted"].value, int(least) if least else None, enumeration and _slug(enumeration))
            counts[row["occasion"].value].add(count)
        elif "occasion" in row:
            of_kind.add(row["occasion"].value)
    # Of a party that withdrew, and no document says when, there is no time for which it was one.
    found = [
        each
        for each in _resolve_stand_ins(affiliations)
        if "withdrew" not in facts.slugs(each.node, STAGE) or facts.values(each.node, END)
    ]
    if directed:
        found = [each for each in found if each.occasion in of_kind]
        counts = {occasion: each for occasion, each in counts.items() if occasion in of_kind}
    ordered = tuple(sorted(found, key=lambda each: (each.occasion, each.node, each.graph, each.document or "")))
    return LayerStatements(ordered, {occasion: frozenset(each) for occasion, each in counts.items()}, facts)


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
    """Read an xsd:date, its time zone ignored; NetworkError naming the node when it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NetworkError(f"{node} has the bound {text!r}", expected="an xsd:date from year 1 to 9999") from None


def _resolve_stand_ins(affiliations: Collection[Affiliation]) -> Iterator[Affiliation]:
    """Make the stand-ins of an occasion its sources where it has no other, and leave them out where it has."""
    with_source = {each.occasion for each in affiliations if each.side == "source"}
    for each in affiliations:
        if each.side != "stand-in":
            yield each
        elif each.occasion not in with_source:
            yield replace(each, side="source")


def _text(row: Row, name: str) -> str | None:
    return row[name].value if name in row else None


def _slug(concept: str) -> str:
    """Return the last step of a concept's IRI."""
    return concept.rpartition("/")[2]


def _document(graph: str) -> str:
    """Return the stated graph of the document to which a graph belongs."""
    return graph.removesuffix(_INFERRED)
