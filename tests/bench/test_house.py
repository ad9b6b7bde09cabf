"""The figures of the house, on a house of three modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.house import House, figures, main, measure

STORY = '''
from communique.graph.store import files
from communique.graph.store.files import File

def load(path):
    """Tell the story."""
    file = File(path)
    text = file.contents()
    return _parsed(text), files.digest(text)

def _parsed(text):
    return [line for line in text]

class Options:
    pass
'''
FILES = """
class Options:
    def __init__(self):
        self._reset()

    def _reset(self):
        pass

class File:
    def __init__(self, path):
        self.path = path

    def contents(self):
        return digest(self.path)

def digest(text):
    return text
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    texts = {"graph/loading/pipeline.py": STORY, "graph/store/files.py": FILES, "graph/errors.py": "", "api/a.py": ""}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return House(tmp_path)


def test_a_route_is_read_in_the_order_of_the_text_and_each_place_once(house: House) -> None:
    places = house.walk("graph.loading.pipeline:load")
    assert places == [
        "graph.loading.pipeline:load",
        "graph.store.files:File.__init__",
        "graph.store.files:File.contents",
        "graph.store.files:digest",
        "graph.loading.pipeline:_parsed",
    ]
    assert measure(places) == (5, 2, 1)


def test_a_route_ends_at_the_door_of_its_rooms(house: House) -> None:
    places = house.walk("graph.loading.pipeline:load", frozenset({"loading"}))
    assert measure(places) == (2, 1, 0)


def test_figures(house: House) -> None:
    found = figures(house)
    assert found["modules"] == "4"
    assert found["class names defined more than once"] == "1 of 2: Options"
    assert found["private functions"] == "2, named once 2, never 0"
    assert found["loose modules in graph/"] == "1: errors"
    assert found["imports between rooms"] == "1 arrows between 3"


def test_it_prints_this_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert "not found" not in capsys.readouterr().out
