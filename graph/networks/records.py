"""What a network is made from and what must be said with it: nodes, occasions, members, provenance, completeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from communique.graph.networks.times import Bounds


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """An actor; ``label`` is its English label, else its short IRI."""

    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What ties its members: an event, an agreement or a body.

    Attributes
    ----------
    begin, end : earliest and latest possible day; None = open or not stated
    planned : True when the occasion itself is no more than planned
    named : members (in a directed layer: targets) that are nodes of this network
    stated : how many members of that kind a source counts, at least; None when no source counts them
    is_partial : a source says, or the counts show, that members are missing
    persons : how many persons a source counts, at least; None when none does
    documents : IRIs of the documents behind its members
    """

    iri: str
    label: str
    begin: date | None
    end: date | None
    planned: bool
    named: int
    stated: int | None
    is_partial: bool
    persons: int | None
    documents: tuple[str, ...]

    @property
    def n(self) -> int:
        """The number of members used in weights: the stated count where it is the larger."""
        return max(self.named, self.stated or 0)

    @property
    def unnamed(self) -> int:
        """The least number of members that no source names."""
        return self.n - self.named


@dataclass(frozen=True, slots=True)
class OccasionMember:
    """One node in one occasion.

    Attributes
    ----------
    node, occasion : positions in the network's tables
    side : ``source``, ``target``, or ``both`` in an undirected layer
    spans : the times it belongs to the occasion, each from its earliest to its latest day, None = open
    planned : True when taking part is no more than planned
    documents : IRIs of the documents that say so
    """

    node: int
    occasion: int
    side: str
    spans: tuple[Bounds, ...]
    planned: bool
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a network came about.

    Attributes
    ----------
    layer : name of the layer; ``external`` for a network that was handed in
    parameters : the options as text, the weight spelt out
    weight_rule : formula of an edge's weight, in words
    data_version : id of the data snapshot
    queries : name → SPARQL text that was run
    """

    layer: str
    parameters: Mapping[str, str]
    weight_rule: str
    data_version: str
    queries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far the network falls short of the world it draws.

    Attributes
    ----------
    occasions : how many occasions were used
    partial : IRIs of those with members that no source names
    unnamed : least number of members missing from them, summed over occasions
    left_out : reason → how many occasions were not used: their status (``planned``, ``cancelled``, ``unknown``),
        ``undated`` or ``outside the window``; and of the occasions used, how many ``undated members`` and members
        ``acting for no node``
    open_ended : how many of the occasions used have a member since a known day of whom no document says until when
    """

    occasions: int = 0
    partial: tuple[str, ...] = ()
    unnamed: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    open_ended: int = 0

    @property
    def is_complete(self) -> bool:
        """True when every member is named and no date is missing: else degrees and weights are lower bounds."""
        return not self.partial and not self.left_out.keys() & {"undated", "undated members"}


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """A document and how many edges rest on it; ``publisher`` is a label, empty when no source names one."""

    document: str
    title: str
    publisher: str
    edges: int
