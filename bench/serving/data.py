"""What is asked: a graph and sixteen queries, which lie beside the checkout."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "prototypes" / "bench"
_DOCUMENTS = b"<http://data.example.org/id/graph/documents>"
_TRIPLE = re.compile(rb'^(<[^>]*> <[^>]*> (?:<[^>]*>|"(?:[^"\\]|\\.)*"\S*)) \.$')
_EVENT = re.compile(r"<(http://data\.example\.org/id/event/\d+)> <\S+#type>")


@dataclass(frozen=True, slots=True)
class Material:
    """A file of N-Quads, all of them in named graphs, with questions about it.

    Attributes
    ----------
    path : the file
    queries : by name
    nodes : IRIs for look-ups, some hundreds
    """

    path: Path
    queries: Mapping[str, str]
    nodes: tuple[str, ...]


def make(quads: int, work: Path) -> Material:
    """Generate a graph, once per size; FileNotFoundError where the generator is absent.

    Statements of the default graph (about documents) get a graph of their own: then the default graph, as the union or
    the merge of all graphs, is the same for every service.
    """
    if not _SHARED.is_dir():
        raise FileNotFoundError(f"{_SHARED}: the generator and the queries of this benchmark are not there")
    path = work / "data.nq"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, _SHARED / "gen.py", str(quads), work / "raw"], check=True, capture_output=True)
        with (work / "raw.nq").open("rb") as source, path.open("wb") as target:
            target.writelines(_TRIPLE.sub(rb"\1 " + _DOCUMENTS + b" .", line) for line in source)
        for name in ("raw.nq", "raw.nt"):
            (work / name).unlink()
    return Material(path, runpy.run_path(str(_SHARED / "queries.py"))["Q"], _nodes(path))


def lookup(node: str) -> str:
    """Ask what is stated of a node: the small query."""
    return f"SELECT ?p ?o WHERE {{ <{node}> ?p ?o }}"


def _nodes(path: Path) -> tuple[str, ...]:
    """Find nodes to look up: the events, in the order of the file."""
    with path.open(encoding="utf-8") as stream:
        return tuple(dict.fromkeys(match[1] for line in stream if (match := _EVENT.match(line))))
