"""What a client asks: JSON in a form or in the address → checked queries.

Whatever is too much is refused before any work is done, and the message says what the limit is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from communique.api.reconcile.schema import ReconcileProperty, find_property, read_types
from communique.graph.errors import InvalidParameter
from communique.graph.terms.namespaces import ID

BATCH = 50  # queries at a time; a client that sends more is refused
PREFERRED_BATCH = 25
CHARACTERS = 500  # of a name or a value
CANDIDATES, MOST_CANDIDATES = 10, 50
PROPERTIES_EACH, VALUES_EACH = 10, 50
ENTITIES, MOST_PROPERTIES = 500, 20

_STRICT = ("any", "should", "all")
_ID = re.compile(r"[a-z][a-z-]*(?:/[^\s<>\"{}|\\^`\x00-\x20]+)+")


@dataclass(frozen=True, slots=True)
class PropertyConstraint:
    """What a candidate should have: a property and the values given for it, as texts."""

    property: ReconcileProperty
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReconcileQuery:
    """One query of a batch.

    Attributes
    ----------
    text : the name; empty when only properties were given
    types : ids; empty for every type
    strict : any or all of the types, or should: the types weigh, but do not exclude
    """

    text: str
    types: frozenset[str]
    strict: str
    limit: int
    constraints: tuple[PropertyConstraint, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """Entities, properties, and of each property the settings."""

    ids: tuple[str, ...]
    properties: tuple[tuple[ReconcileProperty, Mapping[str, Any]], ...]


def read_batch(text: str) -> dict[str, ReconcileQuery]:
    """Read ``queries=``; InvalidParameter names the query and what is wrong with it."""
    batch = _object(_parse(text, "queries"), "queries")
    if len(batch) > BATCH:
        raise InvalidParameter(
            f"queries: {len(batch)} at a time", expected=f"at most {BATCH}", hint="send them in parts"
        )
    return {key: _query(_object(each, f"queries.{key}"), f"queries.{key}") for key, each in batch.items()}


def read_extension(text: str) -> Extension:
    """Read ``extend=``; InvalidParameter says what is wrong with it."""
    asked = _object(_parse(text, "extend"), "extend")
    ids = [read_id(each, "extend.ids") for each in _array(asked.get("ids"), "extend.ids", ENTITIES)]
    given = _array(asked.get("properties"), "extend.properties", MOST_PROPERTIES)
    properties = []
    for number, each in enumerate(given):
        place = f"extend.properties[{number}]"
        entry = _object(each, place)
        settings = _object(entry.get("settings", {}), f"{place}.settings")
        properties.append((find_property(_text(entry.get("id"), f"{place}.id")), settings))
    return Extension(tuple(dict.fromkeys(ids)), tuple(properties))


def read_id(value: object, place: str) -> str:
    """Read the id of an entity, or its whole IRI; it need not exist."""
    name = _text(value, place).removeprefix(ID)
    if not _ID.fullmatch(name):
        raise InvalidParameter(f"{place}: {name!r} is no id", expected="an id such as state/KOR")
    return name


def read_limit(value: object, place: str, default: int, most: int) -> int:
    """Read how many results are wanted: a whole number from 1; more than ``most`` is taken for ``most``."""
    if value is None or value == "":
        return default
    number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidParameter(f"{place}: {value!r} is no number of results", expected=f"1 to {most}")
    return min(number, most)


def _query(query: Mapping[str, Any], place: str) -> ReconcileQuery:
    """Read one query."""
    unknown = query.keys() - {"query", "type", "limit", "properties", "type_strict"}
    if unknown:
        expected = "query, type, limit, properties, type_strict"
        raise InvalidParameter(f"{place}: {', '.join(sorted(unknown))} is not known", expected=expected)
    types = query.get("type", [])
    names = [types] if isinstance(types, str) else _array(types, f"{place}.type", VALUES_EACH)
    strict = query.get("type_strict", "any")
    if strict not in _STRICT:
        raise InvalidParameter(f"{place}.type_strict: {strict!r}", expected=" or ".join(_STRICT))
    given = _array(query.get("properties", []), f"{place}.properties", PROPERTIES_EACH)
    constraints = [_constraint(_object(each, f"{place}.properties"), f"{place}.properties") for each in given]
    text = _text(query["query"], f"{place}.query") if "query" in query else ""
    if not text.strip() and not constraints:
        raise InvalidParameter(f"{place}: nothing to look for", expected="a query, or at least one property")
    kinds = read_types([_text(name, f"{place}.type") for name in names if name])
    limit = read_limit(query.get("limit"), f"{place}.limit", CANDIDATES, MOST_CANDIDATES)
    return ReconcileQuery(" ".join(text.split()), kinds, strict, limit, tuple(constraints))


def _constraint(entry: Mapping[str, Any], place: str) -> PropertyConstraint:
    """Read one property with its value or values; an entity is given by its id."""
    found = find_property(_text(entry.get("pid"), f"{place}.pid"))
    value = entry.get("v")
    values = _array(value, f"{place}.v", VALUES_EACH) if isinstance(value, list) else [value]
    return PropertyConstraint(found, tuple(_value(each, f"{place}.v") for each in values))


def _value(value: object, place: str) -> str:
    """Read a value as a text."""
    if isinstance(value, Mapping):
        return _text(value.get("id"), f"{place}.id")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _text(value, place)


def _parse(text: str, place: str) -> object:
    """Parse JSON; numbers that are none in JSON are refused."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidParameter(f"{place}: not JSON ({error})", expected="a JSON object") from error


def _refuse(name: str) -> None:
    """Refuse NaN and infinities."""
    raise ValueError(f"{name} is no JSON")


def _object(value: object, place: str) -> Mapping[str, Any]:
    """Expect an object."""
    if not isinstance(value, dict):
        raise InvalidParameter(f"{place}: not a JSON object", expected="an object")
    return value


def _array(value: object, place: str, most: int) -> Sequence[Any]:
    """Expect an array that is not too long."""
    if not isinstance(value, list):
        raise InvalidParameter(f"{place}: not a JSON array", expected="an array")
    if len(value) > most:
        raise InvalidParameter(f"{place}: {len(value)} entries", expected=f"at most {most}")
    return value


def _text(value: object, place: str) -> str:
    """Expect a text that is not too long and is Unicode."""
    if not isinstance(value, str):
        raise InvalidParameter(f"{place}: not a text", expected="a text")
    if len(value) > CHARACTERS:
        raise InvalidParameter(f"{place}: {len(value)} characters", expected=f"at most {CHARACTERS}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidParameter(f"{place}: half a character (a lone surrogate)", expected="Unicode text") from error
    return value
