"""Who loaded what, when, from where, and what came of it: PROV as N-Quads beside the data.

``home/``
├── journal.nq        one activity after another, only ever appended to; a dataset of its own (``graph/journal``)
└── journal.pending   the activity that is about to be published, until it stands in the journal

An activity used its sources and the snapshot that was in force, and generated the one that it published. The journal is
no part of a snapshot: equal content has equal names, whoever loaded it and however often. The activity is written
before the pointer moves, so that a publication and its record are there together or not at all: ``recover`` finishes
what a killed process began.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from communique.graph.errors import StoreError
from communique.graph.store.canonical import line_of
from communique.graph.store.files import write_durably
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import GRAPH, ID, JOURNAL, XSD, term

GRAPH_NAME = NamedNode(GRAPH + "journal")
BUILD, LOAD, ROLLBACK, REVIEW, PROPOSE = "build", "load", "rollback", "review", "propose"
PUBLISHED, UNCHANGED, REFUSED = "published", "unchanged", "refused"

_COUNTS = ("read", "committed", "quarantined", "skipped")
_ROW_COUNTS = ("rows_read", "rows_mapped", "rows_rejected")
_TEXTS = ("outcome", "report_digest", "quarantine")
# The journal of older versions has this name; it is only ever appended to.
_PROPERTIES = {"skipped": "passedOver"}

# How the last line of an activity ends.
_LAST_LINE = f" {term('rdf:type')} {term('prov:Activity')} {GRAPH_NAME} .\n".encode()


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """One source of a load: its name, the SHA-256 of its bytes, its statements, and why it could not be read.

    Of a table also how many rows were read, mapped and rejected.
    """

    name: str
    digest: str
    statements: int
    fault: str = ""
    rows_read: int = 0
    rows_mapped: int = 0
    rows_rejected: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What the journal says of one activity.

    Attributes
    ----------
    id : begins with the time
    kind : build, load, rollback, review (judgements were added) or propose (possible matches were looked for); put,
        post, delete, patch or update over HTTP
    agent : who did it; over HTTP the name of the token
    started, ended : UTC
    outcome : published, unchanged (the content was already in force) or refused
    snapshot : id of the snapshot in force afterwards; empty when there is none
    previous : id of the one before; empty when there was none
    read, committed, quarantined : distinct quads; read = committed + quarantined, 0 committed when refused; over HTTP
        those that came or went
    skipped : statements of ``graph/derived``, which queries build anew
    report_digest : SHA-256 of the validation report in Turtle; empty when nothing was validated
    quarantine : folder under ``home``, empty when nothing was put there
    """

    id: str
    kind: str
    agent: str
    started: datetime
    ended: datetime
    outcome: str = ""
    snapshot: str = ""
    previous: str = ""
    sources: tuple[LoadedSource, ...] = ()
    read: int = 0
    committed: int = 0
    quarantined: int = 0
    skipped: int = 0
    report_digest: str = ""
    quarantine: str = ""

    @classmethod
    def begin(cls, kind: str, agent: str, previous: str | None, id: str = "") -> Activity:
        """Begin now, while ``previous`` is in force; ``id`` is given where something else has the same name."""
        now = datetime.now(UTC)
        name = id or f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return cls(name, kind, agent, now, now, snapshot=previous or "", previous=previous or "")


class Journal:
    """The journal of a workspace."""

    def __init__(self, home: Path) -> None:
        """Point at the journal in ``home``, which need not exist yet."""
        self.path = home / "journal.nq"
        self._pending = home / "journal.pending"

    def store(self) -> Store:
        """Load the journal, to be queried; StoreError when it is damaged."""
        store = Store()
        try:
            if self.path.exists():
                store.load(path=str(self.path), format=RdfFormat.N_QUADS)
        except (OSError, SyntaxError) as error:
            hint = "move the file away: the journal then begins anew, the data are not concerned"
            raise StoreError(f"the journal {self.path} cannot be read: {error}", hint=hint) from error
        return store

    @property
    def size(self) -> int:
        """Return the size of the journal in bytes, 0 when it has not begun."""
        return self.path.stat().st_size if self.path.exists() else 0

    def read_texts(self) -> tuple[bytes, bytes]:
        """Return the note of an activity about to be published, empty when there is none, and then the journal.

        Of a journal that is being written to, the activities that are whole.
        """
        pending = self._pending.read_bytes() if self._pending.exists() else b""
        text = self.path.read_bytes() if self.path.exists() else b""
        end = text.rfind(_LAST_LINE)
        return pending, text[: end + len(_LAST_LINE)] if end >= 0 else b""

    def activities(self) -> tuple[Activity, ...]:
        """Read all activities, oldest first."""
        return tuple(sorted(read_activities(self.store()), key=lambda activity: activity.started))

    def before(self, snapshot: str) -> str:
        """Find the id that was in force before a snapshot was published; StoreError when the journal has none."""
        for activity in reversed(self.activities()):
            is_publication = activity.kind != ROLLBACK and activity.outcome == PUBLISHED
            if is_publication and activity.snapshot == snapshot and activity.previous:
                return activity.previous
        hint = "communique history, then communique rollback SNAPSHOT"
        raise StoreError("the journal knows of no snapshot before the one in force", hint=hint)

    def append(self, activity: Activity) -> None:
        """Write an activity and wait until the disk has it: the whole of it, or nothing."""
        text, descriptor = to_nquads(activity), os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, text) < len(text):
                os.ftruncate(descriptor, before)
                raise StoreError(f"no room left for {self.path}", hint="free some space and try again")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def announced(self, activity: Activity) -> Iterator[None]:
        """Note an activity around the publication that it leads to.

        An exception may come after the pointer has moved (ctrl-C does): then the note stays, and ``recover`` decides.
        """
        write_durably(self._pending, to_nquads(activity))
        yield
        self.append(activity)
        self._pending.unlink()

    def recover(self, current: str | None) -> Activity | None:
        """Finish what a killed writer began; ``current`` is the id in force.

        The activity that was about to be published is appended when its snapshot is in force. Otherwise it never came
        about, and is returned for its quarantine to be deleted. A note half written was not yet about to be published.
        """
        store = Store()
        with suppress(FileNotFoundError, SyntaxError):
            store.load(path=str(self._pending), format=RdfFormat.N_QUADS)
        activity = next(read_activities(store), None)
        is_in_force = activity is not None and activity.snapshot == current
        if activity is not None and is_in_force and all(each.id != activity.id for each in self.activities()):
            self.append(activity)
        self._pending.unlink(missing_ok=True)
        return None if is_in_force else activity


def to_nquads(activity: Activity) -> bytes:
    """Describe an activity in PROV; its type comes last, so that what was cut short is no activity."""
    node = NamedNode(f"{ID}load/{activity.id}")
    agent = NamedNode(f"{ID}agent/{slug(activity.agent)}")
    quads = [
        _quad(agent, "rdf:type", term("prov:Agent")),
        _quad(agent, "rdfs:label", Literal(activity.agent)),
        _quad(node, "prov:wasAssociatedWith", agent),
        _quad(node, "prov:startedAtTime", _moment(activity.started)),
        _quad(node, "prov:endedAtTime", _moment(activity.ended)),
        _quad(node, "kind", Literal(activity.kind)),
        *(_quad(node, name, Literal(getattr(activity, name))) for name in _COUNTS),
        *(_quad(node, name, Literal(text)) for name in _TEXTS if (text := getattr(activity, name))),
    ]
    for number, loaded in enumerate(activity.sources, 1):
        source = NamedNode(f"{node.value}/source/{number}")
        quads += [
            _quad(node, "prov:used", source),
            _quad(source, "rdf:type", term("prov:Entity")),
            _quad(source, "dct:title", Literal(loaded.name)),
            _quad(source, "digest", Literal(loaded.digest)),
            _quad(source, "statements", Literal(loaded.statements)),
        ]
        if loaded.fault:
            quads.append(_quad(source, "fault", Literal(loaded.fault)))
        if loaded.rows_read:
            quads += [_quad(source, name, Literal(getattr(loaded, name))) for name in _ROW_COUNTS]
    if activity.previous:
        quads.append(_quad(node, "prov:used", NamedNode(f"{ID}snapshot/{activity.previous}")))
    if activity.snapshot:
        quads.append(_quad(node, "in_force", NamedNode(f"{ID}snapshot/{activity.snapshot}")))
    if activity.outcome == PUBLISHED:
        quads.append(_quad(node, "prov:generated", NamedNode(f"{ID}snapshot/{activity.snapshot}")))
    quads.append(_quad(node, "rdf:type", term("prov:Activity")))
    return b"".join(map(line_of, quads))


def read_text(text: bytes) -> tuple[Activity, ...]:
    """Read the activities of a journal's text; SyntaxError when it is damaged."""
    store = Store()
    store.load(text, format=RdfFormat.N_QUADS)
    return tuple(read_activities(store))


def read_activities(store: Store) -> Iterator[Activity]:
    """Read the activities of a store, in no order."""
    for quad in store.quads_for_pattern(None, term("rdf:type"), term("prov:Activity"), None):
        assert isinstance(quad.subject, NamedNode)
        node = _Description(quad.subject, store)
        agent = _Description(node.nodes("prov:wasAssociatedWith")[0], store)
        used = node.nodes("prov:used")
        sources = [each for each in used if "/source/" in each.value]
        yield Activity(
            id=_last_step([quad.subject]),
            kind=node.text("kind"),
            agent=agent.text("rdfs:label"),
            started=datetime.fromisoformat(node.text("prov:startedAtTime")),
            ended=datetime.fromisoformat(node.text("prov:endedAtTime")),
            snapshot=_last_step(node.nodes("in_force")),
            previous=_last_step([each for each in used if "/snapshot/" in each.value]),
            sources=tuple(
                _read_source(_Description(each, store))
                for each in sorted(sources, key=lambda source: int(_last_step([source])))
            ),
            **{name: node.number(name) for name in _COUNTS},  # type: ignore[arg-type]
            **{name: node.text(name) for name in _TEXTS},  # type: ignore[arg-type]
        )


def _read_source(source: _Description) -> LoadedSource:
    rows = {name: source.number(name) for name in _ROW_COUNTS}
    return LoadedSource(
        source.text("dct:title"), source.text("digest"), source.number("statements"), source.text("fault"), **rows
    )


@dataclass(frozen=True, slots=True)
class _Description:
    """What a store says of a node."""

    node: NamedNode
    store: Store

    def text(self, name: str) -> str:
        """Return the text of a property, empty when it is absent."""
        found = self.store.quads_for_pattern(self.node, _property(name), None, None)
        return next((quad.object.value for quad in found if isinstance(quad.object, Literal)), "")

    def number(self, name: str) -> int:
        """Return the number of a property, 0 when it is absent."""
        return int(self.text(name) or 0)

    def nodes(self, name: str) -> list[NamedNode]:
        """List the nodes to which a property leads."""
        found = self.store.quads_for_pattern(self.node, _property(name), None, None)
        return [quad.object for quad in found if isinstance(quad.object, NamedNode)]


def _quad(subject: NamedNode, name: str, value: NamedNode | Literal) -> Quad:
    return Quad(subject, _property(name), value, GRAPH_NAME)


def _property(name: str) -> NamedNode:
    """Return the property of a prefixed name or of an attribute: ``report_digest`` is ``journal:reportDigest``."""
    if ":" in name:
        return term(name)
    first, *others = name.split("_")
    return NamedNode(JOURNAL + _PROPERTIES.get(name, first + "".join(map(str.title, others))))


def _moment(time: datetime) -> Literal:
    return Literal(time.isoformat(), datatype=NamedNode(XSD + "dateTime"))


def _last_step(nodes: list[NamedNode]) -> str:
    """Return the last step of the first IRI, empty when there is none."""
    return next((node.value.rpartition("/")[2] for node in nodes), "")
