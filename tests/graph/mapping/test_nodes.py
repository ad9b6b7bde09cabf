"""Identifiers with placeholders: filled, they are what the same identifiers are when they are written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.graph.errors import MappingError
from communique.graph.mapping.nodes import (
    Identifier,
    Placeholder,
    RowTemplate,
    TemplateScalar,
    identifier_of,
    identify,
    join_steps,
    name_step,
    read_identifier,
    read_step,
    step_of_name,
    tail_of,
)
from communique.graph.sources.tree import FilePlace, Scalar
from communique.graph.terms.identifiers import entity, tail

HERE = FilePlace("map.yaml", 3, 5)
STATE = Placeholder("country", kind="state")

# Texts with ``*`` for a placeholder, and what a row puts there.
FORMS = st.text(alphabet="ab Z/-.(é7", max_size=12).flatmap(
    lambda text: st.integers(0, len(text)).map(lambda place: f"{text[:place]}*{text[place:]}")
)
VALUES = st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True)


def scalar(text: str) -> TemplateScalar:
    """Read a text with ``*`` for the column ``x`` and ``@`` for a column of states."""
    parts: list[str | Placeholder] = []
    for piece in text.replace("*", "\0*\0").replace("@", "\0@\0").split("\0"):
        if piece:
            parts.append(Placeholder("x") if piece == "*" else STATE if piece == "@" else piece)
    template = RowTemplate(tuple(parts))
    return TemplateScalar(str(template), HERE, template)


def fill(identifier: Identifier, value: str) -> str:
    parts = (identifier,) if isinstance(identifier, str) else identifier.parts
    return "".join(part if isinstance(part, str) else value for part in parts)


@given(FORMS, VALUES)
def test_the_step_of_a_name_is_that_of_the_name_when_it_is_filled(form: str, value: str) -> None:
    assert fill(step_of_name(scalar(form)), value) == name_step(form.replace("*", value))


@given(st.from_regex(r"org/[a-z0-9]{1,3}([a-z0-9.-]|\*|/[a-z0-9*]){0,5}\*[a-z0-9]{0,3}", fullmatch=True), VALUES)
def test_the_tail_of_an_identifier_is_that_of_the_identifier_when_it_is_filled(form: str, value: str) -> None:
    identifier = read_identifier(scalar(form))
    assert fill(tail_of(identifier), value) == tail(entity(form.replace("*", value)))
    assert fill(join_steps("name", tail_of(identifier), "x"), value) == f"name/{fill(tail_of(identifier), value)}/x"


@given(st.text(alphabet="a7/ A-*{", max_size=10).map(lambda text: f"{text}*"), VALUES)
def test_what_is_no_identifier_when_it_is_filled_is_refused_as_it_is_written(form: str, value: str) -> None:
    text = scalar(form)
    try:
        identify(Scalar(form.replace("*", "0"), HERE))
    except MappingError:
        with pytest.raises(MappingError) as caught:
            read_identifier(text)
        assert repr(text.text) in str(caught.value)
        assert (caught.value.path, caught.value.line, caught.value.column) == ("map.yaml", 3, 5)
    else:
        assert fill(read_identifier(text), value) == form.replace("*", value)


def test_a_column_of_nodes_alone_is_the_identifier_of_its_node() -> None:
    whole = read_identifier(scalar("@"))
    assert whole == RowTemplate(("state/", STATE)) == read_identifier(scalar("state/@"))
    assert isinstance(whole, RowTemplate)
    assert whole.is_node
    assert tail_of(whole) == RowTemplate((STATE,))
    for other in ("org/@", "state/x-@", "state/@-x", "state/*"):
        found = identifier_of(scalar(other))
        assert isinstance(found, RowTemplate)
        assert not found.is_node
    with pytest.raises(MappingError, match="is not a key"):
        read_step(scalar("@"))


def test_a_template_is_shown_as_it_was_written() -> None:
    parts = ("a ", Placeholder("x", "first", ".."), Placeholder("y"), Placeholder("z", default=""))
    assert str(RowTemplate(parts)) == "a {x.first|..}{y}{z|}"
