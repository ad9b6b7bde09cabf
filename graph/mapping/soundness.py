"""Checks on all facts of a document together: what no single line can show to be wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from pyoxigraph import NamedNode

from communique.graph.mapping.children import children
from communique.graph.mapping.tree import wrong
from communique.graph.mapping.values import Fact
from communique.graph.namespaces import ID, shorten
from communique.graph.spelling import did_you_mean

_COUNTRY = re.compile("(state|place)/[A-Z]{3}")


def check_facts(facts: Sequence[Fact], known: Collection[str] | None) -> None:
    """Raise MappingError at the first fact that clashes with another, whose node has no type, or that points nowhere.

    ``known`` are the relative identifiers described elsewhere; with None, no reference is checked.
    """
    _refuse_clashes(facts)
    _refuse_untyped(facts)
    if known is not None:
        own = {fact.subject for fact in facts if not is_country(fact.subject)}
        _refuse_unknown(facts, own.union(known))


def is_country(identifier: str) -> bool:
    """Tell whether a relative identifier is that of a state or its territory: the background describes it."""
    return _COUNTRY.fullmatch(identifier) is not None


def _refuse_clashes(facts: Iterable[Fact]) -> None:
    """Refuse two different children under one identifier."""
    links = children().values()
    single = {"nameText", *(name for child in links for name in (child.to_parent, child.key_as) if name)}
    owning = {child.from_parent for child in links if child.from_parent}
    seen: dict[tuple[str, str], str] = {}
    for fact in facts:
        key, value = fact.term.key, fact.value.value
        if key in single:
            _refuse_other(seen, fact, fact.subject, value)
        elif key in owning:
            _refuse_other(seen, fact, shorten(value), fact.subject)


def _refuse_other(seen: dict[tuple[str, str], str], fact: Fact, node: str, value: str) -> None:
    """Refuse a second value of what may be said of a node only once."""
    first = seen.setdefault((node, fact.term.key), value)
    if first != value:
        message = f"{node} has two values of {fact.term.key}: {shorten(first)!r} and {shorten(value)!r}"
        hint = "give one name a key of its own: {text: …, key: …}" if fact.term.key == "nameText" else None
        raise wrong(fact.place, message, expected="one identifier for one thing", hint=hint)


def _refuse_untyped(facts: Iterable[Fact]) -> None:
    """Refuse a node of our own that has no class anywhere in the document."""
    typed = {fact.subject for fact in facts if fact.term.key == "type"}
    for fact in facts:
        if fact.subject not in typed and not is_country(fact.subject):
            message = f"{fact.subject} has no type anywhere in the document"
            raise wrong(fact.place, message, expected="type: … where it is first described")


def _refuse_unknown(facts: Iterable[Fact], known: Collection[str]) -> None:
    """Refuse a reference to a node that nobody describes."""
    for fact in facts:
        ends = [fact.subject]
        if isinstance(fact.value, NamedNode) and fact.value.value.startswith(ID):
            ends.append(fact.value.value.removeprefix(ID))
        for end in ends:
            if end not in known:
                message = f"{end} is described neither here nor in the background nor in another document"
                raise wrong(fact.place, message, expected="a node that is described", hint=did_you_mean(end, known))
