"""What is refused by its text: no SERVICE passes, ordinary questions do."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.engine.guard import DEEPEST, check, nesting
from communique.graph.errors import QueryRefused

NOWHERE = "http://127.0.0.1:9/"  # the discard port, where nobody listens
X = NamedNode("x:a")


def refused(text: str) -> bool:
    try:
        check(text, 100_000)
    except QueryRefused as error:
        return "SERVICE" in error.message
    return False


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p ?a BIND(2 AS ?b) FILTER(?a<?b)SERVICE#>\n<{NOWHERE}>{{?x ?y ?z}} }}",
        f"SELECT * {{ ?s ?p ?a FILTER(?a!='>' || ?a<'>')SERVICE <{NOWHERE}> {{?x ?y ?z}} FILTER(?a!='') }}",
        f"SELECT * {{ service silent#c\n#d\r<{NOWHERE}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 1SERVICE <{NOWHERE}> {{}} }}",
        f"SELECT * {{ ?s ?p trueSERVICE <{NOWHERE}> {{}} }}",
        f"SELECT * {{ ?s ?p 'a'@enSERVICE <{NOWHERE}> {{}} }}",
        f"PREFIX x: <{NOWHERE}> SELECT * {{ SERVICE x:a {{ ?s ?p ?o }} }}",
        f"PREFIX : <{NOWHERE}> SELECT * {{ SERVICE :a {{ ?s ?p ?o }} }}",
        f"PREFIX x: <{NOWHERE}> SELECT * {{ ?s x:a.b.SERVICE x:a {{ ?s ?p ?o }} }}",
        "SELECT * { SERVICE?s{ ?s ?p ?o } }",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }} }}",
    ],
)
def test_service_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p ?o FILTER(REGEX(?o, "digital service", "i")) }',
        'SELECT ?service { ?service a <x:PublicService> . ?s <http://x/service/1> "once-only service" }',
        "SELECT ?service ?x { ?service ?x ?y }",
        "SELECT * { VALUES ?type { com:DigitalService com:Programme } ?digitalService <x:p> ?o }",
        "SELECT * { ?x com:service <x:a> ; com:DigitalService ?y }",
        "SELECT * { ?s ?p ?o # a service\n }",
    ],
)
def test_ordinary_questions_pass(text: str) -> None:
    check(text, 1000)


# Fragments of queries whose tokens end or begin where a lexer and pyoxigraph's parser may differ.
FRAGMENTS = [
    *("?s ?p 1", "?s ?p 1.", "?s ?p 1e1", "?s ?p true", "?s ?p 'a'@en", "?s ?p '1'^^x:a", "?s ?p _:b", "?s x:a x:b"),
    *("?s ?p x:a.b.", "?s ?p x:a:b", "?s ?p x:", "?s ?p <x:a>", "?s ?p <x:#a>", "?s x:a/^x:b* ?o", "[] ?p ( 1 )"),
    *("?s ?p '''it's \"'''", '?s ?p "\\"<"', "?s ?p '#'", "# it's <\n", '#"\r', "VALUES ?v { '>' }", "{}", "."),
    *("FILTER(?a<?b)", "FILTER(?a<?b||?b>?a)", "FILTER('>'<?a)", "FILTER(?a!='<')", "BIND(1 AS ?x1)", "OPTIONAL{}"),
    *("?s ?p ?service", "?s x:service x:aservice", "?s ?p 'SERVICE'", "# SERVICE x\n", "?s ?p <x:SERVICE>"),
]
GAPS = ["", " ", "#>\n", "#'\r", " # <x:a\n "]
noise = st.lists(st.tuples(st.sampled_from(GAPS), st.sampled_from(FRAGMENTS)), max_size=4).map(
    lambda pairs: "".join(gap + fragment for gap, fragment in pairs)
)


@settings(max_examples=800, deadline=None)
@given(noise, st.sampled_from(["SERVICE", "service SILENT", "SerVice\t#c\n"]), st.sampled_from(GAPS), noise)
@example("FILTER(?a<?b)", "SERVICE", "#>\n", "")
@example("?s ?p 1", "SERVICE", "", "")
@example("?s ?p x:a.b.", "SERVICE", "", "")
def test_whatever_the_parser_takes_for_a_call_is_refused(before: str, word: str, gap: str, after: str) -> None:
    text = f"PREFIX x: <x:> SELECT * {{ {before}{word}{gap}<{NOWHERE}>{{ ?x ?y ?z }} {after} }}"
    if not refused(text):
        assert not calls_out(text)


def calls_out(text: str) -> bool:
    """Let pyoxigraph evaluate a text, and see whether it tried to reach a remote endpoint."""
    store = Store()
    store.add(Quad(X, X, Literal(1)))
    try:
        list(store.query(re.sub("(?i)silent", "      ", text)))  # type: ignore[arg-type]
    except OSError:
        return True
    except (SyntaxError, ValueError, RuntimeError):
        return False
    return False


def test_the_judge_of_the_test_above_sees_a_call() -> None:
    assert calls_out(f"SELECT * {{ SERVICE <{NOWHERE}> {{ ?s ?p ?o }} }}")
    assert not calls_out("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize(
    "word", ["INSERT DATA {}", "delete where {}", "LOAD <x:a>", "CLEAR ALL", "DROP ALL", "WITH <x:a>"]
)
@pytest.mark.parametrize("prologue", ["", "# why\n", "BASE <x:a#b>\nPREFIX a:<x:b>", "PREFIX : <x:> #\n"])
def test_an_update_is_named(word: str, prologue: str) -> None:
    with pytest.raises(QueryRefused, match="is an update"):
        check(f"{prologue} {word}", 1000)


@pytest.mark.parametrize("text", ["PREFIX load: <x:> SELECT * { load:a ?p ?o }", "ASK { ?insert ?p 'DROP ALL' }"])
def test_a_query_that_mentions_an_update_passes(text: str) -> None:
    check(text, 1000)


def test_length_is_counted_in_characters() -> None:
    check("é" * 10, 10)
    with pytest.raises(QueryRefused, match="11 characters"):
        check("é" * 11, 10)


@pytest.mark.parametrize(("opening", "closing"), ["{}", "()", "[]"])
def test_nesting_is_limited(opening: str, closing: str) -> None:
    check(opening * DEEPEST + closing * DEEPEST, 10_000)
    with pytest.raises(QueryRefused, match=f"nested {DEEPEST + 1} deep"):
        check(opening * (DEEPEST + 1) + closing * (DEEPEST + 1), 10_000)


def test_nesting_looks_through_strings_and_comments() -> None:
    assert nesting("{ '}' { \"}}\" { # }}}\n { <x:}> } } } }") == 4
    assert nesting("} } {") == 1


@pytest.mark.parametrize("hidden", ["<x:\\u0061#>", "<x:\\U00000061#>", "x:a\\#", "x:a\\'"])
def test_nesting_looks_past_escapes(hidden: str) -> None:
    assert nesting(f"PREFIX x: <x:> SELECT * {{ ?s ?p {hidden} {{{{ }}}} }}") == 3
