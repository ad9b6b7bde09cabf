"""A large answer: seconds to its first byte and to its last, and what the service held meanwhile."""

from __future__ import annotations

import http.client
from collections.abc import Mapping

from bench.machine import table
from bench.serving.asking import JSON
from bench.serving.memory import Watch
from bench.serving.services import Running

MEGABYTES = 100
# A row of SPARQL JSON of these data.
_BYTES = 300


def measure(running: Mapping[str, Running], megabytes: int = MEGABYTES) -> str:
    """Ask each service for one answer of about this size."""
    query = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {megabytes * 1_000_000 // _BYTES}"
    rows: list[list[object]] = []
    for name, each in running.items():
        with Watch(each.process.pid) as watch:
            try:
                heard = each.endpoint.ask(query, JSON, keeps=False)
            except (OSError, http.client.HTTPException) as error:
                rows.append([name, f"failed: {error}", "", "", ""])
                continue
        rows.append([name, f"{heard.size / 1e6:.0f}", heard.first, heard.whole, f"{watch.most - watch.first:,.0f}"])
    return table(["service", "MB", "first byte, s", "whole, s", "memory beyond that at rest, MiB"], rows)
