"""No term of SHACL is passed over in silence, and every component says which clause defines it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import RDF, SH
from communique.graph.validation.compiled.components import COMPONENTS
from communique.graph.validation.compiled.components.shape_based import PropertyComponent
from communique.graph.validation.engines import assign
from communique.graph.validation.explanation import clause, phrase

PREFIXES = f"@prefix ex: <http://example.org/> . @prefix sh: <{SH}> .\n"
# Values of which one suits almost any property.
VALUES = ("ex:v", "1", "true", '"text"', "( ex:v )", "[ sh:nodeKind sh:IRI ]")
# What no engine has to do anything about: words for people, targets, severities, and parts of other constructs.
SILENT = {
    *("name", "description", "order", "group", "defaultValue", "message", "severity", "deactivated", "flags"),
    *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "path", "ignoredProperties"),
    *("qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShape", "qualifiedValueShapesDisjoint"),
    *("prefixes", "declare", "select", "ask", "shapesGraph", "suggestedShapesGraph", "minCount"),
}


def vocabulary() -> list[str]:
    """List the properties of SHACL and of its advanced features, by their local names."""
    store = Store()
    text = files("pyshacl").joinpath("assets/shacl.ttl").read_bytes()
    store.load(text, format=RdfFormat.TURTLE, base_iri=SH)
    found = store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(RDF + "Property"))
    names = {str(quad.subject)[1:-1] for quad in found}
    return sorted(name.removeprefix(SH) for name in names if name.startswith(SH))


def is_heard(shape: str) -> bool:
    """Tell whether a shape gives a check, is handed on, is warned of, or is refused."""
    try:
        found = assign(parse((PREFIXES + shape).encode(), format=RdfFormat.TURTLE))
    except ShapesError:
        return True
    warnings = [warning for warning in found.plan.warnings if not str(warning).startswith("<http://example.org/v>")]
    return bool(found.plan.checks or found.routed or warnings)


# sh:property only leads on to other shapes, so that it is never reported itself.
REPORTED = [component for component in COMPONENTS if component is not PropertyComponent]


def test_the_vocabulary_is_there() -> None:
    assert {"minCount", "sparql", "expression", "js", "target", "rule"} <= set(vocabulary())


@pytest.mark.parametrize("name", vocabulary())
def test_a_term_is_heard_or_known_to_say_nothing(name: str) -> None:
    shapes = [
        f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:{name} {value} .\n"
        f"ex:P a sh:PropertyShape ; sh:path ex:p ; sh:targetClass ex:C ; sh:{name} {value} .\n"
        "ex:v sh:nodeKind sh:IRI ."
        for value in VALUES
    ]
    assert all(map(is_heard, shapes)) or name in SILENT


@pytest.mark.parametrize("component", REPORTED, ids=lambda component: component.component.value.removeprefix(SH))
def test_a_component_names_its_clause_and_what_is_wrong(component: type) -> None:
    iri: NamedNode = component.component  # type: ignore[attr-defined]
    assert re.search(r"is defined in section \d(\.\d)* of SHACL 1\.0: https://www\.w3\.org/TR/shacl/#\w+", clause(iri))
    assert "constraint" not in phrase(iri)
