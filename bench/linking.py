"""Names of states against three lists of variants: how many are found, how many wrongly, and how fast.

The lists lie in ``../shared/data`` and are not shipped. What a list calls by a name of its own is led to a node by
``_GROUPS``; states that the graph does not describe are rightly not found.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import rdata
from pyoxigraph import NamedNode

from bench.machine import table
from bench.record import write_section
from communique.graph.linking.meanings import library_names, own_names
from communique.graph.linking.states import by_code, find
from communique.graph.terms.identifiers import entity
from communique.graph.terms.namespaces import shorten

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# Groups of the big list without a code of ISO 3166-1; None where the graph describes no such state.
_GROUPS: dict[str, str | None] = {
    "Austria-Hungary": "COW300",
    "Baden": "COW267",
    "Bavaria": "COW245",
    "Brunswick": None,
    "Czechoslovakia": "CSK",
    "German Democratic Republic": "DDR",
    "Hamburg": None,
    "Hanover": "COW240",
    "Hesse Electoral": "COW273",
    "Hesse Grand Ducal": "COW275",
    "Hesse-Darmstadt": "COW275",
    "Hesse-Kassel": "COW273",
    "Kosovo": "XKX",
    "Mecklenburg Schwerin": "COW280",
    "Modena": "COW332",
    "Nassau": None,
    "Netherlands Antilles": "ANT",
    "Oldenburg": None,
    "Orange Free State": None,
    "Parma": "COW335",
    "Piedmont-Sardinia": "COW325",
    "Prussia": "COW255",
    "Republic of Vietnam": "COW817",
    "Sardinia": "COW325",
    "Saxe-Weimar-Eisenach": None,
    "Saxony": "COW269",
    "Serbia and Montenegro": "SCG",
    "Somaliland": None,
    "Tuscany": "COW337",
    "Two Sicilies": "COW329",
    "United Province CA": None,
    "Wuerttemburg": "COW271",
    "Würtemberg": "COW271",
    "Yemen Arab Republic": "COW678",
    "Yemen People's Republic": "YMD",
    "Yugoslavia": "YUG",
    "Zanzibar": "COW511",
}
_FORMS = ("short_name", "full_name", "variant_1", "variant_2", "variant_3", "variant_4")


@dataclass(frozen=True, slots=True)
class Case:
    """A name and the node it should lead to; None for a state that the graph does not describe."""

    text: str
    expected: NamedNode | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case."""

    case: Case
    found: NamedNode | None

    @property
    def verdict(self) -> str:
        """Say right, wrong or none."""
        if self.found == self.case.expected:
            return "right"
        return "wrong" if self.found else "none"


def main(*, writes: bool = True) -> None:
    """Measure, print everything that was not found right, and write the section of ``bench/README.md``."""
    if not SHARED.is_dir():
        print("no ../shared beside the checkout: the lists are not shipped")
        return
    start = time.process_time()
    find("Korea, Dem. Rep.")
    built = time.process_time() - start
    speed = _speed([name for name, _ in own_names()] + [name for name, _ in library_names()])
    sets = measure()
    text = f"{_table(sets)}\n\n{_speeds(built, speed)}\n\n{_wrong(sets)}\n\n{_left_open(sets)}"
    print(text)
    for title, outcomes in sets.items():
        print(f"\nnot found, {title}:", ", ".join(_tell(outcome) for outcome in outcomes if outcome.verdict == "none"))
    if writes:
        write_section("linking", text)


def measure() -> dict[str, list[Outcome]]:
    """Find every name of every list."""
    lists = {
        "variants in all languages": _variants(),
        "United Nations, six languages": _united_nations(),
        "Chinese, simplified": _chinese(),
        "Chinese, both scripts": _chinese_scripts(),
    }
    return {title: [Outcome(case, find(case.text)) for case in cases] for title, cases in lists.items()}


def share(outcomes: Sequence[Outcome], verdict: str) -> float:
    """Give the share of a verdict among the outcomes."""
    return sum(outcome.verdict == verdict for outcome in outcomes) / len(outcomes)


def _read(path: str) -> list[dict[str, str]]:
    """Read a table of the shared data."""
    with (SHARED / path).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _node(code: str | None) -> NamedNode | None:
    """Name the node of an alpha-3 code or of a state before the standard."""
    if code is None:
        return None
    return by_code("alpha3", code) or entity(f"state/{code}")


def _groups(column: str) -> dict[str, str | None]:
    """Map what a list calls a state to its code."""
    codes = {row[column]: row["iso3c"] for row in _read("countries/countrycode_codelist.csv") if row["iso3c"]}
    return {**codes, **_GROUPS}


def _variants() -> Iterator[Case]:
    """Read the list of 24,725 variants."""
    frame = rdata.read_rda(SHARED / "name_matching/countrycode_countryname_dict.rda")["countryname_dict"]
    codes = _groups("country.name.en")
    for group, text in zip(frame["country.name.en"], frame["country.name.alt"], strict=True):
        yield Case(str(text), _node(codes[str(group)]))


def _united_nations() -> Iterator[Case]:
    """Read the names of the members of the United Nations in its languages."""
    codes = {**_groups("country.name.en"), **_groups("un.name.en"), "Bahamas (The)": "BHS"}
    for row in _read("name_matching/countrycode_un_names_6_languages.csv"):
        for column, text in row.items():
            if column != "country":
                yield Case(text, _node(codes[row["country"]]))


def _chinese() -> Iterator[Case]:
    """Read the Chinese variants in simplified characters."""
    for row in _read("name_matching/zh_country_name_variants_simplified.csv"):
        yield Case(row["name"], _node(row["iso3c"]))


def _chinese_scripts() -> Iterator[Case]:
    """Read the Chinese variants of three regions in both scripts, without repeats."""
    rows = _read("name_matching/zh_country_name_variants_wide.csv")
    named = {(row[form], row["iso3c"]) for row in rows for form in _FORMS if row[form] not in {"", "NA"}}
    for text, code in sorted(named):
        yield Case(text, _node(code))


def _speed(names: Sequence[str]) -> float:
    """Find names that are each looked up for the first time; names per second."""
    distinct = list(dict.fromkeys(names))
    start = time.process_time()
    for name in distinct:
        find(name)
    return len(distinct) / (time.process_time() - start)


def _table(sets: dict[str, list[Outcome]]) -> str:
    """Write right, wrong and none as shares, precision and recall."""
    return table(
        ("list", "names", "right", "wrong", "none", "precision", "recall"), [_row(*item) for item in sets.items()]
    )


def _row(title: str, outcomes: list[Outcome]) -> tuple[object, ...]:
    """Count one list."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    found = sum(outcome.found is not None for outcome in outcomes)
    wanted = sum(outcome.case.expected is not None for outcome in outcomes)
    hits = sum(outcome.found is not None and outcome.verdict == "right" for outcome in outcomes)
    right, wrong, none = (counts[verdict] for verdict in ("right", "wrong", "none"))
    shares = f"{right / len(outcomes):.2%}", f"{wrong} ({wrong / len(outcomes):.3%})", f"{none / len(outcomes):.2%}"
    return title, f"{len(outcomes):,}", *shares, f"{hits / found:.3%}", f"{hits / wanted:.2%}"


def _speeds(built: float, speed: float) -> str:
    """Write how long the index takes and how fast names are found."""
    return (
        f"The index is built in {built:.1f} s of processor time at the first call. Exact and alias path, every name"
        f" looked up for the first time: {speed:,.0f} names per second of processor time."
    )


def _wrong(sets: dict[str, list[Outcome]]) -> str:
    """List every wrong answer."""
    wrong = {
        (_tell(outcome), title)
        for title, outcomes in sets.items()
        for outcome in outcomes
        if outcome.verdict == "wrong"
    }
    return "Every wrong answer:\n\n" + "\n".join(f"- {told} ({title})" for told, title in sorted(wrong))


def _left_open(sets: dict[str, list[Outcome]]) -> str:
    """Count what was not found, by state for the big list, by name for the others."""
    first, *others = sets.values()
    counts = Counter(shorten(str(outcome.case.expected and outcome.case.expected.value)) for outcome in _open(first))
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    rest = ", ".join(dict.fromkeys(_tell(outcome) for outcomes in others for outcome in _open(outcomes)))
    return f"Not found in the first list, by state: {told}.\n\nNot found in the others: {rest}."


def _open(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Keep what was not found."""
    return (outcome for outcome in outcomes if outcome.verdict == "none")


def _tell(outcome: Outcome) -> str:
    """Write a name with what it should and what it did lead to."""
    expected, found = (shorten(node.value) if node else "nothing" for node in (outcome.case.expected, outcome.found))
    return f"{outcome.case.text}: {expected}" + (f", not {found}" if outcome.found else "")
