"""Which triples a query of the shapes reads, as paths from its focus node.

A change matters to a focus node when one of the changed triples takes part in a solution for it. Every triple pattern
that is linked to ``$this`` by a chain of other patterns, over shared variables, gives such a path; the chain may use
patterns of its own group and of the groups around it, which hold together in each solution, but not those of a UNION
branch or an OPTIONAL beside it. Where a pattern has no chain, where one stands behind an OPTIONAL, which has chosen its
rows by then, or where GRAPH chooses what is read, nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass

from communique.graph.validation.compiled.paths import Path, join
from communique.graph.validation.compiled.prebinding import Template
from communique.graph.validation.compiled.query_links import Link, read_links
from communique.graph.validation.compiled.sparql_text import Group

# What may follow an OPTIONAL: it only chooses among the rows that are there, or adds to each of them.
_HARMLESS = ("OPTIONAL", "EXISTS")


@dataclass(frozen=True, slots=True)
class Read:
    """Triples that a query reads.

    Attributes
    ----------
    root : the pre-bound variable from whose value they are reached
    path : the path that walks over them; None for the root itself
    """

    root: str
    path: Path | None


def query_reads(template: Template, own: Path | None) -> tuple[Read, ...] | None:
    """Give what a query reads, from ``$this`` or, in an ASK query, from ``$value``; None when that cannot be told.

    ``own`` is the path that ``$PATH`` stands for.
    """
    try:
        links = {group: read_links(template, group, own) for group in template.groups}
        if any(_goes_on(template, group, own) for group in template.groups if group.role == "OPTIONAL"):
            return None
    except ValueError:
        return None
    roots = ("this",) if template.projected else ("this", "value")
    found: dict[Read, None] = {}
    for group in template.groups:
        reached = _reached([link for outer in group.around() for link in links[outer]], roots)
        for link in links[group]:
            read = _from_nearer_end(link, reached)
            if read is None:
                return None
            found[read] = None
    return tuple(found)


def _goes_on(template: Template, optional: Group, own: Path | None) -> bool:
    """Tell whether anything but filters and other optional groups follows an OPTIONAL."""
    around = optional.parent or optional
    rest = [group for group in around.children if group.start > optional.start]
    behind = Group("", optional.end, around.parent, around.end, rest)
    return any(group.role not in _HARMLESS for group in rest) or bool(read_links(template, behind, own))


def _from_nearer_end(link: Link, reached: dict[str | None, Read]) -> Read | None:
    """Give the way to a triple over the end that was reached first, so that the triple itself is no part of it."""
    order = list(reached)
    ends = [(link.start, link.path), (link.end, link.path.inverted())]
    known = [(order.index(end), end, path) for end, path in ends if end in reached]
    if not known:
        return None
    _, end, path = min(known, key=lambda item: item[0])
    return Read(reached[end].root, join(reached[end].path, path))


def _reached(links: list[Link], roots: tuple[str, ...]) -> dict[str | None, Read]:
    """Give for each variable the shortest chain of patterns that leads to it from a root, the nearest first."""
    reached: dict[str | None, Read] = {root: Read(root, None) for root in roots}
    ring: set[str | None] = set(roots)
    while ring:
        new: dict[str | None, Read] = {}
        for link in links:
            for here, path, there in ((link.start, link.path, link.end), (link.end, link.path.inverted(), link.start)):
                if here in ring and there is not None and there not in reached:
                    new.setdefault(there, Read(reached[here].root, join(reached[here].path, path)))
        reached.update(new)
        ring = set(new)
    return reached
