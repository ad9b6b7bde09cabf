"""The constraint components of SHACL, one module per section of the specification."""

from __future__ import annotations

from communique.graph.validation.compiled.components.cardinality import MaxCount, MinCount
from communique.graph.validation.compiled.components.logical import And, Not, Or, Xone
from communique.graph.validation.compiled.components.other import Closed, HasValue, In
from communique.graph.validation.compiled.components.property_pair import Disjoint, Equals, LessThan, LessThanOrEquals
from communique.graph.validation.compiled.components.shape_based import (
    NodeComponent,
    PropertyComponent,
    QualifiedMaxCount,
    QualifiedMinCount,
)
from communique.graph.validation.compiled.components.sparql import SparqlConstraint
from communique.graph.validation.compiled.components.string_based import (
    LanguageIn,
    MaxLength,
    MinLength,
    PatternComponent,
    UniqueLang,
)
from communique.graph.validation.compiled.components.value_range import (
    MaxExclusive,
    MaxInclusive,
    MinExclusive,
    MinInclusive,
)
from communique.graph.validation.compiled.components.value_type import Class, Datatype, NodeKind

# In the order of the specification; each reads its own constraints of a shape.
COMPONENTS = (
    Class,
    Datatype,
    NodeKind,
    MinCount,
    MaxCount,
    MinExclusive,
    MinInclusive,
    MaxExclusive,
    MaxInclusive,
    MinLength,
    MaxLength,
    PatternComponent,
    LanguageIn,
    UniqueLang,
    Equals,
    Disjoint,
    LessThan,
    LessThanOrEquals,
    Not,
    And,
    Or,
    Xone,
    NodeComponent,
    PropertyComponent,
    QualifiedMinCount,
    QualifiedMaxCount,
    Closed,
    HasValue,
    In,
    SparqlConstraint,
)

PARAMETERS = tuple(dict.fromkeys(name for component in COMPONENTS for name in component.parameters))
