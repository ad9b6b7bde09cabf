"""Sources the package knows: a mapping each, and a module beside it for what a mapping cannot say.

Such a module exports its ``ADAPTER``; the tables of the mapping name the functions of it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable

from communique.graph.errors import AT_ONCE, Faults
from communique.graph.mapping.tables.adapter import Adapter
from communique.graph.mapping.tables.description import TableSource
from communique.graph.sources.tree import wrong
from communique.graph.terms.spelling import did_you_mean

_FOLDER = files("communique.graph.mapping.adapters")


def names() -> tuple[str, ...]:
    """List the names of the packaged sources."""
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))
    )


def mapping_of(name: str) -> Traversable:
    """Return the mapping file of a packaged source."""
    return _FOLDER / f"{name}.yaml"


def adapter_of(source: TableSource, faults: Faults = AT_ONCE) -> Adapter:
    """Return the adapter of a source; one that does nothing when the mapping says everything.

    A mapping that was copied under its name has it too. MappingError, unless ``faults`` are gathered, where a table
    names what the adapter has not, or lacks a table whose rows it joins.
    """
    adapter, stem = Adapter(), source.name.replace("-", "_")
    if source.name in names() and (_FOLDER / f"{stem}.py").is_file():
        adapter = import_module(f"communique.graph.mapping.adapters.{stem}").ADAPTER
    tables = [table.name for table in source.tables]
    for table in source.tables:
        if table.adapter is not None and not adapter.tables:
            message, hint = f"{source.name} is no source with an adapter", did_you_mean(source.name, names())
            faults.add(wrong(table.adapter.place, message, expected="source: with the name of one that has", hint=hint))
            break
        if table.adapter is not None and table.adapter.text not in adapter.tables:
            message = f"the adapter of {source.name} has no {table.adapter.text!r}"
            expected, hint = ", ".join(adapter.tables), did_you_mean(table.adapter.text, adapter.tables)
            faults.add(wrong(table.adapter.place, message, expected=expected, hint=hint))
        for name in adapter.of(table).joins:
            if name not in tables:
                message = f"{table.name} needs the rows of {name!r}, which is no table of this mapping"
                hint = did_you_mean(name, tables)
                faults.add(wrong(table.block.place, message, expected=f"a table with name: {name}", hint=hint))
    return adapter
