"""Commands for the tokens with which graphs are written over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from communique.cli.console import format_option, print_json, print_table
from communique.graph.errors import CommuniqueError
from communique.graph.jobs.tokens import TokenFile
from communique.graph.settings import read_settings


@click.group()
def token() -> None:
    """Make, list and revoke the tokens with which graphs are written over HTTP.

    They stand in the file that COMMUNIQUE_TOKENS names, as digests; without this setting nobody may write.
    """


@token.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="write:PATTERN, update, jobs or admin.")
def new(name: str, scopes: tuple[str, ...]) -> None:
    """Make a token and print it, once: the file keeps its SHA-256 alone. The journal calls its user NAME.

    The scope write:PATTERN allows to write the graphs whose names match the pattern, update allows SPARQL Update in
    these graphs, jobs shows the jobs of all tokens, admin allows everything in every graph that may be written.

    \b
    Example:
      communique token new harvester --scope 'write:doc/9*' --scope update
    """
    click.echo(_file().add(name, scopes))


@token.command("list")
@format_option("table", "json")
def list_(form: str) -> None:
    """List the tokens: name, scopes, when they were made.

    \b
    Example:
      communique token list --format json
    """
    rows = [asdict(each) for each in _file().tokens()]
    if form == "json":
        return print_json([{name: row[name] for name in ("name", "scopes", "created")} for row in rows])
    return print_table("Tokens", ("name", "scopes", "created"), [(r["name"], r["scopes"], r["created"]) for r in rows])


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Take a token away: from the next request on it is refused.

    \b
    Example:
      communique token revoke harvester
    """
    _file().revoke(name)
    click.echo(f"revoked {name}")


def _file() -> TokenFile:
    """Find the file of the settings."""
    named = read_settings().tokens
    if not named:
        hint = "COMMUNIQUE_TOKENS=/etc/communique/tokens.json, for this command and for communique serve"
        raise CommuniqueError("no file of tokens is named", hint=hint)
    return TokenFile(Path(named))
