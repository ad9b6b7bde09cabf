"""The command that finds a class, a property or a concept, with its prefix and its values in use."""

from __future__ import annotations

from collections.abc import Sequence

import click

from communique.cli.console import format_option, print_json, print_pairs, print_table
from communique.cli.session import Session
from communique.graph.hints.terms import TermEntry, describe, entries, find, search, to_json, written


@click.command()
@click.argument("word", required=False)
@format_option("table", "json")
def terms(word: str | None, form: str) -> None:
    """Find classes, properties and concepts by WORD; without it, list them all.

    WORD is a name such as com:participant or participant, or a word of a label or a definition such as signatory;
    near spellings are found too. A term that is meant alone is described with its values in use.

    \b
    Example:
      communique terms com:role
      communique terms signatory --format json
    """
    session = Session.start()
    every = entries(session.run)
    if word is None:
        return _print_list("Terms", every, form)
    found = search(every, word) or [find(every, word)]
    exact = [entry for entry in found if word in {entry.name, entry.iri}] or found
    if len(exact) > 1:
        return _print_list(f"Terms for {word!r}", found, form)
    return _print_entry(describe(session.run, exact[0]), form)


def _print_list(title: str, found: Sequence[TermEntry], form: str) -> None:
    """Print terms, one a line, and below them what their prefixes stand for."""
    if form == "json":
        return print_json([to_json(entry) for entry in found])
    rows = [(each.name, each.kind, each.uses, each.definition or each.label) for each in found]
    prefixes = dict.fromkeys(each.declaration for each in found if each.declaration)
    caption = "\n".join([f"{len(rows)} terms", *prefixes])
    return print_table(title, ("term", "kind", "uses", "meaning"), rows, caption)


def _print_entry(entry: TermEntry, form: str) -> None:
    """Print all that is known of one term; a list of one in JSON, so that programs read one form."""
    if form == "json":
        return print_json([to_json(entry)])
    about = {
        "term": entry.name,
        "prefix": entry.declaration,
        "kind": entry.kind,
        "label": entry.label,
        "meaning": entry.definition,
        "uses": entry.uses,
        "counted in": entry.counted if entry.counted < entry.uses else None,
        "with narrower": entry.nodes if entry.narrower else None,
        "below": entry.broader,
        "above": entry.narrower,
        "stated of": entry.subjects,
        "values": entry.values,
        "scheme": entry.scheme,
    }
    print_pairs({name: value for name, value in about.items() if value not in ("", (), None)})
    if entry.samples:
        title = "Some of its nodes" if entry.kind == "class" else "In use"
        print_table(
            title, ("value", "count", "label"), [(written(use.value), use.count, use.label) for use in entry.samples]
        )
    if entry.properties:
        rows = [(written(use.value), use.count) for use in entry.properties]
        print_table("What its nodes have", ("property", "nodes"), rows)
    return None
