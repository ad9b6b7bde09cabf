"""``/networks``: layers of cooperation, drawn and measured from the data in force.

A network is computed within the request: what is drawn from here are hundreds of nodes. ``_draw`` is the one call
that would go to a process of its own for larger ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import NotFound

from communique.api import pages, responses
from communique.api.negotiation import HTML, JSON, choose, pick_format, refuse_others
from communique.api.snapshot import read_steadily
from communique.graph import networks
from communique.graph.errors import InvalidParameter, NetworkError
from communique.graph.networks import NODES, Layer, MeasureTable, Network, NetworkOptions, formats
from communique.graph.networks.definitions import MEASURES

routes = Blueprint("networks", __name__)

# Format → media type. Of formats with one media type, Accept means the first; the first of all is the default.
_PAGE = {"html": HTML}
_NETWORK = MappingProxyType({name: each.media_type for name, each in formats.FORMATS.items()} | _PAGE)
_MEASURE = MappingProxyType({name: each.media_type for name, each in formats.MEASURE_FORMATS.items()} | _PAGE)

_OPTIONS = MappingProxyType(
    {
        "weight": "how much one occasion adds, as the layer offers",
        "nodes": " or ".join(NODES),
        "planned": "true: draw also what is only planned; such edges are marked",
        "inferred": "false: leave out what follows from a document by a rule",
        "from": "first day of a window: YYYY, YYYY-MM or YYYY-MM-DD",
        "to": "last day of the window",
    }
)
# Title of a column of a page → key of its value, key of its link.
_NODE = ("label", "iri")
_EDGES = MappingProxyType(
    {
        "source": ("source_label", "source"),
        "target": ("target_label", "target"),
        **{name: (name,) for name in ("weight", "events", "planned", "documents")},
    }
)
_VALUES = MappingProxyType(
    {"rank": ("rank",), "node": _NODE, **{name: (name,) for name in ("value", "tied", "reason")}}
)


@routes.get("/networks")
def index() -> Response:
    """List layers, options and measures."""
    refuse_others()
    measures = {name: each.formula for name, each in MEASURES.items()}
    known = {"layers": networks.layers(), "options": _OPTIONS, "measures": measures}
    if choose((JSON, HTML)) == HTML:
        return Response(render_template("networks.html", **known), mimetype=HTML)
    return jsonify(known | {"layers": list(map(_describe, networks.layers())), "options": dict(_OPTIONS)})


@routes.get("/networks/<name>")
def network(name: str) -> Response:
    """Draw one layer; measures become attributes of its nodes."""
    layer, form = _find(name), _form(_NETWORK)
    options, measures = _options(), request.args.getlist("measure")

    def make() -> tuple[Response, str]:
        drawn, snapshot = _draw(layer, options)
        measured = [networks.measure(drawn, each) for each in measures]
        if form == "html":
            return _network_page(layer, drawn, measured), snapshot
        return Response(formats.write(drawn, form, measures=measured), mimetype=_NETWORK[form]), snapshot

    return responses.tagged(form, make)


@routes.get("/networks/<name>/measures")
def measure(name: str) -> Response:
    """Measure one layer, by ``?measure=``, a single one; degree unless another is named."""
    layer, form = _find(name), _form(_MEASURE)
    options, measure = _options(), request.args.get("measure") or "degree"

    def make() -> tuple[Response, str]:
        drawn, snapshot = _draw(layer, options)
        table = networks.measure(drawn, measure)
        if form == "html":
            return _measure_page(layer, table), snapshot
        return Response(formats.write_measure(table, form), mimetype=_MEASURE[form]), snapshot

    return responses.tagged(form, make)


def _draw(layer: Layer, options: NetworkOptions) -> tuple[Network, str]:
    """Draw a layer from one snapshot; returns its id too."""
    return read_steadily(
        lambda run, snapshot: networks.project(run, layer.name, options=options, data_version=snapshot)
    )


def _find(name: str) -> Layer:
    """Find a layer; here an unknown one is a path that leads nowhere."""
    try:
        return networks.find_layer(name)
    except NetworkError as error:
        raise NotFound(str(error)) from error


def _form(known: Mapping[str, str]) -> str:
    """Choose the format by ``?format=``, where csv alone means the first table, or by Accept."""
    first: dict[str, str] = {}
    for name, media_type in known.items():
        first.setdefault(media_type, name)
    asked = request.args.get("format")
    if asked is None:
        return first[choose(first)]
    return pick_format(asked, {**{name: name for name in known}, "csv": first["text/csv"]})


def _options() -> NetworkOptions:
    """Read the options; NetworkError on an unknown one, InvalidParameter on one given twice."""
    given = {name: texts for name, texts in request.args.lists() if name not in {"format", "measure"}}
    for name, texts in given.items():
        if len(texts) > 1:
            raise InvalidParameter(f"{name}: given {len(texts)} times", expected="one value")
    return NetworkOptions.parse({name: text for name, (text,) in given.items()})


def _describe(layer: Layer) -> dict[str, Any]:
    """Describe a layer, ready for JSON."""
    return {
        "name": layer.name,
        "summary": layer.summary,
        "directed": layer.directed,
        "weights": list(layer.weights),
        "network": url_for("networks.network", name=layer.name, _external=True),
        "measures": url_for("networks.measure", name=layer.name, _external=True),
    }


def _network_page(layer: Layer, network: Network, measured: list[MeasureTable]) -> Response:
    """Show a network to people: what to know first, then nodes with their measures, then edges."""
    values = (name for table in measured for name in (table.name, f"{table.name}_rank"))
    columns = {"node": _NODE, **{name: (name,) for name in values}}
    page = render_template(
        "network.html",
        layer=layer,
        described=formats.metadata(network),
        nodes=pages.read_rows(columns, formats.node_rows(network, measured)),
        edges=pages.read_rows(_EDGES, formats.edge_rows(network)),
        options=_OPTIONS,
        measures=MEASURES,
    )
    return Response(page, mimetype=HTML)


def _measure_page(layer: Layer, table: MeasureTable) -> Response:
    """Show a measure to people."""
    page = render_template(
        "measure.html",
        layer=layer,
        measure=table,
        described=formats.metadata(table.network),
        values=pages.read_rows(_VALUES, formats.measure_rows(table)),
        measures=MEASURES,
    )
    return Response(page, mimetype=HTML)
