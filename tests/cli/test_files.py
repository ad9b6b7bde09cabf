"""Every option that reads a file, given files of every wrong kind: one message, exit code 2 or 3, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import Run

ZEROS = "0" * 64
SHAPE = "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://s> a sh:NodeShape ; sh:targetClass <http://b> ."
# Option or argument → the command line, in which FILE is the file, and the suffix it has.
READERS = {
    "query --file": ("query --file FILE", ".rq"),
    "validate a document": ("validate FILE", ".yaml"),
    "validate --shapes": ("validate GOOD --shapes FILE", ".ttl"),
    "validate lines": ("validate FILE --shapes SHAPES", ".nq"),
    "validate XML": ("validate FILE --shapes SHAPES", ".rdf"),
    "validate JSON": ("validate FILE --shapes SHAPES", ".jsonld"),
    "validate --mapping": ("validate table --mapping FILE TABLE", ".yaml"),
    "validate a table": ("validate table --mapping MAPPING FILE", ".csv"),
    "validate a workbook": ("validate table --mapping MAPPING FILE", ".xlsx"),
    "validate JSON lines": ("validate table --mapping MAPPING FILE", ".jsonl"),
    "mapping check": ("mapping check FILE", ".yaml"),
    "mapping init": ("mapping init FILE", ".csv"),
    "mapping init of a workbook": ("mapping init FILE", ".xlsx"),
    "link": ("link FILE --column Country", ".csv"),
    "review --import": ("review --import FILE", ".tsv"),
    "evidence digests": ("evidence digests FILE", ".txt"),
    "evidence check": ("evidence check --documents FOLDER", ".txt"),
}
BYTES = {
    "empty": b"",
    "a mark alone": b"\xef\xbb\xbf",
    "UTF-16": "Country, Ä\r\nÖ, 1\r\n".encode("utf-16"),
    "Latin-1": "Country, é\nü, 1\n".encode("latin-1"),
    "zeros": bytes(4_000),
    "binary": bytes(range(256)) * 20,
    "a long line": b"x" * (4 << 20),
    "a terminal's commands": b"\x1b[2J\x07\x1b]0;x\x07",
    "a broken archive": b"\x1f\x8b\x08\x00broken",
}
MAPPING = """source: mine
edition: "1"
date: 2020
tables:
  - columns:
      country: {column: Country, as: state, required: true}
    facts:
      "rank/mine/{country}": {type: RankObservation, observedState: "{country}", rank: "1"}
"""


def invoke(run: Run, folder: Path, line: str, file: Path) -> Result:
    """Run a command line with its files in place."""
    (folder / "good.ttl").write_text("<http://a> a <http://b> .\n")
    (folder / "shapes.ttl").write_text(SHAPE)
    (folder / "table.csv").write_text("Country\nKorea\n")
    (folder / "mapping.yaml").write_text(MAPPING)
    places = {
        "FILE": str(file),
        "FOLDER": str(file.parent),
        "SHAPES": str(folder / "shapes.ttl"),
        "GOOD": str(folder / "good.ttl"),
        "TABLE": str(folder / "table.csv"),
        "MAPPING": str(folder / "mapping.yaml"),
    }
    return run(*(places.get(word, word) for word in line.split()))


# Each reader with every sixth kind of bytes, and each kind with every sixth reader; the others take their time.
TRIED = [
    pytest.param(*reader, content, id=f"{name}-{kind}", marks=[pytest.mark.slow] if (first + second) % 6 else [])
    for first, (name, reader) in enumerate(READERS.items())
    for second, (kind, content) in enumerate(BYTES.items())
]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("line", "suffix", "content"), TRIED)
def test_no_bytes_end_in_a_traceback(run: Run, tmp_path: Path, line: str, suffix: str, content: bytes) -> None:
    file = tmp_path / "given" / f"file{suffix}"
    file.parent.mkdir()
    file.write_bytes(content)
    result = invoke(run, tmp_path, line, file)
    told = result.stderr
    assert result.exit_code in (0, 2, 3), told
    assert "Traceback" not in told and "defect" not in told
    assert result.exit_code == 0 or told.startswith("error ")
    assert all(sign.isprintable() or sign == "\n" for sign in told)
    assert len(told) < 20_000


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
@pytest.mark.parametrize(
    "name", [name for name, (_, suffix) in READERS.items() if suffix in (".rq", ".yaml", ".txt", ".tsv", ".ttl", ".nq")]
)
def test_another_encoding_is_told_with_the_byte_and_the_way_out(
    run: Run, tmp_path: Path, name: str, encoding: str
) -> None:
    line, suffix = READERS[name]
    file = tmp_path / "given" / f"file{suffix}"
    file.parent.mkdir()
    file.write_bytes('<http://a> <http://b> "é" .\n'.encode(encoding))
    result = invoke(run, tmp_path, line, file)
    assert result.exit_code == 2
    assert f"{file}:1:" in result.stderr.replace("\n", "")
    assert "text in UTF-8" in result.stderr and "iconv" in result.stderr


@pytest.mark.parametrize(("line", "suffix"), READERS.values(), ids=READERS)
def test_what_is_not_there_or_is_a_folder_is_told(run: Run, tmp_path: Path, line: str, suffix: str) -> None:
    missing = invoke(run, tmp_path, line, tmp_path / "none" / f"file{suffix}")
    assert missing.exit_code == 2 and "does not exist" in missing.stderr
    if "FOLDER" not in line:
        folder = tmp_path / f"folder{suffix}"
        folder.mkdir()
        result = invoke(run, tmp_path, line, folder)
        assert result.exit_code == 2 and str(folder) in result.stderr.replace("\n", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize(("line", "suffix"), READERS.values(), ids=READERS)
def test_a_file_that_may_not_be_read_is_told(run: Run, tmp_path: Path, line: str, suffix: str) -> None:
    file = tmp_path / "given" / f"file{suffix}"
    file.parent.mkdir()
    file.touch(mode=0o000)
    result = invoke(run, tmp_path, line, file)
    assert result.exit_code == 2 and "ermission denied" in result.stderr


def test_a_byte_order_mark_before_a_query_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("\ufeffASK {}", encoding="utf-8")
    assert run("query", "--file", str(tmp_path / "a.rq")).stdout == "true\n"
    assert run("query", "--file", "-", text="\ufeffASK {}").stdout == "true\n"


@pytest.mark.parametrize("encoding", ["nosuch", "hex", "idna"])
def test_an_encoding_that_is_none_is_told(run: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_text("Country\nKorea\n")
    result = run("link", str(tmp_path / "a.csv"), "--column", "Country", "--encoding", encoding)
    assert result.exit_code == 2 and f"{encoding!r} is no encoding" in result.stderr
    mapping = MAPPING.replace("columns:", f"encoding: '{encoding}'\n    columns:")
    (tmp_path / "map.yaml").write_text(mapping)
    assert run("mapping", "check", str(tmp_path / "map.yaml")).exit_code == 2


def test_a_table_in_another_encoding_is_read_when_it_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Country\nCôte d'Ivoire\n".encode("utf-16"))
    result = run("link", str(tmp_path / "a.csv"), "--column", "Country", "--encoding", "utf-16")
    assert result.exit_code == 0 and "state/CIV" in result.stdout


def test_a_limit_is_exit_code_3_and_a_wrong_file_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text(f'<http://a> <http://b> "{"x" * (17 << 20)}" <http://g> .\n')
    assert run("validate", str(tmp_path / "a.nq")).exit_code == 3
    (tmp_path / "b.nq").write_text("<a> <b> <c> .\n<d> <e> <f> .\n")
    result = run("validate", str(tmp_path / "b.nq"))
    assert result.exit_code == 2
    assert [result.stderr.count(f"b.nq:{line}:1: No scheme found") for line in (1, 2, 3)] == [1, 1, 0]
    assert "2 faults; the first on line 1" in result.stderr


def test_each_fault_of_a_mapping_is_told_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAPPING.replace("required", "requird").replace('rank: "1"', 'rank: "{rnk}"'))
    (tmp_path / "a.csv").write_text("Country\nKorea\n")
    for line in (("mapping", "check"), ("validate", "table", str(tmp_path / "a.csv"), "--mapping")):
        told = run(*line, str(tmp_path / "map.yaml"))
        assert told.exit_code == 2
        assert [told.stderr.count(word) for word in ("map.yaml:6:", "map.yaml:8:", "2 faults")] == [1, 1, 1]


@pytest.mark.parametrize("graph", ["a b", "http://a b", "<x>", "http://[x/"])
def test_a_graph_that_is_no_iri_is_told(run: Run, tmp_path: Path, graph: str) -> None:
    (tmp_path / "a.ttl").write_text("<http://a> a <http://b> .\n")
    result = run("validate", str(tmp_path / "a.ttl"), "--graph", graph)
    assert result.exit_code == 2 and "makes no IRI" in result.stderr


@pytest.mark.parametrize("value", ["nosuch", "nan", "inf", "-1", "0", ""])
def test_a_setting_that_is_no_number_is_told(run: Run, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_READ_SECONDS", value)
    result = run("info")
    assert result.exit_code == 2 and f"COMMUNIQUE_READ_SECONDS is '{value}'" in result.stderr


@pytest.mark.parametrize("option", [("link", "-o"), ("mapping", "-o"), ("review", "--export")])
def test_an_output_that_cannot_be_written_is_told(run: Run, tmp_path: Path, option: tuple[str, str]) -> None:
    (tmp_path / "a.csv").write_text("Country\nKorea\n")
    line = {
        "link": ("link", str(tmp_path / "a.csv"), "--column", "Country"),
        "mapping": ("mapping", "init", str(tmp_path / "a.csv")),
        "review": ("review",),
    }[option[0]]
    result = run(*line, option[1], str(tmp_path / "none" / "out.csv"))
    assert result.exit_code == 2 and "No such file" in result.stderr


def test_a_defect_of_ours_is_no_verdict_on_the_data(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise KeyError("x\x1b")

    monkeypatch.setattr("communique.cli.info.Session.start", fail)
    result = run("info")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr and "\x1b" not in result.stderr and "report it" in result.stderr


class TestDigests:
    TEXT = "Harbour talks\n\nThe ministers met.\n"

    def document(self, folder: Path, *, file: str = "", passage: str = "") -> Path:
        """Write a text and a document that rests on it."""
        import hashlib

        (folder / "texts").mkdir(exist_ok=True)
        (folder / "texts" / "a.txt").write_text(self.TEXT)
        own = [hashlib.sha256(line.encode()).hexdigest() for line in self.TEXT.splitlines()]
        whole = hashlib.sha256(self.TEXT.encode()).hexdigest()
        path = folder / "901.yaml"
        path.write_text(
            f'document: "901"\ndigest: {file or whole}\ndescribe: {{label: Talks}}\ndate: 2020-03-09\nparagraphs:\n'
            f"  - {{paragraph: 1, digest: {own[0]}, none: A heading.}}\n"
            f"  - {{paragraph: 3, digest: {passage or own[2]}, none: No fact.}}\n"
        )
        return path

    def test_digests_that_fit_their_texts_are_admissible(self, run: Run, tmp_path: Path) -> None:
        path = self.document(tmp_path)
        assert run("validate", str(path), "--documents", str(tmp_path / "texts")).exit_code == 0

    @pytest.mark.parametrize(
        ("wrong", "told"), [({"passage": "ab" * 32}, "the paragraph has digest"), ({"file": "ab" * 32}, "no file with")]
    )
    def test_a_wrong_digest_is_a_violation(self, run: Run, tmp_path: Path, wrong: dict[str, str], told: str) -> None:
        path = self.document(tmp_path, **wrong)
        result = run("validate", str(path), "--documents", str(tmp_path / "texts"), "--format", "csv")
        assert result.exit_code == 1
        assert told in result.stdout and "evidence-digest" in result.stdout

    def test_without_the_texts_the_graph_in_force_is_asked(self, run: Run, root: Path, tmp_path: Path) -> None:
        text = (root / "graph" / "documents" / "001.yaml").read_text()
        first = text.index("digest: ", text.index("paragraphs:")) + len("digest: ")
        path = tmp_path / "001.yaml"
        path.write_text(text[:first] + "ab" * 32 + text[first + 64 :])
        result = run("validate", str(path), "--format", "csv")
        assert result.exit_code == 0
        assert "one is wrong" in result.stdout and result.stdout.count("evidence-digest") == 1

    def test_packaged_documents_differ_in_nothing(self, run: Run, root: Path) -> None:
        result = run("validate", str(root / "graph" / "documents" / "001.yaml"), "--format", "csv")
        assert "evidence-digest" not in result.stdout
