"""The manifest: what the service offers and where."""

from __future__ import annotations

from typing import Any

from flask import url_for

from communique import __version__
from communique.api.reconcile.requests import PREFERRED_BATCH
from communique.api.reconcile.types import types
from communique.graph.linking.index import ROOTS
from communique.graph.terms.namespaces import COM, ID

_ID = "__id__"


def manifest() -> dict[str, Any]:
    """Describe the service for the address at which it was asked."""
    home = url_for("reconcile.answer", _external=True)
    return {
        "versions": ["0.2"],
        "name": "Communique",
        "identifierSpace": ID,
        "schemaSpace": COM,
        "documentation": url_for("home.landing", _external=True),
        "serviceVersion": __version__,
        "defaultTypes": [types()[root].told(deep=False) for root in ROOTS],
        "view": {"url": _template("reconcile.view", "{{id}}")},
        "preview": {"url": _template("reconcile.preview", "{{id}}"), "width": 430, "height": 300},
        "suggest": {kind: _suggest(home, kind) for kind in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": home, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values per row; 0 for all",
                },
                {
                    "name": "content",
                    "label": "Content",
                    "type": "select",
                    "default": "entity",
                    "help_text": "What is given of values that are entities",
                    "choices": [{"value": "entity", "name": "Entity"}, {"value": "name", "name": "Name alone"}],
                },
            ],
        },
        "batchSize": PREFERRED_BATCH,
    }


def _suggest(home: str, kind: str) -> dict[str, str]:
    """Say where suggestions of one kind are, and their flyouts."""
    return {
        "service_url": home,
        "service_path": f"/suggest/{kind}",
        "flyout_service_url": home,
        "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
    }


def _template(endpoint: str, hole: str) -> str:
    """Write an address with a hole for the id."""
    return url_for(endpoint, id=_ID, _external=True).replace(_ID, hole)
