"""Ask advisory services about every package of the lock, and never call unknown what is not known to be sound.

``python requirements/audit.py``, or ``make audit``: prints how many packages were looked up and what was found. Exit
code 0: all were looked up, no advisory; 1: there are advisories; 2: not all could be looked up, as without a network or
behind an index that knows no advisories. A mirror answers so for every package, and pip-audit alone would end with 0.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVICES = ("osv", "pypi")
SOUND, ADVISORIES, UNKNOWN = 0, 1, 2

_FOLDER = Path(__file__).parent
_SECONDS = 600

Report = dict[str, Any]


def ask(service: str, lock: Path) -> Report | str:
    """Let pip-audit ask one service; returns its report, or in one line why there is none."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
        report: Report = json.loads(told.stdout)
        return report
    except subprocess.TimeoutExpired:
        return f"no answer within {_SECONDS} seconds"
    except ValueError:
        lines = [line for line in told.stderr.splitlines() if line.strip()]
        return lines[-1] if lines else f"pip-audit ended with {told.returncode}"


def judge(report: Report, served: set[str]) -> tuple[int, list[str]]:
    """Return the exit code for a report, and what to print; ``served`` are the packages that a service installs."""
    packages = report["dependencies"]
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    lines = []
    for each in packages:
        for found in each.get("vulns", ()):
            where = "in use by the service" if each["name"] in served else "only to develop"
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            names = " ".join([found["id"], *found.get("aliases", ())])
            lines.append(f"{each['name']} {each['version']}: {names}; fixed in {fixed}; {where}")
    if unknown:
        lines.append(f"not looked up: {len(unknown)} of {len(packages)} packages: {', '.join(unknown[:5])} …")
    lines.append(f"{len(packages) - len(unknown)} of {len(packages)} packages looked up")
    if any(each.get("vulns") for each in packages):
        return ADVISORIES, lines
    return (UNKNOWN if unknown or not packages else SOUND), lines


def names(lock: Path) -> set[str]:
    """Return the names of the packages in a lock."""
    return set(re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def audit(ask: Callable[[str, Path], Report | str] = ask) -> int:
    """Ask one service after the other until one knows all packages; prints what came of it, returns the exit code."""
    worst = UNKNOWN
    for service in SERVICES:
        report = ask(service, _FOLDER / "dev.txt")
        if isinstance(report, str):
            print(f"audit by {service}: {report}")
            continue
        code, lines = judge(report, names(_FOLDER / "serve.txt"))
        print(*(f"audit by {service}: {line}" for line in lines), sep="\n")
        if code != UNKNOWN:
            worst = code
            break
    verdicts = {SOUND: "no advisory", ADVISORIES: "THERE ARE ADVISORIES", UNKNOWN: "NOT AUDITED, which says nothing"}
    print(f"audit: {verdicts[worst]}")
    return worst


if __name__ == "__main__":
    sys.exit(audit())
