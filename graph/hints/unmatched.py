"""Why a query has no rows: its statements looked for alone, and its values held against those there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from communique.graph.hints import known
from communique.graph.hints.hint import Hint
from communique.graph.hints.reading import TYPE, QueryReading, TriplePattern, iri
from communique.graph.queries.answers import Run, ask, holds, text
from communique.graph.queries.answers import Term as Value
from communique.graph.terms.namespaces import RDF, VOCAB, XSD, prologue, shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import LANG_STRING, Concept, Term
from communique.graph.validation.compiled.components.value_type import LIMITED, well_formed

_MOST_PATTERNS = 20
_ANY_LENGTH = re.compile(r">[*+?]|\)[*+?]")
_TERMS = "communique terms, or /terms"
_MOST = 2_000  # values of a property that are looked at
_LONGEST = 60
_IRI = re.compile("<([^<>]*)>")
_EXAMPLES = {
    "date": "2013-10-23",
    "dateTime": "2013-10-23T09:00:00Z",
    "gYear": "2018",
    "integer": "12",
    "boolean": "true",
}
_NUMBERS = {NamedNode(XSD + name) for name in ("integer", "decimal", "double", "float")} | LIMITED


@dataclass(frozen=True)
class ValueSample:
    """Some values of a property, at most 2,000."""

    predicate: str
    values: Sequence[Value]

    @classmethod
    def take(cls, run: Run, predicate: str) -> ValueSample:
        """Read values of a property."""
        rows = ask(run, f"SELECT DISTINCT ?value {{ SELECT ?value {{ ?s <{predicate}> ?value }} LIMIT {_MOST} }}")
        return cls(predicate, [row["value"] for row in rows])

    @property
    def literals(self) -> list[Literal]:
        """The literals among them."""
        return [value for value in self.values if isinstance(value, Literal)]

    @property
    def datatypes(self) -> list[NamedNode]:
        """The datatypes of the literals, each once."""
        return list(dict.fromkeys(value.datatype for value in self.literals))

    @property
    def languages(self) -> list[str]:
        """The languages of the literals, English first."""
        found = {value.language for value in self.literals if value.language}
        return sorted(found, key=lambda language: (language != "en", language))


def about_statements(run: Run, reading: QueryReading, *, is_explained: bool) -> Iterator[Hint]:
    """Say which statements and comparisons of a query match nothing.

    ``is_explained`` : a term or graph explains already statements without a match, so only comparisons are
    looked at. Paths of any length may take long and are left out.
    """
    patterns = [each for each in reading.patterns if not _ANY_LENGTH.search(each.path)][:_MOST_PATTERNS]
    unmatched = _unmatched(run, patterns)
    if not is_explained:
        for pattern in unmatched:
            yield _about_pattern(run, pattern)
    yield from about_comparisons(run, reading)
    if not is_explained and not unmatched:
        yield from _about_pairs(run, patterns)


def _unmatched(run: Run, patterns: Sequence[TriplePattern]) -> list[TriplePattern]:
    """Return the patterns that match nothing even alone."""
    if not patterns:
        return []
    tests = " ".join(f"(EXISTS {{ {pattern} }} AS ?m{n})" for n, pattern in enumerate(patterns))
    row = next(iter(ask(run, f"SELECT {tests} {{}}")))
    return [pattern for n, pattern in enumerate(patterns) if text(row, f"m{n}") == "false"]


def _about_pattern(run: Run, pattern: TriplePattern) -> Hint:
    """Say why a statement that a query looks for is not there."""
    shown = _shown(pattern)
    if pattern.of_class:
        return Hint("class", f"no node is a {shorten(pattern.of_class)}", f"see which classes are in use: {_TERMS}")
    if pattern.predicate and (hint := about_value(run, pattern)):
        return hint
    turned = TriplePattern(pattern.value, pattern.path, pattern.subject, pattern.predicate)
    if not pattern.value.startswith('"') and _matches(run, turned):
        return Hint("pattern", f"nothing is stated as {shown}", f"turn it round: {_shown(turned)}")
    if pattern.predicate and not _matches(run, TriplePattern("?s", pattern.path, "?o")):
        message = f"no statement has the property {shorten(pattern.predicate)}"
        return Hint("term", message, f"see those in use: {_TERMS}")
    return Hint("pattern", f"nothing is stated as {shown}", _where_it_belongs(pattern.predicate))


def _about_pairs(run: Run, patterns: Sequence[TriplePattern]) -> Iterator[Hint]:
    """Name a property that no node of the class has which the query asks for."""
    typed = {each.subject: each for each in patterns if each.of_class}
    for pattern in patterns:
        kind = typed.get(pattern.subject)
        if kind is None or not pattern.predicate or kind is pattern:
            continue
        pair = f"{kind} . {pattern.subject} {pattern.path} ?any"
        if not is_there(run, pair):
            name = shorten(pattern.predicate)
            found = f"no {shorten(kind.of_class)} has {name}"
            yield Hint("pattern", found, _where_it_belongs(pattern.predicate))


def _where_it_belongs(predicate: str) -> str | None:
    """Say of which nodes a property is stated, as far as the ontology says."""
    term = known.by_iri().get(predicate)
    if not isinstance(term, Term) or not term.domain_includes:
        return None
    return f"{shorten(predicate)} is stated of {' or '.join(shorten(each.value) for each in term.domain_includes)}"


def about_value(run: Run, pattern: TriplePattern) -> Hint | None:
    """Say what is wrong with the value that a pattern has for a property; None where nothing is known to be."""
    if pattern.value.startswith("?") or pattern.value.startswith("_:"):
        return None
    sample = ValueSample.take(run, pattern.predicate)
    if not sample.values:
        return None
    if literal := read_literal(pattern.value):
        return _about_literal(sample, literal)
    return _about_node(sample, iri(pattern.value))


def about_comparisons(run: Run, reading: QueryReading) -> Iterator[Hint]:
    """Name comparisons that no value of a property can stand, because its values have other datatypes."""
    properties = {each.value: each.predicate for each in reading.patterns if each.predicate}
    for comparison in reading.comparisons:
        literal = read_literal(comparison.literal)
        if literal is None or comparison.variable not in properties:
            continue
        sample = ValueSample.take(run, properties[comparison.variable])
        hint = _ill_formed(literal)
        if hint is None and sample.values:
            hint = _about_datatype(sample, literal, comparison.variable)
        if hint is not None:
            yield hint


def is_there(run: Run, group: str) -> bool:
    """Say whether a group of patterns matches anything."""
    return holds(run, f"ASK {{ {group} }}")


def read_literal(written: str) -> Literal | None:
    """Read a literal written as in N-Triples; None for anything else."""
    if not written.startswith('"'):
        return None
    try:
        quad = next(iter(parse(f"<x:s> <x:p> {written} .", format=RdfFormat.N_TRIPLES)))
    except (SyntaxError, StopIteration):
        return None
    return quad.object if isinstance(quad.object, Literal) else None


def shown(written: str) -> str:
    """Write a term or a path for people: prefixed names, numbers without their datatype, cut where it is long."""
    literal = read_literal(written)
    text = _written(literal) if literal else _IRI.sub(_shortened, written)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _shortened(match: re.Match[str]) -> str:
    """Write an IRI as a prefixed name, or relative to the data."""
    short = shorten(match[1])
    return short if short != match[1] and ":" in short else f"<{short}>"


def _about_literal(sample: ValueSample, literal: Literal) -> Hint | None:
    """Compare a literal with the values of a property."""
    if hint := _ill_formed(literal):
        return hint
    name = shorten(sample.predicate)
    if not sample.literals:
        term = known.by_iri().get(sample.predicate)
        scheme = term.scheme if isinstance(term, Term) else None
        meant = [shorten(each.iri.value) for each in known.concepts_called(literal.value, scheme)]
        example = meant[0] if meant else shown(str(sample.values[0]))
        return Hint("value", f"{name} leads to nodes, not to texts such as {_written(literal)}", f"write {example}")
    if hint := _about_datatype(sample, literal):
        return hint
    texts = {each.value: each for each in sample.literals if each.datatype == literal.datatype}
    near = closest(literal.value, texts)
    cure = f"did you mean {_written(texts[near[0]])}?" if near and near[0] != literal.value else None
    return Hint("value", f"no {name} is {_written(literal)}", cure)


def _about_datatype(sample: ValueSample, literal: Literal, variable: str | None = None) -> Hint | None:
    """Say that values of a property have another datatype or language than a literal; None where some have the same.

    A literal in a pattern must be the very term; one that a FILTER compares with ``variable`` may be another number.
    """
    name = shorten(sample.predicate)
    if not sample.literals:
        return Hint("value", f"{name} leads to nodes, not to texts such as {_written(literal)}", "compare with a node")
    if LANG_STRING in sample.datatypes and literal.datatype in {LANG_STRING, NamedNode(XSD + "string")}:
        if literal.language in sample.languages or literal.datatype in sample.datatypes:
            return None
        listed = ", ".join(f"@{each}" for each in sample.languages[:3])
        retagged = Literal(literal.value, language=sample.languages[0])
        cure = f"write {_written(retagged)}, or compare STR({variable or '?value'})"
        message = f"values of {name} have a language ({listed}), {_written(literal)} has another or none"
        return Hint("value", message, cure)
    if literal.datatype in sample.datatypes or (variable and _is_comparable(literal, sample)):
        return None
    wanted = sample.datatypes[0]
    recast = Literal(literal.value, datatype=wanted)
    example = f"one like {_written(sample.literals[0])}" if _ill_formed(recast) else _written(recast)
    kinds = " or ".join(shorten(each.value) for each in sample.datatypes)
    message = f"values of {name} are {kinds}, and {_written(literal)} is {shorten(literal.datatype.value)}"
    return Hint("value", message, f"write {example}")


def _about_node(sample: ValueSample, node: str) -> Hint | None:
    """Compare a node with the values of a property."""
    name = shorten(sample.predicate)
    if not any(isinstance(value, NamedNode) for value in sample.values):
        message, example = f"{name} has texts or numbers, not nodes", _written(sample.literals[0])
        return Hint("value", message, f"write one like {example}")
    term, concept = known.by_iri().get(sample.predicate), known.by_iri().get(node)
    if isinstance(term, Term) and term.scheme and not node.startswith(f"{VOCAB}{term.scheme}/"):
        used = sorted({shorten(value.value) for value in sample.values if isinstance(value, NamedNode)})
        found = f"{shorten(node)} is a concept of {concept.scheme}" if isinstance(concept, Concept) else shorten(node)
        return Hint("value", f"{found}, and {name} takes those of {term.scheme}", f"write one of {', '.join(used[:8])}")
    return None


def _ill_formed(literal: Literal) -> Hint | None:
    """Say that the text of a literal does not fit its datatype."""
    test = well_formed("?value", literal.datatype)
    if test is None or bool(Store().query(f"{prologue()}ASK {{ BIND({literal} AS ?value) FILTER({test}) }}")):
        return None
    name = shorten(literal.datatype.value)
    example = _EXAMPLES.get(literal.datatype.value.removeprefix(XSD))
    cure = f'write it like "{example}"^^{name}' if example else f"write a value of {name}"
    return Hint("value", f'"{literal.value[:_LONGEST]}" is no {name}, so it equals nothing', cure)


def _is_comparable(literal: Literal, sample: ValueSample) -> bool:
    """Say whether a number can be compared with values of a property (SPARQL 1.1, section 17.3)."""
    return literal.datatype in _NUMBERS and not _NUMBERS.isdisjoint(sample.datatypes)


def _written(literal: Literal) -> str:
    """Write a literal as in SPARQL, with a prefixed datatype."""
    quoted = str(Literal(literal.value))
    if literal.language:
        return f"{quoted}@{literal.language}"
    if literal.datatype.value in {XSD + "string", RDF + "langString"}:
        return quoted
    return (
        literal.value if literal.datatype.value == XSD + "integer" else f"{quoted}^^{shorten(literal.datatype.value)}"
    )


def _matches(run: Run, pattern: TriplePattern) -> bool:
    """Say whether a pattern matches anything."""
    return not pattern.subject.startswith('"') and is_there(run, str(pattern))


def _shown(pattern: TriplePattern) -> str:
    """Write a pattern for people."""
    parts = (pattern.subject, pattern.path, pattern.value)
    return " ".join("a" if iri(part) == TYPE else shown(part) for part in parts)
