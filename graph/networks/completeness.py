"""Judge a network by what it cannot know: unnamed members, undated occasions, few sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from communique.graph.networks.network import Network
from communique.graph.networks.records import Completeness, Source
from communique.graph.networks.statements import Row
from communique.graph.terms.namespaces import shorten


def judge(network: Network, left_out: Mapping[str, int]) -> Completeness:
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


def credit(network: Network, rows: Iterable[Row]) -> tuple[Source, ...]:
    """Count the edges that rest on each document, most first; ``rows`` are those of the query ``sources``."""
    known: dict[str, tuple[str, str]] = {}
    for row in rows:
        text = {name: term.value for name, term in row.items()}
        publisher = text.get("name") or shorten(text.get("publisher", ""))
        known.setdefault(text["document"], (text.get("title", ""), publisher))
    edges = Counter(document for documents in network.documents for document in documents)
    ranked = sorted(edges.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Source(document, *known.get(document, ("", "")), number) for document, number in ranked)


def notes(network: Network) -> list[str]:
    """Say in sentences what a reader of the network must know before drawing conclusions."""
    says = (_on_members, _on_omissions, _on_ends, _on_sources, _on_plans, _on_size)
    return [sentence for say in says if (sentence := say(network))]


def _on_members(network: Network) -> str:
    """Say whether members are missing."""
    known = network.completeness
    if not known.partial:
        return ""
    missing = f"at least {known.unnamed}" if known.unnamed else "how many, no source says"
    return (
        f"{len(known.partial)} of {_number(known.occasions, 'occasion')} with members that no source names "
        f"({missing}): degrees and weights are lower bounds."
    )


def _on_omissions(network: Network) -> str:
    """Say what was not used, and why."""
    left_out = ", ".join(f"{reason}: {number}" for reason, number in network.completeness.left_out.items())
    return f"Not used, by reason: {left_out}." if left_out else ""


def _on_ends(network: Network) -> str:
    """Say, of a window, what is in it only because no end is known."""
    if not network.completeness.open_ended or network.provenance.parameters.keys().isdisjoint({"from", "to"}):
        return ""
    return (
        f"{_number(network.completeness.open_ended, 'occasion')} with members of whom no document says until when they "
        "were: they count in each window after their begin."
    )


def _on_sources(network: Network) -> str:
    """Say how many documents and publishers the edges rest on: few of them over-represent their own relations."""
    if not network.sources:
        return ""
    publishers = Counter[str]()
    for source in network.sources:
        publishers[source.publisher or "unknown publisher"] += source.edges
    listed = ", ".join(f"{publisher}: {edges}" for publisher, edges in publishers.most_common(5))
    return (
        f"{_number(len(network.src), 'edge')} from {_number(len(network.sources), 'document')} of "
        f"{_number(len(publishers), 'publisher')}; who publishes more is seen more ({listed})."
    )


def _on_plans(network: Network) -> str:
    """Say how many edges are only planned."""
    planned = int(network.planned.sum())
    return f"{_number(planned, 'edge')} only planned, marked as such." if planned else ""


def _on_size(network: Network) -> str:
    """Warn of small networks."""
    if not network.is_descriptive_only:
        return ""
    return f"{_number(len(network.nodes), 'node')}: centralities describe these actors and support no general claim."


def _number(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
