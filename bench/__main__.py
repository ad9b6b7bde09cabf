"""List the benchmarks, or run the named ones: ``python -m bench [NAME…] [--sizes 10k,1M] [--minutes 8]``.

``serving`` has parts, which may be named behind it: ``python -m bench serving queries clients --quads 100k``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench import engines, house, linking, machine, merging, reconciling, serving, tables, validation

Chosen = argparse.Namespace
BENCHMARKS: dict[str, Callable[[Chosen], None]] = {
    "engines": lambda _: engines.main(),
    "house": lambda _: house.main(),
    "linking": lambda chosen: linking.main(writes=not chosen.dry),
    "merging": lambda _: merging.main(),
    "reconciling": lambda chosen: reconciling.main(writes=not chosen.dry),
    "serving": lambda chosen: serving.main(chosen.parts, chosen.quads, writes=not chosen.dry),
    "tables": lambda chosen: tables.main(writes=not chosen.dry),
    "validation": lambda chosen: validation.main(chosen.sizes, chosen.minutes, writes=not chosen.dry),
}
_FACTORS = {"k": 1_000, "M": 1_000_000}


def main() -> None:
    """Run the named benchmarks, all of them when none is named."""
    parser = _parser()
    chosen = parser.parse_args()
    chosen.parts = [name for name in chosen.names if name in serving.PARTS]
    chosen.names = [name for name in chosen.names if name not in serving.PARTS]
    if unknown := set(chosen.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    print(machine.describe())
    for name in chosen.names or BENCHMARKS:
        print(f"\n## {name}\n", flush=True)
        BENCHMARKS[name](chosen)


def _parser() -> argparse.ArgumentParser:
    """Say what may be asked."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" or ".join([*BENCHMARKS, *serving.PARTS]))
    parser.add_argument("--sizes", type=sizes, default=validation.SIZES, help="quads, such as 10k,1M (validation)")
    parser.add_argument(
        "--quads", type=lambda text: sizes(text)[0], default=serving.QUADS, help="such as 100k (serving)"
    )
    parser.add_argument("--minutes", type=float, default=8.0, help="after these no run is begun (validation)")
    parser.add_argument("--dry", action="store_true", help="leave bench/README.md as it is")
    return parser


def sizes(text: str) -> tuple[int, ...]:
    """Read sizes: numbers with k or M, between commas."""
    return tuple(int(float(part.rstrip("kM")) * _FACTORS.get(part[-1:], 1)) for part in text.split(","))


if __name__ == "__main__":
    main()
