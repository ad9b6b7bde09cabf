"""Pages of HTML: nothing is lost between them, none is large, and the text of data stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from communique.graph.errors import ShapesError
from communique.graph.terms.namespaces import ID, SH, SHAPES
from communique.graph.validation.report import pages
from communique.graph.validation.results import VIOLATION, WARNING, Shape, ValidationReport, ValidationResult, merge

CLASS = NamedNode(SH + "ClassConstraintComponent")
EVENT, OTHER = NamedNode(SHAPES + "Participation-actor"), NamedNode("http://example.org/S")


class Reader(HTMLParser):
    """Collects findings and links, and checks that elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names += [tag, *given]
        if tag not in {"meta", "br", "link"}:
            self.open.append(tag)
        if tag == "tr" and (given.get("id") or "").startswith("finding-"):
            self.findings.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert text.startswith("<!doctype html>")
    assert not {"script", "onclick"} & set(reader.names)
    assert not [link for link in reader.links if link.startswith("javascript")]
    return reader


def finding(number: int, shape: NamedNode = EVENT, severity: NamedNode = VIOLATION) -> ValidationResult:
    return ValidationResult(NamedNode(f"{ID}event/e{number:03}"), f"<{SH}x>", Literal(number), CLASS, shape, severity)


@pytest.fixture
def report() -> ValidationReport:
    found = [finding(number) for number in range(23)] + [finding(n, OTHER, WARNING) for n in range(4)]
    counts: dict[Shape, int] = {EVENT: 30, OTHER: 4, NamedNode("http://example.org/T"): 0}
    return merge(
        [ValidationReport(tuple(found), counts, {EVENT: "sparql", OTHER: "pyshacl"}, {OTHER: "Their shape"}, ("Note",))]
    )


def test_a_folder_has_an_index_and_pages_that_lead_to_each_other(report: ValidationReport, tmp_path: Path) -> None:
    written = pages.write_pages(report, Store(), tmp_path / "new", title="Trial", limit=10)
    assert [path.name for path in written] == [
        "index.html",
        "R05-violation.html",
        "R05-violation-2.html",
        "R05-violation-3.html",
        "their-shape-warning.html",
    ]
    texts = {path.name: path.read_text() for path in written}
    readers = {name: read(text) for name, text in texts.items()}
    assert [len(readers[path.name].findings) for path in written] == [0, 10, 10, 3, 4]
    shown = {
        number for name, text in texts.items() if name.startswith("R05") for number in re.findall(r"/e(\d{3})<", text)
    }
    assert shown == {f"{number:03}" for number in range(23)}
    reached, queue = {"index.html"}, ["index.html"]
    while queue:
        new = {link for link in readers[queue.pop()].links if "//" not in link and not link.startswith("#")} - reached
        reached |= new
        queue.extend(new)
    assert reached == set(texts)
    for words in ("Not admissible: 27 findings", "Their shape", "pySHACL", "compiled shapes", "Note", "none"):
        assert words in texts["index.html"]


@pytest.mark.parametrize(("page", "count"), [(1, 10), (2, 10), (3, 7)])
def test_a_single_page_shows_its_part(report: ValidationReport, page: int, count: int) -> None:
    text = pages.render(report, Store(), title="Trial", page=page, limit=10)
    first = 10 * (page - 1) + 1
    assert read(text).findings == [f"finding-{number}" for number in range(first, first + count)]
    assert f"Findings {first}–{first + count - 1} of 27" in text


@pytest.mark.parametrize("page", [0, 4])
def test_a_page_that_is_not_there_is_refused(report: ValidationReport, page: int) -> None:
    with pytest.raises(ShapesError, match="1 to 3"):
        pages.render(report, Store(), title="Trial", page=page, limit=10)


def test_text_of_data_stays_text() -> None:
    evil = "<script>alert(1)</script>"
    result = ValidationResult(Literal(evil), None, Literal(evil), CLASS, OTHER, message=evil)
    link = ValidationResult(NamedNode("javascript:alert(1)"), None, None, CLASS, OTHER, message="m")
    report = ValidationReport((result, link), {OTHER: 2}, {}, {OTHER: evil}, (evil,))
    text = pages.render(report, Store(), title=evil)
    assert "<script" not in text
    read(text)


def test_groups_of_one_name_have_pages_of_their_own(tmp_path: Path) -> None:
    shapes = [NamedNode(f"http://example.org/{number}") for number in range(3)]
    found = tuple(finding(1, shape) for shape in shapes)
    written = pages.write_pages(
        ValidationReport(found, {}, {}, dict.fromkeys(shapes, "same")), Store(), tmp_path, title="Trial"
    )
    assert len({path.name for path in written}) == 4


def test_a_sound_graph_has_one_page(tmp_path: Path) -> None:
    (index,) = pages.write_pages(ValidationReport((), {EVENT: 3}), Store(), tmp_path, title="Trial")
    assert 'class="verdict good"' in index.read_text()
    (index,) = pages.write_pages(ValidationReport((), {EVENT: 0}), Store(), tmp_path, title="Trial")
    assert 'class="verdict warning"' in index.read_text()
    assert "Nothing was checked" in index.read_text()


def test_a_value_is_shown_with_its_property_or_alone_and_the_node_itself_not_again() -> None:
    node, other = NamedNode("http://example.org/n"), Literal("other")
    cases = {
        ("<http://example.org/p>", other): ("Property", "…/p other"),
        (None, other): ("Value", "other"),
        (None, node): ("", ""),
    }
    for (path, value), (label, told) in cases.items():
        found = ValidationResult(node, path, value, CLASS, OTHER, message="m")
        text = pages.render(ValidationReport((found,), {OTHER: 1}), Store(), title="Trial")
        (cell,) = re.findall(r"<td( data-label=\"(?:Property|Value)\")?>((?:(?!<td).)*)</td>\s*<td>m</td>", text)
        assert (label in cell[0], re.sub(r"<[^>]*>|→ ", "", cell[1])) == (True, told)
        assert bool(cell[0]) == bool(label)
