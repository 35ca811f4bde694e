"""One row of the table: a batch is sent, and every clock is read just before and just after."""

import math
import statistics
import time
from array import array
from typing import Any

from bench import machine
from bench.calls import Call
from bench.database import Asking
from bench.sender import Sender
from bench.service import Measured

SETTLE_SECONDS = 0.05  # so that what ended is buried, and its CPU counted
BLOCKS_SECONDS = 10.5  # an idle process of PostgreSQL tells what it read ten seconds later


class Bench:
    """What every measure needs: the service, the database's tongue, the sender.

    `blocks`: count the blocks read too, which takes ten seconds a row.
    """

    def __init__(self, served: Measured, asking: Asking, sender: Sender, *, blocks: bool = False) -> None:
        self.served, self.asking, self.sender, self.blocks = served, asking, sender, blocks
        self._counted: dict[str, float] = {}  # blocks, as the row before left them

    def measure(self, name: str, calls: list[Call], connections: int) -> dict[str, Any]:
        """Send the calls over so many connections; the row. Raises CallFailed."""
        self.sender.load(self.served.port, calls, connections)
        before = (self._counted or self._counters()) | {"wal": self.asking.wal_bytes()} | self._clocks()
        sent = self.sender.run()
        time.sleep(SETTLE_SECONDS)
        after = self._clocks() | {"wal": self.asking.wal_bytes()} | self._counters()
        self._counted = {key: after[key] for key in ("hit", "read")} if self.blocks else {}
        spent = {key: after[key] - before[key] for key in before}
        count = len(calls)
        row: dict[str, Any] = {
            "call": name,
            "connections": connections,
            "calls": count,
            "rate_per_s": count / sent.seconds,
            **quantiles(sent.latencies),
            "service_cpu_us": spent["service"] / count * 1e6,
            "postgres_cpu_us": spent["postgres"] / count * 1e6,
            "cpu_us": (spent["service"] + spent["postgres"]) / count * 1e6,
            "client_cpu_us": sent.cpu / count * 1e6,
            "wal_bytes": spent["wal"] / count,
            "other_cores": max(0.0, spent["busy"] - spent["service"] - spent["postgres"] - sent.cpu) / spent["elapsed"],
            "steal_cores": spent["steal"] / spent["elapsed"],
        }
        if self.blocks:
            row["blocks_read"] = spent["read"] / count
            row["blocks_read_share"] = spent["read"] / max(1, spent["read"] + spent["hit"])
            row["disk_read_bytes"] = spent["disk"] / count
        kinds = {call.kind for call in calls}
        if len(kinds) > 1:
            row["by_kind"] = {
                kind: quantiles(
                    array("d", (each for each, call in zip(sent.latencies, calls, strict=True) if call.kind == kind))
                )
                for kind in sorted(kinds)
            }
        return row

    def warm_up(self, calls: list[Call], connections: int) -> None:
        """Send calls that are not measured: pools fill, chains are judged, the cluster makes its first WAL segments."""
        self.sender.load(self.served.port, calls, connections)
        self.sender.run()

    def forget(self) -> None:
        """Something else than calls was done: the next row counts its blocks from now."""
        self._counted = {}

    def _counters(self) -> dict[str, float]:
        if not self.blocks:
            return {}
        time.sleep(BLOCKS_SECONDS)
        hit, read = self.asking.blocks()
        return {"hit": hit, "read": read}

    def _clocks(self) -> dict[str, float]:
        return {
            **machine.noise(),
            "disk": machine.disk_read_bytes(machine.tree(self.served.postmaster)) if self.blocks else 0,
            "elapsed": time.perf_counter(),
            "service": self.served.service_seconds(),
            "postgres": self.served.postgres_seconds(),
        }


def quantiles(latencies: "array[float]") -> dict[str, float]:
    """Median and 99th percentile (nearest rank), in milliseconds."""
    ordered = sorted(latencies)
    return {
        "p50_ms": statistics.median(ordered) * 1000,
        "p99_ms": ordered[math.ceil(len(ordered) * 0.99) - 1] * 1000,
    }
