"""Reference libraries → states and territories of ISO 3166-1 with their codes and names.

Codes and the names of the standard come from ``iso3166`` (MIT), names in seven languages from the Unicode Common
Locale Data Repository (data Unicode-3.0): a table that was read from ``Babel`` (BSD-3-Clause), see
``linking.territories``. Each has a graph of its own, described in ``graph/meta``.

Which entries are states is decided in ``graph/background.yaml``: all but those whose territory it describes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.metadata import version

import iso3166
from pyoxigraph import Literal, NamedNode, Quad

from communique.graph.linking.territories import KOSOVO, names_in, releases
from communique.graph.mapping.provenance import describe_graph
from communique.graph.terms.identifiers import META, entity
from communique.graph.terms.namespaces import GRAPH, term

# The six official languages of the United Nations, and Korean.
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh", "ko")
CODES = NamedNode(GRAPH + "background/iso3166")
NAMES = NamedNode(GRAPH + "background/cldr")

_ISO3166 = NamedNode(f"pkg:pypi/iso3166@{version('iso3166')}")  # package URLs name the releases that were read
_BABEL = NamedNode(f"pkg:pypi/babel@{releases()['babel']}")
_STANDARD = NamedNode("https://www.iso.org/iso-3166-country-codes.html")
_CLDR = NamedNode("https://cldr.unicode.org/")
_MIT = NamedNode("https://spdx.org/licenses/MIT")
_BSD = NamedNode("https://spdx.org/licenses/BSD-3-Clause")
_UNICODE = NamedNode("https://spdx.org/licenses/Unicode-3.0")


def map_territories(not_states: Collection[str]) -> list[Quad]:
    """Map all entries of ISO 3166-1 and Kosovo, sorted and without repeats.

    ``not_states`` are relative identifiers of territories without a state of their own (``place/HKG``). Every entry
    becomes a Territory, every other one also a State that has it.
    """
    described = (quad for entry in iso3166.countries for quad in _describe(entry, not_states))
    return sorted({*described, *_cite()}, key=str)


def territories(not_states: Collection[str]) -> frozenset[str]:
    """List, by relative identifiers, the states and territories that ``map_territories`` describes."""
    places = {f"place/{entry.alpha3}" for entry in iso3166.countries}
    return frozenset(places | {place.replace("place/", "state/") for place in places.difference(not_states)})


def _describe(entry: iso3166.Country, not_states: Collection[str]) -> Iterator[Quad]:
    """Describe the territory of an entry, and the state that has it."""
    territory, state = f"place/{entry.alpha3}", f"state/{entry.alpha3}"
    yield from _code(entity(territory), "com:Territory", entry)
    yield from _label(entity(territory), entry.alpha2)
    if territory not in not_states:
        yield from _code(entity(state), "com:State", entry)
        yield from _label(entity(state), entry.alpha2)
        yield Quad(entity(state), term("com:hasTerritory"), entity(territory), CODES)


def _code(node: NamedNode, kind: str, entry: iso3166.Country) -> Iterator[Quad]:
    """Describe a node by its class, its codes, and the name of the standard where it is not the preferred one."""
    yield Quad(node, term("rdf:type"), term(kind), CODES)
    yield Quad(node, term("skos:notation"), Literal(entry.alpha3), CODES)
    yield Quad(node, term("com:alpha2"), Literal(entry.alpha2), CODES)
    if entry.alpha3 != KOSOVO:
        yield Quad(node, term("com:m49Code"), Literal(entry.numeric), CODES)
    if entry.name != names_in("en")[entry.alpha2]:
        yield Quad(node, term("skos:altLabel"), Literal(entry.name, language="en"), CODES)


def _label(node: NamedNode, alpha2: str) -> Iterator[Quad]:
    for language in LANGUAGES:
        name = names_in(language)[alpha2]
        yield Quad(node, term("skos:prefLabel"), Literal(name, language=language), NAMES)


def _cite() -> Iterator[Quad]:
    """Describe both graphs and the releases of the libraries they were read from."""
    title = f"Names of states and territories, CLDR {releases()['cldr']}"
    yield from describe_graph(CODES, "Codes of ISO 3166-1", derived_from=[_ISO3166], source=_STANDARD, licence=_MIT)
    yield from describe_graph(NAMES, title, derived_from=[_BABEL], source=_CLDR, licence=_UNICODE)
    titles = f"iso3166 {version('iso3166')}", f"Babel {releases()['babel']}"
    for release, title, licence in zip((_ISO3166, _BABEL), titles, (_MIT, _BSD), strict=True):
        yield Quad(release, term("rdf:type"), term("prov:Entity"), META)
        yield Quad(release, term("dct:title"), Literal(title, language="en"), META)
        yield Quad(release, term("dct:license"), licence, META)
