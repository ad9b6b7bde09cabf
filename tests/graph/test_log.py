"""The log: one line for each event, whoever wrote what stands in it."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from communique.graph import log
from communique.graph.settings import LogForm

LOG = logging.getLogger("communique.graph.engine.generation")
FORGED = "x\n2026-12-01T00:00:00.000Z error forged\x1b[31m\u202e"


def lines(capsys: pytest.CaptureFixture[str], form: LogForm, act: Any) -> list[str]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        log.set_up(form)
        act()
        return capsys.readouterr().err.splitlines()
    finally:
        logging.captureWarnings(False)
        root.handlers[:], root.level = handlers, level


def test_a_line_of_json_says_when_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines(capsys, "json", lambda: log.event(LOG, "a worker ended", {"reason": "time", "rows": 3}))
    found = json.loads(line)
    assert list(found) == ["time", "level", "logger", "process", "message", "reason", "rows"]
    assert found["time"].endswith("Z")
    assert (found["level"], found["logger"], found["rows"]) == ("info", "graph.engine.generation", 3)


def test_a_line_of_text_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines(capsys, "text", lambda: log.event(LOG, "a worker ended", {"reason": "time", "rows": 3}))
    assert " info graph.engine.generation[" in line
    assert line.endswith("] a worker ended reason=time rows=3")


@pytest.mark.parametrize("form", ["json", "text"])
def test_nobody_begins_a_line_of_his_own(capsys: pytest.CaptureFixture[str], form: LogForm) -> None:
    def act() -> None:
        log.event(LOG, FORGED, {"text": FORGED})
        try:
            raise ValueError(FORGED)
        except ValueError:
            LOG.exception("%s", FORGED)

    found = lines(capsys, form, act)
    assert not any(line.startswith("2026-12-01T00:00:00") for line in found)
    assert not any(sign in line for line in found for sign in "\x1b\u202e")
    if form == "json":
        assert "Traceback" in [json.loads(line) for line in found][1]["error"]
    else:
        assert found[2].startswith("    Traceback")


def test_what_is_below_information_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "json", lambda: LOG.debug("detail")) == []
