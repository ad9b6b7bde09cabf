"""The queue: an order becomes a job, and a guardian is started for it, which outlives whoever asked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

from communique.graph.errors import ChangeAborted, QueueFull, UnknownJob
from communique.graph.jobs.job import FAILED, Job, JobResult, Order, describe_error, jobs
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

# Starts the guardian of a job, which takes over the descriptor of its lock.
Start = Callable[[Settings, Job, int], None]


class Writer:
    """The process that starts guardians: it is started with the first job, and again when it has gone."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", WRITER)) -> None:
        """Start it with ``command``, to which the number of its socket is added."""
        self._command = command
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()

    def __call__(self, settings: Settings, job: Job, lock: int) -> None:
        """Have the guardian of a job started; OSError when the system lacks the room."""
        given = {"settings": {**asdict(settings), "home": str(job.home)}, "job": job.id}
        message = json.dumps(given).encode()
        with self._lock:
            try:
                socket.send_fds(self._connection or self._start(), [message], [lock])
            except (BrokenPipeError, ConnectionResetError):
                self.close()
                socket.send_fds(self._start(), [message], [lock])

    def close(self) -> None:
        """Let the process end; the guardians that it started go on."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _start(self) -> socket.socket:
        """Start the process, in a session of its own: it ends when this side hangs up, and by no signal to this one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [*self._command, str(theirs.fileno())]
            nowhere = subprocess.DEVNULL
            process = subprocess.Popen(
                command, stdin=nowhere, stdout=nowhere, pass_fds=(theirs.fileno(),), start_new_session=True
            )
        threading.Thread(target=process.wait, name="writer", daemon=True).start()
        self._connection = ours
        return ours


class Queue:
    """The jobs of one home."""

    def __init__(self, settings: Settings, start: Start | None = None) -> None:
        """Let guardians be started by ``start``, a ``Writer`` when None."""
        self.settings = settings
        self.home = settings.home.absolute()
        self._start = start or Writer()

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

    def wait(self, job: Job, seconds: float) -> JobResult | None:
        """Wait for the end of a job; None when it has not ended by then.

        The process of a job may have been killed: then another one finds out what the journal knows of it.
        """
        deadline = time.monotonic() + seconds
        while (result := job.result) is None and time.monotonic() < deadline:
            self._settle(job)
            time.sleep(_PAUSE)
        return result

    def look(self, job: Job) -> JobResult | None:
        """Return what came of a job, None when it is still at work."""
        return job.result or self._settle(job)

    def _is_at_work(self, job: Job) -> bool:
        with suppress(UnknownJob):  # it was forgotten just now
            return self.look(job) is None
        return False

    def _settle(self, job: Job) -> JobResult | None:
        """See to a job whose process has gone before its end."""
        lock = job.relock()
        if lock is not None:
            if (result := job.result) is None and job.starts < _STARTS:
                self._run(job, lock)
                return None
            os.close(lock)
            if result is None:
                result = JobResult(FAILED, "", now(), error=describe_error(_HOPELESS))
                job.end(result)
            return result
        return None

    def _run(self, job: Job, lock: int) -> None:
        job.count_start()
        try:
            self._start(self.settings, job, lock)
        finally:
            os.close(lock)


def now() -> str:
    """Return the time as results say it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
