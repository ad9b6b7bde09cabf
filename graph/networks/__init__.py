"""Networks of cooperation: draw a layer, measure it, write it.

    network = project(run, "training", options=NetworkOptions(planned=True), data_version=snapshot)
    table = measure(network, "betweenness")
    text = formats.write(network, "graphml", measures=[table])

``run`` is a function from SPARQL text to the bytes of a SPARQL JSON or TSV result, so that a store in this process
and the client of the query engine serve alike.
"""

from __future__ import annotations

from communique.graph.networks import formats
from communique.graph.networks.definitions import MEASURES, Definition
from communique.graph.networks.layers import LAYERS, WEIGHTS, Layer, Weight, find_layer, layers
from communique.graph.networks.measures import Measure, MeasureTable, find_measure, measure
from communique.graph.networks.network import Network
from communique.graph.networks.options import NODES, NetworkOptions
from communique.graph.networks.projection import project, queries
from communique.graph.networks.records import (
    Completeness,
    NetworkNode,
    NetworkSource,
    Occasion,
    OccasionMember,
    Provenance,
)

__all__ = [
    "LAYERS",
    "MEASURES",
    "NODES",
    "WEIGHTS",
    "Completeness",
    "Definition",
    "Layer",
    "Measure",
    "MeasureTable",
    "Network",
    "NetworkNode",
    "NetworkOptions",
    "NetworkSource",
    "Occasion",
    "OccasionMember",
    "Provenance",
    "Weight",
    "find_layer",
    "find_measure",
    "formats",
    "layers",
    "measure",
    "project",
    "queries",
]
