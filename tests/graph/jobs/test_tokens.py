"""Tokens: kept as digests, found again, refused when they are unknown, revoked or not safely kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from communique.graph.errors import CommuniqueError, NotAuthenticated
from communique.graph.jobs.tokens import TokenFile, is_within


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "etc" / "tokens.json")


def test_a_token_is_kept_as_a_digest_alone(file: TokenFile) -> None:
    text = file.add("harvester", ["write:doc/9*", "update"])
    kept = file.path.read_text(encoding="utf-8")
    assert text not in kept
    assert json.loads(kept)[0]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert len(text) > 40


def test_a_token_is_found_by_its_text(file: TokenFile) -> None:
    first, second = file.add("first", ["update"]), file.add("second", ["jobs"])
    assert file.authenticate(first).name == "first"
    assert file.authenticate(second).name == "second"
    for wrong in ("", first[:-1], first + "x", "first", "\udcff", "é"):
        with pytest.raises(NotAuthenticated):
            file.authenticate(wrong)


def test_a_revoked_token_is_refused_by_who_has_read_the_file_before(file: TokenFile) -> None:
    text = file.add("guest", ["update"])
    other = TokenFile(file.path)
    assert other.authenticate(text).name == "guest"
    file.revoke("guest")
    with pytest.raises(NotAuthenticated):
        other.authenticate(text)


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("Guest", ["update"]), ("", ["update"]), ("a b", ["update"]), ("guest", ["all"]), ("guest", ["write:"])],
)
def test_what_makes_no_sense_is_refused(file: TokenFile, name: str, scopes: list[str]) -> None:
    with pytest.raises(CommuniqueError, match=r"name of a token|scope"):
        file.add(name, scopes)


def test_a_name_is_given_once(file: TokenFile) -> None:
    file.add("guest", ["update"])
    with pytest.raises(CommuniqueError, match="already"):
        file.add("guest", ["admin"])
    with pytest.raises(CommuniqueError, match="no token 'host'"):
        file.revoke("host")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"name": "x"}]'])
def test_a_damaged_file_lets_nobody_in(file: TokenFile, content: str) -> None:
    text = file.add("guest", ["update"])
    file.path.write_text(content, encoding="utf-8")
    with pytest.raises(CommuniqueError):
        file.authenticate(text)


def test_a_missing_file_and_one_that_others_may_write_let_nobody_in(file: TokenFile) -> None:
    with pytest.raises(CommuniqueError, match="cannot be read"):
        file.authenticate("x")
    text = file.add("guest", ["update"])
    file.path.chmod(0o622)
    with pytest.raises(CommuniqueError, match="others may write"):
        file.authenticate(text)


@pytest.mark.parametrize(
    ("graph", "patterns", "is_allowed"),
    [
        ("https://w3id.org/communique/graph/doc/900", ("doc/9*",), True),
        ("https://w3id.org/communique/graph/doc/900/inferred", ("doc/9*",), True),
        ("https://w3id.org/communique/graph/doc/800", ("doc/9*",), False),
        ("https://example.org/doc/900", ("doc/9*",), False),
        ("https://example.org/doc/900", ("https://example.org/*",), True),
        ("https://example.org.evil/doc", ("https://example.org/*",), False),
        ("https://example.org/doc/900", ("*",), True),
        ("https://example.org/DOC", ("https://example.org/doc",), False),
        ("https://example.org/doc", (), False),
    ],
)
def test_a_pattern_reaches_the_graphs_whose_names_it_matches(
    graph: str, patterns: tuple[str, ...], is_allowed: bool
) -> None:
    assert is_within(graph, patterns) is is_allowed
