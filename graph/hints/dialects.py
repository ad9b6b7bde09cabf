"""Ways of writing that other languages or dialects have: a pattern, and what SPARQL has in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from communique.graph.hints.faults import Edit, Fault, Repair, shown
from communique.graph.terms.namespaces import XSD

_FEW = 3


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way of writing.

    Attributes
    ----------
    pattern : what is written; case does not matter
    right : what to put in its place, with the groups of the pattern
    found, expected : for the message; ``{}`` is what is written
    cure : what to do; when empty, to write what is put in its place
    """

    pattern: str
    right: str
    found: str
    expected: str
    cure: str = ""

    def repairs(self, text: str) -> Iterator[Repair]:
        """Propose to replace it everywhere, then each of the first places alone."""
        matches = list(re.finditer(self.pattern, text, re.IGNORECASE | re.MULTILINE))
        edits = [Edit(match.start(), match.end(), match.expand(self.right)) for match in matches]
        edits = [edit for edit in edits if edit.text != text[edit.start : edit.end]]
        for chosen in (edits, *([edit] for edit in islice(edits, _FEW))):
            if chosen:
                written, new = (shown(part) for part in (text[chosen[0].start : chosen[0].end], chosen[0].text))
                cure = self.cure or f"write {new.replace(f'<{XSD}date>', 'xsd:date')}"
                start = chosen[0].start
                at = start + len(text[start:]) - len(text[start:].lstrip())
                yield Repair(tuple(chosen), at, self.found.format(written), self.expected, cure)


DIALECTS = (
    Dialect(r"^[ \t]*(?:--|//)", "#", "{} begins no comment", "# before a comment"),
    Dialect(
        r"/\*(?:[^*]|\*(?!/))*\*/", " ", "{} is no comment", "# before each line of a comment", "write # before it"
    ),
    Dialect(r"&lt;", "<", "{} comes from a web page", "<"),
    Dialect(r"&gt;", ">", "{} comes from a web page", ">"),
    Dialect(r"&amp;", "&", "{} comes from a web page", "&"),
    Dialect(r"(?<!\^)\^(?=\w*:|<)", "^^", "one ^ before a datatype", "^^ between a text and its datatype"),
    Dialect(r"\\(?![tbnrfuU\"'\\])", r"\\\\", "a backslash that escapes nothing", "two backslashes for one"),
    Dialect(r"%(?![0-9A-F]{2})", "%25", "a percent sign in a name", "%25 for a percent sign"),
    Dialect(
        r"(?<=<)([^<>\"{}|^`\\\s]*)[ ]([^<>\"{}|^`\\\s]*)(?=>)",
        r"\1%20\2",
        "a space in an IRI",
        "no space",
        "write %20, or leave it out",
    ),
    Dialect(
        r"(?<![\w:/\"<-])(\d{4}-\d\d-\d\d)(?![\w\"-])",
        rf'"\1"^^<{XSD}date>',
        "a day without quotation marks",
        "a literal with its datatype",
    ),
    Dialect(r"(?<=[\s({])([a-z][a-z-]*/[\w./~-]*\w)", r"<\1>", "the path {} without brackets", "<…> around a path"),
    Dialect(
        r"\bCOUNT\s+DISTINCT\s+([?$]\w+|\*)", r"COUNT(DISTINCT \1)", "COUNT without brackets", "COUNT(DISTINCT ?x)"
    ),
    Dialect(r"\bDISTINCT\s*\(\s*([?$]\w+)\s*\)", r"DISTINCT \1", "brackets after DISTINCT", "DISTINCT ?x"),
    Dialect(
        r"(?<![(\w])((?:COUNT|SUM|MIN|MAX|AVG|SAMPLE)\s*\([^()]*\))(?!\s*AS\b)",
        r"(\1 AS ?value)",
        "{} has no name",
        "(expression AS ?name)",
    ),
    Dialect(r"([?$]\w+)\s+(ASC|DESC)\b", r"\2(\1)", "{}", "DESC(?x) or ASC(?x)"),
    Dialect(r"\b(GROUP|ORDER)\s+(?!BY\b)", r"\1 BY ", "{} without BY", "GROUP BY or ORDER BY"),
    Dialect(r"\bTOP\s+(\d+)", "", "{} is no clause of SPARQL", "LIMIT at the end", "write LIMIT at the end"),
    Dialect(r"\bLIMIT\s*\Z", "LIMIT 10", "LIMIT without a number", "a whole number from 0 on"),
    Dialect(r"(?<=SELECT )\*\s*,?\s*(?=[?$(])", "", "* beside variables", "either * or variables", "leave out the *"),
    Dialect(
        r"([?$]\w+)\s+I?LIKE\s+(\"[^\"]*\"|'[^']*')", r"CONTAINS(STR(\1), \2)", "{}", "a function such as CONTAINS"
    ),
    Dialect(r"\bIN\s+(?!\()([^(){}]+?)(?=\s*\))", r"IN (\1)", "IN without brackets", "IN (a, b)"),
    Dialect(r"(?<!FILTER )\b((?:NOT\s+)?EXISTS\s*\{)", r"FILTER \1", "{} without FILTER", "FILTER [NOT] EXISTS { … }"),
    Dialect(
        r"\bIF\s+(.+?)\s+THEN\s+(.+?)\s+ELSE\s+(.+?)(?=\s+AS\b|\s*\))",
        r"IF(\1, \2, \3)",
        "IF … THEN … ELSE",
        "IF(a, b, c)",
    ),
    Dialect(r"(?<=\s)(?:A|is|isa|is\s+a)(?=\s)", "a", "{} is no property", "a, in a small letter, before a class"),
    Dialect(
        r"(?<=\})\s*(?:PREFIX[^\n]*\s+)*(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b[\s\S]*\Z",
        "",
        "a second query",
        "one query at a time",
        "send them one by one",
    ),
)


def dialects(fault: Fault) -> Iterator[Repair]:
    """Propose what SPARQL has for ways of writing of other languages."""
    for each in DIALECTS:
        yield from each.repairs(fault.text)
