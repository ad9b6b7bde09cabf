"""The gate: a store in, a report out. Nothing is published without passing here.

Three kinds of checks make one report. Shapes and set queries with the scope *document* are run on each document by
itself, because two documents may rightly differ; all others on the union of the graphs. Inference is never switched
on: classes resolve through ``rdfs:subClassOf`` of the ontology, which has to be in the store as ``graph/ontology``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pyoxigraph import Store

from communique.graph.errors import ShapesError
from communique.graph.identifiers import ONTOLOGY
from communique.graph.validation import oracle, rules
from communique.graph.validation.catalogue import DOCUMENT, UNION, shapes_for
from communique.graph.validation.results import Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View, sources, union

__all__ = ["ENGINES", "Engine", "ValidationReport", "ValidationResult", "validate"]

# Looks at a view with some shapes; keeps the results about the given nodes (None: all) and counts those as focus nodes.
Engine = Callable[[View, Store, Collection[Term] | None], ValidationReport]

ENGINES: dict[str, Engine] = {"pyshacl": oracle.validate_view}


def validate(store: Store, *, documents: Collection[str] | None = None, engine: str = "pyshacl") -> ValidationReport:
    """Check a store against all shapes and set queries.

    Parameters
    ----------
    store
        quads in named graphs, among them ``graph/ontology`` with the class tree and the concept schemes
    documents
        numbers of the documents to judge, None for everything; the others are only what these are compared with
    engine
        name of the engine that runs the shapes, a key of ``ENGINES``

    Returns
    -------
    the results of all checks, each with the document that was looked at (None: the union); ``focus_counts`` adds up
    how often each node shape was applied, and lists with 0 those that were not

    Raises
    ------
    ShapesError : the engine is unknown, the ontology is missing, or the shapes cannot be run
    """
    if not any(True for _ in store.quads_for_pattern(None, None, None, ONTOLOGY)):
        message = f"the store has no {ONTOLOGY.value}, so that no class resolves"
        raise ShapesError(message, hint="load vocabulary.ontology_quads() into it")
    return merge(_reports(store, documents, _engine(engine)))


def _reports(store: Store, documents: Collection[str] | None, engine: Engine) -> Iterator[ValidationReport]:
    """Run the checks of each document, then those of the union."""
    for view in sources(store, documents):
        yield _judge(view, DOCUMENT, engine)
    yield _judge(union(store, documents), UNION, engine)


def _judge(view: View, scope: str, engine: Engine) -> ValidationReport:
    """Run the shapes and the set queries of one scope on a view."""
    nodes = view.own_nodes()
    report = merge([engine(view, shapes_for(scope), nodes), rules.check(view, scope, nodes)])
    return report if view.document is None else report.restrict(None, view.document)


def _engine(name: str) -> Engine:
    """Find an engine by its name."""
    if name not in ENGINES:
        raise ShapesError(f"no engine {name!r} runs shapes here", expected=" or ".join(ENGINES))
    return ENGINES[name]
