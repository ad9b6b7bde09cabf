"""The command that puts possible matches before people and keeps what they decide."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from pyoxigraph import NamedNode
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from communique.cli.building import agent_option, carry_out, chosen_settings, wait_option
from communique.cli.console import format_option, print_json, print_table, tell, terminal
from communique.cli.progress import shown
from communique.cli.session import Session
from communique.graph.curation.candidates import CandidateMatch, candidates
from communique.graph.curation.judgements import (
    ACCEPTED,
    REJECTED,
    UNSURE,
    Judgement,
    Pair,
    judge,
    judgements,
    latest_judgements,
    read_table,
    write_table,
)
from communique.graph.curation.profiles import Profile, profiles
from communique.graph.errors import LinkingError
from communique.graph.loading import pipeline
from communique.graph.loading.pipeline import Options
from communique.graph.queries.answers import Run
from communique.graph.settings import Settings
from communique.graph.sources.decoding.encodings import read_text
from communique.graph.terms.namespaces import ID, shorten

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
_KINDS = ("State", "Organization", "Agreement", "Event", "Commitment", "Person", "Place", "Indicator")


@click.command()
@click.option("--kind", type=click.Choice(_KINDS, case_sensitive=False), help="Only pairs of this kind.")
@click.option("--all", "everything", is_flag=True, help="List also the pairs that were decided.")
@click.option("--list", "only_list", is_flag=True, help="List the pairs; the default where there is no terminal.")
@click.option("--accept", multiple=True, metavar="ID", help="The two are the same; may be repeated.")
@click.option("--reject", multiple=True, metavar="ID", help="The two are not the same; may be repeated.")
@click.option("--unsure", multiple=True, metavar="ID", help="What is known does not suffice; may be repeated.")
@click.option("--reason", default="", help="Why; kept with the judgement.")
@click.option(
    "--import", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Add judgements from SSSOM."
)
@click.option(
    "--export", "file", type=click.Path(dir_okay=False, allow_dash=True), help="Write all judgements as SSSOM."
)
@wait_option
@agent_option
@format_option("table", "json")
def review(kind: str | None, only_list: bool, everything: bool, form: str, **how: Any) -> None:
    """Decide which nodes are the same: one pair after another, or those named by ID.

    Judgements are data with author and time. They survive every load and build; a later one on a pair goes before an
    earlier one, and both are kept. Nothing is merged: what was accepted becomes a skos:exactMatch.

    \b
    Example:
      communique review --list --kind Event
      communique review --reject kor-rou-meeting --reason "Two rooms at one hour." --agent "Ada Park"
      communique review --export judgements.sssom.tsv
    """
    settings, session = chosen_settings(how["agent"]), Session.start()
    named = [(verdict, name) for verdict in (ACCEPTED, REJECTED, UNSURE) for name in how[_OPTIONS[verdict]]]
    if how["file"]:
        _export(session, how["file"])
    elif how["table"]:
        _add(settings, _read(session, settings, how["table"]), how["wait"], form)
    elif named:
        _add(settings, _judge(session, settings, named, how["reason"]), how["wait"], form)
    else:
        found = [
            each
            for each in candidates(session.run)
            if (everything or each.is_open) and (kind is None or kind.lower() in map(str.lower, each.kinds))
        ]
        if only_list or form == "json" or not is_dialogue():
            return _list(session, found, form)
        answers = _answered(session, settings, review_pairs(session.run, found))
        with _kept(settings.home / "review.sssom.tsv", answers):
            _add(settings, answers, how["wait"], form)
    return None


def is_dialogue() -> bool:
    """Say whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


_OPTIONS = {ACCEPTED: "accept", REJECTED: "reject", UNSURE: "unsure"}


def _list(session: Session, found: Sequence[CandidateMatch], form: str) -> None:
    """List candidates with what they are called."""
    known = profiles(session.run, {node for each in found for node in each.pair})
    if form == "json":
        return print_json([_to_json(each, {node: known[node].label for node in each.pair}) for each in found])
    columns = ("id", "one", "other", "score", "judged", "why")
    rows = [
        (each.id, known[each.left].label, known[each.right].label, each.score, _last(each), each.reason)
        for each in found
    ]
    caption = f"{len(rows)} pair{'' if len(rows) == 1 else 's'}; judge by --accept, --reject or --unsure ID"
    return print_table("Possible matches", columns, rows, caption)


def _to_json(candidate: CandidateMatch, labels: dict[NamedNode, str]) -> dict[str, Any]:
    """Describe a candidate, ready for JSON."""
    judged = candidate.judgement
    return {
        "id": candidate.id,
        "left": {"iri": candidate.left.value, "label": labels[candidate.left]},
        "right": {"iri": candidate.right.value, "label": labels[candidate.right]},
        "kinds": sorted(candidate.kinds),
        "score": candidate.score,
        "features": dict(candidate.features),
        "reason": candidate.reason,
        "verdict": judged and judged.verdict,
        "judged_by": judged and judged.by,
        "judged_at": judged and judged.at.isoformat(),
    }


def _last(candidate: CandidateMatch) -> str | None:
    """Sum up the judgement that counts."""
    judged = candidate.judgement
    return f"{judged.verdict} by {judged.by}, {judged.at:%Y-%m-%d}" if judged else None


def _judge(session: Session, settings: Settings, named: list[tuple[str, str]], reason: str) -> list[Judgement]:
    """Judge the candidates named on the command line; LinkingError for an unknown or a repeated one."""
    known = {each.id: each for each in candidates(session.run)}
    answers = []
    for verdict, name in named:
        candidate = known.get(shorten(name).removeprefix("candidate/"))
        if candidate is None:
            raise LinkingError(f"no possible match is called {name!r}", hint="communique review --list --all")
        answers.append((candidate.pair, verdict, reason))
    if len({pair for pair, _, _ in answers}) < len(answers):
        raise LinkingError("one pair is judged twice", expected="one verdict for each pair")
    return _answered(session, settings, answers)


def _answered(session: Session, settings: Settings, answers: Answers) -> list[Judgement]:
    """Make judgements of answers."""
    known, by = latest_judgements(judgements(session.run)), settings.acting_agent
    return [judge(pair, verdict, known, by=by, reason=reason) for pair, verdict, reason in answers]


def _read(session: Session, settings: Settings, table: Path) -> list[Judgement]:
    """Read the judgements of a table that are not known yet."""
    by, known = settings.acting_agent, set(judgements(session.run))
    found = read_table(read_text(table), str(table), by=by, at=datetime.now(UTC))
    added = [each for each in dict.fromkeys(found) if each not in known]
    own = {node for each in added for node in each.pair if node.value.startswith(ID)}
    for node, profile in profiles(session.run, own).items():
        if not profile.is_known:
            tell(f"no graph describes {shorten(node.value)}: what is judged of it joins nothing yet")
    return added


def _add(settings: Settings, added: list[Judgement], wait: float, form: str) -> None:
    """Bring judgements through the gate; nothing happens when there is none."""
    if not added:
        click.echo("nothing to add", err=True)
        return
    with shown() as watch:
        carry_out(lambda: pipeline.review(settings, added, Options(wait=wait, watch=watch)), form)


@contextmanager
def _kept(file: Path, answers: list[Judgement]) -> Iterator[None]:
    """Keep a dialogue's answers in a file until they are published: somebody's hour must not be lost to a rule."""
    file.write_text("".join(write_table(answers, {})), encoding="utf-8")
    try:
        yield
    except BaseException:
        click.echo(f"your answers are kept: communique review --import {file}", err=True)
        raise
    file.unlink()


def _export(session: Session, file: str) -> None:
    """Write all judgements."""
    found = judgements(session.run)
    labels = {iri: each.label for iri, each in profiles(session.run, {n for each in found for n in each.pair}).items()}
    with click.open_file(file, "w", encoding="utf-8") as stream:
        stream.writelines(write_table(found, labels))
    if file != "-":
        click.echo(f"written: {file}, {len(found)} judgements", err=True)


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
