"""Deprecated terms → ``shapes/deprecated.ttl``: whoever still uses a former name is told the present one."""

from __future__ import annotations

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import COM, DCT, RDF, SH, SHAPES, shorten
from communique.graph.terms.vocabulary import classes, deprecated

RULE = "R76"
_HEAD = f"""\
# Former names of terms. Generated from ontology/deprecated.ttl by python -m communique.graph.terms.artefacts.

@prefix com: <{COM}> .
@prefix comsh: <{SHAPES}> .
@prefix dct: <{DCT}> .
@prefix rdf: <{RDF}> .
@prefix sh: <{SH}> .
"""


def shapes() -> str:
    """Write one node shape per deprecated term: of a class its instances break it, of a property its subjects."""
    present = {term.iri for term in classes().values()}
    return _HEAD + "".join(_shape(old, new, is_class=new in present) for old, new in deprecated().items())


def _shape(old: NamedNode, new: NamedNode, *, is_class: bool) -> str:
    key, target, path = old.value.removeprefix(COM), "targetSubjectsOf", shorten(old.value)
    if is_class:
        target, path = "targetClass", "rdf:type"
    return f"""
comsh:Former-{key} a sh:NodeShape ;
    sh:name "what uses the former name {key}"@en ;
    sh:{target} com:{key} ;
    sh:property comsh:Former-{key}-use .

comsh:Former-{key}-use a sh:PropertyShape ;
    dct:identifier "{RULE}" ; sh:path {path} ; sh:maxCount 0 ; sh:name "former name {key}"@en ;
    sh:severity sh:Violation ;
    sh:message "com:{key} is deprecated: write {shorten(new.value)} in its place."@en .
"""
