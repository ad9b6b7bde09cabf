"""Files in: authored YAML → trees, source texts → paragraphs, RDF files → quads.

Every fault is a ``SourceError`` that names path, line and column, what was found and what was expected.
"""

from __future__ import annotations

from communique.graph.sources.inputs import Input, background, collect, documents
from communique.graph.sources.rdf import FORMATS, read_any_rdf, read_rdf
from communique.graph.sources.texts import read_text, read_texts
from communique.graph.sources.tree import parse_yaml, read_yaml

__all__ = [
    "FORMATS",
    "Input",
    "background",
    "collect",
    "documents",
    "parse_yaml",
    "read_any_rdf",
    "read_rdf",
    "read_text",
    "read_texts",
    "read_yaml",
]
