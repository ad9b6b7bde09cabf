"""A report as pages of HTML for people: one page by itself, or a folder with a page per rule.

Each page is self-contained, without script, and holds a bounded number of results, so that a report of any length can
be opened. Text of the data is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from pyoxigraph import Store

from communique.graph.errors import ShapesError
from communique.graph.terms.identifiers import slug
from communique.graph.validation.explanation import Explained, explain_all
from communique.graph.validation.report.summary import ResultGroup, group, name_of, summarize, verdict
from communique.graph.validation.results import ValidationReport

# Results on a page.
LIMIT = 500

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The results on one page, a part of ``total``.

    Attributes
    ----------
    first : number of the first of them, from 1
    rows : the results, explained
    page, pages : number of this page, from 1, and how many there are
    links : file names of the page before and the page after, empty where there is none or where pages are no files
    """

    first: int
    rows: Sequence[Explained]
    total: int
    page: int
    pages: int
    links: tuple[str, str] = ("", "")

    @property
    def last(self) -> int:
        """Return the number of the last result of the part."""
        return self.first + len(self.rows) - 1


def render(report: ValidationReport, store: Store, *, title: str, page: int = 1, limit: int = LIMIT) -> str:
    """Write one page: the summary, and the results of page ``page`` with ``limit`` results each.

    ShapesError when there is no such page.
    """
    total = len(report.results)
    pages = max(1, -(-total // limit))
    if not 1 <= page <= pages:
        raise ShapesError(f"the report has no page {page}", expected=f"1 to {pages}", hint="choose one with --page")
    start = (page - 1) * limit
    shown = report.results[start : start + limit]
    rows = tuple(explain_all(shown, store, report.names))
    part = ResultPage(start + 1, rows, total, page, pages)
    return _template().render(**_summary(report, store, title, {}), part=part, rule=None, home="")


def write_pages(report: ValidationReport, store: Store, folder: Path, *, title: str, limit: int = LIMIT) -> list[Path]:
    """Write a folder: ``index.html``, and for each rule as many pages as its results need; returns all files, in order.

    Files of the same name are replaced, others are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    groups = group(report)
    stems = _stems(report, groups)
    context = _summary(report, store, title, dict(enumerate(stems)))
    pages = chain(
        [(INDEX, _template().render(**context, part=None, rule=None, home=""))],
        *(_rule_pages(report, store, each, stem, (title, limit)) for each, stem in zip(groups, stems, strict=True)),
    )
    written = []
    for name, text in pages:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _rule_pages(
    report: ValidationReport, store: Store, found: ResultGroup, stem: str, how: tuple[str, int]
) -> Iterator[tuple[str, str]]:
    """Write the pages of one rule: names and texts."""
    title, limit = how
    total = len(found.places)
    pages = -(-total // limit)
    names = ["", *(_file(stem, number) for number in range(1, pages + 1)), ""]
    for number in range(1, pages + 1):
        start = (number - 1) * limit
        results = (report.results[place] for place in found.places[start : start + limit])
        rows = tuple(explain_all(results, store, report.names))
        part = ResultPage(start + 1, rows, total, number, pages, (names[number - 1], names[number + 1]))
        yield names[number], _template().render(title=title, part=part, rule=found.rule, home=INDEX)


def _summary(report: ValidationReport, store: Store, title: str, stems: dict[int, str]) -> dict[str, Any]:
    """Collect what the summary shows; ``stems`` are the names of the pages of each group."""
    tone = "good" if report.conforms and any(report.focus_counts.values()) else "warning"
    if not report.is_admissible:
        tone = "violation"
    groups = summarize(report, store)
    counts: Counter[str] = Counter()
    for each in groups:
        counts[each.severity] += each.count
    shapes = [
        (name_of(each, report), count, report.engines.get(each, "")) for each, count in report.focus_counts.items()
    ]
    return {
        "title": title,
        "verdict": verdict(report),
        "tone": tone,
        "counts": counts,
        "notes": report.notes,
        "groups": [(each, _file(stems[place], 1) if stems else "") for place, each in enumerate(groups)],
        "shapes": sorted(shapes, key=lambda row: (row[1] > 0, row[0].lower())),
    }


def _stems(report: ValidationReport, groups: Sequence[ResultGroup]) -> list[str]:
    """Name the pages of each group after its rule and severity; no two are the same."""
    found: list[str] = []
    for each in groups:
        severity = slug(report.results[each.places[0]].severity.value.rpartition("#")[2])
        stem = f"{each.rule.number or slug(each.rule.name)}-{severity}"
        found.append(stem if stem not in found else f"{stem}-n{len(found)}")
    return found


def _file(stem: str, number: int) -> str:
    return f"{stem}.html" if number == 1 else f"{stem}-{number}.html"


def _brief(text: str) -> str:
    """Write an IRI by its last part; everything else as it is."""
    if not text.startswith(("http://", "https://")):
        return text
    return f"…{text[max(text.rfind('/', 0, -1), text.rfind('#', 0, -1)) :]}"


@cache
def _template() -> Template:
    folder = files("communique.graph.validation.report").joinpath("templates")
    loader = FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["grouped"] = lambda number: f"{number:,}"
    environment.filters["brief"] = _brief
    return environment.get_template("page.html")
