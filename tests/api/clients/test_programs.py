"""Clients that are no Python: curl, R, Comunica, unchanged and with what they send by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., str]

COM = "https://w3id.org/communique/ns#"
TREATY = "https://w3id.org/communique/id/agreement/treaty-abc"
SELECT = f"SELECT ?agreement {{ ?agreement a <{COM}Treaty> }}"
CONSTRUCT = f"CONSTRUCT {{ ?s a <{COM}Treaty> }} WHERE {{ ?s a <{COM}Treaty> }}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data-urlencode", f"query={SELECT}", "-H", "Accept: text/csv"],
        ["-G", "--data-urlencode", f"query={SELECT}", "--data-urlencode", "format=text/csv"],
        ["-G", "--data-urlencode", f"query={SELECT}", "-d", "output=csv"],
        ["-F", f"query={SELECT}", "-F", "format=csv"],
        ["--data-binary", SELECT, "-H", "Content-Type: application/sparql-query", "-H", "Accept: text/csv"],
    ],
    ids=["form", "address", "output", "multipart", "direct"],
)
def test_curl_asks_in_its_five_ways(service: str, run: Run, arguments: list[str]) -> None:
    assert run("curl", "-sSf", f"{service}/sparql", *arguments).split() == ["agreement", TREATY]


def test_curl_sends_a_file(service: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "question.rq").write_text(SELECT)
    for arguments in (
        ["-F", f"query=@{tmp_path}/question.rq"],
        ["--data-urlencode", f"query@{tmp_path}/question.rq"],
        ["--data-binary", f"@{tmp_path}/question.rq", "-H", "Content-Type: application/sparql-query"],
    ):
        found = json.loads(run("curl", "-sSf", f"{service}/sparql", *arguments))
        assert [row["agreement"]["value"] for row in found["results"]["bindings"]] == [TREATY]


def test_curl_saves_under_the_name_that_is_proposed(service: str, run: Run, tmp_path: Path) -> None:
    run("curl", "-sSf", "-OJ", "--output-dir", str(tmp_path), f"{service}/networks/hosting?format=csv")
    run("curl", "-sSf", "-OJ", "--output-dir", str(tmp_path), f"{service}/queries/place-of-event?format=tsv")
    assert {file.name for file in tmp_path.iterdir()} == {"hosting.edges.csv", "place-of-event.tsv"}


def test_curl_unpacks_what_it_asks_to_be_compressed(service: str, run: Run) -> None:
    asked = [f"{service}/sparql", "--data-urlencode", "query=SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"]
    assert run("curl", "-sSf", "--compressed", *asked) == run("curl", "-sSf", *asked)


def test_curl_with_a_charset_in_accept(service: str, run: Run) -> None:
    asked = [f"{service}/sparql", "--data-urlencode", f"query={CONSTRUCT}", "-H", "Accept: text/turtle;charset=utf-8"]
    assert TREATY.rpartition("/")[2] in run("curl", "-sSf", *asked)


R = """
service <- commandArgs(trailingOnly = TRUE)[1]
for (path in c("/sparql?format=csv&query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
               "/queries/place-of-event?event=event/training-a&format=csv",
               "/networks/hosting?format=csv", "/networks/hosting?format=nodes.csv&measure=degree",
               "/networks/hosting/measures?format=csv")) {
  frame <- read.csv(url(paste0(service, path)))
  cat(nrow(frame), ncol(frame), names(frame)[1], "\n")
}
edges <- read.csv(url(paste0(service, "/networks/hosting?format=csv")))
commented <- read.csv(url(paste0(service, "/networks/hosting?format=csv&comments=yes")), comment.char = "#")
stopifnot(identical(edges, commented), is.numeric(edges$weight))
tabs <- read.delim(url(paste0(service, "/queries/place-of-event?event=event/training-a&format=tsv")))
stopifnot(nrow(tabs) > 0)
"""


def test_r_reads_every_table_with_read_csv(service: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "read.R").write_text(R)
    lines = [line.split() for line in run("Rscript", str(tmp_path / "read.R"), service).splitlines()]
    assert [line[2] for line in lines] == ["s", "event", "source", "iri", "rank"]
    assert all(int(rows) > 0 and int(columns) > 2 for rows, columns, _ in lines)


@pytest.mark.parametrize("source", ["/sparql", "sparql@"], ids=["detected", "told"])
def test_comunica_asks_the_endpoint(service: str, run: Run, source: str) -> None:
    """Without being told it finds out by the service description that the address is an endpoint."""
    address = f"{service}/sparql" if source == "/sparql" else f"{source}{service}/sparql"
    found = json.loads(run("comunica-sparql", address, SELECT, "-t", "application/json"))
    assert [row["agreement"] for row in found] == [TREATY]


def test_comunica_builds_a_graph(service: str, run: Run) -> None:
    assert TREATY in run("comunica-sparql", f"{service}/sparql", CONSTRUCT, "-t", "text/turtle")


def test_comunica_joins_two_endpoints(service: str, run: Run) -> None:
    """The same service under two names of the machine is two sources to it."""
    other = service.replace("127.0.0.1", "localhost")
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    query = f"SELECT ?agreement ?label {{ ?agreement a <{COM}Treaty> ; {label} ?label }}"
    both = json.loads(run("comunica-sparql", f"{service}/sparql", f"{other}/sparql", query, "-t", "application/json"))
    assert {row["agreement"] for row in both} == {TREATY}
    assert len(both) >= 2
