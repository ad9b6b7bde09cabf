"""What a client takes, read from the header's text alone: RFC 9110, section 12.5.1, and ``?format=`` as it is sent."""

from __future__ import annotations

import pytest

from communique.api.negotiation import (
    GRAPHS,
    SOLUTIONS,
    AcceptedTypes,
    asked_format,
    best,
    find_format,
    negotiate_query,
    read_accept,
)
from communique.graph.engine.protocol import PAGE
from communique.graph.errors import InvalidParameter
from communique.graph.queries import media

RESULTS, RESULTS_XML = "application/sparql-results+json", "application/sparql-results+xml"

# An Accept header → what it gets of SELECT and of CONSTRUCT. The comments say what a rule would otherwise give.
HEADERS = [
    ("text/turtle;charset=utf-8", None, "text/turtle"),
    ("text/turtle; charset=UTF-8", None, "text/turtle"),
    ('text/turtle; charset="utf-8"', None, "text/turtle"),
    ("text/turtle;charset=iso-8859-1", None, None),
    ("text/turtle;charset=iso-8859-1, application/n-triples;q=0.1", None, "application/n-triples"),
    ("text/csv;header=present", "text/csv", None),
    ("text/csv;header=absent", None, None),
    ("text/csv;header=absent, text/tab-separated-values;q=0.1", "text/tab-separated-values", None),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None, "application/ld+json"),
    ('application/ld+json;profile="a,b;q=0";q=0.5, text/turtle;q=0.4', None, "application/ld+json"),
    (f"{RESULTS};version=1.2", RESULTS, None),
    ("TEXT/CSV", "text/csv", None),
    # the closest range counts, not the heaviest and not the first (RFC 9110)
    ("text/*;q=0.3, text/csv;q=0.7, */*;q=0.5", "text/csv", "application/n-triples"),
    ("*/*, text/csv;q=0", RESULTS, "text/turtle"),
    ("text/*, text/csv;q=0", "text/xml", "text/turtle"),
    ("text/csv;q=0.2, text/csv;charset=utf-8;q=0.9, application/json;q=0.5", "text/csv", "application/json"),
    ("text/csv;charset=utf-8;q=0.1, text/csv;q=0.9, application/json;q=0.5", "application/json", "application/json"),
    ("*/*;q=0.1, application/json;q=0", RESULTS, "text/turtle"),
    # of equal weight, the one that is meant most closely, then the one that is offered first
    ("*/*, text/csv", "text/csv", "text/turtle"),
    ("application/rdf+xml, text/turtle", None, "text/turtle"),
    # malformed members are passed over, not taken for a wish
    ("text/csv;q=high, text/tab-separated-values", "text/tab-separated-values", None),
    ("*, text/csv", "text/csv", None),
    (", ,", RESULTS, "text/turtle"),
    ("", RESULTS, "text/turtle"),
]


@pytest.mark.parametrize(("accept", "solutions", "graph"), HEADERS, ids=[header for header, *_ in HEADERS])
def test_the_header_is_read_as_the_standard_says(accept: str, solutions: str | None, graph: str | None) -> None:
    assert negotiate_query(accept) == AcceptedTypes(solutions, graph)


@pytest.mark.parametrize(
    ("asked", "solutions", "graph"),
    [
        # SPARQLWrapper
        ("n3", None, "text/n3"),
        ("rdf", None, "application/rdf+xml"),
        ("rdf+xml", None, "application/rdf+xml"),
        ("json-ld", None, "application/ld+json"),
        # Virtuoso, Fuseki
        ("text/csv", "text/csv", None),
        (RESULTS, RESULTS, None),
        ("application/sparql-results json", RESULTS, None),  # a plus that was written as it is
        ("application/sparql-results+xml", RESULTS_XML, None),
        ("text/html", "text/html", "text/html"),
        ("application/json", "application/json", "application/json"),
        ("text/turtle;charset=utf-8", None, "text/turtle"),
        ("CSV", "text/csv", None),
        ("ttl", None, "text/turtle"),
        ("nt", None, "application/n-triples"),
        ("nq", None, "application/n-quads"),
        ("text", "text/tab-separated-values", None),
        ("sparql", RESULTS_XML, "application/rdf+xml"),
    ],
)
def test_formats_have_the_names_that_clients_send(asked: str, solutions: str | None, graph: str | None) -> None:
    assert negotiate_query("image/png", asked) == AcceptedTypes(solutions, graph)


def test_an_unknown_format_falls_back_to_a_header_that_names_one() -> None:
    assert negotiate_query("text/csv", "pdf").solutions == "text/csv"
    assert negotiate_query("text/turtle;q=0.5", "pdf").graph == "text/turtle"


@pytest.mark.parametrize("accept", [None, "", "*/*", "image/png", "text/*", "text/csv;q=0"])
def test_an_unknown_format_is_refused_where_the_header_leaves_it_open(accept: str | None) -> None:
    with pytest.raises(InvalidParameter, match="pdf") as refused:
        negotiate_query(accept, "pdf")
    assert refused.value.expected is not None
    assert "nquads" in refused.value.expected


@pytest.mark.parametrize(
    ("pairs", "asked"),
    [
        ([("query", "ASK {}")], None),
        ([("output", "csv")], "csv"),
        ([("results", "tsv"), ("output", "csv"), ("format", "xml")], "xml"),
        ([("format", "application/vnd.ms-excel"), ("output", "csv")], "csv"),
        ([("format", "csv"), ("format", "text/csv")], "csv"),
        ([("format", ""), ("output", "unheard-of")], "unheard-of"),
    ],
)
def test_a_format_has_three_parameters(pairs: list[tuple[str, str]], asked: str | None) -> None:
    assert asked_format(pairs) == asked


def test_every_offered_type_can_be_written() -> None:
    assert set(SOLUTIONS.values()) == {*media.SOLUTIONS, PAGE}
    assert set(GRAPHS.values()) == {*media.GRAPHS, PAGE}
    for media_type in {*SOLUTIONS, *GRAPHS}:
        found = find_format(media_type)
        assert found is not None
        assert media_type in {found.solutions, found.graph}


def test_what_is_not_offered_is_not_found() -> None:
    assert best(("text/csv", "text/html"), "image/png") is None
    assert best(("text/csv", "text/html"), None) == "text/csv"


def test_a_header_of_any_length_is_read_in_no_time() -> None:
    """What is too long is cut between two members, so that nobody keeps the event loop busy with a header."""
    long = "text/csv;q=0.5," + "a/b;q=0.1," * 100_000 + "text/turtle"
    assert negotiate_query(long) == AcceptedTypes("text/csv", None)
    assert len(read_accept(long)) < 500
    with pytest.raises(InvalidParameter) as refused:
        negotiate_query(None, "x" * 1_000_000)
    assert len(str(refused.value)) < 500
