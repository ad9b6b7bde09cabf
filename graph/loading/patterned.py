"""Files of which no edition is listed → the editions that they make, by what they and their names tell."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

from communique.graph.errors import MappingError, SourceError
from communique.graph.mapping.tables.description import TableSource
from communique.graph.mapping.tables.editions import Edition, EditionPattern
from communique.graph.sources.decoding.streams import name_of, open_stream
from communique.graph.sources.tables import table_name
from communique.graph.terms.identifiers import slug


def make_editions(
    source: TableSource, module: ModuleType | None, paths: Iterable[Path]
) -> list[tuple[Edition, list[Path]]]:
    """Make the editions of files by the patterns of a source; files that fill none are passed over.

    ``module`` is the adapter's own code, if it has any: its ``edition_of(stream, file name)`` gives what a file tells
    of itself, None for a file that is none of the source. SourceError: a file does not tell enough, or two files of
    one edition tell different dates.
    """
    made: dict[str, tuple[Edition, list[Path]]] = {}
    for path in paths:
        edition = next(filter(None, (_edition(pattern, module, path) for pattern in source.patterns)), None)
        if edition is None:
            continue
        first, files = made.setdefault(edition.key, (edition, []))
        if first.date.text != edition.date.text:
            message = f"{edition.key} is of {edition.date.text} here, and of {first.date.text} in {files[0].name}"
            raise SourceError(message, path=name_of(path), expected="one date for all files of an edition")
        files.append(path)
    return list(made.values())


def _edition(pattern: EditionPattern, module: ModuleType | None, path: Path) -> Edition | None:
    """Make the edition of a file; None when the file does not fit."""
    name = table_name(path)
    if not any(fnmatchcase(name, each) for each in pattern.files):
        return None
    told = {"file": slug(name.rpartition(".")[0] or name)}
    if pattern.form is not None:
        found = pattern.form.fullmatch(name)
        if found is None:
            return None
        told |= {key: text or "" for key, text in found.groupdict().items()}
    if own := getattr(module, "edition_of", None):
        with open_stream(path) as stream:
            said = own(stream, name)
        if said is None:
            return None
        told |= said
    try:
        return pattern.fill(told)
    except MappingError as error:
        hint = f"mend line {error.line} of {error.path}, or list the file there as an edition with its date"
        raise SourceError(error.message, path=name_of(path), expected=error.expected, hint=hint) from error
