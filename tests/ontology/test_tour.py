"""The tour of the ontology in the documentation: it names every term, and its examples are sound."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, RdfFormat

from communique.graph.terms import vocabulary
from communique.graph.terms.context import context
from communique.graph.terms.namespaces import COM, ID, prologue


@pytest.fixture(scope="module")
def tour(root: Path) -> str:
    """Read the tour."""
    return (root / "docs" / "ontology.md").read_text(encoding="utf-8")


def sections(tour: str) -> dict[str, str]:
    """Split the tour into the sections of its modules."""
    parts = re.split(r"^### (\w+):.*$", tour.partition("\n## Values")[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_term_is_named_in_the_section_of_its_module(tour: str) -> None:
    texts = sections(tour)
    assert not [key for key, found in vocabulary.terms().items() if f"`{key}`" not in texts[found.module]]


def test_the_tour_names_no_term_that_does_not_exist(tour: str) -> None:
    named = set(re.findall(r"`com:(\w+)`", tour)) | set(re.findall(r"`([A-Z]\w+)`", "".join(sections(tour).values())))
    assert named <= set(vocabulary.terms())


def test_every_scheme_is_listed(tour: str) -> None:
    assert not [scheme for scheme in vocabulary.schemes() if f"`{scheme}`" not in tour]


def test_examples_in_turtle_use_terms_that_exist(tour: str) -> None:
    prefixes = prologue().replace("PREFIX", "@prefix").replace(">\n", "> .\n")
    blocks = re.findall(r"```(?:turtle|trig)\n(.*?)```", tour, flags=re.DOTALL)
    known = {found.iri for found in vocabulary.terms().values()}
    assert len(blocks) >= 3
    for block in blocks:
        for quad in pyoxigraph.parse(prefixes + block, format=RdfFormat.TRIG, base_iri=ID):
            own = [node for node in (quad.predicate, quad.object) if isinstance(node, NamedNode)]
            assert not [node for node in own if node.value.startswith(COM) and node not in known]


def test_the_example_in_json_ld_has_no_unknown_key(tour: str) -> None:
    block = re.findall(r"```json\n(.*?)```", tour, flags=re.DOTALL)[0]
    document = context() | json.loads(block)
    triples = list(pyoxigraph.parse(json.dumps(document), format=RdfFormat.JSON_LD))
    assert len(triples) == 5
    assert set(json.loads(block)) <= {"id", "type", *vocabulary.terms()}
