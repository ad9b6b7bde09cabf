"""Rules that join many nodes: one SELECT each, of which every row is a finding.

As ``sh:sparql`` such a rule would be run once per focus node; as a set query it is run once. The files are
``queries/qc/*.rq``. Their ``#+`` header has: ``summary``; ``rule``, its number; ``severity`` (Violation, Warning,
Info); ``scope`` (document, union); ``of``, where every focus node is said to be of one class; ``message``, in which
``{?name}`` stands for the value of a variable; ``reads``, from which follows where a change matters (see
``narrowing``); and where all rows have one, ``path``. A row has ``?this``, the focus node, and may have ``?value``,
``?path`` and ``?graph``. What SPARQL cannot compute in a readable way is an extension function (SPARQL 1.1, section
17.6) of ``FUNCTIONS``.

The engine (pyoxigraph 0.5) evaluates a query much as it is written, which is why some rules are. What few rows
satisfy comes first: pairs of property and class that do not fit are selected before the nodes that have them, which at
a million quads takes a thousandth of the time. An ``OPTIONAL`` behind such a selection is looked up row by row, where a
join would read everything. Two selections side by side are joined by what they share; as one pattern, each state would
be compared with all, and all members would be walked once per count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml
from pyoxigraph import Literal, NamedNode

from communique.graph.errors import ShapesError
from communique.graph.terms.check_digits import lei_fits, ror_fits
from communique.graph.terms.identifiers import document_of
from communique.graph.terms.namespaces import SH, SHAPES, shorten, term
from communique.graph.validation.compiled.threads import side_by_side
from communique.graph.validation.narrowing import NarrowableQuery
from communique.graph.validation.results import Term, ValidationReport, ValidationResult, merge
from communique.graph.validation.view import View

COMPONENT = NamedNode(SHAPES + "SetQueryConstraintComponent")


_LEI = re.compile(r"gleif[.]org/.*[/-]([0-9A-Z]{18}[0-9]{2})$")

_ROR = re.compile(r"^https://ror[.]org/(0[0-9a-hj-km-np-tv-z]{6}[0-9]{2})$")

_KEYS = {"summary", "description", "rule", "severity", "scope", "of", "reads", "message", "path"}

_NEEDED = _KEYS - {"description", "of", "path"}

_CHOICES = {"severity": {"Violation", "Warning", "Info"}, "scope": {"document", "union"}}

_PLACEHOLDER = re.compile(r"\{\?(\w+)\}")


def _check_digit_fault(identifier: object) -> Literal | None:
    """Say what is wrong with the check digits of an LEI or a ROR, given by its IRI; None where nothing is."""
    iri = identifier.value if isinstance(identifier, NamedNode) else ""
    if (lei := _LEI.search(iri)) and not lei_fits(lei[1]):
        return Literal("whose check digits do not fit the LEI")
    if (ror := _ROR.search(iri)) and not ror_fits(ror[1]):
        return Literal("whose check digits do not fit the ROR")
    return None


# Functions of ours that rules may call.
FUNCTIONS: Mapping[NamedNode, Callable[..., Literal | None]] = MappingProxyType(
    {NamedNode(SHAPES + "checkDigitFault"): _check_digit_fault}
)


@dataclass(frozen=True, slots=True)
class SetRule:
    """One query of ``queries/qc``.

    Attributes
    ----------
    stem : its file without suffix
    path : a prefixed name or empty
    of : the class that its focus nodes are said to be of, if it asks for one
    query : what is asked of everything
    narrow : what is asked of some nodes
    """

    stem: str
    number: str
    summary: str
    severity: NamedNode
    scope: str
    message: str
    path: str
    query: str
    narrow: NarrowableQuery
    of: NamedNode | None = None

    @property
    def shape(self) -> NamedNode:
        """The IRI under which results name this rule as their source."""
        return NamedNode(f"{SHAPES}{self.number}-{self.stem}")


@cache
def set_rules() -> tuple[SetRule, ...]:
    """All rules that are set queries, by number and stem."""
    entries = (entry for entry in files("communique.queries").joinpath("qc").iterdir() if entry.name.endswith(".rq"))
    found = (read_rule(entry.name.removesuffix(".rq"), entry.read_text(encoding="utf-8")) for entry in entries)
    return tuple(sorted(found, key=lambda rule: (rule.number, rule.stem)))


def read_rule(stem: str, query: str) -> SetRule:
    """Read header and query of one rule; ShapesError when the header is not as described above."""
    place = f"queries/qc/{stem}.rq"
    lines = [line.removeprefix("#+") for line in query.splitlines() if line.startswith("#+")]
    try:
        header = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        raise ShapesError(f"{place}: the header is not YAML: {error}") from error
    if not isinstance(header, dict) or _NEEDED - header.keys() or header.keys() - _KEYS:
        found = ", ".join(map(str, header)) if isinstance(header, dict) else "no keys"
        expected = ", ".join(sorted(_NEEDED)) + "; perhaps description, of, path"
        raise ShapesError(f"{place}: the header has {found}", expected=expected)
    for key, choices in _CHOICES.items():
        if header[key] not in choices:
            raise ShapesError(f"{place}: {key} is {header[key]!r}", expected=" or ".join(sorted(choices)))
    try:
        narrow = NarrowableQuery.of(query, header["reads"])
    except ShapesError as error:
        raise ShapesError(f"{place}: {error.message}", expected=error.expected, hint=error.hint) from error
    return SetRule(
        stem=stem,
        number=header["rule"],
        summary=header["summary"],
        severity=NamedNode(SH + header["severity"]),
        scope=header["scope"],
        message=header["message"],
        path=header.get("path", ""),
        query=query,
        narrow=narrow,
        of=term(header["of"]) if "of" in header else None,
    )


def check(view: View, scope: str) -> ValidationReport:
    """Run the rules of a scope on a view."""
    return ask_all((rule for rule in set_rules() if rule.scope == scope), lambda rule: findings(rule, view))


def ask_all(rules: Iterable[SetRule], ask: Callable[[SetRule], Iterable[ValidationResult]]) -> ValidationReport:
    """Ask rules side by side."""
    return merge(side_by_side(lambda rule: ValidationReport(tuple(ask(rule))), rules))


def findings(rule: SetRule, view: View, query: str | None = None) -> Iterator[ValidationResult]:
    """Run one rule, or the narrower ``query`` of it; every row is a result, of the document whose graph it names.

    ShapesError when it cannot be run.
    """
    try:
        solutions = view.select(query or rule.query, FUNCTIONS)
    except (SyntaxError, OSError) as error:
        raise ShapesError(f"queries/qc/{rule.stem}.rq cannot be run: {error}") from error
    names = {variable.value for variable in solutions.variables}
    for row in solutions:
        values = {name: row[name] for name in names if row[name] is not None}
        shown = {name: _show(view.original(value)) for name, value in values.items()}
        path = values.get("path", term(rule.path) if rule.path else None)
        yield ValidationResult(
            focus=values["this"],
            path=None if path is None else str(path),
            value=values.get("value"),
            component=COMPONENT,
            shape=rule.shape,
            severity=rule.severity,
            message=_fill(rule.message, shown),
            document=document_of(values.get("graph")),
        )


def _show(value: Term) -> str:
    """Write a term for people: names short, literals without their datatype."""
    return value.value if isinstance(value, Literal) else shorten(str(value).strip("<>"))


def _fill(message: str, shown: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: shown.get(match[1], "nothing"), message)
