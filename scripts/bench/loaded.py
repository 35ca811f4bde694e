"""`--loaded N`: the calls on an empty base, then with N prescriptions in it, on the same service; the ratios.

Three ways with N: on prescriptions just registered; on any of the N, drawn evenly, with what the kernel still caches;
and on others of the N after the files were put out of the kernel's cache.
"""

import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import filling, machine, report
from bench.calls import KINDS, Known, Maker
from bench.database import DATABASE, Asking, asking
from bench.empty import warm_up
from bench.rows import Bench
from bench.sender import sending
from bench.service import DOCTORS, Measured, serving
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres

CONNECTIONS, PROCESSES = 32, 2
SIZE_TOLERANCE = 0.1


def run(*, prescriptions: int, calls: int, seed: int) -> list[dict[str, Any]]:
    """The rows on the empty base, and those with so many prescriptions. Raises CallFailed."""
    if prescriptions < 8 * calls:
        raise SystemExit(f"bench: --loaded wants at least {8 * calls} prescriptions for {calls} calls a row")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ordonum-bench-")))
        served = stack.enter_context(serving(home, workers=1))
        asked = stack.enter_context(asking(served))
        sender = stack.enter_context(sending())
        maker = Maker(served, seed)
        bench = Bench(served, asked, sender, blocks=True)
        empty = _rows(bench, maker, calls, "empty base")
        filled = _fill(served, asked, maker, prescriptions, seed, sample=6 * calls)
        bench.forget()
        recent = _rows(bench, maker, calls, "full base, on prescriptions just registered")
        known = filled.pop("known")
        recent["said"], recent["fill"] = filled.pop("said"), filled
        evenly = _rows(bench, maker, calls, "full base, on any prescription", known[: len(known) // 2])
        put_out(served, asked)
        bench.forget()
        cold = _rows(bench, maker, calls, "full base, on any, not in the kernel's cache", known[len(known) // 2 :])
        for each in (recent, evenly, cold):
            each["said"] = each.get("said", []) + _against(empty, each)
            report.print_rest(each | {"ratios": []})
        for each in (empty, recent, evenly, cold):
            each["postgres"] = asked.one("SHOW server_version")
        return [empty, recent, evenly, cold]


def _rows(bench: Bench, maker: Maker, calls: int, title: str, about: list[Known] | None = None) -> dict[str, Any]:
    """Every kind of call and the mix, on what is registered here or on these: a consultation on other ones than an
    execution, so that each finds its rows as they lay; an invoice on what was executed just before.
    """
    if about is None:
        warm_up(bench, maker)
    found: dict[str, Any] = {"workers": 1, "worker_processes": len(bench.served.workers()), "title": title, "rows": []}
    print(f"\n{title}", end="")
    report.print_head(found, blocks=bench.blocks)
    batch, made = maker.registrations(calls)
    for kind in KINDS:
        if about is not None and kind in ("consult", "execute"):
            made, about = about[:calls], about[calls:]
        if kind != "register":
            batch = maker.batch(kind, made)
        elif about is not None:
            continue
        found["rows"].append(bench.measure(kind, batch, CONNECTIONS))
        report.print_row(found["rows"][-1])
    found["rows"].append(bench.measure("mix", maker.mix(calls, about or made), CONNECTIONS))
    report.print_row(found["rows"][-1])
    found["memory"] = [machine.memory(pid) for pid in bench.served.workers()]
    return found


def _fill(
    served: Measured, asked: Asking, maker: Maker, prescriptions: int, seed: int, *, sample: int
) -> dict[str, Any]:
    """Load the base by COPY in two processes; then VACUUM ANALYZE and CHECKPOINT."""
    start = time.monotonic()
    given = filling.template(served, DOCTORS[0], _registration_of(maker, DOCTORS[0]))
    url = EmbeddedPostgres(served.home / "db").url(SUPERUSER, DATABASE)
    asked.do("ALTER SYSTEM SET max_wal_size = '16GB'")  # while it loads: a base fills in years, not in minutes
    asked.one("SELECT pg_reload_conf()")
    each = prescriptions // PROCESSES
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        running = [
            pool.submit(filling.fill, url, given, each, seed + rank + 1, sample // PROCESSES)
            for rank in range(PROCESSES)
        ]
        known = [one for each_run in running for one in each_run.result()]
    loaded = time.monotonic()
    _same_sizes(asked)
    asked.do("ALTER SYSTEM RESET max_wal_size")
    asked.one("SELECT pg_reload_conf()")
    sizes = asked.per_prescription()
    random.Random(seed).shuffle(known)
    done = time.monotonic()
    total = sum(table["bytes"] for table in sizes["tables"].values())
    said = [
        f"{each * PROCESSES} prescriptions loaded in {loaded - start:.0f} s, then VACUUM ANALYZE and CHECKPOINT in"
        f" {done - loaded:.0f} s: {total / 1e9:.2f} GB, {sizes['bytes_per_prescription']:.0f} bytes a prescription"
        f" ({filling.EXECUTED:.0%} executed once)."
    ]
    return {"known": known, "said": said, "disk": sizes, "seconds": done - start}


def _registration_of(maker: Maker, doctor: str) -> bytes:
    """The body of a registration that this doctor signed."""
    while True:
        raw, _ = maker.register()
        head, _, body = raw.partition(b"\r\n\r\n")
        if f"Bearer {maker.bearers[doctor]}".encode() in head:
            return body


def _same_sizes(asked: Asking) -> None:
    """Loaded rows are as long as those that the service wrote; otherwise the figures would be of something else."""
    lengths = ", ".join(
        f"avg(length({name}))::float AS {name}" for name in ("body", "sealed", "answer", "author", "content")
    )
    for kind in ("register", "execute"):
        rows = asked.rows(
            f"SELECT {lengths} FROM (SELECT * FROM act WHERE kind = $1 ORDER BY recorded_at LIMIT 100) AS first", kind
        ) + asked.rows(
            f"SELECT {lengths} FROM (SELECT * FROM act WHERE kind = $1 ORDER BY recorded_at DESC LIMIT 100) AS last",
            kind,
        )
        for name, real in rows[0].items():
            if abs(rows[1][name] - real) > real * SIZE_TOLERANCE:
                raise SystemExit(
                    f"bench: a loaded {kind} has {rows[1][name]:.0f} bytes of {name}, a real one {real:.0f}"
                )


def put_out(served: Measured, asked: Asking) -> None:
    """Ask the kernel to forget the files of the database; PostgreSQL keeps what its own buffers hold."""
    asked.do("CHECKPOINT")
    os.sync()
    for file in (served.home / "db/pg/base").rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _against(empty: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """CPU and rate of each call against the same on the empty base."""
    before = {row["call"]: row for row in empty["rows"]}
    found["against_empty"] = [
        {
            "call": row["call"],
            "cpu": row["cpu_us"] / before[row["call"]]["cpu_us"],
            "postgres_cpu": row["postgres_cpu_us"] / before[row["call"]]["postgres_cpu_us"],
            "rate": row["rate_per_s"] / before[row["call"]]["rate_per_s"],
        }
        for row in found["rows"]
    ]
    said = ", ".join(
        f"{each['call']} {each['cpu']:.2f} (PostgreSQL alone {each['postgres_cpu']:.2f}, rate {each['rate']:.2f})"
        for each in found["against_empty"]
    )
    return [f"**CPU of a call ÷ the same on the empty base** (target ≤ {report.LOADED_RATIO_MAX}): {said}."]
