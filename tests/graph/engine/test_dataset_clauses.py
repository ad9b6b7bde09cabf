"""FROM narrows, however it is spelt: the answers over three graphs are known by construction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from communique.graph.engine.dataset_clauses import listed_graphs
from communique.graph.engine.evaluation import evaluate
from communique.graph.engine.protocol import Request
from communique.graph.errors import QueryError, QueryRefused, QuerySyntaxError
from communique.graph.store.merged import MergedDataset
from communique.graph.terms.namespaces import ID

BASE = f"{ID}doc/"
P = NamedNode("x:p")


@pytest.fixture(scope="module")
def dataset() -> MergedDataset:
    """Hold three graphs: each states ``x:all``, and a subject named after itself."""
    store = Store()
    for letter in "abc":
        for subject in (letter, "all"):
            store.add(Quad(NamedNode(f"x:{subject}"), P, P, NamedNode(BASE + letter)))
    return MergedDataset(store)


def ask(dataset: MergedDataset, text: str) -> list[str]:
    """Return the subjects of an answer, each as often as it comes; of ASK whether there is one."""
    written = evaluate(dataset, Request(text))
    media_type, body = written.media_type, written.read()
    if media_type == "text/turtle":
        return sorted(quad.subject.value for quad in parse(body, format=RdfFormat.TURTLE))
    answer = json.loads(body)
    if "boolean" in answer:
        return [str(answer["boolean"])]
    return sorted(row["s"]["value"] for row in answer["results"]["bindings"])


def subjects(letters: str) -> list[str]:
    """Give what the merge of some graphs states."""
    return sorted(f"x:{subject}" for subject in [*set(letters), *(["all"] if letters else [])])


# Ways to write a graph <…/doc/a>, with what has to be declared.
SPELLINGS = [
    ("", f"<{BASE}%s>"),
    ("", "<doc/%s>"),
    ("", "<./x/../doc/%s>"),
    ("", r"<d\u006Fc/%s>"),
    ("", r"<\U00000064oc/%s>"),
    ("", rf"<{BASE[:-4]}\u0064oc\u002f%s>"),
    (f"BASE <{BASE}>", "<%s>"),
    (f"BASE <{ID}>\nBASE <doc/x>", "<%s>"),
    (r"BASE <d\u006fc/>", "<%s>"),
    ("PREFIX d: <doc/>", "d:%s"),
    ("prefix :<doc/>", ":%s"),
    ("PREFIX d: <x:y/> PREFIX d: <doc/>", "d:%s"),
    (f"BASE <{BASE}> PREFIX d: <>", "d:%s"),
    ("PREFIX d: <d>", "d:oc\\/%s"),
    ("PREFIX from: <doc/>", "from:%s"),
    ("PREFIX named: <doc/>", "named:%s"),
    (r"PREFIX d: <\u0064oc/>", "d:%s"),
    *((f"PREFIX {prefix}: <doc/>", f"{prefix}:%s") for prefix in ("a·", "é", "Ñandú.x", "名前", "a-b.c", "x‿y", "ы1")),
]
GAPS = [" ", "\n", "\r", "\t \t", "#\n", "# FROM <x:a>\r", "#<x:\n", "# \\u000A FROM <doc/c>\n", "#\\\n", " #'\n\r"]


@pytest.mark.parametrize(("declared", "name"), SPELLINGS)
@pytest.mark.parametrize("letters", ["a", "ab", "aa", "cba"])
def test_every_spelling_narrows(dataset: MergedDataset, declared: str, name: str, letters: str) -> None:
    for gap in GAPS:
        clauses = gap.join(f"FrOm{gap}{name % letter}" for letter in letters)
        text = f"{declared}{gap}SELECT ?s{gap}{clauses}{gap}{{ ?s ?p ?o }}"
        assert ask(dataset, text) == subjects(letters), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT (?t AS ?s) {} WHERE {{ ?t ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("SELECT DISTINCT * {} {{ ?s ?p ?o }} ORDER BY ?s LIMIT 2", ["x:a", "x:all"]),
        ("SELECT (STR(?t) AS ?s) (CONCAT('\\u0022', '#') AS ?x) {} {{ ?t ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("SELECT (STR(?t) AS ?s) ('FROM <doc/c>' AS ?x) {} {{ ?t ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ('SELECT (STR(?t) AS ?s) ("""\\""" FROM " <doc/c>""" AS ?x) {} {{ ?t ?p ?o }}', ["x:a", "x:all", "x:b"]),
        ("SELECT ?s {} {{ GRAPH ?g {{ ?s ?p ?o }} }}", []),
        ("SELECT ?s {} FROM NAMED <doc/c> {{ GRAPH ?g {{ ?s ?p ?o }} }}", ["x:all", "x:c"]),
        ("SELECT ?s FROM NAMED <doc/c> {} FROM NAMED <doc/b> {{ GRAPH <doc/b> {{ ?s ?p ?o }} }}", ["x:all", "x:b"]),
        ("SELECT ?s {} {{ {{ SELECT ?s {{ ?s ?p ?o }} }} }}", ["x:a", "x:all", "x:b"]),
        ("ASK {} {{ <x:c> ?p ?o }}", ["False"]),
        ("ASK {} {{ <x:b> ?p ?o }}", ["True"]),
        ("CONSTRUCT {{ ?s ?p ?o }} {} {{ ?s ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("CONSTRUCT {{ ?s <x:from> 'FROM <doc/c>' }} {} WHERE {{ ?s ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("CONSTRUCT {} WHERE {{ ?s ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("DESCRIBE <x:a> <x:all> <x:c> {}", ["x:a", "x:all"]),
        ("DESCRIBE <x:a> <x:all> <x:c> {} LIMIT 9", ["x:a", "x:all"]),
        ("DESCRIBE ?s {} {{ ?s ?p ?o }}", ["x:a", "x:all", "x:b"]),
        ("DESCRIBE * {} WHERE {{ ?s <x:p> ?o }}", ["x:a", "x:all", "x:b"]),
        # what only the engine knows, behind the clauses
        ("SELECT ?s {} {{ ?s ?p ?o LATERAL {{ SELECT ?s {{ ?s ?p ?o }} LIMIT 1 }} }}", ["x:a", "x:all", "x:b"]),
        ("SELECT ?s {} {{ ?s ?p ?o FILTER(!isTRIPLE(<<( ?s ?p ?o )>>)) }}", []),
    ],
)
def test_every_form_narrows(dataset: MergedDataset, text: str, expected: list[str]) -> None:
    assert ask(dataset, text.format(r"FROM <d\u006fc/a>#c" + "\rFROM<doc/b>")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o FILTER('from <doc/a> from <doc/b>' != '') }",
        "SELECT ?s { ?s ?p ?o } # FROM <doc/a> FROM <doc/b>",
        "SELECT ?s # FROM <doc/a> FROM <doc/b>\n { ?s ?p ?o }",
        "SELECT ?s # \\u000a FROM <doc/a> FROM <doc/b>\n { ?s ?p ?o }",
        "SELECT ?s ('FROM <doc/a> FROM <doc/b>' AS ?x) { ?s ?p ?o }",
        "PREFIX from: <x:from> SELECT ?s { ?s ?p ?o OPTIONAL { ?s from:from ?from } }",
        "SELECT ?s { ?s ?p ?o FILTER(str(<x:#FROM>) != 'FROM <doc/b>') }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(STR(?s) != 'FROM FROM')",
    ],
)
def test_what_is_no_clause_does_not(dataset: MergedDataset, text: str) -> None:
    assert ask(dataset, text) == subjects("abc")


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX x: <doc/> SELECT ?s FROMx:a FROM x:b { ?s ?p ?o }",
        "PREFIX x: <doc/> SELECT ?s FROM x:a FROMx:b { ?s ?p ?o }",
        "PREFIXx: <doc/> SELECT ?s FROM x:a FROM x:b { ?s ?p ?o }",
        "PREFIX x: <doc/> SELECT ?s FROM NAMEDx:a FROM x:b { ?s ?p ?o }",
        "PREFIX : <doc/> DESCRIBE <x:all> FROM:a FROM:b",
        "ASKFROM<doc/a>FROM<doc/b>{}",
        'VERSION "1.2" SELECT ?s FROM <doc/a> FROM <doc/b> { ?s ?p ?o }',
        "CONSTRUCT { ?s ?p <<( ?s ?p ?o )>> } FROM <doc/a> FROM <doc/b> { ?s ?p ?o }",
    ],
)
def test_a_clause_that_only_the_engine_reads_is_refused(dataset: MergedDataset, text: str) -> None:
    Store().query(text, base_iri=ID)
    with pytest.raises(QueryRefused, match="FROM clauses cannot be read") as refusal:
        ask(dataset, text)
    assert "default-graph-uri" in str(refusal.value.hint)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s FROM <doc/a> FROM <doc/b> {",
        "SELECT ?s F\\u0052OM <doc/a> FROM <doc/b> { ?s ?p ?o }",
        "SELECT ?s FROM x:a FROM x:b { ?s ?p ?o }",
        "SELECT ?s FROM <doc/a\\u003e FROM <doc/b> { ?s ?p ?o }",
        "SELECT ?s FROM\f<doc/a> FROM <doc/b> { ?s ?p ?o }",
        "SELECT ?s FROM '<doc/a>' FROM <doc/b> { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } FROM <doc/a> FROM <doc/b>",
        "SELECT ?s { { SELECT ?s FROM <doc/a> FROM <doc/b> { ?s ?p ?o } } }",
    ],
)
def test_what_is_no_query_is_left_to_the_parser(dataset: MergedDataset, text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        ask(dataset, text)


def test_graphs_are_listed_in_order_and_as_often() -> None:
    text = "PREFIX : <x:> ASK FROM : FROM NAMED <doc/1> FROM :a FROM : FROM NAMED :b {}"
    assert listed_graphs(text) == (("x:", "x:a", "x:"), (f"{ID}doc/1", "x:b"))
    assert listed_graphs("ASK FROM NAMED <x:a> FROM NAMED <x:b> {}") == ((), ("x:a", "x:b"))
    assert listed_graphs("ASK FROM <x:a> { ?from ?p ?o }") is None


class Spelling(NamedTuple):
    """One way to write a question about some graphs."""

    text: str
    default: str
    named: str


@st.composite
def clauses(draw: st.DrawFn) -> Spelling:
    """Spell a question about a drawn list of graphs at random."""
    gaps = st.sampled_from(["", *GAPS])
    letters = draw(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), min_size=1, max_size=4))
    declared, names = [], []
    for _, letter in letters:
        prologue, name = draw(st.sampled_from(SPELLINGS))
        if "BASE" in prologue or "BASE" in "".join(declared) or prologue == "PREFIX d: <d>":
            prologue, name = "", f"<{BASE}%s>"
        declared.append(prologue.replace("<x:y/> PREFIX d: ", ""))
        names.append(escape(draw, name % letter) if name.startswith("<") else name % letter)
    parts = [*declared, draw(st.sampled_from(["SELECT ?s", "SELECT (STR(?t) AS ?s)", "SELECT *"]))]
    for (is_named, _), name in zip(letters, names, strict=True):
        parts += [mixed(draw, "FROM"), *([mixed(draw, "NAMED")] if is_named else []), name]
    subject = "?t" if "?t" in parts[len(declared)] else "?s"
    parts.append(f"{{ {{ {subject} ?p ?o }} UNION {{ GRAPH ?g {{ {subject} ?p ?o }} }} }}")
    text = "".join(part + (draw(gaps) or " ") for part in parts)
    return Spelling(text, *("".join(each for is_named, each in letters if is_named is kind) for kind in (False, True)))


def mixed(draw: st.DrawFn, word: str) -> str:
    """Write a word in capitals and small letters."""
    return "".join(draw(st.sampled_from([letter, letter.lower()])) for letter in word)


def escape(draw: st.DrawFn, iri: str) -> str:
    """Escape some characters of an IRI."""
    if "\\" in iri:
        return iri
    places: Sequence[int] = draw(st.lists(st.integers(1, len(iri) - 2), max_size=3))
    forms = {place: draw(st.sampled_from([r"\u%04x", r"\u%04X", r"\U%08x"])) for place in places}
    return "".join(forms[place] % ord(sign) if place in forms else sign for place, sign in enumerate(iri))


@settings(max_examples=300, deadline=None)
@given(clauses())
@example(Spelling(r"SELECT ?s FROM <doc/\u0061> FROM <doc/b> { ?s ?p ?o }", "ab", ""))
def test_a_random_spelling_gives_the_same_answer(dataset: MergedDataset, spelling: Spelling) -> None:
    expected = sorted(
        subjects(spelling.default) + [name for letter in set(spelling.named) for name in subjects(letter)]
    )
    assert ask(dataset, spelling.text) == expected


# Clauses without spaces, or with something between; each is a clause to the engine at least in some place.
CRAMPED = [
    *("FROM<doc/a>", "FROM<doc/b>", "FROM:a ", "FROM d:b ", "FROMd:a ", "fromd:b ", "FROM#\n<doc/a>", "FROM#\r:b "),
    *(
        "FROM NAMED:a ",
        "FROM NAMEDd:b ",
        "FROMNAMED<doc/b>",
        "FROM<d\\u006Fc/a>",
        "FROM d:\\u0061 ",
        "FROM<#a>",
        "FROM #<",
    ),
]
FORMS = [
    "DESCRIBE ?s",
    "DESCRIBE <x:all>",
    "DESCRIBE x:all",
    "DESCRIBE*",
    "SELECT ?s",
    "SELECT*",
    "CONSTRUCT{?s ?p ?o}",
]


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.lists(st.tuples(st.sampled_from(CRAMPED), st.sampled_from(["", "", *GAPS])), min_size=2, max_size=4),
)
@example("DESCRIBE ?s", [("FROM:a ", ""), ("FROM d:b ", "")])
def test_whatever_the_engine_takes_is_not_answered_from_a_bag(
    dataset: MergedDataset, form: str, clauses: list[tuple[str, str]]
) -> None:
    """Each graph states ``x:all``, so a bag of several tells it more than once."""
    listed = "".join(clause + gap for clause, gap in clauses)
    text = f"PREFIX d: <doc/> PREFIX : <doc/> PREFIX x: <x:> {form} {listed} {{ ?s ?p ?o }}"
    try:
        found = ask(dataset, text)
    except QueryError:
        return
    assert len(found) == len(set(found))
