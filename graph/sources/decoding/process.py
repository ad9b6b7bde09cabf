"""Run the process that parses a file, and take over what it hands out.

Whatever happens to it ends as one ``SourceError``: what it found, or which limit stopped it. Its own output is N-Quads
of a serialiser, which the parser of this process reads without risk.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from communique.graph.errors import Faults, SourceError, SourceLimit
from communique.graph.settings import Settings, read_settings
from communique.graph.sources.decoding.rdf import LONGEST, Form
from communique.graph.sources.decoding.streams import Notice, ignore, name_of, readable

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PORTION = 4_096
_MEMORY = (b"memory allocation", b"MemoryError", b"capacity overflow")


def read_quads(
    file: Path | Traversable, form: Form, prefixes: dict[str, str] | None = None, notice: Notice | None = None
) -> Iterator[Quad]:
    """Parse an RDF file in a process of its own, statement by statement.

    ``prefixes`` takes the prefixes of the file when it has been read; ``notice`` is told of its bytes as they pass.

    Raises
    ------
    SourceError : the file cannot be read or is not RDF; ``SourceErrors`` when it has several faults
    SourceLimit : it takes more memory or time than the settings allow, or breaks the parser
    """
    task = {"media_type": form.format.media_type, "base": form.base, "is_apart": form.is_apart}

    def take(stream: IO[bytes], move: Callable[[], None]) -> Iterator[Quad]:
        quads = pyoxigraph.parse(stream, format=RdfFormat.N_QUADS)
        try:
            while portion := list(islice(quads, _PORTION)):
                move()
                yield from portion
        except MemoryError as error:  # escapes make a term longer than it was in its file
            message = f"a term of more than {LONGEST} MiB as N-Quads"
            raise SourceLimit(message, path=name_of(file), expected="shorter terms") from error
        except SyntaxError:
            return  # the process ended in the midst of a statement, and the end of it tells why

    return _run(file, task, take, prefixes, notice)


def read_sheet(file: Path | Traversable, sheet: str | None, notice: Notice | None = None) -> Iterator[list[str]]:
    """Read the cells of a sheet of a workbook, as ``workbooks.read_cells`` does, in a process of its own."""

    def take(stream: IO[bytes], move: Callable[[], None]) -> Iterator[list[str]]:
        for line in stream:
            if line.endswith(b"\n"):
                move()
                yield json.loads(line)

    return _run(file, {"sheet": sheet}, take, None, notice)


def _run(
    file: Path | Traversable,
    task: dict[str, Any],
    take: Callable[[IO[bytes], Callable[[], None]], Iterator[Any]],
    prefixes: dict[str, str] | None,
    notice: Notice | None,
) -> Iterator[Any]:
    """Let a process do a task, and give what ``take`` makes of its output."""
    settings, tell, passed = read_settings(), notice or ignore, 0
    with readable(file), as_file(file) as path, path.open("rb", buffering=0) as raw, TemporaryFile() as told:
        size = os.fstat(raw.fileno()).st_size
        limits = {"seconds": int(settings.read_seconds + (size >> 20)) + 1, "megabytes": settings.read_megabytes}

        def move() -> None:
            nonlocal passed
            before, passed = passed, max(passed, os.lseek(raw.fileno(), 0, os.SEEK_CUR))
            tell(passed - before)

        with _process({"name": name_of(file), **limits, **task}, raw, told) as process:
            assert process.stdout is not None
            yield from take(process.stdout, move)
            while process.stdout.read(1 << 20):
                pass
            process.wait()
            move()
        told.seek(0)
        _conclude(name_of(file), process.returncode, told.read(), settings, prefixes)


@contextmanager
def _process(task: dict[str, Any], raw: IO[bytes], told: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, which does not outlive the block; nothing is imported from the folder it is started in."""
    command = [sys.executable, "-P", "-m", __package__, json.dumps(task)]
    with subprocess.Popen(command, stdin=raw, stdout=subprocess.PIPE, stderr=told, bufsize=1 << 18) as process:
        try:
            yield process
        finally:
            process.kill()


def _conclude(path: str, code: int, told: bytes, settings: Settings, prefixes: dict[str, str] | None) -> None:
    """Judge what a process left: its faults, or the limit that ended it."""
    if code == 0:
        found = json.loads(told)
        faults = Faults()
        faults.told = [(SourceLimit if parts.pop("is_limit") else SourceError)(**parts) for parts in found["faults"]]
        faults.count = found["count"]
        faults.check(path)
        if prefixes is not None:
            prefixes.update(found["prefixes"])
        return
    if code == -signal.SIGXCPU:
        message = f"parsing it takes more than {settings.read_seconds:g} seconds and one for each MiB"
        hint = "part the file, or allow more: COMMUNIQUE_READ_SECONDS"
    elif any(sign in told for sign in _MEMORY):
        message = f"parsing it takes more than {settings.read_megabytes:,} MiB of memory"
        hint = "part the file, or allow more: COMMUNIQUE_READ_MEGABYTES"
    elif code < 0:
        message = f"the parser broke down on it ({signal.Signals(-code).name})"
        hint = "see whether something is nested thousands deep; test the file with another tool"
    else:
        last = told.decode("utf-8", "replace").strip().rpartition("\n")[2]
        message = f"the process that parses it ended with code {code}: {last}"
        hint = "test the file with another tool, and report this"
    raise SourceLimit(message, path=path, expected="a file that can be parsed within the limits", hint=hint)
