"""Files made to break a reader, or that break one by accident: each ends in one message, in bounded memory and time."""

from __future__ import annotations

import gzip
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pyoxigraph import Literal, NamedNode

from communique.graph import sources
from communique.graph.errors import TOLD, SourceError, SourceErrors, SourceLimit
from communique.graph.sources.tables import Layout, read_rows

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
NODE = '<rdf:Description rdf:about="http://a"><e:p>{}</e:p></rdf:Description></rdf:RDF>'
ENTITIES = '<!ENTITY a0 "lolololol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def read(path: Path, content: bytes | str) -> list[str]:
    """Read a file of any content, and give the lexical forms of its objects."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [quad.object.value for quad in sources.read_any_rdf(path, {}) if isinstance(quad.object, Literal)]


def fault(path: Path, content: bytes | str) -> SourceError:
    """Read a file that is at fault."""
    with pytest.raises(SourceError) as caught:
        read(path, content)
    assert caught.value.path == str(path)
    return caught.value


def nested(depth: int) -> str:
    """Write a triple about triples about triples."""
    return "<http://a> <http://b> " + "<<( <http://a> <http://b> " * depth + '"x"' + " )>>" * depth + " .\n"


@pytest.mark.parametrize("suffix", [".nq", ".ttl"])
def test_faults_far_apart_are_told_where_they_are(tmp_path: Path, suffix: str) -> None:
    """A file is looked into again at each fault, which must not move the parser to another place of it."""
    sound = "<http://a> <http://b> <http://c> .\n" * 20_000
    wrong = "<http://a b> <http://b> <http://c> .\n"
    error = fault(tmp_path / f"a{suffix}", wrong + sound + wrong + sound + wrong)
    assert [each.line for each in error.faults] == [1, 20_002, 40_003]
    many = fault(tmp_path / f"b{suffix}", wrong * 40_000)
    assert many.message.startswith(
        f"{tmp_path}/b{suffix}: 40,000 faults, of which {TOLD} are told; the first on line 1"
    )


@pytest.mark.slow
class TestLimits:
    @pytest.mark.parametrize("suffix", [".nt", ".ttl", ".rdf"])
    def test_a_term_of_more_than_16_mib_is_a_limit(self, tmp_path: Path, suffix: str) -> None:
        text = "x" * (17 << 20)
        content = HEAD + NODE.format(text) if suffix == ".rdf" else f'<http://a> <http://b> "{text}" .'
        error = fault(tmp_path / f"a{suffix}", content)
        assert isinstance(error, SourceLimit) and "a term of more than 16 MiB" in error.message

    @pytest.mark.parametrize("suffix", [".nt", ".ttl", ".trig", ".nq"])
    def test_triples_nested_thousands_deep_end_the_parser_and_nothing_else(self, tmp_path: Path, suffix: str) -> None:
        assert "nested more than 100 deep" in fault(tmp_path / f"a{suffix}", nested(101)).message
        assert isinstance(fault(tmp_path / f"b{suffix}", nested(40_000)), SourceLimit)

    def test_a_triple_about_a_triple_is_still_rdf(self, tmp_path: Path) -> None:
        (tmp_path / "a.nt").write_text(nested(2))
        (quad,) = sources.read_any_rdf(tmp_path / "a.nt", {})
        assert "<<( <http://a> <http://b> <<( " in str(quad)

    def test_xml_elements_nested_thousands_deep_are_refused_before_they_cost_time(self, tmp_path: Path) -> None:
        deep = HEAD + "<rdf:Description><e:p>\n" * 50_000 + "</e:p></rdf:Description>" * 50_000 + "</rdf:RDF>"
        error = fault(tmp_path / "a.rdf", deep)
        assert isinstance(error, SourceLimit) and (error.line, "1,000 deep" in error.message) == (500, True)

    @pytest.mark.parametrize("entities", [ENTITIES, f'<!ENTITY a9 "{"x" * 10_000}">'])
    def test_entities_do_not_multiply(self, tmp_path: Path, entities: str) -> None:
        bomb = f'<?xml version="1.0"?><!DOCTYPE r [{entities}]>{HEAD}{NODE.format("&a9;" * 3_000)}'
        assert "amplification" in fault(tmp_path / "a.rdf", bomb).message

    def test_an_entity_that_is_meant_is_read(self, tmp_path: Path) -> None:
        text = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "x">]>{HEAD}{NODE.format("&a;&a;")}'
        assert read(tmp_path / "a.rdf", text) == ["xx"]

    def test_memory_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COMMUNIQUE_READ_MEGABYTES", "400")
        error = fault(tmp_path / "a.jsonld", '{"@id":"http://a","http://b":' * 9_000 + "1" + "}" * 9_000)
        assert isinstance(error, SourceLimit) and "more than 400 MiB" in error.message
        assert "COMMUNIQUE_READ_MEGABYTES" in str(error.hint)

    def test_time_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bomb of which each line is right: less than a MiB on disk, so that no second is added for its size."""
        monkeypatch.setenv("COMMUNIQUE_READ_SECONDS", "0.1")
        error = fault(tmp_path / "a.nq.gz", gzip.compress(b"# comment\n" * 1_000_000) * 40)
        assert isinstance(error, SourceLimit) and "COMMUNIQUE_READ_SECONDS" in str(error.hint)

    @pytest.mark.parametrize("content", [bytes(64 << 20), b"#" * (64 << 20)])
    def test_a_bomb_without_statements_ends_early(self, tmp_path: Path, content: bytes) -> None:
        assert fault(tmp_path / "a.nt.gz", gzip.compress(content, compresslevel=1)).expected

    def test_a_reader_that_leaves_early_leaves_no_process(self, tmp_path: Path) -> None:
        (tmp_path / "a.nt").write_bytes(b"<http://a> <http://b> <http://c> .\n" * 100_000)
        quads = sources.read_any_rdf(tmp_path / "a.nt", {})
        next(quads)
        quads.close()  # type: ignore[attr-defined]
        assert b"communique.graph.sources.decoding" not in _children()


class TestTablesAndTexts:
    def test_a_workbook_that_unfolds_is_a_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Some 100 kB on disk, 100 MB of XML, millions of cells."""
        path = tmp_path / "a.xlsx"
        row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
        with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as book:
            for name, text in WORKBOOK.items():
                book.writestr(name, text)
            with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
                sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                for _ in range(20):
                    sheet.write(row * 100_000)
                sheet.write(b"</sheetData></worksheet>")
        monkeypatch.setenv("COMMUNIQUE_READ_MEGABYTES", "192")
        with pytest.raises(SourceLimit, match="more than 192 MiB"):
            list(read_rows(path, Layout()))

    @pytest.mark.parametrize("content", ["a,b\n1,{}\n", 'a,b\n1,"{}"\n', "a,{}\n"])
    def test_a_cell_of_megabytes_is_refused(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "a.csv"
        path.write_text(content.format("x" * (3 << 20)))
        with pytest.raises(SourceError, match="more than 131,072 characters"):
            list(read_rows(path, Layout()))

    def test_a_line_without_an_end_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl.gz"
        path.write_bytes(gzip.compress(b"[" * (64 << 20), compresslevel=1))
        with pytest.raises(SourceLimit, match="a line of more than 16,777,216 characters"):
            list(read_rows(path, Layout()))

    def test_a_text_that_unfolds_is_a_limit(self, tmp_path: Path) -> None:
        path = tmp_path / "a.yaml.gz"
        path.write_bytes(gzip.compress(b"# \n" * (24 << 20), compresslevel=1))
        with pytest.raises(SourceLimit, match="more than 64 MiB of text"):
            sources.read_yaml(path)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("a: " + "[" * 20_000, "nested too deeply"),
            ("a: " + "{a: " * 20_000, "nested too deeply"),
            ("- " * 20_000 + "x", "nested too deeply"),
            ("a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)), "100 faults"),
            ("a: " + "x" * (4 << 20), "characters of YAML"),
        ],
    )
    def test_yaml_cannot_explode(self, text: str, told: str) -> None:
        with pytest.raises(SourceError, match=told):
            sources.parse_yaml(text, "some.yaml")


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "declared"),
        [
            ("utf-8", ""),
            ("utf-8-sig", ' encoding="utf-8"'),
            ("utf-16", ' encoding="UTF-16"'),
            ("utf-16", ""),
            ("utf-16-be", ' encoding="UTF-16"'),
            ("utf-16-le", " encoding='UTF-16'"),
            ("iso-8859-1", ' encoding="ISO-8859-1"'),
            ("cp1252", ' encoding="windows-1252" standalone="yes"'),
        ],
    )
    def test_rdf_xml_may_declare_its_encoding(self, tmp_path: Path, encoding: str, declared: str) -> None:
        text = f'<?xml version="1.0"{declared}?>\n{HEAD}{NODE.format("café")}'
        assert read(tmp_path / "a.rdf", text.encode(encoding)) == ["café"]

    def test_an_encoding_of_many_bytes_is_read_over_the_bounds_of_chunks(self, tmp_path: Path) -> None:
        text = "디지털" * 100_000
        content = f'<?xml version="1.0" encoding="EUC-KR"?>{HEAD}{NODE.format(text)}'.encode("euc-kr")
        assert read(tmp_path / "a.rdf", content) == [text]

    def test_an_encoding_that_nobody_knows_is_named(self, tmp_path: Path) -> None:
        error = fault(tmp_path / "a.rdf", f'<?xml version="1.0" encoding="nosuch"?>{HEAD}</rdf:RDF>')
        assert "'nosuch' is no encoding" in error.message

    def test_bytes_that_are_no_text_in_the_declared_encoding_are_told(self, tmp_path: Path) -> None:
        text = f'<?xml version="1.0" encoding="ASCII"?>\n{HEAD}\n{NODE.format("é")}'
        error = fault(tmp_path / "a.rdf", text.encode("latin-1"))
        assert "no text in ASCII" in error.message

    @pytest.mark.parametrize("suffix", [".ttl", ".nt", ".jsonld"])
    def test_utf_16_elsewhere_is_told_with_the_way_to_convert_it(self, tmp_path: Path, suffix: str) -> None:
        error = fault(tmp_path / f"a{suffix}", '{"a": 1}'.encode("utf-16"))
        assert "byte 0xff at offset 0; the file looks like UTF-16" in error.message
        assert "iconv -f UTF-16" in str(error.hint)

    @pytest.mark.parametrize(("content", "told"), [(b"%PDF-1.7 x", "a PDF"), (b"PK\x03\x04 x", "a ZIP archive")])
    def test_a_file_of_another_kind_is_recognised(self, tmp_path: Path, content: bytes, told: str) -> None:
        assert told in fault(tmp_path / "a.ttl", content).message


class TestAllFaults:
    def test_every_line_of_n_triples_is_looked_at(self, tmp_path: Path) -> None:
        lines = ['<http://a> <http://b> "good" .'] * 60
        lines[3], lines[10], lines[20] = "<http://a b> <http://b> 1 .", '<http://a> <http://b> "open .', "nothing"
        lines[40:] = ["<a> <b> <c> ."] * 20
        error = fault(tmp_path / "a.nt", "\n".join(lines) + "\n")
        assert isinstance(error, SourceErrors) and "23 faults, of which 20 are told" in error.message
        assert [each.line for each in error.faults][:4] == [4, 11, 21, 41] and len(error.faults) == TOLD

    def test_lines_in_another_encoding_are_told_one_by_one(self, tmp_path: Path) -> None:
        error = fault(tmp_path / "a.nt", '<http://a> <http://b> "é" .\n<http://a> <http://b> "ü" .\n'.encode("latin-1"))
        assert [(each.line, each.expected) for each in error.faults] == [(1, "text in UTF-8"), (2, "text in UTF-8")]

    def test_turtle_is_read_on_until_its_structure_breaks(self, tmp_path: Path) -> None:
        text = (
            "@prefix a: <http://a/> .\n<http://x y> a:b 1 .\na:x b:c 1 .\na:b a:c <http://z%zz> .\n"
            "a:b a:c a:d\na:b a:c 1 .\n<http://never told> a:b 1 .\n"
        )
        error = fault(tmp_path / "a.ttl", text)
        assert [each.line for each in error.faults] == [2, 3, 4, 6]

    def test_all_iris_of_rdf_xml_are_placed(self, tmp_path: Path) -> None:
        text = (
            f'{HEAD}\n<rdf:Description rdf:about="http://a b"><e:p>x</e:p></rdf:Description>\n'
            '<rdf:Description rdf:about="http://ok">\n <e:p rdf:resource="http://x{y}"/></rdf:Description></rdf:RDF>'
        )
        error = fault(tmp_path / "a.rdf", text)
        assert [(each.line, each.column) for each in error.faults] == [(2, 1), (4, 2)]

    def test_what_the_parser_passes_and_the_graph_cannot_hold_is_told_with_the_rest(self, tmp_path: Path) -> None:
        path = tmp_path / "a.nq"
        path.write_text("_:a <http://b> <http://c> <http://g> .\n<http://a> <http://b> <http://c> .\n<x> <y> <z> .\n")
        with pytest.raises(SourceErrors) as caught:
            list(sources.read_rdf(path))
        told = [each.message for each in caught.value.faults]
        assert ["a blank node" in told[0], "outside any graph" in told[1], "No scheme" in told[2]] == [True] * 3
        with pytest.raises(SourceErrors, match="2 faults"):
            list(sources.read_rdf(path, NamedNode("http://g")))

    @pytest.mark.parametrize(
        ("iri", "cure"),
        [
            ("http://a b", "%20"),
            ("http://a<b", "%3C"),
            ('http://a"b', "%22"),
            ("http://a{b", "%7B"),
            ("http://a}b", "%7D"),
            ("http://a|b", "%7C"),
            ("http://a^b", "%5E"),
            ("http://a`b", "%60"),
            ("http://a\\b", "%5C"),
            ("http://a\\u0020b", "%20"),
            ("http://a\ue000b", "%EE%80%80"),
            ("http://a%zz", "%25"),
            ("http://a%4", "%25"),
            ("a", "https://example.org/"),
            ("", "https://example.org/"),
            ("1http://a", "scheme"),
            ("http://a#b#c", "%23"),
            ("http://[::1", "host"),
            ("http://a:port/", "port"),
            ("http://a\tb", "close the IRI with >"),
            ("http://a> <http://b", ""),
        ],
    )
    @pytest.mark.parametrize("name", ["a.ttl", pytest.param("a.nt", marks=pytest.mark.slow)])
    def test_each_fault_of_an_iri_has_a_cure(self, tmp_path: Path, name: str, iri: str, cure: str) -> None:
        (tmp_path / name).write_text(f"<{iri}> <http://b> <http://c> .\n")
        with pytest.raises(SourceError) as caught:
            list(sources.read_rdf(tmp_path / name, NamedNode("http://g")))
        assert cure in str(caught.value.faults[0].hint)
        assert caught.value.faults[0].expected

    def test_an_iri_that_is_not_closed_is_told_as_such(self, tmp_path: Path) -> None:
        error = fault(tmp_path / "a.ttl", "<http://a> <http://b> <http://c .\n<http://a> <http://b> <http://c> .\n")
        assert error.expected == "an IRI that ends with >"


class TestMessages:
    def test_nothing_that_acts_on_a_terminal_is_quoted(self, tmp_path: Path) -> None:
        path = tmp_path / "a\x1b[2J.nt"
        error = fault(path, '<http://a\x1b[31m\x07\u202e> <http://b> "x" .\n')
        assert str(error).isprintable()
        assert "\\u001b" in str(error)

    def test_a_term_of_60_kb_is_cut(self, tmp_path: Path) -> None:
        path = tmp_path / "a.nt"
        path.write_text(f'_:a <http://b> "{"x" * 60_000}" .\n_:a <http://b> "{"y z " * 20_000}" .\n')
        with pytest.raises(SourceErrors) as caught:
            list(sources.read_rdf(path, NamedNode("http://g")))
        assert [len(str(each)) < 5_000 for each in caught.value.faults] == [True, True]
        assert "characters)" in str(caught.value.faults[0])

    @pytest.mark.parametrize("named", ["z.ttl.gz", "My Data.NT.gz"])
    def test_the_whole_name_is_proposed(self, tmp_path: Path, named: str) -> None:
        error = fault(tmp_path / named, b"<http://a> <http://b> 1 .")
        assert str(error.hint) == f"rename it to {named[:-3]}"


def _children() -> bytes:
    """Give the command lines of the processes that this one has started."""
    tasks = Path("/proc/self/task").iterdir()
    pids = [pid for task in tasks for pid in (task / "children").read_text().split()]
    return b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids if Path(f"/proc/{pid}").exists())
