"""Networks that take long to draw: nobody else waits for them, and nobody's are not drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad
from service import Service, seconds_used, serve, settled

Eventually = Callable[[Callable[[], bool]], bool]
Publish = Callable[[Path, Iterable[Quad]], str]

pytestmark = pytest.mark.slow

BASE = "https://w3id.org/communique/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
# So many that measuring what ties them takes far longer than any test waits for others.
STATES = 700


def meeting(states: int) -> Iterator[Quad]:
    """Let so many states meet once: each is tied to each."""
    graph, event = NamedNode(BASE + "graph/doc/900"), NamedNode(BASE + "id/event/e")
    occurred = NamedNode(BASE + "vocab/realization/occurred")

    def say(subject: NamedNode, name: str, value: NamedNode) -> Quad:
        return Quad(subject, NamedNode(name if ":" in name else f"{BASE}ns#{name}"), value, graph)

    yield say(NamedNode(BASE + "ns#State"), SUBCLASS, NamedNode(BASE + "ns#Actor"))
    yield say(event, "realization", occurred)
    for n in range(states):
        state, part = NamedNode(f"{BASE}id/state/S{n}"), NamedNode(f"{BASE}id/part/{n}")
        yield say(state, RDF_TYPE, NamedNode(BASE + "ns#State"))
        yield say(part, "inEvent", event)
        yield say(part, "participant", state)
        yield say(part, "role", NamedNode(BASE + "vocab/role/participant"))
        yield say(part, "realization", occurred)


@pytest.fixture(scope="module")
def meeting_service(confined: None, publish: Publish, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("home")
    publish(home, meeting(STATES))
    with serve(home, engine_workers=4, queue_seconds=2) as service:
        yield service


def test_the_network_of_a_client_that_hangs_up_is_drawn_no_more(
    meeting_service: Service, eventually: Eventually
) -> None:
    before = settled(meeting_service, eventually)
    with meeting_service.connect() as connection:
        connection.sendall(b"GET /networks/co-participation?measure=betweenness HTTP/1.1\r\nHost: x\r\n\r\n")
        assert eventually(lambda: any(seconds_used(pid) > 0.1 for pid in meeting_service.of_kind("drawn")))
    assert eventually(lambda: not meeting_service.of_kind("drawn"))
    assert eventually(lambda: meeting_service.census().processes == before.processes)


def test_many_networks_at_once_keep_nobody_out(meeting_service: Service, eventually: Eventually) -> None:
    before = settled(meeting_service, eventually)
    with ThreadPoolExecutor(16) as askers:
        paths = [f"/networks/co-participation?measure=closeness&to={2000 + number}" for number in range(16)]
        asked = [askers.submit(meeting_service.ask, path) for path in paths]
        while not all(each.done() for each in asked):
            assert meeting_service.ask("/healthz").status == 200
            assert meeting_service.query(COUNT).status == 200
            assert len(meeting_service.of_kind("drawn")) <= 2
        assert {each.result().status for each in asked} <= {200, 503}
    assert eventually(lambda: meeting_service.census().processes == before.processes)
    assert eventually(lambda: meeting_service.census().descriptors <= before.descriptors + 2)
