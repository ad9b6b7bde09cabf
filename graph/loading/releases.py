"""Files of a source, gathered into the editions they belong to, and read edition by edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pyoxigraph import Quad

from communique.graph.errors import Faults, MappingError, SourceError
from communique.graph.loading.rejects import Rejects
from communique.graph.mapping.adapters import adapter_of, mapping_of
from communique.graph.mapping.tables.accounts import RowAccount, without_repeats
from communique.graph.mapping.tables.adapter import Adapter
from communique.graph.mapping.tables.description import SourceTable, TableSource, read_source
from communique.graph.mapping.tables.editions import Edition, EditionPattern
from communique.graph.mapping.tables.linker import IndexLinker, Linker
from communique.graph.mapping.tables.mapper import TableMapper
from communique.graph.mapping.tables.metadata import EditionFile, describe_edition, digest_of
from communique.graph.sources.decoding.streams import Notice, name_of, open_stream
from communique.graph.sources.inputs import Input, digest
from communique.graph.sources.rows import Rejected, RowCounts, TableRow
from communique.graph.sources.tables import read_rows, table_name
from communique.graph.sources.tree import read_yaml
from communique.graph.terms.identifiers import slug

KIND = ".table"


@dataclass(frozen=True, eq=False)
class Release(Input):
    """The files of one edition of a source, as one input.

    Attributes
    ----------
    source, edition : what they are
    files : each with the table that says how it is read
    adapter : the own code of the source
    """

    source: TableSource
    edition: Edition
    files: tuple[tuple[SourceTable, Path], ...]
    adapter: Adapter

    @cached_property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(path.stat().st_size for _, path in self.files)

    @cached_property
    def digests(self) -> tuple[EditionFile, ...]:
        """Name and digest of each file."""
        return tuple(EditionFile(table_name(path), digest(path)) for _, path in self.files)

    @cached_property
    def digest(self) -> str:
        """The digest of the edition."""
        return digest_of(self.digests)


@dataclass(slots=True)
class RowReport:
    """What reading a release leaves beside its quads: the account, complete at the end, and what was rejected."""

    account: RowCounts = field(default_factory=RowCounts)
    rejects: Rejects = field(default_factory=Rejects)


def packaged_source(name: str) -> TableSource:
    """Read the mapping of a packaged source."""
    return read_source(read_yaml(mapping_of(name)))


def read_mapping(path: Path | Traversable) -> TableSource:
    """Read a mapping file and compile its tables; MappingError or SourceError, one for each part that is wrong.

    Tables are compiled for the first edition that can be read. Where a column cannot be read at all, nothing is said of
    the facts of its table, which may refer to it.
    """
    faults = Faults()
    tree = read_yaml(path, faults)
    source = read_source(tree, faults)
    edition = next((each if isinstance(each, Edition) else each.stand_in() for each in source.releases), None)
    adapter_of(source, faults)
    for table in source.tables:
        if edition and table.is_whole:
            TableMapper(table, edition, IndexLinker(), faults)
    faults.check(tree.place.path)
    return source


def gather(source: TableSource, paths: Sequence[Path]) -> list[Release]:
    """Gather files, and those of folders, into the editions of a source, and what is left into those they make.

    Of a folder, files that no edition knows are skipped. SourceError: a file that was named itself belongs to no
    edition, or nothing was found. MappingError: a table names what the adapter of the source has not.
    """
    adapter = adapter_of(source)
    named = [path for path in paths if not path.is_dir()]
    found = [*named, *(each for path in paths if path.is_dir() for each in sorted(path.rglob("*")) if each.is_file())]
    releases = [release for edition in source.editions if (release := _gather(source, edition, adapter, found))]
    left = dict.fromkeys(path for path in found if path not in _files_of(releases))
    made = _make_editions(source, adapter, left) if source.patterns else ()
    releases += [release for edition, files in made if (release := _gather(source, edition, adapter, files))]
    known, expected = _files_of(releases), ", ".join(source.files)
    if lost := [path for path in named if path not in known]:
        hint = "see whether it is what its name says, rename it, or add it to an edition of the mapping"
        raise SourceError(f"no file of {source.name}", path=str(lost[0]), expected=expected, hint=hint)
    if not releases:
        message = f"nothing of {source.name} in {', '.join(map(str, paths))}"
        raise SourceError(message, expected=f"files named {expected}")
    return releases


def read_release(
    release: Release, report: RowReport, linker: Linker | None = None, notice: Notice | None = None
) -> Iterator[Quad]:
    """Read and map the files of an edition; quads may repeat, the description of the edition comes last.

    A table without facts only explains the rows of others.

    Raises
    ------
    SourceError, MappingError : a file cannot be read, the mapping is wrong, or no row at all could be mapped
    """
    account, has_inferred = RowAccount(report.rejects.add), False
    for table in release.source.tables:
        if any(own is table for own, _ in release.files) and (table.facts.entries or table.once.entries):
            mapper = TableMapper(table, release.edition, linker or IndexLinker())
            yield from mapper.map(_adapted_rows(release, table, account, notice), account)
            has_inferred = has_inferred or mapper.has_inferred
    report.account = account.close()
    if report.account.read and not report.account.mapped:
        first = report.rejects.first[0]
        message = f"none of {report.account.read} rows could be mapped; the first, row {first.number}: {first.reason}"
        raise SourceError(message, path=release.name, expected="rows as the mapping describes them", hint=first.cure)
    yield from describe_edition(
        release.source, release.edition, release.digests, report.account, has_inferred=has_inferred
    )


def try_mapping(source: TableSource, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Compile the tables of a source for each edition, then count what comes of files.

    One entry per edition of which there are files: ``edition``, ``read``, ``mapped``, ``rejected``, ``left_out``,
    ``quads``, ``reasons`` with their counts, and the ``first`` of what was rejected. Organizations are looked up
    nowhere, since there is no graph. MappingError, SourceError: as in a load.
    """
    linker = IndexLinker()
    for edition in (*source.editions, *(pattern.stand_in() for pattern in source.patterns)):
        for table in source.tables:
            TableMapper(table, edition, linker)
    found = []
    for release in gather(source, paths) if paths else ():
        report = RowReport()
        quads = len(set(read_release(release, report, linker)))
        counts = {"edition": release.edition.key, **asdict(report.account), "quads": quads}
        found.append({**counts, "first": [asdict(each) for each in report.rejects.first]})
    return found


def _adapted_rows(
    release: Release, table: SourceTable, account: RowAccount, notice: Notice | None
) -> Iterable[TableRow | Rejected]:
    """Read the rows of a table, reject those that repeat, and let the adapter change them."""
    rows = account.read(_read_table(release, table, notice))
    rows = rows if table.repeats == "keep" else without_repeats(rows)
    adapter = release.adapter.of(table)
    if adapter.rows is None:
        return rows
    others = (each for name in adapter.joins for each in release.source.tables if each.name == name)
    joined = [_readable(_read_table(release, each), None) for each in others]
    return adapter.rows(_readable(rows, account), *joined)


def _read_table(release: Release, table: SourceTable, notice: Notice | None = None) -> Iterator[TableRow | Rejected]:
    """Read the rows of a table; those of files that are no table by the adapter."""
    read = release.adapter.of(table).read
    for path in (path for each, path in release.files if each is table):
        if read is None:
            yield from read_rows(path, table.layout, notice)
            continue
        with open_stream(path, notice) as stream:
            yield from read(stream, table_name(path))


def _readable(rows: Iterable[TableRow | Rejected], account: RowAccount | None) -> Iterator[TableRow]:
    """Yield the rows that could be read; the others are rejected in the account, where there is one."""
    for row in rows:
        if isinstance(row, TableRow):
            yield row
        elif account is not None:
            account.reject(row)


def _files_of(releases: Iterable[Release]) -> set[Path]:
    return {path for release in releases for _, path in release.files}


def _gather(source: TableSource, edition: Edition, adapter: Adapter, found: Iterable[Path]) -> Release | None:
    """Gather the files of one edition; each goes to the first table that takes it."""
    files = []
    for path in found:
        name = table_name(path)
        if any(fnmatchcase(name, pattern) for pattern in edition.files):
            fitting = (each for each in source.tables if any(fnmatchcase(name, pattern) for pattern in each.files))
            if (table := next(fitting, None)) is not None:
                files.append((table, path))
    if not files:
        return None
    names = ", ".join(path.name for _, path in files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    return Release(files[0][1], f"{edition.key} ({names})", KIND, source, edition, tuple(files), adapter)


def _make_editions(source: TableSource, adapter: Adapter, paths: Iterable[Path]) -> list[tuple[Edition, list[Path]]]:
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
