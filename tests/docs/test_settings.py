"""The page of settings is made of what the code says of them; ``COMMUNIQUE_REWRITE_DOCS=1`` writes it anew."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

from communique.graph.settings import Settings, describe_settings

HEAD = "| variable | means | default | at the limit |\n|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
# A number that is no limit: nothing happens there.
UNLIMITED = {"port", "metrics_port", "web_workers"}


def table() -> str:
    lines = [
        f"| `{each.variable}` | {each.meaning} | {f'{each.default} {each.unit}'.strip() or 'empty'} | {each.limit} |\n"
        for each in describe_settings()
    ]
    return HEAD + "".join(lines)


def test_the_page_says_what_the_code_says(root: Path) -> None:
    page = root / "docs" / "settings.md"
    text = page.read_text(encoding="utf-8")
    if os.environ.get("COMMUNIQUE_REWRITE_DOCS"):
        text = TABLE.sub(lambda _: table(), text)
        page.write_text(text, encoding="utf-8")
    assert table() in text


def test_each_setting_is_described() -> None:
    described = describe_settings()
    assert [each.name for each in described] == [field.name for field in fields(Settings)]
    assert all(each.meaning for each in described)


def test_each_limit_says_what_happens_there() -> None:
    numbers = {field.name for field in fields(Settings) if type(field.default) in (int, float)}
    assert {each.name for each in describe_settings() if not each.limit} & numbers == UNLIMITED
