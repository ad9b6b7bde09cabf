"""Which node a text means as the value of a parameter: by its IRI, by a name or code that one node bears, or none.

A ready question that is asked for "South Korea" or KOR is asked about ``state/KOR``. What several nodes are called is
not decided but listed; what is called so by none is an error with near names, and so is the IRI of no node. An answer
without rows must never mean that the asker mistyped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from communique.graph.errors import CommuniqueError, InvalidParameter, UnknownNode
from communique.graph.hints.known import by_iri, concepts_called, meant, missing, near, widest
from communique.graph.linking import Index, resolve, states
from communique.graph.linking.entities import Entity
from communique.graph.linking.index import ROOTS
from communique.graph.queries import QueryParameter
from communique.graph.queries.answers import Run, listed, solve
from communique.graph.queries.parameters import read_iri
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import COM, CONVERTER, ID, OWL, shorten, term
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import Concept, concepts

_ANY = NamedNode(OWL + "Thing")
_LISTED = 6
_LONGEST = 80
_COMPARED = 20_000  # names that are compared letter by letter
_CODES = ("alpha3", "alpha2")
_WHOLE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|[^\s/]+:)\S*")


@dataclass(frozen=True)
class Finder:
    """Finds nodes in one state of the data.

    Attributes
    ----------
    run : evaluates SPARQL over the whole published data
    index : returns the names of the nodes; called only when a text is no IRI, for it reads all of them
    """

    run: Run
    index: Callable[[], Index]

    def find(self, parameter: QueryParameter, text: str) -> NamedNode:
        """Find the one node that a text means.

        Raises
        ------
        UnknownNode : an IRI that is in no graph, or a name that no node bears
        InvalidParameter : a name that several nodes bear
        """
        given = _read(text)
        if given is not None and not missing(self.run, [given.value]):
            return given
        found = self._states_called(parameter, text)
        if len(found) != 1:
            found = list(dict.fromkeys(self._called(parameter, text)))
        if len(found) == 1:
            return found[0]
        if found:
            message = f"{parameter.name}: {_cut(text)} may mean {len(found)} nodes"
            expected = f"one of {', '.join(map(self._shown, found[:_LISTED]))}"
            raise InvalidParameter(message, expected=expected, hint="write its path or its full name")
        raise self._unknown(parameter, text, given)

    def alike(self, name: str) -> list[str]:
        """Return what a name may mean, of any kind, as paths with labels: what bears it or is near."""
        found = [each.node for each in self._bearers(name.strip())]
        return [self._shown(node) for node in found[:_LISTED]] or self._resembling(name, ROOTS)[:_LISTED]

    def _states_called(self, parameter: QueryParameter, text: str) -> list[NamedNode]:
        """Find the states of the data that a text names, where a state is asked for: tables and one query suffice."""
        named = _in_tables(text)
        if not named or parameter.of_class not in {None, "com:State"}:
            return []
        default = read_iri(parameter.default[0])
        asked = f"SELECT ?it {{ VALUES ?it {{ {listed([default, *named])} }} ?it a <{COM}State> }}"
        found = {each["it"] for each in solve(self.run, asked)}
        return [node for node in named if node in found] if default in found or parameter.of_class else []

    def _called(self, parameter: QueryParameter, text: str) -> Iterable[NamedNode]:
        """Find what bears a name, of the class that the parameter asks for."""
        default = read_iri(parameter.default[0])
        if isinstance(concept := by_iri().get(default.value), Concept):
            return [each.iri for each in concepts_called(text, concept.scheme)]
        entities = [each for each in self._bearers(text) if self._fits(each, parameter, default)]
        named_states = [each for each in entities if _root(each) == "State"]
        own = self.index().by_node.get(default)
        wants_state = parameter.of_class is None and own is not None and _root(own) == "State"
        are_twins = all(_root(each) in {"State", "Place"} for each in entities)  # a state and its territory
        return [each.node for each in (named_states if named_states and (wants_state or are_twins) else entities)]

    def _bearers(self, text: str) -> Iterable[Entity]:
        """Find entities by name or code; the table of states knows names that no document writes."""
        index = self.index()
        nodes = [entity.node for kind in ROOTS for entity in index.exact(text, kind)]
        nodes += _in_tables(text)
        return [index.by_node[each] for each in dict.fromkeys(nodes) if each in index.by_node]

    def _fits(self, entity: Entity, parameter: QueryParameter, default: NamedNode) -> bool:
        """Say whether an entity is of the class that is meant: the one declared, or the widest one of the default."""
        if parameter.of_class is not None:
            wanted = term(parameter.of_class)
            return wanted == _ANY or wanted.value.removeprefix(COM) in entity.kinds
        own = self.index().by_node.get(default)
        return own is None or any(COM + kind in widest(COM + each for each in own.kinds) for kind in entity.kinds)

    def _unknown(self, parameter: QueryParameter, text: str, given: NamedNode | None) -> UnknownNode:
        """Word the error for what is in no graph, with what is near."""
        if given is None:
            found, alike = f"no node is called {_cut(text)}", self._alike(parameter, text)
        else:
            found = f"{_cut(text)} is in no graph"
            alike = near(self.run, given.value) if given.value.startswith(ID) else list(meant(given.value))
        expected = f"an IRI, a name or a code, such as {parameter.default[0]}"
        return UnknownNode(
            f"{parameter.name}: {found}",
            expected=f"perhaps {' or '.join(alike[:_LISTED])}" if alike else expected,
            hint="look names of nodes up with the question node-by-name, concepts among the terms",
        )

    def _alike(self, parameter: QueryParameter, name: str) -> list[str]:
        """Find what has a name, or else an IRI, like a text, of the kind of the default."""
        default = read_iri(parameter.default[0])
        if isinstance(concept := by_iri().get(default.value), Concept):
            labels = {each.label: shorten(each.iri.value) for each in concepts(concept.scheme).values()}
            return [labels[label] for label in closest(name, labels, most=_LISTED)]
        own = self.index().by_node.get(default)
        alike = self._resembling(name, [_root(own)] if own else ROOTS)
        return alike or near(self.run, f"{ID}{parameter.default[0].partition('/')[0]}/{slug(name)}")

    def _resembling(self, name: str, kinds: Iterable[str]) -> list[str]:
        """Find the nodes of some kinds with a name like this one, the likest first; else those of a near spelling."""
        index = self.index()
        found = [each for kind in kinds for each in resolve(name, kind, index=index).candidates]
        found.sort(key=lambda candidate: -candidate.score)
        if nodes := [each.node for each in found if each.node in index.by_node]:
            return list(dict.fromkeys(map(self._shown, nodes)))
        of_kinds = (each for each in index.entities if not each.kinds.isdisjoint(kinds))
        named = dict(islice(((name.text, each.node) for each in of_kinds for name in each.names), _COMPARED))
        return list(dict.fromkeys(self._shown(named[text]) for text in closest(name, named, most=_LISTED)))

    def _shown(self, node: NamedNode) -> str:
        """Write a node with its name."""
        entity = self.index().by_node.get(node)
        return f"{shorten(node.value)} ({entity.label})" if entity else shorten(node.value)


def _in_tables(text: str) -> list[NamedNode]:
    """Return the states and territories that the tables of names and codes know under a text."""
    coded = [each for scheme in _CODES if text.isupper() and (each := states.by_code(scheme, text))]
    return list(dict.fromkeys((*states.candidates(text), *coded)))


def _read(text: str) -> NamedNode | None:
    """Read an IRI, a prefixed name or a path; None where the text is a name."""
    is_iri = _WHOLE_IRI.fullmatch(text) or CONVERTER.expand(text) or ":" not in text
    try:
        return read_iri(text) if is_iri and not any(sign.isspace() for sign in text) else None
    except (ValueError, CommuniqueError):
        return None


def _cut(text: str) -> str:
    """Quote what was asked for, at a length that can be read."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _root(entity: Entity) -> str:
    """Return the first of the classes at the top that an entity has."""
    return next((kind for kind in ROOTS if kind in entity.kinds), "")
