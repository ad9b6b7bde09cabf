"""Run the stages in their order: files → quads → derived quads → report → commit → snapshot → journal.

This is the only module that knows the order. A change is one batch, made on a draft that nobody else sees: what is
admitted of it is published in one step, or nothing changes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode, Quad, Store

from communique.graph import sources
from communique.graph.curation.comparison import Proposal
from communique.graph.curation.duplicates import proposal_quads
from communique.graph.curation.judgements import Judgement, judgement_quads
from communique.graph.errors import ConformanceError, LinkingError, SourceError
from communique.graph.evidence.findings import judge_digests
from communique.graph.evidence.pointers import Texts
from communique.graph.loading import quarantine
from communique.graph.loading.activity import Activity
from communique.graph.loading.admission import Gate, Policy, admit
from communique.graph.loading.base import base_quads
from communique.graph.loading.batch import Batch
from communique.graph.loading.inputs import read_batch
from communique.graph.loading.progress import Watch, silent
from communique.graph.loading.releases import gather
from communique.graph.loading.staging import Site, Trial, fits_on_disk, is_part
from communique.graph.mapping.tables import Source as TableSource
from communique.graph.settings import Settings
from communique.graph.sources import Input, collect
from communique.graph.sources.inputs import packaged
from communique.graph.store.canonical import line_of
from communique.graph.store.journal import Journal
from communique.graph.store.lexical import Restated
from communique.graph.store.records import BUILD, LOAD, PROPOSE, REVIEW, ROLLBACK, UNCHANGED, Record
from communique.graph.store.working_copy import Draft
from communique.graph.store.workspace import Snapshot, Workspace
from communique.graph.terms.identifiers import JUDGEMENTS
from communique.graph.validation import ValidationReport, validate
from communique.graph.validation.results import merge

Source = Path | Traversable

__all__ = ["Options", "Outcome", "Trial", "build", "judge", "load", "propose", "review", "rollback"]


@dataclass(frozen=True, slots=True)
class Options:
    """How files are loaded.

    Attributes
    ----------
    graph : takes the statements of RDF that stand in no graph
    kind : format of all files, a key of ``sources.inputs.KINDS``; told by each suffix when None
    source : of which the files are tables; None for documents and RDF
    quarantine : admit the other documents when some cannot be read or break a rule
    wait : seconds to wait for another writer
    watch : is told of stages and of how far they have come
    gate : judges the graph before it is published
    texts : paragraphs of source texts by the SHA-256 of their files, against which a trial holds the evidence
    incremental : look only at what a batch may concern, where it is but a small part of the graph; the gate is told
        what came and went
    """

    graph: NamedNode | None = None
    kind: str | None = None
    source: TableSource | None = None
    quarantine: bool = False
    wait: float = 0.0
    watch: Watch = silent
    gate: Gate = validate
    incremental: bool = True
    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to.

    Attributes
    ----------
    snapshot : the state now in force
    report : what the gate found in it; admissible, else there would be no outcome
    record : what the journal says of it
    restated : statements of a load whose literals the store holds in another form
    """

    snapshot: Snapshot
    report: ValidationReport
    record: Record
    restated: Restated


def build(settings: Settings, *, fresh: bool = False, options: Options = Options()) -> Outcome:
    """Publish the packaged graph: ontology, background and documents.

    What was loaded beside it stays, unless ``fresh``; judgements stay in any case, since they are people's work. Raises
    as ``load`` does.
    """
    return _change(settings, BUILD, [packaged(document) for document in sources.documents()], options, fresh=fresh)


def load(settings: Settings, files: Sequence[Source], options: Options = Options()) -> Outcome:
    """Add documents (``.yaml``) and RDF files, or folders of them, to the published graph.

    Graphs of the same name are replaced. Without quarantine everything is admitted or nothing.

    Raises
    ------
    SourceError, MappingError : a file cannot be read or mapped; path, line and column are named
    ConformanceError : the graph would violate the rules; carries the trial, and nothing has changed
    StoreError : nothing has been built yet, or the store cannot be written; StoreLocked while another process writes
    """
    Workspace(settings.home).current()
    return _change(settings, LOAD, _collect(files, options), options)


def review(settings: Settings, judgements: Sequence[Judgement], options: Options = Options()) -> Outcome:
    """Add judgements to the published graph; those that it holds already are passed over in silence.

    Raises
    ------
    LinkingError : there is nothing to add
    ConformanceError, StoreError : as in ``load``
    """
    if not judgements:
        raise LinkingError("no judgement to add", hint="communique review --list")
    return _write(settings, REVIEW, [quad for each in judgements for quad in judgement_quads(each)], options)


def propose(settings: Settings, proposals: Sequence[Proposal], options: Options = Options()) -> Outcome:
    """Put possible matches into the published graph in the place of those that an earlier run proposed.

    Raises as ``review`` does, except that there may be none.
    """
    return _write(settings, PROPOSE, proposal_quads(proposals), options)


def judge(settings: Settings, files: Sequence[Source] = (), options: Options = Options()) -> Trial:
    """Try a load without carrying it out; without files, judge the graph in force."""
    workspace = Workspace(settings.home)
    if not files:
        store = workspace.read(workspace.current())
        return Trial(store, merge([options.gate(store), judge_digests(store, Store(), options.texts)]))
    anew = workspace.current_id() is None
    base = Store() if anew else workspace.read(workspace.current())
    batch = _read(_collect(files, options), options, lambda: base, anew=anew)
    # An edition of a source has no texts, and a digest for each of its rows.
    digests = judge_digests(batch.store, base, options.texts) if options.source is None else ValidationReport()
    site = Site(base, None)
    try:
        report = admit(site, batch, _policy(replace(options, quarantine=False), anew=anew)).report
    except ConformanceError as error:
        report = error.report.report
    return Trial(site.store, merge([report, digests]))


def rollback(settings: Settings, snapshot: str | None = None, *, wait: float = 0.0) -> Record:
    """Put an earlier snapshot in force again, by its id or the beginning of it.

    With None it is the one that was in force before the present one was published. The snapshots on the way stay
    until they are pruned, so that a rollback can be taken back. StoreError when there is nothing to go back to.
    """
    workspace, journal = Workspace(settings.home), Journal(settings.home)
    with workspace.exclusive(wait):
        _settle(workspace, journal)
        activity = Activity(settings, ROLLBACK, workspace.current_id())
        target = workspace.find(snapshot or journal.before(activity.previous))
        record = activity.point(target.id)
        with journal.announced(record):
            workspace.point(target)
        return record


def _write(settings: Settings, kind: str, quads: Iterable[Quad], options: Options) -> Outcome:
    """Make a change of quads that come from no file; the journal has the digest of their N-Quads."""
    Workspace(settings.home).current()
    with TemporaryDirectory(prefix="communique-") as folder:
        file = Path(folder) / f"{kind}.nq"
        file.write_bytes(b"".join(sorted(map(line_of, quads))))
        return _change(settings, kind, [Input(file, file.name, file.suffix)], options)


def _change(
    settings: Settings, kind: str, inputs: Sequence[Input], options: Options, *, fresh: bool = False
) -> Outcome:
    """Make a change on a draft, publish what is admitted of it, and write down what came of it."""
    workspace, journal, anew = Workspace(settings.home), Journal(settings.home), kind == BUILD
    with workspace.draft(wait=options.wait, fresh=fresh) as draft:
        _settle(workspace, journal)
        activity = Activity(settings, kind, workspace.current_id())
        batch = _read(inputs, options, lambda: draft.store, anew=anew)
        batch.write_rejects(settings.home / "rejects" / activity.id)
        if fresh:
            batch.store.extend(workspace.salvage(JUDGEMENTS))
        try:
            admission = admit(_site(workspace, draft, batch, options, anew=anew), batch, _policy(options, anew=anew))
        except (SourceError, ConformanceError) as error:
            journal.append(activity.refuse(batch, error.report.report if isinstance(error, ConformanceError) else None))
            raise
        record = activity.admit(batch, admission, draft)
        options.watch("publish", 0, 0)
        if admission.aside:
            quarantine.put(settings.home, activity.id, batch, admission.aside)
        # What the project writes itself is no news to whoever asked for it.
        restated = batch.restated if kind == LOAD else Restated()
        return Outcome(_publish(workspace, journal, draft, record), admission.report, record, restated)


def _collect(files: Sequence[Source], options: Options) -> Sequence[Input]:
    """List the inputs: documents and RDF, or editions of a source."""
    if options.source is None:
        return collect(files, options.kind)
    return gather(options.source, [file for file in files if isinstance(file, Path)])


def _publish(workspace: Workspace, journal: Journal, draft: Draft, record: Record) -> Snapshot:
    """Put the draft in force with its record; of equal content only the record is new."""
    if record.outcome == UNCHANGED:
        journal.append(record)
        return workspace.current()
    with journal.announced(record):
        return workspace.publish(draft, record.ended)


def _read(inputs: Sequence[Input], options: Options, ground: Callable[[], Store], *, anew: bool) -> Batch:
    """Read a batch; one that builds the graph anew brings the foundation with it."""
    base = Store()
    if anew:
        base.extend(base_quads())
    batch = read_batch(inputs, graph=options.graph, ground=(lambda: base) if anew else ground, watch=options.watch)
    batch.store.extend(base)
    return batch


def _site(workspace: Workspace, draft: Draft, batch: Batch, options: Options, *, anew: bool) -> Site:
    """Choose where to try a batch, and whether to look at everything or at what it may concern.

    In memory, unless it is small beside a large graph; at everything, unless it is but a part of the graph.
    """
    quads, size = draft.quads, batch.size
    is_partial = options.incremental and not anew and is_part(quads, size)
    if is_partial and fits_on_disk(quads, size):
        return Site(None, draft, is_partial=True)
    return Site(workspace.read(workspace.current()) if quads else Store(), draft, is_partial=is_partial)


def _policy(options: Options, *, anew: bool) -> Policy:
    """Take the policy from the options."""
    return Policy(options.gate, options.quarantine, anew, options.watch)


def _settle(workspace: Workspace, journal: Journal) -> None:
    """Finish or clear away what a killed writer began."""
    orphan = journal.settle(workspace.current_id())
    if orphan is not None and orphan.quarantine:
        shutil.rmtree(workspace.home / orphan.quarantine, ignore_errors=True)
