"""Checks on all facts of a document together: what no single line can show to be wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.children import children
from communique.graph.mapping.facts import AuthoredFact
from communique.graph.sources.tree import wrong
from communique.graph.terms.namespaces import ID, shorten
from communique.graph.terms.spelling import did_you_mean

_NONE: Mapping[str, bool] = MappingProxyType({})
_COUNTRY = re.compile("(state|place)/[A-Z]{3}")


def check_facts(
    facts: Sequence[AuthoredFact],
    known: Collection[str] | None,
    faults: Faults = AT_ONCE,
    unread: Mapping[str, bool] = _NONE,
) -> None:
    """Refuse facts that clash with another, whose node has no type, or that point nowhere; each such node once.

    ``known`` are the relative identifiers described elsewhere; with None, no reference is checked. ``unread`` are nodes
    of which something could not be read, and whether that was a class: it may be there or missing.
    """
    links = children().values()
    single = {"nameText", *(name for child in links for name in (child.to_parent, child.key_as) if name)}
    owning = {child.from_parent for child in links if child.from_parent}
    typed = {str(fact.subject) for fact in facts if fact.term.key == "type"}
    typed.update(name for name, has_class in unread.items() if has_class)
    seen: dict[tuple[str, str], str] = {}
    for fact in facts:
        key, node, value = fact.term.key, str(fact.subject), fact.text
        if key in owning:  # a child has one parent, whichever of the two bears the property
            node, value = shorten(value), node
        first = seen.setdefault((node, key), value) if key in single or key in owning else value
        if first != value:
            message = f"{node} has two values of {key}: {shorten(first)!r} and {shorten(value)!r}"
            hint = "give one name a key of its own: {text: …, key: …}" if key == "nameText" else None
            faults.add(wrong(fact.place, message, expected="one identifier for one thing", hint=hint))
    for fact in facts:
        node = str(fact.subject)
        if node not in typed and not is_country(node):
            typed.add(node)
            message = f"{node} has no type anywhere in the document"
            faults.add(wrong(fact.place, message, expected="type: … where it is first described"))
    if known is not None:
        own = {str(fact.subject) for fact in facts if not is_country(str(fact.subject))}
        described, added = own.union(known, unread), set[str]()
        for fact in facts:
            ends = [str(fact.subject)]
            if isinstance(fact.value, NamedNode) and fact.value.value.startswith(ID):
                ends.append(fact.value.value.removeprefix(ID))
            for end in ends:
                if end not in described and end not in added:
                    added.add(end)
                    message = f"{end} is described neither here nor in the background nor in another document"
                    hint = did_you_mean(end, described)
                    faults.add(wrong(fact.place, message, expected="a node that is described", hint=hint))


def is_country(identifier: str) -> bool:
    """Return whether a relative identifier is that of a state or its territory: the background describes it."""
    return _COUNTRY.fullmatch(identifier) is not None
