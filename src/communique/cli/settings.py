"""The command that tells with which settings the others run."""

from __future__ import annotations

import os

import click

from communique.cli.console import format_option, print_hint, print_json, print_table
from communique.graph.settings import describe_settings, read_settings, spell, unknown_variables


@click.command()
@format_option("table", "json")
def settings(form: str) -> None:
    """Print the value of each setting, and whether it comes from the environment or is the default.

    A variable that looks like a setting and is none is told on stderr: it has no effect.

    \b
    Example:
      COMMUNIQUE_QUERY_SECONDS=5 communique settings
    """
    values = read_settings()
    rows = [
        {
            "variable": each.variable,
            "value": spell(getattr(values, each.name)),
            "unit": each.unit,
            "from": "environment" if each.variable in os.environ else "default",
            "meaning": each.meaning,
        }
        for each in describe_settings()
    ]
    if form == "json":
        print_json(rows)
    else:
        print_table("Settings", ("variable", "value", "unit", "from", "meaning"), [tuple(row.values()) for row in rows])
    for name, near in unknown_variables().items():
        print_hint(f"{name} is no setting and has no effect", near and f"is {near} meant?")
