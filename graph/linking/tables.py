"""The packaged tables of words and names: TSV that people edit, with lines of comment before the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def read_table(name: str, package: str = "communique.graph.linking") -> Iterator[dict[str, str]]:
    """Read the rows of a table of a package by column; quotation marks mean themselves."""
    lines = (line for line in _lines(name, package) if not line.startswith("#"))
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_notes(name: str, package: str = "communique.graph.linking") -> dict[str, str]:
    """Read the notes ``# key: value`` before the header of a table."""
    notes = (line.lstrip("# ").partition(": ") for line in _lines(name, package) if line.startswith("#"))
    return {key: value for key, colon, value in notes if colon}


@cache
def read_words(package: str = "communique.graph.linking") -> dict[str, dict[str, str]]:
    """Read ``words.tsv`` of a package: the words of each list, each with what it is written as; often nothing."""
    lists: dict[str, dict[str, str]] = {}
    for row in read_table("words.tsv", package):
        lists.setdefault(row["list"], {})[row["word"]] = row["written"]
    return lists


def _lines(name: str, package: str) -> list[str]:
    return (files(package) / name).read_text(encoding="utf-8").splitlines()
