"""Statements → occasions and their members: lifted to nodes, weighed by status, cut to a window."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import compress

from communique.graph.networks.lifting import ORGANIZATION, STATE, Actors, kinds
from communique.graph.networks.options import NetworkOptions
from communique.graph.networks.statements import REPRESENTING, Affiliation, Count, LayerStatements
from communique.graph.networks.times import Bounds, Time, find_shared_time, find_time
from communique.graph.terms.namespaces import COM

# From the weakest: what an actor's part in an occasion comes to is the weaker of the two statuses.
_STRENGTH = ("cancelled", "unknown", "planned", "ongoing", "occurred")
_INCOMPLETE = frozenset({"partly-named", "none-named"})
_PERSON = COM + "Person"


@dataclass(frozen=True, slots=True)
class DatedAffiliation:
    """One affiliation, with its status and time."""

    affiliation: Affiliation
    status: str
    time: Time


@dataclass(frozen=True, slots=True)
class OccasionPart:
    """One node in one occasion; ``side`` is source, target or both, ``spans`` are the times it belongs to it."""

    node: str
    side: str
    spans: tuple[Bounds, ...]
    planned: bool
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SelectedOccasion:
    """An occasion before its members have positions in a network; attributes as in ``records.Occasion``.

    ``is_listed``: documents name members of it (in a directed layer: targets), be they nodes of the network or not.
    """

    iri: str
    label: str
    begin: date | None
    end: date | None
    planned: bool
    parts: tuple[OccasionPart, ...]
    counts: frozenset[Count]
    is_listed: bool

    @property
    def named(self) -> int:
        """Number of nodes named; only targets where the relation is directed."""
        return len({part.node for part in self.parts if part.side != "source"})

    def stated(self, nodes: str) -> int | None:
        """Return the least number of states or organizations that a source counts; None when none does.

        Documents that count one kind may repeat each other, so the largest counts; different kinds are added up.
        """
        least: dict[str, int] = defaultdict(int)
        for count in self._matching(nodes):
            least[count.counted] = max(least[count.counted], count.least or 0)
        return sum(least.values()) if least else None

    @property
    def persons(self) -> int | None:
        """The least number of persons that a source counts; None when none does."""
        return max((count.least for count in self.counts if count.counted == _PERSON and count.least), default=None)

    def is_partial(self, nodes: str) -> bool:
        """Say whether members are missing: a count is larger or says so, or only persons are counted."""
        missing = any(count.enumeration in _INCOMPLETE for count in self._matching(nodes))
        return missing or (self.stated(nodes) or 0) > self.named or (self.persons is not None and not self.is_listed)

    def _matching(self, nodes: str) -> Iterator[Count]:
        """Yield the counts of what the nodes of the network are."""
        ancestor = STATE if nodes == "state" else ORGANIZATION
        return (count for count in self.counts if ancestor in kinds(count.counted))


class OccasionSelector:
    """Select the occasions of a network; ``left_out`` then counts the others by reason.

    ``unstated`` is the status of what no document says anything of.
    """

    def __init__(self, statements: LayerStatements, actors: Actors, options: NetworkOptions, unstated: str) -> None:
        self._statements, self._actors, self._options, self._unstated = statements, actors, options, unstated
        self._admitted = frozenset({"ongoing", "occurred"} | ({"planned"} if options.planned else set()))
        self.left_out: Counter[str] = Counter()

    def select(self) -> list[SelectedOccasion]:
        """List the occasions to use, ordered by IRI."""
        grouped: dict[str, list[Affiliation]] = defaultdict(list)
        for affiliation in self._statements.affiliations:
            grouped[affiliation.occasion].append(affiliation)
        occasions = sorted(grouped.keys() | self._statements.counts.keys())
        found = (self._select(occasion, grouped.get(occasion, [])) for occasion in occasions)
        return [occasion for occasion in found if occasion is not None]

    def _select(self, occasion: str, affiliations: list[Affiliation]) -> SelectedOccasion | None:
        """Read one occasion; None, with the reason counted, when it is not to be used."""
        facts = self._statements.facts
        own, time = facts.status(occasion), find_time(facts, occasion)
        statuses = {each: self._weaker(own, facts.status(each.node)) for each in affiliations}
        best = max(statuses.values(), key=_STRENGTH.index, default=own or self._unstated)
        dated = [
            DatedAffiliation(each, status, find_shared_time(facts, each.node, each.occasion))
            for each, status in statuses.items()
            if status in self._admitted
        ]
        inside = [self._is_inside(each.time) for each in dated]
        known = inside or [self._is_inside(time)]
        if best not in self._admitted:
            self.left_out[best] += 1
            return None
        if True not in known:
            self.left_out["outside the window" if False in known else "undated"] += 1
            return None
        parts, without_node = self._lift(compress(dated, inside))
        undated, _ = self._lift(each for each, is_inside in zip(dated, inside, strict=True) if is_inside is None)
        self.left_out["acting for no node"] += len(without_node)
        self.left_out["undated members"] += len({part.node for part in undated} - {part.node for part in parts})
        return SelectedOccasion(
            iri=occasion,
            label=facts.label(occasion) or self._actors.label(occasion),
            begin=time.begin,
            end=time.end,
            planned=best == "planned",
            parts=parts,
            counts=self._statements.counts.get(occasion, frozenset()),
            is_listed=any(each.side != "source" for each in affiliations),
        )

    def _lift(self, dated: Iterable[DatedAffiliation]) -> tuple[tuple[OccasionPart, ...], set[str]]:
        """Lift actors to nodes and merge those that arrive at one node on one side; list those that arrive nowhere."""
        merged: dict[tuple[str, str], list[DatedAffiliation]] = defaultdict(list)
        without_node: set[str] = set()
        for each in dated:
            affiliation = each.affiliation
            represented = self._statements.facts.values(affiliation.node, REPRESENTING)
            nodes = self._actors.lift(represented or {affiliation.actor}, self._options.nodes)
            without_node |= set() if nodes else {affiliation.actor}
            for node in nodes:
                merged[node, affiliation.side].append(each)
        return tuple(self._merge(node, side, each) for (node, side), each in sorted(merged.items())), without_node

    def _merge(self, node: str, side: str, dated: list[DatedAffiliation]) -> OccasionPart:
        """Join what several affiliations say of one node: all times, the strongest status, all documents."""
        spans = {each.time.span for each in dated}
        return OccasionPart(
            node=node,
            side=side,
            spans=tuple(sorted(spans, key=lambda span: (span[0] or date.min, span[1] or date.max))),
            planned=all(each.status == "planned" for each in dated),
            documents=tuple(sorted({document for each in dated for document in self._evidence(each.affiliation)})),
        )

    def _evidence(self, affiliation: Affiliation) -> Iterator[str]:
        """Yield the document of an affiliation, unless it only states what the network leaves out, such as a plan."""
        statuses = self._statements.facts.statuses_in(affiliation.node, affiliation.graph)
        if affiliation.document and (not statuses or statuses & self._admitted):
            yield affiliation.document

    def _weaker(self, *statuses: str | None) -> str:
        """Return the weaker of the statuses that are known."""
        return min((each for each in statuses if each), key=_STRENGTH.index, default=self._unstated)

    def _is_inside(self, time: Time) -> bool | None:
        """Say whether a time can lie in the window, always true without one; None when it has no bounds at all."""
        return time.overlaps(self._options.since, self._options.until) if self._options.has_window else True
