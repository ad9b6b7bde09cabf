"""The command ``communique``; the module of a subcommand is imported when it is chosen."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

import click

from communique import __version__
from communique.cli.console import ExplainedGroup

# Name of each subcommand → its module in this package, and its line in the list of subcommands.
COMMANDS = MappingProxyType(
    {
        "backup": ("backup", "Write a backup, also while the graph is served."),
        "build": ("building", "Build the packaged graph, validate it and publish it."),
        "duplicates": ("duplicates", "Look for what several documents describe."),
        "evidence": ("evidence", "Which facts rest on which paragraph; check digests."),
        "export": ("info", "Write the published graph in a stable order."),
        "history": ("history", "What was loaded, by whom, and what came of it."),
        "info": ("info", "What the published graph holds."),
        "link": ("link", "Link the names in a column of a table to nodes."),
        "load": ("building", "Add documents, RDF or tables to the graph."),
        "mapping": ("sources", "Propose and check the mapping of a table of your own."),
        "network": ("network", "Draw the network of a layer and measure it."),
        "query": ("query", "Ask a ready question, or any SPARQL query."),
        "restore": ("backup", "Put the content of a backup in force."),
        "review": ("review", "Decide which nodes are the same."),
        "rollback": ("history", "Put an earlier snapshot in force again."),
        "serve": ("serve", "Serve the published graph over HTTP."),
        "settings": ("settings", "The settings in force, and where they come from."),
        "sources": ("sources", "List the sources whose tables load by name."),
        "terms": ("terms", "Find classes, properties and concepts by a word."),
        "token": ("token", "Make, list and revoke tokens for writing over HTTP."),
        "validate": ("validate", "Check files against the rules; change nothing."),
    }
)


class DeferredGroup(ExplainedGroup):
    """The subcommands of ``COMMANDS``, each imported when it is asked for: ``--help`` prints the table alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the subcommands in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=DeferredGroup)
@click.version_option(__version__, prog_name="communique")
def main() -> None:
    """Knowledge graph of international digital-government cooperation.

    Settings are read from COMMUNIQUE_* in the environment; COMMUNIQUE_HOME is the folder of the store. See `settings`.
    """
