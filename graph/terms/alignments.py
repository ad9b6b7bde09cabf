"""How own terms stand to those of other vocabularies: the SSSOM table is the truth, the Turtle follows from it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, Triple

from communique.graph.errors import SourceError
from communique.graph.terms.namespaces import BASE, DCT, OWL, PREFIXES, RDF, Converter
from communique.graph.terms.turtle import write

TABLE = "alignments.sssom.tsv"
LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
HOME = NamedNode(BASE + "ns")
# Prefixes that only alignments need.
FOREIGN = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "sdmx": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "vocabulary": BASE + "ns/alignments/",
    "wd": "http://www.wikidata.org/entity/",
}
_CONVERTER = Converter({**PREFIXES, **FOREIGN})


@dataclass(frozen=True, slots=True)
class Alignment:
    """One row of the table: ``subject`` stands to ``object`` as ``predicate`` says, for the given reason.

    ``vocabulary`` is the stem of the file for the other side; ``confidence`` lies between 0 and 1.
    """

    subject: NamedNode
    predicate: NamedNode
    object: NamedNode
    vocabulary: str
    confidence: float
    reason: str


@cache
def alignments() -> tuple[Alignment, ...]:
    """Read the table in its order; SourceError on a prefix that is not declared or a number that is none."""
    text = (files("communique.ontology") / "alignments" / TABLE).read_text(encoding="utf-8")
    lines = text.splitlines()
    start = sum(line.startswith("#") for line in lines)
    rows = csv.DictReader(lines[start:], delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_read(row, line) for line, row in enumerate(rows, start + 2))


def vocabularies() -> tuple[str, ...]:
    """The stems of the other vocabularies, in the order of the table."""
    return tuple(dict.fromkeys(alignment.vocabulary for alignment in alignments()))


def turtle(vocabulary: str) -> str:
    """Write the alignments with one vocabulary as Turtle under an ontology header of their own."""
    rows = (alignment for alignment in alignments() if alignment.vocabulary == vocabulary)
    body = (Triple(row.subject, row.predicate, row.object) for row in rows)
    return write([*_header(vocabulary), *body], {**PREFIXES, **FOREIGN})


def _header(vocabulary: str) -> Iterator[Triple]:
    """Describe the file of one vocabulary."""
    home = NamedNode(f"{FOREIGN['vocabulary']}{vocabulary}")
    text = f"How terms of the Communique ontology stand to those of {vocabulary}; generated from {TABLE}."
    yield Triple(home, NamedNode(RDF + "type"), NamedNode(OWL + "Ontology"))
    yield Triple(home, NamedNode(DCT + "description"), Literal(text, language="en"))
    yield Triple(home, NamedNode(DCT + "isPartOf"), HOME)
    yield Triple(home, NamedNode(DCT + "license"), LICENCE)
    yield Triple(home, NamedNode(DCT + "title"), Literal(f"Alignment with {vocabulary}", language="en"))


def _read(row: Mapping[str, str], line: int) -> Alignment:
    """Read one row."""
    try:
        return Alignment(
            subject=_expand(row["subject_id"]),
            predicate=_expand(row["predicate_id"]),
            object=_expand(row["object_id"]),
            vocabulary=row["object_source"].partition(":")[2],
            confidence=float(row["confidence"]),
            reason=row["comment"],
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SourceError(f"unreadable row ({error})", path=TABLE, line=line, expected="every SSSOM column") from error


def _expand(curie: str) -> NamedNode:
    """Expand a compact IRI; KeyError on a prefix that is not declared."""
    iri = _CONVERTER.expand(curie)
    if iri is None:
        raise KeyError(curie)
    return NamedNode(iri)
