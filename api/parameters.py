"""The parameters of an address that a resource knows."""

from __future__ import annotations

from flask import request

from communique.graph.errors import InvalidParameter
from communique.graph.terms.spelling import did_you_mean


def refuse_others(*known: str) -> None:
    """Raise InvalidParameter for a parameter of the address that is none of ``known``, which it lists."""
    for name in request.args:
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no parameter at all"
            raise InvalidParameter(f"{name}: no such parameter", expected=expected, hint=did_you_mean(name, known))
