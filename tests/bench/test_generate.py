"""The generated graph that benchmarks run on: repeatable, sound unless it is told to break."""

from __future__ import annotations

import pytest
from bench.generate import generate
from pyoxigraph import Store

from communique.graph.loading.inputs import base_quads
from communique.graph.terms.identifiers import document_of
from communique.graph.validation import ValidationReport, validate


def judge(errors: float) -> ValidationReport:
    store = Store()
    store.extend(base_quads())
    store.extend(generate(1000, errors=errors))
    return validate(store)


def test_the_same_seed_gives_the_same_quads_and_another_seed_others() -> None:
    first = list(generate(2000, seed=1))
    assert first == list(generate(2000, seed=1))
    assert first != list(generate(2000, seed=2))


@pytest.mark.parametrize("size", [1, 500, 5000])
def test_whole_documents_come_out_until_the_size_is_reached(size: int) -> None:
    quads = list(generate(size))
    last = quads[-1].graph_name
    assert len(quads) >= size
    assert len([quad for quad in quads if quad.graph_name != last]) < size
    assert all(document_of(quad.graph_name) for quad in quads)


def test_a_graph_without_errors_is_admissible() -> None:
    assert judge(errors=0.0).is_admissible


def test_broken_documents_are_found() -> None:
    report = judge(errors=1.0)
    assert not report.is_admissible
    assert len({result.shape for result in report.results}) > 2
