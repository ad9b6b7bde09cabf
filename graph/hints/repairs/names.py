"""Prefixes that are not declared, prefix lines as Turtle has them, IRIs without brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from communique.graph.hints.faults import Edit, Fault, Repair, exchange, insertion
from communique.graph.hints.tokens import Token, declared
from communique.graph.terms.namespaces import PREFIXES
from communique.graph.terms.spelling import closest

_BARE = re.compile(r"(?<![<\w])https?://[^\s<>\"{}|\\^`]*[^\s<>\"{}|\\^`.,;)]")
_BARE_NAMESPACE = re.compile(r"PREFIX\s+([^\s:<]*:)\s*([a-z]+:[^\s<>]+)", re.IGNORECASE)
_PREFIX_LINE = "a line PREFIX name: <IRI> without a dot"


def prologue(fault: Fault) -> Iterator[Repair]:
    """Prefix lines as Turtle or memory has them."""
    for token in fault.tokens:
        following = fault.after(token)
        if following is None:
            return
        if token.text.lower() in {"@prefix", "@base"}:
            beyond = next((each for each in fault.tokens if each.start > token.start and each.text == "."), None)
            edits = (Edit(token.start, token.start + 1, ""), *([exchange(beyond, "")] if beyond else []))
            cure = "leave out the @ and the dot"
            yield Repair(edits, token.start, "a prefix is declared as in Turtle", _PREFIX_LINE, cure)
        if token.is_word("PREFIX") and following.kind == "word":
            edit, name = insertion(following.end, ":"), following.text
            yield Repair((edit,), following.start, f"{name} has no colon", _PREFIX_LINE, f"write PREFIX {name}: <…>")
        if token.kind == "iri" and following.text in {".", ";"} and _declares(fault, token):
            found, cure = f"{following.text!r} after a prefix", f"leave out the {following.text!r}"
            yield Repair((exchange(following, ""),), following.start, found, _PREFIX_LINE, cure)
    if match := _BARE_NAMESPACE.search(fault.text):
        edit, cure = Edit(match.start(2), match.end(2), f"<{match[2]}>"), f"write PREFIX {match[1]} <{match[2]}>"
        yield Repair((edit,), match.start(2), "an IRI without brackets", _PREFIX_LINE, cure)


def prefixes(fault: Fault) -> Iterator[Repair]:
    """Prefixes that are used and not declared."""
    known = declared(fault.tokens)
    names = [t for t in fault.tokens if t.kind == "name" and not _declares(fault, t) and t.prefix not in known]
    missing = list(dict.fromkeys(token.prefix for token in names))
    if not missing:
        return
    first, ours = names[0], [prefix for prefix in missing if prefix in PREFIXES]
    lines = {prefix: f"PREFIX {prefix}: <{PREFIXES.get(prefix, 'urn:x:')}>" for prefix in missing}
    edit = insertion(0, "".join(f"{line}\n" for line in lines.values()))
    found = f"prefix {first.prefix}: is not declared"
    if first.prefix in PREFIXES:
        cure = f"add {' '.join(lines[prefix] for prefix in ours)}"
    else:
        near = closest(first.prefix, [*known, *PREFIXES])
        found, cure = f"{found}, and none of ours", f"add PREFIX {first.prefix}: <…>"
        cure += f", or did you mean {near[0]}:?" if near else ""
    yield Repair((edit,), first.start, found, "a PREFIX line for each prefix", cure)


def bare_iris(fault: Fault) -> Iterator[Repair]:
    """IRIs without their brackets."""
    inside = [(token.start, token.end) for token in fault.tokens if token.kind in {"iri", "string"}]
    bare = [m for m in _BARE.finditer(fault.text) if not any(start <= m.start() < end for start, end in inside)]
    if bare:
        edits = tuple(Edit(match.start(), match.end(), f"<{match[0]}>") for match in bare)
        yield Repair(edits, bare[0].start(), "an IRI without brackets", "<…> around an IRI", f"write <{bare[0][0]}>")


def _declares(fault: Fault, token: Token) -> bool:
    """Tell whether a token is part of a PREFIX line."""
    before = fault.before(token)
    if before is None:
        return False
    return before.is_word("PREFIX", "BASE") or (token.kind == "iri" and _declares(fault, before))
