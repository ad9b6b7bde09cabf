"""What linking answers: one match, or candidates with a score and the features that make it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode


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
class Candidate:
    """A node that may be meant; ``score`` lies between 0 and 1 and follows from the features."""

    node: NamedNode
    label: str
    score: float
    features: tuple[Feature, ...]

    @property
    def explanation(self) -> str:
        """Say on one line what was compared and what came of it."""
        return "; ".join(f"{feature.name}: {feature.value} ({feature.score:.2f})" for feature in self.features)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one text.

    Attributes
    ----------
    match : the one candidate that is decided; None when nothing is
    candidates : all that was found, the best first, the match among them
    """

    match: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def verdict(self) -> str:
        """Say ``match``, ``candidates`` or ``none``."""
        if self.match:
            return "match"
        return "candidates" if self.candidates else "none"
