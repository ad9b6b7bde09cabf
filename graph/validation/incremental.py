"""What a change may have changed, and nothing else: shapes on the nodes concerned, set queries narrowed to them.

The graph was admissible before. So what is new in its report is about a node from which a changed triple is read, or
stands in a document that was changed. All such results are found; others, which the graph had before, mostly not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from communique.graph.terms.identifiers import ONTOLOGY, SECONDARY
from communique.graph.validation import rules
from communique.graph.validation.catalogue import DOCUMENT, UNION, shapes_for
from communique.graph.validation.compiled.changes import Ends
from communique.graph.validation.compiled.focus import chunks
from communique.graph.validation.compiled.paths import TYPE, Path
from communique.graph.validation.compiled.threads import PROCESSORS, side_by_side
from communique.graph.validation.engines import assigned
from communique.graph.validation.narrowing import ValueRow
from communique.graph.validation.results import Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View, set_apart, source_of


@dataclass(frozen=True)
class Change:
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
        """Tell whether the ontology changes, on which everything may depend."""
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
    def ends(self) -> Ends:
        """The ends of what changed in the union."""
        return Ends(self.triples)

    def sources(self) -> list[NamedNode | DefaultGraph]:
        """Give what has to be set apart: changed documents, and those that mention nodes whose class changed."""
        typed = {quad.subject for quad in self.triples if quad.predicate == TYPE.iri}
        mentions = (quad for node in typed for quad in self.store.quads_for_pattern(None, None, node))
        graphs = {quad.graph_name for quad in (*self.quads, *mentions)} - SECONDARY
        return sorted({source_of(graph) for graph in graphs}, key=str)

    @cached_property
    def has_blanks(self) -> bool:
        """Tell whether nodes changed that no query can name."""
        return any(isinstance(term, BlankNode) for quad in self.quads for term in (quad.subject, quad.object))

    def is_a(self, node: Term, cls: NamedNode) -> bool:
        """Tell whether a node is said to be of a class, after the change."""
        return isinstance(node, NamedNode) and any(self.store.quads_for_pattern(node, TYPE.iri, cls, None))

    def is_new(self, node: Term) -> bool:
        """Tell whether a changed node is described, and pointed to, by nothing but what came with the change."""
        return node in self._unknown_before

    def rows(self, names: str, path: Path, view: View) -> Collection[ValueRow]:
        """Give the values of variables from which changed triples are read over a path; many rules ask for the same."""
        parts = names.split()
        key = names if parts[1:] else None, path
        if key not in self._rows:
            self._rows[key] = self._pairs(parts, path) if parts[1:] else self._nodes(path, view)
        return self._rows[key]

    def _nodes(self, path: Path, view: View) -> Collection[ValueRow]:
        return [(node,) for node in self.ends.affected(path.steps(), view.select)]

    def _pairs(self, parts: Sequence[str], path: Path) -> Collection[ValueRow]:
        """Give parts of changed quads.

        Of a subject that says nothing but what came with the change, any value is meant: it stands alone in its row. To
        leave the others open in the same query would have the engine read all that is said of a busy node.
        """
        predicates = {step.predicate for step in path.steps()}
        quads = self.quads if "graph" in parts else self.triples
        changed = (quad for quad in quads if None in predicates or quad.predicate in predicates)
        told = self._told if parts[:2] == ["this", "value"] else ()
        return dict.fromkeys(_row(parts, quad, told) for quad in changed)

    @cached_property
    def _rows(self) -> dict[tuple[object, ...], Collection[ValueRow]]:
        return {}

    @cached_property
    def _new(self) -> frozenset[Quad]:
        return frozenset(self.added)

    @cached_property
    def _told(self) -> frozenset[Term]:
        """The subjects of which everything said came with the change."""
        subjects = {quad.subject for quad in self.quads if isinstance(quad.subject, NamedNode)}
        said = self.store.quads_for_pattern
        return frozenset(node for node in subjects if self._new.issuperset(said(node, None, None, None)))

    @cached_property
    def _unknown_before(self) -> frozenset[Term]:
        """Those of them to which nothing else pointed."""
        pointing = self.store.quads_for_pattern
        return frozenset(node for node in self._told if self._new.issuperset(pointing(None, None, node, None)))

    def _alike(self, quad: Quad) -> Iterator[Quad]:
        """Find the quads of the same triple."""
        return self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)


def judge(change: Change) -> ValidationReport:
    """Check what a change may have changed; the ontology must not be part of it."""
    parts = (_judge_nodes, _judge_sets, _judge_documents)
    return merge(side_by_side(lambda part: part(change), parts))


def _judge_nodes(change: Change) -> ValidationReport:
    """Apply the shapes to nodes from which a changed triple is read."""
    view, assignment = View(change.store), assigned(shapes_for(UNION))
    focus = change.ends.affected(assignment.plan.steps(), view.select)
    return assignment.describe(assignment.plan.validate(view.select, focus=focus, threads=PROCESSORS))


def _judge_sets(change: Change) -> ValidationReport:
    """Ask the set queries about the union."""
    view, asked = View(change.store), (rule for rule in rules.set_rules() if rule.scope == UNION)
    return rules.ask_all(asked, lambda rule: _ask(rule, change, view))


def _judge_documents(change: Change) -> ValidationReport:
    """Check the changed documents, each by itself."""
    view = set_apart(change.store, sources=change.sources())
    assignment = assigned(shapes_for(DOCUMENT))
    report = assignment.describe(assignment.plan.validate(view.select, threads=PROCESSORS))
    return view.restore(merge([report, rules.check(view, DOCUMENT)]))


def _ask(rule: rules.SetRule, change: Change, view: View) -> Iterator[ValidationResult]:
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
            rows = (row for row in rows if not change.is_new(*row))
        for batch in _batches(rows):
            yield from rules.findings(rule, view, rule.narrow.about(names, batch))


def _row(parts: Sequence[str], quad: Quad, told: Collection[Term]) -> ValueRow:
    """Give the parts of a quad that variables stand for, of a subject that is told as a whole only itself."""
    terms = {"this": quad.subject, "value": quad.object, "graph": quad.graph_name}
    meant = parts[:1] if quad.subject in told else parts
    return tuple(terms[name] for name in meant)  # type: ignore[misc]  # graphs of the union have names


def _batches(rows: Iterable[ValueRow]) -> Iterator[list[ValueRow]]:
    """Cut rows into lists of one length that one query can name."""
    for _, alike in groupby(sorted(rows, key=len), key=len):
        yield from chunks(alike)
