"""Authored children → n-ary nodes: which keys make them, how their identifiers are built, how they hang together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from pyoxigraph import NamedNode

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.nodes import (
    Identifier,
    identifier_of,
    join_steps,
    read_identifier,
    read_step,
    step_of_name,
    tail_of,
)
from communique.graph.sources.tree import Block, Part, Scalar, as_block, as_items, as_scalar, is_empty, require
from communique.graph.terms.namespaces import COM
from communique.graph.terms.vocabulary import terms

_NAMING = MappingProxyType({"status": "nameStatus"})


class ChildEntry(NamedTuple):
    """One child as authored: the key it stands under, the last steps of its identifier, its own properties.

    ``implied`` are properties that follow from its position beside its key.
    """

    key: Scalar
    steps: tuple[Identifier, ...]
    properties: Block
    implied: tuple[tuple[str, Scalar], ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """How the entries under one authored key become nodes.

    Attributes
    ----------
    kind : first step of their identifiers
    type : their class
    read : authored part → entries; entries that are wrong go to the faults
    to_parent, from_parent : the property that joins them to their parent, in the direction there is
    key_as : the property whose value is the key
    realization : required, inherited (taken from the parent where it has one) or none
    of_document : the document's number is a step of the identifier, and attestedOn its date
    """

    kind: str
    type: str
    read: Callable[[Part, Faults], Iterator[ChildEntry]]
    to_parent: str | None = None
    from_parent: str | None = None
    key_as: str | None = None
    realization: Literal["required", "inherited"] | None = None
    of_document: bool = False

    def identifier(self, parent: Identifier, entry: ChildEntry, owner: str) -> Identifier:
        """Build the relative identifier of one child; ``owner`` is the document's number.

        MappingError when ``parent`` has not the form of an identifier.
        """
        return join_steps(self.kind, tail_of(parent), *([owner] if self.of_document else []), *entry.steps)


def read_actors(part: Part, faults: Faults = AT_ONCE) -> Iterator[ChildEntry]:
    """Read children keyed by an identifier: a mapping with properties, a list, or a single identifier."""
    for key, properties in _keyed(part, faults):
        with faults.gathered():
            yield ChildEntry(key, (tail_of(read_identifier(key)),), properties)


def read_keys(part: Part, faults: Faults = AT_ONCE) -> Iterator[ChildEntry]:
    """Read children keyed by a word or number of the author's choice."""
    for key, properties in _keyed(part, faults):
        with faults.gathered():
            yield ChildEntry(key, (read_step(key),), properties)


def read_roles(part: Part, faults: Faults = AT_ONCE) -> Iterator[ChildEntry]:
    """Read actors by role; under ``actors`` they share the properties that stand beside it."""
    for role, cast in as_block(part, "actors by role"):
        actors = cast.get("actors") if isinstance(cast, Block) else None
        shared = cast.without("actors") if isinstance(cast, Block) and actors is not None else Block((), role.place)
        for entry in read_actors(cast if actors is None else actors, faults):
            inherited = shared.without(*(key.text for key, _ in entry.properties))
            properties = Block(entry.properties.entries + inherited.entries, entry.properties.place)
            yield ChildEntry(entry.key, (*entry.steps, identifier_of(role)), properties, (("role", role),))


def read_names(part: Part, faults: Faults = AT_ONCE) -> Iterator[ChildEntry]:
    """Read names as written: texts, or mappings of ``text`` with ``lang``, ``status``, ``key`` and properties."""
    for item in as_items(part):
        with faults.gathered():
            block = item if isinstance(item, Block) else Block(((Scalar("text", item.place), item),), item.place)
            text = as_scalar(require(block, "text", "a name"), "a name")
            own_key = block.get("key")
            step = step_of_name(text) if own_key is None else read_step(as_scalar(own_key, "a key"))
            yield ChildEntry(text, (step,), _name_properties(block, text))


@cache
def children() -> Mapping[str, Child]:
    """The children by authored key; every property that leads to a CountStatement makes counts."""
    count = NamedNode(COM + "CountStatement")
    counts = (key for key, term in terms().items() if count in term.range_includes)
    made = {key: Child("count", "CountStatement", read_keys, from_parent=key) for key in counts}
    return MappingProxyType({**_CHILDREN, **made})


def _keyed(part: Part, faults: Faults) -> Iterator[tuple[Scalar, Block]]:
    """Read a mapping of keys to properties, or keys without properties."""
    if isinstance(part, Block) and not is_empty(part):
        for key, properties in part:
            with faults.gathered():
                yield key, as_block(properties, "properties")
    else:
        for item in as_items(part):
            with faults.gathered():
                yield as_scalar(item, "a key"), Block((), item.place)


def _name_properties(block: Block, text: Scalar) -> Block:
    """Write the properties of an attested name under the keys of the ontology, and add its default status."""
    language = block.get("lang")
    value: Part = text if language is None else Block(((as_scalar(language, "a language tag"), text),), text.place)
    others = block.without("text", "lang", "key")
    kept = [(Scalar(_NAMING.get(key.text, key.text), key.place), part) for key, part in others]
    if block.get("status") is None:
        kept.append((Scalar("nameStatus", text.place), Scalar("as-written", text.place)))
    return Block(((Scalar("nameText", text.place), value), *kept), block.place)


_CHILDREN: Mapping[str, Child] = MappingProxyType(
    {
        "participants": Child(
            "participation",
            "Participation",
            read_roles,
            to_parent="inEvent",
            key_as="participant",
            realization="required",
        ),
        "parties": Child(
            "party", "AgreementParty", read_actors, to_parent="ofAgreement", key_as="party", realization="required"
        ),
        "signatures": Child(
            "signature", "Signature", read_actors, to_parent="signatureOf", key_as="signedBy", realization="inherited"
        ),
        "members": Child(
            "membership", "Membership", read_actors, to_parent="organization", key_as="member", realization="inherited"
        ),
        "holds": Child("post-holding", "PostHolding", read_keys, to_parent="postHolder", of_document=True),
        "named": Child("name", "Name", read_names, from_parent="hasName", of_document=True),
        "hasProvision": Child(
            "provision", "Provision", read_keys, from_parent="hasProvision", key_as="provisionNumber"
        ),
    }
)
