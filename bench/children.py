"""One measurement in a process of its own: what it took, how much memory it claimed, or why there is no figure.

A child tells each figure as soon as it has it, so that one which is stopped has told those before.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress

PEAK, FAILED = "peak", "failed"


def measure(task: str, arguments: Sequence[object], limit: float) -> dict[str, float | str]:
    """Run a task of ``bench.tasks`` and give its figures by name.

    Seconds, counts, and as ``peak`` the largest resident set in MiB. When the task breaks off or needs more than
    ``limit`` seconds, ``failed`` says why, beside the figures that it had told by then.
    """
    command = [sys.executable, "-m", "bench.tasks", task, *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as faults:
        child = subprocess.Popen(command, stdout=said, stderr=faults, start_new_session=True)
        reason = _wait(child, limit)
        said.seek(0)
        found: dict[str, float | str] = {}
        for line in said:
            with suppress(json.JSONDecodeError):  # cut off in the middle
                found |= json.loads(line)
        if reason:
            faults.seek(0)
            found[FAILED] = reason if "finish" in reason else f"{reason}: {_last_line(faults.read())}"
    return found


def _wait(child: subprocess.Popen[bytes], limit: float) -> str:
    """Wait for a child, end it at the limit, and tell what went wrong; empty when nothing did."""
    try:
        code = child.wait(max(limit, 1))
    except subprocess.TimeoutExpired:
        return f"did not finish in {max(limit, 1):.0f} s"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return "" if code == 0 else f"ended with {code}"


def _last_line(text: str) -> str:
    """Give the last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no word"
