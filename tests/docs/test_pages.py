"""What a page of the documentation shows is what one gets: its commands are run, its lines of Python too.

A block ``console`` begins with ``$ communique …``; what follows is its output. ``COMMUNIQUE_REWRITE_DOCS=1 pytest
tests/docs`` writes the outputs anew, to be read before they are committed.
"""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from communique.cli import main
from communique.cli.session import Session

ROOT = Path(__file__).parents[2]
CONSOLE = re.compile(r"^```console\n\$ communique(.*)\n([\s\S]*?)^```$", re.MULTILINE)
PYTHON = re.compile(r"^```python\n(>>> [\s\S]*?)^```$", re.MULTILINE)
PAGES = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if CONSOLE.search(path.read_text(encoding="utf-8")) or PYTHON.search(path.read_text(encoding="utf-8"))
]
CONCEPTS = {"status", "counts", "evidence", "candidates", "snapshots", "layers"}


@pytest.fixture(autouse=True)
def published(packaged_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_HOME", str(packaged_home))


def output(command: str) -> str:
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, result.output
    return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_shows_what_one_gets(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if os.environ.get("COMMUNIQUE_REWRITE_DOCS"):
        text = CONSOLE.sub(lambda each: f"```console\n$ communique{each[1]}\n{output(each[1])}```", text)
        page.write_text(text, encoding="utf-8")
    for command, shown in CONSOLE.findall(text):
        assert shown == output(command), f"communique{command}"
    lines = "\n".join(PYTHON.findall(text))
    told = doctest.DocTestParser().get_doctest(lines, {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(told).failed == 0


def test_each_concept_has_a_page_that_shows_something() -> None:
    assert {page.stem for page in PAGES if page.parent.name == "concepts"} == CONCEPTS


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_picture_is_drawn_from_the_graph() -> None:
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "picture.py")
    assert spec is not None and spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    assert picture.draw(Session.start().run) == (ROOT / "docs" / "network.svg").read_text(encoding="utf-8")


def test_the_functions_that_the_architecture_names_are_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    steps = re.findall(r"`(\w+)` (?:and `(\w+)` )?in `([\w/.]+\.py)`", text)
    assert len(steps) > 35
    for *names, path in steps:
        source = (ROOT / path).read_text(encoding="utf-8")
        for name in filter(None, names):
            assert re.search(rf"^ *(?:async )?def {name}\(", source, re.MULTILINE), f"{name} in {path}"
    for path in re.findall(r"`((?:graph|api|src|queries|shapes)/[\w/.-]*)`", text):
        assert (ROOT / path).exists(), path
