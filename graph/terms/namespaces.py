"""Prefix ↔ IRI: the only place where an IRI base is written, and where IRIs are compressed and expanded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pyoxigraph import NamedNode

BASE = "https://w3id.org/communique/"
COM = BASE + "ns#"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
VOCAB = BASE + "vocab/"
SHAPES = BASE + "shapes#"
JOURNAL = BASE + "journal#"
SKOLEM = BASE + ".well-known/genid/"

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
SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
VOID_EXT = "http://ldf.fi/void-ext#"  # datatypes of values, as void-generator counts them

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


class Converter:
    """Prefixed names (CURIEs) ↔ IRIs, for one set of prefixes.

    The methods are those of ``curies.Converter`` (MIT). That library is not used: it loads pydantic, which takes 0.2 s
    of processor time, and this module is loaded by every command.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take the prefixes, each with the beginning of its IRIs; an empty beginning never compresses."""
        self.prefixes = prefixes
        self._longest_first = sorted(prefixes.items(), key=lambda item: len(item[1]), reverse=True)

    def expand(self, curie: str) -> str | None:
        """Return the IRI of a prefixed name; None when its prefix is not declared, as in ``https://example.org``."""
        prefix, colon, local = curie.partition(":")
        is_curie = colon and prefix in self.prefixes and not local.startswith("//")
        return self.prefixes[prefix] + local if is_curie else None

    def compress(self, iri: str) -> str | None:
        """Return the prefixed name with the longest namespace that fits; None when none does."""
        fitting = ((prefix, base) for prefix, base in self._longest_first if base and iri.startswith(base))
        return next((f"{prefix}:{iri.removeprefix(base)}" for prefix, base in fitting), None)


CONVERTER = Converter(PREFIXES)


def term(prefixed: str) -> NamedNode:
    """Expand a prefixed name, such as ``com:Event``; KeyError on a prefix this project does not use."""
    iri = CONVERTER.expand(prefixed)
    if iri is None:
        raise KeyError(prefixed.partition(":")[0])
    return NamedNode(iri)


def concept(scheme: str, slug: str) -> NamedNode:
    """Return the IRI of the concept ``slug`` of the scheme ``scheme`` (``realization``, ``role``, …)."""
    return NamedNode(f"{VOCAB}{scheme}/{slug}")


def shorten(iri: str) -> str:
    """Write an IRI for people: ``state/KOR`` for data, a prefixed name for terms, else the IRI itself."""
    return iri.removeprefix(ID) if iri.startswith(ID) else CONVERTER.compress(iri) or iri


def prologue(prefixes: Iterable[str] = tuple(PREFIXES)) -> str:
    """Write the SPARQL PREFIX lines of some prefixes."""
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes)
