"""Source key → IRI: every IRI of data is made here, the same way each time."""

from __future__ import annotations

import re
import unicodedata

from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.terms.namespaces import BASE, GRAPH, ID

# One kind and at least one key; letters, digits and the few characters that need no escape in a path.
_RELATIVE = re.compile(r"[a-z][a-z-]*(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)+")
_OF_DOCUMENT = re.compile(rf"(?:{re.escape(GRAPH)}doc|{re.escape(ID)}(?:document|evidence))/(?P<number>[^/]+)")

CANDIDATES = NamedNode(GRAPH + "candidates")
DUPLICATES = NamedNode(GRAPH + "candidates/duplicates")  # those that a program proposes
JUDGEMENTS = NamedNode(GRAPH + "judgements")
AUTHORITIES = NamedNode(GRAPH + "identifiers")  # reviewed matches with entries of authorities elsewhere
BACKGROUND = NamedNode(GRAPH + "background")
DERIVED = NamedNode(GRAPH + "derived")
META = NamedNode(GRAPH + "meta")
ONTOLOGY = NamedNode(GRAPH + "ontology")

# What is served of the data beside them, made anew for each snapshot and never stored.
DESCRIPTION = NamedNode(GRAPH + "description")
EXAMPLES = NamedNode(BASE + ".well-known/sparql-examples")

# Graphs that state nothing of their own about the world.
SECONDARY = frozenset({CANDIDATES, DERIVED, DUPLICATES, JUDGEMENTS, META, ONTOLOGY})


def slug(text: str) -> str:
    """Reduce a name to lower-case ASCII words joined by hyphens; ``unnamed`` when nothing is left.

    Accents are dropped by NFKD; letters without a decomposition (Hangul, Han, …) are left out.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_text.lower())) or "unnamed"


def entity(relative: str) -> NamedNode:
    """Return the IRI of a path under the base of the data, ``state/KOR``; MappingError when it is not such a path."""
    if not _RELATIVE.fullmatch(relative):
        raise MappingError(
            f"{relative!r} is not an identifier",
            expected="kind/key, lower-case kind, such as event/jeju-training-2016",
            hint="use letters, digits and hyphens",
        )
    return NamedNode(ID + relative)


def child(kind: str, *keys: NamedNode | str) -> NamedNode:
    """Return the IRI of an n-ary node: its kind and the keys that determine it, of an IRI what follows its kind."""
    return entity("/".join((kind, *(key if isinstance(key, str) else tail(key) for key in keys))))


def tail(node: NamedNode) -> str:
    """Return what follows the kind in a data IRI: ``KOR`` for ``state/KOR``; steps are joined by hyphens."""
    return node.value.removeprefix(ID).partition("/")[2].replace("/", "-")


def pair_key(left: NamedNode, right: NamedNode) -> str:
    """Return the step of an IRI that stands for a pair of nodes in this order, such as ``org-a--org-b``."""
    return "--".join(re.sub(r"[^A-Za-z0-9._~]+", "-", node.value.removeprefix(ID)).strip("-") for node in (left, right))


def document(number: str) -> NamedNode:
    """Return the IRI of a source document."""
    return entity(f"document/{number}")


def stated(number: str) -> NamedNode:
    """Return the graph of what document ``number`` states."""
    return NamedNode(f"{GRAPH}doc/{number}")


def inferred(number: str) -> NamedNode:
    """Return the graph of what follows from document ``number`` by a recorded rule."""
    return NamedNode(f"{GRAPH}doc/{number}/inferred")


def certainty_of(graph: NamedNode) -> str | None:
    """Return the certainty of the statements of a graph by its IRI: ``stated``, ``inferred`` or ``candidate``.

    None for graphs that say nothing of the world by themselves, such as what is derived, and for graphs with names of
    other people, who may say it themselves.
    """
    if graph == CANDIDATES or graph.value.startswith(f"{CANDIDATES.value}/"):
        return "candidate"
    if graph in SECONDARY or not graph.value.startswith(GRAPH):
        return None
    number = document_of(graph)
    return "inferred" if number is not None and graph == inferred(number) else "stated"


def document_of(name: object) -> str | None:
    """Return the number of the document of a graph, document or evidence node, by its IRI; None for anything else."""
    found = _OF_DOCUMENT.match(name.value) if isinstance(name, NamedNode) else None
    return found["number"] if found else None
