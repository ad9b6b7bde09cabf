"""What stands around the braces: the variables after SELECT, grouping, names, order and number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from communique.graph.hints.faults import Edit, Fault, Repair, exchange, insertion, shown
from communique.graph.hints.repairs.keywords import AGGREGATES, FUNCTIONS, KEYWORDS
from communique.graph.hints.tokens import Token


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


def _leading_variables(tokens: Sequence[Token]) -> list[Token]:
    """Give the variables with which a clause begins."""
    end = next((n for n, token in enumerate(tokens) if token.kind != "variable"), len(tokens))
    return list(tokens[:end])


def _selected(fault: Fault) -> list[Token]:
    """Give the variables that are selected as they are, outside of brackets."""
    end = next((n for n, token in enumerate(fault.tokens) if token.text == "{"), len(fault.tokens))
    depth, found = 0, []
    for token in fault.tokens[:end]:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and not depth:
            found.append(token)
    return found
