"""The measures on an empty database: every call and the mix, over 1, 8 and 32 connections, with so many workers."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import machine, report, yardstick
from bench.calls import Known, Maker
from bench.database import asking
from bench.rows import Bench
from bench.sender import sending
from bench.service import serving

CONNECTIONS = (1, 8, 32)
WARM_UP = 150


def run(*, workers: int, calls: int, seed: int, pgbench_seconds: int) -> dict[str, Any]:
    """All the rows of one configuration, on a home of its own that is thrown away. Raises CallFailed."""
    with (
        tempfile.TemporaryDirectory(prefix="ordonum-bench-") as folder,
        serving(Path(folder), workers=workers) as served,
        asking(served) as asked,
        sending() as sender,
    ):
        bench, maker = Bench(served, asked, sender), Maker(served, seed)
        known = warm_up(bench, maker)
        found: dict[str, Any] = {"workers": workers, "worker_processes": len(served.workers())}
        if found["worker_processes"] < workers:
            found["note"] = f"{workers} workers were asked for (ORDONUM_WORKERS), {found['worker_processes']} answers"
            print(f"  note: {found['note']}", file=sys.stderr)
        report.print_head(found)
        found["rows"] = []
        for connections in CONNECTIONS:
            for row in all_calls(bench, maker, connections, calls, known):
                found["rows"].append(row)
                report.print_row(row)
        found["memory"] = [machine.memory(pid) for pid in served.workers()]
        found["disk"] = asked.per_prescription()
        found["fsync"] = yardstick.fsync(Path(folder))
        found["pgbench"] = yardstick.pgbench(served, asked, pgbench_seconds)
        found["postgres"] = asked.one("SHOW server_version")
        found["ratios"] = report.ratios(found["rows"], found["pgbench"])
        report.print_rest(found)
        return found


def warm_up(bench: Bench, maker: Maker) -> list[Known]:
    """Every kind of call from everybody, not measured; the prescriptions that they leave."""
    calls, known = maker.registrations(WARM_UP)
    bench.served.begin()
    bench.warm_up(calls, 32)
    for kind in ("consult", "execute", "invoice"):
        bench.warm_up(maker.batch(kind, known), 32)
    return known


def all_calls(bench: Bench, maker: Maker, connections: int, calls: int, known: list[Known]) -> list[dict[str, Any]]:
    """Register, consult, execute, attach an invoice: each on the prescriptions that the first made; then the mix."""
    registrations, made = maker.registrations(calls)
    rows = [bench.measure("register", registrations, connections)]
    for kind in ("consult", "execute", "invoice"):
        rows.append(bench.measure(kind, maker.batch(kind, made), connections))
    rows.append(bench.measure("mix", maker.mix(calls, known + made), connections))
    return rows
