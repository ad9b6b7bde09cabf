"""Assess what a network cannot know: unnamed members, undated occasions, few sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from communique.graph.networks.network import Network
from communique.graph.networks.records import Completeness, NetworkSource
from communique.graph.networks.statements import Row
from communique.graph.terms.namespaces import shorten


def assess(network: Network, left_out: Mapping[str, int]) -> Completeness:
    """Count what is missing from the occasions used, and the reasons for which others were not."""
    partial = [occasion for occasion in network.occasions if occasion.is_partial]
    lasting = {each.occasion for each in network.members if any(begin and not end for begin, end in each.spans)}
    return Completeness(
        occasions=len(network.occasions),
        partial=tuple(occasion.iri for occasion in partial),
        unnamed=sum(occasion.unnamed for occasion in partial),
        left_out={reason: number for reason, number in sorted(left_out.items()) if number},
        open_ended=len(lasting),
    )


def count_sources(network: Network, rows: Iterable[Row]) -> tuple[NetworkSource, ...]:
    """Count the edges that rest on each document, most first; ``rows`` are those of the query ``sources``."""
    known: dict[str, tuple[str, str]] = {}
    for row in rows:
        text = {name: term.value for name, term in row.items()}
        publisher = text.get("name") or shorten(text.get("publisher", ""))
        known.setdefault(text["document"], (text.get("title", ""), publisher))
    edges = Counter(document for documents in network.documents for document in documents)
    ranked = sorted(edges.items(), key=lambda item: (-item[1], item[0]))
    return tuple(NetworkSource(document, *known.get(document, ("", "")), number) for document, number in ranked)


def notes(network: Network) -> list[str]:
    """Say in sentences what a reader of the network must know before drawing conclusions.

    Few publishers over-represent their own relations; in a window something may be only because no end is known.
    """
    known, sentences = network.completeness, []
    if known.partial:
        missing = f"at least {known.unnamed}" if known.unnamed else "how many, no source says"
        sentences.append(
            f"{len(known.partial)} of {_number(known.occasions, 'occasion')} with members that no source names "
            f"({missing}): degrees and weights are lower bounds."
        )
    if known.left_out:
        reasons = ", ".join(f"{reason}: {number}" for reason, number in known.left_out.items())
        sentences.append(f"Not used, by reason: {reasons}.")
    if known.open_ended and not network.provenance.parameters.keys().isdisjoint({"from", "to"}):
        sentences.append(
            f"{_number(known.open_ended, 'occasion')} with members of whom no document says until when they "
            "were: they count in each window after their begin."
        )
    if network.sources:
        publishers = Counter[str]()
        for source in network.sources:
            publishers[source.publisher or "unknown publisher"] += source.edges
        listed = ", ".join(f"{publisher}: {edges}" for publisher, edges in publishers.most_common(5))
        sentences.append(
            f"{_number(len(network.src), 'edge')} from {_number(len(network.sources), 'document')} of "
            f"{_number(len(publishers), 'publisher')}; who publishes more is seen more ({listed})."
        )
    if planned := int(network.planned.sum()):
        sentences.append(f"{_number(planned, 'edge')} only planned, marked as such.")
    if network.is_descriptive_only:
        nodes = _number(len(network.nodes), "node")
        sentences.append(f"{nodes}: centralities describe these actors and support no general claim.")
    return sentences


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
