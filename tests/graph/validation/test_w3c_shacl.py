"""The W3C test suite of SHACL: all of Core and of SHACL-SPARQL.

Compared, as the suite asks: whether the data conforms, and the multiset of focus node, path, value, source constraint
component and severity. Where the expected result is a failure, the shapes must be refused.

Each test runs three times: through the command, whose report is read back and compared with what the suite expects to
the letter; and by the compiler alone, on a default graph and on the union of two named graphs that both hold the data,
in which every triple counts once. The compiler looks at a store, which keeps literals in forms of its own: what is
expected of it is put into these forms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from communique.cli import main
from communique.graph.errors import ShapesError
from communique.graph.store.lexical import stored_forms
from communique.graph.validation.compiled import compile_shapes
from communique.graph.validation.compiled.paths import read_path_node
from communique.graph.validation.compiled.shapes_graph import ShapesGraph, Term, sh
from communique.graph.validation.results import ValidationReport

SUITE = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "shacl"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SHAPES = NamedNode("urn:shapes")
COPIES = (NamedNode("urn:one"), NamedNode("urn:other"))


@dataclass(frozen=True)
class Case:
    """An entry of a manifest."""

    manifest: Path
    node: Term

    @property
    def name(self) -> str:
        """The folder and name of the test."""
        return f"{self.manifest.parent.relative_to(SUITE)}/{self.node.value.rsplit('/', 1)[-1]}"

    def value(self, *steps: str) -> Term | None:
        """Walk from the entry over properties."""
        node: Term | None = self.node
        for step in steps:
            node = next(iter(graph(self.manifest).objects(node, NamedNode(step))), None) if node else None
        return node

    def quads(self, role: str) -> tuple[Quad, ...]:
        """Load the data or the shapes."""
        return load(Path(self.value(MF + "action", SHT + role).value.removeprefix("file://")))


@cache
def load(path: Path) -> tuple[Quad, ...]:
    # One parse per file: the blank nodes of an expected result are those of the data in the same file.
    return tuple(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri(), rename_blank_nodes=True))


@cache
def graph(path: Path) -> ShapesGraph:
    return ShapesGraph(load(path))


def cases(manifest: Path) -> Iterator[Case]:
    here = graph(manifest)
    for node in here.subjects(NamedNode(MF + "include")):
        for file in here.objects(node, NamedNode(MF + "include")):
            yield from cases(Path(file.value.removeprefix("file://")))
    for node in here.subjects(NamedNode(MF + "entries")):
        for head in here.objects(node, NamedNode(MF + "entries")):
            yield from (Case(manifest, entry) for entry in here.members(head) or ())


def stored(term: Term | None) -> Term | None:
    """Give a literal the lexical form that the store gives it."""
    return None if term is None else stored_forms([term]).get(term, term)


def as_told(term: Term | None) -> Term | str | None:
    """Give a term as a report in a file tells it: blank nodes lose their names."""
    return "_:" if isinstance(term, BlankNode) else term


def filled(quads: list[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


def expected(case: Case, form: Callable[[Term | None], object] = stored) -> Counter[tuple[object, ...]]:
    return results(graph(case.manifest), case.value(MF + "result"), form)


def results(
    here: ShapesGraph, report: Term | None, form: Callable[[Term | None], object]
) -> Counter[tuple[object, ...]]:
    """Count the results of a report graph."""
    found: Counter[tuple[object, ...]] = Counter()
    for result in here.objects(report, sh("result")):
        focus, path, value, component, severity = (
            next(iter(here.objects(result, sh(name))), None)
            for name in ("focusNode", "resultPath", "value", "sourceConstraintComponent", "resultSeverity")
        )
        written = None if path is None else str(read_path_node(here.at(result), path))
        found[form(focus), written, form(value), component, severity] += 1
    return found


def actual(report: ValidationReport) -> Counter[tuple[object, ...]]:
    return Counter((item.focus, item.path, item.value, item.component, item.severity) for item in report.results)


def answer(case: Case, is_union: bool) -> ValidationReport:
    names = COPIES if is_union else (DefaultGraph(),)
    data = [Quad(quad.subject, quad.predicate, quad.object, name) for quad in case.quads("dataGraph") for name in names]
    beside = [Quad(quad.subject, quad.predicate, quad.object, SHAPES) for quad in case.quads("shapesGraph")]
    # In the union the shapes would become data; of the suite only one test needs them, and there they do no harm.
    store = filled(data + ([] if is_union and "shapesGraph" not in case.name else beside))

    def run(query: str) -> QuerySolutions:
        return store.query(query, use_default_graph_as_union=is_union)

    return compile_shapes(case.quads("shapesGraph"), shapes_graph=SHAPES).validate(run)


CASES = list(cases(SUITE / "manifest.ttl")) if SUITE.is_dir() else []


@pytest.mark.parametrize("is_union", [False, True], ids=["default", "union"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_agrees_with_the_suite(case: Case, is_union: bool) -> None:
    if case.value(MF + "result") == NamedNode(SHT + "Failure"):
        with pytest.raises(ShapesError):
            answer(case, is_union)
        return
    report = answer(case, is_union)
    assert actual(report) == expected(case)
    assert report.conforms == (case.value(MF + "result", sh("conforms").value).value == "true")


# Every twelfth through the command; the others take their time.
THROUGH = [
    pytest.param(case, id=case.name, marks=[pytest.mark.slow] if number % 12 else [])
    for number, case in enumerate(CASES)
]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("case", THROUGH)
def test_the_command_agrees_to_the_letter(case: Case) -> None:
    data, shapes = (case.value(MF + "action", SHT + role).value for role in ("dataGraph", "shapesGraph"))
    files = [data.removeprefix("file://"), "--shapes", shapes.removeprefix("file://")]
    told = CliRunner().invoke(main, ["validate", *files, "--format", "ntriples"])
    if case.value(MF + "result") == NamedNode(SHT + "Failure"):
        assert told.exit_code == 2, told.stderr
        return
    assert told.exit_code in {0, 1}, told.stderr
    # An answer is read back by a parser that leaves literals alone.
    here = ShapesGraph(parse(told.stdout.encode(), format=RdfFormat.N_TRIPLES))
    (report,) = here.subjects(sh("conforms"))
    assert results(here, report, as_told) == expected(case, as_told)
    (conforms,) = here.objects(report, sh("conforms"))
    assert conforms.value == case.value(MF + "result", sh("conforms").value).value


def test_the_suite_is_whole(shared: Path) -> None:
    assert len(CASES) == 120
