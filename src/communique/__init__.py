"""Communique: a knowledge graph of international digital-government cooperation."""

__version__ = "0.1.0"
