"""Prefixed names and IRIs."""

from __future__ import annotations

import pytest

from communique.graph.terms.namespaces import CONVERTER, PREFIXES, Converter, shorten, term


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_is_compressed_is_expanded_again(prefix: str) -> None:
    iri = PREFIXES[prefix] + "x"
    assert CONVERTER.compress(iri) == f"{prefix}:x"
    assert CONVERTER.expand(f"{prefix}:x") == iri == term(f"{prefix}:x").value


def test_the_longest_namespace_is_taken() -> None:
    converter = Converter({"a": "http://x/", "b": "http://x/y/", "none": ""})
    assert converter.compress("http://x/y/z") == "b:z"
    assert converter.compress("http://x/z") == "a:z"
    assert converter.compress("http://y/z") is None


@pytest.mark.parametrize("name", ["unknown:x", "com", "x", "http://example.org/x", "com://x"])
def test_what_has_no_declared_prefix_is_not_expanded(name: str) -> None:
    assert CONVERTER.expand(name) is None
    with pytest.raises(KeyError):
        term(name)


def test_people_read_data_by_path_and_terms_by_prefix() -> None:
    assert shorten("https://w3id.org/communique/id/state/KOR") == "state/KOR"
    assert shorten("https://w3id.org/communique/vocab/role/trainee") == "role:trainee"
    assert shorten("https://example.org/x") == "https://example.org/x"
