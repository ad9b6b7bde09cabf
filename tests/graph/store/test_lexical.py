"""What the store makes of literals, and that it is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from communique.graph.store.lexical import stored_forms
from communique.graph.terms.namespaces import XSD

NODE = NamedNode("http://example.org/n")
DERIVED = {
    *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
}


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


@pytest.mark.parametrize("datatype", sorted(DERIVED))
def test_derived_integers_lose_their_datatype(datatype: str) -> None:
    written = typed("-1" if datatype in {"nonPositiveInteger", "negativeInteger"} else "1", datatype)
    assert stored_forms([written]) == {written: typed(written.value, "integer")}


@pytest.mark.parametrize(
    ("datatype", "written", "stored"),
    [
        ("decimal", "0.80", "0.8"),
        ("decimal", "1.0", "1"),
        ("integer", "007", "7"),
        ("double", "1E0", "1"),
        ("boolean", "1", "true"),
        ("dateTime", "2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00Z"),
        ("date", "2020-01-01+00:00", "2020-01-01Z"),
        ("gYear", "2020+00:00", "2020Z"),
        ("duration", "P12M", "P1Y"),
        ("dayTimeDuration", "PT60M", "PT1H"),
    ],
)
def test_values_get_one_form(datatype: str, written: str, stored: str) -> None:
    assert stored_forms([typed(written, datatype)]) == {typed(written, datatype): typed(stored, datatype)}


def test_what_is_kept_is_not_listed() -> None:
    kept = [
        *(
            NODE,
            BlankNode(),
            Literal("0.80"),
            Literal("01", language="en"),
            typed("x", "integer"),
            typed("AB", "hexBinary"),
        ),
        *(typed("0.8", "decimal"), typed("2020", "gYear"), typed("2020-01-01+02:00", "date"), typed(" 1", "integer")),
        typed("AB", "hexBinary"),
    ]
    assert stored_forms(kept) == {}


def test_a_triple_is_looked_into() -> None:
    written = Triple(NODE, NODE, typed("01", "integer"))
    assert stored_forms([written]) == {written: Triple(NODE, NODE, typed("1", "integer"))}


values = st.builds(
    typed,
    st.one_of(st.from_regex(r"[-+]?[0-9]{0,4}(\.[0-9]{0,3})?(E[0-9])?", fullmatch=True), st.text(max_size=4)),
    st.sampled_from([*sorted(DERIVED), "integer", "decimal", "double", "float", "boolean", "string", "gYear"]),
)


@given(st.lists(values, max_size=8))
def test_a_store_of_the_rest_gives_back_what_was_put_in(terms: list[Literal]) -> None:
    changed = stored_forms(terms)
    store = Store()
    store.extend(Quad(NODE, NODE, changed.get(term, term)) for term in terms)
    assert {quad.object for quad in store} == {changed.get(term, term) for term in terms}
    one_by_one = {term: form for term in terms for form in stored_forms([term]).values()}
    assert one_by_one == changed
