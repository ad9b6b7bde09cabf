"""The constraint components of SHACL: where the Recommendation defines them, and what their results say in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pyoxigraph import NamedNode

from communique.graph.terms.namespaces import SH, shorten

RECOMMENDATION = "https://www.w3.org/TR/shacl/"
_ENDING = "ConstraintComponent"

# Component without its ending → section of SHACL 1.0, and what is wrong where a shape has no message of its own.
_CLAUSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Class": ("4.1.1", "The value is not an instance of the class."),
        "Datatype": ("4.1.2", "The value does not have the datatype, or is ill-formed for it."),
        "NodeKind": ("4.1.3", "The value is of another kind: IRI, blank node or literal."),
        "MinCount": ("4.2.1", "There are fewer values than required."),
        "MaxCount": ("4.2.2", "There are more values than allowed."),
        "MinExclusive": ("4.3.1", "The value is not above the bound."),
        "MinInclusive": ("4.3.2", "The value is below the bound."),
        "MaxExclusive": ("4.3.3", "The value is not below the bound."),
        "MaxInclusive": ("4.3.4", "The value is above the bound."),
        "MinLength": ("4.4.1", "The value is too short."),
        "MaxLength": ("4.4.2", "The value is too long."),
        "Pattern": ("4.4.3", "The value does not match the pattern."),
        "LanguageIn": ("4.4.4", "The language of the value is not on the list."),
        "UniqueLang": ("4.4.5", "Several values have the same language."),
        "Equals": ("4.5.1", "The values differ from those of the other property."),
        "Disjoint": ("4.5.2", "The value is also a value of the other property."),
        "LessThan": ("4.5.3", "The value is not less than those of the other property."),
        "LessThanOrEquals": ("4.5.4", "The value is greater than one of the other property."),
        "Not": ("4.6.1", "The value conforms to a shape to which it must not."),
        "And": ("4.6.2", "The value does not conform to all of the shapes."),
        "Or": ("4.6.3", "The value conforms to none of the shapes."),
        "Xone": ("4.6.4", "The value does not conform to exactly one of the shapes."),
        "Node": ("4.7.1", "The value does not conform to the shape that it must have."),
        "Property": ("4.7.2", "The value does not conform to the property shape."),
        "QualifiedMinCount": ("4.7.3", "Fewer values than required conform to the shape."),
        "QualifiedMaxCount": ("4.7.3", "More values than allowed conform to the shape."),
        "Closed": ("4.8.1", "The property is not one of those that the closed shape allows."),
        "HasValue": ("4.8.2", "The required value is missing."),
        "In": ("4.8.3", "The value is not on the list."),
        "SPARQL": ("5", "The query of the shape found this."),
    }
)


def phrase(component: NamedNode) -> str:
    """Say in a sentence what a result of a component means; a component of other people's is named."""
    known = _CLAUSES.get(_local(component))
    return known[1] if known else f"The constraint {shorten(component.value)} is violated."


def clause(component: NamedNode) -> str:
    """Name the section of SHACL 1.0 that defines a component, with its address."""
    local = _local(component)
    if local not in _CLAUSES:
        return f"{shorten(component.value)} is defined by the shapes themselves (SHACL 1.0, section 6)"
    anchor = "QualifiedValueShape" if local.startswith("Qualified") else local
    place = f"{RECOMMENDATION}#{anchor}{_ENDING}"
    return f"sh:{local} is defined in section {_CLAUSES[local][0]} of SHACL 1.0: {place}"


def _local(component: NamedNode) -> str:
    """Take namespace and ending off."""
    return component.value.removeprefix(SH).removesuffix(_ENDING)
