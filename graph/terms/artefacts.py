"""Writes what follows from the ontology: its settled layout, the JSON-LD context and the alignments as Turtle.

``python -m communique.graph.terms.artefacts`` in a checkout brings all of them up to date; the tests fail when
they are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from communique.graph.terms import alignments, turtle, vocabulary
from communique.graph.terms.context import context


def artefacts() -> Iterator[tuple[str, str]]:
    """Yield (path under ``ontology/``, text) of every file that can be generated, as it should be."""
    for path, text in vocabulary.modules():
        yield path, _settle(text)
    for stem in alignments.vocabularies():
        yield f"alignments/{stem}.ttl", alignments.turtle(stem)
    yield "context.jsonld", json.dumps(context(), indent=2, ensure_ascii=False) + "\n"


def stale(root: Path) -> dict[str, str]:
    """Find the files under ``root`` that are absent or out of date, by path, with the text they should have."""
    return {
        path: text
        for path, text in artefacts()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    }


def refresh(root: Path) -> list[str]:
    """Bring the files under ``root`` up to date and name those that changed."""
    changed = stale(root)
    for path, text in changed.items():
        (root / path).write_text(text, encoding="utf-8")
    return list(changed)


def _settle(text: str) -> str:
    """Lay one Turtle file out anew with the prefixes it declares."""
    parser = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    statements = list(parser)
    return turtle.write(statements, parser.prefixes)


if __name__ == "__main__":
    ontology = Path(__file__).parent.parent / "ontology"
    print("\n".join(refresh(ontology)) or "Everything is up to date.")
