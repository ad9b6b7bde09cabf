"""The solutions of an endpoint, SPARQL JSON → a VALUES block that stands for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode

from communique.graph.errors import ServiceFailed
from communique.graph.federation.clauses import ServiceClause
from communique.graph.terms.namespaces import SKOLEM

_NAME = re.compile(r"\w+")
# The word is searched for in the raw text of a query; what an endpoint answers must not be taken for a clause.
_WORD = re.compile("service", re.IGNORECASE)


def write_block(clause: ServiceClause, answer: bytes) -> str:
    """Write all solutions as VALUES; ServiceFailed when the answer is no SPARQL JSON of a SELECT.

    A blank node of the endpoint is a name of its own here: VALUES has none.
    """
    try:
        content = json.loads(answer)
        names, rows = content["head"]["vars"], content["results"]["bindings"]
        if not all(_NAME.fullmatch(name) for name in names):
            raise ValueError("a name of a variable is none")
        space = SKOLEM + hashlib.sha256(f"{clause.endpoint}\n{clause.pattern}".encode()).hexdigest()[:32]
        written = "\n".join(f"({' '.join(_write(row.get(name), space) for name in names)})" for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServiceFailed(f"{clause.endpoint} answered no solutions in SPARQL JSON: {error}") from error
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {written} }}"


def _write(value: Mapping[str, Any] | None, space: str) -> str:
    """Write a term so that it can stand in a query."""
    if value is None:
        return "UNDEF"
    kind, text = value["type"], str(value["value"])
    if kind == "uri":
        term: NamedNode | Literal = NamedNode(text)
    elif kind == "bnode":
        term = NamedNode(f"{space}-{hashlib.sha256(text.encode()).hexdigest()[:16]}")
    elif kind in {"literal", "typed-literal"}:
        datatype = value.get("datatype")
        is_tagged = "xml:lang" in value
        if is_tagged:
            term = Literal(text, language=str(value["xml:lang"]))
        else:
            term = Literal(text, datatype=NamedNode(datatype)) if datatype else Literal(text)
    else:
        raise ValueError(f"a term of the kind {kind}")
    return _WORD.sub(lambda match: f"\\u{ord(match[0][0]):04X}{match[0][1:]}", str(term))
