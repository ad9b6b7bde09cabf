"""List the benchmarks, or run the named ones: ``python -m bench [NAME…]``."""

from __future__ import annotations

import sys

from bench import engines, machine, validation

BENCHMARKS = {"engines": engines.main, "validation": validation.main}


def main() -> None:
    """Run the named benchmarks, all of them when none is named."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    print(machine.describe())
    for name in names:
        print(f"\n## {name}\n")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
