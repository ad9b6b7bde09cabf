"""A query operation of the SPARQL 1.1 Protocol as it arrives: in the address, in a form, or as the body."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

from communique.graph.engine.protocol import Request

_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "Updates are disabled: this endpoint only answers queries."
_MARK = "\ufeff"  # of byte order; it belongs to the file in which somebody kept the query


@dataclass(frozen=True, slots=True)
class Operation:
    """A query and the graphs of its dataset; None for both lists where the request names none."""

    text: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None

    @property
    def graphs(self) -> tuple[str, ...]:
        """Give all graphs that the request names."""
        return (*(self.default_graphs or ()), *(self.named_graphs or ()))

    def request(self) -> Request:
        """Write the request to the engine for SPARQL JSON or Turtle."""
        return Request(self.text, default_graphs=self.default_graphs, named_graphs=self.named_graphs)


def read_operation() -> Operation:
    """Read a query from the address, a form or the body; werkzeug's HTTPException when it is none, or an update."""
    if request.method == "POST" and request.mimetype == _DIRECT:
        texts = [_read_body(), *request.args.getlist("query")]
    elif request.method != "POST" or request.mimetype == _FORM:
        _refuse_update("update" in request.form, "update" in request.args)
        texts = request.values.getlist("query")
    else:
        _refuse_update(request.mimetype == _UPDATE, False)
        found = request.mimetype or "no media type"
        raise UnsupportedMediaType(f"The body has {found}; send a query as {_DIRECT} or {_FORM}.")
    if len(texts) != 1:
        raise BadRequest(f"The request has {len(texts)} queries; send one, as the parameter query or as the body.")
    return Operation(texts[0].removeprefix(_MARK), _graphs("default-graph-uri"), _graphs("named-graph-uri"))


def _read_body() -> str:
    """Decode a query sent directly, which the protocol wants in UTF-8."""
    charset = request.mimetype_params.get("charset", "utf-8")
    try:
        if charset.lower().replace("-", "") != "utf8":
            raise UnsupportedMediaType(f"The body is in {charset}; send it in UTF-8.")
        return request.get_data().decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: {error}.") from error


def _refuse_update(posted: bool, in_address: bool) -> None:
    """Refuse an update: forbidden where it is well asked, bad where it is not."""
    if in_address:
        raise BadRequest(f"An update cannot stand in the address. {_READ_ONLY}")
    if posted:
        raise Forbidden(_READ_ONLY)


def _graphs(name: str) -> tuple[str, ...] | None:
    """Read the graphs of a dataset from the address and a form; None when there are none."""
    return tuple(request.values.getlist(name)) or None
