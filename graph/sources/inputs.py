"""What is to be loaded: files, folders, standard input and the package → inputs with a name, a kind and a digest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from pyoxigraph import RdfFormat

from communique.graph.errors import SourceError
from communique.graph.sources.decoding.streams import plain_name
from communique.graph.sources.rdf import FORMATS

AUTHORED = (".yaml", ".yml")
STDIN = Path("-")

# The names of ``--input-format``, and the suffix that means the same.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "turtle": ".ttl",
        "trig": ".trig",
        "ntriples": ".nt",
        "nquads": ".nq",
        "rdfxml": ".rdf",
        "jsonld": ".jsonld",
        "yaml": ".yaml",
    }
)


@dataclass(frozen=True)
class Input:
    """One file to load.

    Attributes
    ----------
    file : where it lies
    name : what it is called in messages and in the journal
    kind : the suffix that means its format, given or its own
    """

    file: Path | Traversable
    name: str
    kind: str

    @property
    def is_authored(self) -> bool:
        """Whether it is an authored document, not RDF."""
        return self.kind in AUTHORED

    @property
    def form(self) -> RdfFormat | None:
        """The RDF format; None when the suffix means none."""
        return FORMATS.get(self.kind)

    @cached_property
    def size(self) -> int:
        """The number of its bytes as they lie on disk; 0 for a file of the package."""
        return self.file.stat().st_size if isinstance(self.file, Path) else 0

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its bytes as they lie on disk, 64 hexadecimal digits."""
        return digest(self.file)


def collect(paths: Sequence[Path | Traversable], kind: str | None = None) -> list[Input]:
    """List what there is to load; of a folder, in order of their paths, the files whose suffix is known.

    ``kind`` is a name of ``KINDS`` and goes before the suffix of a file. A file that is named itself is listed
    whatever its suffix, and the reader of it will complain. SourceError: a path does not exist, a folder holds nothing
    to load, or nothing was named.
    """
    suffix = KINDS[kind] if kind else None
    found = [each for path in paths for each in _expand(path, suffix)]
    if not found:
        raise SourceError("nothing to load", expected="files, folders or - for standard input")
    return found


def digest(file: Path | Traversable) -> str:
    """Return the SHA-256 of the bytes of a file as they lie on disk, 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def packaged(document: Traversable) -> Input:
    """Return a document of the package as an input, which is called by its name alone."""
    return Input(document, document.name, _suffix(document.name))


def documents() -> list[Traversable]:
    """List the authored documents of the package, in the order of their names."""
    folder = files("communique.graph") / "documents"
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)


def background() -> Traversable:
    """Return the file of the authored background facts of the package."""
    return files("communique.graph") / "background.yaml"


def spool(stream: BinaryIO, folder: Path, kind: str | None) -> Path:
    """Copy standard input into a file of a folder, so that it can be read twice; SourceError without ``kind``."""
    if kind is None:
        expected = "--input-format " + "|".join(KINDS)
        raise SourceError("standard input has no suffix that says its format", path="-", expected=expected)
    path = folder / f"stdin{KINDS[kind]}"
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    return path


def _expand(path: Path | Traversable, suffix: str | None) -> Iterable[Input]:
    """Turn one path into inputs: of a folder, the files with a known suffix that are not hidden."""
    if not isinstance(path, Path) or not path.is_dir():
        return [Input(path, str(path) if isinstance(path, Path) else path.name, suffix or _suffix(path.name))]
    found = []
    for each in sorted(path.rglob("*")):
        is_hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
        if each.is_file() and not is_hidden and _suffix(each.name) in {*FORMATS, *AUTHORED}:
            found.append(Input(each, str(each), suffix or _suffix(each.name)))
    if not found:
        expected = " ".join((*FORMATS, *AUTHORED))
        raise SourceError("a folder with nothing to load", path=str(path), expected=f"files that end in {expected}")
    return found


def _suffix(name: str) -> str:
    """Return the suffix that means a format, one of a compression left out."""
    return PurePosixPath(plain_name(name)).suffix
