"""Names → keys under which spellings of one name meet: case, accents, punctuation, abbreviations, order of words.

Four keys, from strict to lax. ``normalize`` drops case, accents and punctuation. ``expand`` writes abbreviations out
and leaves joining words away. ``sort_words`` sorts the words of that, so that an inverted name meets the usual one.
None of these drops a word that distinguishes two states. ``without_form`` does: it leaves the form of a state away
(``Republic``), so whoever looks it up has to see that no two states differ only by their form.

The words and letters are in ``words.tsv`` and ``letters.tsv``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from communique.graph.linking.tables import read_table, read_words

_LISTS = read_words()
_JOINING, _FORMS = _LISTS["joining"].keys(), _LISTS["form"].keys()
_ABBREVIATIONS = _LISTS["abbreviation"]
_WITHOUT_FORM = _FORMS | _LISTS["kind-of-form"].keys()
# How a Chinese name ends where it says the form of a state.
_ENDINGS = re.compile(
    rf"(?<=\w\w)(?:(?:{'|'.join(_LISTS['kind-of-republic'])})*(?:{'|'.join(_LISTS['republic-ending'])})"
    rf"|{'|'.join(_LISTS['ending'])})$"
)
_DOTTED = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")  # U.S.A., P. R.
_ELIDED = re.compile(r"\b([dl])['’](?=\w)", re.IGNORECASE)  # d'Albanie, l'Inde
_APOSTROPHES = "'’‘`´ʻʼʿʾˈ′ـ־"


class _Folding(dict[int, str]):
    """The table of ``str.translate`` for lower-case, decomposed text, filled as characters come."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        category = unicodedata.category(letter)
        is_dropped = unicodedata.combining(letter) or category == "Cf"
        self[code] = folded = "" if is_dropped else letter if category[0] in "LNM" else " "
        return folded


_FOLDING = _Folding(
    {ord(row["letter"]): row["written"] for row in read_table("letters.tsv")}
    | dict.fromkeys(map(ord, _APOSTROPHES), "")
    | {ord("&"): " and "}
)


def normalize(text: str) -> str:
    """Write a name in lower case without accents and punctuation, its words separated by single spaces.

    Chinese characters become the simplified ones; letters that scripts write in several ways become one. Idempotent;
    empty for a text without a letter or digit.
    """
    whole = _ELIDED.sub(r"\1 ", _DOTTED.sub("", text))
    if not whole.isascii():
        whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", whole).casefold())
    return " ".join(whole.lower().translate(_FOLDING).split())


def expand(key: str) -> str:
    """Write the abbreviations of a normalized name out and leave joining words away; a single word stays as it is."""
    if " " not in key:
        return key
    words = " ".join(_ABBREVIATIONS.get(word, _without_article(word)) for word in key.split()).split()
    return " ".join(word for word in words if word not in _JOINING) or key


def _without_article(word: str) -> str:
    """Leave the Arabic article away from a word of some length."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def sort_words(key: str) -> str:
    """Sort the words of an expanded name."""
    return " ".join(sorted(key.split()))


def without_form(key: str) -> str:
    """Leave the words for the form of a state away from an expanded name; empty when nothing else is said."""
    return _ENDINGS.sub("", " ".join(word for word in key.split() if word not in _WITHOUT_FORM))


def has_form(key: str) -> bool:
    """Say whether an expanded name has the form of a state and not only its kind: Islamic Republic, not Islamic."""
    return not _FORMS.isdisjoint(key.split()) or _ENDINGS.search(key) is not None


def initials(key: str) -> str:
    """Return the first letters of the words of an expanded name; empty for a single word."""
    words = key.split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""


@dataclass(frozen=True)
class Spelling:
    """A text and the keys under which it meets others, each computed once."""

    text: str

    @cached_property
    def key(self) -> str:
        """The normalized text."""
        return normalize(self.text)

    @cached_property
    def expanded(self) -> str:
        """The normalized text without abbreviations and joining words."""
        return expand(self.key)

    @cached_property
    def acronym(self) -> str:
        """The first letters of its words."""
        return initials(self.expanded)

    @cached_property
    def sorted_words(self) -> str:
        """The expanded text with its words in the order of the alphabet."""
        return sort_words(self.expanded)
