"""Literals in forms that a store does not keep.

Two literals are one term when their characters, datatype and language tag are the same (RDF 1.1 Concepts, section 3.3).
The store holds numbers, booleans, days and durations as values and writes each in one form: ``0.80`` comes back as
``0.8``, and ``"1"^^xsd:nonNegativeInteger`` as ``"1"^^xsd:integer``. What it does to a term is asked of the store
itself, so that no second account of it can be wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from communique.graph.terms.namespaces import RDF, XSD, shorten

Term = NamedNode | BlankNode | Literal | Triple

_PLACE, _HOLDS = "urn:place:", NamedNode("urn:holds")
# So many terms are kept as examples.
EXAMPLES = 3
# A longer value is cut in a message.
_LONG = 60
# Most literals of most data, and none of them is ever changed: not asked about.
_TEXTS = frozenset({NamedNode(XSD + "string"), NamedNode(RDF + "langString")})


def stored_forms(terms: Iterable[Term]) -> dict[Term, Term]:
    """Yield the terms that a store would change, in their order, each with what would come back."""
    asked = list(dict.fromkeys(term for term in terms if _is_value(term)))
    if not asked:
        return {}
    store = Store()
    store.extend(Quad(NamedNode(f"{_PLACE}{place}"), _HOLDS, term) for place, term in enumerate(asked))
    held = {int(quad.subject.value.removeprefix(_PLACE)): quad.object for quad in store}
    return {term: held[place] for place, term in enumerate(asked) if held[place] != term}


@dataclass(slots=True)
class Restated:
    """A count of statements that a store holds in another form than they were written in.

    Attributes
    ----------
    statements : how many, equal ones counted each time
    examples : the first few terms, each with what is stored in its place
    """

    statements: int = 0
    examples: dict[Term, Term] = field(default_factory=dict)

    def add(self, quads: Collection[Quad]) -> None:
        """Count among further statements."""
        forms = stored_forms(quad.object for quad in quads)
        if forms:
            self.merge(Restated(sum(quad.object in forms for quad in quads), forms))

    def merge(self, other: Restated) -> None:
        """Add another count."""
        self.statements += other.statements
        self.examples = dict(islice((self.examples | other.examples).items(), EXAMPLES))


def brief(term: Term) -> str:
    """Write a term for a message: the datatype of a literal in short, the middle of a long value left out."""
    if not isinstance(term, Literal):
        return str(term)
    value = term.value if len(term.value) <= _LONG else f"{term.value[: _LONG // 2]}…{term.value[-_LONG // 2 :]}"
    return f'"{value}"^^{shorten(term.datatype.value)}'


def _is_value(term: Term) -> bool:
    """Say whether a term may be held as a value; triples may hold one."""
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.datatype not in _TEXTS)
