"""The log of every process of the product: one line for each event on standard error, as JSON or as plain text.

A JSON line has ``time`` (UTC, RFC 3339), ``level``, ``logger``, ``process`` (its id), ``message``, then the parts of
the event by their names, and ``error`` with a traceback where there is one. A plain line says the same in words.
Nothing that a stranger sent can begin a line of its own.
"""

from __future__ import annotations

import json
import logging
import logging.config
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from communique.graph.errors import legible, one_line
from communique.graph.settings import LogForm

_PACKAGE = "communique."
# One for all lines: json.dumps would make one for each.
_ENCODE = json.JSONEncoder(default=str).encode


class JsonLines(logging.Formatter):
    """Writes an event as one line of JSON in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        head = {"time": _moment(record), "level": record.levelname.lower(), "logger": _name(record)}
        content = {**head, "process": record.process, "message": record.getMessage(), **_parts(record)}
        if record.exc_info:
            content["error"] = _traceback(record)
        return _ENCODE(content)


class PlainLines(logging.Formatter):
    """Writes an event as one line of text; the lines of a traceback follow it, each indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text, without its end."""
        parts = "".join(f" {name}={one_line(str(value))}" for name, value in _parts(record).items())
        head = f"{_moment(record)} {record.levelname.lower()} {_name(record)}[{record.process}]"
        line = f"{head} {one_line(record.getMessage())}{parts}"
        if not record.exc_info:
            return line
        return "\n    ".join([line, *legible(_traceback(record)).splitlines()])


def configuration(form: LogForm) -> dict[str, Any]:
    """Return the set-up of ``logging`` that writes everything in one form, for ``dictConfig`` and for granian."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines if form == "json" else PlainLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {"_granian": {"level": "INFO"}},
    }


def set_up(form: LogForm) -> None:
    """Let this process log in a form, warnings of Python included; to be called once, at its start."""
    logging.config.dictConfig(configuration(form))
    logging.captureWarnings(True)
    # No line says in which line of the code, thread or task it was written, and to find that out takes as long as to
    # write it ("Optimization" in the HOWTO of logging).
    logging._srcfile = None
    logging.logThreads = logging.logMultiprocessing = False


def event(logger: logging.Logger, message: str, parts: Mapping[str, Any], level: int = logging.INFO) -> None:
    """Log an event with its parts, values that JSON can hold; may be called in any thread."""
    logger.log(level, message, extra={"parts": parts})


def _parts(record: logging.LogRecord) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(record, "parts", {})
    return found


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _name(record: logging.LogRecord) -> str:
    return record.name.removeprefix(_PACKAGE)


def _traceback(record: logging.LogRecord) -> str:
    assert record.exc_info is not None
    return "".join(traceback.format_exception(*record.exc_info)).rstrip()
