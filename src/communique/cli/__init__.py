"""The command ``communique`` and its subcommands."""

from __future__ import annotations

import click

from communique import __version__
from communique.cli.asking import network, query
from communique.cli.building import build, load
from communique.cli.console import ExplainedGroup
from communique.cli.duplicates import duplicates
from communique.cli.evidence import evidence
from communique.cli.history import history, rollback
from communique.cli.inspecting import export, info
from communique.cli.linking import link
from communique.cli.reviewing import review
from communique.cli.serving import serve
from communique.cli.sourcing import mapping, sources
from communique.cli.terms import terms
from communique.cli.validating import validate


@click.group(cls=ExplainedGroup)
@click.version_option(__version__, prog_name="communique")
def main() -> None:
    """Knowledge graph of international digital-government cooperation.

    Settings are read from COMMUNIQUE_* in the environment; COMMUNIQUE_HOME is the folder of the store.
    """


for command in (
    build,
    load,
    sources,
    mapping,
    validate,
    history,
    rollback,
    link,
    duplicates,
    review,
    query,
    terms,
    network,
    evidence,
    info,
    export,
    serve,
):
    main.add_command(command)
