"""Well-formed and ill-formed literals of the datatypes of XML Schema."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.terms.namespaces import XSD
from communique.graph.validation.compiled import compile_shapes
from communique.graph.validation.compiled.components.value_type import well_formed

# datatype → well-formed, ill-formed
FORMS = {
    "integer": ("0 -5 +7 00012", "1.0 1e3 x"),
    "decimal": ("1 -1.50 .5 +2.", "1e3 1.2.3 NaN"),
    "double": ("1 1.5e3 INF -INF NaN", "1,5 x e3"),
    "float": ("1 1.5e-3 INF", "1,5 x"),
    "boolean": ("true false 1 0", "TRUE yes 2"),
    "date": ("2016-05-24 2016-05-24Z 2016-05-24+09:00 -0044-03-15", "2016-02-30 2016-5-24 24.05.2016"),
    "dateTime": ("2016-05-24T10:00:00 2016-05-24T10:00:00.5Z", "2016-05-24 2016-05-24T25:00:00"),
    "time": ("10:00:00 10:00:00.5+01:00", "10:00 25:00:00"),
    "byte": ("-128 127", "128 -129 c"),
    "short": ("32767", "32768"),
    "int": ("-2147483648", "2147483648"),
    "long": ("9223372036854775807", "9223372036854775808 1.5"),
    "unsignedByte": ("0 255", "-1 256"),
    "unsignedLong": ("18446744073709551615", "18446744073709551616"),
    "unsignedInt": ("4294967295", "4294967296"),
    "nonNegativeInteger": ("0 5", "-1"),
    "positiveInteger": ("1", "0"),
    "nonPositiveInteger": ("0 -1", "1"),
    "negativeInteger": ("-1", "0"),
    "gYear": ("2016 -0044 12016 2016Z", "16 2016-05 02016"),
    "gYearMonth": ("2016-05 2016-05+09:00", "2016-13 2016"),
    "gMonth": ("--05", "05 --13"),
    "gDay": ("---31", "---32 31"),
    "gMonthDay": ("--05-24", "--13-01 05-24"),
    "duration": ("P1Y P1Y2M3DT4H5M6.7S -P3D PT0S P1M", "P PT 1Y P1H"),
    "yearMonthDuration": ("P1Y P2M P1Y2M", "P1D P"),
    "dayTimeDuration": ("P1D PT4H5M P1DT6S", "P1Y PT"),
    "hexBinary": ("0FB7 ab", "0FB xy"),
    "base64Binary": ("YWJj YQ== YWI=", "YWJ YQ="),
    "language": ("en en-GB de-Latn-DE", "e_n englishlanguage"),
    "string": ("anything", ""),
    "anyURI": ("https://example.org/", ""),
}


@pytest.mark.parametrize("datatype", FORMS)
def test_a_datatype_knows_its_literals(datatype: str) -> None:
    good, bad = (texts.split() for texts in FORMS[datatype])
    condition = well_formed("?value", NamedNode(XSD + datatype)) or "true"
    for text in (*good, *bad):
        literal = Literal(text, datatype=NamedNode(XSD + datatype))
        query = f"ASK {{ VALUES ?value {{ {literal} }} FILTER({condition}) }}"
        assert bool(Store().query(query)) == (text in good), text


def check(datatype: str, *texts: str) -> tuple[set[str], tuple[str, ...]]:
    """Validate literals of a datatype; give what violates, and the warnings of the plan."""
    store = Store()
    literals = (Literal(text, datatype=NamedNode(XSD + datatype)) for text in texts)
    store.extend(Quad(NamedNode("urn:a"), NamedNode("urn:p"), literal) for literal in literals)
    shape = f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:S> sh:targetNode <urn:a> ; sh:path <urn:p> ; sh:datatype <{XSD}{datatype}> ."""
    plan = compile_shapes(parse(shape.encode(), format=RdfFormat.TURTLE))
    return {str(result.value.value) for result in plan.validate(store.query).results}, tuple(map(str, plan.warnings))


def test_an_ill_formed_literal_violates() -> None:
    assert check("date", "2016-05-24", "2016-02-30") == ({"2016-02-30"}, ())


def test_the_engine_forgets_integers_of_limited_range_and_the_plan_warns_of_it() -> None:
    found, (warning,) = check("byte", "5", "300")
    assert found == {"5", "300"}
    assert "xsd:integer" in warning
