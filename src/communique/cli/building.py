"""Commands that change the graph, and the one that only tries."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pyoxigraph import NamedNode

from communique.cli.console import explain, format_option, print_json, print_table, terminal
from communique.graph import pipeline
from communique.graph.errors import ConformanceError
from communique.graph.namespaces import GRAPH
from communique.graph.pipeline import Outcome, Trial
from communique.graph.settings import read_settings
from communique.graph.validation import report

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
_WRITERS: dict[str, Callable[[Trial], str]] = {
    "json": lambda trial: report.to_json(trial.report, trial.store),
    "csv": lambda trial: report.to_csv(trial.report, trial.store),
    "turtle": lambda trial: report.to_turtle(trial.report),
}


@click.command()
@click.option("--fresh", is_flag=True, help="Start from nothing: drop what was loaded besides the packaged graph.")
@format_option("table", "json", "csv", "turtle")
def build(fresh: bool, form: str) -> None:
    """Build the packaged graph from its documents, validate it and publish it.

    All or nothing: when a rule is violated, the graph in force stays, and the report says why.

    \b
    Example:
      communique build
    """
    _carry_out(lambda: pipeline.build(read_settings(), fresh=fresh), form)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option("--graph", help="Graph for triples that name none, such as doc/900.")
@format_option("table", "json", "csv", "turtle")
def load(files: tuple[Path, ...], graph: str | None, form: str) -> None:
    """Add authored documents (YAML) or RDF files to the graph; graphs of the same name are replaced.

    All or nothing: when a file is broken or a rule is violated, nothing changes.

    \b
    Example:
      communique load my-document.yaml
    """
    _carry_out(lambda: pipeline.load(read_settings(), files, graph=_graph(graph)), form)


@click.command()
@click.argument("files", nargs=-1, type=_FILES)
@click.option("--graph", help="Graph for triples that name none, such as doc/900.")
@format_option("table", "json", "csv", "turtle")
def validate(files: tuple[Path, ...], graph: str | None, form: str) -> None:
    """Try whether FILES could be loaded, and change nothing; without files, judge the graph in force.

    \b
    Example:
      communique validate my-document.yaml --format csv
    """
    trial = pipeline.judge(read_settings(), files, graph=_graph(graph))
    print_trial(trial, form)
    if not trial.report.is_admissible:
        sys.exit(1)


def print_trial(trial: Trial, form: str) -> None:
    """Print a report: for programs in a format of theirs, for people grouped by rule with cure and examples."""
    if form != "table":
        return click.echo(_WRITERS[form](trial), nl=False)
    rows = []
    for rule in report.summarize(trial.report, trial.store):
        examples = "\n".join(f"{each.label} ({', '.join(map(str, each.passages))})" for each in rule.examples)
        rows.append((rule.number, rule.severity, rule.count, rule.cure, examples))
    if rows:
        print_table("Findings", ("rule", "severity", "count", "what to do", "where"), rows)
    return terminal().print(_verdict(trial))


def _carry_out(change: Callable[[], Outcome], form: str) -> None:
    """Make a change and tell what came of it; exit code 1 with the report when the gate refuses it."""
    try:
        outcome = change()
    except ConformanceError as error:
        print_trial(error.report, form)
        explain(error)
        sys.exit(1)
    told = _tell(outcome)
    if form == "json":
        print_json(told)
    else:
        click.echo("published {snapshot}: {quads} quads in {graphs} graphs, {findings} findings".format(**told))


def _tell(outcome: Outcome) -> dict[str, Any]:
    """Sum a change up."""
    snapshot = outcome.snapshot
    return {
        "snapshot": snapshot.id,
        "quads": snapshot.quads,
        "graphs": len(snapshot.graphs),
        "findings": len(outcome.report.results),
    }


def _verdict(trial: Trial) -> str:
    """Say in one line what the gate decided."""
    found, shapes = len(trial.report.results), len(trial.report.focus_counts)
    verdict = "admissible" if trial.report.is_admissible else "not admissible"
    return f"{verdict}: {found} findings, {shapes} shapes applied"


def _graph(name: str | None) -> NamedNode | None:
    """Read the name of a graph, relative or absolute."""
    if name is None:
        return None
    return NamedNode(name if "://" in name else GRAPH + name)
