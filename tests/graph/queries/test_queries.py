"""Reading query files, binding parameters, rebuilding the derived graph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from communique.graph.errors import InvalidParameter, SourceError, UnknownQuery
from communique.graph.queries import find, library, queries_in
from communique.graph.queries.library import PackagedQuery, read_query
from communique.graph.queries.parameters import KINDS, QueryParameter, write_text
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import XSD

TEXT = """\
#+ summary: What is there?
#+ question: P99
#+ description: A query that only echoes.
#+ tags: [test]
#+ parameters:
#+   - {name: state, datatype: iri, summary: a state, repeatable: true}
#+   - {name: note, datatype: xsd:string, summary: any words}
#+ columns: [{name: state, kind: iri}, {name: note, datatype: xsd:string, summary: the words}]
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?state ?note WHERE {
  VALUES ?state { <https://w3id.org/communique/id/state/KOR> <https://w3id.org/communique/id/state/GRC> }
  VALUES ?note { "none" }
}
"""
EXAMPLES = {
    "iri": ("state/KOR", "role:trainee", "https://example.org/x?y=1", "urn:isbn:1"),
    "xsd:date": ("2013-10-23",),
    "xsd:gYear": ("2018",),
    "xsd:integer": ("12", "-3"),
    "xsd:decimal": ("0.5", "7"),
    "xsd:boolean": ("true", "false"),
    "xsd:string": ("", "Seoul", 'a "quoted" \\ text\n'),
    "rdf:langString": ("e-Government", "mél@fr", "a@b.example"),
}
WRONG = {
    "iri": ("Korea South", "nowhere", "http://a>b", "State/KOR", "role:a b", ""),
    "xsd:date": ("2013", "2013-02-30", "20131023", "2013-W43-3", "2013-10-23T00:00:00", "٢٠١٣-10-23"),
    "xsd:gYear": ("18", "2018-01", "٢٠١٨"),
    "xsd:integer": ("1.0", "one", "", "1" * 19),
    "xsd:decimal": ("1e3", ".5", "NaN"),
    "xsd:boolean": ("yes", "1"),
}


@pytest.fixture
def query() -> PackagedQuery:
    return read_query(TEXT, "event/echo.rq")


def rows(text: str) -> list[tuple[object, ...]]:
    solutions = Store().query(text)
    assert isinstance(solutions, QuerySolutions)
    return [tuple(solution) for solution in solutions]


def parameter(datatype: str) -> QueryParameter:
    return QueryParameter("it", datatype, ("x",), "")


def test_header_and_defaults_are_read(query: PackagedQuery) -> None:
    assert (query.name, query.question, query.tags) == ("echo", "P99", ("test",))
    assert query.parameters[0].default == ("state/KOR", "state/GRC")
    assert [(column.name, column.kind, column.datatype) for column in query.columns] == [
        ("state", "iri", None),
        ("note", "literal", "xsd:string"),
    ]


def test_unbound_query_keeps_its_text(query: PackagedQuery) -> None:
    assert query.bind() == query.text


def test_binding_replaces_only_what_is_given(query: PackagedQuery) -> None:
    assert rows(query.bind({"state": "state/ROU"})) == [(entity("state/ROU"), Literal("none"))]


def test_repeatable_parameter_takes_each_value_once(query: PackagedQuery) -> None:
    pairs = [("state", "state/ROU"), ("state", "state/TLS"), ("state", "state/ROU")]
    assert [row[0] for row in rows(query.bind(pairs))] == [entity("state/ROU"), entity("state/TLS")]


@pytest.mark.parametrize(
    "hostile",
    [
        '" }\n  VALUES ?state { <https://example.org/evil> }\n #',
        "\\u0022 } VALUES ?state { <https://example.org/evil> } #",
        "\\",
        r"\1\g<0>",
        "\r\n\x00\x7f",
    ],
)
def test_value_that_looks_like_query_text_stays_a_value(query: PackagedQuery, hostile: str) -> None:
    answer = rows(query.bind([("note", hostile), ("state", "state/ROU")]))
    assert answer == [(entity("state/ROU"), Literal(hostile))]


@given(st.text())
def test_any_text_comes_back_as_itself(text: str) -> None:
    query = read_query(TEXT, "event/echo.rq")
    assert {row[1] for row in rows(query.bind({"note": text}))} == {Literal(text)}


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=12))
def test_reading_gives_a_term_or_says_what_is_wrong(datatype: str, text: str) -> None:
    try:
        value = parameter(datatype).read(text)
    except InvalidParameter as error:
        assert "it:" in error.message
        assert datatype in (error.expected or "")
    else:
        assert parameter(datatype).read(write_text(value)) == value


@pytest.mark.parametrize(("datatype", "text"), [(kind, text) for kind, texts in EXAMPLES.items() for text in texts])
def test_right_texts_are_read(datatype: str, text: str) -> None:
    value = parameter(datatype).read(text)
    assert isinstance(value, NamedNode) or value.datatype.value.endswith(datatype.partition(":")[2])


@pytest.mark.parametrize(("datatype", "text"), [(kind, text) for kind, texts in WRONG.items() for text in texts])
def test_wrong_texts_are_refused_with_an_example(datatype: str, text: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parameter(datatype).read(text)
    assert caught.value.hint == "write it like x"


def test_every_datatype_has_examples() -> None:
    assert EXAMPLES.keys() == KINDS.keys()


def test_tagged_text_is_split_at_a_language_only() -> None:
    assert parameter("rdf:langString").read("mél@fr") == Literal("mél", language="fr")
    assert parameter("rdf:langString").read("a@b.example") == Literal("a@b.example", language="en")


def test_unknown_and_repeated_parameters_are_refused(query: PackagedQuery) -> None:
    with pytest.raises(InvalidParameter, match="country: no such parameter; expected: one of state, note"):
        query.bind({"country": "state/KOR"})
    with pytest.raises(InvalidParameter, match="note: given again, as 'b'; expected: one value"):
        query.bind([("note", "a"), ("note", "b")])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("summary: What is there?", "summary: {", r"event/echo.rq:\d+.*not YAML"),
        ("#+ summary: What is there?\n", "", "event/echo.rq:1.*no summary"),
        ("tags: [test]", "tags: test", "event/echo.rq:4: tags is 'test'"),
        ("kind: iri}", "kind: node}", "event/echo.rq:.*'node' is no kind"),
        ("kind: iri}", "colour: red}", "event/echo.rq:.*has colour"),
        ("datatype: xsd:string, summary: any words", "datatype: xsd:text, summary: x", "echo.rq:7: 'xsd:text' is no"),
        ("datatype: xsd:string, summary: any words", "datatype: xsd:date, summary: x", "echo.rq:7: .* no xsd:date"),
        (", repeatable: true", "", "event/echo.rq:.*state has 2 defaults"),
        ('"none"', '"none', "event/echo.rq: a VALUES line cannot be read"),
        ('"none"', "UNDEF", "event/echo.rq: .*UNDEF"),
        ('  VALUES ?note { "none" }\n', "", "event/echo.rq:7: parameter note has 0 defaults"),
        ('"none" }\n', '"none" }\n  VALUES ?note { "other" }\n', "event/echo.rq: .*differ"),
    ],
)
def test_broken_file_is_refused_with_path_and_line(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(SourceError, match=message):
        read_query(TEXT.replace(old, new), "event/echo.rq")


def test_default_terms_survive_as_text() -> None:
    for value in (entity("state/KOR"), Literal("2013-10-23", datatype=NamedNode(XSD + "date"))):
        kind = "iri" if isinstance(value, NamedNode) else "xsd:date"
        assert parameter(kind).read(write_text(value)) == value


def test_unknown_question_names_the_nearest() -> None:
    name = next(iter(library()))
    with pytest.raises(UnknownQuery, match=f"perhaps .*{name}.*; next: .* lists the questions"):
        find(name + "x")


def test_found_question_is_the_one_of_the_library() -> None:
    assert all(find(name) is query for name, query in library().items())


def test_shelves_are_not_questions() -> None:
    assert not queries_in("derived").keys() & library().keys()
