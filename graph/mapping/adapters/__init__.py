"""Sources the package knows: a mapping each, and a module beside it for what a mapping cannot say."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType


def names() -> tuple[str, ...]:
    """List the names of the packaged sources."""
    folder = files("communique.graph.mapping.adapters")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def mapping_of(name: str) -> Traversable:
    """Give the mapping file of a packaged source."""
    return files("communique.graph.mapping.adapters") / f"{name}.yaml"


def module_of(name: str) -> ModuleType | None:
    """Give the module of a packaged source; None when its mapping says everything."""
    stem = name.replace("-", "_")
    if not (files("communique.graph.mapping.adapters") / f"{stem}.py").is_file():
        return None
    return import_module(f"communique.graph.mapping.adapters.{stem}")
