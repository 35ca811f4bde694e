"""The yardstick of the same run: pgbench with one statement that inserts what a registration inserts, and the disk.

The tables are copies of the service's (columns, constraints, indexes) in a schema of their own, in the same database, so
that nothing of the service's is touched. The bytes are random and of the sizes of the rows of this very run.
"""

import itertools
import os
import re
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.database import DATABASE, Asking
from bench.service import Measured
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres
from ordonum.server.store.postgres_process import binary, environment

SCHEMA = "yardstick"
CONNECTIONS = (1, 8, 32)
FSYNC_SECONDS_MAX = 30
TABLES = ("act", "own_act", "prescription_of", "audit")

# The names of the rows are made by PostgreSQL (a SHA-256 of 8 random bytes); all else comes as parameters, as it does
# from the service.
STATEMENT = r"""\set n random(1, 9000000000000000000)
WITH named AS (SELECT sha256(int8send(:n)) AS lookup, gen_random_uuid() AS act_id, now() AS at),
a AS (INSERT INTO yardstick.act
        (lookup, seq, act_id, kind, year, author, content, performed_at, recorded_at, body, sealed, answer, ends_on)
    SELECT lookup, 1, act_id, 'register', 2026, :author, :content, at, at, :body, :sealed, :answer, current_date
    FROM named),
o AS (INSERT INTO yardstick.own_act (blind, lookup) SELECT sha256(lookup), lookup FROM named),
p AS (INSERT INTO yardstick.prescription_of (blind, recorded_at, lookup)
    SELECT sha256(substr(lookup, 1, 1)), at, lookup FROM named)
INSERT INTO yardstick.audit (lookup, entry_id, recorded_at, year, leaf, personal)
    SELECT lookup, act_id, at, 2026, :leaf, :personal FROM named;
"""


def row_sizes(asking: Asking) -> dict[str, int]:
    """Bytes of each column of a registration of this run, on average: the act's and its audit entry's."""
    act = asking.rows(
        "SELECT avg(length(author)) AS author, avg(length(content)) AS content, avg(length(body)) AS body,"
        " avg(length(sealed)) AS sealed, avg(length(answer)) AS answer FROM act WHERE kind = 'register'"
    )[0]
    audit = asking.rows(
        "SELECT avg(length(leaf)) AS leaf, avg(length(personal)) AS personal FROM audit"
        " JOIN act USING (lookup) WHERE act.kind = 'register' AND audit.recorded_at = act.recorded_at"
    )[0]
    return {name: round(value) for name, value in {**act, **audit}.items()}


def prepare(asking: Asking) -> None:
    """The tables of the yardstick, empty."""
    asking.do(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    asking.do(f"CREATE SCHEMA {SCHEMA}")
    for name in TABLES:
        asking.do(f"CREATE TABLE {SCHEMA}.{name} (LIKE public.{name} INCLUDING ALL)")


def pgbench(served: Measured, asking: Asking, seconds: int) -> list[dict[str, Any]]:
    """Inserts a second and CPU of PostgreSQL for each, at 1, 8 and 32 connections, so many seconds each."""
    sizes = row_sizes(asking)
    prepare(asking)
    with tempfile.TemporaryDirectory(prefix="ordonum-bench-") as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(STATEMENT)
        rows = [_measured(served, asking, script, sizes, each, seconds) for each in CONNECTIONS]
    asking.do(f"DROP SCHEMA {SCHEMA} CASCADE")
    return rows


def _measured(
    served: Measured, asking: Asking, script: Path, sizes: dict[str, int], connections: int, seconds: int
) -> dict[str, Any]:
    """One row, between two of pgbench's own progress lines: opening connections (SCRAM) is not an insert."""
    running = _start(served, script, sizes, connections=connections, seconds=seconds + 2)
    assert running.stderr is not None
    read: list[tuple[float, float, float, int]] = []  # seconds, tps since the line before, CPU, WAL
    latencies = []
    for line in running.stderr:
        match = re.search(r"progress: ([\d.]+) s, ([\d.]+) tps, lat ([\d.]+) ms", line)
        if match and len(read) <= seconds:
            read.append((float(match[1]), float(match[2]), served.postgres_seconds(), asking.wal_bytes()))
            latencies.append(float(match[3]))
        elif "ERROR" in line or "error:" in line:
            raise SystemExit(f"bench: {line.strip()}")
    _end(running)
    first, last = read[0], read[-1]
    done = sum(tps * (at - before) for (before, *_), (at, tps, *_) in itertools.pairwise(read))
    return {
        "connections": connections,
        "transactions": round(done),
        "rate_per_s": done / (last[0] - first[0]),
        "latency_ms": sum(latencies[1:]) / len(latencies[1:]),
        "postgres_cpu_us": (last[2] - first[2]) / done * 1e6,
        "wal_bytes": (last[3] - first[3]) / done,
        "row_bytes": sum(sizes.values()),
    }


def _start(
    served: Measured, script: Path, sizes: dict[str, int], *, connections: int, seconds: int
) -> "subprocess.Popen[str]":
    passwords = EmbeddedPostgres(served.home / "db").passwords()
    lines = (served.home / "db/pg/postmaster.pid").read_text().splitlines()
    arguments = [
        "-n",
        "-M",
        "prepared",
        "-f",
        str(script),
        *(f"-D{n}=\\x{secrets.token_hex(s)}" for n, s in sizes.items()),
    ]
    arguments += ["-c", str(connections), "-j", "1", "-T", str(seconds), "-P", "1", "-h", lines[4], "-U", SUPERUSER]
    return subprocess.Popen(
        [str(binary("pgbench")), *arguments, DATABASE],
        env=environment() | {"PGPASSWORD": passwords[SUPERUSER]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _end(running: "subprocess.Popen[str]") -> None:
    said, _ = running.communicate()
    if running.returncode or "number of failed transactions: 0" not in said:
        raise SystemExit("bench: pgbench failed")


def fsync(home: Path) -> dict[str, Any]:
    """What PostgreSQL's own pg_test_fsync finds for one 8 kB write with fdatasync, on the disk of the database."""
    file = home / "fsync-test"
    program = binary("pg_test_fsync")
    if not program.exists():
        return _fdatasync(file)
    running = subprocess.Popen(
        [str(program), "-s", "1", "-f", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    )
    assert running.stdout is not None
    try:
        until = time.monotonic() + FSYNC_SECONDS_MAX
        for line in running.stdout:
            if match := re.search(r"^\s+fdatasync\s+([\d.]+) ops/sec\s+([\d.]+) usecs/op", line):
                return {"per_s": float(match[1]), "us": float(match[2]), "by": "pg_test_fsync"}
            if time.monotonic() > until:
                break
        return _fdatasync(file)
    finally:
        running.terminate()
        running.wait()
        running.stdout.close()
        file.unlink(missing_ok=True)


def _fdatasync(file: Path) -> dict[str, Any]:
    """The same by a loop of ours, for a PostgreSQL that came without that program."""
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        block, done, start = secrets.token_bytes(8192), 0, time.perf_counter()
        os.write(descriptor, block)
        while (spent := time.perf_counter() - start) < 1:
            os.pwrite(descriptor, block, 0)
            os.fdatasync(descriptor)
            done += 1
        return {"per_s": done / spent, "us": spent / done * 1e6, "by": "fdatasync loop"}
    finally:
        os.close(descriptor)
        file.unlink(missing_ok=True)
