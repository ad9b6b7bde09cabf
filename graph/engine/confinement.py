"""What a worker may not do: reach a network, gain or keep privileges, take more memory or time than it is given."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

from communique.graph.errors import EngineError

# <linux/sched.h>; os.unshare exists only from Python 3.12 on.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
# <linux/prctl.h>
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
# <linux/capability.h>
_CAPABILITY_VERSION_3 = 0x2008_0522
_MEBIBYTE = 1 << 20


def cut_network() -> None:
    """Move this process, and all it will fork, into a network namespace without an interface.

    A UNIX socket that is already open stays usable. EngineError, with the kernel's reason, where the host forbids it.
    """
    try:
        failed = ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        reason = os.strerror(ctypes.get_errno())
    except AttributeError:
        failed, reason = True, "this system has no unshare"
    if failed:
        raise EngineError(
            f"the host forbids a network namespace: {reason}",
            hint="allow unprivileged user namespaces; or set COMMUNIQUE_UNCONFINED=yes and serve with only the "
            "textual refusal between a query and the network",
        )


def drop_privileges() -> None:
    """Give up every capability, those of a user namespace of its own included, and never gain one by a program.

    See capabilities(7), PR_SET_NO_NEW_PRIVS(2const). EngineError when the kernel refuses; without effect outside Linux.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if not (prctl := getattr(library, "prctl", None)):
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none_effective_permitted_inheritable = (ctypes.c_uint32 * 6)()
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or library.capset(header, none_effective_permitted_inheritable):
        raise EngineError(f"privileges cannot be given up: {os.strerror(ctypes.get_errno())}")


def limit_memory(megabytes: int) -> int:
    """Let this process grow by ``megabytes`` MiB of address space; returns the address space in use, in bytes."""
    used = address_space()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * _MEBIBYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return used


def address_space() -> int:
    """Measure the address space of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def end_with_parent() -> None:
    """End this process when the one that forked it ends, however that ends; without effect outside Linux."""
    if prctl := getattr(ctypes.CDLL(None), "prctl", None):
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start_clock(seconds: float) -> None:
    """End this process after ``seconds``: the default action of SIGALRM needs no turn of the interpreter."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def stop_clock() -> None:
    """Take the limit away again."""
    signal.setitimer(signal.ITIMER_REAL, 0)
