"""What the package itself brings: authored documents and background facts."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def documents() -> list[Traversable]:
    """List the authored documents of the package, in the order of their names."""
    folder = files("communique.graph") / "documents"
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)


def background() -> Traversable:
    """Give the authored background facts of the package."""
    return files("communique.graph") / "background.yaml"
