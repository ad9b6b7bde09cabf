"""The alignment table: complete rows, own terms, and no quarrel with the modules."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from communique.graph.errors import SourceError
from communique.graph.terms import alignments, vocabulary
from communique.graph.terms.namespaces import COM, OWL, RDFS, SKOS, term

ROWS = alignments.alignments()
FORMAL = {RDFS + "subClassOf", RDFS + "subPropertyOf"}
SKOS_MATCHES = {SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")}
REQUIRED = (
    "subject_id predicate_id object_id mapping_justification author_label object_source mapping_date confidence comment"
)


def read_table(root: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read the header lines and the rows of the table."""
    lines = (root / "ontology" / "alignments" / alignments.TABLE).read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    return header, list(csv.DictReader(lines[len(header) :], delimiter="\t"))


def test_every_row_says_what_sssom_asks_for(root: Path) -> None:
    _, rows = read_table(root)
    assert len(rows) == len(ROWS) > 50
    for row in rows:
        assert all(row[column] for column in REQUIRED.split()), row
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["subject_label"] == vocabulary.terms()[row["subject_id"].removeprefix("com:")].label


def test_every_prefix_is_declared_once_and_used_alike(root: Path) -> None:
    header, rows = read_table(root)
    declared = dict(line.removeprefix("#").strip().split(": ", 1) for line in header if line.startswith("#  "))
    used = {row[column].partition(":")[0] for row in rows for column in [*REQUIRED.split()[:4], "object_source"]}
    assert used <= set(declared)
    for prefix, iri in declared.items():
        assert alignments._expand(f"{prefix}:") == NamedNode(iri.strip('"'))


def test_subjects_are_own_terms_and_objects_are_not() -> None:
    own = {found.iri for found in vocabulary.terms().values() if found.module != "reused"}
    assert {row.subject for row in ROWS} <= own
    assert not [row for row in ROWS if row.object.value.startswith(COM)]


def test_no_pair_is_aligned_twice() -> None:
    assert len({(row.subject, row.object) for row in ROWS}) == len(ROWS)


def test_identity_is_never_claimed_by_owl() -> None:
    assert {row.predicate.value for row in ROWS} <= FORMAL | SKOS_MATCHES
    assert not [row for row in ROWS if row.predicate.value.startswith(OWL)]


def test_formal_alignments_join_terms_of_one_kind() -> None:
    kinds = {found.iri: found.kind for found in vocabulary.terms().values()}
    for row in ROWS:
        if row.predicate.value in FORMAL:
            assert (kinds[row.subject] == "class") == (row.predicate.value == RDFS + "subClassOf"), row


def test_every_reason_is_a_sentence_and_every_confidence_a_share() -> None:
    for row in ROWS:
        assert row.reason.endswith(".") and len(row.reason.split()) >= 4
        assert 0 < row.confidence <= 1


def test_foreign_superclasses_in_the_modules_are_rows_of_the_table() -> None:
    rows = {(row.subject, row.object) for row in ROWS if row.predicate.value == RDFS + "subClassOf"}
    for found in vocabulary.classes().values():
        for parent in found.parents:
            if not parent.value.startswith((COM, OWL)):
                assert (found.iri, parent) in rows


def test_an_unreadable_row_is_named_by_its_line() -> None:
    with pytest.raises(SourceError, match="17"):
        alignments._read({"subject_id": "nowhere:Event"}, 17)


def test_the_turtle_of_a_vocabulary_holds_its_rows_only() -> None:
    assert alignments.vocabularies()[0] == "org"
    text = alignments.turtle("qb")
    assert "com:Observation rdfs:subClassOf qb:Observation ." in text
    assert "org:" not in text and "cpsv:" not in text


def test_event_is_not_made_an_activity_of_data() -> None:
    activity = term("prov:Activity")
    assert [row.predicate for row in ROWS if row.object == activity] == [term("skos:closeMatch")]
