"""Names → keys under which spellings of one name meet: case, accents, punctuation, abbreviations, order of words.

Three keys, from strict to lax. ``plain`` drops case, accents and punctuation. ``expanded`` writes abbreviations out and
leaves articles away. ``unordered`` sorts the words of that, so that an inverted name meets the usual one. No key drops
a word that tells two states apart: ``Republic`` stays, for Korea, Congo, China and Dominica need it.
"""

from __future__ import annotations

import re
import unicodedata

from communique.graph.linking.scripts import LETTERS, simplify

# Words that join the parts of a name and are left out of the lax keys, in the languages of the alias table.
_JOINING = frozenset(
    [
        "the",
        "of",
        "and",
        "la",
        "le",
        "les",
        "los",
        "las",
        "el",
        "l",
        "d",
        "da",
        "das",
        "de",
        "del",
        "della",
        "des",
        "do",
        "dos",
        "du",
        "et",
        "e",
        "y",
        "i",
        "und",
        "der",
        "die",
        "il",
        "lo",
    ]
)
_ABBREVIATIONS = {
    "dem": "democratic",
    "dpr": "democratic peoples republic",
    "fed": "federal",
    "fmr": "former",
    "fr": "french",
    "i": "islands",
    "is": "islands",
    "isl": "islands",
    "isla": "islands",
    "island": "islands",
    "isle": "islands",
    "isls": "islands",
    "pdr": "peoples democratic republic",
    "peop": "peoples",
    "people": "peoples",
    "rep": "republic",
    "repub": "republic",
    "rb": "bolivarian republic",
    "saint": "st",
    "sainte": "st",
    "ste": "st",
    "sts": "st",
    "terr": "territory",
    "territories": "territory",
    "utd": "united",
}
_DOTTED = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")  # U.S.A., P. R.
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʻʼʿʾˈ′ـ־"))
_BREAKS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Write a name in small letters without accents and punctuation, its words parted by single spaces.

    Chinese characters become the simplified ones; letters that scripts write in several ways become one. Idempotent;
    empty for a text without a letter or digit.
    """
    if text.isascii():
        folded = text.lower()
    else:
        marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        folded = simplify("".join(letter for letter in marked if not unicodedata.combining(letter)).translate(LETTERS))
    undotted = _DOTTED.sub("", folded).translate(_APOSTROPHES)
    return _BREAKS.sub(" ", undotted.replace("&", " and ")).strip()


def expanded(key: str) -> str:
    """Write the abbreviations of a plain key out and leave joining words away; a single word stays as it is."""
    if " " not in key:
        return key
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in key.split()).split()
    return " ".join(word for word in words if word not in _JOINING) or key


def unordered(key: str) -> str:
    """Sort the words of an expanded key."""
    return " ".join(sorted(key.split()))
