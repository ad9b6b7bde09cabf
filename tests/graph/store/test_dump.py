"""A dump holds what was put in and not taken out, however its three files share that; a fork leaves the first alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.store import dump as dumps
from communique.graph.store.canonical import line_of
from communique.graph.store.dump import Dump

A, B = NamedNode("https://example.org/a"), NamedNode("https://example.org/b")
AT_ONCE, NEVER = 0, 1 << 40


def quad(number: int) -> Quad:
    """Make one of many quads, of two graphs in turns."""
    return Quad(A, B, Literal(number), (A, B)[number % 2])


def carry_out(dump: Dump, old: set[int] | frozenset[int], new: set[int] | frozenset[int]) -> None:
    """Bring a dump from one state to another, as a draft does."""
    come = dump.folder / "come.nq"
    come.write_bytes(b"".join(line_of(quad(number)) for number in sorted(new - old)))
    dump.remove([line_of(quad(number)) for number in sorted(old - new)])
    dump.add(come)
    come.unlink()


def held(dump: Dump) -> set[Quad]:
    """Read a dump as a whole, and see that its graphs read alone say the same."""
    whole = set(dump.load())
    assert {each for graph in (A, B) for each in dump.quads_of(graph)} == whole
    assert sum(len(dump.quads_of(graph)) for graph in (A, B)) == len(whole)
    return whole


@settings(deadline=None, max_examples=40)
@given(states=st.lists(st.frozensets(st.integers(0, 7)), min_size=1, max_size=5), few=st.sampled_from([AT_ONCE, NEVER]))
def test_a_dump_holds_each_state_and_its_forks_leave_the_earlier_ones(
    tmp_path_factory: pytest.TempPathFactory, states: list[frozenset[int]], few: int
) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dumps, "_FEW", few)
        chain: list[Dump] = []
        for number, (old, new) in enumerate(pairwise([frozenset(), *states])):
            place = folder / str(number)
            place.mkdir()
            chain.append(chain[-1].fork(place) if chain else Dump(place))
            carry_out(chain[-1], old, new)
            assert held(chain[-1]) == set(map(quad, new)), "before the changes are worked in"
            chain[-1].settle()
        assert [held(dump) for dump in chain] == [set(map(quad, state)) for state in states]


def settled(folder: Path) -> Dump:
    """Make a dump of a hundred quads, all of them in its large file."""
    dump = Dump(folder)
    carry_out(dump, set(), set(range(100)))
    dump.settle()
    assert (dump.dataset.exists(), dump.added.exists(), dump.removed.exists()) == (True, False, False)
    return dump


@pytest.mark.parametrize(("few", "is_worked_in"), [(AT_ONCE, True), (NEVER, False)])
def test_many_changes_are_worked_in_and_few_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, is_worked_in: bool
) -> None:
    dump = settled(tmp_path)
    monkeypatch.setattr(dumps, "_FEW", few)
    before = dump.dataset.read_bytes()
    carry_out(dump, set(range(100)), set(range(20, 110)))
    dump.settle()
    assert (dump.dataset.read_bytes() != before, dump.added.exists()) == (is_worked_in, not is_worked_in)
    assert held(dump) == set(map(quad, range(20, 110)))


def test_changes_of_up_to_a_tenth_are_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = settled(tmp_path)
    monkeypatch.setattr(dumps, "_FEW", AT_ONCE)
    carry_out(dump, set(range(100)), set(range(9, 100)))
    dump.settle()
    assert dump.removed.exists(), "nine of a hundred"
    carry_out(dump, set(range(9, 100)), set(range(12, 100)))
    dump.settle()
    assert not dump.removed.exists(), "twelve of a hundred"
    assert held(dump) == set(map(quad, range(12, 100)))


def test_what_comes_back_is_not_written_twice(tmp_path: Path) -> None:
    dump = settled(tmp_path)
    carry_out(dump, set(range(100)), set(range(1, 101)))
    carry_out(dump, set(range(1, 101)), set(range(100)))
    assert (dump.removed.read_bytes(), dump.added.read_bytes()) == (b"", b"")
    assert held(dump) == set(map(quad, range(100)))


def test_what_is_large_is_shared_by_forks(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for place in (first, second):
        place.mkdir()
    dump = settled(first)
    assert dump.fork(second).dataset.stat().st_ino == dump.dataset.stat().st_ino
