"""Literals in forms that a store does not keep.

Two literals are one term when their characters, datatype and language tag are the same (RDF 1.1 Concepts, section 3.3).
The store holds numbers, booleans, days and durations as values and writes each in one form: ``0.80`` comes back as
``0.8``, and ``"1"^^xsd:nonNegativeInteger`` as ``"1"^^xsd:integer``. What it does to a term is asked of the store
itself, so that no second account of it can be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from communique.graph.namespaces import RDF, XSD

Term = NamedNode | BlankNode | Literal | Triple

_PLACE, _HOLDS = "urn:place:", NamedNode("urn:holds")
# Most literals of most data, and none of them is ever changed: not asked about.
_TEXTS = frozenset({NamedNode(XSD + "string"), NamedNode(RDF + "langString")})


def stored_forms(terms: Iterable[Term]) -> dict[Term, Term]:
    """Give the terms that a store would change, each with what would come back."""
    asked = list(dict.fromkeys(term for term in terms if _is_value(term)))
    if not asked:
        return {}
    store = Store()
    store.extend(Quad(NamedNode(f"{_PLACE}{place}"), _HOLDS, term) for place, term in enumerate(asked))
    pairs = ((asked[int(quad.subject.value.removeprefix(_PLACE))], quad.object) for quad in store)
    return {written: stored for written, stored in pairs if written != stored}


def _is_value(term: Term) -> bool:
    """Tell whether a term may be held as a value; triples may hold one."""
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.datatype not in _TEXTS)
