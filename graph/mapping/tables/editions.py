"""The editions of a source: listed one by one, or a pattern that files fill with what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from communique.graph.errors import Faults
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.sources.tree import (
    Block,
    FilePlace,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    read_key,
    read_pairs,
    read_pattern,
    read_text,
    read_texts,
    refuse_others,
    require,
    wrong,
)
from communique.graph.terms.identifiers import slug

_EDITION = ("edition", "date", "files", "values", "label", "pattern")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ANY_DAY = "2000-01-01"


@dataclass(frozen=True, slots=True)
class Edition:
    """One release of a source; ``key`` names its document, ``values`` are texts that columns may take."""

    key: str
    edition: str
    date: Scalar
    days: Bounds
    files: tuple[str, ...]
    values: Mapping[str, str]
    label: str


@dataclass(frozen=True, slots=True)
class EditionPattern:
    """An edition with ``{…}`` in its name or date; each file says what stands there.

    Attributes
    ----------
    source : name of the source
    name, date, label, values : with placeholders
    files : patterns of the names of the files that may fill it
    form : regular expression for the whole name of a file, whose named groups are values; None when there is none
    """

    source: str
    name: Scalar
    date: Scalar
    label: str
    values: Mapping[str, str]
    files: tuple[str, ...]
    form: re.Pattern[str] | None

    @property
    def edition(self) -> str:
        """The name of the edition as it is written."""
        return self.name.text

    def fill(self, said: Mapping[str, str]) -> Edition:
        """Make the edition of a file; MappingError for a value that it does not have, and for a date that is none."""
        name = Scalar(_fill(self.name, {key: slug(text) for key, text in said.items()}), self.name.place)
        date = Scalar(_fill(self.date, said), self.date.place)
        label = _fill(Scalar(self.label, self.name.place), said)
        values = {key: _fill(Scalar(text, self.name.place), said) for key, text in self.values.items()}
        return _make_edition(self.source, name, date, self.files, values, label)

    def stand_in(self) -> Edition:
        """Make an edition of no file, by which the tables can be compiled."""
        date = Scalar(_ANY_DAY, self.date.place)
        return _make_edition(self.source, Scalar("any", self.name.place), date, self.files, self.values, self.label)


def read_editions(
    tree: Block, source: str, files: Sequence[str], faults: Faults
) -> tuple[tuple[Edition, ...], tuple[EditionPattern, ...]]:
    """Read the editions of a mapping, or the only one, which takes ``files``; those with placeholders stand apart."""
    listed = tree.get("editions")
    if listed is None:
        blocks = [Block(tuple(entry for entry in tree if entry[0].text in ("edition", "date")), tree.place)]
    else:
        blocks = [as_block(part, "an edition") for part in as_items(listed)]
    read: list[tuple[Edition | EditionPattern, FilePlace]] = []
    for block in blocks:
        with faults.gathered():
            read.append((_read_edition(block, source, tuple(files) if listed is None else (), faults), block.place))
    seen: dict[str, int] = {}
    for each, place in read:
        if each.edition in seen:
            faults.add(wrong(place, f"edition {each.edition!r} again, first on line {seen[each.edition]}"))
        seen.setdefault(each.edition, place.line)
    return (
        tuple(each for each, _ in read if isinstance(each, Edition)),
        tuple(each for each, _ in read if isinstance(each, EditionPattern)),
    )


def _read_edition(block: Block, source: str, files: tuple[str, ...], faults: Faults) -> Edition | EditionPattern:
    refuse_others(block, _EDITION, "an edition", faults)
    name = as_scalar(require(block, "edition", "the edition"), "the name of an edition")
    date = as_scalar(require(block, "date", f"edition {name.text}"), "the date of the edition")
    own = read_texts(block.get("files"), "the pattern of a file name") or files
    values, label = read_pairs(block.get("values"), "a value of the edition"), read_text(block, "label") or ""
    form = read_pattern(block, "such as x-(?P<year>[0-9]{4})")
    if form is not None or _PLACEHOLDER.search(name.text + date.text):
        return EditionPattern(source, name, date, label, values, own, form)
    return _make_edition(source, name, date, own, values, label)


def _make_edition(
    source: str, name: Scalar, date: Scalar, files: tuple[str, ...], values: Mapping[str, str], label: str
) -> Edition:
    """Make an edition; MappingError where its name is no key or its date has no days."""
    edition, days = read_key(name, "the name of an edition"), read_bounds(date)
    if days.begin_earliest is None or days.end_latest is None:
        raise wrong(date.place, f"{date.text!r} has no first or last day", expected="a day, month or year")
    return Edition(f"{source}-{edition}", edition, date, days, files, values, label)


def _fill(text: Scalar, said: Mapping[str, str]) -> str:
    """Fill the placeholders of a text; MappingError at one for which there is nothing."""

    def put(found: re.Match[str]) -> str:
        if not said.get(found[1]):
            expected = ", ".join(f"{{{key}}}" for key in said)
            raise wrong(text.place, f"the file does not say {found[0]}", expected=expected)
        return said[found[1]]

    return _PLACEHOLDER.sub(put, text.text)
