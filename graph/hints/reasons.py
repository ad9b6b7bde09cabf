"""Why a ready question has no rows: no such node, one of another kind, a condition that excludes, nothing stated."""

from __future__ import annotations

import logging
from collections import defaultdict

from pyoxigraph import NamedNode

from communique.graph.answers import Run, ask, holds, listed, text
from communique.graph.errors import CommuniqueError
from communique.graph.hints.hint import Hint
from communique.graph.hints.known import widest
from communique.graph.hints.nodes import missing
from communique.graph.namespaces import shorten, term
from communique.graph.queries import Parameter, Query
from communique.graph.queries.parameters import find_defaults, read_iri, write_text

_LOG = logging.getLogger(__name__)


def explain(run: Run, question: Query, asked: str) -> list[Hint]:
    """Say why a question has no rows; ``asked`` is its text with the values in place, see ``Query.bind``.

    Nodes that are in no graph come first, then nodes of another kind than the question takes, then the first of the
    conditions in its header (``unless``) that holds. Where none does, nothing is stated. Never raises for a question
    that could be answered.
    """
    try:
        return _unknown(run, question, asked) or _of_other_kind(run, question, asked) or [_reason(run, question, asked)]
    except CommuniqueError as error:
        _LOG.warning("no reason: %s", error)
        return []


def _unknown(run: Run, question: Query, asked: str) -> list[Hint]:
    """Name the nodes that are in no graph; those of the asker were refused before, so these are defaults."""
    named = [node for nodes in _nodes(question, asked).values() for node in nodes]
    absent = missing(run, [node.value for node in named])
    return [
        Hint("node", f"{shorten(node.value)} is in no graph", "ask about a node of these data")
        for node in dict.fromkeys(named)
        if node.value in absent
    ]


def _of_other_kind(run: Run, question: Query, asked: str) -> list[Hint]:
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
        wanted = widest([term(parameter.of_class).value] if parameter.of_class else own)
        for node in nodes:
            found = kinds[node.value]
            if found and wanted and wanted.isdisjoint(widest(found)):
                names = " or ".join(shorten(each) for each in sorted(wanted))
                message = f"{shorten(node.value)} is a {', '.join(map(shorten, sorted(found)))}"
                hints.append(Hint("node", message, f"give a {names} as {parameter.name}"))
    return hints


def _reason(run: Run, question: Query, asked: str) -> Hint:
    """Give the first condition that holds, else say that nothing is stated."""
    for exclusion in question.unless:
        if holds(run, exclusion.ask(asked)):
            return Hint("condition", exclusion.says)
    values = find_defaults(asked)
    listing = (f"{each.name} {', '.join(map(write_text, values[each.name]))}" for each in question.parameters)
    return Hint("nothing", f"nothing is stated that answers this for {'; '.join(listing) or 'anything'}")


def _nodes(question: Query, asked: str) -> dict[Parameter, list[NamedNode]]:
    """Give the nodes that the question is asked about, by parameter."""
    values = find_defaults(asked)
    nodes = [each for each in question.parameters if each.datatype == "iri"]
    return {each: [node for node in values[each.name] if isinstance(node, NamedNode)] for each in nodes}


_ANY = "owl:Thing"
