"""Terms in use: every class, property and concept with its full name, what it means, how often it is used, by what.

What the ontology does not define and the data use all the same (``rdf:type``) is listed too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import UnknownTerm
from communique.graph.hints.known import below, by_iri, meant
from communique.graph.queries.answers import Run, ask, listed, text
from communique.graph.queries.answers import Term as Value
from communique.graph.terms.namespaces import (
    CONVERTER,
    ID,
    PREFIXES,
    RDFS,
    SD,
    SKOS,
    VOCAB,
    VOID,
    VOID_EXT,
    prologue,
    shorten,
)
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import Concept, Term

KINDS = ("class", "object", "datatype", "annotation", "property", "concept")

_LABEL, _SUBCLASS = SKOS + "prefLabel", RDFS + "subClassOf"
MOST = 20_000
_FEW = 8
# Vocabularies of which only what describes the service and its dataset makes use (``graph.descriptions``).
_DESCRIBING = (SD, VOID, VOID_EXT)
_PLAIN = (
    *("name", "iri", "declaration", "kind", "label", "definition", "uses", "counted", "nodes"),
    *("broader", "narrower", "subjects", "values", "scheme"),
)
_SHORT = 3
_WORD = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_A-Z]+|[A-Z][^\W\d_A-Z]*|\d+")
_SMALL = frozenset(["a", "an", "and", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "what", "who"])
_COUNTS = {
    "property": "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it",
    "class": "SELECT ?it (COUNT(*) AS ?n) { ?s a ?it } GROUP BY ?it",
    "concept": f"SELECT ?it (COUNT(*) AS ?n) {{ ?it <{SKOS}inScheme> ?scheme . ?s ?p ?it "
    f"FILTER(!STRSTARTS(STR(?s), '{VOCAB}')) }} GROUP BY ?it",
}


@dataclass(frozen=True, slots=True)
class TermUse:
    """A value in use and how many statements have it; of a class, a node of it with its name."""

    value: Value
    count: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A class, property or concept.

    Attributes
    ----------
    name : with its prefix, such as ``com:participant``
    kind : one of ``KINDS``; ``property`` for one that the ontology does not define
    label, definition : English; empty where the ontology does not define it
    uses : nodes that are directly of the class, statements with the property, statements that lead to the concept
    broader : classes, properties or the concept above it
    narrower : classes directly or indirectly below it
    subjects, values : classes of what a property is stated of, and classes or datatypes of its values, as hints
    nodes : of the class or of one below it; None for all else, and until ``describe``
    scheme : the concept scheme of a concept, or of the values of a property
    samples : values in use, the commonest first; nodes of a class; empty until ``describe``
    properties : what nodes of a class have, with the number of nodes; empty until ``describe``
    search_words : words by which people look for it and that are not its name
    """

    iri: str
    name: str
    kind: str
    label: str = ""
    definition: str = ""
    uses: int = 0
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    nodes: int | None = None
    scheme: str | None = None
    samples: tuple[TermUse, ...] = field(default=())
    properties: tuple[TermUse, ...] = field(default=())
    search_words: tuple[str, ...] = ()

    @property
    def counted(self) -> int:
        """How many of the uses the numbers of values and properties are counted in."""
        return min(self.uses, MOST)

    @property
    def declaration(self) -> str:
        """Return the PREFIX line that a query needs; empty where the name is a whole IRI."""
        prefix = self.name.partition(":")[0]
        return prologue([prefix]).strip() if prefix in PREFIXES and self.name != self.iri else ""

    @property
    def example(self) -> str:
        """Return a query for what uses the term, narrower classes included."""
        if self.kind == "class":
            path = f"a/<{_SUBCLASS}>*" if self.narrower else "a"
            pattern = f"?node {path} {self.name} . OPTIONAL {{ ?node <{_LABEL}> ?label }}"
        else:
            pattern = f"?node ?property {self.name}" if self.kind == "concept" else f"?node {self.name} ?value"
        return f"{self.declaration}\nSELECT * {{ {pattern} }} LIMIT 20"


def entries(run: Run) -> list[TermEntry]:
    """List all terms with the number of their uses: classes, properties, concepts, each by name."""
    counts = {
        kind: {text(row, "it"): int(text(row, "n")) for row in ask(run, query)} for kind, query in _COUNTS.items()
    }
    found = [_entry(each, counts) for each in by_iri().values()]
    for kind in ("property", "class"):
        others = {iri: n for iri, n in counts[kind].items() if iri not in by_iri() and not iri.startswith(_DESCRIBING)}
        found += [TermEntry(iri, shorten(iri), kind, uses=n) for iri, n in others.items()]
    return sorted(found, key=lambda entry: (KINDS.index(entry.kind), entry.name.casefold()))


def search(every: Sequence[TermEntry], word: str) -> list[TermEntry]:
    """Find entries by a word, the best first: by name, label, words of label, search, definition, near spelling.

    ``word`` may be a name with or without its prefix, an IRI, or words such as ``signatory``. Near spellings are looked
    for only when nothing else is found; the list is empty when there are none of these either.
    """
    wanted = word.strip().casefold()
    ranked = [(rank, entry) for entry in every if (rank := _rank(entry, wanted)) is not None]
    if ranked:
        return [entry for _, entry in sorted(ranked, key=lambda pair: (pair[0], -pair[1].uses))]
    names = defaultdict(list)
    for entry in every:
        for form in {entry.label, _local(entry.name), entry.name} - {""}:
            names[form].append(entry)
    return list(dict.fromkeys(entry for form in closest(word, names, most=_FEW) for entry in names[form]))


def find(every: Sequence[TermEntry], name: str) -> TermEntry:
    """Return the entry of a name with its prefix, of a name without one that is unique, or of an IRI.

    UnknownTerm with near names when there is none.
    """
    exact = [entry for entry in every if name in {entry.name, entry.iri}]
    bare = [entry for entry in every if name == _local(entry.name)]
    if len(found := exact or bare) == 1:
        return found[0]
    near = [entry.name for entry in search(every, name)][:3]
    near = near or (list(meant(iri)) if (iri := CONVERTER.expand(name)) else [])
    expected = f"perhaps {' or '.join(near)}" if near else "a class, property or concept such as com:participant"
    raise UnknownTerm(f"no term is called {name!r}", expected=expected, hint="without a name all terms are listed")


def describe(run: Run, entry: TermEntry) -> TermEntry:
    """Add the values in use, and of a class the properties that its nodes have.

    Values and properties are counted in the first 20,000 statements or nodes, see ``TermEntry.counted``.
    """
    it = NamedNode(entry.iri)
    if entry.kind == "class":
        classes = listed([NamedNode(each) for each in (entry.iri, *below(entry.iri))])
        count = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ VALUES ?class {{ {classes} }} ?s a ?class }}"
        nodes = int(text(next(ask(run, count)), "n"))
        some = f"{{ SELECT DISTINCT ?s {{ ?s a {it} }} LIMIT {MOST} }}"
        having = f"SELECT ?value (COUNT(DISTINCT ?s) AS ?n) {{ {some} ?s ?value ?o }} GROUP BY ?value"
        properties = _counted(run, f"{having} ORDER BY DESC(?n) ?value")
        return replace(entry, nodes=nodes, samples=_nodes(run, it), properties=properties)
    outside = f"FILTER(!STRSTARTS(STR(?s), '{VOCAB}'))"
    pattern = f"?s ?value {it} {outside}" if entry.kind == "concept" else f"?s {it} ?value"
    some = f"{{ SELECT ?value {{ {pattern} }} LIMIT {MOST} }}"
    query = f"SELECT ?value (COUNT(*) AS ?n) {{ {some} }} GROUP BY ?value ORDER BY DESC(?n) ?value LIMIT {_FEW}"
    return replace(entry, samples=_counted(run, query))


def to_json(entry: TermEntry) -> dict[str, object]:
    """Describe an entry, ready for JSON; what is not known is left out."""
    parts: dict[str, object] = {name: getattr(entry, name) for name in _PLAIN}
    parts |= {
        "samples": [_use_to_json(use) for use in entry.samples],
        "properties": [_use_to_json(use) for use in entry.properties],
    }
    return {name: value for name, value in parts.items() if value not in ("", (), [], None)}


def written(value: Value) -> str:
    """Write a value as it would stand in a query, with prefixes; a node of the data as ``<state/KOR>``."""
    if isinstance(value, NamedNode):
        short = shorten(value.value)
        return f"<{short}>" if value.value.startswith(ID) or short == value.value else short
    if isinstance(value, Literal) and not value.language:
        return f"{Literal(value.value)}^^{shorten(value.datatype.value)}".removesuffix("^^xsd:string")
    return str(value)


def _entry(term: Term | Concept, counts: Mapping[str, Mapping[str, int]]) -> TermEntry:
    """Make the entry of what the ontology defines."""
    iri, name = term.iri.value, shorten(term.iri.value)
    if isinstance(term, Concept):
        above = (shorten(f"{VOCAB}{term.scheme}/{term.broader}"),) if term.broader else ()
        uses = counts["concept"].get(iri, 0)
        return TermEntry(iri, name, "concept", term.label, term.definition, uses, above, scheme=term.scheme)
    return TermEntry(
        iri=iri,
        name=name,
        kind=term.kind,
        label=term.label,
        definition=term.definition,
        uses=counts["class" if term.kind == "class" else "property"].get(iri, 0),
        broader=_names(term.parents),
        narrower=tuple(shorten(each) for each in below(iri)) if term.kind == "class" else (),
        subjects=_names(term.domain_includes),
        values=_names(term.range_includes),
        scheme=term.scheme,
        search_words=term.search_words,
    )


def _rank(entry: TermEntry, wanted: str) -> int | None:
    """Say how well an entry fits a word, 0 for its name; None when it does not."""
    local = _local(entry.name)
    if wanted in {entry.name.casefold(), entry.iri.casefold(), local.casefold()}:
        return 0
    if wanted == entry.label.casefold():
        return 1
    parts = _words(wanted) - _SMALL
    if not parts:
        return None
    if any(word.startswith(wanted) for word in _words(local)) or parts <= _words(f"{local} {entry.label}"):
        return 2
    if any(parts <= _words(text) for text in entry.search_words):
        return 3
    return 4 if parts <= _words(entry.definition) else None


def _words(text: str) -> set[str]:
    """Cut a text or a name into words, in small letters; a plural counts as its singular too."""
    found = {word.casefold() for word in _WORD.findall(text)}
    return found | {word.removesuffix("s") for word in found if len(word) > _SHORT}


def _local(name: str) -> str:
    """Return a name without its prefix."""
    return name.partition(":")[2]


def _names(nodes: Sequence[NamedNode]) -> tuple[str, ...]:
    """Write nodes as prefixed names."""
    return tuple(shorten(each.value) for each in nodes)


def _nodes(run: Run, it: NamedNode) -> tuple[TermUse, ...]:
    """Return some nodes of a class with their names."""
    some = f"{{ SELECT DISTINCT ?value {{ ?value a {it} }} LIMIT {_FEW} }}"
    label = f"OPTIONAL {{ ?value <{_LABEL}> ?label FILTER(LANG(?label) = 'en') }}"
    found = ask(run, f"SELECT ?value (SAMPLE(?label) AS ?name) {{ {some} {label} }} GROUP BY ?value ORDER BY ?value")
    return tuple(TermUse(row["value"], label=text(row, "name")) for row in found)


def _counted(run: Run, query: str) -> tuple[TermUse, ...]:
    """Read values with their numbers."""
    return tuple(TermUse(row["value"], int(text(row, "n"))) for row in ask(run, query))


def _use_to_json(use: TermUse) -> dict[str, object]:
    """Describe a value in use, ready for JSON."""
    parts = {"value": written(use.value), "count": use.count, "label": use.label}
    return {name: value for name, value in parts.items() if value not in ("", None)}
