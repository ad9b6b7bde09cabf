"""Faults of a mapping: each is told with its place, what was expected and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from communique.graph.errors import MappingError, SourceErrors
from communique.graph.loading.releases import packaged_source, read_mapping
from communique.graph.mapping import adapters
from communique.graph.mapping.tables import TableSource, read_source
from communique.graph.mapping.tables.linker import IndexLinker
from communique.graph.mapping.tables.mapper import TableMapper
from communique.graph.sources import parse_yaml
from communique.graph.sources.tables import Layout

SOUND = """source: world
title: World
describe:
  publisher: org/world
  licence: {text: CC BY 4.0, iri: https://creativecommons.org/licenses/by/4.0/}
edition: "2020"
date: 2020-12
tables:
  - name: rows
    files: ["*.csv"]
    missing: [NA]
    columns:
      year: {column: Year, as: year}
      country: {column: [Country, Land], as: state, on: year}
      signed: {as: date, format: "%d.%m.%Y"}
      since: date
      kind: {as: concept, scheme: stage, values: {yes: signed}}
      size: {as: integer, minimum: 0}
      body: {as: entity, mint: "org/world-{}"}
      title: text
    facts:
      "agreement/world-{title}":
        type: Agreement
        realization: occurred
        label: "{title}, {year}"
        concluded: "{signed}"
        stage: "{kind}"
        beginEarliest: "{since.first}"
        adoptedAt: "event/world-{year}"
        needs: [label]
        parties: {"{country}": {onBehalfOf: "{body}"}}
      "{body}": {type: Organization, label: "{body.minted}"}
"""


def compile_all(text: str) -> TableSource:
    source = read_source(parse_yaml(text, "map.yaml"))
    for edition in source.editions:
        for table in source.tables:
            TableMapper(table, edition, IndexLinker())
    return source


def test_a_sound_mapping_is_read_whole() -> None:
    source = compile_all(SOUND)
    assert (source.name, source.title, source.publisher) == ("world", "World", "org/world")
    assert compile_all(SOUND.replace("title: World\n", "", 1)).title == "world"
    assert (source.citation, source.languages) == ("", ())
    more = compile_all(SOUND.replace("describe:\n", "describe:\n  citation: World (2020)\n  languages: [en, fr]\n", 1))
    assert (more.citation, more.languages) == ("World (2020)", ("en", "fr"))
    (edition,) = source.editions
    assert (edition.key, str(edition.days.begin_earliest), str(edition.days.end_latest)) == (
        "world-2020",
        "2020-12-01",
        "2020-12-31",
    )
    assert edition.files == ("*.csv",)
    assert source.licence.iri == "https://creativecommons.org/licenses/by/4.0/"
    (table,) = source.tables
    assert table.missing == {"", "NA"}
    assert table.columns["country"].names == ("Country", "Land")


@pytest.mark.parametrize(
    ("licence", "text", "iri"),
    [
        ("{text: CC BY 4.0, iri: 'https://example.org/by'}", "CC BY 4.0", "https://example.org/by"),
        ("{iri: 'https://example.org/by'}", "unknown", "https://example.org/by"),
        ("all rights reserved", "all rights reserved", None),
        (None, "unknown", None),
    ],
)
def test_a_licence_is_a_text_an_address_or_both(licence: str | None, text: str, iri: str | None) -> None:
    line = next(line for line in SOUND.splitlines(keepends=True) if "licence:" in line)
    found = compile_all(SOUND.replace(line, f"  licence: {licence}\n" if licence else "")).licence
    assert (found.text, found.iri) == (text, iri)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: World\n", "titel: World\n", "'titel' is not a key of a mapping; .*did you mean 'title'"),
        ("source: world", "source: World!", "'World!' is not the name of the source"),
        ("    missing:", "    mising:", "'mising' is not a key of a table; .*did you mean 'missing'"),
        ("date: 2020-12\n", "date: 2020-13\n", "'2020-13' is not a date"),
        ("date: 2020-12\n", "date: XXXX-12\n", "has no first or last day"),
        ("as: year}", "as: yaer}", "'yaer' is no kind of column; .*did you mean 'year'"),
        ("minimum: 0", "minimun: 0", "'minimun' is no setting of a column of kind integer"),
        ("minimum: 0", "minimum: low", "minimum is 'low'; expected: a number"),
        ("minimum: 0", "maximum: nan", "maximum is 'nan'; expected: a number"),
        ("minimum: 0", "minimum: 0.5", "minimum is 0.5; expected: a whole number"),
        ("title: text", "title: {as: decimal, places: 1.5}", "places is 1.5; expected: a whole number"),
        ("as: year}", "as: year, minimum: 0}", "minimum is 0; expected: a year from 1 to 9999"),
        ("as: year}", "as: year, maximum: 10000}", "maximum is 10000; expected: a year from 1 to 9999"),
        ('"%d.%m.%Y"', '"%d.%m.%y"', "%y is not a part of a date here"),
        ('"%d.%m.%Y"', '"%d.%m."', "a date without a year"),
        ("scheme: stage", "scheme: stages", "'stages' is no scheme; .*did you mean 'stage'"),
        ("{yes: signed}", "{yes: sined}", "'sined' is not a concept of stage; .*did you mean 'signed'"),
        ("on: year", "on: title", "country is read by 'title', which is no such column"),
        ("as: year}", "as: year, on: since}", "since stands below year; expected: since above it"),
        ("org/world-{}", "org/world", "mint is 'org/world'"),
        ("      title: text", "      Title: text", "'Title' is no name"),
        ("{title}, {year}", "{titel}, {year}", "{titel} is no column of this table; .*did you mean 'title'"),
        ("since.first", "since.begin", "no aspect 'begin'"),
        ("type: Agreement", "type: Agrement", "'Agrement' is not a class of the ontology.*did you mean 'Agreement'"),
        ("adoptedAt:", "adoptedIn:", "'adoptedIn' is not a term of the ontology"),
        ("adoptedAt:", "gist:", "'gist' is not a term of the ontology; next: gist is deprecated, write 'summary'"),
        ("type: Agreement", "type: Partyhood", "'Partyhood' is not a class .* deprecated, write 'AgreementParty'"),
        ("        type: Agreement\n", "", "agreement/world-{title} has no type in this table"),
        ('"{since.first}"', '"{since}"', "beginEarliest takes a day, {since} may be a month or year"),
        ('"{since.first}"', '"{size}"', "beginEarliest takes a value of type date, {size} is of kind integer"),
        ("        type: Agreement\n", '        type: "{title}"\n', "type takes a class, {title} gives none"),
        ('stage: "{kind}"', 'refYear: "{signed}"', "refYear takes a year; expected: {signed.year}"),
        ('stage: "{kind}"', 'stage: "{title}"', "stage takes a concept of stage, {title} gives none"),
        ('"event/world-{year}"', '"{title}"', "adoptedAt leads to a node, {title} is text"),
        ('"event/world-{year}"', '"happening/world-{year}"', "'happening/world-{year}' is of unknown kind"),
        ('"{signed}"', '"{title}"', "not a date on this side of the period"),
        ("needs: [label]", "needs: [labels]", "'labels' is needed but not given"),
        ("needs: [label]", "needs: [type, lable]", "'lable' is needed but not given; .*did you mean 'label'"),
        (
            "needs: [label]",
            "needs: [parties]",
            "'parties' cannot be needed: .* one of type, .*concluded, .*; next: say required: true of the column",
        ),
        ("        realization: occurred\n", "", "no realization for party/world-{title}/{country}"),
        ("signed: {as: date,", "signed: {as: date, order: dym,", "order is 'dym'; expected: dmy, mdy, ymd"),
        ("    files:", "    repeats: sometimes\n    files:", "repeats is 'sometimes'"),
        ("    files:", "    encoding: utf-9\n    files:", "'utf-9' is no encoding"),
        ("    files:", "    header: 0\n    files:", "no row holds the names"),
        ("    files:", "    separator: ', '\n    files:", "', ' is more than one sign"),
        ("    files:", "    format: xls\n    files:", "format is 'xls'; expected: csv, tsv, xlsx, jsonl"),
        ("title: text", "title: {pattern: '('}", "is no regular expression"),
        ("title: text", "title: {required: maybe}", "required is 'maybe'"),
        ("title: text", "title: {as: code, scheme: iso}", "'iso' is no scheme of codes"),
        ("title: text", "title: {as: boolean, values: {x: yes}}", "'yes' is no truth value"),
        ("title: text", "title: {as: concept}", "column title has no scheme"),
        ("title: text", "title: {as: decimal, decimal: dot}", "decimal is 'dot'"),
        ("title: text", "title: {as: entity, kind: body}", "'body' is no kind of node"),
    ],
)
def test_a_fault_is_told_at_its_place(old: str, new: str, words: str) -> None:
    assert SOUND.count(old), old
    text = SOUND.replace(old, new, 1)
    with pytest.raises(MappingError) as caught:
        compile_all(text)
    told = " ".join(str(caught.value).split())
    assert re.search(words, told), told
    assert "world-0" not in told  # the form by which an identifier with placeholders is checked
    assert caught.value.path == "map.yaml"
    changed = [
        number for number, (a, b) in enumerate(zip(SOUND.splitlines(), text.splitlines(), strict=False), 1) if a != b
    ]
    assert caught.value.line is not None
    assert caught.value.line >= changed[0] - 1


def test_all_faults_are_told_in_one_run_each_once_and_in_order(tmp_path: Path) -> None:
    slips = [
        ("title: World\n", "titel: World\n"),
        ("  publisher:", "  publischer:"),
        ("    missing:", "    mising:"),
        ("minimum: 0", "minimun: 0"),
        ("title: text", "title: {required: maybe}"),
        ("{title}, {year}", "{titel}, {year}"),
        ("adoptedAt:", "adoptedIn:"),
        ("needs: [label]", "needs: [lable]"),
    ]
    text = SOUND
    for old, new in slips:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(SourceErrors) as caught:
        read_mapping(tmp_path / "map.yaml")
    lines = text.splitlines()
    words = ["titel:", "publischer:", "mising:", "minimun:", "maybe", '"{titel}', "adoptedIn:", "lable"]
    places = [next((n, line.index(word) + 1) for n, line in enumerate(lines, 1) if word in line) for word in words]
    assert [(fault.line, fault.column) for fault in caught.value.faults] == places
    assert "world-0" not in " ".join(map(str, caught.value.faults))


def test_a_column_that_is_none_is_no_fault_of_the_facts_that_name_it(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(SOUND.replace("as: year}", "as: yaer}"))
    with pytest.raises(MappingError, match="'yaer' is no kind of column"):
        read_mapping(tmp_path / "map.yaml")


def test_a_mapping_of_which_each_table_is_sound_is_read(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(SOUND)
    assert read_mapping(tmp_path / "map.yaml").title == "World"


def test_a_need_that_cannot_be_met_is_told_with_line_and_column() -> None:
    text = SOUND.replace("needs: [label]", "needs: [label, parties]")
    with pytest.raises(MappingError) as caught:
        compile_all(text)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "needs:" in line)
    column = text.splitlines()[line - 1].index("parties") + 1
    assert (caught.value.path, caught.value.line, caught.value.column) == ("map.yaml", line, column)


@pytest.mark.parametrize(
    ("settings", "layout"),
    [
        ([], Layout()),
        (["separator: ';'", 'quote: "\'"', "escape: tab"], Layout(separator=";", quote="'", escape="\t")),
        (["separator: ' '", "quote: none"], Layout(separator=" ", quote="")),
        (["header: 3", "format: xlsx", "sheet: Data"], Layout(header=3, format="xlsx", sheet="Data")),
        (["header: 0", "names: [a, b]", "encoding: cp1252"], Layout(header=0, names=("a", "b"), encoding="cp1252")),
    ],
)
def test_a_layout_is_read_as_it_is_declared(settings: list[str], layout: Layout) -> None:
    text = SOUND.replace("    files:", "".join(f"    {each}\n" for each in settings) + "    files:", 1)
    assert read_source(parse_yaml(text, "map.yaml")).tables[0].layout == layout


def test_a_header_that_is_no_number_is_told_at_its_place() -> None:
    with pytest.raises(MappingError, match="'top' is no number") as caught:
        compile_all(SOUND.replace("    files:", "    header: top\n    files:", 1))
    assert caught.value.line == SOUND[: SOUND.index("    files:")].count("\n") + 1


def test_two_editions_of_one_name_are_refused() -> None:
    text = SOUND.replace(
        'edition: "2020"\ndate: 2020-12\n', "editions: [{edition: a, date: 2020}, {edition: a, date: 2021}]\n"
    )
    with pytest.raises(MappingError, match="edition 'a' again"):
        compile_all(text)


@pytest.mark.parametrize("name", adapters.names())
def test_every_packaged_source_says_what_it_leaves_out_and_why(name: str) -> None:
    source = packaged_source(name)
    assert source.left_out
    assert all(len(why.split()) > 2 for why in source.left_out.values()), source.left_out
