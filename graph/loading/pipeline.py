"""The routes of a change: inputs → batch → staged graph → report → working copy → snapshot → journal.

``build`` and ``load`` (of documents, RDF or tables), ``review`` and ``propose`` differ in their inputs alone; how these
become a snapshot stands once, in ``_publish``; ``amend`` has no inputs but single statements. ``try_load`` goes the
same way up to the report. A change is made on a working copy that nobody else sees: what is admitted of it is published
in one step, or nothing changes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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
from communique.graph.loading.amendment import Amendment, with_descriptions
from communique.graph.loading.batch import Batch
from communique.graph.loading.inputs import read_batch
from communique.graph.loading.progress import Watch, silent
from communique.graph.loading.releases import gather
from communique.graph.loading.staging import Gate, Judged, Policy, Staging, admit, try_change
from communique.graph.mapping.tables.description import TableSource
from communique.graph.settings import Settings
from communique.graph.sources import Input, collect
from communique.graph.sources.inputs import packaged
from communique.graph.sources.rows import RowCounts
from communique.graph.store.canonical import line_of
from communique.graph.store.journal import (
    BUILD,
    LOAD,
    PROPOSE,
    PUBLISHED,
    REFUSED,
    REVIEW,
    ROLLBACK,
    UNCHANGED,
    Activity,
    Journal,
    LoadedSource,
)
from communique.graph.store.lexical import Restated
from communique.graph.store.workspace import Snapshot, WorkingCopy, Workspace
from communique.graph.terms.identifiers import JUDGEMENTS
from communique.graph.validation import ValidationReport, validate
from communique.graph.validation.report import to_turtle
from communique.graph.validation.results import merge

FilePath = Path | Traversable


@dataclass(frozen=True, slots=True)
class Options:
    """How files are loaded.

    Attributes
    ----------
    graph : takes the statements of RDF that stand in no graph
    kind : format of all files, a key of ``sources.inputs.KINDS``; that of each suffix when None
    source : of which the files are tables; None for documents and RDF
    quarantine : admit the other documents when some cannot be read or break a rule
    wait : seconds to wait for another writer
    watch : is called with a stage and how far it has come
    gate : judges the graph before it is published
    texts : paragraphs of source texts by the SHA-256 of their files, with which ``try_load`` compares the evidence
    incremental : look only at what a batch may concern, where it is but a small part of the graph; the gate gets
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
    activity : what the journal says of it
    restated : statements of a load whose literals the store holds in another form
    """

    snapshot: Snapshot
    report: ValidationReport
    activity: Activity
    restated: Restated


def build(settings: Settings, *, fresh: bool = False, options: Options = Options()) -> Outcome:
    """Publish the packaged graph: ontology, background and documents.

    What was loaded beside it stays, unless ``fresh``; judgements stay in any case, since they are people's work. Raises
    as ``load`` does.
    """
    documents = [packaged(document) for document in sources.documents()]
    return _publish(settings, BUILD, documents, options, fresh=fresh)


def load(settings: Settings, files: Sequence[FilePath], options: Options = Options()) -> Outcome:
    """Add documents (``.yaml``), RDF or tables, or folders of them, to the published graph.

    Graphs of the same name are replaced. Without quarantine everything is admitted or nothing.

    Raises
    ------
    SourceError, MappingError : a file cannot be read or mapped; path, line and column are named
    ConformanceError : the graph would violate the rules; carries the staged graph and its report, nothing has changed
    StoreError : nothing has been built yet, or the store cannot be written; StoreLocked while another process writes
    """
    Workspace(settings.home).current()
    return _publish(settings, LOAD, _collect(files, options), options)


def review(settings: Settings, judgements: Sequence[Judgement], options: Options = Options()) -> Outcome:
    """Add judgements to the published graph; those that it holds already are skipped.

    Raises
    ------
    LinkingError : there is nothing to add
    ConformanceError, StoreError : as in ``load``
    """
    if not judgements:
        raise LinkingError("no judgement to add", hint="communique review --list")
    return _publish_quads(settings, REVIEW, (quad for each in judgements for quad in judgement_quads(each)), options)


def propose(settings: Settings, proposals: Sequence[Proposal], options: Options = Options()) -> Outcome:
    """Put possible matches into the published graph in the place of those that an earlier run proposed.

    Raises as ``review`` does, except that there may be none.
    """
    return _publish_quads(settings, PROPOSE, proposal_quads(proposals), options)


def amend(settings: Settings, amendment: Amendment, options: Options = Options()) -> Outcome:
    """Publish a change of single statements, computed on the graph in force when its turn has come.

    What describes the graphs follows them: a graph that is new is described as far as its name says something of it,
    and the description of one that is gone goes with it.

    Raises
    ------
    ConformanceError, StoreError : as in ``load``; what ``amendment.compute`` raises, before anything has changed
    """
    Workspace(settings.home).current()
    workspace, journal = Workspace(settings.home), Journal(settings.home)
    with workspace.working_copy(wait=options.wait) as copy:
        _recover(workspace, journal)
        agent = settings.acting_agent
        activity = Activity.begin(amendment.kind, agent, workspace.current_id(), amendment.id)
        change = amendment.compute(copy)
        described = with_descriptions(copy.store, change)
        size = len(list(change.removed)) + len(list(change.added))
        policy = Policy(options.gate, quarantine=False, whole=False, watch=options.watch)
        activity = replace(activity, sources=amendment.sources, read=size)
        try:
            report = try_change(Staging.choose(copy, size, policy, options.incremental), described, policy)
        except ConformanceError as error:
            journal.append(_judged(replace(activity, outcome=REFUSED), error.judged.report))
            raise
        outcome = PUBLISHED if copy.id != activity.previous else UNCHANGED
        activity = replace(_judged(activity, report), outcome=outcome, snapshot=copy.id, committed=size)
        options.watch("publish", 0, 0)
        return Outcome(_put_in_force(workspace, journal, copy, activity), report, activity, Restated())


def find_activity(settings: Settings, id: str, *, wait: float = 0.0) -> Activity | None:
    """Return what the journal says of an activity, after what a killed writer began has been finished."""
    workspace, journal = Workspace(settings.home), Journal(settings.home)
    with workspace.exclusive(wait):
        _recover(workspace, journal)
    return next((each for each in journal.activities() if each.id == id), None)


def try_load(settings: Settings, files: Sequence[FilePath], options: Options = Options()) -> Judged:
    """Stage a load and judge it without carrying it out; raises SourceError and MappingError as ``load`` does."""
    workspace = Workspace(settings.home)
    published = workspace.current().load() if workspace.current_id() else None
    base = Store() if published is None else published
    known = None if published is None else lambda: base
    batch = read_batch(_collect(files, options), base=known, graph=options.graph, watch=options.watch)
    # An edition of a source has no texts, and a digest for each of its rows.
    digests = judge_digests(batch.store, base, options.texts) if options.source is None else ValidationReport()
    staging = Staging(base, None)
    try:
        policy = Policy(options.gate, quarantine=False, whole=published is None, watch=options.watch)
        report = admit(staging, batch, policy).report
    except ConformanceError as error:
        report = error.judged.report
    return Judged(staging.store, merge([report, digests]))


def validate_published(settings: Settings, options: Options = Options()) -> Judged:
    """Judge the graph in force, and its evidence against ``options.texts``; StoreError when nothing is published."""
    store = Workspace(settings.home).current().load()
    return Judged(store, merge([options.gate(store), judge_digests(store, Store(), options.texts)]))


def rollback(settings: Settings, snapshot: str | None = None, *, wait: float = 0.0) -> Activity:
    """Put an earlier snapshot in force again, by its id or the beginning of it.

    With None it is the one that was in force before the present one was published. The snapshots on the way stay
    until they are pruned, so that a rollback can be taken back. StoreError when there is nothing to go back to.
    """
    workspace, journal = Workspace(settings.home), Journal(settings.home)
    with workspace.exclusive(wait):
        _recover(workspace, journal)
        activity = Activity.begin(ROLLBACK, settings.acting_agent, workspace.current_id())
        target = workspace.find(snapshot or journal.before(activity.previous))
        outcome = PUBLISHED if target.id != activity.previous else UNCHANGED
        activity = replace(activity, outcome=outcome, snapshot=target.id, ended=datetime.now(UTC))
        with journal.announced(activity):
            workspace.point(target)
        return activity


def _publish(
    settings: Settings, kind: str, inputs: Sequence[Input], options: Options, *, fresh: bool = False
) -> Outcome:
    """Read inputs into a batch, try it on a working copy, and publish what the gate admits; the journal records it."""
    workspace, journal = Workspace(settings.home), Journal(settings.home)
    with workspace.working_copy(wait=options.wait, fresh=fresh) as copy:
        _recover(workspace, journal)
        activity = Activity.begin(kind, settings.acting_agent, workspace.current_id())
        base = None if kind == BUILD else lambda: copy.store
        batch = read_batch(inputs, base=base, graph=options.graph, watch=options.watch)
        batch.write_rejects(settings.home / "rejects" / activity.id)
        if fresh:
            batch.store.extend(workspace.salvage(JUDGEMENTS))
        policy = Policy(options.gate, options.quarantine, whole=kind == BUILD, watch=options.watch)
        try:
            # The staged graph may be large and is not kept until the publication.
            admitted = admit(Staging.choose(copy, batch.size, policy, options.incremental), batch, policy)
        except (SourceError, ConformanceError) as error:
            report = error.judged.report if isinstance(error, ConformanceError) else None
            journal.append(_with_account(replace(activity, outcome=REFUSED), batch, report))
            raise
        batch.check_nothing_lost(copy.graphs, admitted.quarantined.documents)
        quarantined = sum(batch.count(name) for name in admitted.quarantined.documents)
        activity = replace(
            _with_account(activity, batch, admitted.report),
            outcome=PUBLISHED if copy.id != activity.previous else UNCHANGED,
            snapshot=copy.id,
            committed=batch.size - quarantined,
            quarantined=quarantined,
            quarantine=f"{quarantine.FOLDER}/{activity.id}" if admitted.quarantined else "",
        )
        options.watch("publish", 0, 0)
        if admitted.quarantined:
            quarantine.write(settings.home, activity.id, batch, admitted.quarantined)
        # What the project writes itself is no news to whoever asked for it.
        restated = batch.restated if kind == LOAD else Restated()
        return Outcome(_put_in_force(workspace, journal, copy, activity), admitted.report, activity, restated)


def _put_in_force(workspace: Workspace, journal: Journal, copy: WorkingCopy, activity: Activity) -> Snapshot:
    """Publish a copy with its activity; one of equal content is in force already, and only the activity is new."""
    if activity.outcome == UNCHANGED:
        journal.append(activity)
        return workspace.current()
    with journal.announced(activity):
        return workspace.publish(copy, activity.ended)


def _publish_quads(settings: Settings, kind: str, quads: Iterable[Quad], options: Options) -> Outcome:
    """Publish quads that come from no file; the journal has the digest of their N-Quads."""
    Workspace(settings.home).current()
    with TemporaryDirectory(prefix="communique-") as folder:
        file = Path(folder) / f"{kind}.nq"
        file.write_bytes(b"".join(sorted(map(line_of, quads))))
        return _publish(settings, kind, [Input(file, file.name, file.suffix)], options)


def _collect(files: Sequence[FilePath], options: Options) -> Sequence[Input]:
    """List the inputs: documents and RDF, or editions of a source."""
    if options.source is None:
        return collect(files, options.kind)
    return gather(options.source, [file for file in files if isinstance(file, Path)])


def _recover(workspace: Workspace, journal: Journal) -> None:
    """Finish, or delete, what a killed writer began."""
    abandoned = journal.recover(workspace.current_id())
    if abandoned is not None and abandoned.quarantine:
        shutil.rmtree(workspace.home / abandoned.quarantine, ignore_errors=True)


def _with_account(activity: Activity, batch: Batch, report: ValidationReport | None) -> Activity:
    """Add to an activity what was read, and the digest of the report."""
    loaded = []
    for reading in batch.readings:
        account = reading.report.account if reading.report else RowCounts()
        rows = (account.read, account.mapped, account.rejected)
        source = reading.source
        loaded.append(LoadedSource(source.name, source.digest, reading.statements, str(reading.fault or ""), *rows))
    return replace(
        _judged(activity, report),
        sources=tuple(loaded),
        read=batch.size,
        skipped=sum(reading.skipped for reading in batch.readings),
    )


def _judged(activity: Activity, report: ValidationReport | None) -> Activity:
    """End an activity now, and add the digest of the report."""
    digest = hashlib.sha256(to_turtle(report).encode()).hexdigest() if report else ""
    return replace(activity, ended=datetime.now(UTC), report_digest=digest)
