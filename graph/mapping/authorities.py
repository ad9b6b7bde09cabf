"""Reviewed tables of entries elsewhere (``graph/authorities/*.sssom.tsv``) → matches in a graph of their own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from pyoxigraph import Quad

from communique.graph.mapping.provenance import describe_graph
from communique.graph.terms import sssom
from communique.graph.terms.identifiers import AUTHORITIES
from communique.graph.terms.namespaces import ID, shorten, term

_PREDICATES = (term("skos:exactMatch"), term("skos:closeMatch"))
_NEEDED = ("reviewer_label", "mapping_date", "mapping_justification", "mapping_source", "comment")
_TITLE = "Reviewed matches with entries of authorities elsewhere; reviewer, day, source and reason stand in the tables"


def map_authorities() -> list[Quad]:
    """Map the packaged tables, sorted and without repeats; SourceError names table and line."""
    folder = files("communique.graph") / "authorities"
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".tsv")), key=lambda entry: entry.name)
    quads = {quad for table in tables for quad in read_matches(table.read_text(encoding="utf-8"), table.name)}
    return sorted(quads.union(describe_graph(AUTHORITIES, _TITLE)), key=str)


def read_matches(text: str, path: str) -> Iterator[Quad]:
    """Read a reviewed table: own nodes, exact or close matches, and of each row who reviewed it, when and why."""
    for row in sssom.read(text, path):
        missing = [column for column in _NEEDED if not row.text(column)]
        if missing:
            raise row.wrong(f"no {', '.join(missing)}", expected="reviewer, day, justification, source and reason")
        subject, predicate = row.node("subject_id"), row.node("predicate_id")
        if not subject.value.startswith(ID):
            raise row.wrong(f"{subject.value} is not a node of this graph", expected=f"a subject under {ID}")
        if predicate not in _PREDICATES:
            raise row.wrong(shorten(predicate.value), expected="skos:exactMatch or skos:closeMatch")
        yield Quad(subject, predicate, row.node("object_id"), AUTHORITIES)
