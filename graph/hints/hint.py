"""One hint: why an answer may be empty, or smaller than was meant, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint beside an answer, which stays what SPARQL says.

    Attributes
    ----------
    kind : what it is about: ``prefix``, ``term``, ``node``, ``class``, ``value``, ``pattern``, ``graph``, ``condition``
    message : what was found
    hint : what to do; None where nothing can be done
    """

    kind: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """Join the parts as on a terminal."""
        return f"{self.message}; next: {self.hint}" if self.hint else self.message

    def to_json(self) -> dict[str, Any]:
        """Describe it, ready for JSON, with the member names of a problem (RFC 9457)."""
        parts = asdict(self)
        return {"kind": parts["kind"], "detail": parts["message"]} | ({"hint": self.hint} if self.hint else {})
