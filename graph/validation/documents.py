"""Each document by itself, in place: only nodes of which several documents speak have to be set apart.

Over the union of all graphs a check reads of a focus node what one document says, unless a node on the way stands in
several. So the checks of documents are run once over the union; what they find is kept, but for focus nodes that read
over such a disputed node. Those are judged in copies of their documents, in which every node has a name of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import DefaultGraph, NamedNode, Store

from communique.graph.terms.identifiers import DERIVED, ONTOLOGY, SECONDARY, document_of, stated
from communique.graph.terms.namespaces import ID
from communique.graph.validation import rules
from communique.graph.validation.catalogue import DOCUMENT
from communique.graph.validation.compiled import Plan
from communique.graph.validation.compiled.changes import reaching
from communique.graph.validation.compiled.focus import Given, chunks
from communique.graph.validation.compiled.paths import SUBCLASS, TYPE, Alternative, Path, Step
from communique.graph.validation.compiled.scopes import ROOT, Scope, named
from communique.graph.validation.compiled.sparql import select, union
from communique.graph.validation.compiled.threads import PROCESSORS
from communique.graph.validation.results import Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View, set_apart, source_of

# Secondary graphs of which no document's check reads anything.
_SILENT = frozenset({DERIVED, ONTOLOGY})

# Measured on 1.4M quads of registers: 94,000 disputed nodes took minutes one by one, all documents apart 26 s.
_MANY = 20_000


@dataclass(frozen=True)
class Documents:
    """The documents of a store, and the plan and set queries that judge each of them.

    All that these read is said by ``steps``: a set query without ``reads`` cannot be judged in place.
    """

    store: Store
    plan: Plan

    def judge(self) -> ValidationReport:
        """Judge all documents: in place what only one of them speaks of, the rest set apart."""
        disputed = self.disputed()
        report = self.plan.validate(self._view.select, besides=disputed, threads=PROCESSORS)
        asked = rules.ask_all(_rules(), lambda rule: rules.findings(rule, self._view))
        found = merge([report, replace(asked, results=tuple(_besides(disputed, asked.results)))])
        located = tuple(replace(result, document=self._document(result.focus)) for result in found.results)
        return merge([replace(found, results=located), self._set_apart(disputed)])

    def disputed(self) -> frozenset[Term]:
        """Find the focus nodes that read what several sources say, or what no source says but a secondary graph."""
        return self._focus_nodes(self._readers)

    @property
    def is_largely_disputed(self) -> bool:
        """Tell whether so much is shared that copies of all documents, judged in one run, are the shorter way."""
        return len(self._readers) > _MANY

    @cached_property
    def _readers(self) -> frozenset[Term]:
        """Find the nodes from which something is read that several sources say."""
        shared = self._shared()
        return frozenset(shared) | reaching(self.steps, shared, self._view.select)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Give every kind of triple that decides about a document."""
        own = (step for rule in _rules() for path in rule.narrow.reads.values() for step in path.steps())
        return tuple(dict.fromkeys([*self.plan.steps(), *own]))

    @property
    def _view(self) -> View:
        return View(self.store)

    def _shared(self) -> list[Term]:
        """Find the nodes of data at which steps meet and that several sources, or a secondary graph, speak of."""
        met = union(f"GRAPH ?graph {{ {pattern} }}" for pattern in joints(self.steps))
        pairs = f"{{ SELECT DISTINCT ?node ?graph WHERE {{ {met} }} }} }} GROUP BY ?node HAVING (COUNT(?graph) > 1)"
        if any(map(_is_inferred, self.store.named_graphs())):
            graphs = self._view.select(
                f'SELECT ?node (GROUP_CONCAT(STR(?graph); SEPARATOR = " ") AS ?graphs) {{ {pairs}'
            )
            found = [row["node"] for row in graphs if _is_of_several(row["graphs"].value)]
        else:
            found = [row["node"] for row in self._view.select(f"SELECT ?node {{ {pairs}")]
        apart = f"VALUES ?graph {{ {' '.join(map(str, sorted(SECONDARY - _SILENT, key=str)))} }}"
        found += [row["node"] for row in self._view.select(f"SELECT DISTINCT ?node WHERE {{ {apart} {met} }}")]
        return [node for node in dict.fromkeys(found) if _is_datum(node)]

    def _focus_nodes(self, nodes: Iterable[Term]) -> frozenset[Term]:
        """Choose the nodes that a shape targets, or of which a set query may speak."""
        given = Given(nodes, self._view.select)
        found = frozenset[Term]().union(*(given.among(Scope(shape.targets)) for shape in self.plan.shapes))
        tests = union(sorted({_at(step, ROOT) for rule in _rules() for step in _begin(rule)}))
        for chunk in chunks(nodes):
            found |= {
                row["this"] for row in self._view.select(select([ROOT], f"{named(chunk)} {tests}", is_distinct=True))
            }
        return found

    def _set_apart(self, disputed: Collection[Term]) -> ValidationReport:
        """Judge disputed focus nodes in copies of their documents."""
        if not disputed:
            return ValidationReport()
        view = set_apart(self.store, sources=self._sources(disputed))
        focus = view.renamed(disputed)
        asked = rules.check(view, DOCUMENT)
        found = replace(asked, results=tuple(item for item in asked.results if item.focus in focus))
        report = self.plan.validate(view.select, focus=focus, threads=PROCESSORS)
        return view.restore(merge([report, found]))

    def _sources(self, nodes: Collection[Term]) -> list[NamedNode | DefaultGraph]:
        """Give the sources that speak of some nodes."""
        return sorted({source for node in nodes for source in self._around(node)}, key=str)

    def _document(self, focus: Term) -> str | None:
        """Tell the one document that speaks of a node that is not disputed."""
        return next((number for each in self._around(focus) if (number := document_of(each))), None)

    def _around(self, node: Term) -> Iterator[NamedNode | DefaultGraph]:
        """Give the sources that say something of a node that is read at it."""
        if not _is_datum(node):
            return
        for step in self.steps:
            if step.prefix is None:
                subject, value = (None, node) if step.is_inverse else (node, None)
                for quad in self.store.quads_for_pattern(subject, step.predicate, value, None):  # type: ignore[arg-type]
                    if quad.graph_name not in SECONDARY:
                        yield source_of(quad.graph_name)


def can_judge(store: Store, plan: Plan) -> bool:
    """Tell whether all that the checks of documents read is known, and stands in named graphs."""
    is_known = all(check.is_local for check in plan.checks)
    return is_known and next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is None


def joints(steps: Iterable[Step]) -> list[str]:
    """Write the patterns that find, as ``?node``, where the triples of steps meet."""
    found = {_at(step, "?node") for step in steps if step.predicate != SUBCLASS.iri}
    for step in steps:
        if step.prefix is not None:
            found |= {_at(each, "?node") for each in _last(step.prefix.inverted())}
    return sorted(found)


def _last(path: Path) -> Iterator[Step]:
    """Give the triples with which a path begins; classes are no data."""
    return (step for step in path.steps() if step.prefix is None and step.predicate != TYPE.iri)


def _at(step: Step, node: str) -> str:
    """Write the pattern of a triple at its near end."""
    predicate = step.predicate or "?how"
    return f"?any {predicate} {node} ." if step.is_inverse else f"{node} {predicate} ?any ."


def _rules() -> tuple[rules.SetRule, ...]:
    """List the set queries about documents."""
    return tuple(rule for rule in rules.set_rules() if rule.scope == DOCUMENT)


def _besides(nodes: Collection[Term], results: Iterable[ValidationResult]) -> Iterator[ValidationResult]:
    """Leave out what was found about some nodes."""
    return (result for result in results if result.focus not in nodes)


def _begin(rule: rules.SetRule) -> Iterator[Step]:
    """Give the triples with which a set query begins: every focus node has one, over the first path that is read."""
    for path in rule.narrow.reads.values():
        first = path.parts[0] if isinstance(path, Alternative) else path
        yield next(first.steps())


def _is_inferred(graph: object) -> bool:
    """Tell the inferred graph of a document, which is no source of its own."""
    number = document_of(graph)
    return number is not None and graph != stated(number)


def _is_of_several(graphs: str) -> bool:
    """Tell whether graphs, written one after the other, belong to several sources."""
    names = {NamedNode(graph) for graph in graphs.split()} - _SILENT
    return len({document_of(graph) or graph for graph in names}) > 1


def _is_datum(node: object) -> bool:
    """Tell a node of data, which is renamed where documents are set apart, from terms that mean the same everywhere."""
    return isinstance(node, NamedNode) and node.value.startswith(ID)
