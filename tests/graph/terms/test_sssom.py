"""SSSOM tables: what is written is read back, and what is wrong in one is told by its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from communique.graph.errors import SourceError
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import SKOS

COLUMNS = ("subject_id", "predicate_id", "object_id", "comment")
HEAD = "subject_id\tpredicate_id\tobject_id\tcomment\n"
LINE = "id:org/a\tskos:exactMatch\twikidata:Q1\t"

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)


def table(*rows: dict[str, str]) -> str:
    return "".join(sssom.write({"mapping_set_id": "https://example.org/set"}, COLUMNS, rows))


@given(st.lists(texts, max_size=4))
def test_what_is_written_is_read_back(comments: list[str]) -> None:
    rows = [{"subject_id": "id:org/a", "predicate_id": "skos:exactMatch", "object_id": "ror:01"} for _ in comments]
    for row, comment in zip(rows, comments, strict=True):
        row["comment"] = comment
    read = list(sssom.read(table(*rows), "t"))
    assert [row.text("comment") for row in read] == [" ".join(comment.split()) for comment in comments]
    assert all(row.node("object_id") == NamedNode("https://ror.org/01") for row in read)


def test_a_cell_keeps_quotation_marks_and_tabs_cannot_add_cells() -> None:
    (row,) = sssom.read(table({"subject_id": "id:org/a", "object_id": "id:org/b", "comment": 'a "b"\tc\nd'}), "t")
    assert row.text("comment") == 'a "b" c d'


def test_iris_are_compact_where_a_prefix_fits_and_whole_elsewhere() -> None:
    assert sssom.compact(entity("org/oecd")) == "id:org/oecd"
    assert sssom.compact(NamedNode(SKOS + "exactMatch")) == "skos:exactMatch"
    assert sssom.compact(NamedNode("https://example.org/x")) == "https://example.org/x"


def test_prefixes_of_the_header_go_before_those_of_the_project() -> None:
    text = "#curie_map:\n#  ror: https://example.org/\n" + HEAD + LINE.replace("wikidata:Q1", "ror:x") + "\n"
    (row,) = sssom.read(text, "t")
    assert row.node("object_id") == NamedNode("https://example.org/x")
    assert row.line == 4


def test_lines_are_counted_through_header_and_blank_lines() -> None:
    rows = list(sssom.read("\ufeff#a: b\r\n" + HEAD.replace("\n", "\r\n") + LINE + "x\r\n" + LINE + "y\r\n", "t"))
    assert [(row.line, row.text("comment")) for row in rows] == [(3, "x"), (4, "y")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no column subject_id"),
        ("subject_id\tobject_id\n", 1, "no column predicate_id"),
        ("#a: [\n" + HEAD, 1, "unreadable header"),
        ("#curie_map: 7\n" + HEAD, 1, "unreadable header"),
        ("#just words\n" + HEAD, 1, "unreadable header"),
        (HEAD + LINE + "\tone\ttoo many\n", 2, "more cells than columns"),
    ],
)
def test_a_broken_table_is_explained(text: str, line: int, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        list(sssom.read(text, "t.sssom.tsv"))
    assert (caught.value.line, words in str(caught.value)) == (line, True), str(caught.value)


@pytest.mark.parametrize("cell", ["", "nowhere:x", "no iri", "id:white space"])
def test_a_cell_that_is_no_iri_is_explained(cell: str) -> None:
    (row,) = sssom.read(HEAD + f"id:a\tskos:exactMatch\t{cell}\tx\n", "t")
    with pytest.raises(SourceError, match=r"t:2: object_id is .*curie_map"):
        row.node("object_id")
