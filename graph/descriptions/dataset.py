"""The dataset in VoID, with partitions and linksets, and in DCAT 3.

Partitions are those that void-generator makes and the editors of SIB read: classes, their properties, and the classes
and datatypes of the values. (https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from communique.graph.descriptions.statistics import Statistics
from communique.graph.descriptions.triples import (
    DATASET,
    ENDPOINT,
    KEYWORDS,
    LICENCE,
    PUBLISHER,
    SUMMARY,
    TITLE,
    Statement,
    dump_of,
    part,
    state,
)
from communique.graph.store.snapshots import Snapshot
from communique.graph.terms.namespaces import BASE, ID, PREFIXES, VOID_EXT, XSD, term

_MEDIA_TYPE = NamedNode("https://www.iana.org/assignments/media-types/application/n-triples")


def describe_dataset(snapshot: Snapshot, statistics: Statistics) -> Iterator[Statement]:
    """Describe what a snapshot holds, by its counts."""
    yield from _catalogue(snapshot)
    yield from _totals(statistics)
    yield from _properties(statistics)
    yield from _classes(statistics)
    yield from _linksets(statistics)


def _catalogue(snapshot: Snapshot) -> Iterator[Statement]:
    """Say what it is, whose, of which version, and how to get it."""
    created = Literal(snapshot.created.isoformat(), datatype=NamedNode(XSD + "dateTime"))
    whole, asked = part("distribution", "n-triples"), part("distribution", "sparql")
    yield from state(
        DATASET,
        rdf_type=(term("void:Dataset"), term("dcat:Dataset")),
        dct_title=TITLE,
        dct_description=SUMMARY,
        dct_license=LICENCE,
        dct_publisher=PUBLISHER,
        dcat_keyword=KEYWORDS,
        dcat_version=Literal(snapshot.id),
        dct_conformsTo=NamedNode(BASE + "ns"),
        prov_generatedAtTime=created,
        dct_modified=created,
        dcat_distribution=(whole, asked),
        void_sparqlEndpoint=ENDPOINT,
        void_dataDump=dump_of(),
        void_uriSpace=Literal(ID),
    )
    ways = {"rdf_type": term("dcat:Distribution"), "dct_license": LICENCE}
    yield from state(
        whole, **ways, dct_title="All statements", dcat_downloadURL=dump_of(), dcat_accessURL=dump_of(),
        dcat_mediaType=_MEDIA_TYPE,
    )  # fmt: skip
    yield from state(asked, **ways, dct_title="SPARQL 1.1", dcat_accessURL=ENDPOINT, dcat_accessService=ENDPOINT)


def _totals(statistics: Statistics) -> Iterator[Statement]:
    used = (*statistics.classes, *statistics.properties)
    spaces = sorted({space for space in PREFIXES.values() if any(name.startswith(space) for name in used)})
    yield from state(
        DATASET,
        void_triples=statistics.total.triples,
        void_distinctSubjects=statistics.total.subjects,
        void_distinctObjects=statistics.total.objects,
        void_entities=statistics.entities,
        void_classes=len(statistics.classes),
        void_properties=len(statistics.properties),
        void_vocabulary=tuple(map(NamedNode, spaces)),
    )


def _properties(statistics: Statistics) -> Iterator[Statement]:
    for name, counted in statistics.properties.items():
        node = part("property", name)
        yield from state(DATASET, void_propertyPartition=node)
        yield from state(
            node,
            rdf_type=term("void:Dataset"),
            void_property=NamedNode(name),
            void_triples=counted.triples,
            void_distinctSubjects=counted.subjects,
            void_distinctObjects=counted.objects,
        )


def _classes(statistics: Statistics) -> Iterator[Statement]:
    """Describe classes, their properties, and what values these have."""
    for name, nodes in statistics.classes.items():
        node = part("class", name)
        yield from state(DATASET, void_classPartition=node)
        yield from state(node, rdf_type=term("void:Dataset"), void_class=NamedNode(name), void_entities=nodes)
    triples: dict[str, int] = defaultdict(int)
    properties: dict[str, int] = defaultdict(int)
    for (name, property), n in statistics.class_properties.items():
        triples[name], properties[name] = triples[name] + n, properties[name] + 1
        node = part("class", name, property)
        yield from state(part("class", name), void_propertyPartition=node)
        yield from state(node, rdf_type=term("void:Dataset"), void_property=NamedNode(property), void_triples=n)
    for name, n in triples.items():
        yield from state(part("class", name), void_triples=n, void_properties=properties[name])
    for (name, property, kind), n in statistics.value_classes.items():
        node = part("class", name, property, kind)
        yield from state(part("class", name, property), void_classPartition=node)
        yield from state(node, rdf_type=term("void:Dataset"), void_class=NamedNode(kind), void_triples=n)
    partition, datatype = (NamedNode(VOID_EXT + key) for key in ("datatypePartition", "datatype"))
    for (name, property, kind), n in statistics.datatypes.items():
        node = part("class", name, property, kind)
        yield part("class", name, property), partition, node
        yield node, datatype, NamedNode(kind)
        yield from state(node, rdf_type=term("void:Dataset"), void_triples=n)


def _linksets(statistics: Statistics) -> Iterator[Statement]:
    """Describe the links to other datasets: one linkset per property and beginning of IRIs.

    Both ends are ``void:target``: who reads ``void:subjectsTarget`` for a class, as SIB's editor does, finds none.
    """
    for (link, space), n in statistics.links.items():
        node, target = part("links", link, space), part("target", space)
        yield from state(DATASET, void_subset=node)
        yield from state(
            node,
            rdf_type=term("void:Linkset"),
            void_linkPredicate=NamedNode(link),
            void_target=(DATASET, target),
            void_triples=n,
        )
        yield from state(target, rdf_type=term("void:Dataset"), void_uriSpace=Literal(space))
