"""The pair queries: packaged with a header, one per layer, and the same on a second SPARQL engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import QuerySolutions, RdfFormat, Store

from communique.graph.networks import LAYERS
from communique.graph.networks.layers import read_query
from communique.graph.queries import queries_in
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.vocabulary import classes, ontology_quads

# The class whose nodes put an actor into an occasion of the layer.
TIES = {"co-party": "AgreementParty", "co-membership": "Membership"}


def test_every_layer_has_its_query_and_no_query_is_left_over() -> None:
    assert queries_in("networks").keys() == {*LAYERS, "actors", "sources"}


@pytest.mark.parametrize("layer", LAYERS)
def test_all_layers_answer_with_the_same_columns(layer: str) -> None:
    query, other = queries_in("networks")[layer], queries_in("networks")["visit"]
    assert [column.name for column in query.columns] == [column.name for column in other.columns]
    assert query.text == LAYERS[layer].query()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_follows_the_edge_that_the_ontology_declares(layer: str) -> None:
    edge = classes()[TIES.get(layer, "Participation")].edge
    assert edge is not None
    for end in (edge.source, edge.target):
        assert shorten(end.value) in LAYERS[layer].query()


def ask_oxigraph(store: Store, text: str) -> tuple[list[str], set[tuple[str | None, ...]]]:
    answer = store.query(text, use_default_graph_as_union=True)
    assert isinstance(answer, QuerySolutions)
    columns = [variable.value for variable in answer.variables]
    return columns, {tuple(term and str(term.value) for term in solution) for solution in answer}


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [*LAYERS, "actors", "sources"])
def test_rdflib_gives_the_same_rows(root: Path, name: str) -> None:
    store, dataset = Store(), rdflib.Dataset(default_union=True)
    for file in ("networks.trig", "terms.trig"):
        store.load(path=root / "tests" / "fixtures" / file, format=RdfFormat.TRIG)
    store.extend(ontology_quads() if name == "actors" else ())
    dataset.parse(data=store.dump(format=RdfFormat.N_QUADS), format="nquads")
    columns, found = ask_oxigraph(store, read_query(name))
    rows: Any = dataset.query(read_query(name))
    expected = {tuple(None if row[column] is None else str(row[column]) for column in columns) for row in rows}
    assert found == expected
    assert found
