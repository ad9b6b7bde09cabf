"""Commands that change the graph."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from communique.cli.console import explain, format_option, print_json
from communique.cli.inputs import (
    FILES_OR_SOURCE,
    faults_listed,
    graph_of,
    graph_option,
    kind_option,
    mapping_option,
    on_disk,
    source_of,
)
from communique.cli.progress import shown
from communique.cli.reporting import Output
from communique.cli.validate import print_judged
from communique.graph.errors import ConformanceError
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options, Outcome
from communique.graph.settings import Settings, read_settings
from communique.graph.store.lexical import brief

_INTERRUPTED = 130

wait_option = click.option(
    "--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Wait for another writer to finish."
)
agent_option = click.option("--agent", help="Who does it, for the journal.  [default: COMMUNIQUE_AGENT or login name]")


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
        carry_out(lambda: pipeline.build(chosen_settings(agent), fresh=fresh, options=options), form)


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILES_OR_SOURCE)
@mapping_option
@graph_option
@kind_option
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
def load(
    files: tuple[Path | str, ...], mapping: Path | None, wait: float, agent: str | None, form: str, **how: Any
) -> None:
    """Add FILES to the graph: authored documents (YAML), RDF, folders of them, or - for standard input.

    After the name of a source (communique sources), FILES are its tables; after the word table, they are tables that
    --mapping describes. Rows that cannot be mapped are listed in rejects/ with row, column, value and reason.

    RDF is Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, as it is or compressed (.gz, .zst). Graphs of the same
    name are replaced. When a file is broken or a rule is violated, nothing changes; with --on-violation quarantine the
    documents at fault go to quarantine/ with a report, and the others are admitted.

    \b
    Example:
      communique load my-document.yaml
      zcat statements.nq.gz | communique load - --input-format nquads
      communique load un-egov-survey ~/data/egov
      communique load table --mapping my-mapping.yaml my-data.csv
    """
    source, named = source_of(files, mapping)
    with shown() as watch, on_disk(named, how["kind"]) as paths:
        chosen = _options(wait=wait, watch=watch, source=source, **how)
        carry_out(lambda: pipeline.load(chosen_settings(agent), paths, chosen), form)


def _options(*, graph: str | None, on_violation: str = "reject", **others: Any) -> Options:
    """Take the options of the command line."""
    return Options(graph=graph_of(graph), quarantine=on_violation == "quarantine", **others)


def chosen_settings(agent: str | None) -> Settings:
    """Read the settings; the option ``--agent`` goes before the environment."""
    settings = read_settings()
    return replace(settings, agent=agent) if agent else settings


def carry_out(change: Callable[[], Outcome], form: str) -> None:
    """Make a change and print what came of it; exit code 1 when nothing is admitted, with the report or its place."""
    try:
        with faults_listed():
            outcome = change()
    except ConformanceError as error:
        print_judged(error.judged, Output(form))
        explain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("interrupted; communique history lists what is in force", err=True)
        sys.exit(_INTERRUPTED)
    summary = _summary(outcome)
    if form == "json":
        print_json(summary)
    else:
        _print_summary(summary)
    if summary["quarantine"] and not summary["committed"]:
        sys.exit(1)


def _summary(outcome: Outcome) -> dict[str, Any]:
    snapshot, activity, home = outcome.snapshot, outcome.activity, read_settings().home
    rejects = home / "rejects" / activity.id
    return {
        "outcome": activity.outcome,
        "load": activity.id,
        "snapshot": snapshot.id,
        "quads": snapshot.quads,
        "graphs": len(snapshot.graphs),
        "findings": len(outcome.report.results),
        "read": activity.read,
        "restated": {
            "statements": outcome.restated.statements,
            "examples": [
                {"written": brief(written), "stored": brief(stored)}
                for written, stored in outcome.restated.examples.items()
            ],
        },
        "committed": activity.committed,
        "quarantined": activity.quarantined,
        "unreadable": sum(bool(source.fault) for source in activity.sources),
        "quarantine": str(home / activity.quarantine) if activity.quarantine else "",
        "rejects": str(rejects) if rejects.exists() else "",
        "sources": [asdict(source) for source in activity.sources],
    }


def _print_summary(summary: Mapping[str, Any]) -> None:
    click.echo("{outcome} {snapshot}: {quads} quads in {graphs} graphs, {findings} findings".format(**summary))
    restated = summary["restated"]
    if restated["statements"]:
        examples = ", ".join("{written} as {stored}".format(**each) for each in restated["examples"])
        count = f"{restated['statements']:,} statements"
        click.echo(f"{count} have literals that are stored in another form, such as {examples}")
    for source in summary["sources"]:
        if source["rows_read"]:
            click.echo("{name}: {rows_read} rows read, {rows_mapped} mapped, {rows_rejected} rejected".format(**source))
    if summary["rejects"]:
        click.echo(f"see {summary['rejects']}/ for what was rejected")
    if summary["quarantine"]:
        counts = "quarantined {quarantined} of {read} quads and {unreadable} unreadable files"
        click.echo((counts + "; see {quarantine}/README.md").format(**summary))
