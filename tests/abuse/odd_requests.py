"""Odd requests, made from a seed, and what is wrong with a response to one."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_from_bytes
from xml.etree import ElementTree

from pyoxigraph import RdfFormat, parse

PATHS = [
    "/",
    "/healthz",
    "/readyz",
    "/info",
    "/sparql",
    "/hints",
    "/queries",
    "/terms",
    "/networks",
    "/ontology",
    "/reconcile",
    "/jobs",
    "/rdf-graph-store",
    "/openapi.json",
    "/robots.txt",
    "/sitemap.xml",
    "/dataset",
    "/.well-known/void",
    "/metrics",
    "/static/style.css",
    "/static/../__init__.py",
    "/static/%2e%2e/pages.py",
    "/queries/agreements-of",
    "/queries/node-by-name",
    "/queries/node-by-name/about",
    "/queries/node-by-name/sparql",
    "/queries/nosuch",
    "/queries/node-by-name/hints",
    "/terms/Treaty",
    "/terms/role",
    "/terms/a/b",
    "/networks/co-party",
    "/networks/co-party/measures",
    "/networks/training",
    "/networks/training/measures",
    "/networks/hosting",
    "/networks/nosuch",
    "/ontology/agreement",
    "/ontology/../queries",
    "/ontology/%2e%2e/%2e%2e/etc/passwd",
    "/ontology/context.jsonld",
    "/reconcile/suggest/entity",
    "/reconcile/suggest/type",
    "/reconcile/preview",
    "/reconcile/suggest/property",
    "/reconcile/properties",
    "/reconcile/flyout/entity",
    "/reconcile/flyout/x",
    "/reconcile/view",
    "/jobs/x",
    "/jobs/x/report",
    "/rdf-graph-store/x",
    "/../../etc/passwd",
    "//etc/passwd",
    "/%00",
    "/%ff",
    "/sparql/",
    "/SPARQL",
    "/sparql%3Fquery=ASK%7B%7D",
]
METHODS = (
    ["GET"] * 12 + ["POST"] * 6 + ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "QUERY", "PROPFIND"]
)
NAMES = [
    "query",
    "update",
    "default-graph-uri",
    "named-graph-uri",
    "using-graph-uri",
    "format",
    "output",
    "timeout",
    "measure",
    "weight",
    "nodes",
    "planned",
    "inferred",
    "from",
    "to",
    "queries",
    "prefix",
    "type",
    "state",
    "name",
    "text",
    "lang",
    "limit",
    "page",
    "id",
    "graph",
    "default",
    "callback",
    "extend",
    "q",
    "results",
    "ids",
    "properties",
    "explain",
]
QUERIES = [
    "ASK {}",
    "ASK",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5",
    "DESCRIBE <state/XAA>",
    'SELECT ?a ("é𝄞\\t\\"" AS ?b) (1/0 AS ?c) { ?a a com:State } LIMIT 2',
    "PREFIX com: <https://w3id.org/communique/ns#> SELECT * { ?a a com:State ; ?p ?o } LIMIT 4",
    "SELECT * FROM <http://example.org/none> { ?s ?p ?o }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 2",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT (NOW() AS ?n) (RAND() AS ?r) (UUID() AS ?u) {}",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "DROP ALL",
    "LOAD <file:///etc/passwd>",
    'SELECT * { ?s ?p ?o FILTER(REGEX(?o, "(a+)+$")) } LIMIT 1',
    "SELECT (<< <a:a> <a:b> <a:c> >> AS ?t) {}",
    'SELECT * { VALUES (?a ?b) { (UNDEF <a:b>) ("x"@en-GB 1e400) } }',
]
TYPES = [
    "*/*",
    "application/json",
    "text/html",
    "text/csv",
    "text/turtle",
    "application/rdf+xml",
    "application/sparql-results+json",
    "application/n-triples",
    "application/sparql-results+xml",
    "text/tab-separated-values",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
    "text/n3",
    "image/png",
    "text/turtle;charset=utf-8",
    "text/html;q=0.1,*/*;q=0.2",
    "*/*;q=0",
    ";",
    "text/",
    "*/",
    "application/problem+json",
    "application/gexf+xml",
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
    "multipart/form-data;boundary=x",
    "multipart/form-data",
    "text/plain",
    "application/graphml+xml,*/*;q=NaN",
]
WORDS = [
    "\njson",
    "html",
    "csv",
    "turtle",
    "xml",
    "graphml",
    "gexf",
    "edges.csv",
    "nodes.csv",
    "n3",
    "rdf+xml",
    "Arland",
    "XAA",
    "state",
    "organization",
    "count",
    "newman",
    "share",
    "true",
    "false\n2012",
    "2013-13",
    "0000",
    "9999-12-31",
    "-1",
    "0",
    "1e9",
    "999999999999999999999",
    "NaN",
    "Infinity",
    "null",
    "'",
    '"',
    "<",
    ">",
    "&",
    ";",
    "%",
    "\\",
    "\\u0000",
    "../../etc/passwd",
    "${7*7}\n{{7*7}}",
    "<script>alert(1)</script>",
    "'",
    "OR",
    "1=1",
    "--",
    "?x",
    "}",
    "{",
    "𝄞",
    "\u202e",
    "\ufeff",
    "betweenness",
    "degree",
    "in-degree",
    "pagerank",
    "*",
    "**",
    "state/XAA\nhttps://w3id.org/communique/id/state/XAA",
    "http://[::1",
    "javascript:alert(1)",
    "urn:x",
    "x:y",
    '""\n',
]
HEADERS = {
    "Accept": TYPES,
    "Accept-Encoding": ["gzip", "br", "zstd", "identity;q=0", "*;q=0", "gzip;q=2", "\u00e9"],
    "Accept-Language": ["fr", "x" * 300],
    "Authorization": ["Bearer x", "Basic Og==", "Bearer", "x" * 2_000],
    "Content-Type": TYPES,
    "Content-Encoding": ["gzip", "deflate", "br", "zstd", "nosuch", "identity"],
    "Cookie": ["a=b", "session=../../x"],
    "Expect": ["100-continue", "x"],
    "Forwarded": ["for=1.2.3.4"],
    "Host": ["example.org", "a b", "[::1]", "127.0.0.1:99999", "evil.example/x", "x" * 300],
    "If-Match": ["*", '"x"'],
    "If-Modified-Since": ["Tue, 01 Dec 2026 00:00:00 GMT", "x"],
    "If-None-Match": ["*", 'W/"x"', "x,,y", '"' * 99],
    "Origin": ["https://example.org", "null"],
    "Range": ["bytes=0-10", "bytes=-1", "bytes=5-1", "rows=1"],
    "Slug": ["x"],
    "X-Forwarded-For": ["1.2.3.4", "x"],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Timeout": ["0", "-1", "x", "1e99", "5"],
}
# Words that tell of our insides, the folder of this checkout among them.
_ROOT = str(Path(__file__).resolve().parents[2])
INSIDES = ("Traceback", 'File "', "site-packages", _ROOT, "werkzeug.", "NoneType", "object at 0x", "panicked")
# What may come of a request; 500 and 502 may not.
STATUSES = {
    200,
    202,
    204,
    206,
    301,
    303,
    304,
    308,
    400,
    401,
    403,
    404,
    405,
    406,
    408,
    409,
    411,
    412,
    413,
    414,
    415,
    416,
}
STATUSES |= {417, 421, 422, 428, 429, 431, 501, 503, 505}
_RDF = {each.media_type: each for each in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.TRIG, RdfFormat.N_QUADS)}
_RDF |= {each.media_type: each for each in (RdfFormat.RDF_XML, RdfFormat.JSON_LD, RdfFormat.N3)}


@dataclass(frozen=True)
class OddRequest:
    """A request, its address as it stands on the line."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def odd_requests(seed: int, number: int) -> Iterator[OddRequest]:
    """Make requests; the same seed makes the same."""
    chance = random.Random(seed)
    for _ in range(number):
        path = chance.choice(PATHS) if chance.random() < 0.95 else "/" + quote_from_bytes(chance.randbytes(9))
        pairs = list(_pairs(chance, path))
        chosen = chance.sample(list(HEADERS), chance.choice((0, 0, 1, 1, 2, 4)))
        headers = {name: chance.choice(HEADERS[name]) for name in chosen}
        method = chance.choice(METHODS)
        query = "&".join(f"{name}={value}" for name, value in pairs)
        if method == "POST" and chance.random() < 0.8:
            kind, body = _body(chance, query)
            headers = {"Content-Type": kind, **headers} if chance.random() < 0.9 else headers
            yield OddRequest(method, path, headers, body)
        else:
            yield OddRequest(method, f"{path}?{query}" if pairs else path, headers)


def _pairs(chance: random.Random, path: str) -> Iterator[tuple[str, str]]:
    """Choose parameters, names and values encoded."""
    if path in {"/sparql", "/hints"} and chance.random() < 0.85:
        yield "query", quote(_query(chance))
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        times = 1 if chance.random() < 0.98 else 200
        yield from [(chance.choice(NAMES), _value(chance))] * times


def _query(chance: random.Random) -> str:
    """Choose a query, often broken in one place."""
    text = chance.choice(QUERIES)
    if chance.random() < 0.5:
        return text
    at = chance.randrange(len(text) + 1)
    return (
        text[:at] + chance.choice([*WORDS, "\0", "{" * 300, "#\n", "\\u0041"]) + text[at + chance.choice((0, 1, 5)) :]
    )


def _value(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.85:
        return quote(chance.choice(WORDS), safe="")
    return (
        quote_from_bytes(chance.randbytes(6))
        if kind < 0.95
        else chance.choice(["%", "%zz", "+", "", "%00", "a" * 3_000])
    )


def _body(chance: random.Random, query: str) -> tuple[str, bytes]:
    """Choose a body and the type that it is said to be of."""
    kind = chance.randrange(6)
    if kind < 3:
        return "application/x-www-form-urlencoded", query.encode()
    if kind == 3:
        return "application/sparql-query", _query(chance).encode()
    if kind == 4:
        return "application/json", chance.choice(
            [b"{}", b"[", b"\xff", b'{"queries":{"q0":{"query":"Arland"}}}', b"[" * 9_999]
        )
    part = b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n' + _query(chance).encode()
    return "multipart/form-data; boundary=x", part + chance.choice([b"\r\n--x--\r\n", b"", b"\r\n--x"])


def fault(request: OddRequest, status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Say what is wrong with a response, header names in lower case; None when nothing is."""
    text = body.decode("utf-8", "replace")
    if status not in STATUSES:
        return f"status {status}: {text[:300]}"
    if found := [word for word in INSIDES if word in text or word in str(headers)]:
        return f"tells {found}: {text[:500]}"
    kind = headers.get("content-type", "").partition(";")[0]
    if request.method == "HEAD" or status in {204, 304} or "content-encoding" in headers or not body:
        return None
    try:
        check(kind, body)
    except Exception as error:
        return f"{status} is no {kind}: {error!r}: {text[:300]}"
    if status >= 400 and kind == "application/problem+json" and json.loads(body)["status"] != status:
        return f"{status} says {text[:300]}"
    return None


def check(kind: str, body: bytes) -> None:
    """Read a body as what it claims to be; raises whatever a reader raises."""
    text = body.decode()
    if kind.endswith("json") and kind not in _RDF:
        json.loads(text, parse_constant=_refuse)
    elif kind in _RDF:
        list(parse(body, format=_RDF[kind], base_iri="http://example.org/"))
    elif kind.endswith("xml"):
        ElementTree.fromstring(body)
    elif kind == "text/csv":
        widths = {len(row) for row in csv.reader(text.splitlines()) if row and not row[0].startswith("#")}
        if len(widths) > 1 and "\\n" not in text and '"' not in text:
            raise ValueError(f"rows of {widths} columns")
    elif kind == "text/html" and not (text.lstrip().lower().startswith("<!doctype html") and "</html>" in text):
        raise ValueError("not a whole page")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
