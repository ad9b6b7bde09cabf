"""A report for machines and for people: SHACL results graph, JSON, CSV, rows grouped by rule, pages of HTML.

Every writer yields its text in parts, so that a report of any length goes out without being held twice; ``to_…`` joins
the parts. Pages are in ``report.pages``.
"""

from __future__ import annotations

from communique.graph.validation.report.formats import (
    COLUMNS,
    stream_csv,
    stream_json,
    stream_ntriples,
    stream_turtle,
    to_csv,
    to_json,
    to_turtle,
)
from communique.graph.validation.report.summary import RuleSummary, summarize, unexercised, verdict

__all__ = [
    "COLUMNS",
    "RuleSummary",
    "stream_csv",
    "stream_json",
    "stream_ntriples",
    "stream_turtle",
    "summarize",
    "to_csv",
    "to_json",
    "to_turtle",
    "unexercised",
    "verdict",
]
