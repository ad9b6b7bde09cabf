"""Documents that were not admitted, each with what is wrong with it, to be corrected and loaded again.

``home/quarantine/<load id>/``
├── README.md          what lies here and what to do
├── report.json, .ttl  the findings about these documents, for people's tools and as a SHACL results graph
└── documents          an authored document as it was written; any other as TriG of its graphs; a file that could not
                       be read as it came

A folder is written under another name first and appears when it is complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store

from communique.graph.loading.batch import Batch, InputReading, document_name
from communique.graph.sources import Input
from communique.graph.store.files import sync
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import PREFIXES, shorten
from communique.graph.validation import ValidationReport, report
from communique.graph.validation.results import INFO, WARNING
from communique.graph.validation.results import Term as RdfTerm

FOLDER = "quarantine"

_REPORT = "report"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What is not admitted.

    Attributes
    ----------
    documents : names of documents of the batch
    faults : the readings that failed
    report : the violations of these documents
    store : what is said of the nodes in the report
    """

    documents: Sequence[str]
    faults: Sequence[InputReading]
    report: ValidationReport
    store: Store

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.documents or self.faults)


def documents_at_fault(report: ValidationReport, store: Store, candidates: Iterable[str]) -> set[str]:
    """Return which of the candidate documents have to go for the violations to go.

    A violation found in one document is its own. One of the union is put down to every candidate that describes the
    focus node, else to those that mention it; and to all candidates when none does, since no other cause is in sight.
    """
    left = set(candidates)
    at_fault: set[str] = set()
    for result in report.results:
        if result.severity in {WARNING, INFO}:
            continue
        if result.document in left:
            at_fault.add(result.document)
        else:
            at_fault |= _around(result.focus, store, left) or left
    return at_fault


def write(home: Path, load: str, batch: Batch, quarantined: Quarantined) -> Path:
    """Write the folder ``quarantine/<load>`` below ``home``, wait until the disk has it, and return its path."""
    folder = home / FOLDER / load
    draft = folder.with_name(f".{load}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names = {document: _write_document(draft, document, batch) for document in quarantined.documents}
    unread = {_copy(draft, reading.source): str(reading.fault) for reading in quarantined.faults}
    content = json.loads(report.to_json(quarantined.report, quarantined.store))
    content["unreadable"] = [{"file": name, "fault": fault} for name, fault in unread.items()]
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (draft / f"{_REPORT}.json").write_text(text + "\n", encoding="utf-8")
    (draft / f"{_REPORT}.ttl").write_text(report.to_turtle(quarantined.report), encoding="utf-8")
    (draft / "README.md").write_text(_readme(load, names, unread), encoding="utf-8")
    for path in draft.iterdir():
        sync(path)
    draft.rename(folder)
    return folder


def _around(focus: RdfTerm, store: Store, candidates: Set[str]) -> Set[str]:
    """Return the candidates that describe a node, else those that mention it."""
    if not isinstance(focus, NamedNode):
        return frozenset()
    for quads in (store.quads_for_pattern(focus, None, None, None), store.quads_for_pattern(None, None, focus, None)):
        found = {document_name(quad.graph_name) for quad in quads if isinstance(quad.graph_name, NamedNode)}
        if concerned := found & candidates:
            return concerned
    return frozenset()


def _write_document(folder: Path, document: str, batch: Batch) -> str:
    """Write a document in the form in which it is best corrected; returns the names of its files."""
    inputs = batch.inputs_of(document)
    if inputs and all(source.is_authored for source in inputs):
        return ", ".join(_copy(folder, source) for source in inputs)
    store = Store()
    store.extend(batch.quads_of(document))
    path = _free(folder, f"{slug(shorten(document))}.trig")
    store.dump(str(path), format=RdfFormat.TRIG, prefixes=dict(PREFIXES))
    return path.name


def _copy(folder: Path, source: Input) -> str:
    path = _free(folder, source.file.name)
    with source.file.open("rb") as file, path.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
    return path.name


def _free(folder: Path, name: str) -> Path:
    """Find a name that is not taken, by none of the reports either."""
    path, number = folder / name, 1
    while path.exists() or path.stem in {_REPORT, "README"}:
        number += 1
        path = folder / f"{number}-{name}"
    return path


def _readme(load: str, documents: Mapping[str, str], unread: Mapping[str, str]) -> str:
    lines = [
        f"# Quarantine of load {load}",
        "",
        "These documents were not admitted; nothing of them is in the graph. What the graph held of them before, it",
        "still holds. `report.json` and `report.ttl` say what is wrong and what to do.",
        "",
        *(f"- document {shorten(document)}: `{names}`" for document, names in documents.items()),
        *(f"- not readable: `{name}` – {fault}" for name, fault in unread.items()),
        "",
        "Correct a file here or at its source, then load it again; afterwards this folder can be removed:",
        "",
        f"    communique load quarantine/{load}/FILE",
        "",
    ]
    return "\n".join(lines)
