"""Shapes are judged by the shapes of SHACL: as pySHACL judges them, and whatever their size."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from communique.graph.terms.namespaces import RDFS, SH
from communique.graph.validation.catalogue import shapes as our_shapes
from communique.graph.validation.engines import pyshacl as oracle
from communique.graph.validation.foreign_shapes import check_shapes
from communique.graph.validation.results import ValidationReport

PREFIXES = f"@prefix ex: <http://example.org/> . @prefix sh: <{SH}> . @prefix rdfs: <{RDFS}> .\n"
SOUND = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .\n"
WRONG = [
    "ex:S sh:targetClass 'C' .",
    "ex:S sh:nodeKind ex:Wrong .",
    "ex:S sh:property [ sh:minCount 'one' ; sh:path ex:p ] .",
    "ex:S sh:property [ sh:path ex:p ; sh:minCount 1 , 2 ] .",
    "ex:S sh:in ex:nolist .",
    "ex:S sh:severity 'bad' ; sh:deactivated 'yes' .",
    "ex:S sh:property [ sh:path [ sh:inversePath 'x' ] ] .",
    "ex:graph sh:shapesGraph 'x' .",
    "ex:S sh:pattern 5 ; sh:languageIn ( 'en' ex:de ) .",
]


def quads(turtle: str) -> list[Quad]:
    return list(parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE))


def counted(report: ValidationReport) -> Counter[str]:
    found = (f"{each.focus} {each.path} {each.value} {each.component}" for each in report.results)
    return Counter(re.sub(r"_:\w+", "_:", text) for text in found)


@pytest.mark.parametrize("wrong", WRONG)
def test_ill_formed_shapes_are_found_as_by_pyshacl(wrong: str) -> None:
    shapes = quads(SOUND + wrong)
    store = Store()
    store.extend(shapes)
    found = counted(check_shapes(shapes))
    assert found
    assert found == counted(oracle.check_shapes(store))


def test_sound_shapes_of_any_size_conform(shared: Path) -> None:
    assert check_shapes(our_shapes()).conforms
    for path in sorted((shared / "data/europarl_rdf").glob("*.shacl.ttl")):
        assert check_shapes(parse(path=str(path), format=RdfFormat.TURTLE)).conforms


def test_pyshacl_is_not_imported_for_it() -> None:
    code = "import sys; from communique.graph.validation import foreign_shapes as s; s.check_shapes([]); "
    done = subprocess.run(
        [sys.executable, "-c", code + "print('pyshacl' in sys.modules)"], capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr
