"""Editions that files make: by their names, by what they say of themselves, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from communique.graph.errors import MappingError, SourceError
from communique.graph.loading.releases import gather, try_mapping
from communique.graph.mapping.tables import TableSource, read_source
from communique.graph.sources import parse_yaml

PATTERN = (
    '{edition: "{year}-{region}", date: "{year}", label: "Harbours of {region}", values: {of: "{region}"},'
    " files: ['harbours-*.csv'], pattern: 'harbours-(?P<region>[a-zA-Z ]+)-(?P<year>[0-9]{4})(-again)?[.]csv'}"
)
LISTED = '{edition: first, date: "1999", files: [harbours-north-1999.csv]}'
TABLE = """tables:
  - files: ["*.csv"]
    columns: {name: text, region: {edition: of}}
    facts: {"place/harbour-{name}": {type: Place, label: "{name}, {region}"}}
"""

Write = Callable[..., list[Path]]


def described(*editions: str) -> TableSource:
    listed = "".join(f"  - {each}\n" for each in editions)
    return read_source(parse_yaml(f"source: harbours\neditions:\n{listed}{TABLE}", "map.yaml"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes files of one row."""

    def make(*names: str) -> list[Path]:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(f"name\n{Path(name).stem}\n", encoding="utf-8")
        return [tmp_path / name for name in names]

    return make


def test_files_make_editions_by_their_names_and_listed_ones_go_first(write: Write) -> None:
    write("harbours-north-1999.csv", "harbours-Far East-2001.csv", "harbours-south-2002.csv", "harbours-x.csv", "y.csv")
    found = gather(described(PATTERN, LISTED), [write("z.csv")[0].parent])
    assert [(each.edition.key, each.edition.label, str(each.edition.days.end_latest)) for each in found] == [
        ("harbours-first", "", "1999-12-31"),
        ("harbours-2001-far-east", "Harbours of Far East", "2001-12-31"),
        ("harbours-2002-south", "Harbours of south", "2002-12-31"),
    ]
    assert found[1].edition.values == {"of": "Far East"}


def test_files_of_one_name_are_one_edition(write: Write) -> None:
    (release,) = gather(described(PATTERN), write("harbours-south-2002.csv", "harbours-south-2002-again.csv"))
    assert [path.name for _, path in release.files] == ["harbours-south-2002.csv", "harbours-south-2002-again.csv"]


def test_a_file_is_named_in_its_edition(write: Write) -> None:
    source = described('{edition: "{file}", date: "2020", files: ["*.csv"]}')
    found = gather(source, write("North Sea.csv", "South.csv"))
    assert [each.edition.key for each in found] == ["harbours-north-sea", "harbours-south"]


def test_two_dates_of_one_edition_are_refused(write: Write) -> None:
    source = described(PATTERN.replace('"{year}-{region}"', '"{region}"'))
    with pytest.raises(SourceError, match="harbours-south is of 2003 here, and of 2002 in harbours-south"):
        gather(source, write("harbours-south-2002.csv", "harbours-south-2003.csv"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('date: "{year}"', 'date: "{day}"', "the file does not say {day}"),
        ('date: "{year}"', 'date: "{region}"', "'south' is not a date"),
        ('label: "Harbours of {region}"', 'label: "{town}"', "the file does not say {town}"),
    ],
)
def test_what_a_file_does_not_say_is_an_error_with_its_line(old: str, new: str, words: str, write: Write) -> None:
    assert old in PATTERN
    with pytest.raises(SourceError, match=words) as caught:
        gather(described(PATTERN.replace(old, new)), write("harbours-south-2002.csv"))
    assert (caught.value.path or "").endswith("harbours-south-2002.csv")
    assert "line 3 of map.yaml" in (caught.value.hint or "")


def test_a_file_that_fits_no_pattern_is_refused_when_it_was_named(write: Write) -> None:
    with pytest.raises(SourceError, match="no file of harbours") as caught:
        gather(described(PATTERN), write("harbours-2002.csv"))
    assert caught.value.expected == "harbours-*.csv"


def test_a_pattern_is_tried_without_files_and_its_faults_are_told() -> None:
    assert try_mapping(described(PATTERN), []) == []
    with pytest.raises(MappingError, match="is no regular expression") as caught:
        described(PATTERN.replace("(?P<year>", "(?P<year"))
    assert caught.value.line == 3
    with pytest.raises(MappingError, match=r"edition '\{year\}-\{region\}' again"):
        described(PATTERN, PATTERN)
    with pytest.raises(MappingError, match="'Place2' is not a class"):
        try_mapping(read_source(parse_yaml(_broken(), "map.yaml")), [])


def _broken() -> str:
    """Write a mapping of a pattern whose facts are wrong."""
    return f"source: harbours\neditions:\n  - {PATTERN}\n{TABLE.replace('type: Place', 'type: Place2')}"
