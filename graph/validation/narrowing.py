"""Set queries asked of what a change touches: the lines in which they are narrowed, and what they read.

A set query looks at everything. Where it begins with certain nodes it has an open line, ``VALUES ?this { UNDEF }``,
which means nothing to SPARQL; to ask about a few nodes, they are put there. The key ``reads`` of the header says for
each such variable over which paths, beginning at its value, triples are read that decide about a row. Several
variables stand for the parts of one changed quad: ``this`` for its subject, ``value`` for its object, ``graph``.

    #+ reads:
    #+   naming: "com:nameText|com:validFrom|^com:hasNaming"
    #+   this graph: "any"
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode

from communique.graph.validation.compiled.path_text import read_path
from communique.graph.validation.compiled.paths import Path
from communique.graph.validation.compiled.sparql import text
from communique.graph.validation.results import Term

# Values of the first of several variables, or of all of them; of the others any value is meant.
Row = tuple[Term, ...]

_OPEN = re.compile(r"VALUES (?P<names>\?\w+|\([?\w ]+\)) \{ [(UNDEF )]+ \}")


@dataclass(frozen=True, slots=True)
class Narrow:
    """A query that can be asked of a few nodes.

    Attributes
    ----------
    query : with its open lines
    reads : variables, separated by spaces → the paths that are read from the first of them
    """

    query: str
    reads: Mapping[str, Path]

    @property
    def reads_every_quad(self) -> bool:
        """Tell whether each changed quad is looked at, whatever its property."""
        paths = (path for names, path in self.reads.items() if " " in names)
        return any(step.predicate is None for path in paths for step in path.steps())

    @classmethod
    def of(cls, query: str, reads: Mapping[str, str]) -> Narrow:
        """Read the paths; ShapesError where one is no path."""
        return cls(query, {names: read_path(path) for names, path in reads.items()})

    def about(self, names: str, rows: Sequence[Row]) -> str:
        """Write the query about values of some of its variables, or of the first of these, in rows of one length.

        What has no name cannot be asked for.
        """
        named = (row for row in rows if not any(isinstance(term, BlankNode) for term in row))
        written = " ".join(f"({' '.join(map(text, row))})" for row in named)
        meant = names.split()[: len(rows[0]) if rows else None]
        given = f"VALUES ({' '.join('?' + name for name in meant)}) {{ {written} }}"
        filled = _OPEN.sub(lambda line: given if _names(line["names"]) == names else "", self.query)
        return filled.replace("MINUS {", "FILTER NOT EXISTS {")


def widen(query: str) -> str:
    """Take the open lines out of a query, to ask it of everything."""
    return _OPEN.sub("", query)


def _names(variables: str) -> str:
    """Name variables as the key of ``reads`` does."""
    return variables.strip("()").replace("?", "")
