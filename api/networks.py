"""``/networks``: layers of cooperation, drawn and measured from the data in force.

A network is drawn in a process of its own, once for each version of the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from werkzeug.exceptions import NotFound

from communique.api import pages, responses
from communique.api.front.threads import ASKER
from communique.api.negotiation import HTML, JSON, choose, pick_format, refuse_others
from communique.api.pages import in_format
from communique.api.snapshot import read_steadily
from communique.graph import networks
from communique.graph.drawing.client import DrawingClient
from communique.graph.drawing.tasks import PAGE, DrawingTask
from communique.graph.errors import InvalidParameter, NetworkError
from communique.graph.networks import NODES, Layer, NetworkOptions, formats
from communique.graph.networks.csv_files import COMMENTED, DESCRIBED, METADATA_TYPE
from communique.graph.networks.definitions import MEASURES

routes = Blueprint("networks", __name__)

# Format → media type. Of formats with one media type, Accept means the first; the first of all is the default.
_PAGE = {"html": HTML}
_NETWORK = MappingProxyType({name: each.media_type for name, each in formats.FORMATS.items()} | _PAGE)
_MEASURE = MappingProxyType({name: each.media_type for name, each in formats.MEASURE_FORMATS.items()} | _PAGE)

# What describes a CSV → what it describes.
_PLAIN = MappingProxyType({described: plain for plain, described in DESCRIBED.items()})
# Parameters that are no options of a network.
_OTHERS = {"format", "measure", "comments"}
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
        return responses.tagged_by_content(Response(render_template("networks.html", **known), mimetype=HTML))
    listed = known | {"layers": list(map(_describe, networks.layers())), "options": dict(_OPTIONS)}
    return responses.tagged_by_content(jsonify(listed))


@routes.get("/networks/<name>")
def network(name: str) -> Response:
    """Draw one layer; measures become attributes of its nodes."""
    layer, form = _find(name), _form(_NETWORK)
    options, measures = _options(layer), _measures(layer)
    file = f"{layer.name}{formats.FORMATS[form].suffix}" if form != "html" else ""

    def make() -> tuple[Response, str]:
        drawn, snapshot = _draw(layer, form, options, measures)
        if form == "html":
            return _network_page(layer, drawn, measures), snapshot
        return _file(drawn, form, _NETWORK[form], file), snapshot

    return responses.tagged(form, make)


@routes.get("/networks/<name>/measures")
def measure(name: str) -> Response:
    """Measure one layer, by ``?measure=``, a single one; degree unless another is named."""
    layer, form = _find(name), _form(_MEASURE)
    options, measures = _options(layer), _measures(layer) or ("degree",)
    if len(measures) > 1:
        raise InvalidParameter(f"measure: given {len(measures)} times", expected="one value")
    file = f"{layer.name}.{measures[0]}{formats.MEASURE_FORMATS[form].suffix}" if form != "html" else ""

    def make() -> tuple[Response, str]:
        drawn, snapshot = _draw(layer, form, options, measures, is_measure=True)
        if form == "html":
            return _measure_page(layer, drawn), snapshot
        return _file(drawn, form, _MEASURE[form], file), snapshot

    return responses.tagged(form, make)


def _draw(
    layer: Layer, form: str, options: NetworkOptions, measures: tuple[str, ...], *, is_measure: bool = False
) -> tuple[bytes, str]:
    """Have a layer of one snapshot drawn; returns its id too."""
    drawing: DrawingClient = current_app.extensions["drawing"]
    kind, rows = (PAGE, pages.LONGEST) if form == "html" else (form, 0)
    ending = {"ending": asker.ending} if (asker := ASKER.get(None)) else {}
    return read_steadily(
        lambda run, snapshot: drawing.draw(
            DrawingTask(snapshot, layer.name, options, measures, kind, is_measure, rows), run, **ending
        )
    )


def _find(name: str) -> Layer:
    """Find a layer; here an unknown one is a path that leads nowhere."""
    try:
        return networks.find_layer(name)
    except NetworkError as error:
        raise NotFound(str(error)) from error


def _form(known: Mapping[str, str]) -> str:
    """Choose the format by ``?format=``, a name or a media type, where csv alone means the first table, or by Accept.

    ``?comments=yes`` chooses the form of CSV that has its metadata in itself.
    """
    first: dict[str, str] = {}
    for name, media_type in known.items():
        first.setdefault(media_type, name)
    asked = request.args.get("format")
    form = (
        pick_format(asked, {name: name for name in known}, {"csv": first["text/csv"], **first})
        if asked
        else first[choose(first)]
    )
    comments = request.args.get("comments") or "no"
    if comments not in {"yes", "no"}:
        raise InvalidParameter(f"comments: {comments!r} is not known", expected="yes or no")
    if comments == "no":
        return form
    if form not in COMMENTED:
        raise InvalidParameter(f"comments: {form} has none", expected="a format of CSV", hint="add format=csv")
    return COMMENTED[form]


def _file(drawn: bytes, form: str, media_type: str, name: str) -> Response:
    """Answer with a file; CSV says where it is described, and its description where it is."""
    content = drawn
    if plain := _PLAIN.get(form):
        content = json.dumps(json.loads(drawn) | {"url": in_format(plain)}, ensure_ascii=False, indent=1).encode()
    response = Response(content, mimetype=media_type)
    if form in DESCRIBED:
        response.headers["Link"] = f'<{in_format(DESCRIBED[form])}>; rel="describedby"; type="{METADATA_TYPE}"'
    return responses.named(response, name)


def _measures(layer: Layer) -> tuple[str, ...]:
    """Read which measures are asked for, each once; NetworkError for one that this layer has not."""
    asked = tuple(dict.fromkeys(name for name in request.args.getlist("measure") if name))
    for name in asked:
        networks.find_measure(name, directed=layer.directed)
    return asked


def _options(layer: Layer) -> NetworkOptions:
    """Read the options; NetworkError on an unknown one, InvalidParameter on one given twice."""
    given = {name: texts for name, texts in request.args.lists() if name not in _OTHERS}
    for name, texts in given.items():
        if len(texts) > 1:
            raise InvalidParameter(f"{name}: given {len(texts)} times", expected="one value")
    options = NetworkOptions.parse({name: text for name, (text,) in given.items()})
    layer.weight(options.weight)
    return options


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


def _network_page(layer: Layer, drawn: bytes, measures: tuple[str, ...]) -> Response:
    """Show a network to people: what to know first, then nodes with their measures, then edges."""
    found = json.loads(drawn)
    values = (key for name in measures for key in (name, f"{name}_rank"))
    columns = {"node": _NODE, **{name: (name,) for name in values}}
    page = render_template(
        "network.html",
        layer=layer,
        described=found["described"],
        nodes=pages.read_rows(columns, **found["nodes"]),
        edges=pages.read_rows(_EDGES, **found["edges"]),
        options=_OPTIONS,
        measures=MEASURES,
    )
    return Response(page, mimetype=HTML)


def _measure_page(layer: Layer, drawn: bytes) -> Response:
    """Show a measure to people."""
    found = json.loads(drawn)
    page = render_template(
        "measure.html",
        layer=layer,
        measure=found["measure"],
        described=found["described"],
        values=pages.read_rows(_VALUES, **found["values"]),
        measures=MEASURES,
    )
    return Response(page, mimetype=HTML)
