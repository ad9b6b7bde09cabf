"""Commands that change the graph, and the one that only tries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from pyoxigraph import NamedNode

from communique.cli.console import explain, format_option, print_json, print_table, terminal
from communique.cli.progress import shown
from communique.graph import pipeline
from communique.graph.errors import ConformanceError, SourceErrors
from communique.graph.namespaces import GRAPH
from communique.graph.pipeline import Options, Outcome, Trial
from communique.graph.settings import Settings, read_settings
from communique.graph.sources.inputs import KINDS, STDIN, spool
from communique.graph.validation import report

_FILES = click.Path(exists=True, allow_dash=True, path_type=Path)
_WRITERS: dict[str, Callable[[Trial], str]] = {
    "json": lambda trial: report.to_json(trial.report, trial.store),
    "csv": lambda trial: report.to_csv(trial.report, trial.store),
    "turtle": lambda trial: report.to_turtle(trial.report),
}
_INTERRUPTED = 130

wait_option = click.option(
    "--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Wait for another writer to finish."
)
agent_option = click.option("--agent", help="Who does it, for the journal.  [default: COMMUNIQUE_AGENT or login name]")
_graph_option = click.option("--graph", help="Graph for triples that name none, such as doc/900.")
_kind_option = click.option("--input-format", "kind", type=click.Choice(list(KINDS)), help="Format of all files.")


@click.command()
@click.option("--fresh", is_flag=True, help="Start from nothing: drop what was loaded besides the packaged graph.")
@wait_option
@agent_option
@format_option("table", "json", "csv", "turtle")
def build(fresh: bool, wait: float, agent: str | None, form: str) -> None:
    """Build the packaged graph from its documents, validate it and publish it.

    All or nothing: when a rule is violated, the graph in force stays, and the report says why.

    \b
    Example:
      communique build
    """
    with shown() as watch:
        options = Options(wait=wait, watch=watch)
        _carry_out(lambda: pipeline.build(chosen_settings(agent), fresh=fresh, options=options), form)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILES)
@_graph_option
@_kind_option
@click.option(
    "--on-violation",
    type=click.Choice(["reject", "quarantine"]),
    default="reject",
    show_default=True,
    help="Change nothing, or admit the other documents.",
)
@wait_option
@agent_option
@format_option("table", "json", "csv", "turtle")
def load(files: tuple[Path, ...], wait: float, agent: str | None, form: str, **how: Any) -> None:
    """Add FILES to the graph: authored documents (YAML), RDF, folders of them, or - for standard input.

    RDF is Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, as it is or compressed (.gz, .zst). Graphs of the same
    name are replaced. When a file is broken or a rule is violated, nothing changes; with --on-violation quarantine the
    documents at fault are put aside in quarantine/ with a report, and the others are admitted.

    \b
    Example:
      communique load my-document.yaml
      zcat statements.nq.gz | communique load - --input-format nquads
    """
    with shown() as watch, _on_disk(files, how["kind"]) as paths:
        chosen = _options(wait=wait, watch=watch, **how)
        _carry_out(lambda: pipeline.load(chosen_settings(agent), paths, chosen), form)


@click.command()
@click.argument("files", nargs=-1, type=_FILES)
@_graph_option
@_kind_option
@format_option("table", "json", "csv", "turtle")
def validate(files: tuple[Path, ...], graph: str | None, kind: str | None, form: str) -> None:
    """Try whether FILES could be loaded, and change nothing; without files, judge the graph in force.

    \b
    Example:
      communique validate my-document.yaml --format csv
    """
    with shown() as watch, _on_disk(files, kind) as paths, _faults_listed():
        trial = pipeline.judge(read_settings(), paths, _options(graph=graph, kind=kind, watch=watch))
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


def _options(*, graph: str | None, on_violation: str = "reject", **others: Any) -> Options:
    """Take the options of the command line."""
    return Options(graph=_graph(graph), quarantine=on_violation == "quarantine", **others)


def chosen_settings(agent: str | None) -> Settings:
    """Read the settings; the option ``--agent`` goes before the environment."""
    settings = read_settings()
    return replace(settings, agent=agent) if agent else settings


@contextmanager
def _on_disk(files: Sequence[Path], kind: str | None) -> Iterator[list[Path]]:
    """Put standard input into a file for a while, so that it can be read twice."""
    if STDIN not in files:
        yield list(files)
        return
    with TemporaryDirectory(prefix="communique-") as folder:
        stdin = spool(sys.stdin.buffer, Path(folder), kind)
        yield [stdin if path == STDIN else path for path in files]


@contextmanager
def _faults_listed() -> Iterator[None]:
    """Say of each file why it cannot be read, when there are several."""
    try:
        yield
    except SourceErrors as error:
        for fault in error.faults:
            explain(fault)
        raise


def _carry_out(change: Callable[[], Outcome], form: str) -> None:
    """Make a change and tell what came of it; exit code 1 with the report when the gate refuses it."""
    try:
        with _faults_listed():
            outcome = change()
    except ConformanceError as error:
        print_trial(error.report, form)
        explain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("interrupted; communique history tells what is in force", err=True)
        sys.exit(_INTERRUPTED)
    told = _tell(outcome)
    if form == "json":
        print_json(told)
    else:
        click.echo("{outcome} {snapshot}: {quads} quads in {graphs} graphs, {findings} findings".format(**told))
        if told["quarantine"]:
            click.echo(
                "set aside {quarantined} of {read} quads and {unreadable} unreadable files;"
                " see {quarantine}/README.md".format(**told)
            )


def _tell(outcome: Outcome) -> dict[str, Any]:
    """Sum a change up."""
    snapshot, record = outcome.snapshot, outcome.record
    return {
        "outcome": record.outcome,
        "load": record.id,
        "snapshot": snapshot.id,
        "quads": snapshot.quads,
        "graphs": len(snapshot.graphs),
        "findings": len(outcome.report.results),
        "read": record.read,
        "committed": record.committed,
        "quarantined": record.quarantined,
        "unreadable": sum(bool(source.fault) for source in record.sources),
        "quarantine": str(read_settings().home / record.quarantine) if record.quarantine else "",
        "sources": [asdict(source) for source in record.sources],
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
