"""A text → a match, candidates or nothing. A name alone decides only where it is exact, unique and says enough.

States and territories are decided by their own table of names. Of all else the index of a graph gives those that share
a word or an acronym, scored feature by feature; the best is a match when its name is exact, when no other entity of the
kind in its country bears that name, when nothing disagrees, and when the name is more than words like Ministry and
Finance, or the country agrees. A person is a match only if the context agrees too.
"""

from __future__ import annotations

from datetime import date

from pyoxigraph import NamedNode
from rapidfuzz import fuzz, process

from communique.graph.linking import states
from communique.graph.linking.index import Index
from communique.graph.linking.meanings import name_tables, possibilities
from communique.graph.linking.normalization import expand, normalize, without_form
from communique.graph.linking.scoring import UNKNOWN, Feature, LinkCandidate, Question, Result, score
from communique.graph.linking.states import label
from communique.graph.linking.tables import read_words
from communique.graph.linking.territories import actors
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID

STATES = ("State", "Territory")
LIKE_ENOUGH = 0.6  # names less alike than this are no candidates
_STATE_LIKE_ENOUGH = 80
_MOST = 5

# Words that many bodies have in common: a name of nothing else says no more than the country does.
_GENERIC = read_words()["generic"].keys()
_PLACES = ("City", "Place", "GeographicRegion", "Venue")
_SHORT = 3  # letters of an acronym
_SHORT_WITHOUT_SPACES = 4  # signs of a name in Chinese, Japanese or Korean: 外交部, 내무부


def resolve(
    text: str, kind: str, *, on: date | None = None, context: str | None = None, index: Index | None = None
) -> Result:
    """Find what a text means.

    ``kind`` is the local name of a class (State, Organization, Person, City, Agreement, …). ``on`` is the day of the
    text. ``context`` names a state, an organization or an event to which the answer has to belong, or the post of a
    person. Without ``index`` only states and territories are found.
    """
    if kind in STATES:
        return _resolve_state(text, kind, on)
    if index is None or not normalize(text):
        return Result()
    question = _read_question(text, kind, on, context, index)
    kept = []
    for each in index.block(text, kind, question.country):
        candidate = score(each, question)
        name, country = candidate.features[0], candidate.features[1]
        # One that is alike has to be of the right country, unless it has the very name.
        if name.score == 1 or (name.score >= LIKE_ENOUGH and country.score > 0):
            kept.append(candidate)
    best = sorted(kept, key=lambda candidate: (-candidate.score, candidate.node.value))[:_MOST]
    return Result(_choose(kept, question), tuple(best))


def _read_question(text: str, kind: str, on: date | None, context: str | None, index: Index) -> Question:
    """Read the context: a state by its name, else whatever the index knows by exactly that name."""
    if not context:
        return Question(text, kind, on)
    state = states.find(context, on=on)
    if state is not None:
        return Question(text, kind, on, country=state)
    known = [*index.exact(context, "Organization"), *index.exact(context, "Event")]
    countries = {country for each in known for country in each.countries}
    country = countries.pop() if len(countries) == 1 else None
    ties = frozenset(each.node for each in known) if kind == "Person" else frozenset()
    return Question(text, kind, on, country, ties, context)


def _choose(candidates: list[LinkCandidate], question: Question) -> LinkCandidate | None:
    """Return the one candidate of the very name with which nothing disagrees, if that decides; else None."""
    exact = [
        each
        for each in candidates
        if each.features[0].score == 1 and all(feature.score > 0 for feature in each.features)
    ]
    supported = [
        each
        for each in exact
        if any(feature.score == 1 for feature in each.features if feature.name in {"country", "context"})
    ]
    if supported or question.kind == "Person" or not _is_telling(question):
        return supported[0] if len(supported) == 1 else None
    return exact[0] if len(exact) == 1 else None


def _is_telling(question: Question) -> bool:
    """Say whether a name is enough by itself: not three letters, nor words that bodies of all countries have."""
    words, text = question.expanded.split(), question.text.strip()
    if question.kind in _PLACES:
        return True
    if len(words) == 1 and not text.isascii() and len(text) <= _SHORT_WITHOUT_SPACES:
        return False
    if len(words) == 1 and text.isupper():
        return len(text) > _SHORT
    return not all(word in _GENERIC for word in words)


def _resolve_state(text: str, kind: str, on: date | None) -> Result:
    """Decide on a state by the table of names; what it does not decide becomes candidates, the nearest first."""
    found = states.find(text, on=on)
    if found:
        features = {found: Feature("name", "as in the table of names", 1.0)}
    else:
        features = _ambiguous(text, on) or _similar(text, on)
    scored = sorted(features.items(), key=lambda pair: -pair[1].score)
    listed = tuple(
        LinkCandidate(node, label(node), feature.score, (feature,))
        for each, feature in scored
        if (node := _as_kind(each, kind))
    )
    return Result(listed[0] if found and listed else None, listed)


def _ambiguous(text: str, on: date | None) -> dict[NamedNode, Feature]:
    """List the states or territories between which a known name does not decide; the reason says all of them."""
    nodes = states.candidates(text, on=on)
    reason = f"means {' or '.join(map(label, nodes))}" if len(nodes) > 1 else "meant it on other days"
    return {node: Feature("name", reason, UNKNOWN) for node in nodes}


def _similar(text: str, on: date | None) -> dict[NamedNode, Feature]:
    """List states whose names are the text but for the form of the state (``Iran (Islamic)``), or much like it."""
    tables, expanded = name_tables(), expand(normalize(text))
    senses = tables.without_form.get(without_form(expanded), ())
    found = {node: Feature("name", "but for the form of the state", UNKNOWN) for node in possibilities(senses, on)}
    names = tables.expanded
    hits = process.extract(expanded, names.keys(), scorer=fuzz.ratio, score_cutoff=_STATE_LIKE_ENOUGH, limit=4 * _MOST)
    alike: dict[NamedNode, Feature] = {}
    for name, percent, _ in hits if expanded else ():
        for sense in names[name]:
            if sense.node:
                alike.setdefault(sense.node, Feature("name", f"{name}, {percent:.0f}% alike", round(percent / 100, 4)))
    return found | dict(list(alike.items())[:_MOST])


def _as_kind(node: NamedNode, kind: str) -> NamedNode | None:
    """Return the territory of a state of today when a territory is asked for; None where there is none."""
    if kind == "State" or node.value.startswith(ID + "place/"):
        return node
    code = node.value.rpartition("/")[2]
    return entity(f"place/{code}") if code in actors() else None
