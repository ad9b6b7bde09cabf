"""The threat model names a test in each of its lines."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_threat_has_a_test() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = text.partition("## Threats")[2].partition("\n## ")[0].splitlines()
    threats = [row for row in rows if row.startswith("| ") and not row.startswith("| threat")]
    assert len(threats) > 30
    for row in threats:
        found = re.search(r"`(test_\w+)` in `(tests/[\w/]+\.py)` \|$", row)
        assert found, row
        source = (ROOT / found[2]).read_text(encoding="utf-8")
        assert re.search(rf"^ *def {found[1]}\(", source, re.MULTILINE), row
