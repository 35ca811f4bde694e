"""`--profile`: one worker, 32 connections, the same calls plain, then with every stage timed (bench.profiled)."""

import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import report
from bench.calls import KINDS, Maker
from bench.database import Asking, asking
from bench.empty import warm_up
from bench.profiled import BY
from bench.rows import Bench
from bench.sender import sending
from bench.service import Measured, serving
from ordonum.server.store.embedded import APPLICATION

CONNECTIONS = 32
WAIT_SECONDS_MAX = 10
STATEMENT_CHARS = 60


def run(*, calls: int, seed: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of both, and the stages of each call in µs. Raises CallFailed."""
    plain, _ = _run("ordonum.cli", "not profiled", calls, seed)
    timed, stages = _run("bench.profiled", "profiled", calls, seed)
    stages["functions"] = {}
    stages["plain_us"] = {row["call"]: row["service_cpu_us"] for row in plain["rows"]}
    stages["whole_us"] = {row["call"]: row["service_cpu_us"] for row in timed["rows"]}
    for call in KINDS:
        functions = stages["us"][call]
        stages["functions"][call] = dict(sorted(functions.items(), key=lambda each: -each[1]))
        by_stage: dict[str, float] = {}
        for name, us in functions.items():
            stage = name.split(BY)[0]
            by_stage[stage] = by_stage.get(stage, 0) + us
        by_stage["other threads, and the cost of timing"] = stages["whole_us"][call] - sum(by_stage.values())
        stages["us"][call] = by_stage
    stages["said"] = [
        "A stage is without what it calls that is another stage; sending and receiving by the kernel count where they happen.",
        "The cost of timing is taken off each stage and stands in its own row.",
        *([f"Not found, hence in other stages: {', '.join(stages['missing'])}."] if stages["missing"] else []),
    ]
    for line in report.stages_page(stages):
        print(line)
    return [plain, timed], stages


def _run(module: str, title: str, calls: int, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ordonum-bench-")))
        timed = module == "bench.profiled"
        counted = timed and _count_statements(home)
        served = stack.enter_context(serving(home, workers=1, module=module))
        asked = stack.enter_context(asking(served))
        if counted:
            asked.do("CREATE EXTENSION pg_stat_statements")
        bench = Bench(served, asked, stack.enter_context(sending()))
        maker = Maker(served, seed)
        warm_up(bench, maker)
        found: dict[str, Any] = {"workers": 1, "worker_processes": len(served.workers()), "title": title, "rows": []}
        stages: dict[str, Any] = {"calls": KINDS, "us": {}, "missing": [], "statements": {}}
        report.print_head(found)
        batch, made = maker.registrations(calls)
        for kind in KINDS:
            if kind != "register":
                batch = maker.batch(kind, made)
            if counted:
                asked.one("SELECT pg_stat_statements_reset()::text")
            before = _stages(served) if timed else {}
            found["rows"].append(bench.measure(kind, batch, CONNECTIONS))
            report.print_row(found["rows"][-1])
            if timed:
                after = _stages(served)
                stages["us"][kind] = {
                    name: (us - before["us"].get(name, 0)) / calls for name, us in after["us"].items()
                }
                stages["missing"] = after["missing"]
            if counted:
                stages["statements"][kind] = _statements(asked, calls)
        found["postgres"] = asked.one("SHOW server_version")
        return found, stages


def _count_statements(home: Path) -> bool:
    """Have the PostgreSQL of this home, once restarted, count its statements; False when it cannot."""
    with serving(home, workers=1) as served, asking(served) as asked:
        if not asked.one("SELECT true FROM pg_available_extensions WHERE name = 'pg_stat_statements'"):
            return False
        asked.do("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        return True


def _statements(asked: Asking, calls: int) -> list[dict[str, Any]]:
    """The service's statements: how many a call, and µs of each in PostgreSQL's executor (waits included, commit not)."""
    rows = asked.rows(
        "SELECT query, calls, total_exec_time * 1000 / calls AS us FROM pg_stat_statements"
        " JOIN pg_roles ON pg_roles.oid = userid WHERE rolname = $1 AND calls >= $2 ORDER BY calls * total_exec_time DESC",
        APPLICATION,
        calls // 10,
    )
    return [
        {"statement": " ".join(row["query"].split())[:STATEMENT_CHARS], "a_call": row["calls"] / calls, "us": row["us"]}
        for row in rows
    ]


def _stages(served: Measured) -> dict[str, Any]:
    """The stages of the service up to now."""
    file = served.home / "stages.json"
    file.unlink(missing_ok=True)
    assert served.asks is not None
    served.asks.write(f"{file}\n")
    served.asks.flush()
    until = time.monotonic() + WAIT_SECONDS_MAX
    while not file.exists():
        if time.monotonic() > until:
            raise SystemExit("bench: the profiled service does not tell its stages")
        time.sleep(0.01)
    found: dict[str, Any] = json.loads(file.read_text())
    return found
