"""What a command imports: ``--help`` and a ready question start fast because they leave the rest alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LISTING = """
import sys
there = set(sys.modules)
from communique.cli import main
try:
    main()
finally:
    files = {name for name, module in sys.modules.items() if getattr(module, "__file__", None)}
    print(*sorted(files - there), file=sys.stderr)
"""


def imported(*arguments: str, home: Path) -> set[str]:
    """List the modules of a process that ran a command: ours by full name, others by package, without Python's own."""
    line = [sys.executable, "-c", LISTING, *arguments]
    result = subprocess.run(line, capture_output=True, text=True, check=True, env={"COMMUNIQUE_HOME": str(home)})
    names = result.stderr.split()
    roots = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    return {name for name in names if name.startswith("communique.")} | (roots - {"communique"})


def test_help_imports_nothing_of_any_subcommand(tmp_path: Path) -> None:
    ours = {"communique.cli", "communique.cli.console", "communique.graph", "communique.graph.errors"}
    assert imported("--help", home=tmp_path) == ours | {"click", "rich"}


def test_a_ready_question_imports_neither_networks_nor_the_gate_nor_tables_of_names(built: Path) -> None:
    found = imported("query", "adopters-of-agreement", home=built)
    assert {name for name in found if "." not in name} == {
        *("click", "rich", "pyoxigraph", "yaml", "rapidfuzz", "zstandard")
    }
    rooms = {name.split(".")[2] for name in found if name.count(".") > 1 and name.startswith("communique.graph.")}
    assert rooms == {"engine", "errors", "hints", "queries", "settings", "sources", "store", "terms"}
