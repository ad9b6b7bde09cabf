"""A query that is not SPARQL is answered with one place, one expectation and one cure."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import Store

from communique.graph.errors import QuerySyntaxError
from communique.graph.hints.syntax import explain, explain_update
from communique.graph.hints.tokens import read_tokens
from communique.graph.queries import library
from communique.graph.terms.namespaces import COM, ID

P = f"PREFIX com: <{COM}>\n"


def explained(text: str) -> QuerySyntaxError:
    with pytest.raises(SyntaxError) as refused:
        Store().query(text, base_iri=ID)
    return explain(text, refused.value)


# What is wrong, the query, where, and words of the cure. The place is counted by hand.
FAULTS = [
    ("a prefix of ours", "SELECT * { ?x a com:Event }", (1, 17), f"PREFIX com: <{COM}>"),
    ("two of ours", "SELECT * { ?x a com:Event ; skos:prefLabel ?l }", (1, 17), "PREFIX skos:"),
    ("a prefix of nobody", "SELECT * { ?x a foo:Event }", (1, 17), "add PREFIX foo: <…>"),
    ("a prefix nearly ours", "SELECT * { ?x a comm:Event }", (1, 17), "did you mean com:?"),
    ("a brace not closed", f"{P}SELECT * {{\n ?x a com:Event", (3, 16), "add } at the end"),
    ("two brackets not closed", f"{P}SELECT * {{ {{ ?x a com:Event", (2, 28), "add }} at the end"),
    ("a bracket not closed", f"{P}SELECT * {{ ?x com:role ?y FILTER((?y = 3) }}", (2, 43), "add ) here"),
    ("a brace too many", f"{P}SELECT * {{ ?x com:role ?y }}}}", (2, 28), "leave out this }"),
    ("SELECT", f"{P}SELCT * {{ ?x a com:Event }}", (2, 1), "write SELECT"),
    ("WHERE", f"{P}SELECT * WHER {{ ?x a com:Event }}", (2, 10), "write WHERE"),
    ("OPTIONAL", f"{P}SELECT * {{ ?x a com:E . OPTINAL {{ ?x com:role ?r }} }}", (2, 25), "write OPTIONAL"),
    ("ORDER", f"{P}SELECT * {{ ?x a com:Event }} ODER BY ?x", (2, 29), "write ORDER"),
    ("a function", f'{P}SELECT * {{ ?x com:role ?y FILTER(CONTAIN(?y, "x")) }}', (2, 34), "write CONTAINS"),
    ("a dot", f"{P}SELECT * {{ ?x a com:Event\n ?x com:role ?y }}", (3, 2), "write com:Event . ?x"),
    ("a text", f'{P}SELECT * {{ ?x com:role "abc }}', (2, 24), 'write "abc"'),
    ("an IRI", f"{P}SELECT * {{ ?x com:role <http://abc }}", (2, 24), "write <http://abc>"),
    ("a relative IRI", f"{P}SELECT * {{ <state/KOR com:role ?o }}", (2, 12), "write <state/KOR>"),
    ("an IRI without brackets", "SELECT * { http://a.example/b ?p ?o }", (1, 12), "write <http://a.example/b>"),
    ("FILTER", f"{P}SELECT * {{ ?x com:role ?y FILTER ?y > 3 }}", (2, 34), "write FILTER(?y > 3)"),
    ("==", f"{P}SELECT * {{ ?x com:role ?y FILTER(?y == 3) }}", (2, 37), "write = for =="),
    ("<>", f"{P}SELECT * {{ ?x com:role ?y FILTER(?y <> 3) }}", (2, 37), "write != for <>"),
    ("&", f"{P}SELECT * {{ ?x com:role ?y FILTER(?y = 3 & ?x = 4) }}", (2, 41), "write && for &"),
    ("and", f"{P}SELECT * {{ ?x com:role ?y FILTER(?y = 3 and ?x = 4) }}", (2, 41), "write && for and"),
    ("smart quotes", f"{P}SELECT * {{ ?x com:role “abc” }}", (2, 24), 'write " for it'),
    ("a no-break space", f"{P}SELECT\u00a0* {{ ?x com:role ?y }}", (2, 7), "type the space anew"),
    ("LIMIT -1", f"{P}SELECT * {{ ?x com:role ?y }} LIMIT -1", (2, 35), "write LIMIT 10"),
    ("LIMIT all", f"{P}SELECT * {{ ?x com:role ?y }} LIMIT all", (2, 35), "write LIMIT 10"),
    ("the order of clauses", f"{P}SELECT * {{ ?x com:role ?y }} LIMIT 3 ORDER BY ?x", (2, 37), "move LIMIT 3"),
    ("an aggregate", f"{P}SELECT ?x (COUNT(*) AS ?n) {{ ?x com:role ?y }}", (2, 8), "add GROUP BY ?x"),
    ("GROUP BY", f"{P}SELECT ?x ?y (COUNT(*) AS ?n) {{ ?x com:role ?y }} GROUP BY ?x", (2, 11), "add ?y to GROUP BY"),
    ("a variable", f"{P}SELECT x {{ ?x com:role ?y }}", (2, 8), "write ?x"),
    ("a comma", f"{P}SELECT ?x, ?y {{ ?x com:role ?y }}", (2, 10), "leave out the comma"),
    ("AS", f"{P}SELECT COUNT(?x) AS ?n {{ ?x com:role ?y }}", (2, 8), "write (COUNT(?x) AS ?n)"),
    ("AS a name that is taken", f"{P}SELECT (?x AS ?y) {{ ?x com:role ?y }}", (2, 15), "write AS ?y_2"),
    ("PREFIX without a colon", f"PREFIX com <{COM}>\nASK {{ ?x a com:Event }}", (1, 8), "write PREFIX com: <…>"),
    ("PREFIX without brackets", f"PREFIX com: {COM}\nASK {{ ?x a com:Event }}", (1, 13), f"<{COM}>"),
    ("PREFIX with a dot", f"PREFIX com: <{COM}> .\nASK {{ ?x a com:Event }}", (1, 47), "leave out the '.'"),
    ("@prefix", f"@prefix com: <{COM}> .\nASK {{ ?x a com:Event }}", (1, 1), "leave out the @ and the dot"),
    ("a language", f'{P}SELECT * {{ ?x com:role "a"@ }}', (2, 27), '"…"@en'),
    ("OPTIONAL without braces", f"{P}ASK {{ ?x com:a ?r OPTIONAL ?x com:b ?r }}", (2, 28), "OPTIONAL { ?x com:b ?r }"),
    ("UNION without braces", f"{P}ASK {{ ?x com:a ?r UNION ?x com:b ?r }}", (2, 19), "around both sides"),
    ("WHERE with round brackets", f"{P}SELECT ?x WHERE ( ?x a com:E )", (2, 17), "write { } for ( )"),
    ("VALUES with round brackets", f"{P}ASK {{ VALUES ?x (com:a) ?x ?p ?o }}", (2, 17), "write { } for ( )"),
    ("no brace before the statements", f"{P}SELECT ?x\n ?x a com:E }}", (3, 2), "write { here"),
    ("an inner SELECT", f"{P}ASK {{ SELECT ?x {{ ?x ?p ?o }} ?x a com:E }}", (2, 7), "around the inner SELECT"),
    ("BIND without brackets", f"{P}ASK {{ ?x com:a ?r BIND ?r AS ?q }}", (2, 24), "write BIND(?r AS ?q)"),
    (
        "HAVING without brackets",
        f"{P}SELECT ?x {{ ?x a ?y }} GROUP BY ?x HAVING COUNT(?y) > 3",
        (2, 42),
        "HAVING(COUNT",
    ),
    ("NOT EXISTS without FILTER", f"{P}ASK {{ ?x a ?y NOT EXISTS {{ ?x com:e ?z }} }}", (2, 15), "FILTER NOT EXISTS"),
    ("IN without brackets", f"{P}ASK {{ ?x com:a ?r FILTER(?r IN com:b, com:c) }}", (2, 29), "write IN (com:b, com:c)"),
    ("LIKE", f"{P}ASK {{ ?x com:a ?r FILTER(?r LIKE 'b') }}", (2, 26), "write CONTAINS(STR(?r), 'b')"),
    ("an aggregate without a name", f"{P}SELECT COUNT(*) {{ ?x a com:E }}", (2, 8), "write (COUNT(*) AS ?value)"),
    ("COUNT DISTINCT", f"{P}SELECT (COUNT DISTINCT ?x AS ?n) {{ ?x a com:E }}", (2, 9), "COUNT(DISTINCT ?x)"),
    ("ORDER BY ?y DESC", f"{P}SELECT ?x {{ ?x com:a ?y }} ORDER BY ?y DESC", (2, 36), "write DESC(?y)"),
    ("ORDER without BY", f"{P}SELECT ?x {{ ?x com:a ?y }} ORDER ?x", (2, 27), "write ORDER BY"),
    ("TOP", f"{P}SELECT TOP 10 ?x {{ ?x com:a ?y }}", (2, 8), "LIMIT at the end"),
    ("* and a variable", f"{P}SELECT *, ?x {{ ?x com:a ?y }}", (2, 8), "leave out the *"),
    ("a day", f"{P}ASK {{ ?x com:a 2016-05-24 }}", (2, 16), 'write "2016-05-24"^^xsd:date'),
    ("one ^", f'{P}ASK {{ ?x com:a "1"^com:integer }}', (2, 19), "write ^^"),
    ("A", f"{P}ASK {{ ?x A com:Event }}", (2, 10), "write a"),
    ("a comment", f"{P}-- all\nASK {{ ?x a com:Event }}", (2, 1), "write #"),
    ("a path without brackets", f"{P}DESCRIBE state/KOR", (2, 10), "write <state/KOR>"),
    ("a space in an IRI", "DESCRIBE <http://a.example/a b>", (1, 11), "write %20"),
    ("a backslash", 'ASK { ?s ?p "a\\q" }', (1, 15), "write \\\\"),
    ("an entity", "ASK { ?s ?p ?o FILTER(?o &lt; 3) }", (1, 26), "write <"),
    ("two queries", f"{P}ASK {{ ?x a com:A }}\nASK {{ ?x a com:B }}", (3, 1), "send them one by one"),
    ("a word for a text", f"{P}ASK {{ ?x com:a ?y FILTER(LANG(?y) = en) }}", (2, 37), "write ?en"),
    ("no value", f"{P}ASK {{ ?x com:a }}", (2, 16), "write com:a ?value }"),
    ("no property", f"{P}ASK {{ ?x a ?y . ?z . }}", (2, 20), "write ?z ?property ?value ."),
    ("an end too early", "SELECT", (1, 7), "complete the last clause"),
    ("no query", "", (1, 1), "SELECT * WHERE"),
    ("words", "who signed the communique?", (1, 1), "SELECT * WHERE"),
]


@pytest.mark.parametrize(("text", "place", "cure"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_a_fault_has_a_place_an_expectation_and_a_cure(text: str, place: tuple[int, int], cure: str) -> None:
    error = explained(text)
    assert (error.line, error.column) == place
    assert error.message.startswith(f"line {place[0]}, column {place[1]}: ")
    assert error.expected
    assert cure in (error.hint or "")
    assert len(str(error)) < 350


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [*library()][::6])
def test_whatever_is_missing_the_message_is_short_and_lies_in_the_text(name: str) -> None:
    """Leave out some tokens of a real query, one at a time."""
    text = library()[name].text
    told = 0
    for token in read_tokens(text)[::41]:
        broken = text[: token.start] + text[token.end :]
        try:
            Store().query(broken, base_iri=ID)
        except SyntaxError as error:
            found = explain(broken, error)
            assert 1 <= (found.line or 0) <= broken.count("\n") + 1
            assert len(str(found)) < 450
            assert "\\u{" not in str(found)
            told += 1
    assert told


def test_tokens_lie_where_they_say_and_leave_out_only_blanks_and_comments() -> None:
    for question in library().values():
        end = 0
        for token in read_tokens(question.text):
            assert question.text[token.start : token.end] == token.text
            assert re.fullmatch(r"(?:\s|#[^\n]*)*", question.text[end : token.start])
            end = token.end


def test_a_long_text_is_not_searched() -> None:
    text = P + "SELECT * { ?x a com:Event ; " + "com:role ?y ; " * 3_000 + " FILTR }"
    error = explained(text)
    assert error.line == 2
    assert len(str(error)) < 350


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a second fault behind it does not hide a prefix that the parser knows to be undeclared
        ("PREFIX com: <x:> SELECT * { ?x com:a foo:b ; com:c ?d", "line 1, column 38: prefix foo: is not declared"),
        ("SELECT * { ?x com:a ?y . FILTR(?y)", "line 1, column 15: prefix com: is not declared"),
        ("SELECT (foo:f(?x) AS ?y) { ?x ?p ?o }", "line 1, column 9: prefix foo: is not declared"),
        ("SELECT * { ?s ?p ?o { ?a ?b ?c ", "line 1, column 32: the { of line 1, column 21 is not closed"),
        (f"SELECT * {{ {'?x ?p ?o . ' * 2_000}", "is not closed"),
        (f"SELECT * {{ {'?x foo:p ?o . ' * 2_000}}}", "line 1, column 15: prefix foo: is not declared"),
    ],
)
def test_one_fault_is_named(text: str, found: str) -> None:
    error = explained(text)
    assert found in error.message
    assert error.expected and len(str(error)) < 200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INSERT DATA { GRAPH <x:g> { <x:a> com:b 1 } }", "line 1, column 35: prefix com: is not declared"),
        ("INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 }", "line 1, column 44: the { of line 1, column 13 is not closed"),
        ("DELETE WHERE { ?s ?p }", "line 1, column 22: the statement that ends here is not complete"),
        ("SELECT * { ?s ?p ?o }", "line 1, column 1: this is no SPARQL update"),
    ],
)
def test_an_update_is_explained_as_a_query_is(text: str, found: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        Store().update(text, base_iri=ID)
    error = explain_update(text, refused.value)
    assert error.message.startswith(found)
    assert len(str(error)) < 200
