"""A writer that has imported everything already: for each job it is sent, it forks a guardian.

``python writer.py SOCKET [plain]`` serves the socket whose descriptor is given: a message is the settings and the id of
a job as JSON, and with it comes the descriptor of the lock. With ``plain`` the store is a plain dataset without rules,
as the suites of the W3C assume; otherwise it is guarded as in the service. It ends with its parent.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

from communique.graph.jobs.job import Job
from communique.graph.settings import Settings
from communique.graph.validation import ValidationReport
from communique.graph.writing import carrying  # noqa: F401, imported for the guardians to share
from communique.graph.writing.guardian import look_after
from communique.graph.writing.protection import GUARDED, Rules

PLAIN = Rules(lambda *_args, **_options: ValidationReport(), is_guarded=False)


def main(descriptor: int, rules: Rules) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as connection:
        while True:
            message, locks, _, _ = socket.recv_fds(connection, 1 << 16, 1)
            if not message:
                return
            given = json.loads(message)
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                settings = Settings(**{**given["settings"], "home": Path(given["settings"]["home"])})
                try:
                    look_after(settings, Job(settings.home, given["job"]), rules)
                finally:
                    os._exit(0)
            os.close(locks[0])


if __name__ == "__main__":
    main(int(sys.argv[1]), PLAIN if "plain" in sys.argv else GUARDED)
