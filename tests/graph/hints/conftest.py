"""A small published world: two Koreas, Greece and what else is called so, four events, one agreement, one rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from communique.cli.session import Session
from communique.graph.hints.finding import Finder
from communique.graph.queries.answers import Run
from communique.graph.settings import Settings
from communique.graph.terms.namespaces import GRAPH, ID, prologue
from communique.graph.terms.vocabulary import ontology_quads

WORLD = f"""{prologue()} BASE <{ID}>
<{GRAPH}doc/900> {{
  <state/KOR> a com:State ; skos:prefLabel "South Korea"@en ; skos:notation "KOR" .
  <state/PRK> a com:State ; skos:prefLabel "North Korea"@en ; skos:notation "PRK" .
  <state/GRC> a com:State ; skos:prefLabel "Greece"@en ; skos:notation "GRC" .
  <place/GRC> a com:Territory ; skos:prefLabel "Greece"@en .
  <org/wego> a com:InternationalOrganization ; skos:prefLabel "WeGO"@en .
  <org/greece-house> a com:Association ; skos:prefLabel "Greece House"@en ; skos:altLabel "Greece"@en .
  <org/plain> a com:Organization ; skos:prefLabel "A plain organization"@en .
  <event/jeju-training-2016> a com:TrainingEvent ; skos:prefLabel "Jeju training"@en ;
    com:realization real:occurred ; com:beginEarliest "2016-05-24"^^xsd:date .
  <event/seoul-meeting-2030> a com:Meeting ; skos:prefLabel "Seoul meeting"@en ; com:realization real:planned .
  <event/workshop-1> a com:Workshop ; skos:prefLabel "Annual workshop"@en .
  <event/workshop-2> a com:Workshop ; skos:prefLabel "Annual workshop"@en .
  <participation/jeju-training-2016/KOR/trainee> a com:Participation ; com:participant <state/KOR> ;
    com:inEvent <event/jeju-training-2016> ; com:role role:trainee ; com:realization real:occurred .
  <agreement/mou> a com:MemorandumOfUnderstanding ; skos:prefLabel "Memorandum"@en .
  <rank/survey/2010/KOR> a com:RankObservation ; com:rank 1 .
}}"""


@pytest.fixture(scope="session")
def run(publish: Callable[[Path, Iterable[Quad]], str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that evaluates SPARQL over the world."""
    home = tmp_path_factory.mktemp("home")
    publish(home, [*parse(WORLD, format=RdfFormat.TRIG), *ontology_quads()])
    return Session(Settings(home=home)).run


@pytest.fixture(scope="session")
def finder(run: Run) -> Finder:
    """Return a finder of the world's nodes."""
    from communique.graph.linking.index import ROOTS, Index
    from communique.graph.queries.answers import solve

    index = Index.of(lambda query: solve(run, query), ROOTS)
    return Finder(run, lambda: index)
