"""Texts and IRIs that do not end, typographic signs, language tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from communique.graph.hints.faults import Fault, Repair, exchange, insertion, shown

_QUOTES = {**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛`´", "'")}
_INVISIBLE = frozenset("\ufeff\u200b\u200c\u200d\u2060")
# Where a text or an IRI that was not ended may have been meant to end.
_END = re.compile(r"(?=\s+[.;]\s|[ \t]*[.;]?[ \t]*[})]|\s|\Z)")
_FEW = 6


def signs(fault: Fault) -> Iterator[Repair]:
    """Typographic quotation marks and blanks, as word processors and web pages make them."""
    odd = [
        t for t in fault.tokens if t.text in _QUOTES or t.text in _INVISIBLE or (t.kind == "mark" and t.text.isspace())
    ]
    if odd:
        sign, edits = odd[0].text, tuple(exchange(token, _QUOTES.get(token.text, " ")) for token in odd)
        if sign in _QUOTES:
            right = _QUOTES[sign]
            words = (f"{sign} is no quotation mark of SPARQL", f"a straight {right}", f"write {right} for it")
        else:
            words = (f"an invisible character, U+{ord(sign):04X}", "a plain space", "type the space anew")
        yield Repair(edits, odd[0].start, *words)


def openings(fault: Fault) -> Iterator[Repair]:
    """Texts and IRIs that do not end."""
    for token in fault.tokens:
        if token.kind == "mark" and token.text in {'"', "'", "<"}:
            close, what = (">", "IRI") if token.text == "<" else (token.text, "text")
            line = fault.text.find("\n", token.end)
            ends = _END.finditer(fault.text, token.end, line if line >= 0 else len(fault.text))
            for match in list(ends)[:_FEW]:
                edit = insertion(match.start(), close)
                if match.start() > token.end:
                    found, expected = f"the {what} that begins here does not end", f"{close} at its end"
                    cure = f"write {shown(fault.text[token.start : match.start()])}{close}"
                    yield Repair((edit,), token.start, found, expected, cure)


def languages(fault: Fault) -> Iterator[Repair]:
    """Language tags that are empty or have an underscore."""
    for token in fault.tokens:
        if token.text == "@":
            found, cure = "a language tag without a language", 'write "…"@en, or leave out the @'
            yield Repair((insertion(token.end, "en"),), token.start, found, "a language such as @en", cure)
        following = fault.after(token)
        if token.kind == "language" and following and following.text.startswith("_") and following.start == token.end:
            edit, cure = exchange(following, ""), f"write {token.text}-…"
            yield Repair((edit,), token.start, "a language tag with an underscore", "a hyphen, as in @pt-BR", cure)
