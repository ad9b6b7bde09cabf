"""A mapping tried out: compiled, and with files also run, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from communique.graph.loading.releases import Harvest, gather, read_release
from communique.graph.mapping.tables import TableSource
from communique.graph.mapping.tables.linker import IndexLinker
from communique.graph.mapping.tables.mapper import TableMapper


def check(source: TableSource, paths: Sequence[Path]) -> list[dict[str, Any]]:
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
        harvest = Harvest()
        quads = len(set(read_release(release, harvest, linker)))
        told = {"edition": release.edition.key, **asdict(harvest.account), "quads": quads}
        found.append({**told, "first": [asdict(each) for each in harvest.rejects.first]})
    return found
