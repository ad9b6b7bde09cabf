"""Draw the network picture of the README from the published graph: ``python docs/picture.py > docs/network.svg``.

States stand on a circle, the busiest in its middle, so that the same graph gives the same picture.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable
from html import escape

from communique.graph import networks

# Layer → colour, width, and what the legend says.
LAYERS = {
    "co-participation": ("#c9ced6", 1.0, "took part in the same event"),
    "training": ("#2563a8", 2.0, "trained officials of"),
    "visit": ("#c2570c", 2.0, "sent a delegation to"),
}
WIDTH, HEIGHT, RADIUS = 760, 430, 165


def draw(run: Callable[[str], bytes]) -> str:
    """Write the picture as SVG; ``run`` answers SPARQL, see ``networks``."""
    drawn = {name: networks.project(run, name, data_version="") for name in LAYERS}
    labels = {row["iri"]: row["label"] for each in drawn.values() for row in networks.formats.node_rows(each)}
    edges = [(name, row["source"], row["target"]) for name in LAYERS for row in networks.formats.edge_rows(drawn[name])]
    ties = Counter(end for _, *ends in edges for end in ends)
    middle, *others = sorted(labels, key=lambda iri: (-ties[iri], labels[iri]))
    others.sort(key=lambda iri: labels[iri])
    places = {middle: (WIDTH / 2, HEIGHT / 2 - 12)}
    for number, iri in enumerate(others):
        angle = 2 * math.pi * number / len(others)
        places[iri] = (WIDTH / 2 + 1.6 * RADIUS * math.sin(angle), HEIGHT / 2 - 12 - RADIUS * math.cos(angle))
    lines = [_line(name, places[one], places[other]) for name, one, other in edges]
    marks = [_node(places[iri], labels[iri], iri == middle) for iri in sorted(labels)]
    return "\n".join([_HEAD, *lines, *marks, *_legend(), "</svg>", ""])


def _line(layer: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    colour, width, _ = LAYERS[layer]
    arrow = "" if layer == "co-participation" else f' marker-end="url(#{layer})"'
    # An arrow ends before the circle of its node.
    length = math.dist(start, end)
    share = 1 - 14 / length if arrow else 1
    x, y = (begin + share * (stop - begin) for begin, stop in zip(start, end, strict=True))
    place = f'x1="{start[0]:.0f}" y1="{start[1]:.0f}" x2="{x:.0f}" y2="{y:.0f}"'
    return f'<line {place} stroke="{colour}" stroke-width="{width}"{arrow}/>'


def _node(place: tuple[float, float], label: str, is_middle: bool) -> str:
    x, y = place
    below = y > HEIGHT / 2
    halo = 'text-anchor="middle" paint-order="stroke" stroke="#ffffff" stroke-width="4"'
    text = f'<text x="{x:.0f}" y="{y + (22 if below else -13):.0f}" {halo}>{escape(label)}</text>'
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{9 if is_middle else 6}" fill="#1f2937"/>{text}'


def _legend() -> list[str]:
    parts = []
    for number, (colour, _, words) in enumerate(LAYERS.values()):
        x, y = 60 + 235 * number, HEIGHT - 14
        parts.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 26}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{x + 34}" y="{y}">{words}</text>')
    return parts


_ARROWS = "".join(
    f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
    f'<path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
    for name, (colour, *_) in LAYERS.items()
)
_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13"'
    ' fill="#1f2937" role="img" aria-label="States that trained, visited and met each other">'
    f'<defs>{_ARROWS}</defs><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
)

if __name__ == "__main__":
    from communique.cli.session import Session

    sys.stdout.write(draw(Session.start().run))
