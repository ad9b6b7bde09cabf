"""Scores by hand: what each feature says, at the first and the last day too, and the weighted mean of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from communique.graph.linking.entities import Entity, Name
from communique.graph.linking.scoring import LinkCandidate, Question, score, similarity
from communique.graph.terms.identifiers import entity

FIRST, LAST = date(2008, 1, 1), date(2013, 12, 31)
DAY = timedelta(days=1)
HATS = Name("Ministry of Hats", "label")
KOREA, FRANCE = entity("state/KOR"), entity("state/FRA")


def body(
    *names: Name, country: str | None = "state/KOR", first: date | None = None, last: date | None = None
) -> Entity:
    kinds, countries = frozenset({"Organization"}), frozenset({KOREA})
    return Entity(entity("org/hats"), kinds, names or (HATS,), countries, first=first, last=last)


def asked(text: str = "Ministry of Hats", **known: object) -> Question:
    return Question(text, "Organization", **known)  # type: ignore[arg-type]


def features(candidate: LinkCandidate) -> dict[str, tuple[str, float]]:
    return {feature.name: (feature.value, feature.score) for feature in candidate.features}


@pytest.mark.parametrize(
    ("question", "points"),
    [
        (asked(), 0.6 + 0.25 * 0.5 + 0.15 * 0.5),
        (asked(country=KOREA), 0.6 + 0.25 + 0.15 * 0.5),
        (asked(country=FRANCE), 0.6 + 0.15 * 0.5),
        (asked(country=KOREA, on=FIRST), 0.6 + 0.25 + 0.15 * 0.5),
    ],
    ids=["nothing else known", "of the country", "of another country", "no bounds known"],
)
def test_the_score_is_the_weighted_mean_and_what_is_unknown_counts_half(question: Question, points: float) -> None:
    found = score(body(), question)
    assert (found.node, found.label) == (entity("org/hats"), "Ministry of Hats")
    assert found.score == pytest.approx(points, abs=5e-5)
    assert [feature.name for feature in found.features] == ["name", "country", "date"]


def test_a_context_is_compared_where_one_is_given_and_shares_the_weight() -> None:
    one = Entity(
        entity("person/one"),
        frozenset({"Person"}),
        (Name("Kim Min-su", "label"),),
        ties=frozenset({entity("org/hats"), entity("event/summit")}),
        posts=frozenset({"vice minister"}),
    )
    both = frozenset({entity("org/hats"), entity("event/summit"), entity("org/other")})
    found = score(one, Question("Kim Min-su", "Person", ties=both))
    assert features(found)["context"] == ("event/summit, org/hats", 1.0)
    assert found.score == pytest.approx((0.6 + 0.25 * 0.5 + 0.25 + 0.15 * 0.5) / 1.25, abs=5e-5)
    held = score(one, Question("Kim Min-su", "Person", context="Vice Minister"))
    assert features(held)["context"] == ("Vice Minister", 1.0)
    assert "context" not in features(score(one, Question("Kim Min-su", "Person", context="Minister")))
    other = score(one, Question("Kim Min-su", "Person", ties=frozenset({entity("org/other")}), context="Minister"))
    assert features(other)["context"] == ("nothing in common", 0.0)


@pytest.mark.parametrize(
    ("on", "share"),
    [(None, 0.5), (FIRST - DAY, 0.0), (FIRST, 1.0), (LAST, 1.0), (LAST + DAY, 0.0)],
    ids=str,
)
@pytest.mark.parametrize("is_of_name", [True, False])
def test_a_name_and_a_body_are_in_being_on_their_first_and_their_last_day(
    on: date | None, share: float, is_of_name: bool
) -> None:
    known = body(Name("Ministry of Hats", "attested name", FIRST, LAST)) if is_of_name else body(first=FIRST, last=LAST)
    told, found = features(score(known, asked(on=on)))["date"]
    assert (told, found) == ("not given" if on is None else "2008-01-01/2013-12-31", share)


def test_a_day_has_to_lie_in_the_life_of_the_name_and_of_the_body() -> None:
    known = body(Name("Ministry of Hats", "attested name", FIRST, None), last=LAST)
    for on, share in ((FIRST - DAY, 0.0), (FIRST, 1.0), (LAST, 1.0), (LAST + DAY, 0.0)):
        assert features(score(known, asked(on=on)))["date"] == ("2008-01-01/, /2013-12-31", share), on
    assert features(score(body(), asked(on=FIRST)))["date"] == ("no bounds known", 0.5)


def test_of_equal_names_one_with_days_counts_and_of_these_one_that_holds() -> None:
    early, late = (
        Name("Ministry of Hats", "attested name", None, FIRST),
        Name("Ministry of Hats", "attested name", LAST, None),
    )
    for names in ((HATS, early, late), (late, early, HATS)):
        assert features(score(body(*names), asked(on=LAST)))["date"] == ("2013-12-31/", 1.0)
        assert features(score(body(*names), asked(on=FIRST)))["date"] == ("/2008-01-01", 1.0)
        assert features(score(body(*names), asked(on=FIRST + DAY)))["date"][1] == 0.0


@pytest.mark.parametrize(
    ("countries", "asked_for", "told", "share"),
    [
        ((), None, "not known", 0.5),
        ((), KOREA, "not known", 0.5),
        (("state/KOR",), None, "state/KOR", 0.5),
        (("state/KOR", "state/FRA"), KOREA, "state/FRA, state/KOR", 1.0),
        (("state/FRA",), KOREA, "state/FRA", 0.0),
    ],
)
def test_countries_agree_disagree_or_are_not_known(
    countries: tuple[str, ...], asked_for: object, told: str, share: float
) -> None:
    known = Entity(entity("org/hats"), frozenset(), (HATS,), frozenset(map(entity, countries)))
    assert features(score(known, asked(country=asked_for)))["country"] == (told, share)


@pytest.mark.parametrize(
    ("name", "text", "alike"),
    [
        ("Ministry of Hats", "MINISTRY OF HATS", 1.0),
        ("Ministry of the Hats", "Ministry of Hats", 1.0),
        ("Hats, Ministry of", "Ministry of Hats", 0.99),
        ("Hats", "The Hats", 0.99),
        ("New Development Bank", "NDB", 0.9),
        ("NDB", "New Development Bank", 0.9),
        ("Ministry of Hats", "", 0.0),
        ("abcd", "abcx", 0.75),
    ],
)
def test_names_are_alike_whatever_the_order_of_words_and_only_the_same_are_the_same(
    name: str, text: str, alike: float
) -> None:
    assert similarity(Name(name, "label"), asked(text)) == pytest.approx(alike)


@pytest.mark.parametrize(
    ("way", "text", "told"),
    [
        ("label", "Ministry of Hats", "same"),
        ("attested name", "Ministry of Hats", "same (attested name)"),
        ("label", "Ministry of Hat", "Ministry of Hats, 96% alike"),
        ("code", "Ministry of Hat", "Ministry of Hats, 96% alike (code)"),
    ],
)
def test_the_explanation_says_which_name_was_meant(way: str, text: str, told: str) -> None:
    assert features(score(body(Name("Ministry of Hats", way)), asked(text)))["name"][0] == told


def test_a_score_has_four_decimals() -> None:
    found = score(body(), asked("Ministry of Hatz"))
    likeness = found.features[0].score
    assert found.score == round(0.6 * likeness + 0.2, 4) != round(0.6 * likeness + 0.2, 5)
