"""Metrics while a service runs: a process of its own answers Prometheus, so that no request waits for it.

As a program it is that process: its settings, the folder of the counts and the id of the service come as one line of
JSON on standard input, whose end is the order to stop.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from communique.api import metrics
from communique.graph import log
from communique.graph.errors import CommuniqueError, StoreError
from communique.graph.settings import Settings
from communique.graph.store.workspace import Workspace


@contextmanager
def monitored(settings: Settings) -> Iterator[None]:
    """Let the processes started within the block count, and answer Prometheus for as long as it runs.

    Does nothing when ``settings.metrics_port`` is 0. CommuniqueError when the address cannot be had.
    """
    with metrics.counting(settings) as folder:
        if folder is None:
            yield
            return
        command = [sys.executable, "-m", __name__]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            content = {"settings": {**asdict(settings), "home": str(settings.home)}, "folder": str(folder)}
            process.stdin.write(json.dumps({**content, "main": os.getpid()}) + "\n")
            process.stdin.flush()
            fault = json.loads(process.stdout.readline() or '["the process of the metrics ended", null]')
            if fault:
                raise CommuniqueError(fault[0], hint=fault[1])
            try:
                yield
            finally:
                process.terminate()


def main() -> None:
    """Answer until standard input ends."""
    from communique.api.exposition import ServedData, expose

    given = json.loads(sys.stdin.readline())
    settings = Settings(**{**given["settings"], "home": Path(given["settings"]["home"])})
    log.set_up(settings.log)
    workspace = Workspace(settings.home)

    def served() -> ServedData | None:
        try:
            snapshot = workspace.current()
        except StoreError:
            return None
        return ServedData(snapshot.id, snapshot.created, snapshot.quads)

    try:
        expose(settings, Path(given["folder"]), given["main"], served)
    except CommuniqueError as error:
        print(json.dumps([error.message, error.hint]), flush=True)
        return
    print(json.dumps(None), flush=True)
    sys.stdin.read()
    # The service was killed, else this process had been ended before.
    shutil.rmtree(given["folder"], ignore_errors=True)


if __name__ == "__main__":
    main()
