"""What ties a mapping to the code of its source: names that are checked before a row is read."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from communique.graph.errors import MappingError
from communique.graph.loading.releases import gather, packaged_source, read_mapping
from communique.graph.mapping import adapters
from communique.graph.mapping.adapters import adapter_of, mapping_of
from communique.graph.mapping.tables import read_source
from communique.graph.mapping.tables.adapter import Adapter
from communique.graph.sources import parse_yaml

MODULES = [
    name for name in adapters.names() if (Path(adapters.__file__).parent / f"{name.replace('-', '_')}.py").is_file()
]


@pytest.mark.parametrize("name", adapters.names())
def test_every_table_names_what_its_adapter_does_and_the_adapter_does_nothing_else(name: str) -> None:
    source = packaged_source(name)
    adapter = adapter_of(source)
    named = [table for table in source.tables if table.adapter is not None]
    assert {adapter.of(table) for table in named} == set(adapter.tables.values())
    assert all(table in named for table in source.tables if table.name in adapter.tables)
    assert bool(named) == (name in MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_calls_rows_or_reads_of_a_table_is_in_its_adapter(name: str) -> None:
    module = import_module(f"communique.graph.mapping.adapters.{name.replace('-', '_')}")
    assert isinstance(module.ADAPTER, Adapter)
    tables = module.ADAPTER.tables.values()
    functions = {value for key, value in vars(module).items() if key.startswith("rows_")}
    assert functions == {table.rows for table in tables} - {None}


@pytest.mark.parametrize(
    ("source", "old", "new", "message"),
    [
        (
            "cow-igo",
            "    adapter: memberships\n",
            "    adapter: membership\n",
            "the adapter of cow-igo has no 'membership'; expected: organizations, memberships, states; "
            "next: did you mean 'memberships'?",
        ),
        ("cow-igo", "source: cow-igo\n", "source: cow-ogi\n", "cow-ogi is no source with an adapter; .*mean 'cow-igo'"),
        (
            "icews",
            "  - name: actors\n",
            "  - name: actor\n",
            "events needs the rows of 'actors', .* did you mean 'actor'",
        ),
    ],
)
def test_a_name_that_the_adapter_has_not_is_an_error_at_its_place(
    source: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    text = mapping_of(source).read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "copy.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(MappingError, match=message) as caught:
        read_mapping(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    first = caught.value.faults[0]
    assert first.path == str(path)
    assert first.line is not None
    assert re.search(r"adapter:|- name: events", lines[first.line - 1])
    with pytest.raises(MappingError, match=message):
        gather(read_source(parse_yaml(path.read_text(encoding="utf-8"), "copy.yaml")), [path])


def test_a_table_that_names_nothing_of_the_adapter_takes_what_has_its_own_name() -> None:
    text = mapping_of("trend").read_text(encoding="utf-8")
    source = read_source(parse_yaml(text.replace("    adapter: agreements\n", ""), "copy.yaml"))
    (table,) = source.tables
    assert table.adapter is None
    assert adapter_of(source).of(table).rows is not None
