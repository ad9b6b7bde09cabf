"""Names and labels as every format can hold them: distinct names, and no control characters in either.

XML 1.0 allows most control characters in no form, not even escaped (section 2.2), and UTF-8 has no lone surrogates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

# Outside XML 1.0's Char, or a control character that it allows but advises against; tabs and line ends are kept.
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile(f"[\t\n\r]|{_ILLEGAL.pattern}")


def clean(text: str) -> str:
    """Take out the characters that no format can hold; tabs and line ends stay."""
    return _ILLEGAL.sub("", text)


def clean_label(text: str) -> str:
    """Write a label on one line: white space becomes single spaces, other control characters are taken out."""
    return " ".join(clean(re.sub(r"\s", " ", text)).split())


def identify(names: Iterable[Any]) -> dict[Any, str]:
    """Return a text of its own for each of some distinct objects: what ``str`` writes, where no other is written alike.

    Else it is what ``repr`` writes, so that ``1`` and ``"1"`` stay apart, with a number where that is taken too.
    Control characters and lone surrogates are percent-encoded, as in IRIs.
    """
    ordered = sorted(names, key=lambda name: (str(name), type(name).__name__, repr(name)))
    written = {name: _encode(str(name)) for name in ordered}
    alike = Counter(written.values())
    found: dict[Any, str] = {name: text for name, text in written.items() if alike[text] == 1}
    taken = set(found.values())
    for name in (name for name in ordered if name not in found):
        text = stem = _encode(repr(name))
        number = 1
        while text in taken:
            number += 1
            text = f"{stem}-{number}"
        found[name] = text
        taken.add(text)
    return found


def _encode(text: str) -> str:
    """Percent-encode the characters that no format can hold, and line ends."""
    return _CONTROL.sub(lambda match: quote(match[0], errors="surrogatepass"), text)
