"""Tables of a run → their place in ``bench/README.md``."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parent / "README.md"


def write_section(name: str, text: str, path: Path = README) -> None:
    """Put text between the two marks of a name; ValueError when the file has no such marks."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{path}: no {begin} … {end}")
    path.write_text(pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", old), encoding="utf-8")
