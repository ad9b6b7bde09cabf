"""Questions, SPARQL and networks on the command line."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from communique.graph.networks import layers
from communique.graph.queries import library

Run = Callable[..., Result]


def test_without_a_name_the_questions_are_listed(run: Run) -> None:
    listed = json.loads(run("query", "--format", "json").stdout)
    assert [row["name"] for row in listed] == list(library())
    assert len(listed) >= 30


def test_a_question_takes_its_parameters(run: Run) -> None:
    answer = run("query", "name-on-day", "-p", "day=2017-04-04", "--format", "csv")
    assert "Ministry of the Interior" in answer.stdout
    assert "Public Administration" not in answer.stdout


def test_a_table_shows_short_iris_and_counts_its_rows(run: Run) -> None:
    shown = run("query", "states-at-event").stdout
    assert "state/KEN" in shown
    assert "10 rows" in shown


def test_any_sparql_can_be_asked(run: Run) -> None:
    asked = run("query", "--file", "-", "--format", "csv", text="SELECT (1 + 1 AS ?two) {}")
    assert asked.stdout.split() == ["two", "2"]
    assert run("query", "--file", "-", text="ASK { ?s a <x:None> }").stdout == "false\n"
    assert "Timor-Leste" in run("query", "--file", "-", text=f"DESCRIBE <{_TLS}>").stdout


@pytest.mark.sampled(2)
@pytest.mark.parametrize("layer", [layer.name for layer in layers()])
def test_every_layer_is_drawn_in_every_format(run: Run, layer: str) -> None:
    drawn = json.loads(run("network", layer, "--format", "json").stdout)
    edges = csv.DictReader(
        line for line in run("network", layer, "--format", "csv").stdout.splitlines() if line[0] != "#"
    )
    graphml = ET.fromstring(run("network", layer, "--format", "graphml").stdout)
    assert len(drawn["edges"]) == len(list(edges)) == len(graphml.findall(".//{*}edge"))
    assert bool(drawn["edges"]) == (layer != "hosting"), "the only host recorded is one of a planned meeting"
    assert drawn["graph"]["data_version"]


def test_measures_and_options_reach_the_network(run: Run) -> None:
    asked = ("network", "training", "--measure", "degree", "--format")
    measured = run(*asked, "csv", "--comments").stdout
    assert measured.endswith(run(*asked, "csv").stdout)
    assert json.loads(run(*asked, "csvm").stdout)["url"] == "training.degree.csv"
    assert json.loads(run("network", "training", "--format", "csvm").stdout)["url"] == "training.edges.csv"
    rows = csv.DictReader(io.StringIO("".join(line for line in measured.splitlines(True) if line[0] != "#")))
    assert {row["label"] for row in rows} >= {"Kenya", "South Korea"}
    whole, stated = (
        json.loads(run("network", "training", *only, "--format", "json").stdout) for only in ([], ["--stated-only"])
    )
    assert (whole["graph"]["parameters"]["inferred"], stated["graph"]["parameters"]["inferred"]) == ("true", "false")
    assert len(stated["edges"]) == 10
    planned = json.loads(run("network", "co-party", "--planned", "--format", "json").stdout)
    assert [edge["planned"] for edge in planned["edges"]].count(True) == 1


def test_notes_are_for_people_and_stay_out_of_the_answer(run: Run) -> None:
    drawn = run("network", "training")
    assert "lower bounds" in drawn.stderr
    assert "lower bounds" not in drawn.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "adopters"], 2, ["adopters-of-agreement"]),
        (["query", "name-on-day", "-p", "day=tomorrow"], 2, ["day", "tomorrow", "xsd:date"]),
        (["query", "name-on-day", "-p", "date=2017-04-04"], 2, ["date", "day"]),
        (["query", "name-on-day", "-p", "day"], 2, ["NAME=VALUE"]),
        (["network", "training", "-m", "betweeness"], 2, ["betweeness", "betweenness"]),
        (["network", "co-authorship"], 2, ["co-authorship", "co-party"]),
        (["network", "training", "--from", "2020", "--to", "2010"], 2, ["before it starts"]),
        (["network", "co-party", "--weight", "heavy"], 2, ["heavy", "newman"]),
        (["network", "co-party", "--format", "json", "--comments"], 2, ["--format csv"]),
    ],
)
def test_mistakes_are_explained(run: Run, arguments: list[str], code: int, words: list[str]) -> None:
    failed = run(*arguments)
    assert failed.exit_code == code
    assert failed.stdout == ""
    assert all(word in failed.stderr for word in words)


def test_a_syntax_error_says_where(run: Run) -> None:
    failed = run("query", "--file", "-", text="SELECT ?s {\n  ?s ?p }")
    assert failed.exit_code == 2
    assert "2:" in failed.stderr or "line 2" in failed.stderr


def test_nothing_is_asked_of_what_was_not_built(run: Run, tmp_path: Path) -> None:
    failed = run("query", "states-at-event", home=tmp_path)
    assert failed.exit_code == 3
    assert "communique build" in failed.stderr


_TLS = "https://w3id.org/communique/id/state/TLS"
