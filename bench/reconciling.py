"""The reconciliation service on the packaged graph, and with many invented bodies: first answer, then rates."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask.testing import FlaskClient
from pyoxigraph import Literal, Quad, Store

from bench.machine import table
from bench.record import write_section
from communique.api import create_app
from communique.graph import sources
from communique.graph.engine import start_engine
from communique.graph.loading.inputs import base_quads
from communique.graph.mapping.document import map_document
from communique.graph.settings import Settings
from communique.graph.store.workspace import Workspace
from communique.graph.terms.identifiers import entity, stated
from communique.graph.terms.namespaces import term
from communique.graph.validation.derivation import derive

SIZES = (0, 20_000)
_BATCH, _BATCHES = 25, 4
_STATES = ("Greece", "Republic of Korea", "Viet Nam", "Côte d'Ivoire", "Atlantis")
_BODIES = ("Ministry of Digital Governance", "OECD", "Asian Development Bank", "Body 77 of Kilo", "Agency of Nothing")
_ASKED: Mapping[str, tuple[Sequence[str], str]] = {
    "states": (_STATES, "State"),
    "organizations": (_BODIES, "Organization"),
    "without a type": ((*_STATES, *_BODIES), ""),
}


def main(*, writes: bool) -> None:
    """Print, and unless told otherwise record, the time to the first answer and the names matched per second."""
    rows = [(f"{size:,}", *_measure(size)) for size in SIZES]
    text = table(("invented bodies", "first answer, s", *(f"{name}, names/s" for name in _ASKED)), rows)
    print(text)
    if writes:
        write_section("reconciling", text)


def _measure(size: int) -> list[float]:
    """Serve a graph with so many bodies and ask it."""
    with TemporaryDirectory() as folder:
        settings = Settings(Path(folder), query_seconds=60.0)
        workspace = Workspace(settings.home)
        with workspace.working_copy() as copy:
            copy.replace_all(_graph(size))
            workspace.publish(copy)
        with start_engine(settings):
            app = create_app(settings)
            with closing(app.extensions["client"]):
                client = app.test_client()
                first = _time(client, [{"query": "Greece"}])
                return [first, *(round(_rate(client, names, kind)) for names, kind in _ASKED.values())]


def _rate(client: FlaskClient, names: Sequence[str], kind: str) -> float:
    """Count the names matched per second, in batches of one size, after one that is not counted."""
    queries = [{"query": names[n % len(names)], **({"type": kind} if kind else {})} for n in range(_BATCH)]
    _time(client, queries)
    return _BATCH * _BATCHES / sum(_time(client, queries) for _ in range(_BATCHES))


def _time(client: FlaskClient, queries: Sequence[Mapping[str, Any]]) -> float:
    """Time one batch in seconds."""
    asked = {f"q{n}": query for n, query in enumerate(queries)}
    start = time.perf_counter()
    response = client.post("/reconcile", data={"queries": json.dumps(asked)})
    assert response.status_code == 200, response.text
    return time.perf_counter() - start


def _graph(size: int) -> Store:
    """Build the packaged graph with bodies of many names, each name with a word that few others have."""
    store = Store()
    store.extend(base_quads())
    for file in sources.documents():
        store.extend(map_document(sources.read_yaml(file)))
    store.extend(_bodies(size))
    derive(store)
    return store


def _bodies(size: int) -> Iterator[Quad]:
    """Invent bodies; the same seed gives the same ones."""
    draw, graph = random.Random(1), stated("900")
    words = [f"{first}{second}" for first in ("Kilo", "Mega", "Giga", "Tera") for second in ("port", "lab", "bank", "")]
    for number in range(size):
        node = entity(f"org/x{number}")
        label = f"Body {number} of {' '.join(draw.sample(words, 2))} {draw.randrange(2000)}"
        yield Quad(node, term("rdf:type"), term("com:PublicBody"), graph)
        yield Quad(node, term("skos:prefLabel"), Literal(label, language="en"), graph)
