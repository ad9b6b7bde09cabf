"""Run the stages in their order: files → quads → derived quads → report → commit → snapshot.

This is the only module that knows the order. Every change of the published graph is one batch that is judged as a
whole: it is published whole, or nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from communique.graph import sources
from communique.graph.errors import ConformanceError
from communique.graph.identifiers import CANDIDATES, META, document_of
from communique.graph.mapping import background
from communique.graph.mapping.document import described, map_document
from communique.graph.mapping.territory import map_territories, territories
from communique.graph.mapping.tree import Block
from communique.graph.namespaces import ID
from communique.graph.queries import derive
from communique.graph.settings import Settings
from communique.graph.store import Snapshot, Workspace
from communique.graph.validation import ValidationReport, validate
from communique.graph.vocabulary import ontology_quads

Source = Path | Traversable

# Graphs to which several documents contribute; a load replaces only what belongs to its own documents.
_COMMON = (CANDIDATES, META)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to.

    Attributes
    ----------
    snapshot : the state now in force
    report : what the gate found; admissible, else there would be no outcome
    """

    snapshot: Snapshot
    report: ValidationReport


def build(settings: Settings, *, fresh: bool = False) -> Outcome:
    """Publish the packaged graph: ontology, background and documents.

    What was loaded beside it stays, unless ``fresh``. Raises as ``load`` does.
    """
    return _publish(settings, sources.documents(), None, fresh=fresh, anew=True)


def load(settings: Settings, files: Sequence[Source], *, graph: NamedNode | None = None) -> Outcome:
    """Add documents (``.yaml``) and RDF files to the published graph, replacing graphs of the same name.

    ``graph`` takes the statements of RDF files that stand in no graph.

    Raises
    ------
    SourceError, MappingError : a file cannot be read or mapped; path, line and column are named
    ConformanceError : the graph would violate the rules; carries the report, and nothing has changed
    StoreError : nothing has been built yet, or the store cannot be written
    """
    return _publish(settings, files, graph)


def foundation() -> list[Quad]:
    """Give what every graph stands on: the ontology, states and territories, and the other background facts."""
    tree = sources.read_yaml(sources.background())
    described_here = background.described(tree)
    known = territories(described_here) | described_here
    return [*ontology_quads(), *map_territories(described_here), *background.map_background(tree, known)]


def judge(settings: Settings, files: Sequence[Source] = (), *, graph: NamedNode | None = None) -> Trial:
    """Try a load without carrying it out; without files, judge the graph in force."""
    base = _base(Workspace(settings.home), fresh=False, required=not files)
    return _try(base, files, graph, anew=not len(base))


@dataclass(frozen=True, slots=True)
class Trial:
    """A graph as it would be after a load, and what the gate says of it."""

    store: Store
    report: ValidationReport


def _publish(
    settings: Settings,
    files: Sequence[Source],
    graph: NamedNode | None,
    *,
    fresh: bool = False,
    anew: bool = False,
) -> Outcome:
    """Try a batch, and commit and publish it when the gate admits it."""
    workspace = Workspace(settings.home)
    with workspace.writer() as writer:
        trial = _try(_base(workspace, fresh=fresh, required=not anew), files, graph, anew=anew)
        if not trial.report.is_admissible:
            raise ConformanceError("the graph would violate its rules; nothing was changed", trial)
        writer.replace_all(trial.store)
        return Outcome(writer.publish(), trial.report)


def _base(workspace: Workspace, *, fresh: bool, required: bool) -> Store:
    """Load the snapshot in force as the ground of a change; an empty store where there is none."""
    if fresh or (workspace.current_id() is None and not required):
        return Store()
    return workspace.read(workspace.current())


def _try(base: Store, files: Sequence[Source], graph: NamedNode | None, *, anew: bool) -> Trial:
    """Put a batch into ``base``, rebuild what is derived and let the gate judge the result."""
    if anew:
        _replace(base, foundation())
    batch = list(_read(base, files, graph))
    _replace(base, batch)
    derive(base)
    numbers = {number for quad in batch if (number := document_of(quad.graph_name)) is not None}
    return Trial(base, validate(base, documents=sorted(numbers) if files and not anew else None))


def _read(base: Store, files: Sequence[Source], graph: NamedNode | None) -> Iterator[Quad]:
    """Turn files into quads; what one document refers to may be described in another of the batch."""
    trees = {file: sources.read_yaml(file) for file in files if file.name.endswith((".yaml", ".yml"))}
    known = _known(base, trees.values())
    for file in files:
        yield from map_document(trees[file], known) if file in trees else sources.read_rdf(file, graph)


def _known(base: Store, trees: Iterable[Block]) -> Collection[str]:
    """Name what the base and the documents of a batch describe, by relative identifiers."""
    subjects = (quad.subject.value for quad in base if isinstance(quad.subject, NamedNode))
    inside = {subject.removeprefix(ID) for subject in subjects if subject.startswith(ID)}
    return inside.union(*map(described, trees))


def _replace(base: Store, batch: Sequence[Quad]) -> None:
    """Replace in ``base`` the graphs of a batch, and of the common graphs what belongs to its documents."""
    given = {quad.graph_name for quad in batch}
    numbers = {document_of(graph) for graph in given} - {None}
    graphs = {graph for graph in base.named_graphs() if graph in given or document_of(graph) in numbers}
    old = [quad for common in _COMMON for quad in _belonging(base, common, graphs, numbers)]
    for graph in graphs.difference(_COMMON):
        base.remove_graph(graph)
    for quad in old:
        base.remove(quad)
    base.extend(batch)


def _belonging(
    base: Store, common: NamedNode, graphs: Collection[object], numbers: Collection[str | None]
) -> Iterator[Quad]:
    """List the quads of a common graph about graphs that are replaced, or that rest on documents that are."""
    for quad in base.quads_for_pattern(None, None, None, common):
        rests_on = {document_of(other.object) for other in base.quads_for_pattern(quad.subject, None, None, common)}
        if quad.subject in graphs or rests_on.intersection(numbers):
            yield quad
