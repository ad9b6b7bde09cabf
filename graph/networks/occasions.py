"""Statements → occasions and their members: lifted to nodes, weighed by status, cut to a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import compress

from communique.graph.networks.lifting import ORGANIZATION, STATE, Actors, kinds
from communique.graph.networks.options import Options
from communique.graph.networks.statements import REPRESENTING, Belonging, Count, Statements
from communique.graph.networks.times import Bounds, Time, find_shared_time, find_time
from communique.graph.terms.namespaces import COM

# From the weakest: what an actor's part in an occasion comes to is the weaker of the two standings.
_STRENGTH = ("cancelled", "unknown", "planned", "ongoing", "occurred")
_INCOMPLETE = frozenset({"partly-named", "none-named"})
_PERSON = COM + "Person"


@dataclass(frozen=True, slots=True)
class Stay:
    """One belonging, with what it comes to and when."""

    belonging: Belonging
    standing: str
    time: Time


@dataclass(frozen=True, slots=True)
class Part:
    """One node in one occasion; ``side`` is source, target or both, ``spans`` are the times it belongs to it."""

    node: str
    side: str
    spans: tuple[Bounds, ...]
    planned: bool
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """An occasion before its members have positions in a network; attributes as in ``records.Occasion``.

    ``is_listed``: documents name members of it (in a directed layer: targets), be they nodes of the network or not.
    """

    iri: str
    label: str
    begin: date | None
    end: date | None
    planned: bool
    parts: tuple[Part, ...]
    counts: frozenset[Count]
    is_listed: bool

    @property
    def named(self) -> int:
        """Count the nodes named; only targets where the relation is directed."""
        return len({part.node for part in self.parts if part.side != "source"})

    def stated(self, nodes: str) -> int | None:
        """Give the least number of states or organizations that a source counts; None when none does.

        Documents that count one kind may repeat each other, so the largest counts; different kinds are added up.
        """
        least: dict[str, int] = defaultdict(int)
        for count in self._matching(nodes):
            least[count.counted] = max(least[count.counted], count.least or 0)
        return sum(least.values()) if least else None

    @property
    def persons(self) -> int | None:
        """Give the least number of persons that a source counts; None when none does."""
        return max((count.least for count in self.counts if count.counted == _PERSON and count.least), default=None)

    def is_partial(self, nodes: str) -> bool:
        """Tell whether members are missing: a count is larger or says so, or only persons are counted."""
        missing = any(count.enumeration in _INCOMPLETE for count in self._matching(nodes))
        return missing or (self.stated(nodes) or 0) > self.named or (self.persons is not None and not self.is_listed)

    def _matching(self, nodes: str) -> Iterator[Count]:
        """Yield the counts of what the nodes of the network are."""
        ancestor = STATE if nodes == "state" else ORGANIZATION
        return (count for count in self.counts if ancestor in kinds(count.counted))


class Gatherer:
    """Choose the occasions of a network; ``left_out`` then counts the others by reason.

    ``unstated`` is the standing of what no document says anything of.
    """

    def __init__(self, statements: Statements, actors: Actors, options: Options, unstated: str) -> None:
        self._statements, self._actors, self._options, self._unstated = statements, actors, options, unstated
        self._admitted = frozenset({"ongoing", "occurred"} | ({"planned"} if options.planned else set()))
        self.left_out: Counter[str] = Counter()

    def gather(self) -> list[Gathering]:
        """List the occasions to use, ordered by IRI."""
        grouped: dict[str, list[Belonging]] = defaultdict(list)
        for belonging in self._statements.belongings:
            grouped[belonging.occasion].append(belonging)
        occasions = sorted(grouped.keys() | self._statements.counts.keys())
        found = (self._gather(occasion, grouped.get(occasion, [])) for occasion in occasions)
        return [gathering for gathering in found if gathering is not None]

    def _gather(self, occasion: str, belongings: list[Belonging]) -> Gathering | None:
        """Put one occasion together; None, with the reason counted, when it is not to be used."""
        facts = self._statements.facts
        own, time = facts.standing(occasion), find_time(facts, occasion)
        standings = {each: self._weaker(own, facts.standing(each.node)) for each in belongings}
        best = max(standings.values(), key=_STRENGTH.index, default=own or self._unstated)
        stays = [self._stay(each, standing) for each, standing in standings.items() if standing in self._admitted]
        inside = [self._is_inside(stay.time) for stay in stays]
        reason = self._refuse(best, inside or [self._is_inside(time)])
        if reason is not None:
            self.left_out[reason] += 1
            return None
        parts, lost = self._lift(compress(stays, inside))
        undated, _ = self._lift(stay for stay, is_inside in zip(stays, inside, strict=True) if is_inside is None)
        self.left_out["acting for no node"] += len(lost)
        self.left_out["undated members"] += len({part.node for part in undated} - {part.node for part in parts})
        return self._assemble(occasion, belongings, parts, planned=best == "planned")

    def _assemble(
        self, occasion: str, belongings: Iterable[Belonging], parts: tuple[Part, ...], *, planned: bool
    ) -> Gathering:
        """Join the parts of an occasion with its label, bounds and counts."""
        facts = self._statements.facts
        time = find_time(facts, occasion)
        return Gathering(
            iri=occasion,
            label=facts.label(occasion) or self._actors.label(occasion),
            begin=time.begin,
            end=time.end,
            planned=planned,
            parts=parts,
            counts=self._statements.counts.get(occasion, frozenset()),
            is_listed=any(belonging.side != "source" for belonging in belongings),
        )

    def _refuse(self, best: str, inside: list[bool | None]) -> str | None:
        """Say why an occasion is not used, by its strongest standing and by what of it lies in the window; or None."""
        if best not in self._admitted:
            return best
        if True in inside:
            return None
        return "outside the window" if False in inside else "undated"

    def _stay(self, belonging: Belonging, standing: str) -> Stay:
        """Find when an actor belongs to an occasion."""
        return Stay(belonging, standing, find_shared_time(self._statements.facts, belonging.node, belonging.occasion))

    def _lift(self, stays: Iterable[Stay]) -> tuple[tuple[Part, ...], set[str]]:
        """Lift actors to nodes and merge those that arrive at one node on one side; list those that arrive nowhere."""
        merged: dict[tuple[str, str], list[Stay]] = defaultdict(list)
        lost: set[str] = set()
        for stay in stays:
            belonging = stay.belonging
            represented = self._statements.facts.values(belonging.node, REPRESENTING)
            nodes = self._actors.lift(represented or {belonging.actor}, self._options.nodes)
            lost |= set() if nodes else {belonging.actor}
            for node in nodes:
                merged[node, belonging.side].append(stay)
        return tuple(self._merge(node, side, each) for (node, side), each in sorted(merged.items())), lost

    def _merge(self, node: str, side: str, stays: list[Stay]) -> Part:
        """Join what several belongings say of one node: all times, the strongest standing, all documents."""
        spans = {stay.time.span for stay in stays}
        return Part(
            node=node,
            side=side,
            spans=tuple(sorted(spans, key=lambda span: (span[0] or date.min, span[1] or date.max))),
            planned=all(stay.standing == "planned" for stay in stays),
            documents=tuple(sorted({document for stay in stays for document in self._evidence(stay.belonging)})),
        )

    def _evidence(self, belonging: Belonging) -> Iterator[str]:
        """Yield the document of a belonging, unless it only told of what the network leaves out, such as a plan."""
        said = self._statements.facts.standings_in(belonging.node, belonging.graph)
        if belonging.document and (not said or said & self._admitted):
            yield belonging.document

    def _weaker(self, *standings: str | None) -> str:
        """Give the weaker of the standings that are known."""
        return min((each for each in standings if each), key=_STRENGTH.index, default=self._unstated)

    def _is_inside(self, time: Time) -> bool | None:
        """Tell whether a time can lie in the window, always true without one; None when it has no bounds at all."""
        return time.overlaps(self._options.since, self._options.until) if self._options.has_window else True
