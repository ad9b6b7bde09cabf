"""Choosing from a table by name: an unknown name is answered with the known ones and the closest of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from communique.graph.errors import NetworkError
from communique.graph.terms.spelling import did_you_mean

T = TypeVar("T")


def pick(kind: str, name: str, table: Mapping[str, T]) -> T:
    """Look ``name`` up in ``table``; NetworkError naming the ``kind``, the known names and the closest one."""
    try:
        return table[name]
    except KeyError:
        raise NetworkError(
            f"no {kind} is called {name!r}",
            expected=f"one of {', '.join(table)}",
            hint=did_you_mean(name, table),
        ) from None
