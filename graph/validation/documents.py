"""Each document by itself: in place where one document alone speaks of a node, else in copies of the documents.

Over the union of all graphs a check reads of a focus node what one document says, unless a node on the way stands in
several. So the checks of documents are run once over the union; what they find is kept, but for focus nodes that read
over such a disputed node. Those are judged in copies of their documents, in which every node has a name of its own.

Why not ask ``GRAPH ?document`` instead of renaming nodes? It would not be exact: a document has two graphs, stated and
inferred, whose statements stand together, and classes lie in a third; a path of several steps, or ``rdf:type`` with
``rdfs:subClassOf*``, walks within one graph. A ``FROM`` of the two graphs and the ontology for each document is exact,
and slower, since every check is asked as often as there are documents: measured with 47,000 quads of 223 sources, 75
checks and set queries, 25 ms for each document, that is 5.7 s of processor time for what takes 0.65 s in copies of all
documents, and 0.2 s in place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store

from communique.graph.terms.identifiers import DERIVED, ONTOLOGY, SECONDARY, document_of, inferred, stated
from communique.graph.terms.namespaces import GRAPH, ID
from communique.graph.validation import rules
from communique.graph.validation.catalogue import DOCUMENT
from communique.graph.validation.compiled import Plan
from communique.graph.validation.compiled.focus import ROOT, GivenNodes, Scope, chunks, named, reaching
from communique.graph.validation.compiled.paths import AlternativePath, Step
from communique.graph.validation.compiled.shapes_graph import SUBCLASS, TYPE
from communique.graph.validation.compiled.sparql import select, union
from communique.graph.validation.compiled.threads import PROCESSORS
from communique.graph.validation.results import Term, ValidationReport, merge
from communique.graph.validation.view import View

# Where the copies stand, and the classes that the nodes they mention have in other graphs.
_COPIES, _ELSEWHERE = NamedNode(GRAPH + "apart"), NamedNode(GRAPH + "elsewhere")
# Between a node and the number of its source; no identifier contains it.
_MARK = "@"

# Secondary graphs of which no document's check reads anything.
_UNREAD = frozenset({DERIVED, ONTOLOGY})

# Measured on 1.4M quads of registers: 94,000 disputed nodes took minutes one by one, copies of all documents 26 s.
_MANY = 20_000

Source = NamedNode | DefaultGraph


@dataclass(frozen=True, slots=True)
class DocumentCopies(View):
    """Copies of sources in one graph, in which every node of data has a name of its own in each.

    Attributes
    ----------
    sources : the graphs that were copied, in the order of their numbers
    """

    sources: tuple[Source, ...] = ()

    def original(self, value: Term) -> Term:
        """Return the node that a copy stands for; any other term as it is."""
        return NamedNode(value.value.rpartition(_MARK)[0]) if _is_datum(value) else value

    def renamed(self, nodes: Collection[Term]) -> frozenset[Term]:
        """List the names that nodes have, or would have, in the copies."""
        return frozenset(_rename(node, number) for node in nodes for number in range(len(self.sources)))

    def restore(self, report: ValidationReport) -> ValidationReport:
        """Return a report on the copies with the names of the data, each result with its document."""

        def document(focus: Term) -> str | None:
            _, mark, number = focus.value.rpartition(_MARK)
            return document_of(self.sources[int(number)]) if mark and number.isdecimal() else None

        results = (
            replace(
                result,
                focus=self.original(result.focus),
                value=None if result.value is None else self.original(result.value),
                document=document(result.focus),
            )
            for result in report.results
        )
        return replace(report, results=tuple(results))


def copy_documents(
    store: Store, documents: Collection[str] | None = None, *, sources: Collection[Source] | None = None
) -> DocumentCopies:
    """Copy documents so that each can be judged by itself, but all of them in one run.

    In one graph nothing that one document says of a node then meets what another says. A document's stated and inferred
    graphs stand together; other graphs that state facts, such as the background, each stand for themselves, and so do
    the statements outside any graph. The ontology is merged in. Classes that a node has elsewhere are reached by
    ``GRAPH`` only, so that a document is not asked for what it does not speak about.

    ``documents`` restricts the documents, not the other graphs; ``sources`` names all that is to be copied.
    """
    sources = tuple(_sources(store, documents) if sources is None else sources)
    quads: list[Quad] = []
    for number, source in enumerate(sources):
        document = document_of(source)
        for graph in (source,) if document is None else (source, inferred(document)):
            quads += (
                Quad(_rename(quad.subject, number), quad.predicate, _rename(quad.object, number), _COPIES)
                for quad in store.quads_for_pattern(None, None, None, graph)
            )
    copies = Store()
    copies.extend(quads)
    # As text, which leaves the interpreter to the threads beside this one.
    terms = store.dump(format=RdfFormat.N_TRIPLES, from_graph=ONTOLOGY) or b""
    copies.load(terms, format=RdfFormat.N_TRIPLES, to_graph=ONTOLOGY)
    view = DocumentCopies(copies, (_COPIES, ONTOLOGY), sources)
    for node in {part for quad in quads for part in (quad.subject, quad.object) if _is_datum(part)}:
        classes = store.quads_for_pattern(view.original(node), TYPE, None, None)  # type: ignore[arg-type]
        copies.extend(Quad(node, TYPE, quad.object, _ELSEWHERE) for quad in classes)  # type: ignore[arg-type]
    return view


def source_of(graph: object) -> Source:
    """Return the source that a graph belongs to: the stated graph of its document, else itself."""
    number = document_of(graph)
    return graph if number is None else stated(number)  # type: ignore[return-value]


@dataclass(frozen=True)
class DocumentsInPlace:
    """The documents of a store, and the plan and set queries that judge each of them.

    All that these read is said by ``steps``: a set query without ``reads`` cannot be judged in place.
    """

    store: Store
    plan: Plan

    @property
    def can_judge(self) -> bool:
        """Whether all that the checks of documents read is known, and stands in named graphs."""
        is_known = all(check.is_local for check in self.plan.checks)
        return is_known and next(self.store.quads_for_pattern(None, None, None, DefaultGraph()), None) is None

    @property
    def is_largely_disputed(self) -> bool:
        """Whether so much is shared that copies of all documents, judged in one run, are the shorter way."""
        return len(self._readers) > _MANY

    def judge(self) -> ValidationReport:
        """Judge all documents: in place what only one of them speaks of, the rest in copies."""
        disputed = self.disputed()
        report = self.plan.validate(self._view.select, besides=disputed, threads=PROCESSORS)
        asked = rules.ask_all(_rules(), lambda rule: rules.findings(rule, self._view))
        undisputed = tuple(result for result in asked.results if result.focus not in disputed)
        found = merge([report, replace(asked, results=undisputed)])

        def document(focus: Term) -> str | None:
            return next((number for each in self._around(focus) if (number := document_of(each))), None)

        located = tuple(replace(result, document=document(result.focus)) for result in found.results)
        return merge([replace(found, results=located), self._judge_copies(disputed)])

    def disputed(self) -> frozenset[Term]:
        """Find the focus nodes that read what several sources say, or what no source says but a secondary graph.

        Nodes that a shape targets, or of which a set query may speak: each of its focus nodes has a triple over the
        first path that it reads.
        """
        given = GivenNodes(self._readers, self._view.select)
        found = frozenset[Term]().union(*(given.among(Scope(shape.targets)) for shape in self.plan.shapes))
        paths = (path for rule in _rules() for path in rule.narrow.reads.values())
        first = (path.parts[0] if isinstance(path, AlternativePath) else path for path in paths)
        tests = union(sorted({_at(next(path.steps()), ROOT) for path in first}))
        for chunk in chunks(self._readers):
            rows = self._view.select(select([ROOT], f"{named(chunk)} {tests}", is_distinct=True))
            found |= {row["this"] for row in rows}
        return found

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every kind of triple that decides about a document."""
        own = (step for rule in _rules() for path in rule.narrow.reads.values() for step in path.steps())
        return tuple(dict.fromkeys([*self.plan.steps(), *own]))

    @property
    def _view(self) -> View:
        return View(self.store)

    @cached_property
    def _readers(self) -> frozenset[Term]:
        """The nodes from which something is read that several sources say."""
        shared = self._shared()
        return frozenset(shared) | reaching(self.steps, shared, self._view.select)

    def _shared(self) -> list[Term]:
        """Find the nodes of data at which steps meet and that several sources, or a secondary graph, speak of."""
        met = union(f"GRAPH ?graph {{ {pattern} }}" for pattern in joints(self.steps))
        pairs = f"{{ SELECT DISTINCT ?node ?graph WHERE {{ {met} }} }} }} GROUP BY ?node HAVING (COUNT(?graph) > 1)"
        documents = ((graph, document_of(graph)) for graph in self.store.named_graphs())
        if any(number is not None and graph != stated(number) for graph, number in documents):
            # An inferred graph is no source of its own.
            rows = self._view.select(f'SELECT ?node (GROUP_CONCAT(STR(?graph); SEPARATOR = " ") AS ?graphs) {{ {pairs}')
            found = [row["node"] for row in rows if _is_of_several(row["graphs"].value)]
        else:
            found = [row["node"] for row in self._view.select(f"SELECT ?node {{ {pairs}")]
        secondary = f"VALUES ?graph {{ {' '.join(map(str, sorted(SECONDARY - _UNREAD, key=str)))} }}"
        found += [row["node"] for row in self._view.select(f"SELECT DISTINCT ?node WHERE {{ {secondary} {met} }}")]
        return [node for node in dict.fromkeys(found) if _is_datum(node)]

    def _judge_copies(self, disputed: Collection[Term]) -> ValidationReport:
        """Judge disputed focus nodes in copies of their documents."""
        if not disputed:
            return ValidationReport()
        sources = sorted({source for node in disputed for source in self._around(node)}, key=str)
        view = copy_documents(self.store, sources=sources)
        focus = view.renamed(disputed)
        asked = rules.check(view, DOCUMENT)
        found = replace(asked, results=tuple(item for item in asked.results if item.focus in focus))
        report = self.plan.validate(view.select, focus=focus, threads=PROCESSORS)
        return view.restore(merge([report, found]))

    def _around(self, node: Term) -> Iterator[Source]:
        """List the sources that say something of a node that is read at it."""
        if not _is_datum(node):
            return
        for step in self.steps:
            if step.prefix is None:
                subject, value = (None, node) if step.is_inverse else (node, None)
                for quad in self.store.quads_for_pattern(subject, step.predicate, value, None):  # type: ignore[arg-type]
                    if quad.graph_name not in SECONDARY:
                        yield source_of(quad.graph_name)


def joints(steps: Iterable[Step]) -> list[str]:
    """Write the patterns that find, as ``?node``, where the triples of steps meet; classes are no data."""
    found = {_at(step, "?node") for step in steps if step.predicate != SUBCLASS}
    for step in steps:
        if step.prefix is not None:
            last = (each for each in step.prefix.inverted().steps() if each.prefix is None and each.predicate != TYPE)
            found |= {_at(each, "?node") for each in last}
    return sorted(found)


def _at(step: Step, node: str) -> str:
    """Write the pattern of a triple at its near end."""
    predicate = step.predicate or "?how"
    return f"?any {predicate} {node} ." if step.is_inverse else f"{node} {predicate} ?any ."


def _rules() -> tuple[rules.SetRule, ...]:
    return tuple(rule for rule in rules.set_rules() if rule.scope == DOCUMENT)


def _sources(store: Store, documents: Collection[str] | None) -> Iterator[Source]:
    """List what is copied: the stated graph of each document, then the other graphs that state facts."""
    graphs = {graph for graph in store.named_graphs() if isinstance(graph, NamedNode)}
    known = {number for graph in graphs if (number := document_of(graph)) is not None}
    yield from (stated(number) for number in sorted(known if documents is None else documents))
    yield from sorted((graph for graph in graphs - SECONDARY if document_of(graph) is None), key=str)
    if next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None:
        yield DefaultGraph()


def _is_of_several(graphs: str) -> bool:
    """Say whether graphs, written one after the other, belong to several sources."""
    names = {NamedNode(graph) for graph in graphs.split()} - _UNREAD
    return len({document_of(graph) or graph for graph in names}) > 1


def _rename(node: Any, number: int) -> Any:
    """Name a node of data for one source; other terms mean the same everywhere."""
    return NamedNode(f"{node.value}{_MARK}{number}") if _is_datum(node) else node


def _is_datum(node: object) -> bool:
    """Say whether a term is a node of data, and none that means the same everywhere."""
    return isinstance(node, NamedNode) and node.value.startswith(ID)
