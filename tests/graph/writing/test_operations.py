"""The text of an update: parted as the engine reads it, with a dataset where the protocol names one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from communique.graph.errors import QueryRefused
from communique.graph.terms.namespaces import ID
from communique.graph.writing import operations
from communique.graph.writing.operations import read_operations

SUITE = Path(__file__).resolve().parents[4] / "shared/conformance/sparql11"
# Those with LOAD would fetch a document, and are refused here.
UPDATES = sorted(path for path in SUITE.glob("*/*.ru") if "LOAD" not in path.read_text(encoding="utf-8").upper())


def dump(store: Store) -> list[str]:
    """Write a store without the names of its blank nodes."""
    return sorted(" ".join("_" if part.startswith("_:") else part for part in str(quad).split(" ")) for quad in store)


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_operations_one_by_one_do_what_the_update_does(shared: Path, path: Path) -> None:
    """On the updates of the W3C's suite; a text that the engine refuses as a whole is not parted."""
    text = path.read_text(encoding="utf-8")
    whole, parted = Store(), Store()
    for store in (whole, parted):
        store.update("INSERT DATA { <x:s> <x:p> 1 . GRAPH <x:g> { <x:s> <x:p> 2 } }")
    try:
        whole.update(text, base_iri=ID)
    except (SyntaxError, RuntimeError, ValueError, OSError):
        return
    for operation in read_operations(text):
        parted.update(operation.prologue + operation.text, base_iri=ID)
    assert dump(parted) == dump(whole)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CLEAR ALL", [["CLEAR", "ALL"]]),
        ("CLEAR ALL;", [["CLEAR", "ALL"]]),
        ("", []),
        ("PREFIX x: <x:>", []),
        ("INSERT DATA { <a> <b> ';' }; CLEAR ALL", [["INSERT", "DATA", "{}"], ["CLEAR", "ALL"]]),
        ("INSERT DATA { <a> <b> '''}';''' } # ;\n ; CLEAR ALL", [["INSERT", "DATA", "{}"], ["CLEAR", "ALL"]]),
        ("INSERT DATA { <a#;> <b> <c;d> ; <e> 1 }", [["INSERT", "DATA", "{}"]]),
        (
            "PREFIX x: <x:> DELETE { ?s x:a\\;b ?o } WHERE { ?s x:a ?o FILTER(?s<?o&&?o>?s) }",
            [["DELETE", "{}", "WHERE", "{}"]],
        ),
        ("delete where { ?s ?p ?o }", [["DELETE", "WHERE", "{}"]]),
    ],
)
def test_a_text_is_parted_outside_of_braces(text: str, words: list[list[str]]) -> None:
    assert [operation.words for operation in read_operations(text)] == words


def test_an_operation_has_the_prologue_of_those_before_it() -> None:
    first, second = read_operations("PREFIX a: <x:a> INSERT DATA {}; PREFIX b: <x:b> BASE <x:c> CLEAR ALL")
    assert first.prologue.split() == ["PREFIX", "a:", "<x:a>"]
    assert second.prologue.split() == ["PREFIX", "a:", "<x:a>", "PREFIX", "b:", "<x:b>", "BASE", "<x:c>"]


@pytest.mark.parametrize(
    ("text", "is_about_default", "reads_default"),
    [
        ("INSERT DATA { <a> <b> <c> }", True, False),
        ("INSERT DATA { GRAPH <g> { <a> <b> <c> } }", False, False),
        ("INSERT DATA { GRAPH <g> { <a> <b> <c> } <a> <b> <c> }", True, False),
        ("INSERT DATA { GRAPH <g> { <a> <b> <c> } . GRAPH <h> { <a> <b> '}' } }", False, False),
        ("DELETE DATA { <a> <b> <c> }", True, False),
        ("DELETE WHERE { ?s ?p ?o }", True, True),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", False, False),
        ("WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", False, False),
        ("INSERT { GRAPH <g> { ?s ?p ?o } } WHERE { ?s ?p ?o }", False, True),
        ("INSERT { GRAPH <g> { ?s ?p ?o } } WHERE { GRAPH ?h { ?s ?p ?o } }", False, False),
        ("INSERT { GRAPH <g> { ?s ?p ?o } } WHERE { GRAPH ?h { ?s ?p ?o } FILTER(?s = ?o) }", False, True),
        ("INSERT { GRAPH <g> { ?s ?p ?o } } USING <h> WHERE { ?s ?p ?o }", False, False),
        ("DELETE { ?s ?p ?o } INSERT { GRAPH <g> { ?s ?p ?o } } WHERE { ?s ?p ?o }", True, True),
        ("CLEAR DEFAULT", True, False),
        ("CLEAR GRAPH <g>", False, False),
        ("COPY DEFAULT TO <g>", True, False),
        ("MOVE <g> TO DEFAULT", True, False),
    ],
)
def test_what_an_operation_has_to_do_with_the_default_graph(
    text: str, is_about_default: bool, reads_default: bool
) -> None:
    [operation] = read_operations(text)
    assert (operation.is_about_default, operation.reads_default) == (is_about_default, reads_default)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DELETE WHERE { ?s <p> ?o }", set()),
        ("DELETE { ?s <p> ?o } WHERE { ?s <p> ?o }", set()),
        ("INSERT { <new> <p> ?o } WHERE { ?s <q> ?o }", {"<s> <p> 1", "<new> <p> 2"}),
        ("INSERT { <new> <p> ?o } WHERE { GRAPH ?g { ?s <q> ?o } }", {"<s> <p> 1", "<new> <p> 3"}),
    ],
)
def test_a_pattern_reads_the_dataset_of_the_request(text: str, expected: set[str]) -> None:
    store = Store()
    store.update(
        "BASE <x:> INSERT DATA { <s> <p> 1 GRAPH <g> { <s> <p> 1 . <s> <q> 2 } GRAPH <h> { <s> <q> 3 } }",
    )
    [operation] = read_operations(f"BASE <x:> {text}")
    changed = operation.with_dataset(["x:g"], ["x:h"])
    store.update(changed.prologue + changed.text)
    found = store.query("BASE <x:> SELECT ?s ?p ?o { ?s ?p ?o }")
    wanted = Store()
    wanted.update(f"BASE <x:> INSERT DATA {{ {' . '.join(expected)} }}")
    assert {str(row) for row in found} == {str(row) for row in wanted.query("SELECT ?s ?p ?o { ?s ?p ?o }")}


@pytest.mark.parametrize("clause", ["WITH <x:g> DELETE { ?s ?p ?o } WHERE", "DELETE { ?s ?p ?o } USING <x:g> WHERE"])
def test_a_dataset_is_named_once(clause: str) -> None:
    [operation] = read_operations(f"{clause} {{ ?s ?p ?o }}")
    with pytest.raises(QueryRefused, match="USING or WITH"):
        operation.with_dataset([], ["x:g"])


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:1/>",
        "load silent <http://127.0.0.1:1/> into graph <x:g>",
        "PREFIX x: <http://127.0.0.1:1/> LOAD x:a",
        "CLEAR ALL;LOAD#\n<http://127.0.0.1:1/>",
        "INSERT DATA {} ; LOAD <http://127.0.0.1:1/>",
        "INSERT { <a> <b> <c> } WHERE { FILTER(?a<?b) };LOAD<http://127.0.0.1:1/>",
    ],
)
def test_load_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="LOAD"):
        operations.check(text, 1000)


def test_a_name_is_no_load() -> None:
    operations.check("PREFIX x: <x:> INSERT { <load> x:load ?load } WHERE { x:load <load> ?load }", 1000)


def test_what_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(QueryRefused, match="characters"):
        operations.check("CLEAR ALL" + " " * 1000, 1000)
    with pytest.raises(QueryRefused, match="nested"):
        operations.check("DELETE {} WHERE " + "{" * 600 + "}" * 600, 10_000)
