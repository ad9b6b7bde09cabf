"""A block of authored facts → facts: periods, children and what they inherit written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from communique.graph.errors import AT_ONCE, Faults, MappingError
from communique.graph.mapping.bounds import PERIODS, read_bounds
from communique.graph.mapping.children import Child, Entry, children
from communique.graph.mapping.nodes import identify
from communique.graph.mapping.values import Fact, Hole, find_term, imply, read_property
from communique.graph.sources.tree import Block, Part, Scalar, as_block, as_scalar, wrong
from communique.graph.terms.identifiers import entity

REALIZATION = "realization"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a block knows of the document around it.

    ``owner`` is the document's number, a step of some identifiers; ``realizations`` are those stated anywhere in the
    document, by relative identifier; ``faults`` takes what is wrong, so that the rest is read all the same.
    """

    owner: str
    realizations: Mapping[str, Scalar]
    faults: Faults = AT_ONCE


def expand(facts: Block, setting: Setting) -> Iterator[Fact]:
    """Write out a block of facts: node → properties.

    MappingError at each part that is wrong: an identifier, a key, a value, a child whose realization nobody gives.
    """
    for name, part in facts:
        with setting.faults.gathered():
            identify(name)
        with setting.faults.gathered():
            yield from _expand_node(name.text, as_block(part, f"properties of {name.text}"), setting)


def find_realizations(blocks: Iterable[Block], faults: Faults = AT_ONCE) -> dict[str, Scalar]:
    """Collect the realization of each node; MappingError where two blocks of a document disagree."""
    found: dict[str, Scalar] = {}
    for name, part in (entry for block in blocks for entry in block):
        value = part.get(REALIZATION) if isinstance(part, Block) else None
        if isinstance(value, Scalar) and found.setdefault(name.text, value).text != value.text:
            first = found[name.text]
            message = f"{name.text} is {value.text!r} here and {first.text!r} on line {first.place.line}"
            faults.add(wrong(value.place, message, expected="one realization per document"))
    return found


def _expand_node(subject: str, block: Block, setting: Setting) -> Iterator[Fact]:
    """Write out the properties of one node."""
    for key, part in block:
        with setting.faults.gathered():
            if key.text in PERIODS:
                yield from read_period(subject, PERIODS[key.text], part)
            elif key.text in children():
                for entry in children()[key.text].read(part, setting.faults):
                    with setting.faults.gathered():
                        yield from _expand_child((subject, block), children()[key.text], entry, setting)
            else:
                yield from read_property(subject, key, part, setting.faults)


def read_period(subject: str, bounds: Mapping[str, str], part: Part) -> Iterator[Fact]:
    """Write an EDTF expression out as days and as the text for display; ``bounds``: property → bound it takes."""
    text = as_scalar(part, "an EDTF date or period")
    if isinstance(text, Hole):
        for key, bound in (*bounds.items(), ("edtfText", "text")):
            term = find_term(Scalar(key, text.place))
            yield Fact(subject, term, text.mark(term, bound), text.place)
        return
    found = read_bounds(text)._asdict()
    for key, bound in bounds.items():
        if found[bound] is not None:
            yield imply(subject, key, found[bound].isoformat(), text.place)
    yield imply(subject, "edtfText", text.text, text.place)


def _expand_child(parent: tuple[str, Block], child: Child, entry: Entry, setting: Setting) -> Iterator[Fact]:
    """Write out one child: class, links, what its key and position imply, what it inherits, its own properties."""
    place, (above, _) = entry.key.place, parent
    try:
        owner = entity(above)
    except MappingError:  # told where it stands, by whoever read it
        return
    node = child.identifier(owner, entry, setting.owner)
    yield imply(node, "type", child.type, place)
    if child.to_parent:
        yield imply(node, child.to_parent, above, place)
    if child.from_parent:
        yield imply(above, child.from_parent, node, place)
    if child.key_as:
        yield imply(node, child.key_as, entry.key, place)
    for key, value in entry.implied:
        with setting.faults.gathered():
            yield imply(node, key, value, value.place)
    if child.realization and entry.properties.get(REALIZATION) is None:
        with setting.faults.gathered():
            yield from _inherit(node, parent, child, entry, setting)
    yield from _expand_node(node, entry.properties, setting)


def _inherit(node: str, parent: tuple[str, Block], child: Child, entry: Entry, setting: Setting) -> Iterator[Fact]:
    """Take the realization of the parent; MappingError when one is required and the parent has none."""
    above, block = parent
    given = block.get(REALIZATION) or setting.realizations.get(above)
    if isinstance(given, Scalar):
        yield imply(node, REALIZATION, given, entry.key.place)
    elif child.realization == "required":
        message = f"no realization for {node}, and {above} has none to inherit"
        raise wrong(entry.key.place, message, expected=f"realization: … on {above} or on {entry.key.text}")
