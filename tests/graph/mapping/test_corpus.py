"""The packaged documents and the background together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from communique.graph import sources
from communique.graph.errors import MappingError
from communique.graph.mapping import map_corpus
from communique.graph.sources.tree import Block
from communique.graph.store.canonical import canonical_lines
from communique.graph.terms.namespaces import GRAPH, ID, term

ZEROS = "0" * 64


@pytest.fixture(scope="module")
def facts() -> Block:
    return sources.read_yaml(sources.background())


@pytest.fixture(scope="module")
def quads(facts: Block) -> list[Quad]:
    return map_corpus([sources.read_yaml(document) for document in sources.documents()], facts)


def small(number: str, body: str) -> Block:
    text = (
        f'document: "{number}"\ndigest: {ZEROS}\nparagraphs: [{{paragraph: 1, digest: {ZEROS}, facts: {{{body}}}}}]\n'
    )
    return sources.parse_yaml(text, f"{number}.yaml")


def test_one_corpus_gives_the_same_quads_in_any_order(quads: list[Quad], facts: Block) -> None:
    again = map_corpus([sources.read_yaml(document) for document in reversed(sources.documents())], facts)
    assert again == quads
    assert canonical_lines(quads) == [f"{quad} ." for quad in quads]


def test_the_graphs_are_those_of_the_house(quads: list[Quad]) -> None:
    form = re.compile(re.escape(GRAPH) + r"(doc/\d{3}(/inferred)?|candidates|background(/cldr|/iso3166)?|meta)")
    assert all(form.fullmatch(graph) for graph in {quad.graph_name.value for quad in quads})


def test_each_document_speaks_only_in_its_own_graphs(quads: list[Quad]) -> None:
    for quad in quads:
        if quad.predicate == term("com:evidence") and isinstance(quad.object, NamedNode):
            number = quad.object.value.removeprefix(ID).split("/")[1]
            assert quad.graph_name.value in {  # type: ignore[union-attr]
                *(f"{GRAPH}doc/{number}", f"{GRAPH}doc/{number}/inferred", f"{GRAPH}candidates"),
            }


def test_documents_may_refer_to_each_other_and_to_states(facts: Block) -> None:
    one = small("904", "event/a: {type: Meeting, about: event/b}")
    other = small("905", "event/b: {type: Meeting, about: state/KOR}")
    assert map_corpus([one, other], facts)
    with pytest.raises(MappingError, match="event/b is described neither here"):
        map_corpus([one], facts)


@pytest.mark.parametrize("code", ["ROM", "KRO", "HKG"])
def test_a_document_cannot_name_a_state_that_is_none(facts: Block, code: str) -> None:
    with pytest.raises(MappingError, match=f"state/{code} is described neither here"):
        map_corpus([small("904", f"state/{code}: {{named: X}}")], facts)


def test_no_sentence_of_a_source_is_stored(quads: list[Quad], shared: Path) -> None:
    text = " ".join(" ".join(lines) for lines in sources.read_texts(shared / "seeds").values())
    words = re.findall(r"\w+", text.casefold())
    runs = {" ".join(words[start : start + 12]) for start in range(len(words))}
    for quad in quads:
        value = "" if isinstance(quad.object, NamedNode) else str(quad.object)
        own = re.findall(r"\w+", value.casefold())
        assert not runs & {" ".join(own[start : start + 12]) for start in range(len(own) - 11)}, quad
