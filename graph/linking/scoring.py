"""An entity and a text → the features that agree or not, and the score that follows from them.

What linking returns is made of these: one match, or candidates with a score and the features behind it, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from communique.graph.linking.entities import Entity, Name
from communique.graph.linking.normalization import Spelling, normalize
from communique.graph.terms.namespaces import shorten

UNKNOWN = 0.5
# What each feature adds to the score; the name counts most, and never enough by itself to make certain.
WEIGHTS = {"name": 0.6, "country": 0.25, "context": 0.25, "date": 0.15}
_ACRONYM = 0.9  # an acronym says less than a name


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that was compared.

    Attributes
    ----------
    name : name, acronym, country, context or date
    value : what was found, for people: "same", "Bank of Korea, 92 of 100"
    score : from 0, disagrees, to 1, agrees; 0.5 where nothing is known
    """

    name: str
    value: str
    score: float


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """A node that may be meant; ``score`` lies between 0 and 1 and follows from the features."""

    node: NamedNode
    label: str
    score: float
    features: tuple[Feature, ...]

    @property
    def explanation(self) -> str:
        """What was compared and what came of it, on one line."""
        return "; ".join(f"{feature.name}: {feature.value} ({feature.score:.2f})" for feature in self.features)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one text.

    Attributes
    ----------
    match : the one candidate that is decided; None when nothing is
    candidates : all that was found, the best first, the match among them
    """

    match: LinkCandidate | None = None
    candidates: tuple[LinkCandidate, ...] = ()

    @property
    def verdict(self) -> str:
        """``match``, ``candidates`` or ``none``."""
        if self.match:
            return "match"
        return "candidates" if self.candidates else "none"


@dataclass(frozen=True)
class Question(Spelling):
    """What is asked: a text, when it was written, and what is known of whom it names."""

    kind: str
    on: date | None = None
    country: NamedNode | None = None
    ties: frozenset[NamedNode] = frozenset()
    context: str = ""


def score(entity: Entity, question: Question) -> LinkCandidate:
    """Compare an entity with what is asked."""
    # Among equally similar names one that has bounds, and of these one valid then.
    name = max(
        entity.names, key=lambda each: (similarity(each, question), _is_bounded(each), _holds(each, question.on))
    )
    features = [_compare_names(name, question), _compare_countries(entity, question)]
    if question.ties or normalize(question.context) in entity.posts:
        features.append(_compare_contexts(entity, question))
    features.append(_compare_dates(entity, name, question))
    total = sum(WEIGHTS[feature.name] for feature in features)
    points = sum(WEIGHTS[feature.name] * feature.score for feature in features)
    return LinkCandidate(entity.node, entity.label, round(points / total, 4), tuple(features))


def similarity(name: Name, question: Question) -> float:
    """Compare two names from 0 to 1, whatever the order of their words."""
    if name.key == question.key or (" " in name.expanded and name.expanded == question.expanded):
        return 1.0
    short = bool(question.expanded) and (question.expanded == name.acronym or question.acronym == name.expanded)
    return max(_ACRONYM if short else 0.0, min(0.99, fuzz.ratio(name.sorted_words, question.sorted_words) / 100))


def _compare_names(name: Name, question: Question) -> Feature:
    alike = similarity(name, question)
    found = "same" if alike == 1 else f"{name.text}, {alike:.0%} alike"
    return Feature("name", found if name.way == "label" else f"{found} ({name.way})", alike)


def _compare_countries(entity: Entity, question: Question) -> Feature:
    found = ", ".join(sorted(shorten(country.value) for country in entity.countries))
    if question.country is None or not entity.countries:
        return Feature("country", found or "not known", UNKNOWN)
    return Feature("country", found, float(question.country in entity.countries))


def _compare_contexts(entity: Entity, question: Question) -> Feature:
    """Compare whom or what an entity belongs to, and the posts of a person."""
    common = sorted(shorten(node.value) for node in entity.ties & question.ties)
    common += [question.context] if normalize(question.context) in entity.posts else []
    return Feature("context", ", ".join(common) or "nothing in common", float(bool(common)))


def _compare_dates(entity: Entity, name: Name, question: Question) -> Feature:
    """Compare the day with the days of the name and of the entity."""
    if question.on is None:
        return Feature("date", "not given", UNKNOWN)
    bounded = [each for each in (name, entity) if _is_bounded(each)]
    if not bounded:
        return Feature("date", "no bounds known", UNKNOWN)
    found = ", ".join(f"{each.first or ''}/{each.last or ''}" for each in bounded)
    return Feature("date", found, float(all(_holds(each, question.on) for each in bounded)))


def _is_bounded(each: Name | Entity) -> bool:
    return bool(each.first or each.last)


def _holds(each: Name | Entity, on: date | None) -> bool:
    """Say whether a name or an entity existed on a day."""
    return on is None or ((each.first is None or each.first <= on) and (each.last is None or on <= each.last))
