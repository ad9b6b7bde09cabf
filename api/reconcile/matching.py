"""ReconcileQuery → candidates, each with a score that its features explain.

``graph.linking`` finds what a name can mean and says what is certain. Properties that were asked for beside it confirm
or deny: what they deny is no match, and an identifier that is the same decides. What is not known of an entity speaks
neither for nor against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pyoxigraph import NamedNode

from communique.api.reconcile.entities import Catalogue, describe, id_of, types_of
from communique.api.reconcile.requests import PropertyConstraint, ReconcileQuery
from communique.api.reconcile.schema import DATE, ENTITY, PROPERTIES
from communique.api.reconcile.values import PropertyValue, fetch, find
from communique.graph.linking import states
from communique.graph.linking.entities import Entity
from communique.graph.linking.index import ROOTS
from communique.graph.linking.normalization import normalize
from communique.graph.linking.resolution import resolve
from communique.graph.queries.answers import Run
from communique.graph.terms.namespaces import ID

# Of how many entities with a property the others are compared, where no name was given.
POOL = 60
# How much name, country and date count where other properties were given too.
_NAME_SHARE = 0.6
_OTHER_TYPE = 0.8

Found = dict[str, dict[str, list[PropertyValue]]]


@dataclass(frozen=True, slots=True)
class EntityCandidate:
    """An entity that may be meant.

    Attributes
    ----------
    features : what was compared, from 0, disagrees, to 1, agrees
    score : what follows from the features, from 0 to 1
    match : it is certain
    """

    entity: Entity
    features: Mapping[str, float]
    score: float
    match: bool

    def to_json(self) -> dict[str, Any]:
        """Write it as the protocol does."""
        return {
            "id": id_of(self.entity),
            "name": self.entity.label,
            "description": describe(self.entity),
            "type": types_of(self.entity),
            "score": round(100 * self.score, 2),
            "match": self.match,
            "features": [{"id": name, "value": round(value, 3)} for name, value in self.features.items()],
        }


def match_all(run: Run, catalogue: Catalogue, batch: Mapping[str, ReconcileQuery]) -> dict[str, list[EntityCandidate]]:
    """Find candidates for each query of a batch; each property is asked for once, for the candidates of all queries."""
    pools = {key: _pool(run, catalogue, query) for key, query in batch.items()}
    wanted: dict[str, set[str]] = {}
    for key, query in batch.items():
        for constraint in query.constraints:
            wanted.setdefault(constraint.property.id, set()).update(id_of(each.entity) for each in pools[key])
    known = {name: fetch(run, PROPERTIES[name], ids) for name, ids in wanted.items()}
    return {key: _ranked(query, pools[key], known) for key, query in batch.items()}


def _pool(run: Run, catalogue: Catalogue, query: ReconcileQuery) -> list[EntityCandidate]:
    """Find what a query can mean, before its properties are looked at."""
    if not query.text:
        first = query.constraints[0]
        ids = find(run, first.property, _meant(first), POOL)
        found = [EntityCandidate(entity, {}, 0.0, False) for each in ids if (entity := catalogue.find(each))]
    elif entity := catalogue.find(query.text):
        found = [EntityCandidate(entity, {"id": 1.0}, 1.0, True)]
    else:
        found = list(_resolved(catalogue, query))
    return [weighed for each in found if (weighed := _typed(each, query))]


def _resolved(catalogue: Catalogue, query: ReconcileQuery) -> Iterator[EntityCandidate]:
    """Ask linking under each type that is wanted; an entity found under several is given once, at its best.

    Without a type, the name of a state means the state and not, say, its territory.
    """
    best: dict[NamedNode, EntityCandidate] = {}
    is_state = False
    # where a type only weighs, all at the top are looked under
    for kind in sorted(query.types) if query.types and query.strict != "should" else ROOTS:
        result = resolve(query.text, kind, on=_day(query), context=_context(catalogue, query), index=catalogue.index)
        for each in result.candidates:
            if entity := catalogue.find(each.node.value):
                features = {feature.name: feature.score for feature in each.features}
                candidate = EntityCandidate(entity, features, each.score, each == result.match and not is_state)
                best[each.node] = max(best.get(each.node, candidate), candidate, key=lambda it: (it.match, it.score))
        is_state = is_state or (kind == "State" and result.match is not None and not query.types)
    yield from best.values()


def _typed(candidate: EntityCandidate, query: ReconcileQuery) -> EntityCandidate | None:
    """Weigh the types that were asked for; None where an entity must have them and has not."""
    if not query.types:
        return candidate
    has = candidate.entity.kinds
    fits = query.types <= has if query.strict == "all" else not query.types.isdisjoint(has)
    if not fits and query.strict != "should":
        return None
    features = {**candidate.features, "type": float(fits)}
    score = candidate.score * (1.0 if fits else _OTHER_TYPE)
    return replace(candidate, features=features, score=score, match=candidate.match and fits)


def _ranked(query: ReconcileQuery, pool: Iterable[EntityCandidate], known: Found) -> list[EntityCandidate]:
    """Compare the properties and return the best; where two are certain, none is."""
    found = [_compared(each, query, known) for each in pool]
    if sum(each.match for each in found) > 1:
        found = [replace(each, match=False) for each in found]
    found.sort(key=lambda each: (not each.match, -each.score, each.entity.node.value))
    return found[: query.limit]


def _compared(candidate: EntityCandidate, query: ReconcileQuery, known: Found) -> EntityCandidate:
    """Compare the properties of one candidate."""
    agreed: dict[str, float] = {}
    for constraint in query.constraints:
        name = constraint.property.id
        if values := known[name].get(id_of(candidate.entity)):
            agreed[name] = max(agreed.get(name, 0.0), _agree(constraint, values))
    if not agreed:
        return candidate
    mean = sum(agreed.values()) / len(agreed)
    score = _NAME_SHARE * candidate.score + (1 - _NAME_SHARE) * mean if query.text else mean
    is_identified = any(PROPERTIES[name].identifies for name in agreed)
    fits = candidate.features.get("type", 1.0) == 1.0
    match = fits and (candidate.match or is_identified) and all(value == 1.0 for value in agreed.values())
    return replace(candidate, features={**candidate.features, **agreed}, score=score, match=match)


def _agree(constraint: PropertyConstraint, values: Sequence[PropertyValue]) -> float:
    """Compare the values asked for with those of an entity: 1 where one is the same, less where a date is near."""
    if constraint.property.kind == DATE:
        return max(_near(asked, value.text) for asked in constraint.values for value in values)
    has = {value.text for value in values} | {normalize(value.label or value.text) for value in values}
    meant = {*_meant(constraint), *map(normalize, constraint.values)} - {""}
    return float(not has.isdisjoint(meant))


def _meant(constraint: PropertyConstraint) -> list[str]:
    """Return the values asked for, with the states that names among them mean."""
    values = [each.removeprefix(ID) for each in constraint.values]
    if constraint.property.kind != ENTITY:
        return values
    found = (states.find(each) for each in constraint.values)
    return [*values, *(node.value.removeprefix(ID) for node in found if node is not None)]


def _context(catalogue: Catalogue, query: ReconcileQuery) -> str | None:
    """Return the country that was asked for, by a name that linking knows."""
    for constraint in query.constraints:
        if constraint.property.id == "country" and constraint.values:
            entity = catalogue.find(constraint.values[0])
            return entity.label if entity else constraint.values[0]
    return None


def _day(query: ReconcileQuery) -> date | None:
    """Return the day on which the name was used, if one was given."""
    for constraint in query.constraints:
        if constraint.property.id == "day" and constraint.values:
            return _read_day(constraint.values[0])
    return None


def _read_day(text: str) -> date | None:
    """Read a day; of a year or a month its first one; None where it is no date."""
    for form in (text[:10], f"{text}-01", f"{text}-01-01"):
        try:
            return date.fromisoformat(form)
        except ValueError:
            continue
    return None


def _near(asked: str, day: str) -> float:
    """Compare a day with a day, month or year: 1 where it lies in it, a half in the years beside it, else 0."""
    if asked and day.startswith(asked[:10]):
        return 1.0
    year, other = asked[:4], day[:4]
    near = year.isascii() and year.isdecimal() and other.isdecimal() and abs(int(year) - int(other)) <= 1
    return 0.5 if near else 0.0
