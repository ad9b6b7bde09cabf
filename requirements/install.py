"""Install the packages of a lock and then this project, telling on a few lines how far it has come.

.venv/bin/python requirements/install.py requirements/dev.txt
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off"]
STEP = 20
# Only what is imported is compiled, when it is: half of the time is saved.
LOCKED = ["--no-compile", "--require-hashes", "--requirement"]
# The locked build backend is there by then, so the project itself needs nothing from an index.
PROJECT = ["--quiet", "--no-deps", "--no-build-isolation", "--editable", "."]


def main(lock: str) -> int:
    """Run pip twice; returns its exit code, and prints all that it said where that is not 0."""
    total = sum("==" in line for line in Path(lock).read_text(encoding="utf-8").splitlines())
    print(f"setting up .venv: {total} packages of {lock}; this is done once", flush=True)
    said, found = [], 0
    with subprocess.Popen([*PIP, *LOCKED, lock], stdout=subprocess.PIPE, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            found += line.startswith("Collecting ")
            if line.startswith("Collecting ") and found % STEP == 0:
                print(f"  {found} of {total} fetched", flush=True)
            elif line.startswith("Installing collected"):
                print("  installing them", flush=True)
    if pip.returncode:
        print("".join(said[-STEP:]), file=sys.stderr)
        return pip.returncode
    return subprocess.run([*PIP, *PROJECT], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
