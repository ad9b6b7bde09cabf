"""Watch over the process that carries out one order: its turn, its limits, and what is true when it does not return.

The guardian, a process that the writer forks for a job, changes nothing. It waits until every earlier job has ended,
forks the process that does the work, and waits for it. When that ends without a result, by a limit or from outside, the
journal says what is true: a change is published with its record or not at all. When the guardian itself is killed, its
child dies with it, and whoever asks for the job starts another guardian, which finds out the same.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
from typing import NoReturn

from communique.graph.engine import confinement
from communique.graph.errors import ChangeAborted, CommuniqueError
from communique.graph.jobs.job import FAILED, PUBLISHED, REFUSED, UNCHANGED, Job, JobResult, describe_error
from communique.graph.jobs.queue import now
from communique.graph.settings import Settings
from communique.graph.writing.protection import GUARDED, Rules

_LOG = logging.getLogger(__name__)
_MEMORY_ENDS = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}
_OUT_OF_MEMORY = 3


def look_after(settings: Settings, job: Job, rules: Rules = GUARDED) -> None:
    """Do a job; when a process was started for it before, only find out what came of it."""
    if job.starts > 1:
        conclude(settings, job, ChangeAborted("the process of the change was ended from outside", hint=_AGAIN))
        return
    job.wait_for_others()
    guardian, pid = os.getpid(), os.fork()
    if pid == 0:
        _become_worker(settings, job, rules, guardian)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if job.result is None:
        _LOG.warning("job %s ended with %d", job.id, code)
        conclude(settings, job, _explain(code, settings))


def conclude(settings: Settings, job: Job, reason: CommuniqueError) -> None:
    """Write down what the journal knows of a job that was ended; it failed for ``reason`` when that is nothing."""
    # They take long to import, and most jobs end well.
    from communique.graph.loading import pipeline
    from communique.graph.store import journal

    activity = pipeline.find_activity(settings, job.id, wait=settings.write_seconds)
    if activity is None:
        job.end(JobResult(FAILED, "", now(), error=describe_error(reason)))
        return
    state = {journal.PUBLISHED: PUBLISHED, journal.UNCHANGED: UNCHANGED}.get(activity.outcome, REFUSED)
    error = describe_error(ChangeAborted("the change was refused; its report is lost", hint=_AGAIN))
    job.end(JobResult(state, activity.snapshot, now(), error=error if state == REFUSED else None))


def _become_worker(settings: Settings, job: Job, rules: Rules, guardian: int) -> NoReturn:
    """Be the child: no network, limits of time and memory, carry out, end without returning."""
    code = 1
    try:
        if not settings.unconfined:
            confinement.cut_network()
        confinement.end_with_parent()
        if os.getppid() != guardian:
            os._exit(code)
        resource.setrlimit(resource.RLIMIT_AS, (settings.write_megabytes << 20,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        from communique.graph.writing.carrying import carry_out  # with what it needs, in this process alone

        confinement.start_clock(settings.write_seconds)
        # What is being published is finished: it takes no time worth a limit.
        carry_out(settings, job, rules, confinement.stop_clock)
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except CommuniqueError as error:
        job.end(JobResult(FAILED, "", now(), error=describe_error(error)))
    except Exception:
        _LOG.exception("job %s failed", job.id)
    finally:
        os._exit(code)


def _explain(code: int, settings: Settings) -> ChangeAborted:
    """Say why the process ended; negative codes are signals."""
    if code == -signal.SIGALRM:
        return ChangeAborted(f"the change takes more than {settings.write_seconds:g} seconds", hint=_SMALLER)
    if code == _OUT_OF_MEMORY or code in _MEMORY_ENDS:
        return ChangeAborted(f"the change takes more than {settings.write_megabytes} MiB of memory", hint=_SMALLER)
    if code == 1:
        return ChangeAborted("the change failed by a fault of ours", hint="the server's log has the details")
    return ChangeAborted(f"the process of the change was ended with {code}", hint=_AGAIN)


_AGAIN = "nothing has changed; send it again"
_SMALLER = "nothing has changed; send less at a time"
