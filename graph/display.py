"""Text of strangers, made fit to be shown: on a terminal, in a log line, in a problem document."""

from __future__ import annotations

import re

# A message that quotes more than this is cut; so is a word in it, such as an IRI.
LONGEST, LONGEST_WORD = 4_000, 300

# What moves a cursor, rings, recolours, breaks a line or turns the direction of writing, and halves of characters,
# which no encoding can write: Cc of Unicode, its line separators, the embeddings and isolates of UAX #9.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def legible(text: str) -> str:
    r"""Show what cannot be seen, or acts on a terminal, as ``\u001b``; line ends and tabulators stay.

    Applied twice it changes nothing more.
    """
    return _INVISIBLE.sub(lambda found: found[0] if found[0] in "\n\t" else f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Do as ``legible``, and show line ends and tabulators as escapes too, so that nobody can forge a line of a log."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def brief(text: str) -> str:
    """Make a message legible and cut what is too long for one, saying how long it was."""
    if len(text) > LONGEST_WORD:
        text = _WORD.sub(lambda word: _cut(word[0], LONGEST_WORD * 2 // 3), text)
    # Some room is left for the note, so that a message that was cut is not cut again.
    return legible(text if len(text) <= LONGEST else _cut(text, LONGEST - 100))


def _cut(text: str, length: int) -> str:
    return f"{text[:length]}… ({len(text):,} characters)"
