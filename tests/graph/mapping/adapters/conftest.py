"""What tests of sources share: ``load`` reads files by a packaged source, ``judge`` sends them to the gate."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from communique.graph.loading.releases import RowReport, gather, packaged_source, read_release
from communique.graph.mapping import map_corpus
from communique.graph.sources import background, read_yaml
from communique.graph.sources.rows import RowCounts
from communique.graph.terms.namespaces import ID, prologue
from communique.graph.terms.vocabulary import ontology_quads
from communique.graph.validation import validate
from communique.graph.validation.explanation import rule_of
from communique.graph.validation.results import ValidationResult


@dataclass(frozen=True)
class Loaded:
    """What came of files: the quads, the account of each edition by key, and the list of what was rejected."""

    store: Store
    accounts: Mapping[str, RowCounts]
    rejected: list[dict[str, str]]

    def ask(self, where: str) -> list[tuple[str, ...]]:
        """Ask for the variables of a pattern in their alphabetical order; IRIs of data are given without their base."""
        found = self.store.query(
            f"BASE <{ID}> {prologue()} SELECT DISTINCT * WHERE {{ {where} }}", use_default_graph_as_union=True
        )
        assert isinstance(found, QuerySolutions)
        names = sorted(variable.value for variable in found.variables)
        return sorted(tuple(_text(row[name]) for name in names) for row in found)


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Loaded]:
    """Give a function that reads files, or all files of a folder, by a packaged source; equal calls read once."""

    @cache
    def read(source: str, *paths: Path) -> Loaded:
        store, accounts, rejected = Store(), {}, []
        for release in gather(packaged_source(source), paths):
            report = RowReport()
            store.bulk_extend(read_release(release, report))
            assert report.account.read == report.account.mapped + report.account.rejected
            accounts[release.edition.key] = report.account
            path = tmp_path_factory.mktemp("rejects") / "rejected.csv"
            report.rejects.write(path)
            with path.open(encoding="utf-8", newline="") as file:
                rejected += list(csv.DictReader(file))
        return Loaded(store, accounts, rejected)

    return read


@pytest.fixture(scope="session")
def judge() -> Callable[[Loaded], Counter[tuple[str, str]]]:
    """Give a function that counts the findings of the gate on what was loaded, by rule and severity."""

    @cache
    def ground() -> tuple[object, ...]:
        return (*ontology_quads(), *map_corpus([], read_yaml(background())))

    def count(loaded: Loaded) -> Counter[tuple[str, str]]:
        store = Store()
        store.extend(ground())  # type: ignore[arg-type]
        store.extend(loaded.store)
        return Counter(map(_named, validate(store, engine="sparql").results))

    return count


def _named(result: ValidationResult) -> tuple[str, str]:
    """Name a finding by its rule and severity."""
    return rule_of(result).number, result.severity.value.rpartition("#")[2]


def _text(value: object) -> str:
    """Write a term without base, datatype or language."""
    if isinstance(value, NamedNode):
        return value.value.removeprefix(ID)
    return value.value if isinstance(value, Literal) else str(value)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count what reads the real files among the slow tests; the fast ones have rows of their own."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
