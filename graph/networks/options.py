"""What may be chosen about a network, each by its name: nodes, weight, status, sources and time."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from communique.graph.errors import NetworkError
from communique.graph.terms.spelling import did_you_mean

NODES = {"state": "sovereign states", "organization": "organizations"}
_PARAMETERS = dict.fromkeys(("weight", "nodes", "planned", "inferred", "from", "to"), True)
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


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


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """The choices behind one network.

    Attributes
    ----------
    weight : name of a weight the layer offers; None = the layer's default
    nodes : ``state`` or ``organization``
    planned : also draw what is only planned; such edges are marked
    inferred : also use what follows from a document by a recorded rule
    since, until : keep occasions whose bounds overlap this window, both days included; None = open.
        With a window, undated occasions are left out and counted.

    Raises NetworkError for unknown nodes and for a window that ends before it starts.
    """

    weight: str | None = None
    nodes: str = "state"
    planned: bool = False
    inferred: bool = True
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        pick("kind of nodes", self.nodes, NODES)
        if self.since and self.until and self.until < self.since:
            raise NetworkError(f"the window ends {self.until} before it starts {self.since}", hint="swap from and to")

    @property
    def has_window(self) -> bool:
        """Whether time is bounded on at least one side."""
        return self.since is not None or self.until is not None

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> NetworkOptions:
        """Read options as text: ``weight nodes planned inferred from to``, as in a URL or on a command line.

        ``from`` and ``to`` are YYYY, YYYY-MM or YYYY-MM-DD; an incomplete ``from`` means its first day, an
        incomplete ``to`` its last. Empty values count as absent. NetworkError for any other name or value.
        """
        given = {name: text.strip() for name, text in parameters.items() if text.strip()}
        for name in given:
            pick("option of a network", name, _PARAMETERS)
        return cls(
            weight=given.get("weight"),
            nodes=given.get("nodes", "state"),
            planned=pick("value of planned", given.get("planned", "false").lower(), _TRUTH),
            inferred=pick("value of inferred", given.get("inferred", "true").lower(), _TRUTH),
            since=_read_day("from", given.get("from"), last=False),
            until=_read_day("to", given.get("to"), last=True),
        )

    def as_parameters(self) -> dict[str, str]:
        """Write the options as text that ``parse`` reads; open bounds and a default weight are left out."""
        written = {
            "weight": self.weight,
            "nodes": self.nodes,
            "planned": str(self.planned).lower(),
            "inferred": str(self.inferred).lower(),
            "from": self.since and self.since.isoformat(),
            "to": self.until and self.until.isoformat(),
        }
        return {name: text for name, text in written.items() if text}


def _read_day(name: str, text: str | None, *, last: bool) -> date | None:
    """Read a date of year, month or day precision as its first or last day."""
    if text is None:
        return None
    try:
        parts = _DATE.fullmatch(text)
        if parts is None:
            raise ValueError(text)
        year, month = int(parts[1]), int(parts[2] or (12 if last else 1))
        return date(year, month, int(parts[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except ValueError:
        raise NetworkError(f"{name}: {text!r} is not a date", expected="YYYY, YYYY-MM or YYYY-MM-DD") from None
