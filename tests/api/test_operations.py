"""A request of the protocol, in its parts, and the query that it asks."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, UnsupportedMediaType

from communique.api.operations import DIRECT, FORM, MULTIPART, UPDATE, Operation, read_operation

QUERY = ("query", "ASK {}")


@pytest.mark.parametrize(
    ("method", "content_type", "address", "form", "body"),
    [
        ("GET", None, [QUERY], [], b""),
        ("HEAD", None, [QUERY], [], b""),
        ("GET", UPDATE, [QUERY], [("query", "of a body that GET has none of")], b""),
        ("POST", FORM, [], [QUERY], b""),
        ("POST", f"{FORM}; charset=utf-8", [], [QUERY], b""),
        ("POST", FORM.upper(), [QUERY], [], b""),
        ("POST", f"{MULTIPART}; boundary=x", [], [QUERY], b""),
        ("POST", DIRECT, [], [], b"ASK {}"),
        ("POST", f'{DIRECT}; charset="UTF-8"', [], [], b"ASK {}"),
        ("POST", DIRECT, [], [], b"\xef\xbb\xbfASK {}"),
    ],
)
def test_a_query_is_read_from_wherever_it_stands(
    method: str, content_type: str | None, address: list[tuple[str, str]], form: list[tuple[str, str]], body: bytes
) -> None:
    assert read_operation(method, content_type, address, form, body) == Operation("ASK {}", None, None)


def test_graphs_are_read_in_their_order() -> None:
    address = [("default-graph-uri", "x:a"), QUERY, ("named-graph-uri", "x:c"), ("default-graph-uri", "x:b")]
    wanted = Operation("ASK {}", ("x:a", "x:b"), ("x:c",))
    assert read_operation("GET", None, address, [], b"") == wanted
    assert read_operation("POST", FORM, [], address, b"") == wanted
    assert read_operation("POST", FORM, address[:1], address[1:], b"") == wanted
    assert read_operation("POST", DIRECT, [each for each in address if each != QUERY], [], b"ASK {}") == wanted
    assert wanted.pairs == [
        QUERY,
        ("default-graph-uri", "x:a"),
        ("default-graph-uri", "x:b"),
        ("named-graph-uri", "x:c"),
    ]


@pytest.mark.parametrize(
    ("method", "content_type", "address", "body", "kind", "words"),
    [
        ("GET", None, [], b"", BadRequest, "0 queries"),
        ("GET", None, [QUERY, QUERY], b"", BadRequest, "2 queries"),
        ("POST", DIRECT, [QUERY], b"ASK {}", BadRequest, "2 queries"),
        ("POST", DIRECT, [], b"ASK {} #\xff", BadRequest, "not UTF-8"),
        ("POST", f"{DIRECT};charset=utf-16", [], b"ASK {}", UnsupportedMediaType, "utf-16"),
        ("POST", None, [QUERY], b"", UnsupportedMediaType, "no media type"),
        ("POST", "text/plain", [], b"ASK {}", UnsupportedMediaType, "text/plain"),
        ("GET", None, [("update", "CLEAR ALL")], b"", BadRequest, "address"),
        ("POST", UPDATE, [], b"CLEAR ALL", Forbidden, "Only /sparql"),
    ],
)
def test_what_is_no_query_is_explained(
    method: str,
    content_type: str | None,
    address: list[tuple[str, str]],
    body: bytes,
    kind: type[HTTPException],
    words: str,
) -> None:
    with pytest.raises(kind, match=words):
        read_operation(method, content_type, address, [], body)
