"""Commands that keep a second copy of the store, and come back to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from communique.cli.building import wait_option
from communique.cli.console import format_option, print_json
from communique.graph.settings import read_settings
from communique.graph.store.backup import Backup, back_up
from communique.graph.store.restoration import restore as put_back

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--check", "is_check", is_flag=True, help="Only compare the backup that DIR holds with its checksums.")
@format_option("table", "json")
def backup(folder: Path, is_check: bool, form: str) -> None:
    """Write a backup of the store into DIR, which is new or empty: snapshots, journal, quarantine and all else.

    It may be made at any time, also while the graph is served and another process loads. DIR holds a backup only when
    all of it is there: whatever interrupts this leaves none.

    \b
    Example:
      communique backup /var/backups/communique/2026-12-01
    """
    if is_check:
        found = Backup.read(folder)
        found.check()
    else:
        found = back_up(read_settings().home, folder)
    _print(found, "checked" if is_check else "backed up", form)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", "is_replacing", is_flag=True, help="Delete what the store holds; else it must hold nothing.")
@wait_option
@format_option("table", "json")
def restore(folder: Path, is_replacing: bool, wait: float, form: str) -> None:
    """Put the backup in DIR in force, in the folder that COMMUNIQUE_HOME names.

    Every file is compared with its checksum first. What is interrupted is completed by the same command. A service that
    runs on that folder takes the restored graph up by itself.

    \b
    Example:
      COMMUNIQUE_HOME=/srv/communique communique restore /var/backups/communique/2026-12-01
    """
    home = read_settings().home
    found = put_back(folder, home, replace=is_replacing, wait=wait)
    _print(replace(found, folder=home), "restored", form)


def _print(backup: Backup, what: str, form: str) -> None:
    facts: dict[str, Any] = {
        "folder": str(backup.folder),
        "snapshot": backup.snapshot,
        "created": backup.created.isoformat(timespec="seconds"),
        "version": backup.version,
        "files": len(backup.files),
        "bytes": backup.size,
    }
    if form == "json":
        return print_json(facts)
    text = "snapshot {snapshot} of {created}, {files:,} files, {bytes:,} bytes, checksums compared: {folder}"
    return click.echo(f"{what} {text.format(**facts)}")
