"""Every fault an author can make is refused at its line and column, with what was found and what to do."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.graph import sources
from communique.graph.errors import Faults, MappingError, SourceError, SourceErrors
from communique.graph.mapping.bounds import PERIODS
from communique.graph.mapping.children import children
from communique.graph.mapping.document import described, map_document
from communique.graph.sources.tree import Block, FilePlace, Listing, Part, Scalar

ZEROS = "0" * 64
HERE = FilePlace("some.yaml", 7, 1)
KNOWN = {"state/KOR", "state/KEN", "org/office"}


def document(body: str) -> str:
    """Put the content of one paragraph, its first line on line 6, under a sound head."""
    head = f'document: "901"\ndigest: {ZEROS}\ndate: 2020-03-09\nparagraphs:\n  - {{paragraph: 2, digest: {ZEROS},\n'
    return f"{head}{body}}}\n"


def facts(body: str) -> str:
    return document(f"facts: {{{body}}}")


# What is wrong → the text, line, column, and what the message says.
FAULTS = {
    "unknown term": (facts("event/a:\n  {type: Meeting, realisation: planned}"), 7, 19, "did you mean 'realization'?"),
    "a class as key": (facts("event/a:\n  {Meeting: x}"), 7, 4, "write type: Meeting"),
    "constructed term": (facts("state/KOR:\n  {partyTo: agreement/x}"), 7, 4, "only ever built by a query"),
    "unknown class": (facts("event/a:\n  {type: Meting}"), 7, 10, "did you mean 'Meeting'?"),
    "unknown class counted": (facts("count/a:\n  {countOf: Sate}"), 7, 13, "did you mean 'State'?"),
    "concept of no scheme": (facts("event/a:\n  {type: Meeting,\n realization: occured}"), 8, 15, "mean 'occurred'?"),
    "concept of another scheme": (facts("event/a:\n  {topic: ministry}"), 7, 11, "not a concept of theme"),
    "no day": (facts("event/a:\n  {beginLatest: 2017-13-01}"), 7, 17, "expected: YYYY-MM-DD"),
    "a day without hyphens": (facts("event/a:\n  {beginLatest: 20170301}"), 7, 17, "expected: YYYY-MM-DD"),
    "no integer": (facts("event/a:\n  {ordinal: second}"), 7, 13, "a whole number in digits"),
    "an integer with a comma": (facts("event/a:\n  {ordinal: '4,820'}"), 7, 13, "a whole number in digits"),
    "no decimal": (facts("pledge/a:\n  {amount: much}"), 7, 12, "a number in digits"),
    "no boolean": (facts("pledge/a:\n  {approximate: yes}"), 7, 17, "true or false"),
    "no year": (facts("rank/a/2018/KOR:\n  {refYear: '18'}"), 7, 13, "a year of four digits"),
    "no EDTF": (facts("event/a:\n  {when: last week}"), 7, 10, "an EDTF date or period"),
    "no EDTF for display": (facts("event/a:\n  {edtfText: 24 March}"), 7, 14, "an EDTF date or period"),
    "no language tag": (facts("event/a:\n  {label: {English: Talks}}"), 7, 12, "texts by language such as ko"),
    "no identifier": (facts("event/a:\n  {city: Seoul}"), 7, 10, "kind/key"),
    "an address for a node": (facts("event/a:\n  {city: 'https://example.org/'}"), 7, 10, "kind/key"),
    "unknown kind": (facts("event/a:\n  {city: plac/seoul}"), 7, 10, "did you mean 'place'?"),
    "unknown kind of subject": (facts("\nevnt/a: {type: Meeting}"), 7, 1, "did you mean 'event'?"),
    "a broken address": (facts("event/a:\n  {source: 'https://a b'}"), 7, 12, "an IRI without blanks"),
    "nothing as value": (facts("event/a:\n  {label: }"), 7, 10, "nothing where a value of label belongs"),
    "no actor at all": (
        facts("event/a: {type: Meeting, realization: planned,\n participants: {host: }}"),
        *(7, 22, "nothing"),
    ),
    "a mapping as value": (facts("event/a:\n  {city: {a: b}}"), 7, 10, "a mapping where a value of city belongs"),
    "a list of lists": (facts("event/a:\n  {city: [[place/a]]}"), 7, 11, "a list where a value of city belongs"),
    "a text for properties": (facts("event/a:\n  Meeting"), 7, 3, "'Meeting' where properties of event/a belongs"),
    "a text for roles": (facts("event/a:\n  {participants: state/KOR}"), 7, 18, "a mapping: actors by role"),
    "no realization to inherit": (
        facts("event/a: {type: Meeting,\n participants: {host: [state/KOR]}}"),
        *(7, 24, "inherit"),
    ),
    "unknown role": (
        facts("event/a: {type: Meeting, realization: planned,\n participants: {hots: [state/KOR]}}"),
        *(7, 17, "did you mean 'host'?"),
    ),
    "a key that is no step": (facts("person/a:\n  {holds: {vice minister: {}}}"), 7, 12, "letters, digits and hyphens"),
    "a naming without text": (facts("org/a:\n  {named: {status: short}}"), 7, 11, "no 'text' in a name"),
    "no type": (facts("event/a:\n  {ordinal: 1}"), 7, 13, "event/a has no type anywhere in the document"),
    "a reference nobody describes": (
        facts("event/a: {type: Meeting,\n about: org/ofice}"),
        *(7, 9, "did you mean 'org/office'?"),
    ),
    "a state that is none": (facts("state/ROM:\n  {named: Romania}"), 7, 11, "state/ROM is described neither here"),
    "two names under one key": (
        facts("org/office: {type: Company,\n named: [E-Office, e office]}"),
        *(7, 20, "give one name a key of its own"),
    ),
    "one identifier for two parents": (
        facts("event/a: {type: Meeting, named: X},\nseries/a: {type: EventSeries, named: X}"),
        *(7, 38, "name/a/901/x has two values of hasName"),
    ),
    "an identifier of a candidate": (document("candidates: {\n  a b: {}}"), 7, 3, "is not an identifier"),
    "a text for a candidate": (document("candidates: {\n  a: b}"), 7, 6, "the two nodes and the reason"),
    "neither facts nor reason": (document(""), 5, 5, "neither facts nor a reason"),
    "both facts and reason": (document("facts: {},\nnone: x"), 5, 5, "both facts and a reason"),
    "unknown key of a paragraph": (document("\nfact: {}"), 7, 1, "did you mean 'facts'?"),
    "an inference without rule": (document("inferred:\n  [{facts: {}}]"), 7, 4, "no 'rule'"),
    "an inference without facts": (document("inferred:\n  [{rule: x}]"), 7, 4, "no 'facts' in the inference"),
    "no digest of a paragraph": (document("facts: {}").replace(f", digest: {ZEROS},", ","), 5, 5, "no 'digest' in"),
    "a short digest": (
        document("facts: {}").replace(f"2, digest: {ZEROS}", "2, digest: 00ab"),
        *(5, 28, "64 hexadecimal"),
    ),
    "no locator": (document("facts: {}").replace("paragraph: 2, ", ""), 5, 5, "no 'paragraph' in the paragraph"),
    "a locator that is no line": (document("facts: {}").replace("paragraph: 2", "paragraph: 0"), 5, 17, "1 or more"),
    "no number": (document("facts: {}").replace('document: "901"\n', ""), 1, 1, "no 'document' in the document"),
    "no digest of the document": (document("facts: {}").replace(f"\ndigest: {ZEROS}", ""), 1, 1, "no 'digest' in the"),
    "a document that is no key": (document("facts: {}").replace('"901"', "a/ b"), 1, 11, "not a number of a"),
    "unknown key of a document": ("paragraph: []\n", 1, 1, "did you mean 'paragraphs'?"),
    "an inferred date without rule": (
        document("facts: {}").replace("2020-03-09", "{edtf: 2020}"),
        *(3, 7, "no 'inferred' in"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_at_its_place(text: str, line: int, column: int, told: str) -> None:
    tree = sources.parse_yaml(text, "some.yaml")
    with pytest.raises(SourceError) as caught:
        map_document(tree, KNOWN)
    (fault,) = (each for each in caught.value.faults if told in str(each))
    assert str(fault).startswith(f"some.yaml:{line}:{column}: ")
    assert all(each.expected or each.hint for each in caught.value.faults)


def test_the_sound_frame_of_these_faults_is_sound() -> None:
    text = facts("event/a: {type: Meeting, realization: planned, participants: {host: [state/KOR]}, about: org/office}")
    assert map_document(sources.parse_yaml(text, "some.yaml"), KNOWN)


SCALARS = st.sampled_from(
    ["x", "1", "2018-02", "state/KOR", "Meeting", "planned", "host", "a b", "", "é", "a/../b", "가"]
)
KEYS = st.sampled_from(
    [*children(), *PERIODS, "type", "label", "actors", "text", "key", "lang", "realization", "about", "x"]
)
TREES = st.recursive(
    SCALARS.map(lambda text: Scalar(text, HERE)),
    lambda parts: st.one_of(
        st.lists(parts, max_size=2).map(lambda items: Listing(tuple(items), HERE)),
        st.dictionaries(KEYS | SCALARS, parts, max_size=3).map(
            lambda entries: Block(tuple((Scalar(key, HERE), part) for key, part in entries.items()), HERE)
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(KEYS, TREES)
def test_whatever_is_authored_is_mapped_or_refused_by_name(key: str, part: Part) -> None:
    node = Block(((Scalar("type", HERE), Scalar("Meeting", HERE)), (Scalar(key, HERE), part)), HERE)
    frame = sources.parse_yaml(facts("x: {}"), "some.yaml")
    try:
        map_document(_put(frame, Block(((Scalar("event/a", HERE), node),), HERE)))
    except SourceError as error:
        assert all(each.line and each.column and isinstance(each, MappingError) for each in error.faults)


def _put(part: Part, content: Block) -> Block:
    """Put content in place of the facts of a frame."""
    put = _replace(part, content)
    assert isinstance(put, Block)
    return put


def _replace(part: Part, content: Block) -> Part:
    if isinstance(part, Listing):
        return Listing(tuple(_replace(item, content) for item in part.items), part.place)
    if isinstance(part, Block):
        return Block(
            tuple((key, content if key.text == "facts" else _replace(value, content)) for key, value in part),
            part.place,
        )
    return part


MANY = f"""document: "901"
digest: {ZEROS}
date: last week
dait: 3
paragraphs:
  - paragraph: 2
    digest: {"ab" * 31}
    facts:
      event/a:
        type: Meting
        realization: occured
        label: Talks
        label: Again
        city: Seoul
        participants:
          hots: [state/KOR, sate/KEN]
          host: {{state/KOR: {{inCapacity: Minister}}, state/KEN: {{inCapacity: person/kim, fo: bar}}}}
        about: [org/ofice, event/b]
      event/b: {{ordinal: one}}
  - paragraph: 2
    digest: {ZEROS}
    facts: {{event/c: {{ordinal: 1}}}}
    none: *x
"""


def test_one_run_tells_all_faults_of_a_document() -> None:
    """Each fault once, in the order of the file, and none that only follows from another: event/b is there."""
    faults = Faults()
    tree = sources.parse_yaml(MANY, "some.yaml", faults)
    with pytest.raises(SourceErrors, match=r"^some\.yaml: 18 faults; the first on line 3: ") as caught:
        map_document(tree, KNOWN, faults)
    places = [(each.line, each.column) for each in caught.value.faults]
    assert places == [
        *((3, 7), (4, 1), (7, 13), (10, 15), (11, 22), (13, 9), (14, 15), (16, 11), (16, 29), (17, 42), (17, 77)),
        *((17, 89), (18, 17), (19, 26), (20, 5), (20, 16), (22, 32), (23, 11)),
    ]


def test_a_document_with_faults_still_describes_its_nodes_for_others() -> None:
    assert {"event/a", "event/b", "event/c"} <= described(sources.parse_yaml(MANY, "some.yaml", Faults()))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Minister", "'Minister' is a text where inCapacity takes a node: a PostHolding"),
        (
            "Vice Minister",
            "holds: {vice-minister: …}; its identifier is then post-holding/<person>/<document>/vice-",
        ),
        ("person/kim", "'person/kim' is another node where inCapacity takes a node: a PostHolding"),
        ("post-holding/kim/901/minister", "is described neither here"),
    ],
)
def test_a_text_for_a_post_says_that_a_post_holding_is_meant(value: str, told: str) -> None:
    host = f"host: {{state/KOR:\n {{inCapacity: {value}}}}}"
    body = f"event/a: {{type: Meeting, realization: planned, participants: {{{host}}}}}"
    with pytest.raises(MappingError) as caught:
        map_document(sources.parse_yaml(facts(body), "some.yaml"), KNOWN)
    assert told in str(caught.value)
    assert (caught.value.line, caught.value.column) == (7, 15)


@pytest.mark.parametrize(
    ("digest", "other", "told"),
    [
        ("ab" * 32, hashlib.sha256(b"").hexdigest(), "a text without a single character"),
        ("ab" * 32, "ab" * 32, "the digest of a paragraph is that of the document's file"),
    ],
)
def test_a_digest_that_cannot_be_right_is_told(digest: str, other: str, told: str) -> None:
    text = (
        f'document: "901"\ndigest: {digest}\nparagraphs:\n  - {{paragraph: 1, digest: {"cd" * 32}, none: x}}\n'
        f"  - {{paragraph: 2, digest: {other}, none: x}}\n"
    )
    with pytest.raises(MappingError, match=told) as caught:
        map_document(sources.parse_yaml(text, "some.yaml"), KNOWN)
    assert (caught.value.line, caught.value.column) == (5, 28)


def test_two_realizations_in_one_document_are_refused() -> None:
    first = facts("event/a: {type: Meeting, realization: planned}")
    second = f"  - {{paragraph: 3, digest: {ZEROS},\n facts: {{event/a: {{realization: occurred}}}}}}\n"
    with pytest.raises(MappingError, match="'occurred' here and 'planned' on line 6") as caught:
        map_document(sources.parse_yaml(first + second, "some.yaml"))
    assert (caught.value.line, caught.value.column) == (8, 33)


def test_a_paragraph_described_twice_is_refused() -> None:
    text = facts("event/a: {type: Meeting}") + f"  - {{paragraph: 2, digest: {ZEROS}, none: again}}\n"
    with pytest.raises(MappingError, match="paragraph 2 again, first on line 5") as caught:
        map_document(sources.parse_yaml(text, "some.yaml"))
    assert (caught.value.line, caught.value.column) == (7, 17)


def test_a_wrong_identifier_is_told_once_and_where_it_stands_although_others_are_made_of_it() -> None:
    facts = "facts:\n      state/KOR ea:\n        type: State\n        label: Korea\n        named: Korea\n"
    digest = "0" * 64
    head = f"document: '900'\ndigest: {digest}\ndate: 2016-05-26\nparagraphs:\n"
    text = f"{head}  - paragraph: 1\n    digest: {digest}\n    {facts}"
    faults = Faults()
    tree = sources.parse_yaml(text, "some.yaml", faults)
    with pytest.raises(SourceError) as caught:
        map_document(tree, KNOWN, faults)
    told = [each for each in caught.value.faults if "is not an identifier" in each.found]
    assert [(each.line, each.column) for each in told] == [(8, 7)]
