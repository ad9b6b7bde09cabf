"""Write ``graph/linking/territories.tsv`` anew, from the Babel that is installed: ``python -m bench.territories``.

Not a benchmark, but like them a command for developers. Babel carries the names of territories and regions of the
Unicode Common Locale Data Repository (CLDR). The table is read by the product, which so needs no Babel; names that
somebody adds by hand are lost when it is written anew, so they belong in ``names.tsv``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from babel import localedata
from babel.core import get_cldr_version

TABLE = Path(__file__).resolve().parents[1] / "graph" / "linking" / "territories.tsv"

_HEADER = """\
# Names of territories and regions in the locales of the Unicode Common Locale Data Repository (CLDR).
# cldr: {cldr}
# babel: {babel}
# generated: {day}, by python -m bench.territories
# licence: Unicode-3.0, copyright 2004-2025 Unicode, Inc.; the text is in LICENSE-UNICODE
# A row has a name, the code that CLDR gives to what it names, and the locales that have it. Locales inherit names and
# list only what differs. Two letters are those of ISO 3166-1; three digits are regions of the United Nations.
code\tname\tlocales
"""


def write_table(day: date) -> str:
    """Write the table as text, ordered by the first locale of a name, then by its code."""
    locales: dict[tuple[str, str], list[str]] = {}
    for locale in sorted(localedata.locale_identifiers()):
        for code, name in _read_locale(locale):
            locales.setdefault((code, name), []).append(locale)
    head = _HEADER.format(cldr=get_cldr_version(), babel=version("babel"), day=day.isoformat())
    rows = sorted((found[0], code, name, " ".join(found)) for (code, name), found in locales.items())
    return head + "".join(f"{code}\t{name}\t{found}\n" for _, code, name, found in rows)


def _read_locale(locale: str) -> Iterator[tuple[str, str]]:
    """Read the names that one locale has itself; Babel's own loader would add those it inherits."""
    with Path(localedata.resolve_locale_filename(locale)).open("rb") as stream:
        data: Mapping[str, Mapping[str, object]] = pickle.load(stream)
    for code, name in data.get("territories", {}).items():
        if isinstance(name, str):
            yield code, name


if __name__ == "__main__":
    TABLE.write_text(write_table(datetime.now(UTC).date()), encoding="utf-8")
    print(f"{TABLE.name} written: CLDR {get_cldr_version()} of Babel {version('babel')}")
