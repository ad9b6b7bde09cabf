"""Files in: places of every part, faults with line and column, formats told by suffix."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from communique.graph import sources
from communique.graph.errors import MappingError, SourceError
from communique.graph.sources.tree import Block, Listing, Scalar

GRAPH = NamedNode("https://example.org/graph")
STATEMENT = ("https://example.org/s", "https://example.org/p")
SAMPLES = {
    "a.ttl": '<{0}> <{1}> "x" .',
    "a.nt": '<{0}> <{1}> "x" .',
    "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
    '<rdf:Description rdf:about="{0}"><e:p>x</e:p></rdf:Description></rdf:RDF>',
    "a.jsonld": '{{"@id": "{0}", "{1}": "x"}}',
    "a.TTL": '<{0}> <{1}> "x" .',
}


def parse(text: str) -> Block:
    return sources.parse_yaml(text, "some.yaml")


class TestYaml:
    def test_every_part_knows_its_place(self) -> None:
        tree = parse("a: one\nb:\n  - two\n  - c: three\n")
        (first, one), (second, listing) = tree.entries
        assert isinstance(one, Scalar) and isinstance(listing, Listing)
        assert (first.text, first.place.line, first.place.column) == ("a", 1, 1)
        assert (one.text, one.place.line, one.place.column) == ("one", 1, 4)
        assert (second.text, second.place.line) == ("b", 2)
        two, inner = listing.items
        assert (two.place.line, two.place.column) == (3, 5)
        assert isinstance(inner, Block) and inner.entries[0][1].place.column == 8

    def test_scalars_stay_as_written(self) -> None:
        texts = [
            part.text for _, part in parse("a: 003\nb: 2016-05-26\nc: yes\nd: '1.50'\n") if isinstance(part, Scalar)
        ]
        assert texts == ["003", "2016-05-26", "yes", "1.50"]

    def test_a_value_left_empty_is_an_empty_block(self) -> None:
        assert [part for _, part in parse("a:\nb: {}\n") if part == Block((), part.place)] == [
            part for _, part in parse("a:\nb: {}\n")
        ]

    @pytest.mark.parametrize(
        ("text", "line", "column", "told"),
        [
            ("a: 1\na: 2\n", 2, 1, "'a' again, first on line 1"),
            ("a: [1, 2\nb: 3\n", 2, 2, "expected: ',' or ']'"),
            ("a: 1\n b: 2\n", 2, 3, "mapping values are not allowed"),
            ("a: 1\n\tb: 2\n", 2, 1, "cannot start any token"),
            ("a: &x 1\nb: *x\n", 2, 4, "the alias *x"),
            ("? [a]\n: 1\n", 1, 3, "a key that is no text"),
            ("- a\n", 1, 1, "no mapping"),
            ("", 1, 1, "no mapping"),
            ("a: 1\n---\nb: 2\n", 2, 1, "another document"),
            ("a: \x07\n", 1, 4, "U+0007"),
        ],
    )
    def test_a_fault_names_its_place(self, text: str, line: int, column: int, told: str) -> None:
        with pytest.raises(SourceError, match=r"^some\.yaml:") as caught:
            parse(text)
        assert (caught.value.line, caught.value.column) == (line, column)
        assert told in str(caught.value)
        assert caught.value.expected

    def test_deep_nesting_is_refused_not_fatal(self) -> None:
        with pytest.raises(SourceError, match="nested too deeply"):
            parse("a: " + "[" * 5000)

    def test_bytes_that_are_no_utf8_are_placed(self, tmp_path: Path) -> None:
        file = tmp_path / "latin.yaml"
        file.write_bytes("a: 1\nname: Communiqu\u00e9\n".encode("latin-1"))
        with pytest.raises(SourceError, match="byte 0xe9") as caught:
            sources.read_yaml(file)
        assert (caught.value.line, caught.value.column) == (2, 16)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="cannot be read"):
            sources.read_yaml(tmp_path / "none.yaml")

    @settings(deadline=None)
    @given(st.text(max_size=60))
    def test_any_text_is_a_tree_or_a_source_error(self, text: str) -> None:
        try:
            assert isinstance(parse(text), Block)
        except SourceError as error:
            assert not isinstance(error, MappingError)
            assert error.path == "some.yaml"


class TestTexts:
    def test_paragraph_n_is_item_n_less_one(self, tmp_path: Path) -> None:
        content = b"first\r\n\r\nthird\x0bstill third"
        (tmp_path / "a.txt").write_bytes(content)
        (tmp_path / "b.md").write_text("no source text")
        assert sources.read_texts(tmp_path) == {
            hashlib.sha256(content).hexdigest(): ["first", "", "third\x0bstill third"]
        }

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="no such folder"):
            sources.read_texts(tmp_path / "none")


class TestRdf:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_triples_go_to_the_target_graph(self, tmp_path: Path, name: str) -> None:
        file = tmp_path / name
        file.write_text(SAMPLES[name].format(*STATEMENT))
        subject, predicate = map(NamedNode, STATEMENT)
        assert list(sources.read_rdf(file, GRAPH)) == [Quad(subject, predicate, Literal("x"), GRAPH)]
        with pytest.raises(SourceError, match="outside any graph"):
            list(sources.read_rdf(file))

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.nq", '<https://example.org/s> <https://example.org/p> "x" <https://example.org/own> .'),
            ("a.trig", '<https://example.org/own> { <https://example.org/s> <https://example.org/p> "x" }'),
        ],
    )
    def test_quads_keep_their_graph(self, tmp_path: Path, name: str, text: str) -> None:
        (tmp_path / name).write_text(text)
        for target in (None, GRAPH):
            (quad,) = sources.read_rdf(tmp_path / name, target)
            assert quad.graph_name == NamedNode("https://example.org/own") != DefaultGraph()

    @pytest.mark.parametrize(
        ("name", "text", "line", "column"),
        [
            ("a.ttl", "@prefix a: <http://a/> .\na:b a:c .", 2, 9),
            ("a.trig", "<http://g> { <http://a> <b> 1 }", 1, 25),
            ("a.nt", "<http://a> <http://b> .", 1, 23),
            ("a.nq", "x", 1, 1),
            ("a.rdf", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n  </x>', 2, 5),
            ("a.jsonld", '{"@id": \n "x", }', 2, 7),
        ],
    )
    def test_a_syntax_error_names_its_place(self, tmp_path: Path, name: str, text: str, line: int, column: int) -> None:
        (tmp_path / name).write_text(text)
        with pytest.raises(SourceError) as caught:
            list(sources.read_rdf(tmp_path / name, GRAPH))
        assert (caught.value.line, caught.value.column) == (line, column)
        assert caught.value.path == str(tmp_path / name)

    def test_a_context_is_never_fetched(self, tmp_path: Path) -> None:
        (tmp_path / "a.jsonld").write_text(
            '{"@context": "https://example.org/c.jsonld", "@id": "https://example.org/s"}'
        )
        with pytest.raises(SourceError, match="would have to be fetched"):
            list(sources.read_rdf(tmp_path / "a.jsonld", GRAPH))

    def test_an_unknown_suffix_is_refused_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"unknown suffix '\.csv'; expected: \.ttl"):
            sources.read_rdf(tmp_path / "a.csv", GRAPH)


def test_the_package_has_its_documents() -> None:
    names = [document.name for document in sources.documents()]
    assert names == sorted(names)
    assert {"000.yaml", "001.yaml", "002.yaml", "003.yaml", "004.yaml"} <= set(names)
    assert isinstance(sources.read_yaml(sources.background()), Block)
