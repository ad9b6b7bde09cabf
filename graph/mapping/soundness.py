"""Checks on all facts of a document together: what no single line can show to be wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.children import children
from communique.graph.mapping.values import Fact
from communique.graph.sources.tree import wrong
from communique.graph.terms.namespaces import ID, shorten
from communique.graph.terms.spelling import did_you_mean

_NOTHING: Mapping[str, bool] = MappingProxyType({})
_COUNTRY = re.compile("(state|place)/[A-Z]{3}")


def check_facts(
    facts: Sequence[Fact],
    known: Collection[str] | None,
    faults: Faults = AT_ONCE,
    untold: Mapping[str, bool] = _NOTHING,
) -> None:
    """Refuse facts that clash with another, whose node has no type, or that point nowhere; each such node once.

    ``known`` are the relative identifiers described elsewhere; with None, no reference is checked. ``untold`` are nodes
    of which something could not be read, and whether that was a class: nobody can tell whether it is missing.
    """
    _refuse_clashes(facts, faults)
    _refuse_untyped(facts, faults, untold)
    if known is not None:
        own = {fact.subject for fact in facts if not is_country(fact.subject)}
        _refuse_unknown(facts, own.union(known, untold), faults)


def is_country(identifier: str) -> bool:
    """Tell whether a relative identifier is that of a state or its territory: the background describes it."""
    return _COUNTRY.fullmatch(identifier) is not None


def _refuse_clashes(facts: Iterable[Fact], faults: Faults) -> None:
    """Refuse two different children under one identifier."""
    links = children().values()
    single = {"nameText", *(name for child in links for name in (child.to_parent, child.key_as) if name)}
    owning = {child.from_parent for child in links if child.from_parent}
    seen: dict[tuple[str, str], str] = {}
    for fact in facts:
        key, value = fact.term.key, fact.value.value
        if key in single:
            _refuse_other(seen, fact, (fact.subject, value), faults)
        elif key in owning:
            _refuse_other(seen, fact, (shorten(value), fact.subject), faults)


def _refuse_other(seen: dict[tuple[str, str], str], fact: Fact, said: tuple[str, str], faults: Faults) -> None:
    """Refuse a second value of what may be said of a node only once; ``said``: the node and the value."""
    node, value = said
    first = seen.setdefault((node, fact.term.key), value)
    if first != value:
        message = f"{node} has two values of {fact.term.key}: {shorten(first)!r} and {shorten(value)!r}"
        hint = "give one name a key of its own: {text: …, key: …}" if fact.term.key == "nameText" else None
        faults.add(wrong(fact.place, message, expected="one identifier for one thing", hint=hint))


def _refuse_untyped(facts: Iterable[Fact], faults: Faults, untold: Mapping[str, bool]) -> None:
    """Refuse a node of our own that has no class anywhere in the document."""
    typed = {fact.subject for fact in facts if fact.term.key == "type"}
    typed.update(name for name, has_class in untold.items() if has_class)
    for fact in facts:
        if fact.subject not in typed and not is_country(fact.subject):
            typed.add(fact.subject)
            message = f"{fact.subject} has no type anywhere in the document"
            faults.add(wrong(fact.place, message, expected="type: … where it is first described"))


def _refuse_unknown(facts: Iterable[Fact], known: Collection[str], faults: Faults) -> None:
    """Refuse a reference to a node that nobody describes."""
    told: set[str] = set()
    for fact in facts:
        ends = [fact.subject]
        if isinstance(fact.value, NamedNode) and fact.value.value.startswith(ID):
            ends.append(fact.value.value.removeprefix(ID))
        for end in ends:
            if end not in known and end not in told:
                told.add(end)
                message = f"{end} is described neither here nor in the background nor in another document"
                faults.add(
                    wrong(fact.place, message, expected="a node that is described", hint=did_you_mean(end, known))
                )
