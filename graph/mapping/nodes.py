"""Identifiers and texts, written out or with placeholders that the columns of a row fill.

An authored document has texts alone. In a mapping of tables a text such as ``agreement/world-{number}`` is read, once
and for all, as its parts: texts, and placeholders for columns.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from communique.graph.errors import MappingError
from communique.graph.sources.tree import Scalar, wrong
from communique.graph.terms.identifiers import entity, slug, tail
from communique.graph.terms.spelling import did_you_mean

# First step of the path of every identifier that data may use.
_KINDS = """
state place org delegation group person series event agreement provision party signature participation membership
count name post-holding evidence statement rank indicator follow-up commitment monitoring aim plan programme service
pledge candidate document publication score
actor collective family statehood programme-participation flow lineage assessment recommendation discrepancy
"""
KINDS = tuple(_KINDS.split())

_STEP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A column in a text.

    Attributes
    ----------
    column : its name in the mapping
    aspect : what is taken of its value; empty for the value itself
    default : text that stands there when the value is missing; None when nothing can be made without it
    kind : first step of the identifiers in a column of nodes; None for any other column
    """

    column: str
    aspect: str = ""
    default: str | None = None
    kind: str | None = None

    def __str__(self) -> str:
        aspect = f".{self.aspect}" if self.aspect else ""
        default = "" if self.default is None else f"|{self.default}"
        return f"{{{self.column}{aspect}{default}}}"


@dataclass(frozen=True, slots=True)
class RowTemplate:
    """Texts and placeholders, of these at least one, in their order; as a text it is what the author wrote."""

    parts: tuple[str | Placeholder, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The placeholders, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    @property
    def is_node(self) -> bool:
        """Whether it is the identifier of a node that a column holds, and nothing else."""
        whole = self.parts[-1]
        return (
            len(self.parts) == 2
            and isinstance(whole, Placeholder)
            and not whole.aspect
            and whole.kind is not None
            and self.parts[0] == f"{whole.kind}/"
        )


# A path below the data base, ``kind/key``, or a step of one.
Identifier = str | RowTemplate


@dataclass(frozen=True, slots=True)
class TemplateScalar(Scalar):
    """A text with placeholders; ``text`` is as written."""

    template: RowTemplate


def identify(text: Scalar) -> NamedNode:
    """Read an identifier that is written out, ``kind/key``; MappingError when its form or its kind is none of ours."""
    return _check(text.text, text)


def identifier_of(text: Scalar) -> Identifier:
    """Return a text as an identifier, unchecked; a column of nodes alone is the identifier of what it holds."""
    if not isinstance(text, TemplateScalar):
        return text.text
    first, *others = text.template.parts
    if isinstance(first, Placeholder) and first.kind and not others:
        return RowTemplate((f"{first.kind}/", first))
    return text.template


def read_identifier(text: Scalar) -> Identifier:
    """Read an identifier, written out or with placeholders; MappingError as ``identify``."""
    identifier = identifier_of(text)
    _check(_shortest(identifier), text)
    return identifier


def tail_of(identifier: Identifier) -> Identifier:
    """Return what follows the kind, its steps joined by hyphens; MappingError when there is no such form."""
    rest = tail(entity(_shortest(identifier)))
    if isinstance(identifier, str):
        return rest
    first, *others = identifier.parts
    steps = [str(first).partition("/")[2], *others]
    return _joined([part.replace("/", "-") if isinstance(part, str) else part for part in steps])


def join_steps(*steps: Identifier) -> Identifier:
    """Join steps to one identifier."""
    parts: list[str | Placeholder] = []
    for step in steps:
        parts += ["/"] if parts else []
        parts += [step] if isinstance(step, str) else step.parts
    return _joined(parts)


def read_step(key: Scalar) -> Identifier:
    """Read a key as a step of an identifier; MappingError when it has signs that a step cannot have."""
    step = identifier_of(key)
    if not _STEP.fullmatch(_shortest(step)):
        raise wrong(key.place, f"{key.text!r} is not a key", expected="letters, digits and hyphens")
    return step


def step_of_name(text: Scalar) -> Identifier:
    """Reduce a name to a step of an identifier; of one with placeholders, the texts around them."""
    name = identifier_of(text)
    if isinstance(name, str):
        return name_step(name)
    parts = [re.sub("[^a-z0-9]+", "-", _ascii(part).lower()) if isinstance(part, str) else part for part in name.parts]
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip("-")
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip("-")
    return _joined([*parts, "" if _is_latin(str(name)) else f"-{_digest(str(name))}"])


def name_step(name: str) -> str:
    """Reduce a name to a step of an identifier; names whose letters ASCII cannot show get a digest behind it."""
    if _is_latin(name):
        return slug(name)
    letters = slug(name) if re.search("[A-Za-z0-9]", _ascii(name)) else "name"
    return f"{letters}-{_digest(name)}"


def _check(form: str, text: Scalar) -> NamedNode:
    """Check a form of an identifier; the error quotes the text as it is written."""
    kind = form.partition("/")[0]
    try:
        node = entity(form)
    except MappingError as error:
        message = f"{text.text!r} is not an identifier"
        raise wrong(text.place, message, expected=error.expected, hint=error.hint) from error
    if kind not in KINDS:
        expected = ", ".join(sorted(KINDS))
        raise wrong(text.place, f"{text.text!r} is of unknown kind", expected=expected, hint=did_you_mean(kind, KINDS))
    return node


def _shortest(identifier: Identifier) -> str:
    """Return the shortest identifier of this form, by which the form can be checked."""
    parts = (identifier,) if isinstance(identifier, str) else identifier.parts
    return "".join(part if isinstance(part, str) else "0" for part in parts)


def _joined(parts: Iterable[str | Placeholder]) -> Identifier:
    """Join parts, texts that follow each other as one, so that equal identifiers have equal parts."""
    joined: list[str | Placeholder] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined[0] if len(joined) == 1 and isinstance(joined[0], str) else RowTemplate(tuple(joined))


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _is_latin(name: str) -> bool:
    return all(letter.isascii() for letter in unicodedata.normalize("NFKD", name) if letter.isalnum())


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
