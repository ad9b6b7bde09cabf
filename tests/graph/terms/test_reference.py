"""What the reference pages of the ontology say, and the pictures of its modules."""

from __future__ import annotations

from xml.etree import ElementTree

import pyoxigraph
import pytest
from pyoxigraph import Dataset, Quad, RdfFormat

from communique.graph.terms import diagram, reference, vocabulary
from communique.graph.terms.namespaces import BASE, COM

SVG = "{http://www.w3.org/2000/svg}"
MODULES = [path for path in reference.sections() if not path.startswith("vocab/")]


def entry(path: str, anchor: str) -> reference.Description:
    return next(each for each in reference.sections()[path].entries if each.anchor == anchor)


def rows(path: str, anchor: str) -> dict[str, list[str]]:
    return {title: [value.text for value in values] for title, values in entry(path, anchor).rows}


def test_every_term_and_concept_is_described_once_at_its_anchor() -> None:
    described = [each.iri for section in reference.sections().values() for each in section.entries]
    assert len(described) == len(set(described))
    own = {found.iri.value for found in vocabulary.terms().values()} | {old.value for old in vocabulary.deprecated()}
    assert own <= set(described)
    for name in vocabulary.schemes():
        assert {each.iri.value for each in vocabulary.concepts(name).values()} <= set(described)
    assert reference.place_of(COM + "venue") == ("place", "venue")
    assert reference.place_of(BASE + "vocab/role/trainee") == ("vocab/role", "trainee")
    assert reference.place_of("https://example.org/") is None


def test_a_class_is_described_with_what_is_around_it() -> None:
    event = rows("event", "Event")
    assert "Forum" in event["Above"] and "editionOf" in event["Properties"] and "inEvent" in event["Value of"]
    assert {"EventSeries", "Agreement", "Actor"} <= set(event["Excludes"])
    assert rows("event", "Participation")["Below"] == ["Relationship"]
    assert rows("event", "Participation")["Tie from"] == ["participant"]
    assert [each[0] for each in entry("event", "Event").aligned]


def test_a_property_is_described_with_its_ends_and_its_list() -> None:
    role = rows("event", "role")
    assert "Participation" in role["Used on"] and role["Concepts of"]
    assert "only constructed by queries" in entry("agreement", "partyTo").kind
    assert rows("reused", "skos:topConceptOf")["Inverse of"] == ["skos:hasTopConcept"]


def test_a_former_name_leads_to_the_present_one_and_is_no_property_of_a_class() -> None:
    assert rows("deprecated", "isTitleCut")["Replaced by"] == ["isTitleTruncated"]
    assert "isTitleCut" not in rows("agreement", "Agreement")["Properties"]


@pytest.mark.parametrize("form", [RdfFormat.TURTLE, RdfFormat.JSON_LD, RdfFormat.RDF_XML, RdfFormat.N_TRIPLES])
def test_the_whole_ontology_is_the_same_in_every_format(form: RdfFormat) -> None:
    files = Dataset(
        Quad(one.subject, one.predicate, one.object)
        for section in reference.sections().values()
        for one in section.triples
    )
    written = Dataset(
        Quad(one.subject, one.predicate, one.object)
        for one in pyoxigraph.parse(reference.write(None, form), format=form)
    )
    for dataset in (files, written):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    assert files == written


def test_a_module_is_written_alone() -> None:
    text = reference.write(reference.sections()["place"], RdfFormat.TURTLE).decode()
    assert "com:Venue a owl:Class" in text and "com:Event a owl:Class" not in text


@pytest.mark.parametrize("module", MODULES)
def test_a_picture_shows_the_classes_of_a_module_and_lets_no_box_lie_on_another(module: str) -> None:
    picture = diagram.draw(module, lambda term: f"#{term.key}")
    own = [found.key for found in vocabulary.classes().values() if found.module == module]
    assert bool(picture) == bool(own)
    if not picture:
        return
    tree = ElementTree.fromstring(picture)
    titles = [each.text or "" for each in tree.iter(f"{SVG}text") if each.get("class") == "title"]
    assert sorted(title.partition(" ")[0] for title in titles) == sorted(own)
    boxes = [[float(box.get(side, "0")) for side in ("x", "y", "width", "height")] for box in tree.iter(f"{SVG}rect")]
    for number, (x, y, width, height) in enumerate(boxes):
        assert x + width <= float(tree.get("width", "0")) and y + height <= float(tree.get("height", "0"))
        for left, top, wide, high in boxes[:number]:
            assert x >= left + wide or left >= x + width or y >= top + high or top >= y + height


def test_a_picture_is_the_same_each_time() -> None:
    first, second = (diagram.draw("event", lambda term: term.key) for _ in range(2))
    assert first == second
