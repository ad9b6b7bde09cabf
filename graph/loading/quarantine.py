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

from communique.graph.loading.batch import Batch, Reading, document_name
from communique.graph.sources import Input
from communique.graph.store.files import sync
from communique.graph.terms.identifiers import slug
from communique.graph.terms.namespaces import PREFIXES, shorten
from communique.graph.validation import ValidationReport, report
from communique.graph.validation.results import INFO, WARNING, Term

# The parts of the report that an RDF tool reads; the other one is laid out for people's tools.
_REPORT = "report"


@dataclass(frozen=True, slots=True)
class SetAside:
    """What is not admitted.

    Attributes
    ----------
    documents : names of documents of the batch
    faults : the readings that failed
    report : the violations of these documents
    store : what the report's nodes are called and rest on
    """

    documents: Sequence[str]
    faults: Sequence[Reading]
    report: ValidationReport
    store: Store

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.documents or self.faults)


def folder_of(home: Path, load: str) -> Path:
    """Name the folder of a load."""
    return home / "quarantine" / load


def blame(found: ValidationReport, store: Store, candidates: Iterable[str]) -> set[str]:
    """Tell which of the candidate documents have to go for the violations to go.

    A violation found in one document is its own. One of the union is blamed on every candidate that describes the
    focus node, else on those that mention it; and on all candidates when none does, since no other cause is in sight.
    """
    left = set(candidates)
    guilty: set[str] = set()
    for result in found.results:
        if result.severity in {WARNING, INFO}:
            continue
        if result.document in left:
            guilty.add(result.document)
        else:
            guilty |= _around(result.focus, store, left) or left
    return guilty


def put(home: Path, load: str, batch: Batch, aside: SetAside) -> Path:
    """Write a quarantine folder, and wait until the disk has it."""
    folder = folder_of(home, load)
    draft = folder.with_name(f".{load}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names = {document: _write_document(draft, document, batch) for document in aside.documents}
    unread = {_copy(draft, reading.source): str(reading.fault) for reading in aside.faults}
    _write_reports(draft, aside, unread)
    (draft / "README.md").write_text(_readme(load, names, unread), encoding="utf-8")
    for path in draft.iterdir():
        sync(path)
    draft.rename(folder)
    return folder


def _around(focus: Term, store: Store, candidates: Set[str]) -> Set[str]:
    """Name the candidates that describe a node, else those that mention it."""
    if not isinstance(focus, NamedNode):
        return frozenset()
    for quads in (store.quads_for_pattern(focus, None, None, None), store.quads_for_pattern(None, None, focus, None)):
        found = {document_name(quad.graph_name) for quad in quads if isinstance(quad.graph_name, NamedNode)}
        if concerned := found & candidates:
            return concerned
    return frozenset()


def _write_document(folder: Path, document: str, batch: Batch) -> str:
    """Write a document in the form in which it is best corrected; gives the names of its files."""
    authored = [source for source in batch.inputs_of(document) if source.is_authored]
    if authored and len(authored) == len(batch.inputs_of(document)):
        return ", ".join(_copy(folder, source) for source in authored)
    store = Store()
    store.extend(batch.quads_of(document))
    path = _free(folder, f"{slug(shorten(document))}.trig")
    store.dump(str(path), format=RdfFormat.TRIG, prefixes=dict(PREFIXES))
    return path.name


def _copy(folder: Path, source: Input) -> str:
    """Copy an input as it is."""
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


def _write_reports(folder: Path, aside: SetAside, unread: Mapping[str, str]) -> None:
    """Write the findings, and why files could not be read."""
    content = json.loads(report.to_json(aside.report, aside.store))
    content["unreadable"] = [{"file": name, "fault": fault} for name, fault in unread.items()]
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (folder / f"{_REPORT}.json").write_text(text + "\n", encoding="utf-8")
    (folder / f"{_REPORT}.ttl").write_text(report.to_turtle(aside.report), encoding="utf-8")


def _readme(load: str, documents: Mapping[str, str], unread: Mapping[str, str]) -> str:
    """Say what lies in a folder and what to do with it."""
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
