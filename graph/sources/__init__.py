"""Files in: authored YAML → trees, source texts → paragraphs, RDF files → quads.

Every fault is a ``SourceError`` that names path, line and column, what was found and what was expected.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from communique.graph.sources.authored import parse_yaml, read_yaml
    from communique.graph.sources.inputs import Input, collect
    from communique.graph.sources.packaged import background, documents
    from communique.graph.sources.rdf import FORMATS, read_any_rdf, read_rdf
    from communique.graph.sources.texts import read_text, read_texts

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

_MODULES = {
    "authored": ("parse_yaml", "read_yaml"),
    "inputs": ("Input", "collect"),
    "packaged": ("background", "documents"),
    "rdf": ("FORMATS", "read_any_rdf", "read_rdf"),
    "texts": ("read_text", "read_texts"),
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: the process that parses one file starts with a part of this package."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
