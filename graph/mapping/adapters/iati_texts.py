"""Texts and attributes of IATI: narratives by language, with the language of the activity where they have none."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET

from communique.graph.sources.rows import LIST_MARK

# Languages that have columns.
LANGUAGES = ("en", "es", "fr", "pt")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def texts_of(element: ET.Element, tag: str, stem: str, language: str | None) -> dict[str, str]:
    """Give the narratives of an element by column, one of each language and several as a list."""
    found: dict[str, list[str]] = {}
    for each in element.findall(f"{tag}/narrative"):
        text = clean(each.text)
        if text and text not in found.setdefault(language_of(each.get(LANG) or language), []):
            found[language_of(each.get(LANG) or language)].append(text)
    return {f"{stem}_{each}": LIST_MARK.join(texts) for each, texts in found.items()}


def language_of(tag: str | None) -> str:
    """Reduce a language tag to one of those that have columns; English where it is another or none."""
    plain = (tag or "").partition("-")[0].lower()
    return plain if plain in LANGUAGES else LANGUAGES[0]


def text_of(element: ET.Element, tag: str) -> str:
    """Give the text of a child."""
    return clean(element.findtext(tag))


def attribute_of(element: ET.Element, tag: str, name: str) -> str:
    """Give an attribute of a child."""
    child = element.find(tag)
    return "" if child is None else clean(child.get(name))


def clean(text: str | None) -> str:
    """Normalise white space; some publishers escape their texts twice."""
    return " ".join(html.unescape(text or "").split())
