"""The facts of a table → templates of nodes, from which each row makes its quads.

A row makes no node of which it lacks what the node ``needs``. A key that is needed is met by any property that it is
written out to: a period by one bound that is known, a name or a count by the node that it makes. Children that point to
their parent are no property of it and cannot be needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.bounds import PERIODS
from communique.graph.mapping.children import children
from communique.graph.mapping.document import apply_rule, attest
from communique.graph.mapping.facts import AuthoredFact, DocumentContext, expand, find_realizations
from communique.graph.mapping.integrity import is_country
from communique.graph.mapping.nodes import RowTemplate, TemplateScalar, identifier_of, join_steps
from communique.graph.mapping.tables.cells import CellValue, Values
from communique.graph.mapping.tables.description import SourceTable
from communique.graph.mapping.tables.editions import Edition
from communique.graph.mapping.tables.templates import TermFactories, TermFactory, TextFactory
from communique.graph.sources.tree import Block, Scalar, as_block, as_items, as_scalar, wrong
from communique.graph.terms.identifiers import CANDIDATES, inferred, stated
from communique.graph.terms.namespaces import term
from communique.graph.terms.spelling import did_you_mean

# For each key that is needed the properties, by their keys in the ontology, of which one has to be there.
Needs = tuple[frozenset[str], ...]

_NEEDS = "needs"
_EVIDENCE = term("com:evidence")
_CANDIDATE = {"type": "CandidateMatch", "reviewStatus": "unreviewed"}


@dataclass(frozen=True, slots=True)
class PropertyTemplate:
    """A property of a node; ``split`` are the places of columns of several values that it takes one of."""

    key: str
    predicate: NamedNode
    value: TermFactory
    split: frozenset[int]


@dataclass(frozen=True, slots=True)
class NodeTemplate:
    """What one node of a row is made from.

    Attributes
    ----------
    iri : writes the IRI; None when a value that it needs is missing
    split : places of columns of several values in it: one node for each
    fixed : properties whose values are the same in every row
    properties : those whose values are not
    needs : properties without which there is no such node, of each set one
    """

    iri: TextFactory
    split: frozenset[int]
    fixed: tuple[tuple[NamedNode, NamedNode | Literal], ...]
    properties: tuple[PropertyTemplate, ...]
    needs: Needs
    graph: NamedNode

    def quads(
        self, picked: Values, values: Sequence[tuple[CellValue, ...]], evidence: Sequence[NamedNode]
    ) -> list[Quad] | None:
        """Make the quads of one node; None when its identifier or a property that it needs is missing.

        ``picked`` are the values of the row with one of each column that is split; ``values`` are all of them.
        """
        iri = self.iri(picked)
        if iri is None:
            return None
        subject, graph = NamedNode(iri), self.graph
        quads = [Quad(subject, predicate, value, graph) for predicate, value in self.fixed]
        found: set[str] = set()
        for each in self.properties:
            for one in _pick(picked, each.split - self.split, values) if each.split else (picked,):
                value = each.value(one)
                if value is not None:
                    quads.append(Quad(subject, each.predicate, value, graph))
                    found.add(each.key)
        if self.needs and _unmet(self.needs, found):
            return None
        quads.extend([Quad(subject, _EVIDENCE, passage, graph) for passage in evidence])
        return quads


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """A node as it stands in the mapping, and the children that exist only with it."""

    head: NodeTemplate
    children: tuple[NodeTemplate, ...]

    def quads(self, values: Sequence[tuple[CellValue, ...]], evidence: Sequence[NamedNode]) -> list[Quad]:
        """Make the quads of a row; ``values`` are those of each column, none, one or several."""
        quads: list[Quad] = []
        for picked in _pick([each[0] if len(each) == 1 else None for each in values], self.head.split, values):
            made = self.head.quads(picked, values, evidence)
            if made is None:
                continue
            quads += made
            for child in self.children:
                for one in _pick(picked, child.split - self.head.split, values):
                    quads += child.quads(one, values, evidence) or ()
        return quads


class _NodeFacts(NamedTuple):
    """The facts of one node of the mapping and of its children, what it needs, and in which graph they stand."""

    facts: list[AuthoredFact]
    needs: Needs
    graph: NamedNode


def compile_facts(table: SourceTable, edition: Edition, faults: Faults = AT_ONCE) -> tuple[NodeGroup, ...]:
    """Compile the facts that are made of each row of a table: those stated, those inferred, and possible identities.

    MappingError at the part of the mapping that is wrong, unless ``faults`` are gathered.
    """
    realizations = find_realizations([table.facts], faults)
    context = DocumentContext(edition.key, realizations, faults)
    nodes = list(_expand(table.facts, stated(edition.key), edition, context))
    for inference in table.inferred:
        own = find_realizations([inference.facts], faults)
        inside = DocumentContext(edition.key, {**realizations, **own}, faults)
        for node in _expand(inference.facts, inferred(edition.key), edition, inside):
            node.facts.extend(list(apply_rule(node.facts, inference.rule)))
            nodes.append(node)
    _refuse_untyped(table.facts, nodes, faults)
    for key, part in table.candidates:
        with faults.gathered():
            block = as_block(part, "the two nodes and the reason")
            implied = tuple(
                (Scalar(name, key.place), Scalar(text, key.place))
                for name, text in _CANDIDATE.items()
                if block.get(name) is None
            )
            facts = Block(((_candidate(key), Block(implied + block.entries, block.place)),), key.place)
            nodes.append(_NodeFacts(list(expand(facts, context)), (), CANDIDATES))
    return _compile(nodes, TermFactories(table.columns), faults)


def compile_once(table: SourceTable, edition: Edition, faults: Faults = AT_ONCE) -> tuple[NodeGroup, ...]:
    """Compile the facts that hold for a table as a whole; errors as in ``compile_facts``."""
    context = DocumentContext(edition.key, find_realizations([table.once], faults), faults)
    nodes = list(_expand(table.once, stated(edition.key), edition, context))
    _refuse_untyped(table.once, nodes, faults)
    return _compile(nodes, TermFactories({}), faults)


def _expand(facts: Block, graph: NamedNode, edition: Edition, context: DocumentContext) -> Iterator[_NodeFacts]:
    """Write out each node with its children, dated by the last day of the edition."""
    day = edition.days.end_latest
    assert day is not None
    date = Scalar(day.isoformat(), edition.date.place)
    for name, part in facts:
        with context.faults.gathered():
            block = as_block(part, f"properties of {name.text}")
            needs = context.faults.take(partial(read_needs, block), ())
            found = list(expand(Block(((name, block.without(_NEEDS)),), name.place), context))
            yield _NodeFacts([*found, *attest(found, date)], needs, graph)


def _compile(nodes: Sequence[_NodeFacts], factories: TermFactories, faults: Faults) -> tuple[NodeGroup, ...]:
    """Compile nodes, each with its children, of which anything can be said."""
    groups = []
    for node in nodes:
        templates: list[NodeTemplate] = []
        for subject in dict.fromkeys(fact.subject for fact in node.facts):
            fixed, properties, met = [], [], set()
            for fact in (fact for fact in node.facts if fact.subject == subject):
                if isinstance(fact.value, NamedNode | Literal):
                    fixed.append((fact.term.iri, fact.value))
                    met.add(fact.term.key)
                    continue
                with faults.gathered():
                    split = factories.split_columns(fact.value)
                    properties.append(PropertyTemplate(fact.term.key, fact.term.iri, factories.value(fact), split))
            needs = () if templates else _unmet(node.needs, met)
            iri, split = factories.iri(subject), factories.split_columns(subject)
            templates.append(NodeTemplate(iri, split, tuple(fixed), tuple(properties), needs, node.graph))
        if templates:
            groups.append(NodeGroup(templates[0], tuple(templates[1:])))
    return tuple(groups)


def _refuse_untyped(facts: Block, nodes: Sequence[_NodeFacts], faults: Faults) -> None:
    """Refuse a node without a class in the table; what a column names may have one elsewhere."""
    typed = {fact.subject for node in nodes for fact in node.facts if fact.term.key == "type"}
    for name, part in facts:
        identifier = identifier_of(name)
        is_of_column = isinstance(identifier, RowTemplate) and identifier.is_node
        has_type = identifier in typed or not isinstance(part, Block) or part.get("type") is not None
        if not has_type and not is_of_column and not is_country(name.text):
            message = f"{name.text} has no type in this table"
            faults.add(wrong(name.place, message, expected="type: …, a class of the ontology"))


def _candidate(key: Scalar) -> Scalar:
    identifier = join_steps("candidate", identifier_of(key))
    if isinstance(identifier, str):
        return Scalar(identifier, key.place)
    return TemplateScalar(str(identifier), key.place, identifier)


def read_needs(block: Block) -> Needs:
    """Read what a node needs; MappingError at a key that the node does not have or that can never be met."""
    part = block.get(_NEEDS)
    keys = () if part is None else tuple(as_scalar(item, "a property") for item in as_items(part))
    own = tuple(key.text for key, _ in block if key.text != _NEEDS)
    for key in keys:
        if key.text not in own:
            hint = did_you_mean(key.text, own)
            raise wrong(
                key.place, f"{key.text!r} is needed but not given", expected=f"one of {', '.join(own)}", hint=hint
            )
    return tuple(_properties_of(key, own) for key in keys)


def _unmet(needs: Needs, keys: Collection[str]) -> Needs:
    """Return the needs that none of some properties meets."""
    return tuple(each for each in needs if each.isdisjoint(keys))


def _properties_of(key: Scalar, own: Collection[str]) -> frozenset[str]:
    """List the properties to which a key is written out."""
    if key.text in PERIODS:
        return frozenset(PERIODS[key.text])
    child = children().get(key.text)
    if child is None:
        return frozenset((key.text,))
    if child.from_parent is None:
        message = f"{key.text!r} cannot be needed: its entries are nodes that point here, no property of this one"
        others = tuple(each for each in own if each not in children() or children()[each].from_parent)
        hint = "say required: true of the column they are made of, and the row is rejected without it"
        raise wrong(key.place, message, expected=f"one of {', '.join(others)}", hint=hint)
    return frozenset((child.from_parent,))


def _pick(picked: Values, split: frozenset[int], values: Sequence[tuple[CellValue, ...]]) -> Iterator[Values]:
    """Pick one value of each of some columns of several values, in all combinations."""
    several = [place for place in split if len(values[place]) > 1]
    if not several:
        yield picked
        return
    for chosen in product(*(values[place] for place in several)):
        one = list(picked)
        for place, value in zip(several, chosen, strict=True):
            one[place] = value
        yield one
