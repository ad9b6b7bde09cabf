"""Why an answer may be empty, or smaller than was meant: hints about the terms, values and statements of a query.

The answer itself is never touched. A query whose answer has rows costs a look at its text, and one query more only
where its text names a term that the ontology does not know or a class that has classes below it. A query without rows
is read deeper: each statement that it looks for is looked for alone, but for paths of any length, which may take long.
All of that is bounded in number and in time, and whatever fails on the way leaves the further hints out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pyoxigraph import Literal, NamedNode, QuerySolutions, parse, parse_query_results

from communique.graph.errors import CommuniqueError, QueryTimeout
from communique.graph.hints import known
from communique.graph.hints.hint import Hint
from communique.graph.hints.known import missing, near
from communique.graph.hints.reading import QueryReading, read, read_deeply
from communique.graph.queries.answers import Run, ask, listed, text
from communique.graph.queries.media import GRAPHS, SOLUTIONS
from communique.graph.terms.namespaces import GRAPH, ID, PREFIXES, RDFS, shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import Term, deprecated

_LOG = logging.getLogger(__name__)
_MOST_TERMS, _MOST_HINTS = 40, 5
_LONGEST = 8_000  # characters of a query, and bytes of an answer without rows, which may hold prefixes and columns
_SECONDS = 2.0  # after which no more queries are asked
_SUBCLASS = RDFS + "subClassOf"
# A row with an IRI is one that says something, and needs no reading; within a text the quotation marks are escaped.
_JSON, _IRI = "application/sparql-results+json", b'"type":"uri"'


def explain(run: Run, query: str, *, is_empty: bool, graphs: Sequence[str] = ()) -> list[Hint]:
    """Return hints about a query that has been answered, the most important first, at most five.

    ``run`` evaluates SPARQL over the whole published data; ``is_empty`` says whether the answer has no rows, see
    ``has_no_rows``; ``graphs`` are those to which the asker narrowed the dataset beside the text. Never raises for a
    query that could be answered.
    """
    if not is_empty and len(query) > _LONGEST:
        return []
    reading = read_deeply(query) if is_empty else read(query)
    reading = replace(reading, graphs=(*reading.graphs, *graphs))
    ask_soon = _within(run, _SECONDS)
    hints = _about_empty(ask_soon, reading) if is_empty else _about_terms(ask_soon, reading, is_empty=False)
    found: dict[Hint, None] = {}
    try:
        for hint in hints:
            found[hint] = None
            if len(found) == _MOST_HINTS:
                break
    except (CommuniqueError, ValueError) as error:  # ValueError: a name that the engine takes for an IRI and is none
        _LOG.warning("%d hints, then %s", len(found), error)
    return list(found)


def _within(run: Run, seconds: float) -> Run:
    """Stop asking when a time is over."""
    end = time.monotonic() + seconds

    def ask_soon(text: str) -> bytes:
        if time.monotonic() > end:
            raise QueryTimeout(f"no more hints after {seconds:g} seconds")
        return run(text)

    return ask_soon


def has_no_rows(media_type: str, body: bytes) -> bool:
    """Say whether an answer says nothing: no rows, no statements, false, or one row that only counts to nought."""
    if len(body) > _LONGEST:
        return False
    if media_type in GRAPHS:
        return next(parse(body, format=GRAPHS[media_type]), None) is None
    if media_type == "text/csv":
        head, *lines = body.decode().splitlines()
        return head != "true" and (not lines or (len(lines) == 1 and set(lines[0].split(",")) <= {"0", ""}))
    if media_type == "text/tab-separated-values" and body.strip() in {b"true", b"false"}:
        return body.strip() == b"false"
    if media_type == _JSON and _IRI in body:
        return False
    found = parse_query_results(body, format=SOLUTIONS[media_type])
    if not isinstance(found, QuerySolutions):
        return not found
    few = list(islice(found, 2))
    if len(few) != 1:
        return not few
    return all(cell is None or (isinstance(cell, Literal) and cell.value == "0") for cell in few[0])


def _about_empty(run: Run, reading: QueryReading) -> Iterator[Hint]:
    """Return the hints about a query without rows."""
    yield from _about_graphs(run, reading)
    found = list(_about_terms(run, reading, is_empty=True))
    yield from found
    # Only an answer without rows needs it, and it takes long to import.
    from communique.graph.hints.unmatched import about_statements

    yield from about_statements(run, reading, is_explained=bool(found))


def _about_graphs(run: Run, reading: QueryReading) -> Iterator[Hint]:
    """Name graphs of FROM that do not exist, or say that the dataset is a part of the data."""
    unknown = missing(run, reading.graphs)
    yield from (_about_graph(run, graph) for graph in reading.graphs if graph in unknown)
    if reading.graphs and not unknown:
        message = "the dataset leaves out all other graphs, the ontology among them"
        yield Hint("graph", message, "ask without FROM and graph parameters, or add graphs")


def _about_graph(run: Run, graph: str) -> Hint:
    """Say of a graph that it does not exist, and which may be meant."""
    names = [text(row, "g") for row in ask(run, "SELECT ?g { GRAPH ?g {} }")]
    near_names = [f"<{each}>" for each in closest(graph, names)]
    return Hint("graph", f"no graph is called <{graph}>", _did_you_mean(near_names))


def _about_terms(run: Run, reading: QueryReading, *, is_empty: bool) -> Iterator[Hint]:
    """Name deprecated terms, the IRIs that no graph uses, and the classes whose nodes have a narrower class."""
    written = dict(islice(((each, form) for each, form in reading.written.items() if _is_iri(each)), _MOST_TERMS))
    suspects = written if is_empty else {each: form for each, form in written.items() if _is_suspect(each)}
    former = [each for each in written if NamedNode(each) in deprecated()]
    for each in former:
        yield Hint("term", f"{written[each]} is deprecated", f"write {known.meant(each)[0]} in its place")
    unknown = missing(run, suspects).difference(former)
    strange = [prefix for prefix, base in reading.prefixes.items() if PREFIXES.get(prefix, base) != base]
    for prefix in strange:
        if any(each.startswith(reading.prefixes[prefix]) for each in unknown):
            found = f"prefix {prefix}: stands for <{reading.prefixes[prefix]}> here"
            yield Hint("prefix", found, f"write PREFIX {prefix}: <{PREFIXES[prefix]}>")
            unknown = {each for each in unknown if not each.startswith(reading.prefixes[prefix])}
    for each, form in suspects.items():
        if each in unknown:
            yield _about_unknown(run, each, form)
    if _SUBCLASS not in reading.written:
        classes = [each for each in reading.classes if _is_iri(each) and known.below(each)]
        yield from _about_classes(run, classes, is_empty=is_empty)


def _is_iri(text: str) -> bool:
    """Whether a name became an absolute IRI: a prefix may stand for a text that is none, which the engine takes."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _is_suspect(each: str) -> bool:
    """Say whether an IRI looks like one of ours and is none that the ontology knows."""
    if known.is_ours(each):
        return each not in known.known()
    return each not in known.known() and bool(known.meant(each)) and not each.startswith(ID)


def _about_unknown(run: Run, each: str, form: str) -> Hint:
    """Say of an IRI that no graph uses it, and what may be meant."""
    if each.startswith(ID):
        close = near(run, each)
        return Hint("node", f"{form} is in no graph", _did_you_mean([f"<{path}>" for path in close]))
    if each.startswith(GRAPH):
        return _about_graph(run, each)
    names = [name if ":" in name else f"<{name}>" for name in known.meant(each)]
    if isinstance(known.by_iri().get(each), Term):
        return Hint("term", f"no graph uses {form}, though the ontology has it", f"see those in use: {_TERMS}")
    return Hint("term", f"{form} is used by no graph", _did_you_mean(names) or f"look for the term: {_TERMS}")


def _about_classes(run: Run, classes: Sequence[str], *, is_empty: bool) -> Iterator[Hint]:
    """Say of a class that there are nodes of classes below it.

    Where the answer is empty, only of a class that has no nodes itself: of another it is not the reason.
    """
    if not classes:
        return
    every = dict.fromkeys((*classes, *(low for each in classes for low in known.below(each))))
    nodes = listed([NamedNode(each) for each in every])
    rows = ask(run, f"SELECT ?class {{ VALUES ?class {{ {nodes} }} FILTER EXISTS {{ ?node a ?class }} }}")
    used = {text(row, "class") for row in rows}
    for each in classes:
        lower = [shorten(low) for low in known.below(each) if low in used]
        if lower and not (is_empty and each in used):
            name, few = shorten(each), ", ".join(lower[:_MOST_HINTS])
            more = f" and {len(lower) - _MOST_HINTS} more" if len(lower) > _MOST_HINTS else ""
            found = "not all nodes of this kind are" if each in used else "no node is"
            message = f"{found} directly a {name}; there are nodes of the narrower {few}{more}"
            yield Hint("class", message, f"write a/rdfs:subClassOf* {name} instead of a {name}")


def _did_you_mean(names: Sequence[str]) -> str | None:
    """Ask whether one of some names was meant."""
    return f"did you mean {' or '.join(names)}?" if names else None


_TERMS = "communique terms, or /terms"
