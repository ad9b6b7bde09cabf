"""How cells that name something are tied to nodes: what the mapper asks of linking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from pyoxigraph import NamedNode

from communique.graph.linking import Index, resolve, states

# First step of an identifier → class whose entities are looked through.
_CLASSES = {
    "org": "Organization",
    "person": "Person",
    "place": "Place",
    "event": "Event",
    "series": "EventSeries",
    "agreement": "Agreement",
    "programme": "Programme",
    "indicator": "Indicator",
}


class Linker(Protocol):
    """Finds the node that a text means; None rather than a wrong one."""

    def find_state(self, text: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a name."""

    def by_code(self, scheme: str, code: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a code of a scheme."""

    def find_actor(self, text: str, kind: str, on: date | None, context: str | None) -> NamedNode | None:
        """Find a node of a kind by a name, within the context of a state, organization or event."""


class IndexLinker:
    """Ties cells to nodes by the linking of this package; ``index`` makes that of a class when it is first needed."""

    def __init__(self, index: Callable[[str], Index] | None = None) -> None:
        """Without ``index`` only states and codes are known."""
        self._make = index
        self._made: dict[str, Index] = {}

    def find_state(self, text: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a name."""
        return states.find(text, on=on)

    def by_code(self, scheme: str, code: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a code of a scheme."""
        return states.by_code(scheme, code, on=on)

    def find_actor(self, text: str, kind: str, on: date | None, context: str | None) -> NamedNode | None:
        """Find what linking decides; candidates are none."""
        if self._make is None or kind not in _CLASSES:
            return None
        wanted = _CLASSES[kind]
        if wanted not in self._made:
            self._made[wanted] = self._make(wanted)
        found = resolve(text, wanted, on=on, context=context, index=self._made[wanted])
        return found.match.node if found.match else None
