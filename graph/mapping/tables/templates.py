"""The facts of a table → templates, from which each row makes its quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults, MappingError
from communique.graph.mapping.authoring import Setting, expand, find_realizations
from communique.graph.mapping.document import attest
from communique.graph.mapping.layout import read_inferences
from communique.graph.mapping.soundness import is_country
from communique.graph.mapping.tables.cells import Value
from communique.graph.mapping.tables.description import Edition, Table
from communique.graph.mapping.tables.holes import Holes
from communique.graph.mapping.tables.makers import Make, Makers, Write
from communique.graph.mapping.tables.needs import NEEDS, Needs, read_needs, remaining
from communique.graph.mapping.values import Fact, imply
from communique.graph.sources.tree import Block, Part, Scalar, as_block, wrong
from communique.graph.terms.identifiers import CANDIDATES, inferred, stated
from communique.graph.terms.namespaces import term

_EVIDENCE = term("com:evidence")
_DOUBT = {"type": "CandidateMatch", "judgement": "unreviewed"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A property of a node template; ``many`` are the places of columns of several values that it takes one of."""

    key: str
    predicate: NamedNode
    make: Make
    many: frozenset[int]


@dataclass(frozen=True, slots=True)
class Node:
    """What one node of a row is made from.

    Attributes
    ----------
    iri : writes the IRI; None when a value that it needs is missing
    many : places of columns of several values in it: one node for each
    fixed : properties whose values are the same in every row
    statements : those whose values are not
    needs : properties without which there is no such node, of each set one
    """

    iri: Write
    many: frozenset[int]
    fixed: tuple[tuple[NamedNode, NamedNode | Literal], ...]
    statements: tuple[Statement, ...]
    needs: Needs
    graph: NamedNode


@dataclass(frozen=True, slots=True)
class Group:
    """A node as it stands in the mapping, and the children that exist only with it."""

    head: Node
    children: tuple[Node, ...]

    def quads(self, values: Sequence[tuple[Value, ...]], evidence: Sequence[NamedNode]) -> list[Quad]:
        """Make the quads of a row; ``values`` are those of each column, none, one or several."""
        quads: list[Quad] = []
        for picked in _pick([each[0] if len(each) == 1 else None for each in values], self.head.many, values):
            made = _fill(self.head, picked, values, evidence)
            if made is None:
                continue
            quads += made
            for child in self.children:
                for one in _pick(picked, child.many - self.head.many, values):
                    quads += _fill(child, one, values, evidence) or ()
        return quads


def compile_facts(
    table: Table, edition: Edition, facts: Block, *, whole: bool = False, faults: Faults = AT_ONCE
) -> tuple[Group, ...]:
    """Compile the facts of a table for one edition; with ``whole`` those that hold for the table at once.

    MappingError at the part of the mapping that is wrong, unless ``faults`` are gathered.
    """
    found = Faults()
    holes = Holes({} if whole else table.columns, found)
    groups = tuple(_compile(holes, edition, facts, None if whole else table))
    for fault in found.told:
        faults.add(holes.explain(fault) if isinstance(fault, MappingError) else fault)
    return groups


def _compile(holes: Holes, edition: Edition, facts: Block, table: Table | None) -> Iterator[Group]:
    """Compile stated facts and, of a table, inferences and possible identities; faults go to those of the holes."""
    makers, punched, faults = Makers(holes), _punch(holes, facts), holes.faults
    setting = Setting(edition.key, find_realizations([punched], faults), faults)
    typed: set[str] = set()
    for needs, found in _nodes(punched, setting, edition):
        typed |= _typed(found)
        yield from _groups(makers, found, needs, stated(edition.key))
    for inference in read_inferences(table.inferred if table else None, faults):
        inside = _punch(holes, inference.facts)
        own = Setting(edition.key, {**setting.realizations, **find_realizations([inside], faults)}, faults)
        for needs, found in _nodes(inside, own, edition):
            typed |= _typed(found)
            yield from _groups(makers, [*found, *_follow(found, inference.rule)], needs, inferred(edition.key))
    if table:
        yield from _doubts(holes, makers, table, setting)
    _refuse_untyped(holes, punched, typed)


def _nodes(facts: Block, setting: Setting, edition: Edition) -> Iterator[tuple[Needs, list[Fact]]]:
    """Write out each node with its children; with them goes what it needs."""
    day = edition.days.end_latest
    assert day is not None
    date = Scalar(day.isoformat(), edition.date.place)
    for name, part in facts:
        with setting.faults.gathered():
            block = as_block(part, f"properties of {name.text}")
            needs = setting.faults.take(partial(read_needs, block), ())
            found = list(expand(Block(((name, block.without(NEEDS)),), name.place), setting))
            yield needs, [*found, *attest(found, date)]


def _follow(facts: Iterable[Fact], rule: Scalar) -> Iterator[Fact]:
    """Say of nodes by which rule they follow."""
    for subject in dict.fromkeys(fact.subject for fact in facts):
        yield imply(subject, "inferenceRule", rule.text, rule.place)


def _typed(facts: Iterable[Fact]) -> set[str]:
    """Name the nodes that get a class."""
    return {fact.subject for fact in facts if fact.term.key == "type"}


def _doubts(holes: Holes, makers: Makers, table: Table, setting: Setting) -> Iterator[Group]:
    """Compile possible identities."""
    for key, part in _punch(holes, table.candidates):
        block = as_block(part, "the two nodes and the reason")
        implied = tuple(
            (Scalar(name, key.place), Scalar(text, key.place))
            for name, text in _DOUBT.items()
            if block.get(name) is None
        )
        name = replace(key, text=f"candidate/{key.text}")
        found = list(expand(Block(((name, Block(implied + block.entries, block.place)),), key.place), setting))
        yield from _groups(makers, found, (), CANDIDATES)


def _punch(holes: Holes, facts: Block) -> Block:
    """Put marks in the place of placeholders."""
    punched: Part = holes.punch(facts)
    return as_block(punched, "nodes with their properties")


def _groups(makers: Makers, facts: Sequence[Fact], needs: Needs, graph: NamedNode) -> Iterator[Group]:
    """Compile a node and its children, if anything can be said of it."""
    subjects = list(dict.fromkeys(fact.subject for fact in facts))
    nodes: list[Node] = []
    for subject in subjects:
        iri, many = makers.identifier(subject)
        own = [fact for fact in facts if fact.subject == subject]
        fixed = tuple((fact.term.iri, fact.value) for fact in own if makers.is_fixed(fact.value))
        statements = tuple(_statements(makers, own))
        wanted = () if nodes else remaining(needs, {fact.term.key for fact in own if makers.is_fixed(fact.value)})
        nodes.append(Node(iri, makers.several(many), fixed, statements, wanted, graph))
    if nodes:
        yield Group(nodes[0], tuple(nodes[1:]))


def _statements(makers: Makers, facts: Sequence[Fact]) -> Iterator[Statement]:
    """Compile the properties whose values are not the same in every row."""
    for fact in facts:
        with makers.faults.gathered():
            if not makers.is_fixed(fact.value):
                make, many = makers.of(fact.value)
                yield Statement(fact.term.key, fact.term.iri, make, makers.several(many))


def _refuse_untyped(holes: Holes, facts: Block, typed: set[str]) -> None:
    """Refuse a node to which the table gives no class; what a column names may have one elsewhere."""
    for name, part in facts:
        has_some = name.text in typed or not isinstance(part, Block) or part.get("type") is not None
        if not has_some and not holes.is_node(name.text) and not is_country(name.text):
            message = f"{name.text} has no type in this table"
            holes.faults.add(wrong(name.place, message, expected="type: …, a class of the ontology"))


def _pick(
    picked: Sequence[Value | None], many: frozenset[int], values: Sequence[tuple[Value, ...]]
) -> Iterator[Sequence[Value | None]]:
    """Give the values of a row with one each for the columns of several values that are named."""
    open_ones = [place for place in many if len(values[place]) > 1]
    if not open_ones:
        yield picked
        return
    for chosen in product(*(values[place] for place in open_ones)):
        one = list(picked)
        for place, value in zip(open_ones, chosen, strict=True):
            one[place] = value
        yield one


def _fill(
    node: Node, picked: Sequence[Value | None], values: Sequence[tuple[Value, ...]], evidence: Sequence[NamedNode]
) -> list[Quad] | None:
    """Make a node; None when its identifier or a property that it needs is missing."""
    iri = node.iri(picked)
    if iri is None:
        return None
    subject, graph = NamedNode(iri), node.graph
    quads = [Quad(subject, predicate, value, graph) for predicate, value in node.fixed]
    given: set[str] = set()
    for each in node.statements:
        for one in _pick(picked, each.many - node.many, values) if each.many else (picked,):
            value = each.make(one)
            if value is not None:
                quads.append(Quad(subject, each.predicate, value, graph))
                given.add(each.key)
    if node.needs and remaining(node.needs, given):
        return None
    quads.extend([Quad(subject, _EVIDENCE, ground, graph) for ground in evidence])
    return quads
