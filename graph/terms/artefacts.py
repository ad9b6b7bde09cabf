"""Writes what follows from the ontology: its layout, the JSON-LD context, alignments as Turtle, shapes of old names.

``python -m communique.graph.terms.artefacts`` in a checkout brings all of them up to date; the tests fail when
they are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph

from communique.graph.terms import alignments, deprecation, turtle, vocabulary
from communique.graph.terms.context import context


def artefacts() -> Iterator[tuple[str, str]]:
    """Yield (path in a checkout, text) of every file that can be generated, as it should be."""
    for path, text in vocabulary.modules():
        parser = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
        statements = list(parser)
        yield f"ontology/{path}", turtle.write(statements, parser.prefixes)
    for stem in alignments.vocabularies():
        yield f"ontology/alignments/{stem}.ttl", alignments.turtle(stem)
    yield "ontology/context.jsonld", json.dumps(context(), indent=2, ensure_ascii=False) + "\n"
    yield "shapes/deprecated.ttl", deprecation.shapes()


def stale(root: Path) -> dict[str, str]:
    """Find the files under ``root`` that are absent or out of date, by path, with the text they should have."""
    return {
        path: text
        for path, text in artefacts()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    }


def refresh(root: Path) -> list[str]:
    """Bring the files under ``root`` up to date and return the paths of those that changed."""
    changed = stale(root)
    for path, text in changed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(changed)


if __name__ == "__main__":
    checkout = Path(__file__).resolve().parents[2]
    print("\n".join(refresh(checkout)) or "Everything is up to date.")
