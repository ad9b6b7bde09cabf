"""ICEWS: numbers of actors and relations → names and nodes; what is listed from either side → one event.

The files of a release explain each other: events are four numbers, and two lists say which actor and which relation a
number means.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby

from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.mapping.tables.adapter import Adapter, TableAdapter
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID

# The day before day 1, and the day on which names of states have to be right.
_BEFORE, _MEANT = date(2013, 12, 31), date(2014, 7, 1)
_BRACKETS = re.compile(r"(?P<head>.+) \((?P<country>[^()]+)\)")
# A visit is named as the one who makes it would, from whichever side it is listed.
_VISIT, _MADE = "visit", "Make a visit"
# Class of an actor → column of the table of actors, and first step of its identifier.
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "PublicBody": ("organ", "org"),
    "SubnationalGovernment": ("local", "org"),
    "Organization": ("body", "org"),
    "Collective": ("people", "collective"),
    "Actor": ("other", "actor"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whom a number means.

    Attributes
    ----------
    node : the state, or a node of this source
    column : of the table of actors, that takes the number; ``state`` for a state
    state : the actor itself or the state in brackets; None where neither is known
    """

    name: str
    node: NamedNode
    column: str
    state: NamedNode | None


@dataclass(frozen=True, slots=True)
class Relation:
    """What a relation is here; without a row in the table, an event between an initiator and a counterpart."""

    interaction: str = ""
    kind: str = "Event"
    first: str = "initiator"
    second: str = "counterpart"
    mutual: bool = False


def rows_actors(rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Add to each actor whom the name means."""
    for row in rows:
        actor = read_actor(row.cells["name"], row.cells["number"])
        cells = dict.fromkeys(("state", "of", *(column for column, _ in _COLUMNS.values())), "")
        cells[actor.column] = actor.name if actor.column == "state" else row.cells["number"].strip()
        cells["of"] = actor.state.value if actor.state else ""
        yield row.with_cells(**cells)


def rows_events(
    rows: Iterable[TableRow], actors: Iterable[TableRow], relations: Iterable[TableRow]
) -> Iterator[TableRow | Rejected]:
    """Add names and nodes to the numbers of each event, and make one of those that are listed from either side."""
    who = {row.cells["number"].strip(): read_actor(row.cells["name"], row.cells["number"]) for row in actors}
    what = {row.cells["number"].strip(): row.cells["name"].strip() for row in relations}
    for _, day in groupby(rows, key=lambda row: (row.file, row.cells["day"])):
        events: dict[str, TableRow] = {}
        for row in day:
            event = _explain(row, who, what)
            if isinstance(event, Rejected):
                yield event
                continue
            first = events.get(event.cells["event"])
            events[event.cells["event"]] = replace(first, also=(*first.also, event)) if first else event
        yield from events.values()


@cache
def read_actor(name: str, number: str) -> Actor:
    """Find whom a name means: a state; somebody of the state in brackets; or somebody of no known class.

    A name with brackets is never a state: Islamic (Afghanistan) are the Muslims there.
    """
    plain = " ".join(name.split())
    parts = _BRACKETS.fullmatch(plain)
    state = None if parts else _state(plain)
    if state is not None:
        return Actor(plain, state, "state", state)
    column, kind = _COLUMNS[_heads().get(parts["head"], "Actor") if parts else "Actor"]
    node = entity(f"{kind}/icews14-{number.strip()}")
    return Actor(plain, node, column, _state(parts["country"]) if parts else None)


def read_relation(name: str) -> Relation:
    """Return what a relation is here."""
    return _relations().get(name, Relation())


def _explain(row: TableRow, who: Mapping[str, Actor], what: Mapping[str, str]) -> TableRow | Rejected:
    """Add to a row what its numbers mean; rejected when one of them means nothing."""
    numbers = {key: row.cells[key].strip() for key in ("first", "relation", "second", "day")}
    for key, known in (("first", who), ("relation", what), ("second", who)):
        if numbers[key] not in known:
            cure = "take the lists of actors and relations that belong to these events"
            return Rejected(row.file, row.number, key, numbers[key], "a number that no list explains", cure)
    if not numbers["day"].isdigit():
        cure = "a whole number: 1 is 1 January 2014"
        return Rejected(row.file, row.number, "day", numbers["day"], "not the number of a day", cure)
    name = what[numbers["relation"]]
    relation, ends = read_relation(name), (numbers["first"], numbers["second"])
    if relation.first == "visited" or (relation.mutual and int(ends[0]) > int(ends[1])):
        relation, ends = replace(relation, first=relation.second, second=relation.first), (ends[1], ends[0])
    is_visit = relation.interaction == _VISIT
    name, key = (_MADE, _VISIT) if is_visit else (name, numbers["relation"])
    return row.with_cells(
        event="-".join((numbers["day"], key, *ends)),
        date=(_BEFORE + timedelta(days=int(numbers["day"]))).isoformat(),
        relation_name=name,
        **_describe(relation, name, who[ends[0]], who[ends[1]]),
    )


def _describe(relation: Relation, name: str, first: Actor, second: Actor) -> dict[str, str]:
    """Describe an event by its relation and its two actors."""
    inside = first.state is not None and first.state == second.state
    return {
        "label": f"{name}: {first.name}, {second.name}",
        "kind": relation.kind,
        "interaction": relation.interaction,
        "within": first.state.value if inside and first.state else "",
        "first_node": first.node.value,
        "first_role": relation.first,
        "second_node": second.node.value,
        "second_role": relation.second,
    }


def _state(name: str) -> NamedNode | None:
    """Find a state by its name; a territory without a state of its own is none."""
    node = states.find(name, on=_MEANT)
    return node if node is not None and node.value.startswith(ID + "state/") else None


@cache
def _heads() -> Mapping[str, str]:
    """Read the classes of actors by what stands before the brackets."""
    return {row["head"]: row["class"] for row in _read("icews_actors.tsv")}


@cache
def _relations() -> Mapping[str, Relation]:
    return {
        row["relation"]: Relation(row["interaction"], row["class"], row["first"], row["second"], bool(row["mutual"]))
        for row in _read("icews_relations.tsv")
    }


def _read(name: str) -> Iterator[dict[str, str]]:
    """Read a table that lies beside this module: tabs, lines of comment before the names."""
    text = (files("communique.graph.mapping.adapters") / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


ADAPTER = Adapter(
    {"actors": TableAdapter(rows=rows_actors), "events": TableAdapter(rows=rows_events, joins=("actors", "relations"))}
)
