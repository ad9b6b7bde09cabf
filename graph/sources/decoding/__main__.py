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
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

import pyoxigraph
from pyoxigraph import RdfFormat

from communique.graph.errors import Faults, SourceError, SourceLimit
from communique.graph.sources.decoding.rdf import ParseOptions, parse
from communique.graph.sources.decoding.streams import name_of, open_stream
from communique.graph.sources.rows import cell_text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


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
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer as far as the file goes."""
        content = os.pread(0, len(buffer), self._offset)
        buffer[: len(content)] = content
        self._offset += len(content)
        os.lseek(0, self._offset, os.SEEK_SET)  # shared with the parent, which so sees how far the reading has come
        return len(content)


def main() -> None:
    """Do the task."""
    task = json.loads(sys.argv[1])
    # Bound the address space and the processor time of this process, and let it leave no core file.
    resource.setrlimit(resource.RLIMIT_AS, (task["megabytes"] << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faults, prefixes = Faults(), dict[str, str]()
    with faults.gathered():
        file = cast("Traversable", _StandardInput(task["name"]))
        if "sheet" in task:
            for cells in _read_cells(file, task["sheet"]):
                sys.stdout.write(json.dumps(cells) + "\n")
        else:
            media_type = RdfFormat.from_media_type(task["media_type"])
            assert media_type is not None
            quads = parse(file, ParseOptions(media_type, task["base"], task["is_apart"]), faults, prefixes)
            pyoxigraph.serialize(quads, sys.stdout.buffer, format=RdfFormat.N_QUADS)
    # The parts of each, so that the parent can make it again.
    names = ("path", "line", "column", "expected", "hint")
    parts = [
        {
            "is_limit": isinstance(fault, SourceLimit),
            "message": fault.found,
            **{name: getattr(fault, name) for name in names},
        }
        for fault in faults.told
    ]
    json.dump({"faults": parts, "count": faults.count, "prefixes": prefixes}, sys.stderr)


def _read_cells(file: Path | Traversable, name: str | None) -> Iterator[list[str]]:
    """Read the rows of a sheet, of the first when ``name`` is None; rows before the first that holds something too.

    SourceError: the file cannot be read, is no workbook, or has no such sheet.
    """
    import python_calamine  # not for RDF: the process starts for each file

    with open_stream(file) as stream:
        content = io.BytesIO(stream.read())
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(content)
        if name is not None and name not in book.sheet_names:
            raise SourceError(f"no sheet {name!r}", path=name_of(file), expected=", ".join(book.sheet_names))
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError) as error:
        raise SourceError(f"no workbook: {error}", path=name_of(file), expected="XLSX") from error
    empty: list[list[Any]] = [[]] * (sheet.start[0] if sheet.start else 0)  # the library leaves these out
    for cells in chain(empty, sheet.to_python(skip_empty_area=True)):
        yield [cell_text(cell) for cell in cells]


if __name__ == "__main__":
    main()
