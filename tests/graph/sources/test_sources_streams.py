"""Files as they come: compressed, cut off, mis-encoded, under a wrong name; folders and standard input."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from communique.graph import sources
from communique.graph.errors import SourceError
from communique.graph.sources.decoding.streams import open_stream
from communique.graph.sources.inputs import spool

GRAPH = NamedNode("https://example.org/graph")
LINES = b"".join(b"<http://a/%d> <http://b> <http://c> .\n" % number for number in range(2000))
XML = (
    b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">\n'
    b'<rdf:Description rdf:about="http://a"><e:p>x</e:p></rdf:Description>\n'
)
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def fault(path: Path, content: bytes) -> SourceError:
    """Read a file that is at fault."""
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        list(sources.read_rdf(path, GRAPH))
    assert caught.value.path == str(path)
    return caught.value


@pytest.mark.parametrize("suffix", COMPRESSIONS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_whatever_its_wrapping(tmp_path: Path, suffix: str, mark: bytes) -> None:
    path, passed = tmp_path / f"a.nt{suffix}", list[int]()
    path.write_bytes(COMPRESSIONS[suffix](mark + LINES))
    assert len(list(sources.read_rdf(path, GRAPH, notice=passed.append))) == 2000
    assert sum(passed) == path.stat().st_size


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_parts_one_after_another_are_one_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.nt{suffix}"
    path.write_bytes(COMPRESSIONS[suffix](LINES[:-40]) + COMPRESSIONS[suffix](LINES[-40:]))
    with open_stream(path) as stream:
        assert stream.read() == LINES


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@settings(deadline=None, max_examples=6)  # each starts a process
@given(cut=st.floats(0.05, 0.999))
def test_no_cut_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, suffix: str, cut: float) -> None:
    path, whole = tmp_path_factory.mktemp("cut") / f"a.nt{suffix}", COMPRESSIONS[suffix](LINES)
    assert "broken compression" in fault(path, whole[: max(int(len(whole) * cut), 4)]).message


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_damage_is_told(tmp_path: Path, suffix: str) -> None:
    whole = bytearray(COMPRESSIONS[suffix](LINES))
    whole[len(whole) // 2] ^= 0xFF
    whole[-5:] = b"xxxxx"
    error = fault(tmp_path / f"a.nt{suffix}", bytes(whole))
    assert all(each.expected == "a whole compressed file" or each.line for each in error.faults)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.nt.gz", LINES, "the name ends in .gz, but the content is not compressed"),
        ("a.nt.zst", gzip.compress(LINES, mtime=0), "the name ends in .zst, but the content is gzip"),
        ("a.nt.gz", b"", "the name ends in .gz, but the content is empty"),
        ("a.ttl", XML, "it was read as Turtle but looks like RDF/XML"),
        ("a.rdf", b'{"@id": "http://a"}', "it was read as RDF/XML but looks like JSON-LD"),
        ("a.nq", b"@prefix a: <http://a/> .\n", "it was read as N-Quads but looks like Turtle"),
        ("a.csv", b"", "next: name the format: --input-format"),
    ],
)
def test_a_wrong_name_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    assert told in str(fault(tmp_path / name, content))


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.nt", '<http://a> <http://b> "x" .\n<http://a> <http://b> "é" .\n'.encode("latin-1"), 2),
        ("a.ttl", '<http://a> <http://b> "x" .\n'.encode("utf-16"), 1),
        ("a.rdf", XML.replace(b"x</e:p>", "é</e:p>".encode("latin-1")) + b"</rdf:RDF>", 3),
        ("a.jsonld", '{"@id": "http://a",\n "http://b": "é"}'.encode("latin-1"), 2),
    ],
)
def test_a_wrong_encoding_is_told(tmp_path: Path, name: str, content: bytes, line: int | None) -> None:
    error = fault(tmp_path / name, content)
    assert error.line == line
    assert error.expected in {"text in UTF-8", "well-formed RDF"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.nt", LINES[:-5]),
        ("a.nq", LINES[:-3]),
        ("a.ttl", b"<http://a> <http://b> <http://c> ;"),
        ("a.trig", b"<http://g> { <http://a> <http://b> <http://c> ."),
        ("a.rdf", XML),
        ("a.jsonld", b'{"@id": "http://a", "http://b": "x"'),
    ],
)
def test_a_text_cut_off_is_told_with_its_line(tmp_path: Path, name: str, content: bytes) -> None:
    """The parser takes RDF/XML without its end for a whole file; a second parser does not."""
    assert fault(tmp_path / name, content).line


def test_a_blank_node_is_told(tmp_path: Path) -> None:
    error = fault(tmp_path / "a.ttl", b"<http://a> <http://b> [ <http://c> 1 ] .")
    assert len(error.faults) == 2
    for each in error.faults:
        assert "a blank node" in each.message and each.hint == "name the node in the file"


def test_a_node_id_that_is_no_name_is_placed(tmp_path: Path) -> None:
    error = fault(tmp_path / "a.rdf", XML + b'<rdf:Description rdf:nodeID="0ab"/>\n</rdf:RDF>')
    assert (error.line, error.column) == (4, 1)
    assert "0ab is not a valid rdf:nodeID value" in error.message


@pytest.mark.slow
def test_ten_real_files_with_wrong_node_ids(shared: Path, tmp_path: Path) -> None:
    archive = shared / "data" / "agencies_registry" / "agency_wikidata_rdf_10.tar.gz"
    if not archive.exists():
        pytest.skip("the registry of agencies is not there")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    inputs = sources.collect([tmp_path])
    assert len(inputs) == 10
    for source in inputs:
        with pytest.raises(SourceError, match="not a valid rdf:nodeID value") as caught:
            list(sources.read_rdf(Path(str(source.file)), GRAPH))
        error = caught.value
        assert error.line is not None
        line = Path(str(source.file)).read_text().splitlines()[error.line - 1]
        assert error.message.split(": ")[1].split()[0] in line


def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b/x.ttl.gz", "a.yaml", "b/c.rdf", "notes.md", ".hidden/a.nt", "b/.a.nt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    found = [(Path(source.name).relative_to(tmp_path), source.kind) for source in sources.collect([tmp_path])]
    assert found == [(Path("a.yaml"), ".yaml"), (Path("b/c.rdf"), ".rdf"), (Path("b/x.ttl.gz"), ".ttl")]
    assert {source.kind for source in sources.collect([tmp_path], "turtle")} == {".ttl"}


def test_standard_input_needs_a_format(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no suffix that says its format"):
        spool(io.BytesIO(LINES), tmp_path, None)
    path = spool(io.BytesIO(gzip.compress(LINES)), tmp_path, "ntriples")
    assert len(list(sources.read_rdf(path, GRAPH))) == 2000
