"""Parties as registers name them → rows that a table can map: a row for each party, and what is said of all of them.

A state is party as itself. A territory without a state of its own (Hong Kong, the Faroe Islands) is a place and cannot
be party; the authorities that act for it are. They are one node for all sources, named after the place alone, and so
are the few organizations that sign for their members. A party that linking cannot tie to any of these stays a name, and
the agreement has a count that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import iso3166
from pyoxigraph import NamedNode

from communique.graph.linking import states
from communique.graph.sources.rows import Rejected, TableRow
from communique.graph.terms.identifiers import entity, tail
from communique.graph.terms.namespaces import ID

Find = Callable[[date], NamedNode | None]

_STATE, _PLACE = ID + "state/", ID + "place/"
# Organizations that are parties in registers of treaties: class, label, and the names these use.
_BODIES: Mapping[str, tuple[str, str, str]] = {
    "org/eu": (
        "IntergovernmentalOrganization",
        "European Union",
        "eu (european union), european union, european community, european communities, ec",
    ),
    "org/asean": (
        "IntergovernmentalOrganization",
        "Association of Southeast Asian Nations",
        "asean (association of south-east asian nations), asean",
    ),
    "org/efta": (
        "IntergovernmentalOrganization",
        "European Free Trade Association",
        "efta (european free trade association), efta",
    ),
    "org/eaeu": ("IntergovernmentalOrganization", "Eurasian Economic Union", "eurasian economic union"),
    "org/bleu": (
        "IntergovernmentalOrganization",
        "Belgium-Luxembourg Economic Union",
        "bleu (belgium-luxembourg economic union)",
    ),
    "org/plo": (
        "Organization",
        "Palestine Liberation Organization",
        "palestine liberation organization, palestine liberation organisation, plo",
    ),
}
_BODY_NAMES = {name: entity(body) for body, (_, _, names) in _BODIES.items() for name in names.split(", ")}
_CURE = "correct the name at the source, or teach the linking what it means"


@dataclass(frozen=True, slots=True)
class Named:
    """A party as a register names it: the text, and the node that linking found (None when it found none)."""

    text: str
    found: NamedNode | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many parties a register says there are, whoever they are; of a bilateral agreement both are 2."""

    least: int = 2
    most: int | None = None


def name_party(text: str, days: Sequence[date | None] = (None,)) -> Named:
    """Tie a name to a state or territory, on the first of the days on which it means one, or to an organization."""
    words = " ".join(text.split())
    found = next((node for day in days if (node := states.find(words, on=day))), None)
    return Named(words, found or _BODY_NAMES.get(words.casefold()))


def party_rows(
    row: TableRow,
    agreement: str,
    parties: Sequence[Named],
    shared: Mapping[str, str],
    *,
    others: Collection[NamedNode] = (),
    counted: Counted = Counted(),
) -> Iterator[TableRow]:
    """Yield a row for each party that can be tied, with the cells they share, and one for what concerns all.

    The cells are those of ``party_cells`` and ``summary_cells``, ``of`` (the agreement) and ``untied``, ``party_text``
    of a party that is only a name. ``agreement`` is an identifier such as ``agreement/desta-1``; ``others`` are
    parties that count but have rows of their own.
    """
    tied = list(dict.fromkeys(party.found for party in parties if party.found is not None))
    untied = list(dict.fromkeys(party.text for party in parties if party.found is None))
    if summary := summary_cells(agreement, len({*tied, *others}), len(untied), counted):
        yield replace(row, cells=summary)
    for node in tied:
        if node not in others:
            yield replace(row, cells={"of": agreement, **shared, **party_cells(node, agreement)})
    for text in untied:
        yield replace(row, cells={"untied": agreement, "party_text": text})


def untied_values(row: TableRow, column: str, parties: Sequence[Named]) -> Iterator[Rejected]:
    """Report the parties that are only names."""
    for text in dict.fromkeys(party.text for party in parties if party.found is None):
        yield Rejected(row.file, row.number, column, text, "names no one party we know", _CURE, is_row=False)


def summary_cells(agreement: str, tied: int, untied: int, counted: Counted = Counted()) -> dict[str, str]:
    """Return ``pair`` of an agreement of two; ``counted``, ``least``, ``most``, ``named`` where parties are missing."""
    if tied == 2 and not untied and counted.least == 2:
        return {"pair": agreement}
    if tied >= counted.least and not untied:
        return {}
    cells = {"counted": agreement, "least": str(max(tied + untied, counted.least))}
    cells["named"] = "partly-named" if tied else "none-named"
    return cells if counted.most is None else {**cells, "most": str(max(tied + untied, counted.most))}


def party_cells(found: NamedNode, agreement: str, again: str = "") -> dict[str, str]:
    """Return the cells of a party: ``party``, ``agreement_party``, and where it is no state what describes it.

    These are ``body``, ``body_kind``, ``body_label`` and ``place``. ``found`` is what linking found; ``again`` is
    a step that distinguishes a later time of one party in one agreement from the first.
    """
    cells = {"party": found.value.removeprefix(ID)}
    if found.value.startswith(_PLACE):
        # The authorities that act for a territory.
        code = tail(found)
        name, entry = f"org/{code.lower()}-authorities", iso3166.countries_by_alpha3.get(code)
        label = entry.apolitical_name if entry else states.label(entity(f"place/{code}"))
        cells = {"party": name, "body": name, "body_kind": "Organization"}
        cells |= {"body_label": f"Authorities of {label}", "place": f"place/{code}"}
    elif not found.value.startswith(_STATE):
        kind, label, _ = _BODIES[cells["party"]]
        cells |= {"body": cells["party"], "body_kind": kind, "body_label": label}
    steps = ("party", tail(entity(agreement)), cells["party"].partition("/")[2], *([again] if again else []))
    return {**cells, "agreement_party": "/".join(steps)}


def meanings(find: Find, first: date, last: date) -> Iterator[tuple[NamedNode | None, date, date]]:
    """Split a time where a name or code begins to mean another state; ``find`` returns its meaning on a day."""
    while first <= last:
        meant = find(first)
        end = _last_day(find, meant, first, last)
        yield meant, first, end
        first = end + timedelta(days=1)


def _last_day(find: Find, meant: NamedNode | None, first: date, last: date) -> date:
    """Find the last day of a meaning, by years and then by halves."""
    same = first
    for year in range(first.year + 1, last.year + 2):
        later = min(date(year, 1, 1), last)
        if find(later) != meant:
            break
        same = later
    else:
        return last
    while (later - same).days > 1:
        middle = same + (later - same) // 2
        same, later = (middle, later) if find(middle) == meant else (same, middle)
    return same
