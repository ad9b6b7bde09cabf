"""What a node needs: under ``needs`` stand keys of it, and a row in which one of them says nothing makes no such node.

A key is met by any property that it is written out to: a period by one bound that is known, a name or a count by the
node that it makes. Children that point to their parent are no property of it and cannot be needed.
"""

from __future__ import annotations

from collections.abc import Collection

from communique.graph.mapping.bounds import PERIODS
from communique.graph.mapping.children import children
from communique.graph.sources.tree import Block, Scalar, as_items, as_scalar, wrong
from communique.graph.terms.spelling import did_you_mean

NEEDS = "needs"

# For each key that is needed the properties, by their keys in the ontology, of which one has to be there.
Needs = tuple[frozenset[str], ...]


def read_needs(block: Block) -> Needs:
    """Read what a node needs; MappingError at a key that the node does not have or that can never be met."""
    part = block.get(NEEDS)
    keys = () if part is None else tuple(as_scalar(item, "a property") for item in as_items(part))
    own = tuple(key.text for key, _ in block if key.text != NEEDS)
    for key in keys:
        if key.text not in own:
            hint = did_you_mean(key.text, own)
            raise wrong(key.place, f"{key.text!r} is needed but not given", expected=_one_of(own), hint=hint)
    return tuple(_written_out(key, own) for key in keys)


def remaining(needs: Needs, given: Collection[str]) -> Needs:
    """Leave out what some properties meet already."""
    return tuple(each for each in needs if each.isdisjoint(given))


def _written_out(key: Scalar, own: Collection[str]) -> frozenset[str]:
    """Give the properties to which a key is written out."""
    if key.text in PERIODS:
        return frozenset(PERIODS[key.text])
    child = children().get(key.text)
    if child is None:
        return frozenset((key.text,))
    if child.from_parent is None:
        message = f"{key.text!r} cannot be needed: its entries are nodes that point here, no property of this one"
        others = tuple(each for each in own if each not in children() or children()[each].from_parent)
        hint = "say required: true of the column they are made of, and the row is rejected without it"
        raise wrong(key.place, message, expected=_one_of(others), hint=hint)
    return frozenset((child.from_parent,))


def _one_of(keys: Collection[str]) -> str:
    """Name the keys that may be needed."""
    return f"one of {', '.join(keys)}"
