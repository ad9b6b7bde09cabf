"""What a reader counts by SPARQL is what stands in an export, whatever number of documents state it."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import prologue, term

Run = Callable[..., Result]
PREFIXES = prologue(("com", "skos"))


@pytest.fixture(scope="session")
def triples(built: Path, tmp_path_factory: pytest.TempPathFactory) -> set[Triple]:
    """Give each triple of the export once."""
    from click.testing import CliRunner

    from communique.cli import main

    file = tmp_path_factory.mktemp("export") / "all.nq"
    CliRunner().invoke(main, ["export", "--output", str(file)], env={"COMMUNIQUE_HOME": str(built)})
    return {quad.triple for quad in parse(path=str(file), format=RdfFormat.N_QUADS)}


def ask(run: Run, text: str) -> list[dict[str, str]]:
    answer = run("query", "--file", "-", "--format", "csv", text=PREFIXES + text)
    assert answer.exit_code == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def test_all_triples(run: Run, triples: set[Triple]) -> None:
    assert ask(run, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [{"n": str(len(triples))}]


def test_members_of_every_class(run: Run, triples: set[Triple]) -> None:
    members = Counter(triple.object.value for triple in triples if triple.predicate == term("rdf:type"))  # type: ignore[union-attr]
    rows = ask(run, "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class")
    assert {row["class"]: int(row["n"]) for row in rows} == members
    assert members[term("com:PublicBody").value] == 13


def test_values_of_every_property(run: Run, triples: set[Triple]) -> None:
    uses = Counter(triple.predicate.value for triple in triples)
    rows = ask(run, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert {row["p"]: int(row["n"]) for row in rows} == uses


def test_a_join_of_statements_that_several_documents_make(run: Run, triples: set[Triple]) -> None:
    bodies = {triple.subject for triple in triples if (triple.predicate, triple.object) == _ACTS_FOR_KOREA}
    names: dict[object, set[object]] = defaultdict(set)
    for triple in triples:
        if triple.subject in bodies and triple.predicate == term("skos:prefLabel"):
            names[triple.subject].add(triple.object)
    (row,) = ask(run, "SELECT (COUNT(?b) AS ?n) { ?b com:actsFor <state/KOR> }")
    assert int(row["n"]) == len(bodies) == 6
    (row,) = ask(run, "SELECT (COUNT(*) AS ?n) { ?b com:actsFor <state/KOR> ; skos:prefLabel ?l }")
    assert int(row["n"]) == sum(map(len, names.values()))


_ACTS_FOR_KOREA: tuple[NamedNode, NamedNode] = term("com:actsFor"), entity("state/KOR")
