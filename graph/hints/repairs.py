"""What the writer of a SPARQL text that is not well-formed may have meant.

Each function guesses from the tokens near the fault. No guess is believed here: ``graph.hints.syntax`` lets the parser
try it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from communique.graph.hints.faults import Edit, Fault, Repair, exchange, insertion
from communique.graph.hints.tokens import TERMS, Token, declared, place
from communique.graph.namespaces import PREFIXES
from communique.graph.spelling import closest

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_FUNCTIONS = (
    *("STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "IRI", "URI", "BNODE", "RAND", "ABS", "CEIL", "FLOOR"),
    *("ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "CONTAINS", "STRSTARTS", "STRENDS"),
    *("STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "NOW"),
    *("UUID", "STRUUID", "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "COALESCE", "IF", "STRLANG", "STRDT"),
    *("SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "REGEX", "SUBSTR", "REPLACE"),
)
_KEYWORDS = (
    *("BASE", "PREFIX", *FORMS, "FROM", "NAMED", "WHERE", "DISTINCT", "REDUCED", "AS", "BY", "ASC", "DESC"),
    *("OPTIONAL", "GRAPH", "UNION", "FILTER", "MINUS", "BIND", "UNDEF", "NOT", "EXISTS", "IN", "SEPARATOR"),
    *(*_MODIFIERS, *_AGGREGATES, *_FUNCTIONS),
)
_CLOSERS = {"{": "}", "(": ")", "[": "]"}
_OPERATORS = {"<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "&": "&&", "|": "||", "AND": "&&", "OR": "||", "NOT": "!"}
_DOUBLED = {("=", "="): "=", ("=", "<"): "<=", ("=", ">"): ">="}
_QUOTES = {**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛`´", "'")}
_INVISIBLE = frozenset("\ufeff\u200b\u200c\u200d\u2060")
_BARE = re.compile(r"(?<![<\w])https?://[^\s<>\"{}|\\^`]*[^\s<>\"{}|\\^`.,;)]")
_BARE_NAMESPACE = re.compile(r"PREFIX\s+([^\s:<]*:)\s*([a-z]+:[^\s<>]+)", re.IGNORECASE)
# Where a text or an IRI that was not ended may have been meant to end.
_END = re.compile(r"(?=\s+[.;]\s|[ \t]*[.;]?[ \t]*[})]|\s|\Z)")
_PREFIX_LINE = "a line PREFIX name: <IRI> without a dot"
_FEW = 6


def repairs(fault: Fault) -> Iterator[Repair]:
    """Propose repairs, the likelier first."""
    if fault.tokens:
        for propose in _PROPOSALS:
            yield from propose(fault)


def _signs(fault: Fault) -> Iterator[Repair]:
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


def _prologue(fault: Fault) -> Iterator[Repair]:
    """Prefix lines as Turtle or memory has them."""
    for token in fault.tokens:
        following, beyond = fault.after(token), None
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


def _prefixes(fault: Fault) -> Iterator[Repair]:
    """Prefixes that are used and not declared."""
    known = declared(fault.tokens)
    names = [t for t in fault.tokens if t.kind == "name" and not _declares(fault, t) and t.prefix not in known]
    missing = list(dict.fromkeys(token.prefix for token in names))
    if not missing:
        return
    first, ours = names[0], [prefix for prefix in missing if prefix in PREFIXES]
    lines = {prefix: f"PREFIX {prefix}: <{PREFIXES.get(prefix, 'urn:x:')}>" for prefix in missing}
    edit, found = (
        insertion(0, "".join(f"{line}\n" for line in lines.values())),
        f"prefix {first.prefix}: is not declared",
    )
    if first.prefix in PREFIXES:
        cure = f"add {' '.join(lines[prefix] for prefix in ours)}"
    else:
        near = closest(first.prefix, [*known, *PREFIXES])
        found, cure = f"{found}, and none of ours", f"add PREFIX {first.prefix}: <…>"
        cure += f", or did you mean {near[0]}:?" if near else ""
    yield Repair((edit,), first.start, found, "a PREFIX line for each prefix", cure)


def _bare_iris(fault: Fault) -> Iterator[Repair]:
    """IRIs without their brackets."""
    inside = [(token.start, token.end) for token in fault.tokens if token.kind in {"iri", "string"}]
    bare = [m for m in _BARE.finditer(fault.text) if not any(start <= m.start() < end for start, end in inside)]
    if bare:
        edits = tuple(Edit(match.start(), match.end(), f"<{match[0]}>") for match in bare)
        yield Repair(edits, bare[0].start(), "an IRI without brackets", "<…> around an IRI", f"write <{bare[0][0]}>")


def _openings(fault: Fault) -> Iterator[Repair]:
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
                    cure = f"write {_shown(fault.text[token.start : match.start()])}{close}"
                    yield Repair((edit,), token.start, found, expected, cure)


def _languages(fault: Fault) -> Iterator[Repair]:
    """Language tags that are empty or have an underscore."""
    for token in fault.tokens:
        if token.text == "@":
            found, cure = "a language tag without a language", 'write "…"@en, or leave out the @'
            yield Repair((insertion(token.end, "en"),), token.start, found, "a language such as @en", cure)
        following = fault.after(token)
        if token.kind == "language" and following and following.text.startswith("_") and following.start == token.end:
            edit, cure = exchange(following, ""), f"write {token.text}-…"
            yield Repair((edit,), token.start, "a language tag with an underscore", "a hyphen, as in @pt-BR", cure)


def _keywords(fault: Fault) -> Iterator[Repair]:
    """Misspelt keywords and functions."""
    for token in fault.near:
        if token.kind == "word" and token.text.upper() not in _KEYWORDS:
            for keyword in closest(token.text.upper(), _KEYWORDS, most=4):
                found, cure = f"{_shown(token.text)} is no keyword", f"write {keyword}"
                yield Repair((exchange(token, keyword),), token.start, found, keyword, cure)


def _operators(fault: Fault) -> Iterator[Repair]:
    """Operators of other languages."""
    edits: list[Edit] = []
    for token, following in zip(fault.tokens, fault.tokens[1:], strict=False):
        pair = (token.text, following.text[:1])
        if token.text.upper() in _OPERATORS and not following.is_word("EXISTS", "IN"):
            edits.append(exchange(token, _OPERATORS[token.text.upper()]))
        elif pair in _DOUBLED and token.end == following.start:
            edits.append(Edit(token.start, following.start + 1, _DOUBLED[pair]))
    for edit in edits:
        written = fault.text[edit.start : edit.end]
        words = (f"{written} is no operator of SPARQL", edit.text, f"write {edit.text} for {written}")
        yield Repair((edit,), edit.start, *words)
        if len(edits) > 1:
            yield Repair(tuple(edits), edit.start, *words)


def _projection(fault: Fault) -> Iterator[Repair]:
    """What stands between SELECT and WHERE: commas, variables without their mark, expressions without brackets."""
    start = next((n for n, token in enumerate(fault.tokens) if token.is_word("SELECT")), None)
    if start is None:
        return
    stops = (n for n, t in enumerate(fault.tokens) if n > start and (t.text == "{" or t.is_word("WHERE", "FROM")))
    listed = fault.tokens[start + 1 : next(stops, len(fault.tokens))]
    if commas := [token for token in listed if token.text == ","]:
        edits, cure = tuple(exchange(token, " ") for token in commas), "leave out the comma"
        yield Repair(edits, commas[0].start, "a comma between variables", "spaces between variables", cure)
    if plain := [token for token in listed if token.kind == "word" and not token.is_word(*_KEYWORDS)]:
        edits, cure = tuple(insertion(token.start, "?") for token in plain), f"write ?{plain[0].text}"
        yield Repair(edits, plain[0].start, f"{_shown(plain[0].text)} is no variable", "a variable", cure)
    for n, token in enumerate(listed):
        if token.is_word("AS") and n and len(listed) > n + 1:
            begin = next(
                (each for each in reversed(listed[:n]) if each.is_word(*_AGGREGATES, *_FUNCTIONS)), listed[n - 1]
            )
            edits = (insertion(begin.start, "("), insertion(listed[n + 1].end, ")"))
            cure = f"write ({_shown(fault.text[begin.start : listed[n + 1].end])})"
            yield Repair(edits, begin.start, "an expression without brackets", "(expression AS ?name)", cure)


def _grouping(fault: Fault) -> Iterator[Repair]:
    """Variables that are neither grouped by nor aggregated."""
    if "unbound" not in fault.complaint:
        return
    names = dict.fromkeys(token.text for token in fault.tokens if token.kind == "variable")
    group = next((token for token in fault.tokens if token.is_word("GROUP")), None)
    grouped = []
    for token in fault.tokens[fault.tokens.index(group) + 2 :] if group else ():
        if token.kind != "variable":
            break
        grouped.append(token)
    selected = []
    for token in fault.tokens:
        if token.text == "{":
            break
        if token.kind == "variable" and not _within_brackets(fault, token):
            selected.append(token)
    loose = [token for token in selected if token.text not in {each.text for each in grouped}]
    if not loose or not names:
        return
    listed = " ".join(token.text for token in loose)
    tail = next((t for t in fault.tokens if t.is_word("HAVING", "ORDER", "LIMIT", "OFFSET")), None)
    at = grouped[-1].end if grouped else tail.start if tail else len(fault.text)
    edit = insertion(at, f" {listed} " if group else f" GROUP BY {listed} ")
    cure = f"add {listed} to GROUP BY" if group else f"add GROUP BY {listed}"
    cure += f", or write (SAMPLE({loose[0].text}) AS ?some)"
    expected = "only variables of GROUP BY and aggregates beside an aggregate"
    yield Repair((edit,), loose[0].start, f"{loose[0].text} is neither grouped nor aggregated", expected, cure)


def _naming(fault: Fault) -> Iterator[Repair]:
    """A name given to an expression that is taken."""
    for word, name in zip(fault.tokens, fault.tokens[1:], strict=False):
        if word.is_word("AS") and name.kind == "variable":
            fresh = f"{name.text}_2"
            words = (f"{name.text} has a value already", "a name that is not used yet", f"write AS {fresh}")
            yield Repair((exchange(name, fresh),), name.start, *words)


def _conditions(fault: Fault) -> Iterator[Repair]:
    """FILTER, HAVING and BIND without brackets around their condition."""
    for token in fault.tokens:
        following = fault.after(token)
        if token.is_word("FILTER", "HAVING", "BIND") and following and following.text != "(":
            for match in list(re.finditer(r"[ \t]*(?=[}\n]|[.;]\s|\Z)", fault.text[following.start :]))[:_FEW]:
                end, word = following.start + match.start(), token.text.upper()
                edits = (insertion(following.start, "("), insertion(end, ")"))
                written = _shown(fault.text[following.start : end])
                found, expected = f"{word} without brackets", f"{word} (condition)"
                yield Repair(edits, following.start, found, expected, f"write {word}({written})")


def _numbers(fault: Fault) -> Iterator[Repair]:
    """LIMIT and OFFSET with anything but a number from 0 on."""
    for token in fault.tokens:
        following = fault.after(token)
        if token.is_word("LIMIT", "OFFSET") and following and not following.text.isdecimal():
            end = following.end
            number = fault.after(following)
            if following.text in {"-", "+"} and number is not None:
                end = number.end
            found = f"{token.text} {_shown(fault.text[following.start : end])}"
            cure = f"write {token.text} 10, or leave it out for all rows"
            yield Repair((Edit(following.start, end, "1"),), following.start, found, "a whole number from 0 on", cure)


def _order(fault: Fault) -> Iterator[Repair]:
    """LIMIT or OFFSET before what belongs in front of them."""
    for token in fault.tokens:
        number = fault.after(token)
        later = number and fault.after(number)
        if token.is_word("LIMIT", "OFFSET") and number and later and later.is_word("GROUP", "HAVING", "ORDER"):
            clause = fault.text[token.start : number.end]
            edits = (Edit(token.start, number.end, ""), insertion(len(fault.text), f"\n{clause}"))
            cure = f"move {clause} to the end"
            expected = "GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET in this order"
            yield Repair(edits, later.start, f"{later.text} after {token.text}", expected, cure)


def _brackets(fault: Fault) -> Iterator[Repair]:
    """Brackets that are not closed, or not opened."""
    opened: list[Token] = []
    for token in fault.tokens:
        if token.kind == "mark" and token.text in _CLOSERS:
            opened.append(token)
        elif token.kind == "mark" and token.text in _CLOSERS.values():
            if not opened:
                words = (f"{token.text} closes nothing", "no more brackets", f"leave out this {token.text}")
                yield Repair((exchange(token, ""),), token.start, *words)
                return
            if _CLOSERS[opened[-1].text] != token.text:
                yield _closing(fault, opened[-1:], token.start)
                return
            opened.pop()
    if opened:
        yield _closing(fault, opened, len(fault.text))


def _closing(fault: Fault, opened: Sequence[Token], at: int) -> Repair:
    """Close brackets at an offset."""
    line, column = place(fault.text, opened[-1].start)
    closers = "".join(_CLOSERS[token.text] for token in reversed(opened))
    found = f"the {opened[-1].text} of line {line}, column {column} is not closed"
    break_ = "\n" if at == len(fault.text) else ""  # the text may end in a comment
    where = "at the end" if break_ else "here"
    return Repair((insertion(at, break_ + closers),), at, found, closers, f"add {closers} {where}")


def _dots(fault: Fault) -> Iterator[Repair]:
    """Statements that are not kept apart."""
    for token in fault.near:
        before = fault.before(token)
        if before and token.kind in TERMS and before.kind in TERMS | {"language"} and before.end < token.start:
            cure = f"write {_shown(before.text)} . {_shown(token.text)}"
            words = (f"{_shown(token.text)} begins a new statement", "a dot between two statements", cure)
            yield Repair((insertion(before.end, " ."),), token.start, *words)


def _surplus(fault: Fault) -> Iterator[Repair]:
    """A mark too many."""
    for token in fault.near:
        if token.kind == "mark" and token.text in {".", ";", ","}:
            words = (f"{token.text!r} stands alone", "the next clause, or the end", f"leave out this {token.text!r}")
            yield Repair((exchange(token, ""),), token.start, *words)


def _declares(fault: Fault, token: Token) -> bool:
    """Tell whether a token is part of a PREFIX line."""
    before = fault.before(token)
    if before is None:
        return False
    return before.is_word("PREFIX", "BASE") or (token.kind == "iri" and _declares(fault, before))


def _within_brackets(fault: Fault, token: Token) -> bool:
    """Tell whether a token stands within round brackets."""
    before = fault.text[: token.start]
    return before.count("(") > before.count(")")


def _shown(text: str) -> str:
    """Shorten a piece of the text for a message."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


_LONGEST = 60
_PROPOSALS = (
    *(_signs, _prologue, _prefixes, _bare_iris, _openings, _languages, _keywords, _operators, _projection, _grouping),
    *(_naming, _conditions, _numbers, _order, _brackets, _dots, _surplus),
)
