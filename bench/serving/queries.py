"""Sixteen queries over HTTP, the services in turns: milliseconds from the request to the last byte of the answer.

Each query is asked in two ways. *Fresh*: every time with a comment of its own, so that no service can answer from what
it has answered before; it has to read the text and evaluate it. *Again*: the same text once more. Beside the time is
the processor time of all processes of the service for a fresh request, which a busy machine disturbs less.
"""

from __future__ import annotations

import http.client
import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import RdfFormat, parse

from bench.machine import table
from bench.serving.asking import JSON, TRIPLES, Endpoint
from bench.serving.data import Material
from bench.serving.processes import processor_time

# Each service answers a query so many times in each way; none is asked again that once took so many seconds.
TURNS, _SLOW = 5, 5.0
OURS, ENGINE = "communique", "oxigraph serve"
_NUMBERS = count(1)


@dataclass
class Timed:
    """What a service took for one query, in milliseconds, and how many rows it gave; ``failed`` when it did not."""

    fresh: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    rows: int = 0
    failed: bool = False

    @property
    def is_over(self) -> bool:
        """Say whether the service is not to be asked again."""
        return self.failed or max(self.fresh, default=0.0) > _SLOW * 1e3

    @property
    def best(self) -> tuple[float, float, float]:
        """Give the medians: fresh and its processor time, without the very first, and again."""
        if self.failed or not self.fresh:
            return math.nan, math.nan, math.nan
        fresh, spent = (statistics.median(times[1:] or times or [math.nan]) for times in (self.fresh, self.spent))
        return fresh, spent, statistics.median(self.again) if self.again else fresh

    def __str__(self) -> str:
        """Write the medians."""
        return "failed" if self.failed else "; ".join(f"{value:.3g}" for value in self.best)


def measure(material: Material, endpoints: Mapping[str, Endpoint], turns: int = TURNS) -> str:
    """Ask everything of everybody, and make a table."""
    rows: list[list[object]] = []
    ratios: list[tuple[float, ...]] = []
    for query, text in material.queries.items():
        timed = ask_in_turns(text, endpoints, turns)
        ratios.append(_ratios(timed))
        rows.append([query, _sizes(timed), *timed.values(), *ratios[-1]])
    rows.append(["geometric mean", "", *[""] * len(endpoints), *map(_mean, zip(*ratios, strict=True))])
    names = [f"{name}: fresh; processor; again, ms" for name in endpoints]
    ways = ["fresh", "processor", "again"]
    ratios_to = [f"{way}, to the best other" for way in ways]
    engine = [f"{way}, to {ENGINE}" for way in ways[:2]] if ENGINE in endpoints else []
    return table(["query", "rows", *names, *ratios_to, *engine], rows)


def ask_in_turns(text: str, endpoints: Mapping[str, Endpoint], turns: int) -> dict[str, Timed]:
    """Ask one query in both ways, turn by turn."""
    timed = {name: Timed() for name in endpoints}
    for _ in range(turns):
        for name, endpoint in endpoints.items():
            fresh = f"{text} # {next(_NUMBERS)}"
            before = processor_time(endpoint.pid)
            for times in (timed[name].fresh, timed[name].again):
                if not timed[name].is_over:
                    _time(fresh, endpoint, timed[name], times)
                if times is timed[name].fresh:
                    spent = processor_time(endpoint.pid) - before
                    timed[name].spent += [spent * 1e3] if spent > 0 else []  # less when a process has ended meanwhile
    return timed


def _time(text: str, endpoint: Endpoint, timed: Timed, times: list[float]) -> None:
    """Ask once."""
    accept = TRIPLES if "CONSTRUCT" in text else JSON
    try:
        heard = endpoint.ask(text, accept)
        timed.rows = _count(heard.body, accept)
    except (OSError, http.client.HTTPException, ValueError, SyntaxError):
        timed.failed = True
        return
    timed.failed = heard.status != 200
    times.append(heard.whole * 1e3)


def _count(body: bytes, accept: str) -> int:
    """Count rows, or different triples; ValueError or SyntaxError when the answer is not whole."""
    if accept == JSON:
        return len(json.loads(body)["results"]["bindings"])
    return len({(quad.subject, quad.object) for quad in parse(body, format=RdfFormat.TURTLE)})


def _ratios(timed: Mapping[str, Timed]) -> tuple[float, ...]:
    """Divide our times by the best of the others, in each way, and by those of the engine's own server."""
    ours = timed[OURS].best
    others = [each.best for name, each in timed.items() if name != OURS]
    best = [min((other[way] for other in others if other[way] > 0), default=math.nan) for way in range(len(ours))]
    engine = [ours[way] / (timed[ENGINE].best[way] or math.nan) for way in (0, 1)] if ENGINE in timed else []
    return *(own / other for own, other in zip(ours, best, strict=True)), *engine


def _sizes(timed: Mapping[str, Timed]) -> str:
    """Write how many rows came, and who differs."""
    good = {name: each.rows for name, each in timed.items() if not each.failed}
    usual = statistics.mode(good.values()) if good else 0
    others = [f"{name} {rows:,}" for name, rows in good.items() if rows != usual]
    return f"{usual:,}" + (f" ({', '.join(others)})" if others else "")


def _mean(ratios: Sequence[float]) -> float:
    """Give the geometric mean of the ratios that there are."""
    known = [ratio for ratio in ratios if not math.isnan(ratio)]
    return statistics.geometric_mean(known) if known else math.nan
