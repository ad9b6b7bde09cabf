"""Names → keys under which spellings of one name meet: case, accents, punctuation, abbreviations, order of words.

Four keys, from strict to lax. ``plain`` drops case, accents and punctuation. ``expanded`` writes abbreviations out and
leaves joining words away. ``unordered`` sorts the words of that, so that an inverted name meets the usual one. None of
these drops a word that tells two states apart. ``shorn`` does: it leaves the form of a state away (``Republic``), so
whoever looks it up has to see that no two states differ only by their form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from communique.graph.linking.scripts import FOLDING

# Words that join the parts of a name, and words for country, in languages that put them before its name.
_JOINING = frozenset(
    [
        *("the", "of", "and"),  # English
        *("la", "le", "les", "l", "d", "de", "du", "des", "et"),  # French
        *("los", "las", "el", "del", "y", "e", "i", "o", "a", "da", "das", "do", "dos"),  # Spanish, Portuguese, Catalan
        *("il", "lo", "della", "degli", "delle"),  # Italian
        *("und", "der", "die", "das"),  # German
        *("en", "van", "het", "og", "och", "ja", "ve", "dan", "kaj", "si"),  # Dutch to Romanian
        *("и", "й", "і"),  # Russian, Ukrainian
        "orileede",  # Yoruba: country
        *("mba", "an"),  # Igbo: country; Irish: the
    ]
)
_ABBREVIATIONS = {
    "dem": "democratic",
    "dpr": "democratic peoples republic",
    "fed": "federal",
    "fmr": "former",
    "fr": "french",
    "is": "islands",
    "isl": "islands",
    "island": "islands",
    "isle": "islands",
    "isls": "islands",
    "pdr": "peoples democratic republic",
    "peop": "peoples",
    "people": "peoples",
    "rb": "bolivarian republic",
    "rep": "republic",
    "repub": "republic",
    "saint": "st",
    "sainte": "st",
    "ste": "st",
    "sts": "st",
    "terr": "territory",
    "territories": "territory",
    "utd": "united",
}
# Words for the form of a state. Not State, Democratic, United and their like: with these some names stand or fall.
_FORMS = frozenset(
    [
        *("republic", "kingdom", "republique", "royaume", "republica", "reino", "repubblica", "regno"),
        *("republik", "konigreich", "bundesrepublik", "volksrepublik", "koninkrijk", "republiek", "kungariket"),
        *("республика", "королевство", "республіка", "република", "republika", "respublika", "cumhuriyeti"),
        *("جمهوريه", "مملكه", "دوله"),
    ]
)
# Words that say of what kind it is. They need the form beside them: Islamic alone is that of no state.
_KINDS = frozenset(
    [
        *("peoples", "federal", "federative", "islamic", "socialist", "cooperative", "operative"),
        *("plurinational", "bolivarian", "hashemite", "sovereign", "independent"),
        *("federale", "islamique", "populaire", "socialiste", "federativa", "islamica", "popular", "socialista"),
        *("федеративная", "народная", "исламская", "اتحاديه", "اسلاميه", "شعبيه"),
    ]
)
_DROPPED = _FORMS | _KINDS
# How a Chinese name ends where it tells the form of a state.
_ENDINGS = re.compile(
    r"(?<=\w\w)(?:(?:人民|民主|联邦|联合|合作|伊斯兰|阿拉伯|独立|社会主义|多民族|玻利瓦尔)*共和国"
    r"|合众国|王国|大公国|公国|侯国|亲王国|苏丹国|独立国|联邦|联盟|自由邦|特别行政区|行政区|集体|省|国)$"
)
_DOTTED = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)")  # U.S.A., P. R.
_ELIDED = re.compile(r"\b([dl])['’](?=\w)", re.IGNORECASE)  # d'Albanie, l'Inde


def plain(text: str) -> str:
    """Write a name in small letters without accents and punctuation, its words parted by single spaces.

    Chinese characters become the simplified ones; letters that scripts write in several ways become one. Idempotent;
    empty for a text without a letter or digit.
    """
    whole = _ELIDED.sub(r"\1 ", _DOTTED.sub("", text))
    if not whole.isascii():
        whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", whole).casefold())
    return " ".join(whole.lower().translate(FOLDING).split())


def expanded(key: str) -> str:
    """Write the abbreviations of a plain key out and leave joining words away; a single word stays as it is."""
    if " " not in key:
        return key
    words = " ".join(_ABBREVIATIONS.get(word, _without_article(word)) for word in key.split()).split()
    return " ".join(word for word in words if word not in _JOINING) or key


def unordered(key: str) -> str:
    """Sort the words of an expanded key."""
    return " ".join(sorted(key.split()))


def shorn(key: str) -> str:
    """Leave the words for the form of a state away from an expanded key; empty when nothing else is said."""
    return _ENDINGS.sub("", " ".join(word for word in key.split() if word not in _DROPPED))


def is_formal(key: str) -> bool:
    """Tell whether an expanded key says the form of a state and not only its kind: Islamic Republic, not Islamic."""
    return not _FORMS.isdisjoint(key.split()) or _ENDINGS.search(key) is not None


def initials(key: str) -> str:
    """Give the first letters of the words of an expanded key; empty for a single word."""
    words = key.split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""


@dataclass(frozen=True)
class Spelling:
    """A text and the keys under which it meets others, each made once."""

    text: str

    @cached_property
    def key(self) -> str:
        """Give the key under which spellings meet."""
        return plain(self.text)

    @cached_property
    def lax(self) -> str:
        """Give the key without joining words."""
        return expanded(self.key)

    @cached_property
    def acronym(self) -> str:
        """Give the first letters of its words."""
        return initials(self.lax)

    @cached_property
    def ordered(self) -> str:
        """Give the key with its words in the order of the alphabet."""
        return unordered(self.lax)


def _without_article(word: str) -> str:
    """Leave the Arabic article away from a word of some length."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word
