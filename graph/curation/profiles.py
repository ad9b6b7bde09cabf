"""Profiles: what the graph says of a node, as far as it helps to decide whether another one is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from communique.graph.queries.answers import Run, Term, ask, listed, node, text
from communique.graph.terms.namespaces import prologue, shorten

# What is asked of each node → the pattern that leads from ?node to ?value; labels of values are asked for at the end.
_PARTS = {
    "kind": "?node a ?value",
    "label": "?node skos:prefLabel ?value",
    "name": "?node skos:altLabel|com:hasName/com:nameText|dct:title ?value",
    "code": "?node skos:notation ?value",
    "when": "?node com:edtfText ?value",
    "earliest": "?node com:concludedEarliest|com:beginEarliest|com:validFrom ?value",
    "latest": "?node com:concludedLatest|com:endLatest|com:validTo ?value",
    "party": "?tie com:ofAgreement ?node ; com:party ?value",
    "participant": "?tie com:inEvent ?node ; com:participant ?value",
    "country": "?node org:unitOf*/com:actsFor ?value",
    "place": "?node com:city|com:venue|com:territory|com:situatedIn ?value",
    "entry": "?node skos:exactMatch|skos:closeMatch|com:claimedMatch ?value",
    "source": "?node com:evidence/com:inDocument|dct:source ?value",
}
_MOST = 400  # values of one kind that are read of a node


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one node, ready to be read; lists are sorted and without repeats.

    Attributes
    ----------
    label : in English if there is one; the short IRI when there is none
    names : other names, in any language
    when : a date, or two with a stroke between them; empty when unknown
    """

    iri: NamedNode
    label: str
    kinds: Sequence[str]
    names: Sequence[str]
    codes: Sequence[str]
    when: str
    parties: Sequence[str]
    countries: Sequence[str]
    places: Sequence[str]
    entries: Sequence[str]
    sources: Sequence[str]

    @property
    def is_known(self) -> bool:
        """Whether the graph describes the node at all."""
        return bool(self.kinds)


def profiles(run: Run, nodes: Collection[NamedNode]) -> dict[NamedNode, Profile]:
    """Describe nodes; one that nobody describes gets a profile with its IRI alone."""
    if not nodes:
        return {}
    values: dict[NamedNode, dict[str, list[Term]]] = {each: defaultdict(list) for each in nodes}
    labels: dict[Term, str] = {}
    for row in ask(run, _query(sorted(nodes, key=str))):
        part = values[node(row, "node")][text(row, "part")]
        if len(part) < _MOST and row["value"] not in part:
            part.append(row["value"])
        if "name" in row:
            labels.setdefault(row["value"], text(row, "name"))
    return {each: _describe(each, parts, labels) for each, parts in values.items()}


def _query(nodes: Sequence[NamedNode]) -> str:
    """Ask for all parts of some nodes; the nodes stand in each branch, since an engine need not push them there."""
    given = f"VALUES ?node {{ {listed(list(nodes))} }}"
    branches = " UNION ".join(f'{{ {given} {pattern} . BIND("{part}" AS ?part) }}' for part, pattern in _PARTS.items())
    name = 'OPTIONAL { ?value skos:prefLabel|rdfs:label ?name FILTER(LANG(?name) = "en") }'
    prefixes = prologue(("com", "dct", "org", "rdfs", "skos"))
    return f"{prefixes}SELECT DISTINCT ?node ?part ?value ?name {{ {branches} {name} }} ORDER BY ?node ?part ?value"


def _describe(iri: NamedNode, parts: dict[str, list[Term]], labels: dict[Term, str]) -> Profile:
    """Write the parts of a node for people: nodes by their labels, the date as written, else by its bounds."""

    def shown(*names: str) -> list[str]:
        values = [value for name in names for value in parts.get(name, ())]
        return sorted({labels.get(value) or _write(value) for value in values})

    texts = [label for label in parts.get("label", []) if isinstance(label, Literal)]
    texts.sort(key=lambda label: label.language != "en")
    label = (texts[0].value if texts else "") or shorten(iri.value)
    bounds = [*shown("earliest")[:1], *shown("latest")[-1:]]
    return Profile(
        iri=iri,
        label=label,
        kinds=shown("kind"),
        names=[name for name in shown("label", "name") if name != label],
        codes=shown("code"),
        when=", ".join(shown("when")) or "/".join(dict.fromkeys(bounds)),
        parties=shown("party", "participant"),
        countries=shown("country"),
        places=shown("place"),
        entries=shown("entry"),
        sources=shown("source"),
    )


def _write(value: Term) -> str:
    return value.value if isinstance(value, Literal) else shorten(str(value).strip("<>"))
