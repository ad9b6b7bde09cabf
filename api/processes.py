"""The processes of a running service, as the kernel lists them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_PROC = Path("/proc")
_PACKAGE = "communique."


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A process of the service: what it does, and its resident memory in bytes, pages shared with others included."""

    pid: int
    role: str
    resident: int


def service_processes(main: int) -> Iterator[ServiceProcess]:
    """List ``main`` and its descendants, but not the process that asks.

    The role is ``main``, the module that a process was started as (``engine``), or ``web`` for those that ``main``
    forked or that Python's multiprocessing started. None where the system has no ``/proc``.
    """
    parents = dict(_parents())
    for pid in parents:
        if pid == os.getpid() or main not in (pid, *_ancestors(pid, parents)):
            continue
        try:
            pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
            command = (_PROC / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:  # it has ended meanwhile
            continue
        if not any("resource_tracker" in part for part in command):
            role = "main" if pid == main else _role(command)
            yield ServiceProcess(pid, role, pages * os.sysconf("SC_PAGE_SIZE"))


def _parents() -> Iterator[tuple[int, int]]:
    """List the processes with their parents."""
    for folder in _PROC.glob("[0-9]*"):
        try:
            # The name of a program stands in parentheses and may hold any character.
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(folder.name), int(fields[1])


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid := parents.get(pid, 0):
        yield pid


def _role(command: list[str]) -> str:
    module = next((name for flag, name in pairwise(command) if flag == "-m"), "")
    return module.rpartition(".")[2] if module.startswith(_PACKAGE) and module != "communique.cli" else "web"
