"""Choosing from a table by name: an unknown name is answered with the known ones and the closest of them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from communique.graph.errors import NetworkError

T = TypeVar("T")


def pick(kind: str, name: str, table: Mapping[str, T]) -> T:
    """Look ``name`` up in ``table``; NetworkError naming the ``kind``, the known names and the closest one."""
    try:
        return table[name]
    except KeyError:
        close = get_close_matches(name, table, n=1)
        raise NetworkError(
            f"no {kind} is called {name!r}",
            expected=f"one of {', '.join(table)}",
            hint=f"did you mean {close[0]!r}?" if close else None,
        ) from None
