"""The editions of a source: listed one by one, or a pattern that further files fill with what they tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from communique.graph.errors import Faults
from communique.graph.mapping.bounds import Bounds, read_bounds
from communique.graph.sources.tree import (
    Block,
    Place,
    Scalar,
    as_block,
    as_items,
    as_scalar,
    read_key,
    read_pairs,
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
    """An edition with ``{…}`` in its name or date; what stands there is told by each file.

    Attributes
    ----------
    source : name of the source
    name, date, label, values : with placeholders
    files : patterns of the names of the files that may fill it
    form : regular expression for the whole name of a file, whose named groups tell values; None when there is none
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
        """Give the name of the edition as it is written."""
        return self.name.text

    def fill(self, told: Mapping[str, str]) -> Edition:
        """Make the edition of a file; MappingError for a value that it does not tell, and for a date that is none."""
        name = Scalar(_fill(self.name, {key: slug(text) for key, text in told.items()}), self.name.place)
        date = Scalar(_fill(self.date, told), self.date.place)
        label = _fill(Scalar(self.label, self.name.place), told)
        values = {key: _fill(Scalar(text, self.name.place), told) for key, text in self.values.items()}
        return _make(self.source, name, date, self.files, values, label)

    def stand_in(self) -> Edition:
        """Make an edition of no file, by which the tables can be tried."""
        date = Scalar(_ANY_DAY, self.date.place)
        return _make(self.source, Scalar("any", self.name.place), date, self.files, self.values, self.label)


def read_editions(
    tree: Block, source: str, files: Sequence[str], faults: Faults
) -> tuple[tuple[Edition, ...], tuple[EditionPattern, ...]]:
    """Read the editions of a mapping, or the only one, which takes ``files``; those with placeholders stand apart."""
    listed = tree.get("editions")
    if listed is None:
        blocks = [Block(tuple(entry for entry in tree if entry[0].text in ("edition", "date")), tree.place)]
    else:
        blocks = [as_block(part, "an edition") for part in as_items(listed)]
    read: list[tuple[Edition | EditionPattern, Place]] = []
    for block in blocks:
        with faults.gathered():
            read.append((_read(block, source, tuple(files) if listed is None else (), faults), block.place))
    _refuse_repeats(((each.edition, place) for each, place in read), faults)
    return (
        tuple(each for each, _ in read if isinstance(each, Edition)),
        tuple(each for each, _ in read if isinstance(each, EditionPattern)),
    )


def _read(block: Block, source: str, files: tuple[str, ...], faults: Faults) -> Edition | EditionPattern:
    """Read an edition."""
    refuse_others(block, _EDITION, "an edition", faults)
    name = as_scalar(require(block, "edition", "the edition"), "the name of an edition")
    date = as_scalar(require(block, "date", f"edition {name.text}"), "the date of the edition")
    own = read_texts(block.get("files"), "the pattern of a file name") or files
    values, label = read_pairs(block.get("values"), "a value of the edition"), read_text(block, "label") or ""
    form = _read_form(block)
    if form is not None or _PLACEHOLDER.search(name.text + date.text):
        return EditionPattern(source, name, date, label, values, own, form)
    return _make(source, name, date, own, values, label)


def _make(
    source: str, name: Scalar, date: Scalar, files: tuple[str, ...], values: Mapping[str, str], label: str
) -> Edition:
    """Make an edition; MappingError where its name is no key or its date has no days."""
    edition, days = read_key(name, "the name of an edition"), read_bounds(date)
    if days.begin_earliest is None or days.end_latest is None:
        raise wrong(date.place, f"{date.text!r} has no first or last day", expected="a day, month or year")
    return Edition(f"{source}-{edition}", edition, date, days, files, values, label)


def _read_form(block: Block) -> re.Pattern[str] | None:
    """Read the regular expression for names of files."""
    part = block.get("pattern")
    if part is None:
        return None
    text = as_scalar(part, "a regular expression").text
    try:
        return re.compile(text)
    except re.error as error:
        raise wrong(
            part.place, f"{text!r} is no regular expression: {error}", expected="such as x-(?P<year>[0-9]{4})"
        ) from error


def _fill(text: Scalar, told: Mapping[str, str]) -> str:
    """Put what a file tells in the place of placeholders."""

    def put(found: re.Match[str]) -> str:
        if not told.get(found[1]):
            expected = ", ".join(f"{{{key}}}" for key in told)
            raise wrong(text.place, f"the file does not tell {found[0]}", expected=expected)
        return told[found[1]]

    return _PLACEHOLDER.sub(put, text.text)


def _refuse_repeats(editions: Iterator[tuple[str, Place]], faults: Faults) -> None:
    """Refuse two editions of one name."""
    seen: dict[str, int] = {}
    for name, place in editions:
        if name in seen:
            faults.add(wrong(place, f"edition {name!r} again, first on line {seen[name]}"))
        seen.setdefault(name, place.line)
