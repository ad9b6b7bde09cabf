"""Networks and measures as files and as rows; each of them says where its figures come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from communique.graph.networks.measures import MeasureTable
from communique.graph.networks.network import Network

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a network or a table of measures; ``write`` takes either where ``takes`` allows it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Network, Sequence[MeasureTable]], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType({})


def write(network: Network, form: str, *, measures: Sequence[MeasureTable] = ()) -> bytes:
    """Write ``network`` as a form of ``FORMATS``; measures become columns of its nodes."""
    raise NotImplementedError


def edge_rows(network: Network) -> list[Row]:
    """List edges for a table: source, target, their labels, weight, events, planned, documents."""
    raise NotImplementedError


def node_rows(network: Network, *, measures: Sequence[MeasureTable] = ()) -> list[Row]:
    """List nodes for a table: iri, label, one column per measure."""
    raise NotImplementedError


def measure_rows(table: MeasureTable) -> list[Row]:
    """List the values of a measure for a table: rank, tied, iri, label, value, reason."""
    raise NotImplementedError


def notes(network: Network) -> list[str]:
    """Say in sentences what a reader must know: completeness, what was left out, sources, small networks."""
    raise NotImplementedError


def metadata(network: Network) -> Row:
    """Collect parameters, rules, data version, completeness and sources, ready for JSON."""
    raise NotImplementedError
