"""Parameters: what a question may be asked with, and how the asker's text becomes SPARQL terms.

A parameter is a line of its own, ``VALUES ?day { "2013-10-23"^^xsd:date }``. The line holds the default, so the
file runs unchanged in any SPARQL tool. Binding replaces every such line in one pass by *serialised terms*: text of
a request never reaches the query, and no value is looked at again as if it were query text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from communique.graph.errors import CommuniqueError, InvalidParameter
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import CONVERTER, shorten, term
from communique.graph.terms.spelling import did_you_mean

Term = NamedNode | Literal

_VALUES = re.compile(r"^([ \t]*)VALUES[ \t]+\?(\w+)[ \t]*\{(.*)\}[ \t]*$", re.MULTILINE)
_PROLOGUE = re.compile(r"^[ \t]*(?:PREFIX|BASE)\b.*$", re.MULTILINE | re.IGNORECASE)
_TAGGED = re.compile(r"(.*)@([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """One thing that a question may be asked with.

    Attributes
    ----------
    name : the variable, without its question mark
    datatype : a key of ``KINDS``
    default : the texts that stand for the defaults, one unless ``repeatable``; ``read`` reads them
    summary : what it chooses
    repeatable : whether several values may be given; the question is then asked of each of them
    of_class : class of the nodes that are meant, such as ``com:Event``; without one, that of the default
    """

    name: str
    datatype: str
    default: tuple[str, ...]
    summary: str
    repeatable: bool = False
    of_class: str | None = None

    def read(self, text: str) -> Term:
        """Turn the asker's text into a term; InvalidParameter names the parameter, the text and what is expected."""
        kind = KINDS[self.datatype]
        try:
            return kind.read(text)
        except (ValueError, CommuniqueError) as error:
            raise InvalidParameter(
                f"{self.name}: {text!r} is not {kind.expected}",
                expected=f"{self.datatype}: {kind.expected}",
                hint=f"write it like {self.default[0]}",
            ) from error


# Returns the node that a text means as the value of a parameter; raises QueryError where there is none, or several.
FindNode = Callable[[QueryParameter, str], NamedNode]


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """How one datatype is read: ``read`` raises ValueError on what is not ``expected``."""

    read: Callable[[str], Term]
    expected: str


def read_values(
    parameters: Iterable[QueryParameter], given: Iterable[tuple[str, str]], find: FindNode | None = None
) -> dict[str, tuple[Term, ...]]:
    """Turn (name, text) pairs into terms per parameter; a value given twice counts once.

    ``find`` returns the node that a text means, where the data can be asked; without it a text must be the IRI.

    Raises
    ------
    InvalidParameter : no such parameter, a text of the wrong type, several values where one is asked for
    """
    known = {parameter.name: parameter for parameter in parameters}
    terms: defaultdict[str, dict[Term, None]] = defaultdict(dict)
    for name, text in given:
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no parameter at all"
            hint = did_you_mean(name, known) or "check the spelling"
            raise InvalidParameter(f"{name}: no such parameter", expected=expected, hint=hint)
        if terms[name] and not known[name].repeatable:
            raise InvalidParameter(f"{name}: given again, as {text!r}", expected="one value", hint="leave one out")
        asks = find if known[name].datatype == "iri" else None
        terms[name][asks(known[name], text) if asks else known[name].read(text)] = None
    return {name: tuple(values) for name, values in terms.items()}


def write_values(text: str, terms: Mapping[str, tuple[Term, ...]]) -> str:
    """Replace the VALUES lines of the variables in ``terms``, all in one pass; every other line stays as it is."""

    def line(match: re.Match[str]) -> str:
        indent, name, _ = match.groups()
        return f"{indent}VALUES ?{name} {{ {' '.join(map(str, terms[name]))} }}" if name in terms else match.group()

    return _VALUES.sub(line, text)


def find_defaults(text: str) -> dict[str, tuple[Term, ...]]:
    """Read the terms in the VALUES lines of a query, by variable.

    A variable may have several lines (a sub-SELECT sees only its own); they must then hold the same terms.
    ValueError when they differ; SyntaxError when a line is not SPARQL; TypeError on UNDEF.
    """
    prologue = prologue_of(text)
    found: dict[str, tuple[Term, ...]] = {}
    for _, name, body in _VALUES.findall(text):
        if found.setdefault(name, _evaluate(prologue, body)) != _evaluate(prologue, body):
            raise ValueError(f"the VALUES lines of ?{name} differ")
    return found


def prologue_of(text: str) -> str:
    """Return the PREFIX and BASE lines of a query."""
    return "\n".join(_PROLOGUE.findall(text))


def write_text(value: Term) -> str:
    """Write a term as the text that ``QueryParameter.read`` reads."""
    if isinstance(value, NamedNode):
        return shorten(value.value)
    return f"{value.value}@{value.language}" if value.language else value.value


def is_of_kind(value: Term, datatype: str) -> bool:
    """Say whether a default has the datatype that its header declares."""
    if isinstance(value, NamedNode) or datatype == "iri":
        return isinstance(value, NamedNode) and datatype == "iri"
    return value.datatype == term(datatype)


def _evaluate(prologue: str, body: str) -> tuple[Term, ...]:
    """Let the SPARQL parser itself read the terms between the braces of a VALUES line."""
    solutions = Store().query(f"{prologue}\nSELECT * {{ VALUES ?it {{ {body} }} }}")
    assert isinstance(solutions, QuerySolutions)
    values = tuple(solution["it"] for solution in solutions)
    if not all(isinstance(value, NamedNode | Literal) for value in values):
        raise TypeError("UNDEF cannot be a default")
    return values


def read_iri(text: str) -> NamedNode:
    """Read ``state/KOR``, ``role:trainee`` or an absolute IRI; ValueError or CommuniqueError when it is none."""
    iri = CONVERTER.expand(text) or (text if ":" in text else None)
    return NamedNode(iri) if iri else entity(text)


def _read_date(text: str) -> Literal:
    """Read a calendar day; week dates and forms without hyphens, which Python knows, are not xsd:date."""
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(text)
    return Literal(text, datatype=term("xsd:date"))


def _read_tagged(text: str) -> Literal:
    """Read ``text@language``; English when no language is written."""
    match = _TAGGED.fullmatch(text)
    return Literal(match[1], language=match[2].lower()) if match else Literal(text, language="en")


def _matching(datatype: str, pattern: str) -> Callable[[str], Term]:
    """Read texts of one lexical form."""

    def read(text: str) -> Literal:
        if not re.fullmatch(pattern, text, re.DOTALL):
            raise ValueError(text)
        return Literal(text, datatype=term(datatype))

    return read


KINDS: Mapping[str, ParameterKind] = MappingProxyType(
    {
        "iri": ParameterKind(read_iri, "an IRI, a prefixed name or a path such as state/KOR"),
        "xsd:date": ParameterKind(_read_date, "a day such as 2013-10-23"),
        "xsd:gYear": ParameterKind(_matching("xsd:gYear", r"[0-9]{4}"), "a year of four digits such as 2018"),
        "xsd:integer": ParameterKind(_matching("xsd:integer", r"[+-]?[0-9]{1,18}"), "a whole number such as 12"),
        "xsd:decimal": ParameterKind(
            _matching("xsd:decimal", r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?"), "a number such as 0.5"
        ),
        "xsd:boolean": ParameterKind(_matching("xsd:boolean", r"true|false"), "true or false"),
        "xsd:string": ParameterKind(_matching("xsd:string", r".*"), "any text"),
        "rdf:langString": ParameterKind(_read_tagged, "any text, with @ and a language where it is not English"),
    }
)
