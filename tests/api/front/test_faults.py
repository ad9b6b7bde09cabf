"""A fault of the front itself, made on purpose."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from communique.api.front.application import Front
from communique.api.front.asking import Asker
from communique.graph.settings import Settings


def test_a_fault_of_ours_is_confessed_under_its_id(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Front, "answer", fail)
    asker = Asker("192.0.2.1", "GET")
    scope: Any = SimpleNamespace(method="GET", path="/x")
    response = asyncio.run(Front(Settings())._answer_or_confess(scope, SimpleNamespace(), asker))  # type: ignore[arg-type]
    assert isinstance(response.body, bytes)
    problem = json.loads(response.body)
    assert (response.status, problem["request"]) == (500, asker.id)
    assert "secret" not in response.body.decode()
    assert asker.id in caplog.text and "ZeroDivisionError: secret" in caplog.text
