"""Why a ready question has no rows: no such node, one of another kind, a condition that excludes, nothing stated."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import CommuniqueError
from communique.graph.hints.hint import Hint
from communique.graph.hints.known import missing, widest
from communique.graph.queries import PackagedQuery, QueryParameter
from communique.graph.queries.answers import Run, ask, holds, listed, text
from communique.graph.queries.parameters import find_defaults, read_iri, write_text
from communique.graph.terms.namespaces import shorten, term

Alike = Callable[[str], list[str]]

_LOG = logging.getLogger(__name__)


def explain(run: Run, question: PackagedQuery, asked: str, alike: Alike = lambda text: []) -> list[Hint]:
    """Say why a question has no rows; ``asked`` is its text with the values in place, see ``PackagedQuery.bind``.

    ``alike`` returns nodes that a text may mean, for questions that take names as texts: see ``Finder.alike``.

    Nodes that are in no graph come first, then nodes of another kind than the question takes, then the first of the
    conditions in its header (``unless``) that holds. Where none does, nothing is stated. Never raises for a question
    that could be answered.
    """
    try:
        why = _unknown(run, question, asked) or _of_other_kind(run, question, asked) or [_reason(run, question, asked)]
        return why + _meant(question, asked, alike)
    except CommuniqueError as error:
        _LOG.warning("no reason: %s", error)
        return []


def _meant(question: PackagedQuery, asked: str, alike: Alike) -> list[Hint]:
    """Name the nodes that a text may mean where it stands for a name: a parameter of text with a class."""
    values = find_defaults(asked)
    names = [each.name for each in question.parameters if each.of_class and each.datatype != "iri"]
    given = [value for name in names for value in values[name] if isinstance(value, Literal)]
    found = [(value, near) for value in given if (near := alike(value.value))]
    return [Hint("node", f"{value} may mean {' or '.join(near)}", "ask with that name") for value, near in found]


def _unknown(run: Run, question: PackagedQuery, asked: str) -> list[Hint]:
    """Name the nodes that are in no graph; those of the asker were refused before, so these are defaults."""
    named = [node for nodes in _nodes(question, asked).values() for node in nodes]
    absent = missing(run, [node.value for node in named])
    return [
        Hint("node", f"{shorten(node.value)} is in no graph", "ask about a node of these data")
        for node in dict.fromkeys(named)
        if node.value in absent
    ]


def _of_other_kind(run: Run, question: PackagedQuery, asked: str) -> list[Hint]:
    """Name the nodes that are of another kind than the parameter takes."""
    given = {parameter: nodes for parameter, nodes in _nodes(question, asked).items() if parameter.of_class != _ANY}
    defaults = {parameter: [read_iri(each) for each in parameter.default] for parameter in given}
    kinds: dict[str, set[str]] = defaultdict(set)
    every = [node for nodes in (*given.values(), *defaults.values()) for node in nodes]
    for row in ask(run, f"SELECT ?node ?kind {{ VALUES ?node {{ {listed(every)} }} ?node a ?kind }}"):
        kinds[text(row, "node")].add(text(row, "kind"))
    hints = []
    for parameter, nodes in given.items():
        own = {kind for each in defaults[parameter] for kind in kinds[each.value]}
        narrow = [term(parameter.of_class).value] if parameter.of_class else own
        wanted = frozenset(narrow) if own == {_STATE} else widest(narrow)  # who asks of a state means no other actor
        for node in nodes:
            found = kinds[node.value]
            if found and wanted and wanted.isdisjoint(found | widest(found)):
                names = " or ".join(shorten(each) for each in sorted(wanted))
                message = f"{shorten(node.value)} is a {', '.join(map(shorten, sorted(found)))}"
                hints.append(Hint("node", message, f"give a {names} as {parameter.name}"))
    return hints


def _reason(run: Run, question: PackagedQuery, asked: str) -> Hint:
    """Return the first condition that holds, else say that nothing is stated."""
    for exclusion in question.unless:
        if holds(run, exclusion.ask(asked)):
            return Hint("condition", exclusion.says)
    values = find_defaults(asked)
    listing = (f"{each.name} {', '.join(map(write_text, values[each.name]))}" for each in question.parameters)
    return Hint("nothing", f"nothing is stated that answers this for {'; '.join(listing) or 'anything'}")


def _nodes(question: PackagedQuery, asked: str) -> dict[QueryParameter, list[NamedNode]]:
    """Return the nodes that the question is asked about, by parameter."""
    values = find_defaults(asked)
    nodes = [each for each in question.parameters if each.datatype == "iri"]
    return {each: [node for node in values[each.name] if isinstance(node, NamedNode)] for each in nodes}


_ANY = "owl:Thing"
_STATE = term("com:State").value
