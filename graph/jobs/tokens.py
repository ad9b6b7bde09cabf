"""Tokens: who may write over HTTP, and which graphs.

A token is 32 random bytes that are shown once. Its file, JSON, holds name, scopes and the SHA-256: a text of so much
chance is not to be guessed, so that neither salt nor a slow digest would add anything. The file is read anew when it
has changed: a token that was revoked is refused from the next request on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from communique.graph.errors import CommuniqueError, NotAuthenticated
from communique.graph.terms.namespaces import GRAPH

JOBS, UPDATE, ADMIN, WRITE = "jobs", "update", "admin", "write:"
SCOPES = (JOBS, UPDATE, f"{WRITE}PATTERN", ADMIN)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PREFIX = "cq_"
_WRITABLE_BY_OTHERS = 0o022


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token.

    Attributes
    ----------
    name : by which the journal calls whoever uses it
    scopes : ``write:PATTERN`` (graphs whose names match may be written; ``*`` stands for anything, and a pattern
        without a scheme starts at the base of graphs: ``write:doc/9*``), ``update`` (SPARQL Update too, in these
        graphs), ``jobs`` (the jobs of all tokens may be seen), ``admin`` (all of this, in every graph)
    sha256 : of its text, hexadecimal
    created : UTC, ISO 8601
    """

    name: str
    scopes: tuple[str, ...]
    sha256: str
    created: str

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of graphs that it may write."""
        if ADMIN in self.scopes:
            return ("*",)
        return tuple(scope.removeprefix(WRITE) for scope in self.scopes if scope.startswith(WRITE))

    def allows(self, scope: str) -> bool:
        """Say whether it has a scope without a pattern."""
        return scope in self.scopes or ADMIN in self.scopes


def is_within(graph: str, patterns: Iterable[str]) -> bool:
    """Say whether the IRI of a graph matches one of the patterns."""
    return any(fnmatchcase(graph, _absolute(pattern)) for pattern in patterns)


class TokenFile:
    """The file of all tokens."""

    def __init__(self, path: Path) -> None:
        """Point at a file, which need not exist yet."""
        self.path = path
        self._read: tuple[tuple[int, int, int], tuple[Token, ...]] | None = None

    def tokens(self) -> tuple[Token, ...]:
        """Read the tokens, when the file has changed; CommuniqueError when it is missing, damaged or not safe."""
        try:
            state = self.path.stat()
            mark = (state.st_ino, state.st_mtime_ns, state.st_size)
            if self._read is None or self._read[0] != mark:
                if state.st_mode & _WRITABLE_BY_OTHERS:
                    raise CommuniqueError(f"others may write to {self.path}", hint=f"chmod 600 {self.path}")
                self._read = mark, tuple(map(_read, json.loads(self.path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError, KeyError) as error:
            hint = "communique token new NAME --scope SCOPE makes one"
            raise CommuniqueError(f"the tokens in {self.path} cannot be read: {error}", hint=hint) from error
        return self._read[1]

    def authenticate(self, text: str) -> Token:
        """Find the token of this text; NotAuthenticated when there is none. The time says nothing of how near it is."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        found = [token for token in self.tokens() if hmac.compare_digest(token.sha256, digest)]
        if not found:
            raise NotAuthenticated("the token is not known", hint="ask the operator for another: communique token new")
        return found[0]

    def add(self, name: str, scopes: Collection[str]) -> str:
        """Make a token and return its text, which is kept nowhere; CommuniqueError when name or scope make no sense."""
        if not _NAME.fullmatch(name):
            raise CommuniqueError(f"{name!r} is no name of a token", expected="lower-case letters, digits, . _ -")
        for scope in scopes:
            if scope not in {JOBS, UPDATE, ADMIN} and not (scope.startswith(WRITE) and scope != WRITE):
                raise CommuniqueError(f"scope {scope!r} is not known", expected=f"one of {', '.join(SCOPES)}")
        known = self.tokens() if self.path.exists() else ()
        if any(token.name == name for token in known):
            raise CommuniqueError(f"there is a token {name!r} already", hint=f"communique token revoke {name}")
        text = _PREFIX + secrets.token_urlsafe(32)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._write((*known, Token(name, tuple(scopes), hashlib.sha256(text.encode()).hexdigest(), now)))
        return text

    def revoke(self, name: str) -> None:
        """Take a token out; CommuniqueError when there is none of this name."""
        known = self.tokens()
        left = tuple(token for token in known if token.name != name)
        if left == known:
            names = ", ".join(token.name for token in known) or "there is none"
            raise CommuniqueError(f"no token {name!r} in {self.path}", expected=f"one of {names}")
        self._write(left)

    def _write(self, tokens: Iterable[Token]) -> None:
        """Put another file in the place of this one, durably, for its owner's eyes alone."""
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps([asdict(token) for token in tokens], indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)


def _read(entry: dict[str, Any]) -> Token:
    return Token(str(entry["name"]), tuple(map(str, entry["scopes"])), str(entry["sha256"]), str(entry["created"]))


def _absolute(pattern: str) -> str:
    return pattern if ":" in pattern or pattern == "*" else GRAPH + pattern
