"""What the journal says of an activity, as a value and as PROV.

An activity used its sources and the snapshot that was in force, and generated the one that it published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad, Store

from communique.graph.store.canonical import line_of
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import GRAPH, ID, JOURNAL, XSD, term

GRAPH_NAME = NamedNode(GRAPH + "journal")
BUILD, LOAD, ROLLBACK, REVIEW, PROPOSE = "build", "load", "rollback", "review", "propose"
PUBLISHED, UNCHANGED, REFUSED = "published", "unchanged", "refused"

_NUMBERS = ("read", "committed", "quarantined", "passed_over")
_ROWS = ("rows_read", "rows_mapped", "rows_rejected")
_TEXTS = ("outcome", "report_digest", "quarantine")


@dataclass(frozen=True, slots=True)
class Origin:
    """One source of a load: its name, the SHA-256 of its bytes, its statements, and why it could not be read.

    Of a source of rows also how many were read, mapped and rejected.
    """

    name: str
    digest: str
    statements: int
    fault: str = ""
    rows_read: int = 0
    rows_mapped: int = 0
    rows_rejected: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One activity.

    Attributes
    ----------
    id : of the activity; begins with its time
    kind : build, load, rollback, review (judgements were added) or propose (possible matches were looked for)
    agent : who did it
    started, ended : UTC
    outcome : published, unchanged (the content was already in force) or refused
    snapshot : id of the snapshot in force afterwards; empty when there is none
    previous : id of the one before; empty when there was none
    read, committed, quarantined : distinct quads; read = committed + quarantined, 0 committed when refused
    passed_over : statements that were left out because queries build them anew
    report_digest : SHA-256 of the validation report in Turtle; empty when nothing was validated
    quarantine : folder under ``home``, empty when nothing was put there
    """

    id: str
    kind: str
    agent: str
    started: datetime
    ended: datetime
    outcome: str
    snapshot: str = ""
    previous: str = ""
    sources: tuple[Origin, ...] = ()
    read: int = 0
    committed: int = 0
    quarantined: int = 0
    passed_over: int = 0
    report_digest: str = ""
    quarantine: str = field(default="")


def to_nquads(record: Record) -> bytes:
    """Write a record as N-Quads."""
    return b"".join(map(line_of, _quads(record)))


def read_records(store: Store) -> Iterator[Record]:
    """Read the records of a store, in no order."""
    for quad in store.quads_for_pattern(None, term("rdf:type"), term("prov:Activity"), None):
        yield _read(quad.subject, store)


def _quads(record: Record) -> Iterator[Quad]:
    """Describe an activity in PROV; its type comes last, so that what was cut short is no activity."""
    node = NamedNode(f"{ID}load/{record.id}")
    agent = NamedNode(f"{ID}agent/{slug(record.agent)}")
    yield _say(agent, "rdf:type", term("prov:Agent"))
    yield _say(agent, "rdfs:label", Literal(record.agent))
    yield _say(node, "prov:wasAssociatedWith", agent)
    yield _say(node, "prov:startedAtTime", _time(record.started))
    yield _say(node, "prov:endedAtTime", _time(record.ended))
    yield _say(node, JOURNAL + "kind", Literal(record.kind))
    yield from _numbers_and_texts(node, record)
    for number, origin in enumerate(record.sources, 1):
        yield from _describe(node, NamedNode(f"{node.value}/source/{number}"), origin)
    if record.previous:
        yield _say(node, "prov:used", NamedNode(f"{ID}snapshot/{record.previous}"))
    if record.snapshot:
        yield _say(node, JOURNAL + "inForce", NamedNode(f"{ID}snapshot/{record.snapshot}"))
    if record.outcome == PUBLISHED:
        yield _say(node, "prov:generated", NamedNode(f"{ID}snapshot/{record.snapshot}"))
    yield _say(node, "rdf:type", term("prov:Activity"))


def _numbers_and_texts(node: NamedNode, record: Record) -> Iterator[Quad]:
    """State counts, outcome and digest."""
    for name in _NUMBERS:
        yield _say(node, _key(name), Literal(getattr(record, name)))
    for name in _TEXTS:
        if text := getattr(record, name):
            yield _say(node, _key(name), Literal(text))


def _describe(activity: NamedNode, node: NamedNode, origin: Origin) -> Iterator[Quad]:
    """Describe a source."""
    yield _say(activity, "prov:used", node)
    yield _say(node, "rdf:type", term("prov:Entity"))
    yield _say(node, "dct:title", Literal(origin.name))
    yield _say(node, JOURNAL + "digest", Literal(origin.digest))
    yield _say(node, JOURNAL + "statements", Literal(origin.statements))
    if origin.fault:
        yield _say(node, JOURNAL + "fault", Literal(origin.fault))
    for name in _ROWS if origin.rows_read else ():
        yield _say(node, _key(name), Literal(getattr(origin, name)))


def _read(node: object, store: Store) -> Record:
    """Read an activity back."""
    assert isinstance(node, NamedNode)
    about = _Description(node, store)
    agent = _Description(about.nodes("prov:wasAssociatedWith")[0], store)
    used = about.nodes("prov:used")
    return Record(
        id=node.value.rpartition("/")[2],
        kind=about.text(JOURNAL + "kind"),
        agent=agent.text("rdfs:label"),
        started=datetime.fromisoformat(about.text("prov:startedAtTime")),
        ended=datetime.fromisoformat(about.text("prov:endedAtTime")),
        snapshot=_tail(about.nodes(JOURNAL + "inForce")),
        previous=_tail([each for each in used if "/snapshot/" in each.value]),
        sources=tuple(_origin(each, store) for each in sorted(used, key=_place) if "/source/" in each.value),
        **{name: int(about.text(_key(name)) or 0) for name in _NUMBERS},  # type: ignore[arg-type]
        **{name: about.text(_key(name)) for name in _TEXTS},  # type: ignore[arg-type]
    )


def _origin(node: NamedNode, store: Store) -> Origin:
    """Read a source back."""
    about = _Description(node, store)
    statements = int(about.text(JOURNAL + "statements"))
    rows = {name: int(about.text(_key(name)) or 0) for name in _ROWS}
    fault = about.text(JOURNAL + "fault")
    return Origin(about.text("dct:title"), about.text(JOURNAL + "digest"), statements, fault, **rows)


@dataclass(frozen=True, slots=True)
class _Description:
    """What a store says of a node."""

    node: NamedNode
    store: Store

    def text(self, name: str) -> str:
        """Give the text of a property, empty when it is absent."""
        found = self.store.quads_for_pattern(self.node, _property(name), None, None)
        return next((quad.object.value for quad in found if isinstance(quad.object, Literal)), "")

    def nodes(self, name: str) -> list[NamedNode]:
        """List the nodes to which a property leads."""
        found = self.store.quads_for_pattern(self.node, _property(name), None, None)
        return [quad.object for quad in found if isinstance(quad.object, NamedNode)]


def _say(subject: NamedNode, name: str, value: NamedNode | Literal) -> Quad:
    """Make a statement of the journal."""
    return Quad(subject, _property(name), value, GRAPH_NAME)


def _property(name: str) -> NamedNode:
    """Name a property by its IRI, or by its prefixed name."""
    return NamedNode(name) if "://" in name else term(name)


def _key(name: str) -> str:
    """Name the property of an attribute: ``report_digest`` is ``reportDigest``."""
    first, *others = name.split("_")
    return JOURNAL + first + "".join(map(str.title, others))


def _time(moment: datetime) -> Literal:
    """Write a moment."""
    return Literal(moment.isoformat(), datatype=NamedNode(XSD + "dateTime"))


def _tail(nodes: Iterable[NamedNode]) -> str:
    """Give the last step of the first IRI, empty when there is none."""
    return next((node.value.rpartition("/")[2] for node in nodes), "")


def _place(node: NamedNode) -> tuple[int, str]:
    """Order sources by their number."""
    return len(node.value), node.value
