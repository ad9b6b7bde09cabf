"""The line of a request: what was asked stands in it as a digest, and as text only when a setting asks for it."""

from __future__ import annotations

import hashlib
import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.api import log
from communique.api.log import RequestOutcome, RequestRecord
from communique.graph.log import JsonLines
from communique.graph.settings import Settings

QUERY = "SELECT * { ?s ?p 'Straße' }"
RECORD = RequestRecord(
    id="0123456789abcdef",
    method="POST",
    route="/sparql",
    status=200,
    outcome=RequestOutcome.ANSWERED,
    seconds=0.123456,
    bytes=10,
    rows=0,
    query=QUERY,
    form="SELECT",
    client="192.0.2.1",
)


def test_the_text_and_the_client_are_left_out() -> None:
    parts = log.parts_of(RECORD, Settings())
    assert parts == {
        "id": "0123456789abcdef",
        "method": "POST",
        "route": "/sparql",
        "status": 200,
        "outcome": "answered",
        "seconds": 0.1235,
        "bytes": 10,
        "rows": 0,
        "form": "SELECT",
        "query": hashlib.sha256(QUERY.encode()).hexdigest()[:16],
        "characters": len(QUERY),
    }


def test_they_are_written_when_a_setting_asks_for_them() -> None:
    parts = log.parts_of(RECORD, Settings(log_queries=True, log_clients=True))
    assert (parts["client"], parts["text"]) == ("192.0.2.1", QUERY)


def test_a_request_without_a_query_has_none_of_its_parts() -> None:
    parts = log.parts_of(RequestRecord("1", "GET", "/", 304, RequestOutcome.ANSWERED, 0.0), Settings(log_queries=True))
    assert not {"query", "characters", "text", "rows", "form", "lane"} & parts.keys()


@settings(deadline=None)
@given(st.text(st.characters(), max_size=200), st.integers(1, 60))
def test_a_line_fits_into_one_piece(text: str, times: int) -> None:
    settings = Settings(log_queries=True, log_clients=True)
    record = RequestRecord("0" * 16, "OPTIONS", "/" + "r" * 60, 503, RequestOutcome.FAILED, 1e5, query=text * times)
    parts = log.parts_of(record, settings)
    event = logging.LogRecord("communique.api.log", logging.WARNING, "", 0, "request", None, None)
    event.parts = parts
    line = JsonLines().format(event)
    assert len(line.encode()) < 4096
    assert record.query.startswith(json.loads(line).get("text", ""))


def test_a_fault_of_ours_is_written_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        log.write(RequestRecord("1", "GET", "/", 500, RequestOutcome.FAILED, 0.0), Settings())
        log.write(RequestRecord("2", "GET", "/", 404, RequestOutcome.REJECTED, 0.0), Settings())
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_ids_differ() -> None:
    assert len({log.new_id() for _ in range(100)}) == 100
