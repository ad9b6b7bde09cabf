"""Prefix ↔ IRI: the only place where an IRI base is spelt."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from pyoxigraph import NamedNode

BASE = "https://w3id.org/communique/"
COM = BASE + "ns#"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
VOCAB = BASE + "vocab/"
SHAPES = BASE + "shapes#"
JOURNAL = BASE + "journal#"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
ORG = "http://www.w3.org/ns/org#"
QB = "http://purl.org/linked-data/cube#"
SH = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
VS = "http://www.w3.org/2003/06/sw-vocab-status/ns#"

# The prefix of a concept scheme and the last step of its IRI under VOCAB.
SCHEMES = MappingProxyType(
    {
        "real": "realization",
        "role": "role",
        "stage": "stage",
        "certainty": "certainty",
        "enumeration": "enumeration",
        "interaction": "interaction",
        "theme": "theme",
        "nameStatus": "name-status",
        "level": "level",
        "modality": "modality",
        "obligation": "obligation",
        "agreementKind": "agreement-kind",
        "orgKind": "organization-kind",
        "completion": "completion",
        "response": "response",
        "impact": "impact",
        "memberStatus": "membership-status",
        "flowKind": "flow-kind",
        "verdict": "verdict",
    }
)

PREFIXES = MappingProxyType(
    {
        "com": COM,
        "comsh": SHAPES,
        "rdf": RDF,
        "rdfs": RDFS,
        "xsd": XSD,
        "owl": OWL,
        "skos": SKOS,
        "dct": DCT,
        "prov": PROV,
        "org": ORG,
        "qb": QB,
        "sh": SH,
        "schema": SCHEMA,
        "foaf": FOAF,
        "void": VOID,
        "dcat": DCAT,
        "vs": VS,
        **{prefix: f"{VOCAB}{scheme}/" for prefix, scheme in SCHEMES.items()},
    }
)


def term(prefixed: str) -> NamedNode:
    """Expand a prefixed name, such as ``com:Event``; KeyError on a prefix this project does not use."""
    prefix, _, local = prefixed.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def concept(scheme: str, slug: str) -> NamedNode:
    """Name the concept ``slug`` of the scheme ``scheme`` (``realization``, ``role``, …)."""
    return NamedNode(f"{VOCAB}{scheme}/{slug}")


def shorten(iri: str) -> str:
    """Write an IRI for people: ``state/KOR`` for data, a prefixed name for terms, else the IRI itself."""
    if iri.startswith(ID):
        return iri.removeprefix(ID)
    longest = max((item for item in PREFIXES.items() if iri.startswith(item[1])), key=_length, default=None)
    return iri if longest is None else f"{longest[0]}:{iri.removeprefix(longest[1])}"


def prologue(prefixes: Iterable[str] = tuple(PREFIXES)) -> str:
    """Write the SPARQL PREFIX lines of the named prefixes."""
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes)


def _length(item: tuple[str, str]) -> int:
    """Order prefixes by the length of their IRI."""
    return len(item[1])
