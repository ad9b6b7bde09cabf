"""``python -m communique.graph.sources.decoding TASK``: parse the file that is standard input.

TASK is JSON, as ``process`` writes it. Quads go to standard output as N-Quads, the rows of a workbook as JSON, one list
a line. Standard error gets one line of JSON at the end: ``faults`` with their ``count``, and ``prefixes``. When a limit
ends this process, that line is missing.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from typing import Any, BinaryIO, Literal, cast

import pyoxigraph
from pyoxigraph import RdfFormat

from communique.graph.errors import Faults, SourceError, SourceLimit
from communique.graph.sources.decoding.rdf import Form, parse
from communique.graph.sources.decoding.workbooks import read_cells


class _StandardInput:
    """Standard input as a file that can be opened again and again; ``name`` is what messages call it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, _: Literal["rb"] = "rb") -> BinaryIO:
        """Begin at its first byte, whatever else has it open."""
        return cast(BinaryIO, _Bytes())


class _Bytes(io.RawIOBase):
    """The bytes of standard input, by an offset of its own: a file is looked into again while it is being parsed."""

    def __init__(self) -> None:
        self._offset = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer as far as the file goes."""
        content = os.pread(0, len(buffer), self._offset)
        buffer[: len(content)] = content
        self._offset += len(content)
        os.lseek(0, self._offset, os.SEEK_SET)  # shared with the parent, which so sees how far the reading has come
        return len(content)


def main() -> None:
    """Carry the task out."""
    task = json.loads(sys.argv[1])
    _limit(task["megabytes"], task["seconds"])
    faults, prefixes = Faults(), dict[str, str]()
    with faults.gathered():
        if "sheet" in task:
            _write_rows(task)
        else:
            _write_quads(task, faults, prefixes)
    told = [_parts(fault) for fault in faults.told]
    json.dump({"faults": told, "count": faults.count, "prefixes": prefixes}, sys.stderr)


def _write_quads(task: dict[str, Any], faults: Faults, prefixes: dict[str, str]) -> None:
    media_type = RdfFormat.from_media_type(task["media_type"])
    assert media_type is not None
    form = Form(media_type, task["base"], task["is_apart"])
    quads = parse(_StandardInput(task["name"]), form, faults, prefixes)  # type: ignore[arg-type]
    pyoxigraph.serialize(quads, sys.stdout.buffer, format=RdfFormat.N_QUADS)


def _write_rows(task: dict[str, Any]) -> None:
    for cells in read_cells(_StandardInput(task["name"]), task["sheet"]):  # type: ignore[arg-type]
        sys.stdout.write(json.dumps(cells) + "\n")


def _limit(megabytes: int, seconds: int) -> None:
    """Bound the address space and the processor time of this process, and let it leave no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _parts(fault: SourceError) -> dict[str, Any]:
    """Take a fault apart, so that the parent can make it again."""
    parts = {name: getattr(fault, name) for name in ("path", "line", "column", "expected", "hint")}
    return {"is_limit": isinstance(fault, SourceLimit), "message": fault.found, **parts}


if __name__ == "__main__":
    main()
