"""What the writer of a SPARQL text that is not well-formed may have meant.

Each function guesses from the tokens near the fault, and yields changes, the likelier first. No guess is believed here:
``graph.hints.syntax`` lets the parser try it. What other languages have is in ``dialects``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from communique.graph.hints.dialects import dialects
from communique.graph.hints.faults import Edit, Fault, Repair, exchange, insertion, shown
from communique.graph.hints.tokens import FORMS, TERMS, SparqlToken, declared, place
from communique.graph.terms.namespaces import PREFIXES, shorten
from communique.graph.terms.spelling import closest
from communique.graph.terms.vocabulary import terms

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
FUNCTIONS = (
    *("STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "IRI", "URI", "BNODE", "RAND", "ABS", "CEIL", "FLOOR"),
    *("ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "CONTAINS", "STRSTARTS", "STRENDS"),
    *("STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "NOW"),
    *("UUID", "STRUUID", "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "COALESCE", "IF", "STRLANG", "STRDT"),
    *("SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "REGEX", "SUBSTR", "REPLACE"),
)
KEYWORDS = (
    *("BASE", "PREFIX", *FORMS, "FROM", "NAMED", "WHERE", "DISTINCT", "REDUCED", "AS", "BY", "ASC", "DESC"),
    *("OPTIONAL", "GRAPH", "UNION", "FILTER", "MINUS", "BIND", "UNDEF", "NOT", "EXISTS", "IN", "SEPARATOR"),
    *(*_MODIFIERS, *AGGREGATES, *FUNCTIONS),
)
_OPERATORS = {"<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "&": "&&", "|": "||", "AND": "&&", "OR": "||", "NOT": "!"}
_DOUBLED = {("=", "="): "=", ("=", "<"): "<=", ("=", ">"): ">="}
_QUOTES = {**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛`´", "'")}
_INVISIBLE = frozenset("\ufeff\u200b\u200c\u200d\u2060")
# Where a text or an IRI that was not ended may have been meant to end.
_TERM_END = re.compile(r"(?=\s+[.;]\s|[ \t]*[.;]?[ \t]*[})]|\s|\Z)")
_FEW = 6
_BARE = re.compile(r"(?<![<\w])https?://[^\s<>\"{}|\\^`]*[^\s<>\"{}|\\^`.,;)]")
_BARE_NAMESPACE = re.compile(r"PREFIX\s+([^\s:<]*:)\s*([a-z]+:[^\s<>]+)", re.IGNORECASE)
_PREFIX_LINE = "a line PREFIX name: <IRI> without a dot"
_CLOSERS = {"{": "}", "(": ")", "[": "]"}
# Clauses that are nothing without their braces, and those without their round brackets.
_BRACED = ("OPTIONAL", "MINUS", "EXISTS", "WHERE", "ASK", "CONSTRUCT", "VALUES")
_BRACKETED = ("FILTER", "HAVING", "BIND")
# Where a group that was not bracketed may have been meant to end.
_GROUP_END = re.compile(r"[ \t]*(?=[}\n]|[.;]\s|\bWHERE\b|\Z)", re.IGNORECASE)


def repairs(fault: Fault) -> Iterator[Repair]:
    """Propose repairs, the likelier first."""
    if fault.tokens:
        for propose in _PROPOSALS:
            yield from propose(fault)


# Texts, IRIs and prefixes.


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
            ends = _TERM_END.finditer(fault.text, token.end, line if line >= 0 else len(fault.text))
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


def _declares(fault: Fault, token: SparqlToken) -> bool:
    """Say whether a token is part of a PREFIX line."""
    before = fault.before(token)
    if before is None:
        return False
    return before.is_word("PREFIX", "BASE") or (token.kind == "iri" and _declares(fault, before))


# Keywords, operators and the clauses around the braces.


def misspelt(fault: Fault) -> Iterator[Repair]:
    """Misspelt keywords and functions."""
    for token in fault.near:
        if token.kind == "word" and token.text.upper() not in KEYWORDS:
            for keyword in closest(token.text.upper(), KEYWORDS, most=4):
                found, cure = f"{shown(token.text)} is no keyword", f"write {keyword}"
                yield Repair((exchange(token, keyword),), token.start, found, keyword, cure)


def operators(fault: Fault) -> Iterator[Repair]:
    """Operators of other languages."""
    edits: list[Edit] = []
    for token, following in pairwise(fault.tokens):
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


def bare_words(fault: Fault) -> Iterator[Repair]:
    """Words where a term belongs: of the ontology, a variable, or a text."""
    for token in fault.near:
        if token.kind == "word" and not token.is_word(*KEYWORDS):
            known = [shorten(terms()[token.text].iri.value)] if token.text in terms() else []
            for form in (*known, f"?{token.text}", f'"{token.text}"'):
                text = f"<{terms()[token.text].iri.value}>" if form in known else form
                words = (f"{shown(token.text)} is neither keyword nor term", "a prefixed name, a variable or a text")
                yield Repair((exchange(token, text),), token.start, *words, f"write {form}")


def projection(fault: Fault) -> Iterator[Repair]:
    """What stands between SELECT and WHERE: commas, variables without their mark, expressions without brackets."""
    start = next((n for n, token in enumerate(fault.tokens) if token.is_word("SELECT")), None)
    if start is None:
        return
    stops = (n for n, t in enumerate(fault.tokens) if n > start and (t.text == "{" or t.is_word("WHERE", "FROM")))
    listed = fault.tokens[start + 1 : next(stops, len(fault.tokens))]
    if commas := [token for token in listed if token.text == ","]:
        edits, cure = tuple(exchange(token, " ") for token in commas), "leave out the comma"
        yield Repair(edits, commas[0].start, "a comma between variables", "spaces between variables", cure)
    if plain := [token for token in listed if token.kind == "word" and not token.is_word(*KEYWORDS)]:
        edits, cure = tuple(insertion(token.start, "?") for token in plain), f"write ?{plain[0].text}"
        yield Repair(edits, plain[0].start, f"{shown(plain[0].text)} is no variable", "a variable", cure)
    for n, token in enumerate(listed):
        if token.is_word("AS") and n and len(listed) > n + 1:
            begin = next(
                (each for each in reversed(listed[:n]) if each.is_word(*AGGREGATES, *FUNCTIONS)), listed[n - 1]
            )
            edits = (insertion(begin.start, "("), insertion(listed[n + 1].end, ")"))
            cure = f"write ({shown(fault.text[begin.start : listed[n + 1].end])})"
            yield Repair(edits, begin.start, "an expression without brackets", "(expression AS ?name)", cure)


def grouping(fault: Fault) -> Iterator[Repair]:
    """Variables that are neither grouped by nor aggregated."""
    if "unbound" not in fault.complaint:
        return
    group = next((n for n, token in enumerate(fault.tokens) if token.is_word("GROUP")), None)
    grouped = _leading_variables(fault.tokens[group + 2 :]) if group is not None else []
    selected = [token for token in _selected(fault) if token.text not in {each.text for each in grouped}]
    if not selected:
        return
    listed, first = " ".join(token.text for token in selected), selected[0]
    tail = next((t.start for t in fault.tokens if t.is_word("HAVING", "ORDER", "LIMIT", "OFFSET")), len(fault.text))
    if grouped:
        edit, cure = insertion(grouped[-1].end, f" {listed} "), f"add {listed} to GROUP BY"
    else:
        edit, cure = insertion(tail, f" GROUP BY {listed} "), f"add GROUP BY {listed}"
    cure += f", or write (SAMPLE({first.text}) AS ?some)"
    expected = "only variables of GROUP BY and aggregates beside an aggregate"
    yield Repair((edit,), first.start, f"{first.text} is neither grouped nor aggregated", expected, cure)


def naming(fault: Fault) -> Iterator[Repair]:
    """A name given to an expression that is taken."""
    for word, name in pairwise(fault.tokens):
        if word.is_word("AS") and name.kind == "variable":
            fresh = f"{name.text}_2"
            words = (f"{name.text} has a value already", "a name that is not used yet", f"write AS {fresh}")
            yield Repair((exchange(name, fresh),), name.start, *words)


def numbers(fault: Fault) -> Iterator[Repair]:
    """LIMIT and OFFSET with anything but a number from 0 on."""
    for token in fault.tokens:
        following = fault.after(token)
        if token.is_word("LIMIT", "OFFSET") and following and not following.text.isdecimal():
            end = following.end
            number = fault.after(following)
            if following.text in {"-", "+"} and number is not None:
                end = number.end
            found = f"{token.text} {shown(fault.text[following.start : end])}"
            cure = f"write {token.text} 10, or leave it out for all rows"
            yield Repair((Edit(following.start, end, "1"),), following.start, found, "a whole number from 0 on", cure)


def order(fault: Fault) -> Iterator[Repair]:
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


def _leading_variables(tokens: Sequence[SparqlToken]) -> list[SparqlToken]:
    """Return the variables with which a clause begins."""
    end = next((n for n, token in enumerate(tokens) if token.kind != "variable"), len(tokens))
    return list(tokens[:end])


def _selected(fault: Fault) -> list[SparqlToken]:
    """Return the variables that are selected as they are, outside of brackets."""
    end = next((n for n, token in enumerate(fault.tokens) if token.text == "{"), len(fault.tokens))
    depth, found = 0, []
    for token in fault.tokens[:end]:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and not depth:
            found.append(token)
    return found


# Braces, brackets and dots: what holds statements together and keeps them apart.


def braces(fault: Fault) -> Iterator[Repair]:
    """Clauses without braces, or with other brackets in their place."""
    for token in fault.tokens:
        following = fault.after(token)
        if following is None or following.text == "{":
            continue
        if token.is_word(*_BRACED):
            yield from _exchanged(fault, token.text, following)
            yield from _wrapped(fault, token, "{", "}", "{ … }")
            if token.is_word("VALUES") and (opening := fault.after(following)):
                yield from _exchanged(fault, token.text, opening)
        elif token.is_word(*_BRACKETED) and following.text != "(":
            yield from _wrapped(fault, token, "(", ")", "(condition)")
        elif token.is_word("UNION"):
            yield from _union(fault, token)


def subqueries(fault: Fault) -> Iterator[Repair]:
    """A SELECT within a group that shares its braces with other statements."""
    for token in fault.tokens[1:]:
        before = fault.before(token)
        opening = next((each for each in fault.tokens if each.start > token.start and each.text == "{"), None)
        if token.is_word("SELECT") and before and before.text in {"{", "."} and opening:
            closing = _partner(fault, opening)
            if closing is not None:
                edits = (insertion(token.start, "{ "), insertion(closing.end, " }"))
                words = ("a SELECT beside other statements", "{ SELECT … } in braces of its own")
                yield Repair(edits, token.start, *words, "put braces around the inner SELECT")


def missing_brace(fault: Fault) -> Iterator[Repair]:
    """A group that was never opened."""
    for token in fault.near:
        if token.kind in TERMS:
            for edits in (
                (insertion(token.start, "{ "),),
                (insertion(token.start, "{ "), insertion(len(fault.text), "\n}")),
            ):
                yield Repair(edits, token.start, "the statements begin without a brace", "WHERE {", "write { here")


def brackets(fault: Fault) -> Iterator[Repair]:
    """Brackets that are not closed, or not opened."""
    opened: list[SparqlToken] = []
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


def dots(fault: Fault) -> Iterator[Repair]:
    """Statements that are not kept apart."""
    for token in fault.near:
        before = fault.before(token)
        if before and token.kind in TERMS and before.kind in TERMS | {"language"} and before.end < token.start:
            cure = f"write {shown(before.text)} . {shown(token.text)}"
            words = (f"{shown(token.text)} begins a new statement", "a dot between two statements", cure)
            yield Repair((insertion(before.end, " ."),), token.start, *words)


def incomplete(fault: Fault) -> Iterator[Repair]:
    """Statements without a property or without a value."""
    for token in fault.near:
        before = fault.before(token)
        if token.kind == "mark" and token.text in {"}", ".", ";"} and before and before.kind in TERMS | {"word"}:
            for missing in (" ?value ", " ?property ?value "):
                words = ("the statement that ends here is not complete", "a subject, a property and a value")
                cure = f"write {shown(before.text)}{missing}{token.text}"
                yield Repair((insertion(before.end, missing),), token.start, *words, cure)


def surplus(fault: Fault) -> Iterator[Repair]:
    """A mark too many."""
    for token in fault.near:
        if token.kind == "mark" and token.text in {".", ";", ","}:
            words = (f"{token.text!r} stands alone", "the next clause, or the end", f"leave out this {token.text!r}")
            yield Repair((exchange(token, ""),), token.start, *words)


def _closing(fault: Fault, opened: Sequence[SparqlToken], at: int) -> Repair:
    """Close brackets at an offset."""
    line, column = place(fault.text, opened[-1].start)
    closers = "".join(_CLOSERS[token.text] for token in reversed(opened))
    found = f"the {opened[-1].text} of line {line}, column {column} is not closed"
    break_ = "\n" if at == len(fault.text) else ""  # the text may end in a comment
    where = "at the end" if break_ else "here"
    return Repair((insertion(at, break_ + closers),), at, found, closers, f"add {closers} {where}")


def _exchanged(fault: Fault, word: str, opening: SparqlToken) -> Iterator[Repair]:
    """Put braces in the place of other brackets."""
    closing = _partner(fault, opening) if opening.text in {"(", "["} else None
    if closing is not None:
        edits = (exchange(opening, "{"), exchange(closing, "}"))
        found, expected = f"{opening.text} after {word.upper()}", f"{word.upper()} {{ … }}"
        yield Repair(edits, opening.start, found, expected, f"write {{ }} for {opening.text} {closing.text}")


def _wrapped(fault: Fault, word: SparqlToken, opener: str, closer: str, form: str) -> Iterator[Repair]:
    """Put brackets around what follows a keyword."""
    following = fault.after(word)
    assert following is not None
    for match in list(_GROUP_END.finditer(fault.text, following.start))[:_FEW]:
        keyword, written = word.text.upper(), shown(fault.text[following.start : match.start()])
        edits = (insertion(following.start, opener), insertion(match.start(), closer))
        gap = " " if opener == "{" else ""
        cure = f"write {keyword}{gap}{opener}{gap}{written}{gap}{closer}"
        found = f"{keyword} without {'braces' if opener == '{' else 'brackets'}"
        yield Repair(edits, following.start, found, f"{keyword} {form}", cure)


def _union(fault: Fault, word: SparqlToken) -> Iterator[Repair]:
    """Put braces around both sides of a UNION."""
    before = [token for token in fault.tokens if token.end <= word.start and token.text == "{"]
    after = [token for token in fault.tokens if token.start >= word.end and token.text == "}"]
    if before and after:
        ends = (insertion(before[-1].end, " {"), insertion(word.start, "} "))
        edits = (*ends, insertion(word.end, " {"), insertion(after[0].start, "} "))
        cure = "put braces around both sides"
        yield Repair(edits, word.start, "UNION without braces", "{ … } UNION { … }", cure)


def _partner(fault: Fault, opening: SparqlToken) -> SparqlToken | None:
    """Find the bracket that closes another."""
    depth = 0
    for token in fault.tokens:
        if token.start >= opening.start and token.kind == "mark":
            depth += (token.text == opening.text) - (token.text == _CLOSERS[opening.text])
            if not depth:
                return token
    return None


_PROPOSALS = (
    *(signs, prologue, prefixes, bare_iris, openings, languages, misspelt, operators),
    *(projection, grouping, naming, numbers, braces, order, brackets, dialects),
    *(subqueries, dots, incomplete, surplus, missing_brace, bare_words),
)
