"""The text of a SPARQL Update, parted into its operations (SPARQL 1.1 Update, grammar rules 29 to 52).

The engine has no parser without evaluation, and no dataset for an update. So the text is parted at the semicolons
outside of braces, each operation is carried out by itself, and ``USING`` is written into it where the protocol names a
dataset. A text that is parted wrongly is refused by the engine, or its change is judged by the gate as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from communique.graph.engine.guard import DEEPEST, nesting
from communique.graph.errors import QueryRefused

_IRI = r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"
_TOKEN = re.compile(
    rf"""(?P<gap> \s++ | \#[^\r\n]*+ )
      | (?P<text> \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
                | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
      | (?P<iri> {_IRI} )
      | (?P<mark> [{{}};] )
      | (?P<word> (?:[^\s{{}};<>"'\#\\]|\\.)++ | . )""",
    re.VERBOSE | re.DOTALL,
)
# What is no network's business: an update here changes this graph from itself.
_GAP = r"(?:\s|\#[^\r\n]*+(?:[\r\n]|\Z))*+"
_LOAD = re.compile(
    rf"""[?$:][\w-]*+ | (?P<load> (?<![\w-]) load {_GAP} (?:silent {_GAP})? (?: < | [^\s:<>"{{}}()?$]*+: ))""",
    re.IGNORECASE | re.VERBOSE,
)
_DATA, _MODIFY, _MANAGE = {"INSERT", "DELETE"}, {"INSERT", "DELETE", "WITH"}, {"ADD", "MOVE", "COPY", "CLEAR", "DROP"}


@dataclass(frozen=True, slots=True)
class _Token:
    """A token outside of braces, or a whole block in braces: upper-case word, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """One operation.

    Attributes
    ----------
    prologue : all BASE and PREFIX before it
    text : without them
    """

    prologue: str
    text: str
    _tokens: tuple[_Token, ...]

    @property
    def words(self) -> list[str]:
        """The words outside of braces, in upper case; a block in braces is ``{}``."""
        return [token.word for token in self._tokens]

    @property
    def is_data(self) -> bool:
        """Whether it is INSERT DATA or DELETE DATA."""
        return self.words[0] in _DATA and self.words[1:2] == ["DATA"]

    @property
    def has_pattern(self) -> bool:
        """Whether it reads the graph: DELETE or INSERT with WHERE."""
        return self.words[0] in _MODIFY and not self.is_data

    @property
    def has_dataset(self) -> bool:
        """Whether it says itself which graphs it reads."""
        return self.has_pattern and ("USING" in self.words or "WITH" in self.words)

    @property
    def is_about_default(self) -> bool:
        """Whether it writes to the default graph, or copies it."""
        if self.words[0] in _MANAGE:
            return "DEFAULT" in self.words[1:]
        return "WITH" not in self.words and any(not _has_only_graphs(block) for block in self._templates())

    @property
    def reads_default(self) -> bool:
        """Whether its pattern may read the default graph of the store."""
        return self.has_pattern and not self.has_dataset and not _has_only_graphs(self._blocks()[-1])

    def with_dataset(self, using: Sequence[str], named: Sequence[str]) -> UpdateOperation:
        """Let the pattern read these graphs; QueryRefused when the operation names a dataset itself."""
        if not self.has_pattern:
            return self
        if self.has_dataset:
            raise QueryRefused(
                "the update has USING or WITH, and the request names a dataset beside it",
                expected="one of them (SPARQL 1.1 Protocol, 2.2.3)",
                hint="leave out using-graph-uri and using-named-graph-uri",
            )
        clauses = "".join(f" USING <{graph}>" for graph in using)
        clauses += "".join(f" USING NAMED <{graph}>" for graph in named)
        where = next(token for token in self._tokens if token.word == "WHERE")
        template = self._blocks()[-1] if self.words[:2] == ["DELETE", "WHERE"] else ""
        text = f"{self.text[: where.start]}{template}{clauses} {self.text[where.start :]}"
        return next(iter(read_operations(f"{self.prologue}\n{text}")))

    def _blocks(self) -> list[str]:
        return [self.text[token.start : token.end] for token in self._tokens if token.word == "{}"]

    def _templates(self) -> list[str]:
        """The blocks that say what is written."""
        blocks = self._blocks()
        return blocks[:-1] if self.has_pattern and self.words[:2] != ["DELETE", "WHERE"] else blocks


def check(text: str, longest: int) -> None:
    """Raise QueryRefused for what is never carried out here; SERVICE is refused as in a query, by ``engine.guard``."""
    if len(text) > longest:
        raise QueryRefused(f"the update has {len(text):,} characters", expected=f"at most {longest:,}")
    if any(match["load"] for match in _LOAD.finditer(text)):
        raise QueryRefused("LOAD fetches a document", hint="fetch it yourself and send it to /rdf-graph-store")
    if (depth := nesting(text)) > DEEPEST:
        raise QueryRefused(f"brackets are nested {depth} deep", expected=f"at most {DEEPEST}")


def read_operations(text: str) -> Iterator[UpdateOperation]:
    """Part a text; each operation gets every BASE and PREFIX that stands before it."""
    prologue = ""
    for start, end, tokens in _part(text):
        declared, after = _prologue(tokens)
        if declared:
            prologue += text[start : tokens[declared - 1].end] + "\n"
            start = after
        if tokens[declared:]:
            shifted = (_Token(each.word, each.start - start, each.end - start) for each in tokens[declared:])
            yield UpdateOperation(prologue, text[start:end], tuple(shifted))


def _part(text: str) -> Iterator[tuple[int, int, list[_Token]]]:
    """Yield where each operation begins and ends, and its tokens."""
    tokens: list[_Token] = []
    depth = start = opened = 0
    for match in _TOKEN.finditer(text):
        mark = match["mark"]
        if mark == ";" and not depth:
            yield start, match.start(), tokens
            tokens, start = [], match.end()
        elif mark == "{":
            opened = opened if depth else match.start()
            depth += 1
        elif mark == "}":
            depth -= 1
            if not depth:
                tokens.append(_Token("{}", opened, match.end()))
        elif not depth and not match["gap"]:
            tokens.append(_Token(match[0].upper() if match["word"] else match[0], match.start(), match.end()))
    yield start, len(text), tokens


def _prologue(tokens: Sequence[_Token]) -> tuple[int, int]:
    """Count the tokens of BASE and PREFIX at the start; also where the last of them ends."""
    place = 0
    while place < len(tokens) and tokens[place].word in {"BASE", "PREFIX"}:
        place += 2 if tokens[place].word == "BASE" else 3
    place = min(place, len(tokens))
    return place, tokens[place - 1].end if place else 0


def _has_only_graphs(block: str) -> bool:
    """Say whether a block in braces consists of GRAPH clauses, so that nothing in it is about the default graph."""
    words, depth = [], 0
    for match in _TOKEN.finditer(block):
        depth -= match["mark"] == "}"
        if depth == 1 and not match["gap"] and match[0] not in {"{", "}", "."}:
            words.append(match[0])
        depth += match["mark"] == "{"
    return len(words) % 2 == 0 and all(word.upper() == "GRAPH" for word in words[::2])
