"""Similar spellings: which of the known words a misspelt one may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Of 1 for the same word; one slip in a word of four letters stays above it.
ALIKE = 0.6
_WORSE = 0.15  # how much less similar than the nearest word others may be
_PREFIX_OF, _INITIALS_OF = 0.65, 0.9

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def closest(word: str, known: Iterable[str], most: int = 1, alike: float = ALIKE) -> list[str]:
    """Return the known words nearest to a misspelt one, the nearest first, at most ``most``; none if nothing is near.

    Case does not matter, and two letters that changed places count as one slip (optimal string alignment). A word is
    also near to one that begins with it (``adopters``, ``adopters-of-agreement``) and, at two letters or more, to one
    of which it is the initials (``MOU``, ``MemorandumOfUnderstanding``). ``alike`` is the least similarity, from 0 to
    1; words much less similar than the nearest are left out.
    """
    scored = sorted((-_similarity(word, each), each) for each in dict.fromkeys(known))[:most]
    return [each for score, each in scored if -score >= max(alike, -scored[0][0] - _WORSE)]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the hint that names the nearest of the known words; None when nothing is near."""
    near = closest(word, known)
    return f"did you mean {near[0]!r}?" if near else None


def _similarity(word: str, known: str) -> float:
    one, other = word.casefold(), known.casefold()
    score = OSA.normalized_similarity(one, other)
    if len(one) > 1 and " " not in known and "".join(part[0] for part in _WORDS.findall(known)).casefold() == one:
        return max(score, _INITIALS_OF)
    return max(score, _PREFIX_OF) if len(one) > 3 and other.startswith(one) else score
