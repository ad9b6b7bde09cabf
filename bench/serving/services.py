"""The services that are compared: how each is filled and started. All listen on loopback and are ended by pid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template

from pyoxigraph import RdfFormat, parse

from bench.serving.asking import Endpoint
from communique.graph.store.changes import Change
from communique.graph.store.workspace import Workspace

# Seconds that a service may take to start, and to stop before it is ended.
_START, _STOP = 300.0, 10.0


@dataclass
class Running:
    """A service that answers: its process, where it is asked, and after how many seconds it gave its first answer."""

    process: subprocess.Popen[bytes]
    endpoint: Endpoint
    started: float


class Service(ABC):
    """One candidate in a folder of its own, at a port that was free when it was made."""

    name = ""
    path = "/sparql"

    def __init__(self, work: Path) -> None:
        """Keep data and log in ``work``."""
        self.work, self.port = work, free_port()

    @property
    def absent(self) -> str:
        """Say what is missing here; empty when nothing is."""
        return ""

    @abstractmethod
    def fill(self, data: Path) -> None:
        """Take N-Quads in, into an empty folder."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """Give the command that serves."""

    def environment(self) -> Mapping[str, str]:
        """Give what the command needs in its environment."""
        return {}

    @contextmanager
    def running(self) -> Iterator[Running]:
        """Serve until the end of the block; TimeoutError when no answer comes."""
        with (self.work / "log").open("ab") as log:
            begun = time.perf_counter()
            process = subprocess.Popen(
                list(map(str, self.command())),
                env={**os.environ, **self.environment()},
                cwd=self.work,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                endpoint = Endpoint(self.port, self.path)
                endpoint.pid = process.pid
                endpoint.wait(_START, process)
                yield Running(process, endpoint, time.perf_counter() - begun)
            finally:
                _end(process)


class Communique(Service):
    """What `communique serve` starts, whatever that is."""

    name = "communique"

    @property
    def home(self) -> Path:
        """Return the folder of its store."""
        return self.work / "home"

    def fill(self, data: Path) -> None:
        """Publish without the gate, which these data would not pass."""
        workspace = Workspace(self.home)
        with workspace.working_copy(fresh=True) as copy:
            copy.apply(Change(added=parse(path=str(data), format=RdfFormat.N_QUADS)))
            workspace.publish(copy)

    def command(self) -> Sequence[str | Path]:
        """Serve the published snapshot."""
        return [sys.executable, "-m", "communique", "serve", "--port", str(self.port)]

    def environment(self) -> Mapping[str, str]:
        """Name the home; all else is as shipped."""
        return {"COMMUNIQUE_HOME": str(self.home)}


class Oxigraph(Service):
    """The server of the engine that this project uses, from disk, its default graph the union."""

    name = "oxigraph serve"
    path = "/query"

    @property
    def program(self) -> Path:
        """Return the program, which the package `oxigraph` brings."""
        return Path(sys.executable).with_name("oxigraph")

    @property
    def absent(self) -> str:
        """Look for the program."""
        return "" if self.program.is_file() else "pip install oxigraph"

    def fill(self, data: Path) -> None:
        """Load in bulk, and compact."""
        for task in (["load", "--file", str(data)], ["optimize"]):
            command = [str(self.program), *task, "--location", str(self.work / "store")]
            subprocess.run(command, check=True, capture_output=True)

    def command(self) -> Sequence[str | Path]:
        """Serve for reading."""
        place: list[str | Path] = ["--location", self.work / "store", "--bind", f"127.0.0.1:{self.port}"]
        return [self.program, "serve-read-only", *place, "--union-default-graph"]


class Virtuoso(Service):
    """Virtuoso 7 with buffers for 4 GB, as its manual advises, and two cores."""

    name = "Virtuoso"

    def __init__(self, work: Path) -> None:
        """Ask by HTTP, and load by SQL at another port."""
        super().__init__(work)
        self._sql = free_port()

    @property
    def absent(self) -> str:
        """Look for server and client."""
        found = shutil.which("virtuoso-t") and shutil.which("isql-vt")
        return "" if found else "apt-get install virtuoso-opensource-7"

    def fill(self, data: Path) -> None:
        """Load in bulk by its SQL client, and write a checkpoint."""
        with self.running():
            listed = f"ld_dir('{data.parent}', '{data.name}', 'http://data.example.org/id/graph/none');"
            script = f"{listed} rdf_loader_run(); checkpoint;"
            command = ["isql-vt", f"127.0.0.1:{self._sql}", "dba", "dba", f"exec={script}"]
            subprocess.run(command, check=True, capture_output=True, timeout=1200)

    def command(self) -> Sequence[str | Path]:
        """Serve in the foreground."""
        settings = Template((Path(__file__).parent / "virtuoso.ini").read_text())
        text = settings.substitute(folder=self.work, data=self.work.parent, sql=self._sql, http=self.port)
        (self.work / "virtuoso.ini").write_text(text)
        return ["virtuoso-t", "+foreground", "+configfile", self.work / "virtuoso.ini"]


class RdflibEndpoint(Service):
    """rdflib behind FastAPI, one process, under the server that is there anyway."""

    name = "rdflib-endpoint"
    path = "/"

    @property
    def absent(self) -> str:
        """Look for the package."""
        from importlib.util import find_spec

        return "" if find_spec("rdflib_endpoint") and find_spec("granian") else "pip install rdflib-endpoint granian"

    def fill(self, data: Path) -> None:
        """Leave a copy, which the process reads when it starts."""
        shutil.copyfile(data, self.work / "data.nq")

    def command(self) -> Sequence[str | Path]:
        """Serve one application in one process."""
        server = Path(sys.executable).with_name("granian")
        return [server, "--interface", "asgi", "--port", str(self.port), "bench.serving.rdflib_application:application"]

    def environment(self) -> Mapping[str, str]:
        """Name the data, and where this module is found."""
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        return {"BENCH_DATA": str(self.work / "data.nq"), "PYTHONPATH": paths}


def free_port() -> int:
    """Find a port of loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a service and what it has started."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
