"""What each route takes and gives, in the words of OpenAPI 3.1; a table, from which ``openapi`` makes the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from communique.api.negotiation import GRAPHS, HTML, JSON, PROBLEM, SOLUTIONS
from communique.graph import networks
from communique.graph.networks import formats
from communique.graph.networks.definitions import MEASURES
from communique.graph.queries import library
from communique.graph.queries.library import PackagedQuery

Parameter = dict[str, Any]
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
# Datatype of a parameter of a question → what may be sent for it.
_SCHEMAS: Mapping[str, Schema] = MappingProxyType(
    {
        "xsd:date": {"type": "string", "format": "date"},
        "xsd:gYear": {"type": "string", "pattern": "^[0-9]{4}$"},
        "xsd:integer": {"type": "integer"},
        "xsd:decimal": {"type": "number"},
        "xsd:boolean": {"type": "boolean"},
    }
)


@dataclass(frozen=True, slots=True)
class RouteDescription:
    """What one route takes beside its method and gives back.

    Attributes
    ----------
    tag : the group that it is shown in
    media_types : of a good answer
    parameters : of the address
    path : schemas of the variables of the path
    body : media types of a body and their schemas
    good : statuses of good answers by method, 200 where nothing is said
    with_token : methods that need a token
    """

    tag: str
    media_types: Sequence[str] = (JSON,)
    parameters: Sequence[Parameter] = ()
    path: Mapping[str, Schema] = field(default_factory=dict)
    body: Mapping[str, Schema] = field(default_factory=dict)
    good: Mapping[str, Sequence[int]] = field(default_factory=dict)
    with_token: Sequence[str] = ()
    gives: str = "The answer"

    def in_address(self, method: str) -> list[Parameter]:
        """List the parameters of the address; those of a form stand in its body instead."""
        if method == "POST" and _FORM in self.body:
            return []
        return [dict(each) for each in self.parameters]

    def parameter_in_path(self, name: str) -> Parameter:
        """Describe a variable of the path."""
        return {"name": name, "in": "path", "required": True, "schema": self.path.get(name, _TEXT)}

    def request_body(self, method: str) -> dict[str, Any]:
        """Describe the body: an update where a graph is changed in part, else what the route takes."""
        taken = {each: schema for each, schema in self.body.items() if (each == _UPDATE) == (method == "PATCH")}
        return {
            "required": True,
            "content": {each: {"schema": schema} for each, schema in (taken or self.body).items()},
        }

    def needs_token(self, method: str) -> bool:
        """Say whether only who has a token may ask."""
        return method in self.with_token

    def statuses(self, method: str) -> Sequence[int]:
        """List the statuses of good answers."""
        return self.good.get(method, (200,))

    def schema(self, media_type: str) -> Schema:
        """Describe what a media type holds."""
        if media_type == PROBLEM:
            return {"$ref": "#/components/schemas/Problem"}
        is_json = media_type == JSON or media_type.endswith("+json")
        return {"type": ["object", "array"]} if is_json else dict(_TEXT)


def describe_question(question: PackagedQuery) -> list[Parameter]:
    """Describe the parameters of a ready question, with the values that it is asked with when none are given."""
    described = []
    for each in question.parameters:
        one = dict(_SCHEMAS.get(each.datatype, _TEXT))
        schema = {"type": "array", "items": one} if each.repeatable else one
        example = list(each.default) if each.repeatable else each.default[0]
        described.append(_in_query(each.name, each.summary, schema) | {"example": example})
    return described


def _in_query(name: str, description: str, schema: Schema = _TEXT) -> Parameter:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _some(schema: Schema = _TEXT) -> Schema:
    return {"type": "array", "items": schema}


def _one_of(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


_RESULTS = tuple(dict.fromkeys((*SOLUTIONS, *GRAPHS)))
_RDF = tuple(each for each in GRAPHS if each != HTML)
_FORMAT = _in_query("format", "instead of the header Accept: a name or a media type")
_TIMEOUT = _in_query("timeout", "seconds, up to the limit of the service", {"type": "number", "exclusiveMinimum": 0})
_ONTOLOGY = ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples", HTML)
_GRAPH_LIST = _some({"type": "string", "format": "iri"})
_PROTOCOL = (
    _in_query("query", "SPARQL 1.1; without one the service is described"),
    _in_query("default-graph-uri", "graphs that are merged into the default graph", _GRAPH_LIST),
    _in_query("named-graph-uri", "graphs that GRAPH reaches", _GRAPH_LIST),
)
_ASKED = {**_TEXT, "description": "SPARQL 1.1"}
_POSTED: Schema = {"type": "object", "required": ["query"], "properties": {"query": _ASKED}}
_SPARQL_BODY = {_FORM: _POSTED, _MULTIPART: _POSTED, _QUERY: _ASKED}
_GRAPH_NAMES = (
    _in_query("graph", "the graph", {"type": "string", "format": "iri"}),
    _in_query("default", "the merge of all graphs", {"type": "string", "maxLength": 0}) | {"allowEmptyValue": True},
)
_WRITTEN = dict.fromkeys(("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"), _TEXT)
_GRAPH_STORE = {
    "media_types": (),
    "body": {**_WRITTEN, _UPDATE: _TEXT},
    "good": {
        "PUT": (200, 201, 202, 204),
        "POST": (200, 201, 202, 204),
        "PATCH": (200, 202, 204),
        "DELETE": (200, 202, 204),
    },
    "with_token": ("PUT", "POST", "PATCH", "DELETE"),
    "gives": "The change is made, or will be",
}
_LAYER = {"name": _one_of([each.name for each in networks.layers()])}
_QUESTION = {"name": _one_of(list(library()))}
_WINDOW = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}
_NETWORK = (
    _in_query("weight", "how much one occasion adds; the layer offers some"),
    _in_query("nodes", "which nodes are drawn", _one_of(list(networks.NODES))),
    _in_query("planned", "draw also what is only planned", {"type": "boolean"}),
    _in_query("inferred", "draw also what follows by a rule", {"type": "boolean"}),
    _in_query("from", "first day of a window", _WINDOW),
    _in_query("to", "last day of the window", _WINDOW),
    _in_query("comments", "a CSV that has its metadata in itself", _one_of(("yes", "no"))),
    _FORMAT,
)
_NETWORK_TYPES = tuple(dict.fromkeys([JSON, HTML, *(each.media_type for each in formats.FORMATS.values())]))
_MEASURE_TYPES = tuple(dict.fromkeys([JSON, HTML, *(each.media_type for each in formats.MEASURE_FORMATS.values())]))
_PREFIX = (
    _in_query("prefix", "what was typed so far", {"type": "string", "maxLength": 500}),
    _in_query("cursor", "how many to skip", {"type": "integer", "minimum": 0}),
)
_RECONCILE = (
    _in_query("queries", "a JSON object of queries"),
    _in_query("extend", "a JSON object: ids and properties"),
)
_RECONCILE_FORM: Schema = {"type": "object", "properties": {"queries": _TEXT, "extend": _TEXT}}
_TYPE, _ID = _in_query("type", "type of entities"), _in_query("id", "entity, type or property")
_WATCH, _ASK, _KNOW, _DRAW, _MATCH, _WRITE = (
    "Service",
    "SPARQL",
    "Descriptions",
    "Networks",
    "Reconciliation",
    "Changes",
)
_READY = "Ready questions"

# Endpoint of the application → what its route takes and gives.
TAKEN: Mapping[str, RouteDescription] = MappingProxyType(
    {
        "home.landing": RouteDescription(_KNOW, (HTML, JSON)),
        "home.live": RouteDescription(_WATCH),
        "home.ready": RouteDescription(_WATCH),
        "limits.info": RouteDescription(_WATCH),
        "descriptions.dataset": RouteDescription(_KNOW, tuple(GRAPHS)),
        "descriptions.well_known": RouteDescription(_KNOW, (), good={"GET": (303,)}, gives="/dataset has it"),
        "descriptions.robots": RouteDescription(_WATCH, ("text/plain",)),
        "descriptions.sitemap": RouteDescription(_WATCH, ("application/xml",)),
        "openapi.document": RouteDescription(_KNOW),
        "openapi.page": RouteDescription(_KNOW, (HTML,)),
        "sparql.answer": RouteDescription(_ASK, _RESULTS, (*_PROTOCOL, _FORMAT, _TIMEOUT), body=_SPARQL_BODY),
        "sparql.hints": RouteDescription(_ASK, (PROBLEM, JSON, HTML), _PROTOCOL, body=_SPARQL_BODY),
        "graph_store.read": RouteDescription(_ASK, _RDF, _GRAPH_NAMES),
        "graph_store.write": RouteDescription(_WRITE, parameters=_GRAPH_NAMES, **_GRAPH_STORE),  # type: ignore[arg-type]
        "jobs.index": RouteDescription(_WRITE, with_token=("GET",)),
        "jobs.show": RouteDescription(_WRITE, good={"GET": (200, 202)}, with_token=("GET",)),
        "jobs.report": RouteDescription(_WRITE, _RDF, with_token=("GET",)),
        "questions.index": RouteDescription(_READY, (JSON, HTML)),
        "questions.answer": RouteDescription(_READY, tuple(SOLUTIONS), (_FORMAT, _TIMEOUT), _QUESTION),
        "questions.about": RouteDescription(_READY, (JSON, HTML), path=_QUESTION),
        "questions.text": RouteDescription(_READY, (_QUERY,), path=_QUESTION),
        "questions.hints": RouteDescription(_READY, (PROBLEM, JSON, HTML), path=_QUESTION),
        "terms.index": RouteDescription(_KNOW, (JSON, HTML), (_in_query("search", "a name, or a word of a meaning"),)),
        "terms.term": RouteDescription(_KNOW, (JSON, HTML)),
        "networks.index": RouteDescription(_DRAW, (JSON, HTML)),
        "networks.network": RouteDescription(
            _DRAW,
            _NETWORK_TYPES,
            (*_NETWORK, _in_query("measure", "becomes an attribute of the nodes", _some(_one_of(list(MEASURES))))),
            _LAYER,
        ),
        "networks.measure": RouteDescription(
            _DRAW, _MEASURE_TYPES, (*_NETWORK, _in_query("measure", "one", _one_of(list(MEASURES)))), _LAYER
        ),
        "ontology.describe": RouteDescription(_KNOW, _ONTOLOGY, (_FORMAT,)),
        "reconcile.answer": RouteDescription(_MATCH, (JSON,), _RECONCILE, body={_FORM: _RECONCILE_FORM}),
        "reconcile.suggest_entity": RouteDescription(
            _MATCH, (JSON,), (*_PREFIX, _in_query("type", "of the entities", _some()))
        ),
        "reconcile.suggest_type": RouteDescription(_MATCH, (JSON,), _PREFIX),
        "reconcile.suggest_property": RouteDescription(_MATCH, (JSON,), _PREFIX),
        "reconcile.propose": RouteDescription(
            _MATCH, (JSON,), (_TYPE, _in_query("limit", "at most so many", {"type": "integer", "minimum": 1}))
        ),
        "reconcile.flyout": RouteDescription(
            _MATCH, (JSON,), (_ID,), {"kind": _one_of(("entity", "type", "property"))}
        ),
        "reconcile.preview": RouteDescription(_MATCH, (HTML,), (_ID,)),
        "reconcile.view": RouteDescription(_MATCH, (HTML,), (_ID,)),
    }
)
