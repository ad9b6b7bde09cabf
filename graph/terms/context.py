"""The ontology → the JSON-LD context: how each property is named and how its values are read."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import COM, ID, OWL, PREFIXES, VOCAB, XSD, shorten
from communique.graph.terms.vocabulary import LANG_STRING, Term, concepts, terms

_KEYWORDS = MappingProxyType({"id": "@id", "type": "@type", "graph": "@graph"})


def context() -> dict[str, Any]:
    """Build the JSON-LD 1.1 context: base, vocabulary, prefixes and one entry per property."""
    entries = {key: _context_entry(term) for key, term in sorted(terms().items()) if term.kind != "class"}
    return {"@context": dict(PREFIXES) | {"@version": 1.1, "@base": ID, "@vocab": COM} | _KEYWORDS | entries}


def _context_entry(term: Term) -> dict[str, Any]:
    """Say how JSON-LD reads the values of one property: nodes, concepts, classes or literals."""
    name = shorten(term.iri.value)
    if term.scheme:
        return {
            "@id": name,
            "@type": "@vocab",
            "@context": {"@vocab": f"{VOCAB}{term.scheme}/"} | _homonyms(term.scheme),
        }
    if term.datatype == LANG_STRING:
        return {"@id": name, "@language": "en", "@container": "@language"}
    if term.datatype == NamedNode(XSD + "string"):
        return {"@id": name}
    if term.datatype is not None:
        return {"@id": name, "@type": shorten(term.datatype.value)}
    return {"@id": name, "@type": "@vocab" if NamedNode(OWL + "Class") in term.range_includes else "@id"}


def _homonyms(scheme: str) -> dict[str, str]:
    """Spell out the concepts that another key of the context would hide, such as the role ``speaker``."""
    taken = terms().keys() | PREFIXES.keys() | _KEYWORDS.keys()
    return {slug: concept.iri.value for slug, concept in concepts(scheme).items() if slug in taken}
