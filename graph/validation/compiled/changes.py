"""Changed triples → focus nodes whose results may have changed.

Each check knows the paths over which it reads triples. A changed triple is one step of such a path; the focus nodes
concerned are those that reach its near end over the steps before. These are looked up in the data after the change:
where a step before was removed in the same change, that triple is itself a changed one, nearer to the focus node, and
leads there; so no former state of the data is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from communique.graph.validation.compiled.focus import Run, chunks, roots
from communique.graph.validation.compiled.paths import Path, Step
from communique.graph.validation.compiled.scopes import ROOT
from communique.graph.validation.compiled.shapes_graph import Term
from communique.graph.validation.compiled.sparql import bound, select, text

_NEAR = "?near"


def affected(steps: Iterable[Step], changed: Iterable[Triple | Quad], run: Run) -> frozenset[Term]:
    """Find the nodes from which a changed triple can be read.

    Parameters
    ----------
    steps : what is read, from the focus node
    changed : triples added or removed; in a union of graphs only those that came or went from all of them
    run : answers a query on the data, after the change or before it

    Returns
    -------
    nodes that may be focus nodes; too many rather than too few
    """
    return Ends(as_stored(changed)).affected(steps, run)


class Ends:
    """The ends of changed triples by predicate, put in order once for many questions; None stands for any predicate."""

    def __init__(self, changed: Iterable[Quad]) -> None:
        """Take triples as a store holds them (see ``as_stored``)."""
        self._subjects: dict[NamedNode | None, set[Term]] = defaultdict(set)
        self._objects: dict[NamedNode | None, set[Term]] = defaultdict(set)
        for quad in changed:
            for predicate in (quad.predicate, None):
                self._subjects[predicate].add(quad.subject)  # type: ignore[arg-type]
                self._objects[predicate].add(quad.object)  # type: ignore[arg-type]

    def affected(self, steps: Iterable[Step], run: Run) -> frozenset[Term]:
        """Find the nodes from which a changed triple can be read; see the function of this name."""
        found: set[Term] = set()
        for prefix, near in self._near(steps).items():
            if prefix is None or prefix.is_nullable:
                found |= near
            if prefix is not None:
                found.update(_reaching(prefix, near, run))
        return frozenset(found)

    def _near(self, steps: Iterable[Step]) -> Mapping[Path | None, set[Term]]:
        """Collect the near ends of changed triples by the path that leads to them."""
        found: dict[Path | None, set[Term]] = defaultdict(set)
        for step in dict.fromkeys(steps):
            ends = self._objects if step.is_inverse else self._subjects
            if step.predicate in ends:
                found[step.prefix] |= ends[step.predicate]
        return found


def reaching(steps: Iterable[Step], nodes: Collection[Term], run: Run) -> frozenset[Term]:
    """Find the nodes from which triples of steps are read over some of the given nodes."""
    prefixes = dict.fromkeys(step.prefix for step in steps if step.prefix is not None)
    return frozenset(node for prefix in prefixes for node in _reaching(prefix, set(nodes), run))


def as_stored(triples: Iterable[Triple | Quad]) -> list[Quad]:
    """Give triples as a store holds them: with the lexical forms that its answers have."""
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return list(store)


def _reaching(prefix: Path, near: set[Term], run: Run) -> Iterator[Term]:
    """Find the nodes that reach given ones over a path; blank nodes, which no query can name, are compared here."""
    for chunk in chunks(node for node in near if not isinstance(node, BlankNode)):
        values = f"VALUES {_NEAR} {{ {' '.join(map(text, chunk))} }}"
        query = select([ROOT], f"{values} {ROOT} {prefix} {_NEAR} .", is_distinct=True)
        yield from roots(run(query))
    if any(isinstance(node, BlankNode) for node in near):
        query = select([ROOT, _NEAR], f"{ROOT} {prefix} {_NEAR} .", is_distinct=True)
        rows = ((bound(row, ROOT), bound(row, _NEAR)) for row in run(query))
        yield from (node for node, end in rows if node is not None and end in near)
