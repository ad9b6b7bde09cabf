"""Reviewed matches with entries elsewhere: complete rows, right identifiers, one entry for one node."""

from __future__ import annotations

import csv
import json
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from communique.graph import validation
from communique.graph.errors import SourceError
from communique.graph.loading.inputs import base_quads
from communique.graph.mapping.authorities import map_authorities, read_matches
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import AUTHORITIES, entity
from communique.graph.terms.namespaces import term

COLUMNS = "subject_id predicate_id object_id reviewer_label mapping_date mapping_justification mapping_source comment"
HEAD = "\t".join(COLUMNS.split()) + "\n"
ROW = "id:org/un\tskos:exactMatch\twikidata:Q1065\tAda\t2026-11-22\tsemapv:ManualMappingCuration\tx:y\tThe whole.\n"


def rows(root: Path) -> list[sssom.MappingRow]:
    tables = sorted((root / "graph" / "authorities").glob("*.sssom.tsv"))
    return [row for table in tables for row in sssom.read(table.read_text(encoding="utf-8"), table.name)]


def test_the_packaged_tables_say_who_reviewed_what_and_why(root: Path) -> None:
    for row in rows(root):
        assert row.text("mapping_justification") == sssom.CURATED
        assert 0 < float(row.text("confidence")) <= 1
        assert row.text("comment").endswith(".")
    matches = [quad for quad in map_authorities() if quad.graph_name == AUTHORITIES]
    assert len(matches) == len(rows(root)) >= 40


def test_no_entry_is_matched_twice_and_none_is_malformed() -> None:
    matches = [quad for quad in map_authorities() if quad.graph_name == AUTHORITIES]
    assert max(Counter(quad.object for quad in matches).values()) == 1
    store = Store()
    store.extend(base_quads())
    found = {str(result.shape) for result in validation.validate(store).results}
    assert not [shape for shape in found if "R74" in shape or "R29" in shape or "R75" in shape]


def test_states_agree_with_the_table_of_codes_they_were_read_from(shared: Path, root: Path) -> None:

    with (shared / "data" / "countries" / "datasets_country-codes.csv").open(encoding="utf-8-sig") as file:
        known = {line["ISO3166-1-Alpha-3"]: line for line in csv.DictReader(file)}
    for row in rows(root):
        kind, _, code = row.text("subject_id").removeprefix("id:").partition("/")
        entry = row.text("object_id").partition(":")[2]
        if kind == "state":
            assert known[code]["wikidata_id"].endswith(f"/{entry}")
        if kind == "place" and code.isupper():
            assert known[code]["Geoname ID"] == entry.strip("/")


def test_a_city_agrees_with_the_registry_it_was_read_from(shared: Path, root: Path) -> None:
    matches = {row.text("subject_id"): row.text("object_id") for row in rows(root)}
    member = "_data/ee/ee-nso-sa/external/ror.json"  # of the statistical office, whose seat is Tallinn
    with tarfile.open(shared / "data/agencies_registry/agency_ids_ror_isni_wikidata.tar.gz") as archive:
        (seat,) = json.load(archive.extractfile(member))["addresses"]  # type: ignore[arg-type]
    assert (seat["geonames_city"]["city"], matches["id:place/tallinn"]) == (
        "Tallinn",
        f"geonames:{seat['geonames_city']['id']}/",
    )
    assert matches["id:place/EST"] == f"geonames:{seat['country_geonames_id']}/"


def test_organizations_have_entries_in_three_registers(root: Path) -> None:
    organizations = [row for row in rows(root) if row.text("subject_id").startswith("id:org/")]
    assert {row.text("object_id").partition(":")[0] for row in organizations} == {"wikidata", "lei", "ror"}


def test_a_row_becomes_a_match() -> None:
    (quad,) = read_matches(HEAD + ROW, "t")
    assert quad == Quad(entity("org/un"), term("skos:exactMatch"), quad.object, AUTHORITIES)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Ada", "", "no reviewer_label"),
        ("The whole.", "", "no comment"),
        ("id:org/un", "wikidata:Q1", "not a node of this graph"),
        ("skos:exactMatch", "owl:sameAs", "owl:sameAs"),
    ],
)
def test_a_row_that_is_not_reviewed_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(SourceError, match="t:2") as caught:
        list(read_matches(HEAD + ROW.replace(old, new), "t"))
    assert words in str(caught.value)
