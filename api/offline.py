"""Writes the pages of ``/ontology`` as files that refer to each other and to nothing else: ``make docs``."""

from __future__ import annotations

import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from posixpath import relpath

from jinja2 import Environment, PackageLoader
from pyoxigraph import RdfFormat

from communique.api.ontology import parts
from communique.graph.terms import reference


def write_pages(folder: Path) -> None:
    """Write a page for the ontology, each module and each concept scheme, a style sheet, and the ontology as Turtle."""
    environment = Environment(loader=PackageLoader("communique.api"), autoescape=True)
    template = environment.get_template("ontology.html")
    for path in ("", *reference.sections()):
        home = "vocab" if path.startswith("vocab/") else "."

        def address(section: str, anchor: str, home: str = home) -> str:
            target = relpath(f"{section or 'index'}.html", home)
            return f"{target}#{anchor}" if anchor else target

        text = template.render(layout="offline.html", style=relpath("style.css", home), **parts(path, address))
        file = folder / f"{path or 'index'}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "communique.ttl").write_bytes(reference.write(None, RdfFormat.TURTLE))
    with as_file(files("communique.api") / "static" / "style.css") as style:
        shutil.copyfile(style, folder / "style.css")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
