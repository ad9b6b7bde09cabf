"""The endpoint over HTTP beside others: queries, clients, a large answer, memory, a publication, rdflib beside it.

``python -m bench serving`` measures all, ``python -m bench serving queries clients`` some. Services are filled once and
kept under ``var/bench``; each listens on loopback and is ended by its process id.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import describe
from bench.record import write_section
from bench.serving import answer, clients, memory, publish, queries
from bench.serving.data import Material, make
from bench.serving.services import Communique, Oxigraph, RdflibEndpoint, Running, Service, Virtuoso

QUADS = 1_000_000
WORK = Path("var/bench/serving").absolute()
# rdflib takes minutes for a million quads and more for a query: it is asked over a tenth, in a table of its own.
_SHARE = 10


def main(parts: Sequence[str], quads: int = QUADS, *, writes: bool = True) -> None:
    """Measure the parts, all when none is named, and print their tables; ``writes`` puts them into bench/README.md."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the services are ended too
    work = WORK / str(quads)
    material = make(quads, work)
    services = _filled([Communique, Oxigraph, Virtuoso], material, work)
    for part in parts or PARTS:
        begun = datetime.now(UTC)
        text = PARTS[part](material, services, work)
        when = f"{begun:%Y-%m-%d %H:%M} UTC, load average {os.getloadavg()[0]:.1f} at its end"
        note = f"{quads:,} quads; {describe()}; {when}. Command: `python -m bench serving {part}`."
        print(f"\n### {part}\n\n{text}\n\n{note}", flush=True)
        if writes:
            write_section(f"serving {part}", f"{text}\n\n{note}")


def _filled(kinds: Sequence[type[Service]], material: Material, work: Path) -> list[Service]:
    """Fill those services that were not, and leave out what is not installed."""
    found = []
    for kind in kinds:
        folder = work / kind.name.replace(" ", "-")
        service, done = kind(folder), folder / "filled"
        if service.absent:
            print(f"{kind.name} is left out: {service.absent}", file=sys.stderr)
            continue
        if not done.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            service.fill(material.path)
            done.touch()
        found.append(service)
    return found


def _together(stack: ExitStack, services: Sequence[Service]) -> dict[str, Running]:
    """Start services side by side."""
    return {each.name: stack.enter_context(each.running()) for each in services}


def _queries(material: Material, services: Sequence[Service], work: Path) -> str:
    """Compare the services at full size."""
    with ExitStack() as stack:
        running = _together(stack, services)
        return queries.measure(material, {name: each.endpoint for name, each in running.items()})


def _rdflib(material: Material, services: Sequence[Service], work: Path) -> str:
    """Compare ours with rdflib at a tenth of the size."""
    small = make(int(work.name) // _SHARE, work / "tenth")
    few = _filled([Communique, RdflibEndpoint], small, work / "tenth")
    with ExitStack() as stack:
        running = _together(stack, few)
        return queries.measure(small, {name: each.endpoint for name, each in running.items()}, turns=2)


def _answer(material: Material, services: Sequence[Service], work: Path) -> str:
    """Start each service and ask it for much."""
    with ExitStack() as stack:
        return answer.measure(_together(stack, services))


def _memory(material: Material, services: Sequence[Service], work: Path) -> str:
    """Start each service and look at it."""
    with ExitStack() as stack:
        return memory.measure(material, _together(stack, services))


def _publish(material: Material, services: Sequence[Service], work: Path) -> str:
    """Publish under load; only ours, as the others change in place."""
    return "\n\n".join(publish.measure(material, each) for each in services if isinstance(each, Communique))


PARTS: dict[str, Callable[[Material, Sequence[Service], Path], str]] = {
    "queries": _queries,
    "rdflib": _rdflib,
    "clients": clients.measure,
    "answer": _answer,
    "memory": _memory,
    "publish": _publish,
}
