"""A module of the ontology → a picture of its classes as SVG: boxes with their properties, lines to superclasses.

The layout is fixed: a root to the left, what is below it to the right, a row per property. The picture needs no other
file; its colours come from the style sheet of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import COM, shorten
from communique.graph.terms.vocabulary import Term, classes, terms

CHARACTER, LINE, PADDING = 6.7, 17, 8  # width of a character, height of a row, room inside a box, all in pixels
GAP_X, GAP_Y, MARGIN = 70, 18, 90
LONGEST = 46  # characters of a row; what is longer ends in …

Link = Callable[[Term], str]


@dataclass(slots=True)
class Box:
    """A class with its place and size in pixels."""

    term: Term
    rows: list[tuple[Term, str]]
    below: list[Box] = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def title(self) -> str:
        """Its name, and its superclasses where these stand in another picture."""
        outside = [parent for parent in self.term.parents if parent.value.startswith(COM)]
        is_root = not outside or all(_is_of(parent.value.removeprefix(COM), self.term.module) for parent in outside)
        return self.term.key if is_root else f"{self.term.key} < {', '.join(shorten(each.value) for each in outside)}"

    @property
    def width(self) -> float:
        """Room for the longest text."""
        return 2 * PADDING + CHARACTER * max(map(len, (self.title, *(text for _, text in self.rows))))

    @property
    def height(self) -> float:
        """Room for the title and the rows."""
        return LINE * (1 + len(self.rows)) + PADDING

    @property
    def span(self) -> float:
        """Room for the box, or for all that are below it."""
        return max(self.height, sum(box.span for box in self.below) + GAP_Y * (len(self.below) - 1))

    def every(self) -> Iterator[Box]:
        """Yield the box and those below it."""
        yield self
        for box in self.below:
            yield from box.every()


def draw(module: str, link: Link) -> str:
    """Draw the classes of a module; empty where it has none. ``link`` gives the address of a term."""
    roots = _boxes(module)
    if not roots:
        return ""
    width, height = _place(roots)
    every = {box.term.iri: box for root in roots for box in root.every()}
    lines = "".join(_inheritance(box, lower) for box in every.values() for lower in box.below)
    lines += "".join(_reference(box, row, every) for box in every.values() for row in range(len(box.rows)))
    boxes = "".join(_box(box, link) for box in every.values())
    return (
        f'<svg class="diagram" xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" aria-label="Classes of the module {module} and their properties">'
        '<defs><marker id="to-class" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="9" markerHeight="9" '
        'orient="auto-start-reverse"><path class="hollow" d="M0 0 10 5 0 10z"/></marker>'
        '<marker id="to-value" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="line" d="M1 1 9 5 1 9"/></marker></defs>'
        f"{lines}{boxes}</svg>\n"
    )


def _is_of(key: str, module: str) -> bool:
    return key in classes() and classes()[key].module == module


def _boxes(module: str) -> list[Box]:
    """Make the boxes of a module and return the roots among them."""
    own = {term.iri: Box(term, _rows(term)) for term in classes().values() if term.module == module}
    roots: list[Box] = []
    for box in own.values():
        above = next((own[parent] for parent in box.term.parents if parent in own), None)
        (roots if above is None else above.below).append(box)
    return roots


def _rows(term: Term) -> list[tuple[Term, str]]:
    """List the properties that are meant for a class, with what they lead to."""
    rows = []
    for found in terms().values():
        if term.iri in found.domain_includes and found.kind in ("object", "datatype"):
            ends = [f"{found.scheme} list"] if found.scheme else [_short(end.value) for end in found.range_includes]
            text = f"{found.key}: {', '.join(ends)}"
            rows.append((found, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"))
    return rows


def _short(iri: str) -> str:
    name = shorten(iri)
    return {"rdfs:Resource": "anything", "rdf:langString": "text"}.get(name, name.partition(":")[2])


def _place(roots: list[Box]) -> tuple[float, float]:
    """Give each box its place, a column per depth, and return the size of the picture."""
    columns: dict[int, float] = {}

    def measure(box: Box, depth: int) -> None:
        columns[depth] = max(columns.get(depth, 0), box.width)
        for lower in box.below:
            measure(lower, depth + 1)

    def put(box: Box, depth: int, top: float) -> None:
        box.x = MARGIN + sum(columns[each] + GAP_X for each in range(depth))
        box.y = top
        for lower in box.below:
            put(lower, depth + 1, top)
            top += lower.span + GAP_Y

    for root in roots:
        measure(root, 0)
    top: float = GAP_Y
    for root in roots:
        put(root, 0, top)
        top += root.span + GAP_Y
    return MARGIN + sum(columns.values()) + GAP_X * (len(columns) - 1) + GAP_Y, top


def _box(box: Box, link: Link) -> str:
    """Draw a box with a link for the class and for each of its properties."""
    parts = [
        f'<rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="3"/>'
    ]
    for number, (term, text) in enumerate([(box.term, box.title), *box.rows]):
        kind, y = ("row" if number else "title"), box.y + LINE * (number + 1) - 3
        label = f'<text class="{kind}" x="{box.x + PADDING:.1f}" y="{y:.1f}">{escape(text)}</text>'
        parts.append(f'<a href="{escape(link(term))}">{label}</a>')
    return "".join(parts)


def _inheritance(upper: Box, lower: Box) -> str:
    """Draw the line from a class to its superclass."""
    x, y, end = lower.x, lower.y + LINE / 2 + 2, upper.x + upper.width
    half, at = lower.x - GAP_X / 2, upper.y + LINE / 2 + 2
    return f'<path class="line" d="M{x:.1f} {y:.1f}H{half:.1f}V{at:.1f}H{end:.1f}" marker-end="url(#to-class)"/>'


def _reference(box: Box, row: int, every: Mapping[NamedNode, Box]) -> str:
    """Draw a line from a property to a class of the same column that it leads to."""
    term, _ = box.rows[row]
    target = next((every[end] for end in term.range_includes if end in every), None)
    if target is None or target.x != box.x or target is box:
        return ""
    y, at = box.y + LINE * (row + 1.6), target.y + LINE / 2 + 2
    bend = min(MARGIN - 10, 25 + abs(y - at) / 12)
    left = box.x - bend
    curve = f"M{box.x:.1f} {y:.1f}C{left:.1f} {y:.1f} {left:.1f} {at:.1f} {target.x:.1f} {at:.1f}"
    return f'<path class="faint" d="{curve}" marker-end="url(#to-value)"/>'
