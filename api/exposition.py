"""The answer to Prometheus: what all processes counted, and what can be seen at the moment of asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from communique import __version__
from communique.api.processes import service_processes
from communique.graph.errors import CommuniqueError
from communique.graph.settings import Settings

Family = GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class ServedData:
    """The snapshot in force, as the metrics describe it."""

    snapshot: str
    created: datetime
    quads: int


@dataclass(frozen=True, slots=True)
class Observation(Collector):
    """What is looked at when Prometheus asks.

    Attributes
    ----------
    main : id of the process that started the service
    data : returns the snapshot in force; None when there is none, or it cannot be read
    """

    main: int
    data: Callable[[], ServedData | None]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look once."""
        yield from self._about_data()
        yield from self._about_processes()

    def _about_data(self) -> Iterator[GaugeMetricFamily]:
        data = self.data()
        yield Family("communique_snapshot_readable", "1 when the snapshot in force can be read.", value=bool(data))
        if data is None:
            return
        about = Family("communique_snapshot_info", "The snapshot in force, always 1.", labels=("snapshot", "version"))
        about.add_metric((data.snapshot, __version__), 1)
        yield about
        age = (datetime.now(UTC) - data.created).total_seconds()
        yield Family("communique_snapshot_age_seconds", "Time since the snapshot was published.", value=age)
        yield Family("communique_snapshot_quads", "Quads of the snapshot in force.", value=data.quads)

    def _about_processes(self) -> Iterator[GaugeMetricFamily]:
        count = Family("communique_processes", "Processes of the service.", labels=("role",))
        memory = Family("communique_resident_bytes", "Resident memory of the largest process.", labels=("role",))
        found = list(service_processes(self.main))
        for role in sorted({each.role for each in found}):
            sizes = [each.resident for each in found if each.role == role]
            count.add_metric((role,), len(sizes))
            memory.add_metric((role,), max(sizes))
        yield from (count, memory)


@dataclass(frozen=True, slots=True)
class Counts(Collector):
    """What the processes counted in ``folder``; a gauge counts only while its process lives, however that ended."""

    folder: Path

    def collect(self) -> Iterator[Metric]:
        """Read once."""
        for file in self.folder.glob("gauge_live*_*.db"):
            pid = file.stem.rpartition("_")[2]
            if not Path("/proc", pid).exists():
                mark_process_dead(pid, str(self.folder))
        yield from MultiProcessCollector(None, str(self.folder)).collect()


def expose(settings: Settings, folder: Path, main: int, data: Callable[[], ServedData | None]) -> None:
    """Answer at ``metrics_host`` and ``metrics_port``, in a thread, for as long as this process lives.

    ``folder`` is that of ``metrics.counting``; ``main`` and ``data`` are those of ``Observation``. CommuniqueError when
    the address cannot be had.
    """
    registry = CollectorRegistry()
    registry.register(Counts(folder))
    registry.register(Observation(main, data))
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        place = f"{settings.metrics_host}:{settings.metrics_port}"
        raise CommuniqueError(
            f"no metrics at {place}: {error}", hint="set COMMUNIQUE_METRICS_PORT to a free port, or to 0 for none"
        ) from error
