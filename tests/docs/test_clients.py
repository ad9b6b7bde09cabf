"""Each row of the table of clients names tests that there are."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line.strip("| \n").split(" | ")
    for line in (ROOT / "docs/clients.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (?!client )\w.*`.*test_.*` \|$", line)
]


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) == 11
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_its_tests(row: list[str]) -> None:
    file = ""
    for named in re.findall(r"`([^`]*)`", row[3]):
        path, _, pattern = named.partition("::") if ".py" in named else ("", "", named)
        file = path or file
        home = ROOT if "/" in file else ROOT / "tests/api/clients"
        names = re.findall(r"^def (test_\w+)", (home / file).read_text(encoding="utf-8"), re.MULTILINE)
        assert [name for name in names if fnmatch(name, pattern or "*")], named
