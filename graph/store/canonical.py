"""Quads as a value: canonical N-Quads and the snapshot id that follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import BlankNode, Quad

from communique.graph.errors import MappingError

_MODULUS = 1 << 256


def canonical_lines(quads: Iterable[Quad]) -> list[str]:
    """Write each quad as one N-Quads line, sorted by code point, without repeats.

    The published graph has no blank nodes, so sorting alone makes the form canonical
    (RDF Dataset Canonicalization 1.0 reduces to it). A blank node raises MappingError.
    """
    return sorted({line_of(quad).decode().removesuffix("\n") for quad in quads})


def line_of(quad: Quad) -> bytes:
    """Write a quad as its canonical N-Quads line, the end of the line included; MappingError for a blank node."""
    text = f"{quad} .\n"
    # The mark may stand in an IRI or a text, too.
    if "_:" in text and any(isinstance(part, BlankNode) for part in (quad.subject, quad.object, quad.graph_name)):
        raise MappingError(f"blank node in {quad}", expected="an IRI for every node", hint="name the node")
    return text.encode()


def fingerprint(lines: Iterable[bytes]) -> int:
    """Sum the SHA-256 of canonical N-Quads lines modulo 2^256.

    The sum does not depend on the order of the lines, and it can be kept up to date: add the fingerprint of what
    comes, subtract that of what goes. A line given twice counts twice, so give every quad once. Two datasets that
    differ by accident have equal fingerprints with a probability of 2^-256. It is no seal against an adversary:
    whoever chooses very many lines can find others of equal sum (generalized birthday attack, Wagner 2002,
    doi:10.1007/3-540-45708-9_19); where that matters, compare the SHA-256 of two exports.
    """
    return sum(int.from_bytes(hashlib.sha256(line).digest()) for line in lines) % _MODULUS


def snapshot_id(mark: int) -> str:
    """Name a dataset by its fingerprint: the first 16 of the 64 hexadecimal digits.

    64 bits are enough for a name: among a million snapshots two of different content share one with a probability
    below 10^-7. The manifest of a snapshot keeps all 64 digits.
    """
    return f"{mark % _MODULUS:064x}"[:16]
