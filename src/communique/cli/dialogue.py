"""Two nodes side by side on a terminal, and the question whether they are the same."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from communique.cli.console import terminal
from communique.graph.curation.candidates import CandidateMatch
from communique.graph.curation.judgements import ACCEPTED, REJECTED, UNSURE, Pair
from communique.graph.curation.profiles import Profile, profiles
from communique.graph.queries.answers import Run

Answers = list[tuple[Pair, str, str]]

_KEYS = {"a": ACCEPTED, "r": REJECTED, "u": UNSURE}
_QUESTION = "[a]ccept the same, [r]eject, [u]nsure, [s]kip, [q]uit"
_LINES = (
    ("kind", "kinds"),
    ("other names", "names"),
    ("codes", "codes"),
    ("when", "when"),
    ("parties", "parties"),
    ("country", "countries"),
    ("place", "places"),
    ("elsewhere", "entries"),
    ("sources", "sources"),
)
_SHOWN = 12


def review_pairs(run: Run, found: Sequence[CandidateMatch]) -> Answers:
    """Ask about each pair until all are done or the reviewer quits; what was answered is given back in any case."""
    answers: Answers = []
    console = terminal()
    for number, candidate in enumerate(found, 1):
        known = profiles(run, candidate.pair)
        console.print(_side_by_side(candidate, known[candidate.left], known[candidate.right], f"{number}/{len(found)}"))
        key = _ask()
        if key == "q":
            break
        if key in _KEYS:
            reason = click.prompt("why (may stay empty)", default="", show_default=False)
            answers.append((candidate.pair, _KEYS[key], reason))
    return answers


def _ask() -> str:
    """Ask for one key; ctrl-C and the end of input quit."""
    try:
        answer = click.prompt(_QUESTION, type=click.Choice([*_KEYS, "s", "q"]), show_choices=False)
    except click.Abort:
        return "q"
    return str(answer)


def _side_by_side(candidate: CandidateMatch, left: Profile, right: Profile, place: str) -> Group:
    """Lay two nodes out in two columns, what they share in bold, with the reason and the score below."""
    table = Table(title=f"{place}  {escape(candidate.id)}", title_justify="left", show_lines=True)
    for heading in ("", escape(left.label), escape(right.label)):
        table.add_column(heading, overflow="fold", ratio=1 if heading else None)
    table.add_row("node", escape(left.iri.value), escape(right.iri.value))
    for heading, name in _LINES:
        one, other = _listed(getattr(left, name)), _listed(getattr(right, name))
        if one or other:
            table.add_row(heading, _marked(one, other), _marked(other, one))
    return Group(table, *_below(candidate))


def _below(candidate: CandidateMatch) -> list[str]:
    """Say why the pair was proposed, how it scores, and what was decided before."""
    lines = [f"why: {escape(candidate.reason)}"]
    if candidate.score is not None:
        parts = ", ".join(f"{name.removesuffix('Score')} {value:.2f}" for name, value in candidate.features.items())
        lines.append(f"score: {candidate.score:.2f} ({parts})")
    if judged := candidate.judgement:
        reason = f": {escape(judged.reason)}" if judged.reason else ""
        lines.append(f"before: {judged.verdict} by {escape(judged.by)}, {judged.at:%Y-%m-%d}{reason}")
    return lines


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    """Take a text for a list of one."""
    return ([value] if value else []) if isinstance(value, str) else value


def _marked(values: Sequence[str], others: Sequence[str]) -> str:
    """Write values one a line, those that the other node has too in bold; a long list is cut, and says so."""
    lines = [f"[bold]{escape(value)}[/]" if value in others else escape(value) for value in values[:_SHOWN]]
    more = len(values) - _SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)
