"""Fixtures that every room shares.

``shared`` is the folder of source documents, public data and conformance suites that lies beside a checkout;
a test that asks for it is skipped, with the reason, where the folder is absent. ``confined`` does the same on a host
where the query engine would refuse to start. ``publish`` puts quads in force for whatever reads a home.
``eventually`` waits for what another process is about to do: a test waits for progress, never for a time, so that a
busy machine makes it late, not wrong.
"""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pyoxigraph import Quad

# After so long something hangs, whatever the machine has to do besides.
HANGS = 120.0
ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Keep each worker of the fast tests to one processor: threads of several workers would only wait for each other.

    The slow tests use all of them, as the product does.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and config.getoption("markexpr") == "not slow" and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[int(worker) % len(processors)]})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what ``sampled`` leaves out; which they are depends on the order of the parameters alone."""
    seen: Counter[str] = Counter()
    for item in items:
        if sampled := item.get_closest_marker("sampled"):
            name = item.nodeid.partition("[")[0]
            if seen[name] % sampled.args[0]:
                item.add_marker("slow")
            seen[name] += 1


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the thousands of collected tests out of every later look for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of shared material, or skip."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the checkout: source documents and conformance suites are not shipped")
    return folder


@pytest.fixture(scope="session")
def publish() -> Callable[[Path, Iterable[Quad]], str]:
    """Give a function that puts exactly these quads in force in a home, and gives the snapshot's id."""
    from communique.graph.store.workspace import Workspace

    def put(home: Path, quads: Iterable[Quad]) -> str:
        workspace = Workspace(home)
        with workspace.working_copy() as copy:
            copy.replace_all(quads)
            return workspace.publish(copy).id

    return put


@pytest.fixture(scope="session")
def packaged_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the home of a store in which the packaged graph is published, built once for all workers: only read it."""
    from communique.graph.loading import pipeline
    from communique.graph.settings import Settings
    from communique.graph.store.workspace import Workspace

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    home = shared / "packaged"
    with (shared / "packaged.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if Workspace(home).current_id() is None:
            pipeline.build(Settings(home=home))
    return home


@pytest.fixture(scope="session")
def confined() -> None:
    """Skip where the host forbids the network namespace that the engine insists on."""
    code = "from communique.graph.engine.confinement import cut_network as cut; cut()"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no network namespace: {''.join(tried.stderr.splitlines()[-1:])}")


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Give a function that waits until something holds; it says no only of what hangs."""

    def wait(holds: Callable[[], bool]) -> bool:
        end = time.monotonic() + HANGS
        while not (found := holds()) and time.monotonic() < end:
            time.sleep(0.01)
        return found

    return wait
