"""What the writer of a SPARQL text that is not well-formed may have meant.

Each function guesses from the tokens near the fault. No guess is believed here: ``graph.hints.syntax`` lets the parser
try it.
"""

from __future__ import annotations

from collections.abc import Iterator

from communique.graph.hints.faults import Fault, Repair
from communique.graph.hints.repairs import clauses, groups, keywords, literals, names, slips

__all__ = ["repairs"]

_PROPOSALS = (
    *(literals.signs, names.prologue, names.prefixes, names.bare_iris, literals.openings, literals.languages),
    *(keywords.misspelt, keywords.operators, clauses.projection, clauses.grouping, clauses.naming, clauses.numbers),
    *(groups.braces, clauses.order, groups.brackets, slips.slips, groups.subqueries, groups.dots),
    *(groups.incomplete, groups.surplus, groups.missing_brace, keywords.bare_words),
)


def repairs(fault: Fault) -> Iterator[Repair]:
    """Propose repairs, the likelier first."""
    if fault.tokens:
        for propose in _PROPOSALS:
            yield from propose(fault)
