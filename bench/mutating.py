"""Mutation testing: which changes of a room's code does no test notice? ``python -m bench.mutating ROOM``.

mutmut does not follow the links in ``src/communique``, so it works on a copy in which folders stand in their place. It
leaves decorated functions and what modules do when they are imported as they are.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_COPY = ROOT / ".mutation"
_SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")
_FOLDERS = ("api", "bench", "docs", "graph", "ontology", "queries", "shapes", "tests")


@dataclass(frozen=True, slots=True)
class Room:
    """Files to change, and the fewest tests that cover them; paths from the root, with wildcards among the files."""

    files: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "linking": Room(("graph/linking/*.py",), ("tests/graph/linking",)),
    "tables": Room(
        ("graph/mapping/tables/*.py",),
        ("tests/graph/mapping/tables", "tests/graph/loading/test_releases.py", "tests/cli/test_sourcing.py"),
    ),
    "incremental": Room(("graph/validation/incremental.py",), ("tests/graph/validation/test_incremental.py",)),
    "loading": Room(("graph/loading/*.py",), ("tests/graph/loading",)),
    "store": Room(("graph/store/*.py",), ("tests/graph/store",)),
    "networks": Room(("graph/networks/*.py", "graph/networks/engines/*.py"), ("tests/graph/networks",)),
}


def main() -> None:
    """Mutate one room, or the named files of it, and list the mutants that no test noticed."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutating", description=main.__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("files", nargs="*", metavar="FILE", help="instead of all files of the room")
    parser.add_argument("--tests", nargs="*", help="instead of the tests of the room")
    parser.add_argument("--mutants", nargs="*", default=[], help="only these, such as '*_[37]': a fifth of them")
    parser.add_argument("--children", type=int, default=1, help="mutants that are tried at one time (1)")
    chosen = parser.parse_args()
    room = ROOMS[chosen.room]
    copy = _COPY / chosen.room
    lay_out(copy, Room(tuple(chosen.files) or room.files, tuple(chosen.tests or room.tests)))
    paths = [str(copy / "mutants" / "src"), str(copy / "mutants"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": "100"}
    for command in (["run", "--max-children", str(chosen.children), *chosen.mutants], ["results"]):
        subprocess.run([sys.executable, "-m", "mutmut", *command], cwd=copy, env=environment, check=True)


def lay_out(copy: Path, room: Room) -> None:
    """Copy the checkout, with folders for links, and say there what is to be mutated."""
    shutil.rmtree(copy, ignore_errors=True)
    (copy / "mutants" / "src").mkdir(parents=True)  # as Python notes at its start which folders of its path there are
    shutil.copytree(ROOT / "src", copy / "src", ignore=_SKIPPED)
    for folder in _FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=_SKIPPED)
    for path in ROOT.glob("[!.]*.*"):
        if path.is_file():
            shutil.copy(path, copy)
    (copy / "shared").symlink_to(ROOT.parent / "shared")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/communique/{file}" for file in room.files],
        "also_copy": [folder for folder in _FOLDERS if folder != "tests"] + [path.name for path in copy.glob("*.*")],
        "pytest_add_cli_args_test_selection": room.tests,
        "pytest_add_cli_args": ["-p", "bench.reach", "-p", "no:cacheprovider", "-m", "not slow"],
        "timeout_constant": "5",
        "use_git_change_detection": "false",
    }
    lines = [f"{key} ={_listed(value)}" for key, value in settings.items()]
    (copy / "setup.cfg").write_text("\n".join(["[mutmut]", *lines, ""]), encoding="utf-8")


def _listed(value: str | Sequence[str]) -> str:
    """Write a value, or each of several on a line of its own."""
    return f" {value}" if isinstance(value, str) else "".join(f"\n  {each}" for each in value)


if __name__ == "__main__":
    main()
