"""Be the writer: a process that has read all code beforehand, and forks the guardian of each job.

``python -m communique.graph.writing DESCRIPTOR`` serves the socket of that number. A message is JSON, the settings and
the id of a job, and with it comes the descriptor that holds the lock of the job, which the guardian keeps open for as
long as it lives. The writer ends with whoever started it; the guardians go on.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

from communique.graph import log
from communique.graph.jobs.job import Job
from communique.graph.settings import Settings
from communique.graph.writing import carrying  # noqa: F401, for the guardians to find it read
from communique.graph.writing.guardian import look_after
from communique.graph.writing.protection import GUARDED, Rules

_LONGEST = 1 << 16


def serve(descriptor: int, rules: Rules) -> None:
    """Start a guardian for each message, until the other side hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a guardian
    with socket.socket(fileno=descriptor) as connection:
        while True:
            message, locks, _, _ = socket.recv_fds(connection, _LONGEST, 1)
            if not message:
                return
            if os.fork() == 0:
                connection.close()
                _guard(json.loads(message), rules)
            os.close(locks[0])


def _guard(given: dict[str, dict[str, object]], rules: Rules) -> None:
    """Be the guardian of one job; ends the process."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        settings = Settings(**{**given["settings"], "home": Path(str(given["settings"]["home"]))})  # type: ignore[arg-type]
        log.set_up(settings.log)
        look_after(settings, Job(settings.home, str(given["job"])), rules)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(int(sys.argv[1]), GUARDED)
