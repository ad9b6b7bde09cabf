"""Files of which no edition is listed → the editions that they make, by what they and their names say."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from communique.graph.errors import MappingError, SourceError
from communique.graph.mapping.tables.adapter import Adapter
from communique.graph.mapping.tables.description import TableSource
from communique.graph.mapping.tables.editions import Edition, EditionPattern
from communique.graph.sources.decoding.streams import name_of, open_stream
from communique.graph.sources.tables import table_name
from communique.graph.terms.identifiers import slug


def make_editions(source: TableSource, adapter: Adapter, paths: Iterable[Path]) -> list[tuple[Edition, list[Path]]]:
    """Make the editions of files by the patterns of a source; files that fill none are skipped.

    SourceError: a file does not say enough of itself, or two files of one edition say different dates.
    """
    made: dict[str, tuple[Edition, list[Path]]] = {}
    for path in paths:
        edition = next(filter(None, (_edition(pattern, adapter, path) for pattern in source.patterns)), None)
        if edition is None:
            continue
        first, files = made.setdefault(edition.key, (edition, []))
        if first.date.text != edition.date.text:
            message = f"{edition.key} is of {edition.date.text} here, and of {first.date.text} in {files[0].name}"
            raise SourceError(message, path=name_of(path), expected="one date for all files of an edition")
        files.append(path)
    return list(made.values())


def _edition(pattern: EditionPattern, adapter: Adapter, path: Path) -> Edition | None:
    """Make the edition of a file; None when the file does not fit."""
    name = table_name(path)
    if not any(fnmatchcase(name, each) for each in pattern.files):
        return None
    said = {"file": slug(name.rpartition(".")[0] or name)}
    if pattern.form is not None:
        found = pattern.form.fullmatch(name)
        if found is None:
            return None
        said |= {key: text or "" for key, text in found.groupdict().items()}
    if adapter.edition_of is not None:
        with open_stream(path) as stream:
            own = adapter.edition_of(stream, name)
        if own is None:
            return None
        said |= own
    try:
        return pattern.fill(said)
    except MappingError as error:
        hint = f"correct line {error.line} of {error.path}, or list the file there as an edition with its date"
        raise SourceError(error.message, path=name_of(path), expected=error.expected, hint=hint) from error
