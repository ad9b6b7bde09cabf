"""Generate a cooperation graph of any size in the project's own terms: same seed, same bytes.

Each document is one named graph of some 130 quads: an event with participants and counts, a memorandum, ranks, names,
a statement, all resting on evidence. A share of the documents (``errors``) breaks a rule of the gate.

    python -m bench.generate 1000000 out.nq --seed 7 --errors 0.002
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.mapping.background import described
from communique.graph.mapping.territory import territories
from communique.graph.sources import background, read_yaml
from communique.graph.terms.identifiers import child, document, entity, stated
from communique.graph.terms.namespaces import XSD, concept, term

_EVENTS = ("Forum", "Meeting", "Workshop", "TrainingEvent")
_REALIZATIONS = ("occurred", "occurred", "occurred", "planned", "unknown")
_FIRST = date(2000, 1, 1)
_BODIES_PER_STATE = 5


@dataclass
class Document:
    """One document under construction; ``quads`` grows as parts are added."""

    number: str
    rng: random.Random
    quads: list[Quad] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.graph = stated(self.number)
        self.day = _FIRST + timedelta(days=self.rng.randrange(9000))
        self.node = document(self.number)
        self.evidence = [self._point(locator) for locator in range(1, 5)]

    def say(self, subject: NamedNode, **properties: object) -> NamedNode:
        """State properties of a node: keys are local names of the ontology, values terms, texts, dates or numbers."""
        for name, value in properties.items():
            for each in value if isinstance(value, list) else [value]:
                self.quads.append(
                    Quad(subject, _PROPERTIES.get(name) or term(f"com:{name}"), _literal(each), self.graph)
                )
        return subject

    def describe(self, subject: NamedNode, kind: str, **properties: object) -> NamedNode:
        """State the class of a node, its properties and the paragraph it rests on."""
        return self.say(subject, type=term(f"com:{kind}"), evidence=self.rng.choice(self.evidence), **properties)

    def happen(self, subject: NamedNode, kind: str, realization: str, **properties: object) -> NamedNode:
        """Describe a node that has a realization as of the document's date."""
        status = concept("realization", realization)
        return self.describe(subject, kind, realization=status, asOf=self.day, **properties)

    def _point(self, locator: int) -> NamedNode:
        """Make the evidence node of one paragraph."""
        node = entity(f"evidence/{self.number}/{locator}")
        digest = hashlib.sha256(node.value.encode()).hexdigest()
        return self.say(node, type=term("com:Evidence"), inDocument=self.node, locator=locator, passageDigest=digest)


def generate(size: int, *, seed: int = 7, errors: float = 0.002, first: int = 1) -> Iterator[Quad]:
    """Yield whole documents until at least ``size`` quads are out; ``errors`` is the share of broken documents.

    ``first`` is the number of the first document; graphs whose numbers do not meet can stand beside each other.
    """
    rng = random.Random(seed)
    not_states = described(read_yaml(background()))
    states = sorted(name for name in territories(not_states) if name.startswith("state/"))
    written = 0
    for number in count(first):
        made = _document(Document(f"b{number:07d}", rng), [entity(state) for state in states], errors)
        yield from made.quads
        written += len(made.quads)
        if written >= size:
            return


def _document(made: Document, states: list[NamedNode], errors: float) -> Document:
    """Fill one document."""
    digest = hashlib.sha256(made.number.encode()).hexdigest()
    made.say(made.node, type=term("com:SourceDocument"), fileDigest=digest, label=f"Document {made.number}")
    made.say(made.node, documentDateEarliest=made.day, documentDateLatest=made.day, evidence=made.evidence[0])
    members = made.rng.sample(states, made.rng.randint(3, 9))
    event = _event(made, members)
    _memorandum(made, members[:2])
    _ranks(made, members[:2])
    _body(made, members[0])
    made.describe(
        entity(f"statement/{made.number}/1/1"),
        "Statement",
        speakerText="the document",
        statedAt=event,
        summary=f"Cooperation is praised in document {made.number}.",
    )
    if made.rng.random() < errors:
        made.rng.choice(_BREAKS)(made, event)
    return made


def _event(made: Document, members: list[NamedNode]) -> NamedNode:
    """Describe an event before the document's date, its participants and how many there were."""
    event, realization = entity(f"event/{made.number}"), made.rng.choice(_REALIZATIONS)
    later = realization != "occurred"
    begin = made.day + timedelta(days=30 if later else -made.rng.randint(1, 30))
    kind = made.rng.choice(_EVENTS)
    made.happen(event, kind, realization, label=f"Event of document {made.number}", edtfText=begin.isoformat())
    made.say(event, beginEarliest=begin, beginLatest=begin, endEarliest=begin, endLatest=begin)
    made.say(event, topic=concept("theme", "e-government"), attendanceCount=_count(made, event, len(members)))
    role = "trainee" if kind == "TrainingEvent" else "participant"
    for member in members:
        node = child("participation", event, member, role)
        made.happen(node, "Participation", realization, participant=member, inEvent=event, role=concept("role", role))
    return event


def _count(made: Document, event: NamedNode, named: int) -> NamedNode:
    """Count the states at an event; in every other document some of them are not named."""
    total = named + made.rng.choice((0, 5))
    naming = concept("enumeration", "all-named" if total == named else "partly-named")
    node, text = child("count", event, "states"), f"{total} countries"
    figures = {"countOf": term("com:State"), "countMin": total, "countMax": total}
    return made.describe(node, "CountStatement", enumeration=naming, countText=text, **figures)


def _memorandum(made: Document, pair: list[NamedNode]) -> None:
    """Describe a memorandum of two states."""
    agreement = entity(f"agreement/{made.number}")
    label = f"Memorandum of document {made.number}"
    made.happen(agreement, "MemorandumOfUnderstanding", "occurred", label=label)
    made.say(agreement, type=term("com:BilateralAgreement"), concludedEarliest=made.day, concludedLatest=made.day)
    for party in pair:
        node = child("party", agreement, party)
        stage = concept("stage", "signed")
        made.happen(node, "AgreementParty", "occurred", party=party, ofAgreement=agreement, stage=stage)


def _ranks(made: Document, pair: list[NamedNode]) -> None:
    """Describe a rank of two states in a year, by an indicator of this document's own."""
    indicator = entity(f"indicator/{made.number}")
    made.describe(indicator, "Indicator", label=f"Index of document {made.number}")
    for rank, state in enumerate(pair, start=1):
        node = entity(f"rank/{made.number}/{made.day.year}/{state.value[-3:]}")
        year = Literal(str(made.day.year), datatype=NamedNode(XSD + "gYear"))
        made.describe(node, "RankObservation", indicator=indicator, observedState=state, refYear=year, rank=rank)
        made.say(node, indicatorText=f"Index {made.number}")


def _body(made: Document, state: NamedNode) -> None:
    """Name a body that acts for a state; documents share a few bodies of each state."""
    key = f"{state.value[-3:].lower()}-body-{made.rng.randrange(_BODIES_PER_STATE)}"
    body, naming = entity(f"org/{key}"), child("name", key, made.number)
    made.describe(body, "PublicBody", label=key, actsFor=state, hasName=naming)
    status = concept("name-status", "as-written")
    made.describe(naming, "Name", nameText=key, nameStatus=status, attestedOn=made.day)


def _forget_status(made: Document, event: NamedNode) -> None:
    """Leave out the realization of the event (R01)."""
    made.quads[:] = [quad for quad in made.quads if (quad.subject, quad.predicate) != (event, term("com:realization"))]


def _forget_evidence(made: Document, event: NamedNode) -> None:
    """Leave out the evidence of the event (R02)."""
    made.quads[:] = [quad for quad in made.quads if (quad.subject, quad.predicate) != (event, term("com:evidence"))]


def _add_role(made: Document, event: NamedNode) -> None:
    """Give one participation a second role (R04)."""
    node = next(quad.subject for quad in made.quads if quad.object == term("com:Participation"))
    assert isinstance(node, NamedNode)
    made.say(node, role=concept("role", "witness"))


def _invert_dates(made: Document, event: NamedNode) -> None:
    """Let the event end before it begins (R09)."""
    made.say(event, endLatest=_FIRST - timedelta(days=400))


_BREAKS: tuple[Callable[[Document, NamedNode], None], ...] = (
    _forget_status,
    _forget_evidence,
    _add_role,
    _invert_dates,
)
_PROPERTIES = {"type": term("rdf:type"), "label": term("skos:prefLabel")}


def _literal(value: object) -> NamedNode | Literal:
    """Write a value as a term; texts are English except digests, which are plain."""
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, date):
        return Literal(value.isoformat(), datatype=NamedNode(XSD + "date"))
    if isinstance(value, int):
        return Literal(value)
    text = str(value)
    is_plain = len(text) == 64 or text[:4].isdigit()
    return Literal(text) if is_plain else Literal(text, language="en")


def main() -> None:
    """Write a generated graph as N-Quads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", type=int, help="quads, at least")
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--errors", type=float, default=0.002)
    chosen = parser.parse_args()
    with chosen.output.open("w", encoding="utf-8") as stream:
        for quad in generate(chosen.size, seed=chosen.seed, errors=chosen.errors):
            stream.write(f"{quad} .\n")


if __name__ == "__main__":
    main()
