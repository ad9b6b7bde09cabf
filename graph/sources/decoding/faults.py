"""What a parser of RDF complains of, told with its place, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import NamedNode, RdfFormat

from communique.graph.errors import LONGEST, SourceError
from communique.graph.sources.decoding.encodings import looks_like
from communique.graph.sources.decoding.streams import name_of, open_stream
from communique.graph.sources.decoding.xml import attributes
from communique.graph.terms.namespaces import RDF

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_BEGINNINGS = (
    (re.compile(rb"\s*(<\?xml|<rdf:RDF|<!DOCTYPE)", re.IGNORECASE), RdfFormat.RDF_XML),
    (re.compile(rb"\s*[{\[]\s*[\"{\]}]"), RdfFormat.JSON_LD),
    (re.compile(rb"\s*(#.*\s+)*(@prefix|@base|prefix\b|base\b)", re.IGNORECASE), RdfFormat.TURTLE),
)
_TURTLE = (RdfFormat.TURTLE, RdfFormat.TRIG)
_PLACE = re.compile(r"Parser error (?:at|between) .*?: ", re.DOTALL)
_XML_IRIS = frozenset(RDF + name for name in ("about", "resource", "datatype"))
_XML_BASE = "http://www.w3.org/XML/1998/namespacebase"
_XML_NAME = re.compile(r"(?P<value>\S+) is not a valid rdf:(?P<name>nodeID|ID|bagID) value")
_IRI, _LITERAL = "an absolute IRI (RFC 3987)", "a literal as RDF writes it"

# What the parser says → what was expected and what to do; ``{0}`` is what the pattern caught.
_CURES: tuple[tuple[re.Pattern[str], str, str | Callable[[str], str]], ...] = (
    (re.compile("Invalid IRI code point '(.)'", re.DOTALL), _IRI, lambda sign: _replace_sign(sign)),
    (
        re.compile("No scheme found in an absolute IRI"),
        _IRI,
        "write the whole IRI, such as https://example.org/…; in Turtle, @base or a prefix may give its beginning",
    ),
    (
        re.compile("Invalid IRI percent encoding '(.*)'|should be % followed by two hexadecimal characters"),
        _IRI,
        "write two hexadecimal digits behind each %; a percent sign that means itself is %25",
    ),
    (
        re.compile("Invalid (?:character '.*' in host|host|character '.*')", re.DOTALL),
        _IRI,
        "correct what stands between // and the next /: a host, and behind a colon the digits of a port",
    ),
    (
        re.compile("Unexpected escape character '(.*)'", re.DOTALL),
        r"one of the escapes \t \n \r \" \\ \uXXXX \UXXXXXXXX; in IRIs only the last two",
        r"write \\ for a backslash in a literal; in an IRI / where a path is meant, else %5C",
    ),
    (
        re.compile("The prefix (.*): has not been declared"),
        "a prefix that is declared above",
        "add @prefix {0}: <…> . or write the whole IRI",
    ),
    (
        re.compile("Line jumps are not allowed in string literals"),
        _LITERAL,
        r"close the quotation on its line, or write \n for the line end"
        ' (Turtle and TriG also take three quotation marks: """…""")',
    ),
    (re.compile("language code"), "a language tag (BCP 47) behind @", 'write it as "text"@en or "text"@ko-Latn'),
    (
        re.compile("not a valid unicode character"),
        _LITERAL,
        r"write the character itself, or its code point as \UXXXXXXXX, not one half of a UTF-16 pair",
    ),
    (re.compile("Unexpected end"), "the end of the statement or of the file", "see whether the file was cut off"),
)
_RELATIVE = re.compile("No scheme found")
# Faults inside one term: the parser is sure where the next statement begins.
_LOCAL = re.compile("IRI|in host|Invalid character|escape|has not been declared|language code|unicode character")


def explain(error: SyntaxError, file: Path | Traversable, form: RdfFormat) -> SourceError:
    """Translate the parser's error."""
    # A message may quote a term of megabytes, which no pattern shall be held against.
    message = _PLACE.sub("", error.msg[:LONGEST], count=1)
    path, line, column = name_of(file), error.lineno, error.offset
    if "LoadDocumentCallback" in message:
        message, hint = "a JSON-LD context that would have to be fetched", "write the context into the file"
        return SourceError(message, path=path, expected="a context inside the file", hint=hint)
    if "utf-8" in message.lower():
        hint = "convert it, for instance: iconv -f LATIN1 -t UTF-8"
        return SourceError(message, path=path, line=line, column=column, expected="text in UTF-8", hint=hint)
    if found := _XML_NAME.search(message):
        name, value = RDF + found["name"], found["value"]
        first = next((each for each in attributes(file) if (each.name, each.value) == (name, value)), None)
        line, column = (first.line, first.column) if first else (None, None)
        hint = "let the value begin with a letter or an underscore, wherever it occurs"
        expected = "an XML name, which begins with no digit"
        return SourceError(message, path=path, line=line, column=column, expected=expected, hint=hint)
    if (likely := likely_form(file, form)) != form:
        hint = f"it was read as {form.name} but looks like {likely.name}: mend its suffix or name its --input-format"
        return SourceError(message, path=path, line=line, column=column, expected="well-formed RDF", hint=hint)
    expected, cure = cure_of(message, is_long=error.end_lineno != error.lineno)
    if cure is None and (beginning := looks_like(_head(file))):
        cure = f"the file looks like {beginning}: see whether it is the one you mean"
    return SourceError(message, path=path, line=line, column=column, expected=expected, hint=cure)


def likely_form(file: Path | Traversable, form: RdfFormat) -> RdfFormat:
    """Guess from the beginning of a file whether it is of another format than it was taken for."""
    head = _head(file)
    likely = next((other for beginning, other in _BEGINNINGS if beginning.match(head)), form)
    return form if likely in _TURTLE and form in _TURTLE else likely


def is_local(error: SyntaxError) -> bool:
    """Say whether a fault lies inside one term on one line, so that what follows can still be read."""
    return error.lineno == error.end_lineno and bool(_LOCAL.search(error.msg[:LONGEST]))


def cure_of(message: str, *, is_long: bool = False) -> tuple[str, str | None]:
    """Find what was expected and what to do; ``is_long``: the fault reaches over a line end."""
    for pattern, expected, cure in _CURES:
        if found := pattern.search(message):
            if is_long and expected == _IRI:
                return "an IRI that ends with >", "close the IRI on its line with >"
            caught = next((group for group in found.groups() if group), "")
            return expected, cure(caught) if callable(cure) else cure.replace("{0}", caught)
    return "well-formed RDF", None


def iris_of_xml(file: Path | Traversable, *, has_base: bool) -> Iterator[SourceError]:
    """Find all IRIs of an RDF/XML file that are none; its parser loses its place at the first.

    ``has_base`` says that relative ones are resolved, as they are below an ``xml:base``.
    """
    for each in attributes(file):
        has_base = has_base or each.name == _XML_BASE
        if each.name in _XML_IRIS:
            try:
                NamedNode(each.value)
            except ValueError as error:
                if has_base and _RELATIVE.search(str(error)):
                    continue
                expected, cure = cure_of(str(error))
                message = f"<{each.value}>: {error}"
                yield SourceError(
                    message, path=name_of(file), line=each.line, column=each.column, expected=expected, hint=cure
                )


def _replace_sign(sign: str) -> str:
    """Say what to write for a sign that an IRI cannot have."""
    if sign == ":":
        return "begin the IRI with its scheme, a letter first, such as https:"
    if sign == "<":
        return "close the IRI with > before the next begins; a < that belongs to it is %3C"
    if sign == " ":
        return "write %20 for the space, or close the IRI with > before it"
    if ord(sign) < 0x20:
        return "remove the control character or the line end; close the IRI with > on its line"
    if sign == "#":
        return "an IRI has one # at most; write %23 for the second"
    return f"write {quote(sign, safe='')} for {sign}"


def _head(file: Path | Traversable) -> bytes:
    with open_stream(file) as stream:
        return stream.read(2000)
