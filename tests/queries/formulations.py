"""A second formulation of every ready question: the same answer by plain Python over sets of quads.

Each function is named after its question, takes the facts and the parameters (a tuple of terms where the parameter is
repeatable) and gives the rows in the order of the columns. None of them reads the SPARQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from facts import (
    CANCELLED,
    OCCURRED,
    OFFICIAL,
    ONGOING,
    PLANNED,
    REAL,
    SECONDARY,
    SHORT,
    Facts,
    Maybe,
    Row,
    Term,
    bounds,
    last_step,
    text,
)
from pyoxigraph import Literal, NamedNode

from communique.graph.terms.namespaces import GRAPH, ID, concept, term

Rows = Iterator[Row]
Formulation = Callable[..., Rows]

FORMULATIONS: dict[str, Formulation] = {}


def answers(question: str) -> Callable[[Formulation], Formulation]:
    """Register a formulation."""

    def register(function: Formulation) -> Formulation:
        FORMULATIONS[question] = function
        return function

    return register


def as_role(slug: str) -> NamedNode:
    return concept("role", slug)


def completeness(facts: Facts, named: int, counts: set[Term], kind: str | None) -> list[Literal]:
    """Tell how many of each stated number are named, or of none."""
    found = []
    for count in counts:
        if kind is None or term(kind) in facts.of(count, "com:countOf"):
            for least, most in product(facts.of(count, "com:countMin"), facts.maybe(count, "com:countMax")):
                vague = "" if most == least else "at least "
                found.append(Literal(f"{named} of {vague}{least.value} named"))
    return found or [Literal(f"{named} named")]


# Actors


@answers("leader-of-delegation")
def leaders(facts: Facts, delegation: Term) -> Rows:
    for graph in {graph for _, graph in facts.stated(delegation, "com:ledBy", "com:dispatchedBy")}:
        leads = [*facts.within(delegation, graph, "com:ledBy")] or [None]
        senders = [*facts.within(delegation, graph, "com:dispatchedBy")] or [None]
        statuses: Maybe = [*facts.within(delegation, graph, "com:realization")] or [None]
        for document, paragraph in facts.places(facts.within(delegation, graph, "com:evidence")):
            for lead, sender, status in product(leads, senders, statuses):
                posts: Maybe = [
                    post
                    for holding in facts.where("com:postHolder", lead)
                    if document in facts.documents(holding)
                    for post in facts.of(holding, "com:post")
                ] or [None]
                names = facts.longest(lead, document) if lead else [None]
                bodies = facts.longest(sender, document) if sender else [None]
                for name, post, body in product(names, posts, bodies):
                    yield lead, name, post, sender, body, status, document, paragraph


def memberships(facts: Facts, body: Term) -> list[tuple[NamedNode, Term]]:
    """Give each membership in a body with its member."""
    seats = [seat for seat in facts.where("org:organization", body) if facts.is_a(seat, "com:Membership")]
    return [(seat, member) for seat in seats for member in facts.of(seat, "org:member")]


@answers("members-of-delegation")
def members(facts: Facts, delegation: Term) -> Rows:
    seats, counts = memberships(facts, delegation), facts.of(delegation, "com:memberCount")
    for seat, member in seats:
        for status, _, document, paragraph in facts.told(seat):
            totals = completeness(facts, len({member for _, member in seats}), counts, None)
            for row in product(facts.longest(member, document), facts.english(member), [status], totals):
                yield member, *row, document, paragraph
    for count in counts if not seats else ():
        for words, status in product(facts.of(count, "com:countText"), facts.maybe(delegation, "com:realization")):
            for place in facts.places(facts.of(count, "com:evidence")):
                yield None, None, None, status, Literal(f"UNKNOWN: not named ({words.value})"), *place


@answers("name-on-day")
def names_on_days(facts: Facts, actor: Term, day: tuple[Term, ...]) -> Rows:
    for each in day:
        yield from ((each, actor, *row) for row in names_on(facts, actor, each.value))


def names_on(facts: Facts, actor: Term, day: str) -> Rows:
    """Weigh everything that is known of a body's names: who holds on a day is known last, or dated to that day."""
    namings = [
        (naming, name, SHORT in facts.of(naming, "com:nameStatus"))
        for naming in facts.of(actor, "com:hasName")
        for name in facts.of(naming, "com:nameText")
    ]

    def days(naming: Term, *keys: str) -> list[str]:
        return [value.value for value in facts.of(naming, *keys)]

    def covers(naming: Term) -> bool:
        return all(first <= day for first in days(naming, "com:validFrom")) and all(
            last >= day for last in days(naming, "com:validTo")
        )

    def dates(naming: Term) -> bool:
        return bool(days(naming, "com:validFrom")) and bool(days(naming, "com:validTo")) and covers(naming)

    full_is_known = any(
        known <= day
        for naming, _, short in namings
        if not short
        for known in days(naming, "com:attestedOn", "com:validFrom")
    )
    for naming, name, short in namings:
        same = [other for other, words, _ in namings if words == name]
        bounded = [other for other in same if days(other, "com:validFrom", "com:validTo")]
        dated = any(dates(other) for other in same)
        if (short and full_is_known) or (bounded and not any(covers(other) for other in bounded)):
            continue
        rivals = [
            other
            for other, words, brief in namings
            if words != name and words.language == name.language and (short or not brief)  # type: ignore[union-attr]
        ]
        moments = [
            moment for other in rivals for moment in days(other, "com:attestedOn", "com:validFrom", "com:validTo")
        ]
        holds = any(
            dated or not (any(map(dates, rivals)) or any(known < moment <= day for moment in moments))
            for known in days(naming, "com:attestedOn", "com:validFrom")
            if known <= day
        )
        if not holds:
            continue
        official = OFFICIAL in set().union(*(facts.of(other, "com:nameStatus") for other in same))
        statuses = [OFFICIAL] if official else facts.maybe(naming, "com:nameStatus")
        validities: list[Row] = [
            (first, last, text(origin.value if origin else None))
            for other in bounded
            if covers(other)
            for first, last, origin in product(
                facts.maybe(other, "com:validFrom"),
                facts.maybe(other, "com:validTo"),
                facts.maybe(other, "dct:source", "com:unsourcedReason"),
            )
        ] or [(None, None, None)]
        writings = [
            (moment, other) for other in same for moment in facts.of(other, "com:attestedOn") if moment.value <= day
        ]
        newest = max((moment.value for moment, _ in writings), default=None)
        attestations: list[Row] = [
            (moment, *place)
            for moment, other in writings
            if moment.value == newest
            for place in facts.places(facts.of(other, "com:evidence"))
        ] or [(None, None, None)]
        for status, validity, attestation in product(statuses, validities, attestations):
            yield name, status, *validity, *attestation


@answers("node-by-name")
def nodes(facts: Facts, name: Term) -> Rows:
    found: list[tuple[NamedNode, str, Term, Row]] = []
    for naming, words in facts.named("com:nameText", name.value):
        places: list[Row] = [*facts.places(facts.of(naming, "com:evidence"))] or [(None, None)]
        for node, status, place in product(
            facts.where("com:hasName", naming), facts.maybe(naming, "com:nameStatus"), places
        ):
            found.append((node, "com:nameText", words, (status, *place)))
    for key in ("skos:prefLabel", "skos:altLabel"):
        found += [(node, key, words, (None, None, None)) for node, words in facts.named(key, name.value)]
    for node, key, words, rest in found:
        for label, code in product(facts.english(node), facts.maybe(node, "skos:notation")):
            yield node, label, text(code.value if code else None), term(key), text(words.value), *rest


# Agreements


def parties(facts: Facts, agreement: Term) -> list[tuple[NamedNode, Term]]:
    """Give each agreement party of an agreement with its party."""
    standings = facts.where("com:ofAgreement", agreement)
    return [(standing, party) for standing in standings for party in facts.of(standing, "com:party")]


def count_rows(facts: Facts, count: Term) -> Iterator[tuple[Row, Row]]:
    """Give kind, bounds, text and enumeration of a count, and where each stands."""
    values = product(
        facts.of(count, "com:countOf"),
        facts.maybe(count, "com:countMin"),
        facts.maybe(count, "com:countMax"),
        facts.of(count, "com:countText"),
        facts.maybe(count, "com:enumeration"),
    )
    yield from product(values, [*facts.places(facts.of(count, "com:evidence"))])


@answers("adopter-counts-of-agreement")
def adopter_counts(facts: Facts, agreement: Term) -> Rows:
    for count in facts.of(agreement, "com:partyCount"):
        for values, place in count_rows(facts, count):
            named = {party for _, party in parties(facts, agreement) if values[0] in facts.classes(party)}
            for status in facts.maybe(agreement, "com:realization"):
                yield *values, Literal(len(named)), status, *place


@answers("adopters-of-agreement")
def adopters(facts: Facts, agreement: Term) -> Rows:
    for standing, party in parties(facts, agreement):
        for status, _, document, paragraph in facts.told(standing):
            for label, stage in product(facts.english(party), facts.maybe(standing, "com:stage")):
                answer = Literal(f"named: {last_step(status)}")  # type: ignore[arg-type]
                yield party, label, stage, status, None, None, None, answer, document, paragraph
    for count in facts.of(agreement, "com:partyCount"):
        for (kind, least, most, words, enumeration), place in count_rows(facts, count):
            if enumeration == concept("enumeration", "all-named"):
                answer = "complete: all named"
            elif any(kind in facts.classes(party) for _, party in parties(facts, agreement)):
                answer = "incomplete: only some named"
            else:
                answer = "UNKNOWN: not named"
            for status in facts.maybe(agreement, "com:realization"):
                said = Literal(f"{answer} ({words.value})")  # type: ignore[union-attr]
                yield None, None, None, status, kind, least, most, said, *place


@answers("adoption-of-agreement")
def adoptions(facts: Facts, agreement: Term) -> Rows:
    for event in facts.of(agreement, "com:adoptedAt"):
        dates = [date.value for date in facts.dates(event) if date]
        date = dates or [bounds(event, facts, "com:beginEarliest", "com:endLatest") or "not stated"]
        places = []
        for key in ("com:city", "com:territory", "com:region", "com:venue"):
            places = places or [
                label.value if label else spot.value for spot in facts.of(event, key) for label in facts.english(spot)
            ]
        for row in product(
            facts.english(event),
            facts.english_of(event, "com:editionOf"),
            facts.maybe(event, "com:ordinal"),
            map(text, date),
            map(text, places or ["not stated"]),
            facts.maybe(agreement, "com:realization"),
            facts.maybe(event, "com:realization"),
        ):
            yield event, *row


@answers("agreements-of-two-states")
def agreements_of_two(facts: Facts, one: Term, other: Term) -> Rows:
    if one == other:
        return
    signed = [
        {
            agreement
            for standing in facts.where("com:party", state)
            for agreement in facts.of(standing, "com:ofAgreement")
        }
        for state in (one, other)
    ]
    for agreement in signed[0] & signed[1]:
        occasions = []
        for event in facts.of(agreement, "com:concludedAt", "com:adoptedAt"):
            attendees = set()
            for part in facts.where("com:inEvent", event):
                for actor, function, standing in product(
                    facts.of(part, "com:participant"), facts.of(part, "com:role"), facts.of(part, "com:realization")
                ):
                    how = "" if standing == OCCURRED else f", {last_step(standing)}"  # type: ignore[arg-type]
                    for name in facts.called(actor):  # type: ignore[arg-type]
                        attendees.add(f"{name} ({last_step(function)}{how})")  # type: ignore[arg-type]
            hints = {"none-named": " (not named)", "partly-named": " (partly named)"}
            counted = [
                words.value + (hints.get(last_step(named), "") if named else "")  # type: ignore[arg-type]
                for count in facts.of(event, "com:attendanceCount")
                for words, named in product(facts.of(count, "com:countText"), facts.maybe(count, "com:enumeration"))
            ]
            for said, status in product(counted or [None], facts.maybe(event, "com:realization")):
                occasions.append((text(said), text(", ".join(sorted(attendees)) or None), status))
        for status, _, document, paragraph in facts.told(agreement):
            for label, first, last, date, occasion in product(
                facts.english(agreement),
                facts.maybe(agreement, "com:concludedEarliest"),
                facts.maybe(agreement, "com:concludedLatest"),
                facts.maybe(agreement, "com:edtfText"),
                occasions or [(None, None, None)],
            ):
                yield agreement, label, status, first, last, date, *occasion, document, paragraph


@answers("alliances-of-two-states-in-year")
def ties_in_year(facts: Facts, state: Term, other: Term, year: Term) -> Rows:
    observer, past = (
        concept("membership-status", "observer"),
        {concept("stage", name) for name in ("withdrew", "ended")},
    )
    if state == other:
        return
    for key, body, kind in (
        ("com:party", "com:ofAgreement", "alliance"),
        ("org:member", "org:organization", "co-membership"),
    ):
        alliance = kind == "alliance"
        for one, two in product(facts.where(key, state), facts.where(key, other)):
            for tie in facts.of(one, body) & facts.of(two, body):
                if alliance and not facts.is_a(tie, "com:Alliance"):
                    continue
                if not alliance and not (facts.is_a(one, "com:Membership") and facts.is_a(two, "com:Membership")):
                    continue
                statuses = facts.of(tie if alliance else one, "com:realization") & REAL
                others: Maybe = [*facts.of(two, "com:realization")] or ([None] if alliance else [])
                if alliance and facts.of(one, "com:realization") - REAL:
                    continue
                if any(observer in facts.of(seat, "com:membershipStatus") for seat in (one, two)):
                    continue
                ends = {seat: facts.of(seat, "com:endLatest") for seat in (one, two, tie)}
                if any(facts.of(seat, "com:stage") & past and not ends[seat] and not ends[tie] for seat in (one, two)):
                    continue
                begin_key = "com:inForceEarliest" if alliance else "com:beginEarliest"
                begins = [facts.of(seat, begin_key) for seat in (one, two)]
                since = max((next(iter(begin)) for begin in begins), key=lambda day: day.value) if all(begins) else None
                until = min((next(iter(end)) for end in ends.values() if end), key=lambda day: day.value, default=None)
                if until is not None and (
                    until.value[:4] < year.value or (since is not None and until.value < since.value)
                ):
                    continue
                told = [any(day.value[:4] == year.value for day in facts.of(seat, "com:asOf")) for seat in (one, two)]
                if not (since.value[:4] <= year.value if since is not None else all(told)):
                    continue
                for document, name, status, another in product(
                    facts.documents(one), facts.english(tie), statuses, others
                ):
                    if another is None or another in REAL:
                        yield Literal(kind), tie, name, since, until, status, another, document


@answers("concluded-memoranda-of-state")
def concluded(facts: Facts, state: Term, topic: Term) -> Rows:
    for own in facts.where("com:party", state):
        for agreement in facts.of(own, "com:ofAgreement") if facts.of(own, "com:realization") & REAL else ():
            kinds = {term("com:MemorandumOfUnderstanding"), term("com:BilateralAgreement")}
            if not kinds <= facts.of(agreement, "rdf:type") or not deals_with(facts, agreement, topic):
                continue
            for standing, partner in parties(facts, agreement):
                for theirs, _, document, paragraph in facts.told(standing):
                    if partner == state or theirs not in REAL:
                        continue
                    for row in product(
                        facts.english(agreement),
                        [partner],
                        facts.english(partner),
                        facts.maybe(agreement, "com:edtfText"),
                        facts.of(agreement, "com:realization") & REAL,
                    ):
                        yield agreement, *row, document, paragraph


def deals_with(facts: Facts, node: Term, topic: Term) -> bool:
    """Tell whether a node has a topic or one that is narrower."""
    return any(topic in facts.above(own, "skos:broader") for own in facts.of(node, "com:topic"))


@answers("provisions-of-agreement")
def provisions(facts: Facts, agreement: Term) -> Rows:
    for provision in facts.of(agreement, "com:hasProvision"):
        for actor, words in product(
            facts.maybe(provision, "com:addressee"), facts.maybe(provision, "com:addresseeText")
        ):
            for label in facts.english(actor) if actor else [None]:
                addressee = words or label or actor
                for row in product(
                    facts.maybe(provision, "com:provisionNumber"),
                    [text(addressee.value if addressee else None)],
                    [actor],
                    facts.maybe(provision, "com:modality"),
                    facts.of(provision, "com:summary"),
                    facts.maybe(agreement, "com:realization"),
                ):
                    for place in facts.places(facts.of(provision, "com:evidence")):
                        yield *row, *place


# Commitments


@answers("commitments-by-state")
def commitments(facts: Facts, state: Term, subject: Term) -> Rows:
    acting = facts.acting(state)
    borne = {commitment for body in acting for commitment in facts.where("com:bearer", body)}
    for commitment in borne:
        if not facts.is_a(commitment, "com:Commitment") or not deals_with(facts, commitment, subject):
            continue
        verdicts: list[Row] = []
        for assessment in facts.where("com:monitors", commitment):
            concerned = facts.of(assessment, "com:assessed")
            if concerned and not concerned & acting:
                continue
            words = [
                label.value
                for degree in facts.of(assessment, "com:completion")
                for label in facts.english(degree)
                if label
            ]
            for said in words or [f"score {score.value}" for score in facts.of(assessment, "com:score")]:
                verdicts += [(text(said), assessor) for assessor in facts.maybe(assessment, "com:assessor")]
        led = [words.value for words in facts.of(commitment, "com:bearerText")]
        names = {name for bearer in facts.of(commitment, "com:bearer") for name in facts.called(bearer)}  # type: ignore[arg-type]
        for status, _, document, paragraph in facts.told(commitment):
            for name, who, begin, verdict in product(
                facts.maybe(commitment, "skos:prefLabel"),
                led or [", ".join(sorted(names))],
                facts.maybe(commitment, "com:beginEarliest"),
                verdicts or [(Literal("UNKNOWN: not assessed"), None)],
            ):
                yield commitment, name, status, text(who), begin, *verdict, document, paragraph


@answers("follow-up-cases-in-report")
def cases(facts: Facts, agreement: Term, report: Term) -> Rows:
    targets = {agreement, *facts.of(agreement, "com:hasProvision")}
    for statement in facts.where("com:statedAt", report) | facts.where("com:statedIn", report):
        for case in facts.of(statement, "com:about") if facts.is_a(statement, "com:Statement") else ():
            if not facts.is_a(case, "com:FollowUpAction") or not facts.of(case, "com:respondsTo") & targets:
                continue
            partners = {words.value for words in facts.of(case, "com:partnerText")}
            for ally in facts.of(case, "com:partner"):
                partners |= facts.called(ally)  # type: ignore[arg-type]
            everywhere = [*facts.places(facts.of(case, "com:evidence"))]
            for status, _, document, paragraph in facts.told(case):
                if any(int(spot.value) < int(paragraph.value) for paper, spot in everywhere if paper == document):
                    continue
                for bearer in facts.of(case, "com:bearer"):
                    for row in product(
                        facts.longest(bearer, document),
                        facts.english(bearer),
                        facts.maybe(case, "com:summary"),
                        map(text, partners or [None]),
                        [status],
                        facts.of(statement, "com:summary"),
                    ):
                        yield bearer, *row, document, paragraph


# Events


@answers("attendees-of-event")
@answers("bodies-of-event")
@answers("organizers-of-event")
def actors(facts: Facts, event: Term, role: tuple[Term, ...]) -> Rows:
    for part in facts.where("com:inEvent", event):
        for function, actor in product(facts.of(part, "com:role") & set(role), facts.of(part, "com:participant")):
            for status, _, document, paragraph in facts.told(part):
                for name, label, parent in product(
                    facts.longest(actor, document), facts.english(actor), facts.english_of(actor, "org:unitOf")
                ):
                    yield function, actor, name, label, parent, status, document, paragraph


@answers("counts-at-event")
def counts(facts: Facts, event: Term) -> Rows:
    absent = {as_role("invitee"), as_role("addressee"), as_role("counterpart")}
    present = {
        actor
        for part in facts.where("com:inEvent", event)
        if facts.of(part, "com:role") - absent
        for actor in facts.of(part, "com:participant")
    }
    for count in facts.of(event, "com:attendanceCount", "com:traineeCount"):
        for (kind, least, most, words, enumeration), place in count_rows(facts, count):
            named = Literal(sum(kind in facts.classes(actor) for actor in present))
            if least and most:
                figure = least.value if least == most else f"{least.value} to {most.value}"
            elif least:
                figure = f"at least {least.value}, upper bound unknown"
            else:
                figure = f"at most {most.value}" if most else "number not stated"
            for region, status in product(facts.english_of(count, "com:region"), facts.maybe(event, "com:realization")):
                prefix = "" if status in REAL else f"{last_step(status) if status else 'no status is stated'}: "  # type: ignore[arg-type]
                answer = Literal(prefix + figure)
                yield kind, words, region, least, most, enumeration, named, status, answer, *place


@answers("edition-before-day")
def editions_before(facts: Facts, series: Term, day: Term) -> Rows:
    editions = facts.where("com:editionOf", series)

    def ends(edition: Term) -> list[str]:
        told = {
            moment.value
            for status, graph in facts.stated(edition, "com:realization")
            if status == OCCURRED
            for moment in facts.dating(edition, graph)
        }
        return sorted(told | {end.value for end in facts.of(edition, "com:endLatest")})

    def begins(edition: Term) -> list[str]:
        return [begin.value for begin in facts.of(edition, "com:beginEarliest")]

    def number(edition: Term) -> int | None:
        return next((int(ordinal.value) for ordinal in facts.of(edition, "com:ordinal")), None)

    def follows(later: Term, earlier: Term) -> bool:
        by_number = number(later) is not None and number(earlier) is not None and number(later) > number(earlier)  # type: ignore[operator]
        return by_number or any(begin > ends(earlier)[0] for begin in begins(later))

    past = [
        edition
        for edition in editions
        if facts.of(edition, "com:realization") & REAL and ends(edition) and ends(edition)[0] < day.value
    ]
    for edition in past:
        if any(follows(later, edition) for later in past if later != edition):
            continue
        between = [
            other
            for other in editions
            if other != edition
            and CANCELLED not in facts.of(other, "com:realization")
            and not any(begin >= day.value for begin in begins(other))
            and not (number(other) is not None and number(edition) is not None and number(other) < number(edition))  # type: ignore[operator]
            and not any(end < begin for end in ends(other) for begin in begins(edition))
        ]
        times: list[Row] = [
            (shown or Literal("not stated"), text(rule.value if rule else "stated"))
            for graph in {graph for _, graph in facts.stated(edition, "com:endLatest")}
            for shown, rule in product(
                [*facts.within(edition, graph, "com:edtfText")] or [None],
                [*facts.within(edition, graph, "com:inferenceRule")] or [None],
            )
        ] or [(Literal("not stated"), Literal(f"told as past on {ends(edition)[0]}"))]
        for label, ordinal, (shown, grounds), city, country, theme, status in product(
            facts.english(edition),
            facts.maybe(edition, "com:ordinal"),
            times,
            facts.english_of(edition, "com:city"),
            facts.english_of(edition, "com:territory"),
            facts.maybe(edition, "com:themeText"),
            facts.of(edition, "com:realization") & REAL,
        ):
            end = Literal(ends(edition)[0], datatype=term("xsd:date"))
            yield edition, label, ordinal, shown, end, grounds, Literal(len(between)), city, country, theme, status


@answers("dates-of-events")
def dates_of_events(facts: Facts, certainty: tuple[Term, ...]) -> Rows:
    limits = ("com:beginEarliest", "com:beginLatest", "com:endEarliest", "com:endLatest", "com:edtfText")
    dated = {event for key in limits for event, _ in facts.pairs(key) if term("com:Event") in facts.classes(event)}
    for event in dated:
        for graph in {graph for _, graph in facts.stated(event, *limits)}:
            shown, first, last, rule, proofs = (
                [*facts.within(event, graph, f"com:{key}")] or [None]
                for key in ("edtfText", "beginEarliest", "endLatest", "inferenceRule", "evidence")
            )
            spots: list[Row] = [*facts.places(proofs)] or [(None, None)]
            for label, status, date, earliest, latest, sure, ground, spot in product(
                facts.english(event),
                facts.maybe(event, "com:realization"),
                shown,
                first,
                last,
                facts.of(graph, "com:certainty") & set(certainty),
                rule,
                spots,
            ):
                yield event, label, status, date, earliest, latest, sure, ground, *spot


@answers("hosts-of-event")
def hosts(facts: Facts, event: Term) -> Rows:
    for part in facts.where("com:inEvent", event) & facts.where("com:role", as_role("host")):
        known = facts.of(part, "com:realization")
        for status, graph, document, paragraph in facts.told(part):
            for host, moment in product(facts.of(part, "com:participant"), [*facts.dating(part, graph)] or [None]):
                since = f" as of {moment.value}" if moment else ""
                if {OCCURRED, CANCELLED} <= known:
                    outcome = "UNKNOWN: the documents disagree"
                elif OCCURRED in known:
                    outcome = "yes"
                elif CANCELLED in known:
                    outcome = "no: cancelled"
                else:
                    said = {ONGOING: "under way", PLANNED: "UNKNOWN: only planned"}.get(status, "UNKNOWN: not said")  # type: ignore[call-overload]
                    outcome = said + since
                for label, name in product(facts.english(event), facts.english(host)):
                    yield event, label, host, name, status, moment, Literal(outcome), document, paragraph


@answers("place-of-event")
def places(facts: Facts, event: Term) -> Rows:
    limits = ("com:beginEarliest", "com:beginLatest", "com:endLatest")
    bounded = {graph for _, graph in facts.stated(event, *limits)}
    times: list[Row] = [
        (first, last, shown, text(rule.value if rule else "stated"))
        for graph in bounded or {graph for _, graph in facts.stated(event, "com:edtfText")}
        for first, last, shown, rule in product(
            *(
                [*facts.within(event, graph, key)] or [None]
                for key in ("com:beginEarliest", "com:endLatest", "com:edtfText", "com:inferenceRule")
            )
        )
    ] or [(None, None, None, None)]
    spots = [facts.english_of(event, key) for key in ("com:city", "com:territory", "com:region", "com:venue")]
    for label, status, time, *where in product(facts.english(event), facts.of(event, "com:realization"), times, *spots):
        yield event, label, status, *time, *where


@answers("speakers-of-event")
def speakers(facts: Facts, event: Term, role: tuple[Term, ...]) -> Rows:
    for part in facts.where("com:inEvent", event):
        for function, person in product(facts.of(part, "com:role") & set(role), facts.of(part, "com:participant")):
            for status, _, document, paragraph in facts.told(part):
                posts: list[Row] = [
                    (post, body, name)
                    for holding in facts.where("com:postHolder", person)
                    if document in facts.documents(holding)
                    for post, body in product(facts.of(holding, "com:post"), facts.maybe(holding, "org:organization"))
                    for name in (facts.longest(body, document) if body else [None])
                ] or [(None, None, None)]
                for name, post in product(facts.longest(person, document), posts):
                    yield function, person, name, *post, status, document, paragraph


@answers("states-at-event")
def states(facts: Facts, event: Term, role: tuple[Term, ...]) -> Rows:
    parts = [part for part in facts.where("com:inEvent", event) if facts.of(part, "com:role") & set(role)]
    named = [
        (part, state, through)
        for part in parts
        for state, through in (
            *((actor, None) for actor in facts.of(part, "com:participant")),
            *product(facts.of(part, "com:representing"), facts.of(part, "com:participant")),
        )
        if facts.is_a(state, "com:State")
    ]
    numbers = facts.of(event, "com:attendanceCount")
    totals = completeness(facts, len({state for _, state, _ in named}), numbers, "com:State")
    for part, state, through in named:
        for status, _, document, paragraph in facts.told(part):
            for name, label, level, total in product(
                facts.longest(state, document), facts.english(state), facts.maybe(part, "com:actorLevel"), totals
            ):
                yield state, name, label, through, level, status, total, document, paragraph
    for number in numbers if not named else ():
        for (kind, _, _, words, _), place in count_rows(facts, number):
            for status in facts.maybe(event, "com:realization") if kind == term("com:State") else ():
                answer = Literal(f"UNKNOWN: not named ({words.value})")  # type: ignore[union-attr]
                yield None, None, None, None, None, status, answer, *place


# Information


@answers("duplicates-in-two-registers")
def duplicates(facts: Facts, one: Term, other: Term) -> Rows:
    pairs: set[tuple[Term, Term, str]] = {(*pair, "accepted") for pair in facts.pairs("skos:exactMatch")}
    for match, given in facts.pairs("com:reviewStatus"):
        for left, right in product(facts.of(match, "com:candidateLeft"), facts.of(match, "com:candidateRight")):
            pairs |= {(left, right, given.value), (right, left, given.value)}
    for left, right, given in pairs:
        if not facts.classes(left) & {term("com:Agreement"), term("com:Event")}:
            continue
        if one not in facts.documents(left) or other not in facts.documents(right):
            continue
        refused = any(
            {left, right} <= facts.of(judgement, "com:candidateLeft", "com:candidateRight")
            for judgement in facts.where("com:verdict", concept("verdict", "rejected"))
        )
        judged = "accepted" if right in facts.of(left, "skos:exactMatch") else "rejected" if refused else given
        if judged == "rejected":
            continue
        who = [
            ", ".join(sorted(actor.value.removeprefix(ID) for actor in involved(facts, node))) for node in (left, right)
        ]
        keys = "com:concludedEarliest|com:beginEarliest", "com:concludedLatest|com:endLatest"
        times = [
            [
                text(shown.value if shown else bounds(node, facts, *keys) or "UNKNOWN: no date")
                for shown in facts.dates(node)
            ]
            for node in (left, right)
        ]
        (first, last), (begin, end) = (
            tuple(facts.maybe(node, *key.split("|"))[0] for key in keys) for node in (left, right)
        )
        apart = bool((first and end and first.value > end.value) or (begin and last and begin.value > last.value))
        differ = bool(who[0] and who[1] and who[0] != who[1])
        said = {(True, True): "date and parties", (True, False): "date", (False, True): "parties"}.get(
            (apart, differ), "none"
        )
        for ours, theirs, mine, yours in product(
            facts.maybe(left, "com:realization"), facts.maybe(right, "com:realization"), *times
        ):
            names = [text(each or "UNKNOWN: not named") for each in who]
            yield left, right, Literal(judged), ours, theirs, mine, yours, *names, Literal(said)


def involved(facts: Facts, node: Term) -> set[Term]:
    """Give the parties of an agreement, or the participants of an event."""
    return {party for _, party in parties(facts, node)} | {
        actor for part in facts.where("com:inEvent", node) for actor in facts.of(part, "com:participant")
    }


@answers("names-by-document")
def names_by_document(facts: Facts, actor: Term) -> Rows:
    namings = facts.of(actor, "com:hasName")
    for document in set().union(*(facts.documents(naming) for naming in namings)) if namings else ():
        here = [naming for naming in namings if document in facts.documents(naming)]
        brief = [naming for naming in here if SHORT in facts.of(naming, "com:nameStatus")]
        firsts: defaultdict[Row, list[int]] = defaultdict(list)
        full: list[Term | None] = [naming for naming in here if naming not in brief]
        for long, short in product(full or [None], brief or [None]):
            spots = [
                int(paragraph.value)
                for naming in (long, short)
                if naming
                for paper, paragraph in facts.places(facts.of(naming, "com:evidence"))
                if paper == document
            ]
            for name, shorter in product(
                *(facts.of(each, "com:nameText") if each else [None] for each in (long, short))
            ):
                firsts[name, shorter] += spots
        for (name, shorter), spots in firsts.items():
            for label in facts.english(document):
                yield document, label, name, shorter, Literal(min(spots))


@answers("sources-of-answer")
def sources(facts: Facts, node: Term) -> Rows:
    held: defaultdict[Any, int] = defaultdict(int)
    for quad in facts.about[node]:
        if quad.graph_name not in SECONDARY:
            held[quad.graph_name] += 1
    for graph, number in held.items():
        above = facts.of(graph, "prov:wasDerivedFrom")
        papers = [each for each in above if facts.is_a(each, "com:SourceDocument")] or [
            each
            for middle in above
            for each in facts.of(middle, "prov:wasDerivedFrom")
            if facts.is_a(each, "com:SourceDocument")
        ]
        kind = "inferred" if graph.value.endswith("/inferred") else "stated"
        kind = "candidate" if graph.value.startswith(GRAPH + "candidates") else kind
        for source in papers or [graph]:
            houses = [
                label.value if label else house.value
                for house in facts.of(source, "dct:publisher")
                for label in facts.english(house)
            ]
            terms = [
                next((value.value for value in choice if value), "UNKNOWN: no licence is recorded")
                for choice in product(
                    facts.maybe(source, "dct:license"),
                    facts.maybe(source, "dct:rights"),
                    facts.maybe(graph, "dct:license"),
                )
            ]
            cites = [cite.value for cite in facts.of(source, "dct:bibliographicCitation")]
            labels = [label for label in facts.english(source) if label] or facts.maybe(graph, "dct:title")
            for label, house, licence, cite in product(
                labels,
                houses or ["UNKNOWN: no publisher is recorded"],
                terms,
                cites or ["UNKNOWN: no citation is recorded"],
            ):
                yield source, label, text(house), text(licence), text(cite), text(kind), Literal(number)


def observations(facts: Facts, state: Term, indicator: Term, year: Term) -> set[NamedNode]:
    """Give what is observed of a state by an indicator in a year."""
    found = facts.where("com:observedState", state) & facts.where("com:indicator", indicator)
    return found & facts.where("com:refYear", year)


def figures(facts: Facts, observation: Term, key: str) -> Iterator[tuple[Term, NamedNode, Term, Term]]:
    """Give each figure of an observation with the graph, document and paragraph that state it."""
    for value, graph in facts.stated(observation, key):
        for document, paragraph in facts.places(facts.within(observation, graph, "com:evidence")):
            yield value, graph, document, paragraph


@answers("sources-of-rank")
def sources_of_rank(facts: Facts, state: Term, indicator: Term, year: Term) -> Rows:
    rows = [
        (document, paragraph, rank, scope)
        for observation in observations(facts, state, indicator, year)
        for rank, graph, document, paragraph in figures(facts, observation, "com:rank")
        for scope in [*facts.within(observation, graph, "com:scope")] or [None]
    ]
    for row in rows:
        same = [other for other in rows if other[3] == row[3]]
        papers, ranks = len({other[0] for other in same}), len({other[2] for other in same})
        answer = "the documents agree" if papers > 1 else "no second document states it"
        yield *row, Literal(papers), Literal(ranks), Literal("the documents disagree" if ranks > 1 else answer)


@answers("statements-of-person")
def statements(facts: Facts, speaker: Term, topic: Term) -> Rows:
    for statement in facts.where("com:speaker", speaker):
        if not facts.is_a(statement, "com:Statement") or not deals_with(facts, statement, topic):
            continue
        occasions = facts.maybe(statement, "com:statedAt", "com:statedIn")
        for document, paragraph in facts.places(facts.of(statement, "com:evidence")):
            for summary, modality, name, occasion in product(
                facts.of(statement, "com:summary"),
                facts.maybe(statement, "com:modality"),
                facts.longest(speaker, document),
                occasions,
            ):
                for label in facts.english(occasion) if occasion else [None]:
                    yield summary, modality, speaker, name, occasion, label, document, paragraph


# Measures


@answers("indicator-beside-cooperation")
def indicator_beside(facts: Facts, state: Term, indicator: Term) -> Rows:
    acting = facts.acting(state)
    agreements: defaultdict[str, set[Term]] = defaultdict(set)
    trainings: defaultdict[str, set[Term]] = defaultdict(set)
    for standing in set().union(*(facts.where("com:party", body) for body in acting)):
        for agreement in facts.of(standing, "com:ofAgreement"):
            moment = "concluded" if facts.of(agreement, "com:concludedEarliest") else "signed"
            if facts.of(agreement, "com:realization") & REAL:
                note_year(facts, agreements, agreement, f"com:{moment}Earliest", f"com:{moment}Latest")
    for part in set().union(*(facts.where("com:participant", body) for body in acting)):
        taught = facts.of(part, "com:role") & {as_role("trainee"), as_role("training-provider")}
        if taught and facts.of(part, "com:realization") & REAL:
            for event in facts.of(part, "com:inEvent"):
                note_year(facts, trainings, event, "com:beginEarliest", "com:beginLatest")
    observed = facts.where("com:observedState", state) & facts.where("com:indicator", indicator)
    given: defaultdict[str, dict[str, list[tuple[Term, Any, Term]]]] = defaultdict(lambda: {"value": [], "rank": []})
    for observation, key in product(observed, ("value", "rank")):
        for year in facts.of(observation, "com:refYear"):
            for value, graph in facts.stated(observation, f"com:{key}"):
                proofs = facts.within(observation, graph, "com:evidence")
                given[year.value][key] += [(value, graph, proof) for proof in proofs]
    for year in {*agreements, *trainings, *given}:
        spots = {(graph, proof) for found in given[year].values() for _, graph, proof in found}
        rows: list[Row] = []
        for graph, proof in spots:
            scores, ranks = (
                [value for value, place, ground in given[year][key] if (place, ground) == (graph, proof)] or [None]
                for key in ("value", "rank")
            )
            rows += [(score, rank, *place) for score, rank, place in product(scores, ranks, facts.places([proof]))]
        for score, rank, document, paragraph in rows or [(None, None, None, None)]:
            yield (
                Literal(year, datatype=term("xsd:gYear")),
                text(score.value if score else None if given[year]["value"] else "UNKNOWN: no score is recorded"),
                text(rank.value if rank else None if given[year]["rank"] else "UNKNOWN: no rank is recorded"),
                text(str(len(agreements[year]) or "UNKNOWN: no agreement is recorded for the year")),
                text(str(len(trainings[year]) or "UNKNOWN: no training is recorded for the year")),
                document,
                paragraph,
            )


def note_year(facts: Facts, years: dict[str, set[Term]], node: Term, first: str, last: str) -> None:
    """Note a node in the year in which it surely was."""
    for begin, end in product(facts.of(node, first), facts.of(node, last)):
        if begin.value[:4] == end.value[:4]:
            years[begin.value[:4]].add(node)


@answers("rank-of-state-in-year")
def rank_in_year(facts: Facts, state: Term, indicator: Term, year: Term) -> Rows:
    for observation in observations(facts, state, indicator, year):
        yield from ((row[0], row[1], row[2], *row[3]) for row in ranked(facts, observation))


@answers("ranks-of-state")
def ranks(facts: Facts, state: Term, publisher: Term) -> Rows:
    for observation in facts.where("com:observedState", state):
        for indicator, year in product(facts.of(observation, "com:indicator"), facts.of(observation, "com:refYear")):
            if publisher in facts.of(indicator, "com:measuredBy"):
                for rank, index, scope, place in ranked(facts, observation):
                    yield year, index, rank, scope, indicator, *place


def ranked(facts: Facts, observation: Term) -> Iterator[tuple[Term, Term | None, Term | None, Row]]:
    """Give each rank with the name of the index and the scope by the same graph, and where it stands."""
    for rank, graph, document, paragraph in figures(facts, observation, "com:rank"):
        names = [*facts.within(observation, graph, "com:indicatorText")] or [None]
        for index, scope in product(names, [*facts.within(observation, graph, "com:scope")] or [None]):
            yield rank, index, scope, (document, paragraph)


# Networks and programmes


@answers("co-members-of-organization")
def co_members(facts: Facts, organization: Term) -> Rows:
    seats = [
        (seat, member)
        for seat, member in memberships(facts, organization)
        if facts.is_a(member, "com:State")
        and concept("membership-status", "observer") not in facts.of(seat, "com:membershipStatus")
    ]

    def over_before(one: Term, other: Term) -> bool:
        ends, begins = facts.of(one, "com:endLatest"), facts.of(other, "com:beginEarliest")
        return any(end.value < begin.value for end, begin in product(ends, begins))

    for (first, one), (second, other) in product(seats, seats):
        if one.value >= other.value or over_before(first, second) or over_before(second, first):
            continue
        for ours, theirs in product(facts.told(first), [*facts.told(second)]):
            for label, another in product(facts.english(one), facts.english(other)):
                yield one, label, ours[0], other, another, theirs[0], *ours[2:], *theirs[2:]


@answers("ties-of-training")
def training_ties(facts: Facts, event: Term) -> Rows:
    parts = facts.where("com:inEvent", event)
    teaching = [
        part
        for part in parts & facts.where("com:role", as_role("training-provider"))
        if facts.of(part, "com:realization") & REAL
    ]
    providers = {
        provider
        for part in teaching
        for body in facts.of(part, "com:participant")
        for provider in facts.of(body, "com:actsFor") or {body}
    }
    learning = [
        (part, state)
        for part in parts & facts.where("com:role", as_role("trainee"))
        for state in facts.of(part, "com:participant")
        if facts.is_a(state, "com:State")
    ]
    years: dict[str, set[Term]] = defaultdict(set)
    note_year(facts, years, event, "com:beginEarliest", "com:beginLatest")
    counted = facts.of(event, "com:attendanceCount")
    totals = completeness(facts, len({state for _, state in learning}), counted, "com:State")
    for provider, (part, state) in product(providers, learning):
        for status, _, document, paragraph in facts.told(part):
            for label, level, total in product(facts.english(state), facts.maybe(part, "com:actorLevel"), totals):
                if status in REAL:
                    year = Literal(int(next(iter(years)))) if years else None
                    yield provider, state, label, year, level, status, total, document, paragraph


@answers("officials-trained-by-state")
def officials(facts: Facts, state: Term) -> Rows:
    acting = facts.acting(state)
    programmes = {programme for body in acting for programme in facts.where("com:providedBy", body)}
    for part in facts.where("com:role", as_role("training-provider")):
        if facts.of(part, "com:participant") & acting:
            programmes |= facts.of(part, "com:inEvent")  # type: ignore[arg-type]
    for programme in programmes:
        reached = facts.of(programme, "com:recipient") | {
            actor
            for part in facts.where("com:inEvent", programme) & facts.where("com:role", as_role("trainee"))
            for actor in facts.of(part, "com:participant")
        }
        recipients = f"{len(reached)} named" if reached else "UNKNOWN: countries not named"
        times: list[Row] = [
            (shown, text(rule.value if rule else "stated"))
            for shown, graph in facts.stated(programme, "com:edtfText")
            if shown in facts.dates(programme)
            for rule in [*facts.within(programme, graph, "com:inferenceRule")] or [None]
        ] or [(None, None)]
        for count in facts.of(programme, "com:traineeCount"):
            for label, least, most, words, period, time, status in product(
                facts.english(programme),
                facts.maybe(count, "com:countMin"),
                facts.maybe(count, "com:countMax"),
                facts.of(count, "com:countText"),
                facts.maybe(count, "com:periodText"),
                times,
                facts.maybe(programme, "com:realization"),
            ):
                for place in facts.places(facts.of(count, "com:evidence")):
                    yield programme, label, least, most, words, period, *time, text(recipients), status, *place


@answers("pledges-of-state")
def pledges(facts: Facts, state: Term) -> Rows:
    for pledge in {pledge for body in facts.acting(state) for pledge in facts.where("com:bearer", body)}:
        if not facts.is_a(pledge, "com:FinancialPledge"):
            continue
        for status, _, document, paragraph in facts.told(pledge):
            keys = "amount", "currency", "approximate", "amountText", "beginEarliest", "endLatest"
            for row in product(
                facts.english_of(pledge, "com:underPlan"),
                *(facts.maybe(pledge, f"com:{key}") for key in keys),
                [status],
                facts.maybe(pledge, "com:modality"),
            ):
                yield pledge, *row, document, paragraph


@answers("services-of-state")
def services(facts: Facts, state: Term) -> Rows:
    for service in {service for body in facts.acting(state) for service in facts.where("com:providedBy", body)}:
        if not facts.is_a(service, "com:DigitalService"):
            continue
        written: list[tuple[Term | None, Term]] = [
            (name, proof)
            for naming in facts.of(service, "com:hasName")
            for name, proof in product(facts.of(naming, "com:nameText"), facts.of(naming, "com:evidence"))
        ]
        for name, proof in written or [(None, proof) for proof in facts.of(service, "com:evidence")]:
            for label, status in product(facts.english(service), facts.maybe(service, "com:realization")):
                for place in facts.places([proof]):
                    yield service, name, label, status, *place
