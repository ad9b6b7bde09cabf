"""The library: every packaged query with what its header says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from communique.graph.errors import SourceError, UnknownQuery
from communique.graph.queries.exclusions import Exclusion, read_exclusions
from communique.graph.queries.header import check_keys, line_of, read_header
from communique.graph.queries.parameters import (
    KINDS,
    Find,
    Parameter,
    find_defaults,
    is_of_kind,
    read_values,
    write_text,
    write_values,
)
from communique.graph.terms.namespaces import shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import classes

# Folders of queries that serve a room of the house and are no questions of a reader.
SHELVES = frozenset({"derived", "networks", "qc"})

_PACKAGE = "communique.queries"
_LISTING = "`communique query` without a name lists the questions"


@dataclass(frozen=True, slots=True)
class Column:
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
class Query:
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
    extra : header keys that only the room of a shelf understands
    """

    name: str
    path: str
    summary: str
    question: str | None
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str
    unless: tuple[Exclusion, ...]
    extra: Mapping[str, Any]

    def bind(self, values: Mapping[str, str] | Iterable[tuple[str, str]] = (), find: Find | None = None) -> str:
        """Write the query with ``values``, texts by parameter name; what is not given keeps its default.

        Pairs may repeat a name where the parameter is repeatable. ``find`` gives the nodes that texts mean; without it
        a node is given by its IRI. Raises InvalidParameter, and what ``find`` raises.
        """
        pairs = values.items() if isinstance(values, Mapping) else values
        return write_values(self.text, read_values(self.parameters, pairs, find))


def library() -> Mapping[str, Query]:
    """Give the ready questions by name, in the order of their numbers; SourceError when a file is broken."""
    return _library()


def shelf(folder: str) -> Mapping[str, Query]:
    """Give the queries of one folder, such as ``derived``, by name in alphabetical order; SourceError when broken."""
    return _read_folder(folder)


def find(name: str) -> Query:
    """Give the ready question of this name; UnknownQuery suggests the nearest names."""
    try:
        return library()[name]
    except KeyError:
        near = closest(name, library(), most=3, alike=0.5)
        expected = f"perhaps {' or '.join(near)}" if near else None
        raise UnknownQuery(f"no question named {name!r}", expected=expected, hint=_LISTING) from None


def read_query(text: str, path: str) -> Query:
    """Read one query file; SourceError with path and line when its header or its parameters are broken."""
    header = read_header(text, path)
    name = path.rpartition("/")[2].removesuffix(".rq")
    try:
        defaults = find_defaults(text)
    except (SyntaxError, ValueError, TypeError) as error:
        raise SourceError(f"a VALUES line cannot be read: {error}", path=path) from error
    parameters = tuple(_parameter(item, defaults, text, path) for item in header.pop("parameters", ()))
    return Query(
        name=name,
        path=path,
        summary=header.pop("summary"),
        question=header.pop("question", None),
        description=header.pop("description", ""),
        tags=tuple(header.pop("tags", ())),
        parameters=parameters,
        columns=tuple(_column(item, text, path) for item in header.pop("columns", ())),
        text=text,
        unless=read_exclusions(header.pop("unless", []), [each.name for each in parameters], text, path),
        extra=MappingProxyType(header),
    )


@cache
def _library() -> Mapping[str, Query]:
    """Read the questions once: packaged files do not change while the program runs."""
    folders = sorted(item.name for item in files(_PACKAGE).iterdir() if item.is_dir() and item.name not in SHELVES)
    questions = [query for folder in folders for query in _read_folder(folder).values()]
    return _index(sorted(questions, key=_order))


@cache
def _read_folder(folder: str) -> Mapping[str, Query]:
    """Read the ``.rq`` files of one folder."""
    found = sorted((item.name, item) for item in files(_PACKAGE).joinpath(folder).iterdir())
    named = [(name, item) for name, item in found if name.endswith(".rq")]
    return _index(read_query(item.read_text(encoding="utf-8"), f"{folder}/{name}") for name, item in named)


def _index(queries: Iterable[Query]) -> Mapping[str, Query]:
    """Key queries by name; two of one name are a SourceError."""
    index: dict[str, Query] = {}
    for query in queries:
        if query.name in index:
            raise SourceError(f"a second query named {query.name}, after {index[query.name].path}", path=query.path)
        index[query.name] = query
    return MappingProxyType(index)


def _order(query: Query) -> tuple[str, str]:
    """Sort by question number, those without one last."""
    return query.question or "~", query.name


def _parameter(item: dict[str, Any], defaults: Mapping[str, Any], text: str, path: str) -> Parameter:
    """Join a header's parameter with the VALUES line that holds its default."""
    line, item = line_of(text, str(item.get("name"))), dict(item)
    check_keys(item, {"name", "datatype", "summary"}, {"repeatable", "class"}, path, line)
    of_class = item.pop("class", None)
    if of_class is not None and of_class not in {
        "owl:Thing",
        *(shorten(each.iri.value) for each in classes().values()),
    }:
        raise SourceError(f"{of_class!r} is no class", path=path, line=line, expected="a class such as com:Event")
    parameter = Parameter(**item, default=(), of_class=of_class)
    terms = defaults.get(parameter.name, ())
    if parameter.datatype not in KINDS:
        raise SourceError(f"{parameter.datatype!r} is no datatype", path=path, line=line, expected=", ".join(KINDS))
    if not terms or (len(terms) > 1 and not parameter.repeatable):
        found = f"parameter {parameter.name} has {len(terms)} defaults"
        raise SourceError(found, path=path, line=line, hint=f"write a line VALUES ?{parameter.name} {{ … }}")
    if not all(is_of_kind(term, parameter.datatype) for term in terms):
        raise SourceError(f"the default of {parameter.name} is no {parameter.datatype}", path=path, line=line)
    return replace(parameter, default=tuple(map(write_text, terms)))


def _column(item: dict[str, Any], text: str, path: str) -> Column:
    """Check a header's column."""
    line = line_of(text, str(item.get("name")))
    check_keys(item, {"name"}, {"kind", "datatype", "unit", "summary"}, path, line)
    column = Column(**item)
    if column.kind not in {"iri", "literal"}:
        raise SourceError(f"{column.kind!r} is no kind", path=path, line=line, expected="iri or literal")
    return column
