"""An entity and a text → the features that agree or not, and the score that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.linking.entities import Entity, Name
from communique.graph.linking.forms import Spelling, plain
from communique.graph.linking.results import Candidate, Feature
from communique.graph.terms.namespaces import shorten

UNKNOWN = 0.5
# What each feature adds to the score; the name counts most, and never enough by itself to make certain.
WEIGHTS = {"name": 0.6, "country": 0.25, "context": 0.25, "date": 0.15}
_ACRONYM = 0.9  # an acronym says less than a name


@dataclass(frozen=True)
class Question(Spelling):
    """What is asked: a text, when it was written, and what is known of whom it names."""

    kind: str
    on: date | None = None
    country: NamedNode | None = None
    ties: frozenset[NamedNode] = frozenset()
    context: str = ""


def score(entity: Entity, question: Question) -> Candidate:
    """Compare an entity with what is asked."""
    name = _nearest(entity.names, question)
    features = [_name_feature(name, question), _country_feature(entity, question)]
    if question.ties or plain(question.context) in entity.posts:
        features.append(_context_feature(entity, question))
    features.append(_date_feature(entity, name, question))
    total = sum(WEIGHTS[feature.name] for feature in features)
    points = sum(WEIGHTS[feature.name] * feature.score for feature in features)
    return Candidate(entity.node, entity.label, round(points / total, 4), tuple(features))


def similarity(name: Name, question: Question) -> float:
    """Compare two names from 0 to 1, whatever the order of their words."""
    if name.key == question.key or (" " in name.lax and name.lax == question.lax):
        return 1.0
    short = bool(question.lax) and (question.lax == name.acronym or question.acronym == name.lax)
    return max(_ACRONYM if short else 0.0, min(0.99, fuzz.ratio(name.ordered, question.ordered) / 100))


def _nearest(names: Iterable[Name], question: Question) -> Name:
    """Give the name that is most like the text; among equals one that has bounds, and of these one valid then."""
    return max(names, key=lambda name: (similarity(name, question), _is_bounded(name), _holds(name, question.on)))


def _name_feature(name: Name, question: Question) -> Feature:
    """Compare the names."""
    likeness = similarity(name, question)
    told = "same" if likeness == 1 else f"{name.text}, {likeness:.0%} alike"
    return Feature("name", told if name.way == "label" else f"{told} ({name.way})", likeness)


def _country_feature(entity: Entity, question: Question) -> Feature:
    """Compare the countries."""
    told = ", ".join(sorted(shorten(country.value) for country in entity.countries))
    if question.country is None or not entity.countries:
        return Feature("country", told or "not known", UNKNOWN)
    return Feature("country", told, float(question.country in entity.countries))


def _context_feature(entity: Entity, question: Question) -> Feature:
    """Compare whom or what an entity belongs to, and the posts of a person."""
    common = sorted(shorten(node.value) for node in entity.ties & question.ties)
    common += [question.context] if plain(question.context) in entity.posts else []
    return Feature("context", ", ".join(common) or "nothing in common", float(bool(common)))


def _date_feature(entity: Entity, name: Name, question: Question) -> Feature:
    """Compare the day with the days of the name and of the entity."""
    if question.on is None:
        return Feature("date", "not given", UNKNOWN)
    bounded = [each for each in (name, entity) if _is_bounded(each)]
    if not bounded:
        return Feature("date", "no bounds known", UNKNOWN)
    told = ", ".join(f"{each.first or ''}/{each.last or ''}" for each in bounded)
    return Feature("date", told, float(all(_holds(each, question.on) for each in bounded)))


def _is_bounded(each: Name | Entity) -> bool:
    """Tell whether the days of a name or an entity are known."""
    return bool(each.first or each.last)


def _holds(each: Name | Entity, on: date | None) -> bool:
    """Tell whether a name or an entity was in being on a day."""
    return on is None or ((each.first is None or each.first <= on) and (each.last is None or on <= each.last))
