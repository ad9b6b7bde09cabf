"""Terms of SHACL that may be said of a shape: which of them are read, which are beyond the compiler, which are near."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import SH
from communique.graph.terms.spelling import closest
from communique.graph.validation.compiled.components import PARAMETERS
from communique.graph.validation.compiled.shapes_graph import sh
from communique.graph.validation.compiled.target_reader import TARGETS

_SILENT = ("path", "severity", "message", "deactivated", "name", "description", "order", "group", "defaultValue")
# A shape may also be its own SPARQL constraint, or own prefixes.
_ELSEWHERE = ("select", "ask", "prefixes", "declare", "shapesGraph", "suggestedShapesGraph")
READ = frozenset(map(sh, (*PARAMETERS, *TARGETS, *_SILENT, *_ELSEWHERE)))

# SHACL Advanced Features (Working Group Note of 2017, https://www.w3.org/TR/shacl-af/), of which the compiler knows the
# targets. Term → what it is called and where it is described.
BEYOND: Mapping[NamedNode, str] = MappingProxyType(
    {sh("expression"): "sh:expression (SHACL-AF, expression constraints)"}
)

# What SHACL, its Advanced Features and SHACL-JS define besides: said of a shape it is out of place, or asks for what no
# engine here does (rules and JavaScript).
_REST = (
    *("alternativePath", "inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath", "prefix", "namespace"),
    *("focusNode", "value", "conforms", "result", "resultMessage", "resultPath", "resultSeverity", "detail"),
    *("sourceConstraint", "sourceConstraintComponent", "sourceShape", "shapesGraphWellFormed", "entailment"),
    *("parameter", "optional", "validator", "nodeValidator", "propertyValidator", "labelTemplate", "returnType"),
    *("resultAnnotation", "annotationProperty", "annotationValue", "annotationVarName", "construct", "update"),
    *("rule", "condition", "subject", "predicate", "object", "filterShape", "nodes", "intersection", "union"),
    *("js", "jsFunctionName", "jsLibrary", "jsLibraryURL"),
)
ELSEWHERE = frozenset(map(sh, _REST))

# Letters may be exchanged, missing or too many: minCuont, mincount, minCounts; what differs by more is another word.
_LIKENESS = 0.8


def near(term: NamedNode) -> str | None:
    """Give the term that may be meant by one that SHACL does not define, in short; None where none is like it."""
    known = [known.value.removeprefix(SH) for known in (*READ, *BEYOND, *ELSEWHERE)]
    found = closest(term.value.removeprefix(SH), known, alike=_LIKENESS)
    return f"sh:{found[0]}" if found else None
