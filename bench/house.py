"""The house in figures: its size, its words, its rooms, and how far one reads to follow a route.

    python -m bench house            this checkout
    python -m bench.house FOLDER     another one, to compare with

Nothing is imported: all is read from the text, and no test holds a figure to a limit. A *room* is a folder of
``graph/``, ``api`` or ``cli``; modules that stand in ``graph/`` itself are *loose*.

A *route* is what a reader passes who follows one function into everything it calls: in the order of the text, into each
function as soon as it is named, into none twice. Lambdas and inner functions are part of the function around them; a
function that is handed on counts as called. A call on ``self`` is looked up in its class; one on any other value is
followed where a single class of the house has a method of that name, and no built-in type has.

- A *place* is a function that is read; *files* are the modules they stand in.
- A *climb* is a step back up: the next place to read stands in a file that was begun before and left for another. A
  story told in one function, each step in a file further down, has none.
- Beside the whole route, one is counted that stays in some rooms: what a load does outside of ``loading`` and
  ``store``, such as all of the mapping, ends at the door.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

FOLDERS = ("graph", "api", "src/communique")
# A route → where it begins (the first that exists: modules have moved), and the rooms in which it is followed.
ROUTES = {
    "build": (("graph.loading.pipeline:build", "graph.pipeline:build"), "loading"),
    "load": (("graph.loading.pipeline:load", "graph.pipeline:load"), "loading"),
    "judge (try a load)": (
        ("graph.loading.pipeline:try_load", "graph.loading.pipeline:judge", "graph.pipeline:judge"),
        "loading",
    ),
    "rollback": (("graph.loading.pipeline:rollback", "graph.pipeline:rollback"), "loading"),
    "review": (("graph.loading.pipeline:review", "graph.pipeline:review"), "loading"),
    "link a file": (("cli.link:link", "cli.linking:link"), "cli linking sources"),
    "SPARQL request": (("api.sparql:answer", "api.sparql:Sparql.answer"), "api engine"),
    "ready question": (("api.questions:answer", "api.questions:Questions.answer"), "api engine hints queries"),
}
_BUILT_IN = {
    name for kind in (str, bytes, list, dict, set, tuple, Counter, Path, type(sys.stdin)) for name in dir(kind)
} | set(dir(builtins))

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Source:
    """One module: its text as a tree, what it defines by qualified name, and what its imports stand for."""

    name: str
    lines: int
    tree: ast.Module
    defined: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def room(self) -> str:
        """The room it stands in; empty for a loose module."""
        parts = self.name.split(".")
        return parts[0] if parts[0] != "graph" else parts[1] if len(parts) > 2 else ""


class House:
    """All modules of a checkout, by the name under which they are imported, without the name of the package."""

    def __init__(self, root: Path) -> None:
        """Read every module below the folders of a checkout."""
        self.sources: dict[str, Source] = {}
        for folder in FOLDERS:
            for path in sorted((root / folder).rglob("*.py")):
                parts = list(path.relative_to(root).with_suffix("").parts)
                if path.is_relative_to(root / "src") and set(parts[2:3]) & {"graph", "api"}:
                    continue  # the package links to the folders above
                names = parts[2:] if parts[0] == "src" else parts
                # A package is its __init__; its name ends with a dot, so that it stands in its own room.
                name = ".".join([*names[:-1], ""] if names[-1] == "__init__" else names)
                text = path.read_text(encoding="utf-8")
                self.sources[name] = source = Source(name, text.count("\n"), ast.parse(text))
                source.defined = dict(_definitions(source.tree.body))
                source.imports = dict(_imports(source.tree))
        methods = defaultdict(list)
        for source in self.sources.values():
            for name in source.defined:
                if "." in name:
                    methods[name.rpartition(".")[2]].append(f"{source.name}:{name}")
        self._calls: dict[str, list[str]] = {}
        self.lone_methods = {name: found[0] for name, found in methods.items() if len(found) == 1}

    def module(self, name: str) -> Source | None:
        """Find a module or a package by the name it is imported by."""
        return self.sources.get(name) or self.sources.get(f"{name}.")

    def resolve(self, module: str, names: tuple[str, ...], depth: int = 0) -> str | None:
        """Find what dotted names mean in a module, as ``module:qualified.name``; None for what is not of the house."""
        source = self.module(module)
        if source is None or not names or depth > 8:
            return None
        for length in range(len(names), 0, -1):
            if ".".join(names[:length]) in source.defined:
                return f"{source.name}:{'.'.join(names)}" if length == len(names) else self._inherited(source, names)
        if names[0] in source.imports:
            home, _, name = source.imports[names[0]].partition(":")
            inner = f"{home}.{name}" if name else home
            if self.module(inner) and len(names) > 1:
                return self.resolve(inner, names[1:], depth + 1)
            return self.resolve(home, ((name, *names[1:]) if name else names[1:]), depth + 1)
        inner = f"{module.rstrip('.')}.{names[0]}"
        return self.resolve(inner, names[1:], depth + 1) if self.module(inner) else None

    def _inherited(self, source: Source, names: tuple[str, ...]) -> str | None:
        """Find a method in the bases of a class."""
        owner = source.defined.get(names[0])
        if not isinstance(owner, ast.ClassDef) or len(names) != 2:
            return None
        for base in owner.bases:
            found = self.resolve(source.name, (*_chain(base), names[1]))
            if found:
                return found
        return None

    def function(self, place: str) -> Definition | None:
        """Find what a place defines; of a class, what runs when one is made."""
        module, _, name = place.partition(":")
        return self.sources[module].defined.get(name)

    def calls(self, place: str) -> list[str]:
        """List the places that a function names, in the order of its text."""
        if place not in self._calls:
            self._calls[place] = list(dict.fromkeys(self._read_calls(place)))
        return self._calls[place]

    def _read_calls(self, place: str) -> Iterator[str]:
        module, _, name = place.partition(":")
        owner = name.rpartition(".")[0]
        function = self.sources[module].defined[name]
        called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        inner = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        nodes = [
            node for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name | ast.Attribute)
        ]
        for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
            if not isinstance(node.ctx, ast.Load) or (id(node) in inner and isinstance(node, ast.Name)):
                continue
            chain = _chain(node)
            if chain[:1] in {("self",), ("cls",)} and owner:
                found = self.resolve(module, (owner, *chain[1:])) if len(chain) == 2 else None
            else:
                found = self.resolve(module, chain) if chain else None
            if found is None and isinstance(node, ast.Attribute) and id(node) in called and node.attr not in _BUILT_IN:
                found = self.lone_methods.get(node.attr)
            found = found and self._made(found)
            if found:
                yield found

    def _made(self, place: str) -> str | None:
        """Turn a class into the function of its own that makes one; None where there is none."""
        if not isinstance(self.function(place), ast.ClassDef):
            return place if self.function(place) else None
        return next(
            (f"{place}.{each}" for each in ("__init__", "__post_init__") if self.function(f"{place}.{each}")), None
        )

    def walk(self, entry: str, rooms: frozenset[str] = frozenset()) -> list[str]:
        """List the places of a route in the order of reading; of some rooms, or without ``rooms`` of all."""
        places: dict[str, None] = {}

        def visit(place: str) -> None:
            places[place] = None
            for callee in self.calls(place):
                if callee not in places and (not rooms or self.sources[callee.partition(":")[0]].room in rooms):
                    visit(callee)

        visit(entry)
        return list(places)


def _definitions(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield owner + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node.body, f"{owner}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _definitions(node.body, owner)


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (name, module or ``module:name``) of the imports from the house, wherever they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "communique":
            home = (node.module or "").removeprefix("communique").removeprefix(".")
            for each in node.names:
                yield each.asname or each.name, f"{home}:{each.name}" if home else each.name
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name.startswith("communique.") and each.asname:
                    yield each.asname, each.name.removeprefix("communique.")


def _chain(node: ast.expr) -> tuple[str, ...]:
    """Read ``a.b.c`` as its names; empty where it begins with anything but a name."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (before := _chain(node.value)):
        return (*before, node.attr)
    return ()


def _length(function: Definition) -> int:
    """Count the lines of a function, its docstring left out."""
    first = function.body[0]
    is_documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def _mentions(tree: ast.AST) -> Counter[str]:
    """Count how often each name is read, alone or behind a dot."""
    loads = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))
    return Counter(
        node.id if isinstance(node, ast.Name) else node.attr for node in loads if isinstance(node.ctx, ast.Load)
    )


def figures(house: House) -> dict[str, str]:
    """Compute the figures of the house."""
    sources = house.sources.values()
    functions = {
        (source.name, name): node
        for source in sources
        for name, node in source.defined.items()
        if not isinstance(node, ast.ClassDef)
    }
    lengths = [_length(node) for node in functions.values()]
    classes = Counter(
        name for source in sources for name, node in source.defined.items() if isinstance(node, ast.ClassDef)
    )
    homonyms = sorted(name for name, count in classes.items() if count > 1)
    mentions = {source.name: _mentions(source.tree) for source in sources}
    helpers = [
        mentions[module][name.rpartition(".")[2]] - _mentions(node)[name.rpartition(".")[2]]
        for (module, name), node in functions.items()
        if name.rpartition(".")[2].startswith("_") and not name.endswith("__")
    ]
    loose = sorted(source.name for source in sources if source.name[6:] and not source.room)
    rooms = {source.room for source in sources} - {""}
    edges = {
        (source.room, target.room)
        for source in sources
        for place in source.imports.values()
        if (target := _target(house, place)) and source.room and target.room and source.room != target.room
    }
    return {
        "modules": f"{len(house.sources)}",
        "lines": f"{sum(source.lines for source in sources):,}",
        "lines of a module": _spread([source.lines for source in sources]),
        "lines of a function": f"{_spread(lengths)}; {sum(each > 50 for each in lengths)} of {len(lengths)} above 50",
        "class names defined more than once": f"{len(homonyms)} of {len(classes)}: {', '.join(homonyms) or 'none'}",
        "private functions": f"{len(helpers)}, named once {helpers.count(1)}, never {helpers.count(0)}",
        "loose modules in graph/": f"{len(loose)}: {', '.join(each.removeprefix('graph.') for each in loose)}",
        "imports between rooms": f"{len(edges)} arrows between {len(rooms)}",
    }


def measure(places: list[str]) -> tuple[int, int, int]:
    """Count the places of a route, their files, and the climbs."""
    files = [place.partition(":")[0] for place in places]
    climbs = sum(there != here and there in files[:number] for number, (here, there) in enumerate(pairwise(files)))
    return len(places), len(set(files)), climbs


def _target(house: House, place: str) -> Source | None:
    module, _, name = place.partition(":")
    return house.module(f"{module}.{name}") or house.module(module)


def _spread(numbers: list[int]) -> str:
    return f"median {median(numbers):.0f}, p90 {quantiles(numbers, n=10)[-1]:.0f}, most {max(numbers)}"


def main(root: Path = Path(__file__).parents[1]) -> None:
    """Print the figures and the routes of a checkout."""
    house = House(root)
    for name, figure in figures(house).items():
        print(f"{name}: {figure}")
    print("\n| route | places | files | climbs | in the rooms | places | files | climbs |")
    print("|---" * 8 + "|")
    for route, (entries, rooms) in ROUTES.items():
        entry = next((each for each in entries if house.module(each.partition(":")[0]) and house.function(each)), None)
        if entry is None:
            print(f"| {route} | not found |")
            continue
        cells: list[str] = []
        for limits in (frozenset[str](), frozenset(rooms.split())):
            cells += map(str, measure(house.walk(entry, limits)))
        print(f"| {route} | {' | '.join(cells[:3])} | {rooms} | {' | '.join(cells[3:])} |")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
