"""The command that looks for one agreement, or one event, in several documents."""

from __future__ import annotations

import click

from communique.cli.building import agent_option, carry_out, chosen_settings, wait_option
from communique.cli.console import format_option, print_json, print_table
from communique.cli.progress import shown
from communique.cli.session import Session
from communique.graph.curation.comparison import Proposal
from communique.graph.curation.duplicates import MINIMUM, FoundDuplicates, search
from communique.graph.curation.judgements import UNSURE, judgements, latest_judgements
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options
from communique.graph.terms.namespaces import shorten

_SHOWN = 50


@click.command()
@click.option(
    "--minimum",
    type=click.FloatRange(0, 1),
    default=MINIMUM,
    show_default=True,
    help="Propose pairs that score at least so much.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be proposed.")
@wait_option
@agent_option
@format_option("table", "json")
def duplicates(minimum: float, dry_run: bool, wait: float, agent: str | None, form: str) -> None:
    """Look for agreements, events and commitments that several documents describe, each under a name of its own.

    Pairs are compared by parties, dates, titles and kinds, commitments by title, bearers, plan and wording. What scores
    enough becomes a candidate for communique review; nothing is merged. A run replaces the candidates of the one
    before, and leaves out what was accepted or rejected.

    \b
    Example:
      communique duplicates --dry-run --minimum 0.9
      communique duplicates && communique review
    """
    session = Session.start()
    known = latest_judgements(judgements(session.run))
    decided = {pair for pair, judged in known.items() if judged.verdict != UNSURE}
    found = search(session.solve, decided, minimum=minimum)
    if dry_run:
        return _show(found, form)
    if form == "table":
        click.echo(_account(found))
    with shown() as watch:
        carry_out(
            lambda: pipeline.propose(chosen_settings(agent), found.proposals, Options(wait=wait, watch=watch)), form
        )
    return None


def _show(found: FoundDuplicates, form: str) -> None:
    """Show what was found, the best first."""
    if form == "json":
        return print_json([_to_json(each) for each in found.proposals])
    rows = [
        (each.comparison.score, shorten(each.left.node.value), shorten(each.right.node.value), each.comparison.reason)
        for each in found.proposals[:_SHOWN]
    ]
    more = f"; the first {_SHOWN} are shown" if len(found.proposals) > _SHOWN else ""
    return print_table("Possible duplicates", ("score", "one", "other", "why"), rows, _account(found) + more)


def _account(found: FoundDuplicates) -> str:
    """Say what was looked at and what came of it."""
    return (
        f"{found.records} agreements, events and commitments, {found.compared} pairs compared: {len(found.proposals)}"
        f" proposed, {found.decided} left out because they are decided; {found.skipped} blocks too large to compare"
    )


def _to_json(proposal: Proposal) -> dict[str, object]:
    """Describe a proposal, ready for JSON."""
    compared = proposal.comparison
    return {
        "left": proposal.left.node.value,
        "right": proposal.right.node.value,
        "score": round(compared.score, 3),
        "features": {name: round(value, 3) for name, value in compared.features.items()},
        "reason": compared.reason,
    }
