"""Events of ICEWS: numbers become names and days, a visit told from either side is one, what is domestic is no tie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from communique.graph.mapping.adapters import icews
from communique.graph.sources.rows import TableRow
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation.derivation import derive

Load = Callable[..., Any]
Judge = Callable[[Any], Counter[tuple[str, str]]]
Invent = Callable[..., Any]

FOLDER = "data/icews14_events"
ACTORS = (
    *("Greece", "Romania", "Police (Greece)", "Citizen (Greece)", "Ada Lovelace"),
    *("Carrier (Greece)", "Sailor (Atlantis)", "Islamic (Romania)"),
)
RELATIONS = ("Make a visit", "Host a visit", "Sign formal agreement", "Threaten", "Make statement", "Consult")
VOCAB = "https://w3id.org/communique/vocab/"


@pytest.fixture
def invent(load: Load, tmp_path: Path) -> Invent:
    """Give a function that loads invented events: numbers of first actor, relation, second actor and day."""

    def make(*events: tuple[object, object, object, object]) -> Any:
        for name, words in (("entity2id.txt", ACTORS), ("rel2id.txt", RELATIONS)):
            lines = (f"{word}\t{number}\n" for number, word in enumerate(words))
            (tmp_path / name).write_text("".join(lines), encoding="utf-8")
        (tmp_path / "train.txt").write_text("".join("\t".join(map(str, event)) + "\n" for event in events))
        return load("icews", tmp_path)

    return make


@pytest.fixture(scope="module")
def real(load: Load, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Load the first actors, and of the first events those between them."""
    folder = tmp_path_factory.mktemp("icews")
    (folder / "rel2id.txt").write_bytes((shared / FOLDER / "rel2id.txt").read_bytes())
    with (shared / FOLDER / "entity2id.txt").open(encoding="utf-8") as file:
        (folder / "entity2id.txt").write_text("".join(islice(file, 300)), encoding="utf-8")
    with (shared / FOLDER / "train.txt").open(encoding="utf-8") as file:
        events = (line.split() for line in islice(file, 4000))
        kept = ["\t".join(event) + "\n" for event in events if int(event[0]) < 300 > int(event[2])]
    (folder / "train.txt").write_text("".join(kept), encoding="utf-8")
    return load("icews", folder)


def rows(path: Path, *names: str) -> Iterator[TableRow]:
    """Read the rows of a file of tabs."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            cells = line.rstrip("\n").split("\t")
            yield TableRow(path.name, number, dict(zip(names, cells, strict=True)), tuple(cells))


@pytest.fixture(scope="module")
def all_events(shared: Path) -> list[TableRow]:
    """Explain and merge every event of the real files, without mapping them."""
    folder = shared / FOLDER
    actors, relations = (list(rows(folder / name, "name", "number")) for name in ("entity2id.txt", "rel2id.txt"))
    return [
        row
        for name in ("train.txt", "valid.txt")
        for row in icews.rows_events(rows(folder / name, "first", "relation", "second", "day"), actors, relations)
        if isinstance(row, TableRow)
    ]


def shortcuts(loaded: Any, where: str) -> list[tuple[str, ...]]:
    """Ask what was loaded, with the shortcuts that follow from it."""
    store = Store()
    store.extend([*loaded.store, *ontology_quads()])
    derive(store)
    return list(replace(loaded, store=store).ask(where))


def test_those_who_confer_took_part_together(invent: Invent) -> None:
    loaded = invent((0, 5, 1, 1), (1, 5, 0, 1))
    assert shortcuts(loaded, "?one com:coParticipatedWith ?other") == [
        ("state/GRC", "state/ROU"),
        ("state/ROU", "state/GRC"),
    ]


def test_a_visit_is_a_tie_from_the_visitor_to_the_visited(invent: Invent) -> None:
    loaded = invent((1, 1, 0, 3))
    assert shortcuts(loaded, "?guest com:visited ?host") == [("state/GRC", "state/ROU")]


def test_a_visit_that_is_made_and_hosted_is_one(invent: Invent) -> None:
    loaded = invent((0, 0, 1, 3), (1, 1, 0, 3))
    parts = loaded.ask("?v a com:DelegationVisit . ?p com:inEvent ?v ; com:participant ?who ; com:role ?as")
    assert {row[1:] for row in parts} == {
        ("participation/icews14-3-visit-0-1/ROU/visited", "event/icews14-3-visit-0-1", "state/ROU"),
        ("participation/icews14-3-visit-0-1/GRC/visitor", "event/icews14-3-visit-0-1", "state/GRC"),
    }
    assert [row[0] for row in loaded.ask("?v a com:DelegationVisit ; com:evidence/com:locator ?row")] == ["1", "2"]


def test_the_order_of_the_two_sides_changes_nothing(load: Load, tmp_path: Path) -> None:
    found = []
    for name, events in (("a", ((0, 0, 1, 3), (1, 1, 0, 3))), ("b", ((1, 1, 0, 3), (0, 0, 1, 3)))):
        folder = tmp_path / name
        folder.mkdir()
        for file, words in (("entity2id.txt", ACTORS), ("rel2id.txt", RELATIONS)):
            (folder / file).write_text("".join(f"{word}\t{number}\n" for number, word in enumerate(words)))
        (folder / "train.txt").write_text("".join("\t".join(map(str, event)) + "\n" for event in events))
        found.append(load("icews", folder).ask("?v a com:DelegationVisit ; skos:prefLabel ?a ; com:themeText ?b"))
    assert found[0] == found[1]


def test_day_1_is_new_year(invent: Invent) -> None:
    loaded = invent((0, 3, 1, 1), (0, 3, 1, 334))
    assert sorted(row[0] for row in loaded.ask("?e a com:Event ; com:edtfText ?day")) == ["2014-01-01", "2014-11-30"]


def test_who_is_threatened_took_no_part(invent: Invent) -> None:
    loaded = invent((0, 3, 1, 1))
    assert {row[0].rpartition("/")[2] for row in loaded.ask("?part com:role ?as")} == {"initiator", "counterpart"}
    assert [row[1] for row in loaded.ask("?e com:themeText ?text")] == ["Threaten"]
    assert not shortcuts(loaded, "?who com:tookPartIn ?e . FILTER(?who = <state/ROU>)")
    assert not shortcuts(loaded, "?one com:coParticipatedWith ?other")
    assert not loaded.ask("?e com:interaction ?kind")


def test_an_agreement_within_a_state_is_no_tie_between_states(invent: Invent) -> None:
    loaded = invent((2, 2, 3, 9), (0, 2, 1, 9))
    assert loaded.ask("?e com:withinState ?state") == [("event/icews14-9-2-2-3", "state/GRC")]
    assert not loaded.ask("?node a ?class FILTER(?class IN (com:Agreement, com:Treaty, com:BilateralAgreement))")


def test_actors_are_states_bodies_people_or_of_no_class(invent: Invent) -> None:
    loaded = invent((0, 3, 1, 1))
    named = "?who a ?class ; skos:prefLabel ?name FILTER(!CONTAINS(?name, ':') && CONTAINS(STR(?who), 'icews14'))"
    assert loaded.ask(named) == [
        ("https://w3id.org/communique/ns#Actor", "Ada Lovelace", "actor/icews14-4"),
        ("https://w3id.org/communique/ns#Actor", "Carrier (Greece)", "actor/icews14-5"),
        ("https://w3id.org/communique/ns#Actor", "Islamic (Romania)", "actor/icews14-7"),
        ("https://w3id.org/communique/ns#Actor", "Sailor (Atlantis)", "actor/icews14-6"),
        ("https://w3id.org/communique/ns#Collective", "Citizen (Greece)", "collective/icews14-3"),
        ("https://w3id.org/communique/ns#PublicBody", "Police (Greece)", "org/icews14-2"),
    ]
    assert loaded.ask("?who com:actsFor ?state") == [("state/GRC", "org/icews14-2")]
    assert loaded.ask("?who com:ofState ?state") == [
        ("state/GRC", "actor/icews14-5"),
        ("state/GRC", "collective/icews14-3"),
        ("state/ROU", "actor/icews14-7"),
    ]


@pytest.mark.parametrize(
    ("event", "column"), [((99, 3, 1, 1), "first"), ((0, 99, 1, 1), "relation"), ((0, 3, 1, "x"), "day")]
)
def test_a_number_that_means_nothing_is_rejected(invent: Invent, event: Any, column: str) -> None:
    loaded = invent((0, 3, 1, 1), event)
    assert [(row["row"], row["column"]) for row in loaded.rejected] == [("2", column)]


def test_a_repeated_event_is_rejected(invent: Invent) -> None:
    loaded = invent((0, 3, 1, 1), (0, 3, 1, 1))
    assert [row["reason"] for row in loaded.rejected] == ["repeats row 1"]


def test_the_tables_name_each_relation_and_word_once() -> None:
    for name, key in (("icews_relations.tsv", "relation"), ("icews_actors.tsv", "head")):
        words = [row[key] for row in icews._read(name)]
        assert len(words) == len(set(words)) > 90


def test_every_visit_but_two_is_told_twice(all_events: list[TableRow]) -> None:
    visits = [row for row in all_events if row.cells["interaction"] == "visit"]
    assert len(visits) == 3964
    assert Counter(len(row.also) for row in visits) == {1: 3962, 0: 2}


def test_no_event_is_lost_or_told_twice(all_events: list[TableRow]) -> None:
    assert sum(1 + len(row.also) for row in all_events) == 83_359
    assert len({row.cells["event"] for row in all_events}) == len(all_events)


def test_days_are_those_of_2014(all_events: list[TableRow]) -> None:
    days = {row.cells["date"] for row in all_events}
    assert (min(days), max(days), len(days)) == ("2014-01-01", "2014-11-30", 334)


def test_some_formal_agreements_are_domestic(all_events: list[TableRow]) -> None:
    signed = [row for row in all_events if row.cells["kind"] == "SigningEvent"]
    inside = [row for row in signed if row.cells["within"]]
    assert 20 < len(inside) < len(signed) / 5
    assert not any({row.cells["first_role"], row.cells["second_role"]} - {"signatory"} for row in signed)


def test_actors_with_a_country_are_known_by_it(shared: Path) -> None:
    names = rows(shared / FOLDER / "entity2id.txt", "name", "number")
    actors = [icews.read_actor(row.cells["name"], row.cells["number"]) for row in names]
    bracketed = [actor for actor in actors if actor.name.endswith(")")]
    assert (len(actors), len(bracketed)) == (7128, 4220)
    assert sum(actor.state is not None for actor in bracketed) > 0.9 * len(bracketed)
    assert not [actor.name for actor in bracketed if actor.column == "state"]
    assert {actor.name for actor in actors if actor.column == "state"} > {"China", "Iran", "Niger", "South Sudan"}


@pytest.mark.slow
def test_the_real_events_pass_the_gate(real: Any, judge: Judge) -> None:
    (account,) = real.accounts.values()
    assert account.read > 300 + 1000 and account.rejected == 0
    assert judge(real) == Counter()
