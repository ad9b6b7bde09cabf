"""SHACL compiled to SPARQL: shapes in, a plan of set-based queries out (SHACL Core and SHACL-SPARQL 1.0).

    shapes graph ──reader──▶ shapes ──planner──▶ checks ──run──▶ results
                                                    └────changes──▶ focus nodes that a change may concern

A plan can be read before it is run (``explain``), runs on anything that answers SPARQL 1.1, and refuses at compile
time what it cannot check. Where to look: ``components/`` has one module per section of the specification, ``paths``
and ``targets`` its sections 2.3.1 and 2.1.3; ``prebinding`` makes queries of shapes set-based.

>>> from pyoxigraph import RdfFormat, Store, parse
>>> shapes = '''
... PREFIX sh: <http://www.w3.org/ns/shacl#>
... PREFIX com: <https://w3id.org/communique/ns#>
... [] a sh:NodeShape ; sh:targetClass com:Event ;
...    sh:property [ sh:path com:city ; sh:maxCount 1 ; sh:message "One city per event." ] .'''
>>> data = '''
... PREFIX com: <https://w3id.org/communique/ns#>
... <urn:forum> a com:Event ; com:city <urn:seoul> , <urn:jeju> .'''
>>> store = Store()
>>> store.load(data.encode(), format=RdfFormat.TURTLE)
>>> plan = compile_shapes(parse(shapes.encode(), format=RdfFormat.TURTLE))
>>> for result in plan.validate(store.query).results:
...     print(result.focus, result.path, result.message)
<urn:forum> <https://w3id.org/communique/ns#city> One city per event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode, Quad, Store, Triple

from communique.graph.errors import NotCompiled
from communique.graph.terms.namespaces import shorten
from communique.graph.validation.compiled.checks import Check
from communique.graph.validation.compiled.plan import Plan
from communique.graph.validation.compiled.planner import plan_shape
from communique.graph.validation.compiled.reader import Reader
from communique.graph.validation.compiled.shapes import Shape, ShapesWarning, WarningKind
from communique.graph.validation.compiled.shapes_graph import Node, ShapesGraph

__all__ = ["NO_TARGET", "Plan", "compile_shapes"]

NO_TARGET = "no shape has a target: nothing is checked"


def compile_shapes(
    shapes: Iterable[Triple | Quad] | Store, *, shapes_graph: NamedNode | None = None, is_lenient: bool = False
) -> Plan:
    """Compile a shapes graph into a plan.

    Parameters
    ----------
    shapes : the triples of the shapes graph, in any graph. Straight from a parser they keep their lexical forms, which
        a store does not: there ``sh:uniqueLang "1"`` counts as ``true``
    shapes_graph : name of the graph in the data that holds the shapes too, for queries that use ``$shapesGraph``
    is_lenient : collect well-formed shapes that cannot be compiled in ``Plan.unsupported`` instead of stopping at the
        first; such a shape is not checked, so hand it to another validator

    Raises
    ------
    ShapesError : a shape is ill-formed or uses what SHACL does not know. The message names the shape and the
        construct, the hint says what to do
    NotCompiled : a shape is recursive or uses what this compiler does not know
    """
    reader = Reader(ShapesGraph(shapes), shapes_graph)
    failed: dict[Node, NotCompiled] = {}

    def read(node: Node) -> Iterator[tuple[Shape, tuple[Check, ...]]]:
        shape = reader.shape(node)
        obstacle = reader.obstacle(shape)
        if obstacle is None:
            yield shape, plan_shape(shape)
        elif is_lenient:
            failed[node] = obstacle
        else:
            raise obstacle

    targeted = [pair for node in reader.targeted() for pair in read(node)]
    unused = tuple(node for node in reader.declared() if not reader.has_read(node) and node not in failed)
    for node in unused:
        list(read(node))
    return Plan(
        shapes=tuple(shape for shape, _ in targeted),
        checks=tuple(check for _, checks in targeted for check in checks),
        unused=tuple(node for node in unused if node not in failed),
        warnings=tuple(_warnings(reader, unused, failed, has_targets=bool(targeted))),
        unsupported=failed,
        unknown=tuple(reader.unknown),
    )


def _warnings(
    reader: Reader, unused: Iterable[Node], failed: Mapping[Node, NotCompiled], *, has_targets: bool
) -> Iterator[ShapesWarning]:
    """Warn of what constrains nothing, and of shapes that check nothing or are not checked."""
    for term, places in reader.unknown.items():
        where = f"{places[0]}{f' and {len(places) - 1:,} more' if len(places) > 1 else ''}"
        yield ShapesWarning(
            WarningKind.UNKNOWN_TERM,
            f"not understood: {shorten(term.value)} is no term of SHACL 1.0 and constrains nothing; said of {where}",
        )
    yield from reader.warnings
    if not has_targets:
        yield ShapesWarning(WarningKind.NO_TARGET, NO_TARGET)
    for node in unused:
        yield ShapesWarning(WarningKind.UNUSED, f"{node}: no target and no shape that uses it: it checks nothing")
    for node, error in failed.items():
        yield ShapesWarning(WarningKind.NOT_COMPILED, f"{node}: not compiled, so not checked: {error}")
