"""The queue: an order becomes a job, and a process is started for it, which outlives whoever asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

from communique.graph.errors import ChangeAborted, QueueFull, UnknownJob
from communique.graph.jobs.job import FAILED, Job, Order, Result, describe_error, jobs
from communique.graph.settings import Settings

WRITER = "communique.graph.writing"

# So many jobs that have ended are remembered.
_REMEMBERED = 500
_PAUSE = 0.05
# So many processes are started for one job, the later ones to see what became of it.
_STARTS = 3
_HOPELESS = ChangeAborted(
    "the process of the change ends again and again",
    hint="the server's log has the reason; communique history says whether the change was made",
)

# Starts the process of a job, which takes over the descriptor of its lock; returns what waits for its end.
Start = Callable[[Settings, Job, int], Callable[[], object]]


def start_process(settings: Settings, job: Job, lock: int) -> Callable[[], object]:
    """Start the writer for a job, in a session of its own: it goes on when this process is replaced."""
    command = [sys.executable, "-P", "-m", WRITER]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=(lock,), start_new_session=True, text=True
    )
    assert process.stdin is not None
    given = {"settings": {**asdict(settings), "home": str(settings.home)}, "job": job.id}
    with process.stdin as pipe:
        pipe.write(json.dumps(given) + "\n")
    return process.wait


class Queue:
    """The jobs of one home."""

    def __init__(self, settings: Settings, start: Start = start_process) -> None:
        """Let jobs be done with ``start``."""
        self.settings = settings
        self.home = settings.home.absolute()
        self._start = start

    def submit(self, order: Order, bodies: tuple[bytes, ...] = ()) -> Job:
        """Write an order down and start its process.

        QueueFull when too many wait already, ChangeAborted when the system lacks the room for one more.
        """
        known = list(jobs(self.home))
        waiting = [job for job in known if self._is_at_work(job)]
        if len(waiting) >= self.settings.write_queue:
            raise QueueFull(f"{len(waiting)} changes run or wait", hint="ask again in a moment")
        for job in known[: -_REMEMBERED or None]:
            if job not in waiting:
                shutil.rmtree(job.folder, ignore_errors=True)
        try:
            job, lock = Job.create(self.home, order, bodies)
            self._run(job, lock)
        except OSError as error:
            message = f"the order cannot be written down, or its process not started: {error.strerror}"
            raise ChangeAborted(message, hint="is there room in the home of the store?") from error
        return job

    def wait(self, job: Job, seconds: float) -> Result | None:
        """Wait for the end of a job; None when it has not ended by then.

        The process of a job may have been killed: then another one finds out what the journal knows of it.
        """
        deadline = time.monotonic() + seconds
        while (result := job.result) is None and time.monotonic() < deadline:
            self._settle(job)
            time.sleep(_PAUSE)
        return result

    def look(self, job: Job) -> Result | None:
        """Return what came of a job, None when it is still at work."""
        return job.result or self._settle(job)

    def _is_at_work(self, job: Job) -> bool:
        with suppress(UnknownJob):  # it was forgotten just now
            return self.look(job) is None
        return False

    def _settle(self, job: Job) -> Result | None:
        """See to a job whose process has gone before its end."""
        lock = job.relock()
        if lock is not None:
            if (result := job.result) is None and job.starts < _STARTS:
                self._run(job, lock)
                return None
            os.close(lock)
            if result is None:
                result = Result(FAILED, "", now(), error=describe_error(_HOPELESS))
                job.end(result)
            return result
        return None

    def _run(self, job: Job, lock: int) -> None:
        job.count_start()
        try:
            wait = self._start(self.settings, job, lock)
        finally:
            os.close(lock)
        threading.Thread(target=wait, name=f"job {job.id}", daemon=True).start()


def now() -> str:
    """Return the time as results say it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
