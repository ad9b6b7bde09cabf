"""The only door to pyshacl-turbo: it judges terms as they were written, and shapes of which no query can be made.

Data and shapes travel as N-Quads written from the parsed terms and are read by its own parser, which keeps every
literal as it is. Shapes come here when the reader of the compiler has checked them: an engine may let a typo pass.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from communique.graph.errors import ShapesError, SourceError
from communique.graph.validation.view import WrittenView

if TYPE_CHECKING:
    from rdflib import Graph

# Shapes of 50 inside one another, each a step to a property and one to a node; its own limit is 15.
_DEEPEST = 500
# So many steps of one recursion are walked; the engine does not let that be set.
RECURSION = 12


def report_on(data: WrittenView, shapes: Iterable[Triple]) -> tuple[Graph, bool]:
    """Check data with shapes; returns the report graph, and whether some recursion was left before its end.

    Named graphs of the data are distinguished only by queries; everything else sees their union.

    Raises
    ------
    SourceError : the data are RDF 1.2
    ShapesError : the engine is not installed or stops; that says nothing about the data
    """
    try:
        from pyshacl_turbo import compile_shapes
        from pyshacl_turbo.errors import ShapeRecursionWarning
        from pyshacl_turbo.rdf import Input

        from communique.graph.validation.engines.results_graph import unnormalized_literals
    except ImportError as error:
        raise ShapesError(f"pyshacl-turbo cannot be loaded: {error}", hint="pip install pyshacl-turbo") from error

    def taken(quads: Iterable[Quad]) -> Input:
        text = serialize(_plain(quads), format=RdfFormat.N_QUADS) or b""
        return Input(text.decode(), "nquads", None, {}, preserve_ids=True)

    try:
        with unnormalized_literals(), warnings.catch_warnings(record=True) as noticed:
            warnings.simplefilter("always")
            program = compile_shapes(taken(Quad(*triple) for triple in shapes), advanced=True)
            found = program.validate(taken(data.quads()), max_validation_depth=_DEEPEST)
    except (KeyboardInterrupt, SystemExit, SourceError):
        raise
    # A panic of its native part is no Exception.
    except BaseException as error:
        raise ShapesError(
            f"pyshacl-turbo stopped: {str(error).strip() or type(error).__name__}",
            hint="correct the shapes; the data was not judged",
        ) from error
    return found[1], any(issubclass(each.category, ShapeRecursionWarning) for each in noticed)


def _plain(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Refuse what RDF 1.2 added, which SHACL 1.0 does not speak of and the engine does not read."""
    for quad in quads:
        if isinstance(quad.object, Triple) or getattr(quad.object, "direction", None):
            raise SourceError(
                f"this is RDF 1.2, of which SHACL 1.0 does not speak: {quad.triple}",
                expected="no triple in the place of a node, no text with a direction",
                hint="leave such statements out; the data was not judged",
            )
        yield quad
