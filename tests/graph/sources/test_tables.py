"""Tables as they come: encodings, separators, broken rows, workbooks, JSON lines; nothing is lost, nothing invented."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph.errors import SourceError
from communique.graph.sources.rows import LIST_SEPARATOR, Rejected, TableRow
from communique.graph.sources.tables import Layout, read_rows

CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


def read(path: Path, content: bytes, **layout: Any) -> list[TableRow | Rejected]:
    path.write_bytes(content)
    return list(read_rows(path, Layout(**layout)))


def rows(path: Path, content: bytes, **layout: Any) -> list[tuple[int, dict[str, str]]]:
    found = read(path, content, **layout)
    assert all(isinstance(row, TableRow) for row in found), found
    return [(row.number, dict(row.cells)) for row in found if isinstance(row, TableRow)]


def rejected(path: Path, content: bytes, **layout: Any) -> list[Rejected]:
    return [row for row in read(path, content, **layout) if isinstance(row, Rejected)]


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("a.csv", "name,n\nÅland,1\n".encode(), {}),
        ("a.csv", b"\xef\xbb\xbf" + "name,n\r\nÅland,1\r\n".encode(), {}),
        ("a.csv.gz", gzip.compress("name,n\nÅland,1\n".encode(), mtime=0), {}),
        ("a.csv.zst", zstandard.ZstdCompressor().compress("name,n\nÅland,1\n".encode()), {}),
        ("a.tsv", "name\tn\nÅland\t1\n".encode(), {}),
        ("a.txt", "name;n\nÅland;1\n".encode("cp1252"), {"encoding": "cp1252", "separator": ";"}),
        ("a.csv", "name,n\rÅland,1\r".encode("mac_roman"), {"encoding": "mac_roman"}),
        ("a.data", "Åland|1\n".encode(), {"format": "csv", "separator": "|", "header": 0, "names": ("name", "n")}),
        ("a.csv", "made in 2020\n\nname,n\nÅland,1\n".encode(), {"header": 3}),
        ("a.csv", '"name\n (of it)",n\nÅland,1\n'.encode(), {}),
        ("a.jsonl", '{"name": "Åland", "n": 1}\n'.encode(), {}),
    ],
)
def test_the_same_row_in_many_layouts(name: str, content: bytes, layout: dict[str, Any], tmp_path: Path) -> None:
    ((_, cells),) = rows(tmp_path / name, content, **layout)
    assert [*cells.values()] == ["Åland", "1"]
    assert next(iter(cells)).startswith("name")


def test_numbers_count_all_rows_of_the_file(tmp_path: Path) -> None:
    content = b'made today\n\na,b\n1,"x\ny"\n\n2,z\n'
    assert rows(tmp_path / "a.csv", content, header=3) == [(4, {"a": "1", "b": "x\ny"}), (6, {"a": "2", "b": "z"})]


def test_the_digest_is_that_of_the_cells_as_they_stand(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.csv", b"a,b\n x , y\n")
    assert isinstance(row, TableRow)
    assert row.digest == hashlib.sha256(b" x \x1f y").hexdigest()
    assert row.head is not None
    assert (row.head.number, row.head.passage) == (1, ("a", "b"))


def test_twin_columns_are_told_apart(tmp_path: Path) -> None:
    assert rows(tmp_path / "a.csv", b"n,n,n\n1,2,3\n") == [(2, {"n": "1", "n (2)": "2", "n (3)": "3"})]


def test_a_row_with_too_few_or_too_many_cells_is_rejected_and_the_next_one_follows(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", b"a,b\n1\n1,2,3\n1,2,,\n3,4\n")
    assert [(each.number, type(each).__name__) for each in found] == [
        (2, "Rejected"),
        (3, "Rejected"),
        (4, "TableRow"),
        (5, "TableRow"),
    ]
    assert isinstance(found[0], Rejected)
    assert found[0].reason == "1 cells where the header has 2"


def test_bytes_that_are_no_text_reject_their_row(tmp_path: Path) -> None:
    (wrong,) = rejected(tmp_path / "a.csv", b"a,b\n1,caf\xe9\n2,x\n")
    assert (wrong.number, wrong.reason) == (2, "byte 0xe9 is no text in this encoding")
    assert "encoding:" in wrong.cure
    (wrong,) = rejected(tmp_path / "b.csv", b"a,b\n1,\x81\n", encoding="cp1252")
    assert "0x81" in wrong.reason


@pytest.mark.parametrize("sign", ["\0", "\x1f", "\x07", "\x7f"])
def test_control_characters_reject_their_row(sign: str, tmp_path: Path) -> None:
    (wrong,) = rejected(tmp_path / "a.csv", f"a,b\n1,x{sign}y\n2,z\n".encode())
    assert (wrong.number, wrong.reason) == (2, f"the control character U+{ord(sign):04X}")
    (wrong,) = rejected(tmp_path / "a.jsonl", json.dumps({"a": f"x{sign}y"}).encode())
    assert "control character" in wrong.reason


def test_a_quote_in_the_wrong_place_rejects_its_row(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", b'a,b\n1,"x"y\n2,z\n')
    assert [(each.number, isinstance(each, TableRow)) for each in found] == [(2, False), (3, True)]


@pytest.mark.parametrize(
    ("content", "layout", "line", "words"),
    [
        (b'a,b\n1,2\n3,"x\n4,5\n', {}, 3, "never closed"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", {}, 2, "131,072"),
        (b"", {}, None, "no names of columns"),
        (b"a,b\n", {"header": 2}, None, "row 2"),
        (b"a,caf\xe9\n1,2\n", {}, 1, "0xe9 in the header is no text in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), {}, 1, "looks like UTF-16; .*encoding: in the mapping or --encoding: utf-16"),
        (b"a,b\n" + b"x" * (17 << 20), {}, 2, "a line of more than 16,777,216 characters"),
        (b"a,b\n", {"encoding": "nosuch"}, None, "'nosuch' is no encoding"),
        (b"a,b\n", {"encoding": "hex"}, None, "'hex' is no encoding"),
    ],
)
def test_where_nothing_after_a_fault_can_be_trusted_the_file_is_refused(
    content: bytes, layout: dict[str, Any], line: int | None, words: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read(tmp_path / "a.csv", content, **layout)
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "a.csv"), line)


def test_unknown_suffixes_and_truncated_compression_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unknown suffix"):
        read(tmp_path / "a.parquet", b"")
    with pytest.raises(SourceError, match="compression"):
        read(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 9999)[:-20])


def test_ten_thousand_columns_and_quotes_that_mean_nothing(tmp_path: Path) -> None:
    wide = ",".join(f"c{number}" for number in range(10_000))
    ((_, cells),) = rows(tmp_path / "a.csv", f"{wide}\n{wide}\n".encode())
    assert cells["c9999"] == "c9999"
    assert rows(tmp_path / "a.tsv", b'a\tb\n5" disk\t"x\n', quote="") == [(2, {"a": '5" disk', "b": '"x'})]


def test_json_lines_give_members_of_members_and_lists(tmp_path: Path) -> None:
    lines = [
        {"a": {"b": 1.0, "c": None}, "d": ["x", "y"], "e": True, "f": [{"g": 1}]},
        ["no object"],
    ]
    content = "\n".join([*map(json.dumps, lines), "{", ""]).encode()
    found = read(tmp_path / "a.jsonl", content)
    assert isinstance(found[0], TableRow)
    expected = {"a.b": "1", "a.c": "", "d": f"x{LIST_SEPARATOR}y", "e": "true", "f": '[{"g": 1}]'}
    assert dict(found[0].cells) == expected
    assert [each.reason.partition(":")[0] for each in found[1:] if isinstance(each, Rejected)] == [
        "no JSON object",
        "not JSON",
    ]


def workbook(cells: str) -> bytes:
    """Write the smallest workbook there is, with one sheet called Data."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation_type = "application/vnd.openxmlformats-package.relationships+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Default Extension="rels" ContentType="{relation_type}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type='
        f'"{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{relations}"><sheets><sheet name="Data" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type='
        f'"{relations}/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_workbook_is_read_by_sheet_with_the_numbers_of_its_rows(tmp_path: Path) -> None:
    content = workbook(
        f'<row r="2">{cell("A2", "name")}{cell("B2", "year")}</row>'
        f'<row r="4">{cell("A4", "Åland")}<c r="B4"><v>2018</v></c></row>'
    )
    assert rows(tmp_path / "a.xlsx", content, header=2) == [(4, {"name": "Åland", "year": "2018"})]
    assert rows(tmp_path / "a.xlsx", content, header=2, sheet="Data")
    with pytest.raises(SourceError, match="no sheet 'Other'"):
        read(tmp_path / "a.xlsx", content, sheet="Other")
    with pytest.raises(SourceError, match="no workbook"):
        read(tmp_path / "a.xlsx", b"PK")


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_csv_writer_writes_is_read_back(table: list[tuple[str, str, str]], separator: str) -> None:
    from tempfile import TemporaryDirectory

    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *table])
    with TemporaryDirectory() as folder:
        found = read(Path(folder) / "a.csv", text.getvalue().encode(), separator=separator)
    assert [each.passage for each in found if isinstance(each, TableRow)] == [row for row in table if any(row)]
    assert len({each.number for each in found}) == len(found)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_in_another_way(content: bytes) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        for name in ("a.csv", "a.jsonl"):
            try:
                found = read(Path(folder) / name, content)
            except SourceError:
                continue
            assert all(isinstance(each, TableRow | Rejected) for each in found)
