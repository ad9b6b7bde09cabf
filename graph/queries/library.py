"""The library: every packaged query with what its header says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from communique.graph.errors import SourceError, UnknownQuery
from communique.graph.queries.header import Exclusion, check_keys, line_of, read_exclusions, read_header
from communique.graph.queries.parameters import (
    KINDS,
    FindNode,
    QueryParameter,
    find_defaults,
    is_of_kind,
    read_values,
    write_text,
    write_values,
)
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import classes

# Folders of queries that other rooms run and that are no questions of a reader.
INTERNAL_FOLDERS = frozenset({"derived", "networks", "qc"})

_PACKAGE = "communique.queries"
_LISTING = "`communique query` without a name lists the questions"


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column of an answer.

    Attributes
    ----------
    name : the variable, without its question mark
    kind : ``iri`` or ``literal``
    datatype : of a literal, such as ``xsd:date`` or ``rdf:langString``; None for an IRI
    unit : of a number (``count``, ``EUR``, …), else None
    summary : what it says
    """

    name: str
    kind: str = "literal"
    datatype: str | None = None
    unit: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class PackagedQuery:
    """One packaged query.

    Attributes
    ----------
    name : the file's stem, unique over all folders
    path : under ``queries/``, such as ``event/event-place.rq``
    summary : the question, or the purpose, in one sentence
    question : its number among the competency questions, or None
    description : how to read the answer
    tags : words to find it by
    parameters, columns : in the order of the header
    text : the SPARQL with its header, defaults in place
    unless : what can leave the question without rows, to be looked at in this order
    extra : header keys that only the room of an internal folder understands
    """

    name: str
    path: str
    summary: str
    question: str | None
    description: str
    tags: tuple[str, ...]
    parameters: tuple[QueryParameter, ...]
    columns: tuple[AnswerColumn, ...]
    text: str
    unless: tuple[Exclusion, ...]
    extra: Mapping[str, Any]

    def bind(self, values: Mapping[str, str] | Iterable[tuple[str, str]] = (), find: FindNode | None = None) -> str:
        """Write the query with ``values``, texts by parameter name; what is not given keeps its default.

        Pairs may repeat a name where the parameter is repeatable. ``find`` returns the nodes that texts mean; without
        it a node is given by its IRI. Raises InvalidParameter, and what ``find`` raises.
        """
        pairs = values.items() if isinstance(values, Mapping) else values
        return write_values(self.text, read_values(self.parameters, pairs, find))


@cache
def library() -> Mapping[str, PackagedQuery]:
    """Return the ready questions by name, in the order of their numbers; SourceError when a file is broken.

    They are read once: packaged files do not change while the program runs.
    """
    folders = sorted(item.name for item in files(_PACKAGE).iterdir() if item.is_dir())
    questions = [each for name in folders if name not in INTERNAL_FOLDERS for each in queries_in(name).values()]
    return _by_name(sorted(questions, key=lambda each: (each.question or "~", each.name)))


@cache
def queries_in(folder: str) -> Mapping[str, PackagedQuery]:
    """Return the queries of one folder, such as ``derived``, by name in alphabetical order; SourceError when broken."""
    found = sorted((item.name, item) for item in files(_PACKAGE).joinpath(folder).iterdir())
    queries = (
        read_query(item.read_text(encoding="utf-8"), f"{folder}/{name}") for name, item in found if name.endswith(".rq")
    )
    return _by_name(queries)


def find(name: str) -> PackagedQuery:
    """Return the ready question of this name; UnknownQuery suggests the nearest names."""
    try:
        return library()[name]
    except KeyError:
        near = closest(name, library(), most=3, alike=0.5)
        expected = f"perhaps {' or '.join(near)}" if near else None
        raise UnknownQuery(f"no question named {name!r}", expected=expected, hint=_LISTING) from None


def read_query(text: str, path: str) -> PackagedQuery:
    """Read one query file; SourceError with path and line when its header or its parameters are broken."""
    header = read_header(text, path)
    name = path.rpartition("/")[2].removesuffix(".rq")
    try:
        defaults = find_defaults(text)
    except (SyntaxError, ValueError, TypeError) as error:
        raise SourceError(f"a VALUES line cannot be read: {error}", path=path) from error
    parameters = tuple(_read_parameter(item, defaults, text, path) for item in header.pop("parameters", ()))
    return PackagedQuery(
        name=name,
        path=path,
        summary=header.pop("summary"),
        question=header.pop("question", None),
        description=header.pop("description", ""),
        tags=tuple(header.pop("tags", ())),
        parameters=parameters,
        columns=tuple(_read_column(item, text, path) for item in header.pop("columns", ())),
        text=text,
        unless=read_exclusions(header.pop("unless", []), [each.name for each in parameters], text, path),
        extra=MappingProxyType(header),
    )


def _by_name(queries: Iterable[PackagedQuery]) -> Mapping[str, PackagedQuery]:
    """Key queries by name; two of one name are a SourceError."""
    index: dict[str, PackagedQuery] = {}
    for query in queries:
        if query.name in index:
            raise SourceError(f"a second query named {query.name}, after {index[query.name].path}", path=query.path)
        index[query.name] = query
    return MappingProxyType(index)


def _read_parameter(item: dict[str, Any], defaults: Mapping[str, Any], text: str, path: str) -> QueryParameter:
    """Join a parameter of the header with the VALUES line that holds its default."""
    line, item = line_of(text, str(item.get("name"))), dict(item)
    check_keys(item, {"name", "datatype", "summary"}, {"repeatable", "class"}, path, line)
    of_class = item.pop("class", None)
    if of_class is not None and of_class not in {
        "owl:Thing",
        *(shorten(each.iri.value) for each in classes().values()),
    }:
        raise SourceError(f"{of_class!r} is no class", path=path, line=line, expected="a class such as com:Event")
    parameter = QueryParameter(**item, default=(), of_class=of_class)
    terms = defaults.get(parameter.name, ())
    if parameter.datatype not in KINDS:
        raise SourceError(f"{parameter.datatype!r} is no datatype", path=path, line=line, expected=", ".join(KINDS))
    if not terms or (len(terms) > 1 and not parameter.repeatable):
        found = f"parameter {parameter.name} has {len(terms)} defaults"
        raise SourceError(found, path=path, line=line, hint=f"write a line VALUES ?{parameter.name} {{ … }}")
    if not all(is_of_kind(term, parameter.datatype) for term in terms):
        raise SourceError(f"the default of {parameter.name} is no {parameter.datatype}", path=path, line=line)
    return replace(parameter, default=tuple(map(write_text, terms)))


def _read_column(item: dict[str, Any], text: str, path: str) -> AnswerColumn:
    """Read a column of the header."""
    line = line_of(text, str(item.get("name")))
    check_keys(item, {"name"}, {"kind", "datatype", "unit", "summary"}, path, line)
    column = AnswerColumn(**item)
    if column.kind not in {"iri", "literal"}:
        raise SourceError(f"{column.kind!r} is no kind", path=path, line=line, expected="iri or literal")
    return column
