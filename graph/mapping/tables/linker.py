"""How cells that name something are tied to nodes: what the mapper asks of linking."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pyoxigraph import NamedNode

from communique.graph.linking import states


class Linker(Protocol):
    """Finds the node that a text means; None rather than a wrong one."""

    def find_state(self, text: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a name."""

    def by_code(self, scheme: str, code: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a code of a scheme."""

    def find_actor(self, text: str, kind: str, on: date | None, context: str | None) -> NamedNode | None:
        """Find an organization (or what ``kind`` names) by a name, within the context of a state."""


class Names:
    """The linker that knows states and codes, and no organizations."""

    def find_state(self, text: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a name."""
        return states.find(text, on=on)

    def by_code(self, scheme: str, code: str, on: date | None) -> NamedNode | None:
        """Find a state or territory by a code of a scheme."""
        return states.by_code(scheme, code, on=on)

    def find_actor(self, text: str, kind: str, on: date | None, context: str | None) -> NamedNode | None:
        """Find nothing."""
        return None
