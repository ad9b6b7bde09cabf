"""What templates need: short names and links to the same answer in another format."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Flask, request

from communique.graph.terms.namespaces import shorten


def register(app: Flask) -> None:
    """Give the templates their filters and functions."""
    app.add_template_filter(shorten, "shorten")
    app.add_template_filter(_grouped, "grouped")
    app.add_template_global(in_format, "in_format")


def in_format(name: str) -> str:
    """Give the address of this page's content in another format; a posted query becomes part of the address."""
    pairs = [*_pairs(), ("format", name)]
    return f"{request.path}?{urlencode(pairs)}"


def _pairs() -> Iterable[tuple[str, str]]:
    """List what was asked, without the format."""
    return ((name, text) for name in request.values if name != "format" for text in request.values.getlist(name))


def _grouped(number: int) -> str:
    """Write a number with thin groups of three digits."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
