"""What the service counts, for Prometheus: how many, how fast, what state. No label ever tells who.

Labels are operation names, codes of refusals and words of this file: a closed list that tests/house checks on a scrape.
With several service processes each writes to files of its own in a shared folder, and the one that is asked adds up.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

# Milliseconds around what a call takes (1 to 10), then what a person notices, then what a time limit cuts.
BUCKETS = (0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
DONE, REPLAYED, BUG, GONE = "done", "replayed", "bug", "caller-gone"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped there; the moment of each first request is of no use


class Shared(Struct, frozen=True):
    """Where several service processes put their figures: one folder, and the rank of this one (from 1)."""

    folder: Path
    process: int


class Standing(Struct, frozen=True, kw_only=True):
    """What holds for the whole service at the moment of a scrape. Ages in seconds; None when it is not known."""

    version: str
    database_up: bool
    list_age: float | None
    list_overdue: float | None
    year_keys: bool
    coming_keys: bool


class Metrics:
    """The figures of one service process, in a registry of its own."""

    def __init__(self, shared: Shared | None = None) -> None:
        self._shared = shared
        if shared is not None:
            # The library names files after the process id: a process started again would leave its dead ones for ever.
            values.ValueClass = _shared_value(shared)
        self._registry = own = CollectorRegistry()
        self._requests = Counter(
            "ordonum_requests", "Demandes, par opération et issue.", ("operation", "outcome"), registry=own
        )
        self._seconds = Histogram(
            "ordonum_request_seconds", "Durée des demandes.", ("operation",), registry=own, buckets=BUCKETS
        )
        self._acts = Counter("ordonum_acts", "Actes enregistrés ou renvoyés.", ("act", "outcome"), registry=own)
        self._refusals = Counter("ordonum_refusals", "Refus, par code.", ("code",), registry=own)
        retried = Counter("ordonum_act_retries", "Places prises par un autre acte : relues et rejugées.", registry=own)
        pool = Gauge(
            "ordonum_database_connections",
            "Connexions du service à la base.",
            ("state",),
            registry=own,
            multiprocess_mode="livesum",
        )
        processes = Gauge("ordonum_processes", "Processus de service.", registry=own, multiprocess_mode="livesum")
        processes.set(1)
        self.retried = retried.inc
        self._used, self._idle = pool.labels("used"), pool.labels("idle")
        self._known_requests: dict[tuple[str, str], Counter] = {}
        self._known_acts: dict[tuple[str, str], Counter] = {}
        self._known_seconds: dict[str, Histogram] = {}

    def request(self, operation: str, outcome: str, seconds: float) -> None:
        """A request was answered. `outcome` is DONE, REPLAYED, BUG, GONE or the code of a refusal."""
        counter = self._known_requests.get((operation, outcome))
        if counter is None:
            counter = self._known_requests[operation, outcome] = self._requests.labels(operation, outcome)
        histogram = self._known_seconds.get(operation)
        if histogram is None:
            histogram = self._known_seconds[operation] = self._seconds.labels(operation)
        counter.inc()
        histogram.observe(seconds)

    def refusal(self, code: str) -> None:
        """A request was refused."""
        self._refusals.labels(code).inc()

    def act(self, act: str, *, replayed: bool) -> None:
        """An act was recorded, or recognised as one that had been."""
        outcome = REPLAYED if replayed else "recorded"
        counter = self._known_acts.get((act, outcome))
        if counter is None:
            counter = self._known_acts[act, outcome] = self._acts.labels(act, outcome)
        counter.inc()

    def connections(self, *, used: int, idle: int) -> None:
        """How many connections to the database this process holds."""
        self._used.set(used)
        self._idle.set(idle)

    def scrape(self, standing: Standing) -> bytes:
        """The page: all that was counted, by all the service processes, and how things stand. Some milliseconds."""
        page = CollectorRegistry()
        page.register(_Told(standing))
        if self._shared is None:
            return generate_latest(self._registry) + generate_latest(page)
        added: CollectorRegistry = CollectorRegistry()
        multiprocess.MultiProcessCollector(added, path=str(self._shared.folder))  # type: ignore[no-untyped-call]  # untyped there
        return generate_latest(added) + generate_latest(page)


def _shared_value(shared: Shared) -> type:
    """The library's shared value, in files named after the rank of the process: one started again goes on counting."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared.folder)  # where the library looks for it
    made: type = values.MultiProcessValue(process_identifier=lambda: shared.process)  # type: ignore[no-untyped-call]  # untyped there
    return made


def forget(shared: Shared) -> None:
    """A service process is dead: its gauges no longer count, its counters stay."""
    multiprocess.mark_process_dead(shared.process, str(shared.folder))  # type: ignore[no-untyped-call]  # untyped there


def leave(shared: Shared) -> None:
    """Take away the figures of this process, and the folder when it was the last: its parent is no more there to do it."""
    for each in shared.folder.glob(f"*_{shared.process}.db"):
        each.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # the other processes are not done yet
        shared.folder.rmdir()


class _Told(Collector):
    """How things stand, as gauges that no file keeps."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterable[Metric]:
        """One family a fact; what is not known is left out."""
        told = self._standing
        build = GaugeMetricFamily("ordonum_build_info", "Version du logiciel.", labels=("version",))
        build.add_metric((told.version,), 1)
        yield build
        for name, help_text, value in (
            ("ordonum_database_up", "1 si la base répond.", float(told.database_up)),
            (
                "ordonum_revocation_list_age_seconds",
                "Âge de la plus ancienne des dernières listes de révocation reçues.",
                told.list_age,
            ),
            (
                "ordonum_revocation_list_overdue_seconds",
                "Retard de la liste la plus en retard (0 : à jour) ; au-delà de 72 h, plus d'enregistrement.",
                told.list_overdue,
            ),
            ("ordonum_year_keys", "1 si les clés de cette année sont chargées.", float(told.year_keys)),
            (
                "ordonum_coming_year_keys",
                "1 si celles de l'année prochaine le sont (attendues dès le 1er décembre).",
                float(told.coming_keys),
            ),
        ):
            if value is not None:
                yield GaugeMetricFamily(name, help_text, value=value)
