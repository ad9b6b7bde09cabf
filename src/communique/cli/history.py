"""Commands that look back, and go back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from communique.cli.building import agent_option, chosen_settings, wait_option
from communique.cli.console import format_option, print_json, print_table, write_bytes
from communique.graph.loading import pipeline
from communique.graph.settings import read_settings
from communique.graph.store.journal import Activity, Journal
from communique.graph.store.workspace import Workspace

_COLUMNS = ("when", "what", "who", "outcome", "snapshot", "", "read", "committed", "quarantined", "sources")


@click.command()
@format_option("table", "json", "nquads")
def history(form: str) -> None:
    """List what was loaded, by whom, from which files, and what came of it; the newest comes last.

    N-Quads give the whole journal in PROV, with the SHA-256 of every file.

    \b
    Example:
      communique history --format json
    """
    home = read_settings().home
    journal = Journal(home)
    if form == "nquads":
        return write_bytes(journal.path.read_bytes() if journal.path.exists() else b"")
    rows = list(_states(journal, Workspace(home)))
    if form == "json":
        return print_json([{**asdict(activity), "state": state} for activity, state in rows])
    return print_table("History", _COLUMNS, [_row(activity, state) for activity, state in rows])


@click.command()
@click.argument("snapshot", required=False)
@wait_option
@agent_option
@format_option("table", "json")
def rollback(snapshot: str | None, wait: float, agent: str | None, form: str) -> None:
    """Put an earlier SNAPSHOT in force again, named by the beginning of its id.

    Without a name it is the one that was in force before the present one was published. Nothing is lost: the way back
    is another rollback, as long as the snapshot is kept.

    \b
    Example:
      communique rollback
    """
    activity = pipeline.rollback(chosen_settings(agent), snapshot, wait=wait)
    if form == "json":
        return print_json(asdict(activity))
    return click.echo(f"{activity.snapshot} is in force, before it was {activity.previous}")


def _states(journal: Journal, workspace: Workspace) -> Iterator[tuple[Activity, str]]:
    """Tell of each activity whether its snapshot is in force or at least kept."""
    kept, current = {snapshot.id for snapshot in workspace.snapshots()}, workspace.current_id()
    for activity in journal.activities():
        state = "in force" if activity.snapshot == current else "kept" if activity.snapshot in kept else "pruned"
        yield activity, state if activity.snapshot else ""


def _row(activity: Activity, state: str) -> tuple[Any, ...]:
    """Lay an activity out for a table."""
    names = [source.name for source in activity.sources]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    when = f"{activity.started:%Y-%m-%d %H:%M:%S}"
    counts = (activity.read, activity.committed, activity.quarantined)
    return (when, activity.kind, activity.agent, activity.outcome, activity.snapshot, state, *counts, shown)
