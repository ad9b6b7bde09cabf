"""Statements: what several documents together say of one node."""

from __future__ import annotations

import pytest

from communique.graph.errors import NetworkError
from communique.graph.networks.statements import Facts, StatedValue, read_statements
from communique.graph.terms.namespaces import COM, GRAPH, SKOS, VOCAB


def told(*facts: tuple[str, str, str]) -> Facts:
    """Collect facts of one node: (document, property, value)."""
    found = Facts()
    for graph, property_, value in facts:
        found.add("node", property_, StatedValue(value, "en", f"{GRAPH}doc/{graph}"))
    return found


def said(graph: str, slug: str, day: str | None = None, dated_in: str | None = None) -> list[tuple[str, str, str]]:
    facts = [(graph, f"{COM}realization", f"{VOCAB}realization/{slug}")]
    return [*facts, (dated_in or graph, f"{COM}asOf", day)] if day else facts


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ([], None),
        (said("1", "planned"), "planned"),
        ([*said("1", "planned", "2017-04-04"), *said("2", "occurred", "2018-10-01")], "occurred"),
        ([*said("1", "occurred", "2018-10-01"), *said("2", "planned", "2019-01-01")], "occurred"),
        ([*said("1", "planned", "2017-04-04"), *said("2", "cancelled", "2017-01-01")], "cancelled"),
        ([*said("1", "planned", "2017-04-04"), *said("2", "ongoing", "2018-10-01")], "ongoing"),
        ([*said("1", "ongoing", "2017-04-04"), *said("2", "planned", "2018-10-01")], "planned"),
        ([*said("1", "cancelled", "2017-04-04"), *said("2", "occurred", "2018-10-01")], "occurred"),
        ([*said("1", "cancelled", "2018-10-01"), *said("2", "occurred", "2018-10-01")], "unknown"),
        # the date of document 1 was inferred and lies beside its graph; it is not the date of document 10
        ([*said("1", "ongoing", "2018-10-01", "1/inferred"), *said("10", "planned", "2017-04-04")], "ongoing"),
        ([*said("1", "ongoing", "2016-10-01", "1/inferred"), *said("10", "planned", "2017-04-04")], "planned"),
    ],
)
def test_the_status_of_a_node_weighs_its_documents(facts: list[tuple[str, str, str]], status: str | None) -> None:
    assert told(*facts).status("node") == status


def test_a_day_that_is_none_is_named_with_its_node() -> None:
    with pytest.raises(NetworkError, match="node has the bound 'May 2016'; expected: an xsd:date"):
        told(("1", f"{COM}endLatest", "May 2016")).days("node", f"{COM}endLatest")


def test_an_english_label_goes_first() -> None:
    facts = Facts()
    facts.add("node", f"{SKOS}prefLabel", StatedValue("Aachen", "de", "g"))
    facts.add("node", f"{SKOS}prefLabel", StatedValue("Treaty", "en", "g"))
    assert facts.label("node") == "Treaty"
    assert facts.label("another") is None


def test_the_same_affiliation_with_two_documents_is_kept_twice() -> None:
    rows = "\n".join(f'<e>\t<m>\t<a>\t"both"\t<d{n}>\t<g>' for n in (2, 1, 1)).replace("<", "<x:")
    answer = f"?occasion\t?member\t?actor\t?side\t?document\t?graph\n{rows}\n".encode()
    found = read_statements(answer, inferred=True).affiliations
    assert [each.document for each in found] == ["x:d1", "x:d2"]
