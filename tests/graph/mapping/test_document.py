"""Authored document → quads: the golden document, its JSON-LD twin, what is inherited, dated and checked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from communique.graph import sources
from communique.graph.mapping.document import described, desugar, map_document
from communique.graph.sources.tree import Block, Listing, Part
from communique.graph.store.canonical import canonical_lines
from communique.graph.terms import identifiers
from communique.graph.terms.context import context
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import concept, term

GOLDEN = Path(__file__).parent / "golden"
HEAD = 'document: "901"\ndigest: {0}\ndate: 2020-03-09\nparagraphs:\n  - paragraph: 2\n    digest: {0}\n'.format(
    "0" * 64
)
STATED = identifiers.stated("901")
INFERRED = identifiers.inferred("901")


def parse(facts: str, head: str = HEAD) -> Block:
    indented = "".join(f"      {line}\n" for line in facts.strip("\n").splitlines())
    return sources.parse_yaml(f"{head}    facts:\n{indented}", "some.yaml")


def values(quads: list[Quad], subject: str, name: str, graph: NamedNode = STATED) -> set[str]:
    return {
        quad.object.value
        for quad in quads
        if (quad.subject, quad.predicate, quad.graph_name) == (entity(subject), term(name), graph)
        and isinstance(quad.object, NamedNode | Literal)
    }


@pytest.fixture(scope="module")
def harbour() -> Block:
    return sources.read_yaml(GOLDEN / "harbour.yaml")


class TestGolden:
    def test_quads_are_those_checked_by_hand(self, harbour: Block) -> None:
        expected = (GOLDEN / "harbour.nq").read_text(encoding="utf-8").splitlines()
        assert canonical_lines(map_document(harbour)) == expected

    def test_quads_are_sorted_and_unrepeated(self, harbour: Block) -> None:
        quads = map_document(harbour)
        assert quads == sorted(set(quads), key=str)

    def test_described_names_every_subject_with_data(self, harbour: Block) -> None:
        data = {quad.subject for quad in map_document(harbour) if quad.graph_name != identifiers.META}
        assert {entity(relative) for relative in described(harbour)} == data


class TestJsonLd:
    """The plain form, read by two JSON-LD processors with the project's context, says the same."""

    def stated(self, tree: Block) -> set[Triple]:
        graph = identifiers.stated(number_of(tree))
        return {quad.triple for quad in map_document(tree) if quad.graph_name == graph}

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib's own JSON-LD parser
    def test_the_golden_document(self, harbour: Block) -> None:
        text = json.dumps({**context(), "@graph": desugar(harbour)})
        ours = self.stated(harbour)
        assert {quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.JSON_LD)} == ours
        lines = rdflib.Graph().parse(data=text, format="json-ld").serialize(format="nt")
        assert {quad.triple for quad in pyoxigraph.parse(lines, format=RdfFormat.N_TRIPLES)} == ours

    @pytest.mark.parametrize("document", sources.documents(), ids=lambda document: document.name)
    def test_the_packaged_documents(self, document: Path) -> None:
        tree = sources.read_yaml(document)
        text = json.dumps({**context(), "@graph": desugar(tree)})
        assert {quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.JSON_LD)} == self.stated(tree)


class TestChildren:
    def test_a_realization_is_inherited_from_another_paragraph(self) -> None:
        tree = parse("event/talks: {type: Meeting, realization: planned}", HEAD)
        more = parse("event/talks: {participants: {host: [state/KOR]}}", HEAD.replace("paragraph: 2", "paragraph: 3"))
        quads = map_document(join(tree, more))
        assert values(quads, "participation/talks/KOR/host", "com:realization") == {
            concept("realization", "planned").value
        }
        assert values(quads, "participation/talks/KOR/host", "com:evidence") == {entity("evidence/901/3").value}

    def test_a_child_may_have_a_realization_of_its_own(self) -> None:
        quads = map_document(
            parse(
                """
agreement/treaty:
  type: Treaty
  realization: occurred
  parties: {state/KOR: {realization: planned, stage: signed}, state/KEN: }
"""
            )
        )
        assert values(quads, "party/treaty/KOR", "com:realization") == {concept("realization", "planned").value}
        assert values(quads, "party/treaty/KEN", "com:realization") == {concept("realization", "occurred").value}

    def test_properties_beside_actors_are_shared_and_may_be_overridden(self) -> None:
        quads = map_document(
            parse(
                """
event/talks:
  type: Meeting
  realization: occurred
  participants:
    attendee:
      actors: {state/KOR: {actorLevel: experts}, state/KEN: {}}
      actorLevel: ministers
"""
            )
        )
        levels = {
            code: values(quads, f"participation/talks/{code}/attendee", "com:actorLevel") for code in ("KOR", "KEN")
        }
        assert levels == {"KOR": {concept("level", "experts").value}, "KEN": {concept("level", "ministers").value}}

    def test_every_property_of_counts_makes_counts(self) -> None:
        quads = map_document(
            parse(
                "monitoring/look: {type: MonitoringAct, realization: occurred, responseCount: {answers: {countMin: 3}}}"
            )
        )
        assert values(quads, "monitoring/look", "com:responseCount") == {entity("count/look/answers").value}
        assert values(quads, "count/look/answers", "com:countMin") == {"3"}

    def test_names_that_ascii_cannot_show_stay_apart(self) -> None:
        quads = map_document(
            parse("org/a: {type: Company, named: [{text: 가나, lang: ko}, {text: 다라, lang: ko}, Élan]}")
        )
        names = values(quads, "org/a", "com:hasName")
        assert len(names) == 3
        assert entity("name/a/901/elan").value in names


class TestDates:
    def test_status_and_names_bear_the_day_of_the_document(self) -> None:
        quads = map_document(
            parse(
                """
event/talks: {type: Meeting, realization: planned, named: Talks}
person/kim: {type: Person, holds: {head: {post: Head, organization: org/a}}}
plan/old: {type: Plan, realization: ongoing, asOf: 2019-01-01}
"""
            )
        )
        assert values(quads, "event/talks", "com:asOf") == {"2020-03-09"}
        assert values(quads, "name/talks/901/talks", "com:attestedOn") == {"2020-03-09"}
        assert values(quads, "post-holding/kim/901/head", "com:attestedOn") == {"2020-03-09"}
        assert values(quads, "plan/old", "com:asOf") == {"2019-01-01"}

    def test_an_inferred_date_stays_out_of_the_stated_graph(self) -> None:
        head = HEAD.replace("date: 2020-03-09", "date: {edtf: 2020-03, inferred: from-context}")
        quads = map_document(parse("event/talks: {type: Meeting, realization: planned}", head))
        assert values(quads, "event/talks", "com:asOf") == set()
        assert values(quads, "event/talks", "com:asOf", INFERRED) == {"2020-03-31"}
        assert values(quads, "document/901", "com:documentDateEarliest", INFERRED) == {"2020-03-01"}
        assert values(quads, "document/901", "com:inferenceRule", INFERRED) == {"from-context"}
        assert not values(quads, "document/901", "com:documentDateLatest")

    def test_without_a_day_nothing_is_dated(self) -> None:
        for head in (HEAD.replace("date: 2020-03-09", "date: XXXX-03-09"), HEAD.replace("date: 2020-03-09\n", "")):
            quads = map_document(parse("event/talks: {type: Meeting, realization: planned}", head))
            assert not [quad for quad in quads if quad.predicate == term("com:asOf")]


class TestProvenance:
    def test_only_graphs_that_hold_something_are_described(self) -> None:
        quads = map_document(parse("event/talks: {type: Meeting, realization: planned}"))
        about = {quad.subject for quad in quads if quad.graph_name == identifiers.META}
        assert about == {STATED}

    def test_each_graph_names_licence_and_origin(self, harbour: Block) -> None:
        quads = [quad for quad in map_document(harbour) if quad.graph_name == identifiers.META]
        stated, inferred = identifiers.stated("900"), identifiers.inferred("900")
        for graph, origin in ((stated, entity("document/900")), (inferred, stated), (identifiers.CANDIDATES, stated)):
            facts = {quad.predicate: quad.object for quad in quads if quad.subject == graph}
            assert facts[term("prov:wasDerivedFrom")] == origin
            assert facts[term("dct:source")] == entity("document/900")
            assert facts[term("dct:license")] == NamedNode("https://creativecommons.org/licenses/by/4.0/")


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(luck: random.Random) -> None:
    tree = sources.read_yaml(GOLDEN / "harbour.yaml")
    assert map_document(shuffle(tree, luck)) == map_document(tree)


def shuffle(part: Part, luck: random.Random) -> Block:
    """Shuffle the entries of every mapping; lists keep their order."""
    shuffled = _shuffle(part, luck)
    assert isinstance(shuffled, Block)
    return shuffled


def _shuffle(part: Part, luck: random.Random) -> Part:
    if isinstance(part, Listing):
        return Listing(tuple(_shuffle(item, luck) for item in part.items), part.place)
    if isinstance(part, Block):
        entries = [(key, _shuffle(value, luck)) for key, value in part]
        return Block(tuple(luck.sample(entries, len(entries))), part.place)
    return part


def join(one: Block, other: Block) -> Block:
    """Join the paragraphs of two documents under the head of the first."""
    paragraphs = [tree.get("paragraphs") for tree in (one, other)]
    items = tuple(item for part in paragraphs if isinstance(part, Listing) for item in part.items)
    listing = Listing(items, one.place)
    return Block(tuple((key, listing if key.text == "paragraphs" else part) for key, part in one), one.place)


def number_of(tree: Block) -> str:
    """Give the number of a document."""
    part = tree.get("document")
    assert part is not None and not isinstance(part, Block | Listing)
    return part.text
