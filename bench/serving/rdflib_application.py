"""The application that rdflib-endpoint makes of one file; imported by the server that runs it."""

from __future__ import annotations

import os

from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

_GRAPH = Dataset(default_union=True)
_GRAPH.parse(os.environ["BENCH_DATA"], format="nquads")

application = SparqlEndpoint(graph=_GRAPH)
