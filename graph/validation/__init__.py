"""The gate: a store in, a report out. Nothing is published without passing here.

Shapes and set queries with the scope *document* are run on each document by itself, because two documents may rightly
differ (``documents``); all others on the union of the graphs. After a change only what it may concern is looked at
(``incremental``). Inference is never switched on: classes resolve through ``rdfs:subClassOf`` of the ontology, which
has to be in the store as ``graph/ontology``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pyoxigraph import Literal, Store

from communique.graph.errors import ShapesError
from communique.graph.terms.identifiers import ONTOLOGY, inferred, stated
from communique.graph.validation import rules
from communique.graph.validation.catalogue import DOCUMENT, UNION, shapes_for
from communique.graph.validation.documents import DocumentsInPlace, copy_documents
from communique.graph.validation.engines import DEFAULT, ENGINES, Engine, assigned, find_engine, validate_compiled
from communique.graph.validation.explanation import explain
from communique.graph.validation.incremental import GraphChange, judge
from communique.graph.validation.results import INFO, WARNING, Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View

__all__ = [
    "ENGINES",
    "Engine",
    "GraphChange",
    "ValidationReport",
    "ValidationResult",
    "explain",
    "validate",
]

# So many documents are copied to be judged; of more, all are judged in place.
_FEW = 100


def validate(
    store: Store,
    *,
    documents: Collection[str] | None = None,
    change: GraphChange | None = None,
    engine: str = DEFAULT,
) -> ValidationReport:
    """Check a store against all shapes and set queries.

    Parameters
    ----------
    store
        quads in named graphs, among them ``graph/ontology`` with the class tree and the concept schemes
    documents
        numbers of the documents to judge, None for all. Violations of the union are reported wherever they are, since
        a document may break what others state; its warnings and information only for nodes of these documents
    change
        what came and went since the store was last found admissible: everything that is new in the report is found, of
        the rest little. The time depends on the change, unless it concerns the ontology or another engine is asked
    engine
        name of the engine that runs the shapes, a key of ``ENGINES``; what the report says does not depend on it

    Returns
    -------
    the results of all checks, each with the document that was looked at (None: the union); ``focus_counts`` adds up
    how often each node shape was applied, and lists with 0 those that were not

    Raises
    ------
    ShapesError : the engine is unknown, the ontology is missing, or the shapes cannot be run
    """
    if next(store.quads_for_pattern(None, None, None, ONTOLOGY), None) is None:
        message = f"the store has no {ONTOLOGY.value}, so that no class resolves"
        raise ShapesError(message, hint="load vocabulary.ontology_quads() into it")
    if change is not None and engine == DEFAULT and not change.is_of_terms:
        return judge(change)
    run = find_engine(engine)
    union = _validate_scope(View(store), UNION, run)
    if documents is not None:
        union = _of_interest(union, store, documents)
    return merge([_validate_documents(store, documents, run), union])


def _validate_documents(store: Store, documents: Collection[str] | None, engine: Engine) -> ValidationReport:
    """Check each document by itself: many of them in place where the engine and the checks allow it, else as copies."""
    if engine is validate_compiled and (documents is None or len(documents) > _FEW):
        assignment = assigned(shapes_for(DOCUMENT))
        in_place = DocumentsInPlace(store, assignment.plan)
        if not assignment.routed and in_place.can_judge and not in_place.is_largely_disputed:
            report = assignment.describe(in_place.judge())
            if documents is None:
                return report
            wanted = {None, *documents}
            return replace(report, results=tuple(result for result in report.results if result.document in wanted))
    return _validate_scope(copy_documents(store, documents), DOCUMENT, engine)


def _validate_scope(view: View, scope: str, engine: Engine) -> ValidationReport:
    """Run the shapes and the set queries of one scope on a view."""
    return view.restore(merge([engine(view, shapes_for(scope)), rules.check(view, scope)]))


def _of_interest(report: ValidationReport, store: Store, documents: Collection[str]) -> ValidationReport:
    """Keep all violations, and of the other results those about nodes that some documents describe."""
    graphs = {graph for number in documents for graph in (stated(number), inferred(number))}

    def is_described(node: Term) -> bool:
        quads = () if isinstance(node, Literal) else store.quads_for_pattern(node, None, None, None)
        return any(quad.graph_name in graphs for quad in quads)

    kept = (item for item in report.results if item.severity not in {WARNING, INFO} or is_described(item.focus))
    return replace(report, results=tuple(kept))
