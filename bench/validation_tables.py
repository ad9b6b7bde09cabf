"""Figures of validation → Markdown: a table per question, and how far the aims are reached."""

from __future__ import annotations

from collections.abc import Iterator

from bench.children import PEAK
from bench.machine import table
from bench.results import Results

Row = tuple[object, ...]


def render(results: Results) -> str:
    """Write all tables."""
    parts = [
        f"{results.machine}\n\nCommand: `python -m bench validation --sizes {_sizes(results)}`.",
        "**Into the store on disk.** Seconds: median (least–most). The bare load looks at nothing; the validated one is"
        " what `communique load` does: derive, judge, count, write, publish, record.",
        table(_LOAD, list(_loads(results))),
        "**The gate in memory**: all shapes and set queries of the project.",
        table(_GATE, list(_gates(results))),
        "**Shapes alone**, on the union of all graphs, in memory; reading is not counted. *ours* are the shapes of the"
        " project, *27* the benchmark shapes.",
        table(_SHAPES, list(_engines(results))),
        "**Aims.**",
        table(("aim", "measured", ""), list(_aims(results))),
        results.note,
    ]
    return "\n\n".join(part for part in parts if part)


_LOAD = ("quads", "measured", "load average", "bare load s", "validated load s", "ratio", "peak MiB, bare",
         "peak MiB, validated", "batch of 1.6k quads s")  # fmt: skip
_GATE = ("quads", "read s", "derive s", "gate s", "results", "peak MiB", "derive after a batch of 1.6k quads s",
         "gate after it s", "share of the whole gate")  # fmt: skip
_SHAPES = ("shapes", "quads", "focus nodes", "results", "queries s", "pySHACL s", "ratio", "batch quads",
           "focus nodes concerned", "find and check them s", "share", "peak MiB", "peak MiB, pySHACL")  # fmt: skip


def _loads(results: Results) -> Iterator[Row]:
    for size in results.sizes():
        day, load = results.when[str(size)]
        ratio = results.ratio(size, ("load", "load"), ("raw", "load"))
        yield (
            results.count(size, "raw", "quads"),
            day,
            f"{load:.1f}",
            results.cell(size, "raw", "load"),
            results.cell(size, "load", "load"),
            _number(ratio),
            results.count(size, "raw", PEAK),
            results.count(size, "load", PEAK),
            results.cell(size, "load batch", "load"),
        )


def _gates(results: Results) -> Iterator[Row]:
    for size in results.sizes():
        yield (
            results.count(size, "gate", "quads"),
            *(results.cell(size, "gate", figure) for figure in ("memory", "derive", "gate")),
            results.count(size, "gate", "results"),
            results.count(size, "gate", PEAK),
            results.cell(size, "gate", "upkeep"),
            results.cell(size, "gate", "again"),
            _percent(results.ratio(size, ("gate", "again"), ("gate", "gate"))),
        )


def _engines(results: Results) -> Iterator[Row]:
    for name in ("ours", "27"):
        for size in results.sizes():
            slow = f"{name} pySHACL"
            if not results.runs[str(size)].get(name):
                continue
            counts, others = (results.values(size, each, "results") for each in (name, slow))
            yield (
                name,
                *(results.count(size, name, figure) for figure in ("quads", "focus", "results")),
                results.cell(size, name, "validate"),
                results.cell(size, slow, "validate")
                + (" (other results!)" if others and set(counts) != set(others) else ""),
                _number(results.ratio(size, (slow, "validate"), (name, "validate"))),
                *(results.count(size, name, figure) for figure in ("batch", "touched")),
                results.cell(size, name, "again"),
                _percent(results.ratio(size, (name, "again"), (name, "validate"))),
                results.count(size, name, PEAK),
                results.count(size, slow, PEAK),
            )


def _aims(results: Results) -> Iterator[Row]:
    """Compare what was measured with what was aimed at."""
    million, five = 1_000_000, 5_000_000
    yield _aim(
        "validated load of 1M at most 2 times the bare load",
        results.ratio(million, ("load", "load"), ("raw", "load")),
        2,
    )
    times = [results.median(size, "load", "load") for size in (million, five)]
    yield _aim("validated load of 5M at most 6 times that of 1M", _divided(times[1], times[0]), 6)
    for size in (million, five):
        for name, candidate in (("validated load", "load"), ("gate in memory", "gate")):
            peak = results.median(size, candidate, PEAK)
            gib = None if peak is None else peak / 1024 / (size / million)
            yield _aim(f"{name} of {size // million}M: at most 0.7 GiB per 1M quads", gib, 0.7)
    yield _aim(
        "gate after a batch at 1M at most 2 % of the full gate, in %",
        _times(results.ratio(million, ("gate", "again"), ("gate", "gate")), 100),
        2,
    )
    again = [results.median(size, "gate", "again") for size in (million, five)]
    yield _aim("gate after a batch: growth from 1M to 5M below 1.5", _divided(again[1], again[0]), 1.5)


def _sizes(results: Results) -> str:
    """Write the sizes as the command takes them."""
    return ",".join(f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1_000}k" for size in results.sizes())


def _aim(text: str, value: float | None, limit: float) -> Row:
    return (text, _number(value), "not measured" if value is None else "reached" if value <= limit else "missed")


def _divided(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.{1 if value < 0.1 else 0}f} %"
