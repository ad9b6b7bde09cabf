"""HTTP requests and the responses that are expected, as the W3C's manifests word them (``ht:``, ``cnt:``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Namespace, Node
from rdflib.collection import Collection
from rdflib.namespace import RDF

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
CODES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
SUITES = Path(__file__).resolve().parents[3] / "shared/conformance/sparql11"


@dataclass(frozen=True)
class Exchange:
    """One request and what is expected of its response.

    ``codes`` are status numbers, or hundreds of them such as 2; ``content`` is a graph in Turtle.
    """

    method: str
    path: str
    media_type: str | None
    accept: str | None
    body: bytes | None
    codes: frozenset[int]
    boolean: str | None
    format: str | None
    content: str | None

    def expects(self, status: int) -> bool:
        return status in self.codes or status // 100 in self.codes


@dataclass(frozen=True)
class Case:
    """One test: requests in their order."""

    name: str
    exchanges: tuple[Exchange, ...]


def read_manifest(manifest: str, kind: Node) -> list[Case]:
    """Read the tests of one kind; none where the suite is absent."""
    path = SUITES / manifest
    if not path.exists():
        return []
    graph = Graph().parse(path, format="turtle")
    entries = Collection(graph, next(graph.objects(None, MF.entries)))
    return [
        Case(str(test).partition("#")[2], tuple(_read_exchange(graph, each) for each in _requests(graph, test)))
        for test in entries
        if (test, RDF.type, kind) in graph
    ]


def _requests(graph: Graph, test: Node) -> list[Node]:
    connection = graph.value(test, MF.action)
    return list(Collection(graph, graph.value(connection, HT.requests)))


def _read_exchange(graph: Graph, request: Node) -> Exchange:
    response = graph.value(request, HT.resp)
    headers, body, content = _headers(graph, request), graph.value(request, HT.body), graph.value(response, HT.body)
    codes = {str(code).partition("#")[2] for code in graph.objects(response, MF.expectedStatus)}
    return Exchange(
        method=str(graph.value(request, HT.methodName)),
        path=str(graph.value(request, HT.absolutePath)),
        media_type=headers.get("content-type"),
        accept=headers.get("accept"),
        body=body and str(graph.value(body, CNT.chars)).encode(str(graph.value(body, CNT.characterEncoding))),
        codes=frozenset(CODES.get(code) or int(code.removeprefix("StatusCode")[0]) for code in codes),
        boolean=_text(graph.value(response, MF.expectedBoolean)),
        format=_text(graph.value(response, MF.expectedFormat)),
        content=_text(content and graph.value(content, CNT.chars)),
    )


def _headers(graph: Graph, request: Node) -> dict[str, str]:
    listed = graph.value(request, HT.headers)
    entries = Collection(graph, listed) if listed else ()
    return {str(graph.value(entry, HT.fieldName)): str(graph.value(entry, HT.fieldValue)) for entry in entries}


def _text(node: Node | None) -> str | None:
    return None if node is None else str(node)
