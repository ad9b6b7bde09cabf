"""What a change may have changed, and nothing else: shapes on the nodes concerned, set queries narrowed to them.

The graph was admissible before. So what is new in its report is about a node from which a changed triple is read, or
stands in a document that was changed. All such results are found; others, which the graph had before, mostly not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from communique.graph.terms.identifiers import ONTOLOGY, SECONDARY
from communique.graph.validation import rules
from communique.graph.validation.catalogue import DOCUMENT, UNION, shapes_for
from communique.graph.validation.compiled.focus import ChangedEnds, chunks
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.shapes_graph import TYPE
from communique.graph.validation.compiled.threads import PROCESSORS, side_by_side
from communique.graph.validation.documents import copy_documents, source_of
from communique.graph.validation.engines import assigned
from communique.graph.validation.narrowing import ValueRow
from communique.graph.validation.results import Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View


@dataclass(frozen=True)
class GraphChange:
    """Quads that came and quads that went.

    Attributes
    ----------
    store : the graph after the change
    added, removed : as the store holds or held them
    """

    store: Store
    added: Collection[Quad]
    removed: Collection[Quad]

    @property
    def is_of_terms(self) -> bool:
        """Whether the ontology changes, on which everything may depend."""
        return any(quad.graph_name == ONTOLOGY for quad in self.quads)

    @cached_property
    def quads(self) -> tuple[Quad, ...]:
        """All that changed."""
        return (*self.added, *self.removed)

    @cached_property
    def triples(self) -> tuple[Quad, ...]:
        """What came to or went from the union of all graphs; a triple that another graph holds too is no change."""
        came = (quad for quad in self.added if self._new.issuperset(self._alike(quad)))
        went = (quad for quad in self.removed if not any(self._alike(quad)))
        return (*came, *went)

    @cached_property
    def ends(self) -> ChangedEnds:
        """The ends of what changed in the union."""
        return ChangedEnds(self.triples)

    def sources(self) -> list[NamedNode | DefaultGraph]:
        """Return what has to be judged: changed documents, and those that mention nodes whose class changed."""
        typed = {quad.subject for quad in self.triples if quad.predicate == TYPE}
        mentions = (quad for node in typed for quad in self.store.quads_for_pattern(None, None, node))
        graphs = {quad.graph_name for quad in (*self.quads, *mentions)} - SECONDARY
        return sorted({source_of(graph) for graph in graphs}, key=str)

    @cached_property
    def has_blanks(self) -> bool:
        """Whether nodes changed that no query can name."""
        return any(isinstance(term, BlankNode) for quad in self.quads for term in (quad.subject, quad.object))

    def is_a(self, node: Term, cls: NamedNode) -> bool:
        """Whether a node is said to be of a class, after the change."""
        return isinstance(node, NamedNode) and any(self.store.quads_for_pattern(node, TYPE, cls, None))

    @cached_property
    def new_nodes(self) -> frozenset[Term]:
        """The changed nodes that are described, and pointed to, by nothing but what came with the change."""
        pointing = self.store.quads_for_pattern
        return frozenset(node for node in self._new_subjects if self._new.issuperset(pointing(None, None, node, None)))

    def rows(self, names: str, path: Path, view: View) -> Collection[ValueRow]:
        """List the values of variables from which changed triples are read over a path; many rules ask for the same.

        Several variables stand for parts of changed quads. Of a subject that says nothing but what came with the
        change, any value is meant: it stands alone in its row. To leave the others open in the same query would have
        the engine read all that is said of a busy node.
        """
        parts = names.split()
        key = names if parts[1:] else None, path
        if key in self._rows:
            return self._rows[key]
        if not parts[1:]:
            self._rows[key] = [(node,) for node in self.ends.affected(path.steps(), view.select)]
            return self._rows[key]
        predicates = {step.predicate for step in path.steps()}
        quads = self.quads if "graph" in parts else self.triples
        new = self._new_subjects if parts[:2] == ["this", "value"] else ()
        found: dict[ValueRow, None] = {}
        for quad in quads:
            if None in predicates or quad.predicate in predicates:
                terms = {"this": quad.subject, "value": quad.object, "graph": quad.graph_name}
                meant = parts[:1] if quad.subject in new else parts
                found[tuple(terms[name] for name in meant)] = None  # type: ignore[misc]  # graphs have names
        self._rows[key] = found
        return found

    @cached_property
    def _rows(self) -> dict[tuple[object, ...], Collection[ValueRow]]:
        return {}

    @cached_property
    def _new(self) -> frozenset[Quad]:
        return frozenset(self.added)

    @cached_property
    def _new_subjects(self) -> frozenset[Term]:
        """The subjects of which everything said came with the change."""
        subjects = {quad.subject for quad in self.quads if isinstance(quad.subject, NamedNode)}
        said = self.store.quads_for_pattern
        return frozenset(node for node in subjects if self._new.issuperset(said(node, None, None, None)))

    def _alike(self, quad: Quad) -> Iterator[Quad]:
        """Find the quads of the same triple."""
        return self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)


def judge(change: GraphChange) -> ValidationReport:
    """Check what a change may have changed; the ontology must not be part of it."""
    parts = (_check_nodes, _check_sets, _check_documents)
    return merge(side_by_side(lambda part: part(change), parts))


def _check_nodes(change: GraphChange) -> ValidationReport:
    """Apply the shapes to nodes from which a changed triple is read."""
    view, assignment = View(change.store), assigned(shapes_for(UNION))
    focus = change.ends.affected(assignment.plan.steps(), view.select)
    return assignment.describe(assignment.plan.validate(view.select, focus=focus, threads=PROCESSORS))


def _check_sets(change: GraphChange) -> ValidationReport:
    view, asked = View(change.store), (rule for rule in rules.set_rules() if rule.scope == UNION)
    return rules.ask_all(asked, lambda rule: findings(rule, change, view))


def _check_documents(change: GraphChange) -> ValidationReport:
    """Check the changed documents, each by itself."""
    view = copy_documents(change.store, sources=change.sources())
    assignment = assigned(shapes_for(DOCUMENT))
    report = assignment.describe(assignment.plan.validate(view.select, threads=PROCESSORS))
    return view.restore(merge([report, rules.check(view, DOCUMENT)]))


def findings(rule: rules.SetRule, change: GraphChange, view: View) -> Iterator[ValidationResult]:
    """Ask a set query about what a change touches; about everything when a node of it has no name to ask for."""
    if change.has_blanks:
        yield from rules.findings(rule, view)
        return
    for names, path in rule.narrow.reads.items():
        rows: Iterable[ValueRow] = change.rows(names, path, view)
        if (cls := rule.of) is not None and names == "this":
            rows = [row for row in rows if change.is_a(row[0], cls)]
        if rule.narrow.reads_every_quad and " " not in names:
            # A new node stands in changed quads only, which are all looked at anyway.
            rows = (row for row in rows if row[0] not in change.new_nodes)
        # One query names rows of one length.
        for _, alike in groupby(sorted(rows, key=len), key=len):
            for batch in chunks(alike):
                yield from rules.findings(rule, view, rule.narrow.about(names, batch))
