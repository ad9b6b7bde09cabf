"""A request of the SPARQL 1.1 Protocol → the query that it asks; a function of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType
from werkzeug.http import parse_options_header

from communique.graph.engine.protocol import Request

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
DIRECT, UPDATE = "application/sparql-query", "application/sparql-update"

Pairs = Iterable[tuple[str, str]]

_MARK = "\ufeff"  # of byte order; it belongs to the file in which somebody kept the query


@dataclass(frozen=True, slots=True)
class Operation:
    """A query and the graphs of its dataset; None for both lists where the request names none."""

    text: str
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None

    @property
    def graphs(self) -> tuple[str, ...]:
        """All graphs that the request names."""
        return (*(self.default_graphs or ()), *(self.named_graphs or ()))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that asks the same."""
        default = [("default-graph-uri", each) for each in self.default_graphs or ()]
        return [("query", self.text), *default, *(("named-graph-uri", each) for each in self.named_graphs or ())]

    def request(self) -> Request:
        """Write the request to the engine for SPARQL JSON or Turtle."""
        return Request(self.text, default_graphs=self.default_graphs, named_graphs=self.named_graphs)


def read_operation(method: str, content_type: str | None, address: Pairs, form: Pairs, body: bytes) -> Operation:
    """Read a query from the address, a form or the body.

    Parameters
    ----------
    method : as HTTP spells it; only of a POST are ``content_type``, ``form`` and ``body`` read
    content_type : text of that header, with its parameters
    address : decoded parameters of the address, in their order
    form : those of a posted form, of either media type
    body : of a query that is posted directly

    Raises
    ------
    BadRequest : no query, several ones, or text that is not UTF-8
    Forbidden : an update
    UnsupportedMediaType : a body that is neither a form nor a query in UTF-8
    """
    address, form = list(address), list(form)
    media_type, parameters = parse_options_header(content_type)
    if method == "POST" and media_type.lower() == DIRECT:
        texts, given = [_decode(body, parameters.get("charset", "utf-8")), *_named(address, "query")], address
    elif method != "POST" or media_type.lower() in {FORM, MULTIPART}:
        given = address + form if method == "POST" else address
        _refuse_update(bool(_named(given[len(address) :], "update")), bool(_named(address, "update")))
        texts = _named(given, "query")
    else:
        _refuse_update(media_type.lower() == UPDATE, False)
        found = media_type or "no media type"
        raise UnsupportedMediaType(f"The body has {found}; send a query as {DIRECT}, {FORM} or {MULTIPART}.")
    if len(texts) != 1:
        raise BadRequest(f"The request has {len(texts)} queries; send one, as the parameter query or as the body.")
    default, named = (tuple(_named(given, name)) or None for name in ("default-graph-uri", "named-graph-uri"))
    return Operation(texts[0].removeprefix(_MARK), default, named)


class UnknownEncoding(UnsupportedMediaType):
    """A body that is compressed or otherwise encoded; the response says what would be read (RFC 9110, 15.5.16)."""

    def get_headers(self, *args: Any, **parts: Any) -> list[tuple[str, str]]:
        """Add which encodings are read: none."""
        return [*super().get_headers(*args, **parts), ("Accept-Encoding", "identity")]


def check_encoding(content_encoding: str | None) -> None:
    """Raise UnknownEncoding for the text of a Content-Encoding header, unless it says that there is none."""
    if content_encoding and content_encoding.strip().lower() != "identity":
        raise UnknownEncoding(f"The body has the encoding {content_encoding}; send it without one.")


def _named(pairs: Sequence[tuple[str, str]], wanted: str) -> list[str]:
    return [text for name, text in pairs if name == wanted]


def _decode(body: bytes, charset: str) -> str:
    """Decode a query sent directly, which the protocol wants in UTF-8."""
    if charset.lower().replace("-", "") != "utf8":
        raise UnsupportedMediaType(f"The body is in {charset}; send it in UTF-8.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: {error}.") from error


def _refuse_update(posted: bool, in_address: bool) -> None:
    """Refuse an update: forbidden where it is well asked, bad where it is not."""
    if in_address:
        raise BadRequest("An update cannot stand in the address; send it by POST.")
    if posted:
        raise Forbidden("Only /sparql takes updates, with a token.")
