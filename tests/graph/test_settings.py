"""Settings are read from the environment, and what cannot be read is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from communique.graph.errors import CommuniqueError
from communique.graph.settings import Settings, read_settings, unknown_variables


def test_each_kind_of_setting_is_read() -> None:
    given = {
        "COMMUNIQUE_HOME": "/srv/graph",
        "COMMUNIQUE_QUERY_SECONDS": "2.5",
        "COMMUNIQUE_ENGINE_WORKERS": "3",
        "COMMUNIQUE_UNCONFINED": "Yes",
        "COMMUNIQUE_LOG": "text",
        "COMMUNIQUE_METRICS_PORT": "0",
        "PATH": "/bin",
    }
    expected = Settings(
        Path("/srv/graph"), query_seconds=2.5, engine_workers=3, unconfined=True, log="text", metrics_port=0
    )
    assert read_settings(given) == expected
    assert read_settings({}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("QUERY_SECONDS", "soon", "a number above 0"),
        ("QUERY_SECONDS", "nan", "a number above 0"),
        ("ENGINE_WORKERS", "0", "a number above 0"),
        ("METRICS_PORT", "65536", "a number from 0 to 65535"),
        ("PORT", "-1", "a number from 0 to 65535"),
        ("UNCONFINED", "perhaps", "yes or no"),
        ("LOG", "xml", "json or text"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_by_name(name: str, text: str, expected: str) -> None:
    with pytest.raises(CommuniqueError) as caught:
        read_settings({f"COMMUNIQUE_{name}": text})
    assert caught.value.message == f"COMMUNIQUE_{name} is {text!r}"
    assert caught.value.expected == expected


def test_a_misspelt_variable_is_found() -> None:
    given = {"COMMUNIQUE_QUERY_SECOND": "5", "COMMUNIQUE_XYZ": "1", "COMMUNIQUE_HOME": "var", "HOME": "/"}
    assert unknown_variables(given) == {"COMMUNIQUE_QUERY_SECOND": "COMMUNIQUE_QUERY_SECONDS", "COMMUNIQUE_XYZ": ""}
