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
from communique.graph.linking.forms import expanded, plain, shorn
from communique.graph.linking.index import Index
from communique.graph.linking.names import by_expanded_key, by_shorn_key, label
from communique.graph.linking.results import Candidate, Feature, Result
from communique.graph.linking.scoring import UNKNOWN, Question, score
from communique.graph.linking.senses import possibilities
from communique.graph.linking.territories import actors
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import ID

STATES = ("State", "Territory")
LIKE_ENOUGH = 0.6  # names less alike than this are no candidates
_STATE_LIKE_ENOUGH = 80
_MOST = 5

# Words that many bodies have in common: a name of nothing else says no more than the country does.
_GENERIC = frozenset(
    [
        *("administration", "affairs", "agency", "authority", "board", "bureau", "cabinet", "center", "central"),
        *("centre", "commission", "committee", "communication", "communications", "council", "court", "culture"),
        *("defence", "defense", "department", "development", "digital", "directorate", "division", "economic"),
        *("economy", "education", "energy", "environment", "federal", "finance", "foreign", "general", "government"),
        *("health", "home", "information", "innovation", "institute", "interior", "internal", "international"),
        *("justice", "labor", "labour", "local", "management", "minister", "ministry", "national", "office"),
        *("parliament", "planning", "president", "prime", "public", "research", "revenue", "science", "security"),
        *("senate", "service", "services", "social", "society", "state", "statistical", "statistics", "tax"),
        *("technology", "telecommunications", "trade", "transport", "treasury"),
        *(
            "affaires",
            "agence",
            "conseil",
            "culture",
            "education",
            "etrangeres",
            "finances",
            "gouvernement",
            "institut",
        ),
        *("interieur", "ministere", "nationale", "nationales", "premier", "publique", "sante", "travail"),
        *("agencia", "asuntos", "consejo", "defensa", "educacion", "exteriores", "finanzas", "gobierno", "hacienda"),
        *("instituto", "justicia", "ministerio", "nacional", "relaciones", "salud", "trabajo"),
        *("auswartiges", "amt", "bundesministerium", "finanzen", "innern", "justiz", "ministerium", "nationalbank"),
        *("дел", "иностранных", "внутренних", "министерство", "образования", "финансов", "юстиции"),
    ]
)
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
    if index is None or not plain(text):
        return Result()
    question = _question(text, kind, on, context, index)
    scored = [score(each, question) for each in index.block(text, kind, question.country)]
    kept = [each for each in scored if _is_worth(each, question)]
    best = sorted(kept, key=lambda candidate: (-candidate.score, candidate.node.value))[:_MOST]
    return Result(_decide(kept, question), tuple(best))


def _question(text: str, kind: str, on: date | None, context: str | None, index: Index) -> Question:
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


def _is_worth(candidate: Candidate, question: Question) -> bool:
    """Keep what is alike, and of the right country unless it has the very name."""
    name, country = candidate.features[0], candidate.features[1]
    return name.score == 1 or (name.score >= LIKE_ENOUGH and country.score > 0)


def _decide(candidates: list[Candidate], question: Question) -> Candidate | None:
    """Give the candidate that is certain, if one is."""
    exact = [each for each in candidates if each.features[0].score == 1 and _agrees(each)]
    supported = [each for each in exact if _is_supported(each)]
    if supported or question.kind == "Person" or not _says_enough(question):
        return supported[0] if len(supported) == 1 else None
    return exact[0] if len(exact) == 1 else None


def _is_supported(candidate: Candidate) -> bool:
    """Tell whether something beside the name agrees."""
    return any(feature.score == 1 for feature in candidate.features if feature.name in {"country", "context"})


def _agrees(candidate: Candidate) -> bool:
    """Tell whether no feature disagrees."""
    return all(feature.score > 0 for feature in candidate.features)


def _says_enough(question: Question) -> bool:
    """Tell whether a name says by itself whom it means: not three letters, nor words that all countries use."""
    words, text = question.lax.split(), question.text.strip()
    if question.kind in _PLACES:
        return True
    if len(words) == 1 and not text.isascii() and len(text) <= _SHORT_WITHOUT_SPACES:
        return False
    if len(words) == 1 and text.isupper():
        return len(text) > _SHORT
    return not _GENERIC.issuperset(words)


def _resolve_state(text: str, kind: str, on: date | None) -> Result:
    """Decide on a state by its own table; what is not decided becomes candidates."""
    found = states.find(text, on=on)
    if found:
        scored = [(found, Feature("name", "as in the table of names", 1.0))]
    else:
        scored = _several(text, on) or _near(text, on)
    listed = tuple(_state(node, feature) for each, feature in scored if (node := _as_kind(each, kind)))
    return Result(listed[0] if found and listed else None, listed)


def _several(text: str, on: date | None) -> list[tuple[NamedNode, Feature]]:
    """Give the states or territories between which a known name does not decide, each with the others beside it."""
    nodes = states.candidates(text, on=on)
    told = f"means {' or '.join(map(label, nodes))}" if len(nodes) > 1 else "meant it on other days"
    return [(node, Feature("name", told, UNKNOWN)) for node in nodes]


def _near(text: str, on: date | None) -> list[tuple[NamedNode, Feature]]:
    """Give the states whose names are near to a text, the nearest first."""
    found = dict(_without_form(text, on)) | dict(_similar_states(text))
    return sorted(found.items(), key=lambda pair: -pair[1].score)


def _without_form(text: str, on: date | None) -> list[tuple[NamedNode, Feature]]:
    """Give the states that bear a name but for the form of the state: ``Iran (Islamic)``, ``Federal Korea``."""
    senses = by_shorn_key().get(shorn(expanded(plain(text))), ())
    return [(node, Feature("name", "but for the form of the state", UNKNOWN)) for node in possibilities(senses, on)]


def _similar_states(text: str) -> list[tuple[NamedNode, Feature]]:
    """Give states whose names are much like a text: to be looked at, never decided."""
    lax, table = expanded(plain(text)), by_expanded_key()
    hits = process.extract(lax, table.keys(), scorer=fuzz.ratio, score_cutoff=_STATE_LIKE_ENOUGH, limit=4 * _MOST)
    found: dict[NamedNode, Feature] = {}
    for name, alike, _ in hits if lax else ():
        for sense in table[name]:
            if sense.node:
                found.setdefault(sense.node, Feature("name", f"{name}, {alike:.0f}% alike", round(alike / 100, 4)))
    return list(found.items())[:_MOST]


def _state(node: NamedNode, feature: Feature) -> Candidate:
    """Describe a state or territory as a candidate."""
    return Candidate(node, label(node), feature.score, (feature,))


def _as_kind(node: NamedNode, kind: str) -> NamedNode | None:
    """Give the territory of a state of today when a territory is asked for; None where there is none."""
    if kind == "State" or node.value.startswith(ID + "place/"):
        return node
    code = node.value.rpartition("/")[2]
    return entity(f"place/{code}") if code in actors() else None
