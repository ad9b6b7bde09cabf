"""An edition of a source → its description: what it is, from which files, under which licence, with which account."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.mapping.provenance import describe_graph
from communique.graph.mapping.tables.description import TableSource
from communique.graph.mapping.tables.editions import Edition
from communique.graph.sources.rows import RowCounts
from communique.graph.terms.identifiers import META, document, entity, inferred, slug, stated
from communique.graph.terms.namespaces import XSD, term

_DATE, _INTEGER = NamedNode(XSD + "date"), NamedNode(XSD + "integer")


class EditionFile(NamedTuple):
    """A file of an edition: its name as evidence has it, and the SHA-256 of its bytes as they lie on disk."""

    name: str
    digest: str


def describe_edition(
    source: TableSource, edition: Edition, files: Sequence[EditionFile], account: RowCounts, *, has_inferred: bool
) -> Iterator[Quad]:
    """Describe an edition as a source document in ``graph/meta``, its files as parts when there are several."""
    node = document(edition.key)
    label = edition.label or f"{source.title}, {edition.edition}"
    yield from _describe(node, label, digest_of(files), edition)
    if source.publisher:
        yield _say(node, "dct:publisher", entity(source.publisher))
    if source.homepage:
        yield _say(node, "dct:source", NamedNode(source.homepage))
    licence = NamedNode(source.licence.iri) if source.licence.iri else None
    if licence is not None:
        yield _say(node, "dct:license", licence)
    yield _say(node, "dct:rights", Literal(source.licence.text, language="en"))
    if source.citation:
        yield _say(node, "dct:bibliographicCitation", Literal(source.citation, language="en"))
    for key, number in (("rowsRead", account.read), ("rowsMapped", account.mapped), ("rowsRejected", account.rejected)):
        yield _say(node, f"com:{key}", Literal(str(number), datatype=_INTEGER))
    yield _say(node, "com:valuesLeftOut", Literal(str(account.left_out), datatype=_INTEGER))
    if len(files) > 1:
        for file in files:
            part = entity(f"document/{edition.key}/{slug(file.name)}")
            yield _say(node, "dct:hasPart", part)
            yield from _describe(part, file.name, file.digest, edition)
    else:
        yield _say(node, "com:file", Literal(files[0].name))
    origins = [(stated(edition.key), f"What {label} states", node)]
    if has_inferred:
        origins.append((inferred(edition.key), f"What follows from {label} by recorded rules", stated(edition.key)))
    for graph, title, origin in origins:
        yield from describe_graph(graph, title, derived_from=(origin,), source=node, licence=licence)


def digest_of(files: Sequence[EditionFile]) -> str:
    """Return the digest of an edition: that of its file, or of the lines ``digest  name`` that sha256sum has of all."""
    if len(files) == 1:
        return files[0].digest
    lines = sorted(f"{file.digest}  {file.name}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _describe(node: NamedNode, label: str, digest: str, edition: Edition) -> Iterator[Quad]:
    """Describe an edition, or a file of one, by what the shapes ask of each document."""
    yield _say(node, "rdf:type", term("com:SourceDocument"))
    yield _say(node, "skos:prefLabel", Literal(label, language="en"))
    yield _say(node, "com:fileDigest", Literal(digest))
    for key, day in (("Earliest", edition.days.begin_earliest), ("Latest", edition.days.end_latest)):
        assert day is not None
        yield _say(node, f"com:documentDate{key}", Literal(day.isoformat(), datatype=_DATE))


def _say(node: NamedNode, key: str, value: NamedNode | Literal) -> Quad:
    return Quad(node, term(key), value, META)
