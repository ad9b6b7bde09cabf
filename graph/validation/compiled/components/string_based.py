"""String-based components: lengths, sh:pattern, sh:languageIn, sh:uniqueLang (SHACL 1.0, section 4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, QuerySolutions, Store

from communique.graph.validation.compiled.shapes import (
    Constraint,
    RowConstraint,
    ShapeReading,
    ValueConstraint,
    ValueNodes,
    Violations,
)
from communique.graph.validation.compiled.shapes_graph import STRING, TRUE, sh
from communique.graph.validation.compiled.sparql import every, negated, some, sure, text


@dataclass(frozen=True, slots=True)
class MinLength(ValueConstraint):
    """Section 4.4.1: the text of each value node has this many characters or more; blank nodes have no text."""

    component = sh("MinLengthConstraintComponent")
    parameters = ("minLength",)
    least: int

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        least = reading.at.integer("minLength")
        if least is not None:
            yield cls(least)

    def holds(self, nodes: ValueNodes) -> str:
        return every([f"!isBlank({nodes.value})", f"STRLEN(STR({nodes.value})) >= {self.least}"])


@dataclass(frozen=True, slots=True)
class MaxLength(ValueConstraint):
    """Section 4.4.2: the text of each value node has this many characters or fewer; blank nodes have no text."""

    component = sh("MaxLengthConstraintComponent")
    parameters = ("maxLength",)
    most: int

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        most = reading.at.integer("maxLength")
        if most is not None:
            yield cls(most)

    def holds(self, nodes: ValueNodes) -> str:
        return every([f"!isBlank({nodes.value})", f"STRLEN(STR({nodes.value})) <= {self.most}"])


@dataclass(frozen=True, slots=True)
class PatternComponent(ValueConstraint):
    """Section 4.4.3: the text of each value node matches a regular expression of SPARQL."""

    component = sh("PatternConstraintComponent")
    parameters = ("pattern", "flags")
    pattern: str
    flags: str

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most; refuse an expression that would be an error for every value."""
        pattern, flags = reading.at.text("pattern"), reading.at.text("flags") or ""
        if pattern is None:
            if flags:
                reading.warn("sh:flags without sh:pattern has no effect")
            return
        if not _is_regex(pattern, flags):
            raise reading.at.ill_formed(
                "pattern",
                f"{pattern!r} with flags {flags!r}",
                "a regular expression of XPath, without look-around and back-references",
                "correct it, or say the same with sh:or of two patterns",
            )
        yield cls(pattern, flags)

    def holds(self, nodes: ValueNodes) -> str:
        texts = [text(Literal(part)) for part in (self.pattern, self.flags) if part]
        return every([f"!isBlank({nodes.value})", sure(f"REGEX({', '.join([f'STR({nodes.value})', *texts])})")])


@dataclass(frozen=True, slots=True)
class LanguageIn(ValueConstraint):
    """Section 4.4.4: each value node is a string in one of the languages, or in a regional form of one."""

    component = sh("LanguageInConstraintComponent")
    parameters = ("languageIn",)
    ranges: tuple[str, ...]

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most."""
        members = reading.at.members("languageIn")
        if members is None:
            return
        for member in members:
            if not isinstance(member, Literal) or member.datatype != STRING:
                hint = "write it in quotes, without a language"
                raise reading.at.ill_formed("languageIn", str(member), "a language tag as xsd:string", hint)
        yield cls(tuple(member.value for member in members))

    def holds(self, nodes: ValueNodes) -> str:
        matches = (f"LANGMATCHES(LANG({nodes.value}), {text(Literal(tag))})" for tag in self.ranges)
        return every([f"isLiteral({nodes.value})", some(matches)])


@dataclass(frozen=True, slots=True)
class UniqueLang(RowConstraint):
    """Section 4.4.5: no two value nodes are in the same language; one result per language."""

    component = sh("UniqueLangConstraintComponent")
    parameters = ("uniqueLang",)

    @classmethod
    def read(cls, reading: ShapeReading) -> Iterator[Constraint]:
        """Read one constraint at most; only property shapes may have it, and only ``true`` switches it on."""
        flag = reading.at.flag("uniqueLang")
        if flag is None:
            return
        reading.only_for_property_shapes("uniqueLang")
        if flag == TRUE:
            yield cls()
        elif flag.value == "1":
            reading.warn('sh:uniqueLang "1" has no effect: only the literal true switches it on')

    def violations(self, nodes: ValueNodes) -> Violations:
        one, other, language = (nodes.names.fresh(stem) for stem in ("one", "other", "language"))
        same = every([f'{language} != ""', f"LANG({other}) = {language}", f"!SAMETERM({one}, {other})"])
        pattern = (
            f"{nodes.scope} {nodes.values(one)} {nodes.values(other)} BIND(LANG({one}) AS {language}) FILTER({same})"
        )
        return Violations(pattern, distinct_by=(language,))

    def holds(self, nodes: ValueNodes) -> str:
        one, other = nodes.names.fresh("one"), nodes.names.fresh("other")
        repeated = nodes.meets(other, every([f"LANG({other}) = LANG({one})", f"!SAMETERM({one}, {other})"]))
        return negated(nodes.meets(one, every([f'LANG({one}) != ""', repeated])))


def _is_regex(pattern: str, flags: str) -> bool:
    """Say whether an engine takes the expression: its value is an error, hence unbound, otherwise."""
    probe = f"SELECT (REGEX('', {text(Literal(pattern))}, {text(Literal(flags))}) AS ?is) WHERE {{}}"
    rows = Store().query(probe)
    return isinstance(rows, QuerySolutions) and any(row["is"] is not None for row in rows)
