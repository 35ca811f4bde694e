"""The measuring instrument: what it sends exists, what fails is told and stops it, what it counts is what was spent."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench import filling, machine, report, rows
from bench.calls import MIX, Call, Known, Maker, shares
from bench.database import Asking, asking
from bench.sender import CallFailed, Sender, sending
from bench.service import DOCTORS, Measured, issue_third_pharmacy
from bench.stopwatch import REST, Stopwatch
from ordonum.cli.system import System
from ordonum.model.number import EpuId
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres

SEED = 20261122


def _measured(system: System) -> Measured:
    issue_third_pharmacy(system.home)
    port = urlsplit(system.url).port
    assert port is not None
    return Measured(system.home, port, os.getpid())


@pytest.fixture(scope="module")
def maker(system: System) -> Maker:
    return Maker(_measured(system), SEED)


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    with sending() as started:
        yield started


def test_the_mix_has_its_proportions() -> None:
    kinds = shares(1060)
    assert {kind: kinds.count(kind) for kind in MIX} == MIX
    assert len(shares(7)) == 7


def test_a_call_of_the_mix_waits_for_the_one_that_made_what_it_is_about(maker: Maker) -> None:
    calls = maker.mix(200, [])
    needs = {"consult": "register", "execute": "register", "invoice": "execute"}
    for place, call in enumerate(calls):
        if call.kind == "register":
            assert call.after == -1
        else:
            assert 0 <= call.after < place
            assert calls[call.after].kind == needs[call.kind]


def test_every_call_of_the_mix_is_answered_whatever_the_connections(maker: Maker, sender: Sender) -> None:
    calls = maker.mix(120, [])
    sender.load(maker.port, calls, 16)
    sent = sender.run()
    assert len(sent.latencies) == 120
    assert all(0 < each < sent.seconds for each in sent.latencies)


def test_a_call_that_fails_is_told_by_its_code_and_never_by_its_number(maker: Maker, sender: Sender) -> None:
    _, (registered,) = maker.registrations(1)
    unknown = Known(EpuId.draw(random.Random(SEED).choice), registered.person, 0)
    sender.load(maker.port, [Call("consult", maker.consult(unknown))], 1)
    with pytest.raises(CallFailed) as failed:
        sender.run()
    assert str(failed.value) == "consult: 404 unknown-number"


def test_the_cpu_of_a_child_that_ended_counts_in_the_tree() -> None:
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    parent = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {burn!r}]); print(); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        assert not machine.children(process.pid)
        assert machine.tree_seconds(process.pid) >= 0.4
        assert machine.tree_seconds(process.pid, without=process.pid) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_cpu_of_a_living_process_is_read_to_less_than_a_tick() -> None:
    before, own = machine.cpu_clock(os.getpid()), time.process_time()
    while time.process_time() < own + 0.002:
        pass
    assert 0.002 <= machine.cpu_clock(os.getpid()) - before < 0.009


def _burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_stage_is_told_without_what_it_calls() -> None:
    watch = Stopwatch()
    inner = watch.timed("inner", lambda: _burn(0.04))

    def calls_inner() -> None:
        _burn(0.02)
        inner()

    watch.timed("outer", calls_inner)()
    told = watch.read()
    assert 39_000 < told["inner"] < 60_000
    assert 19_000 < told["outer"] < 35_000


def test_what_another_request_does_meanwhile_is_not_counted_in_a_coroutine() -> None:
    watch = Stopwatch()

    async def waits() -> None:
        _burn(0.01)
        await asyncio.sleep(0.05)
        _burn(0.01)

    timed = watch.timed("waits", waits)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(timed())
            await asyncio.sleep(0)
            _burn(0.05)

    asyncio.run(both())
    told = watch.read()
    assert 19_000 < told["waits"] < 35_000
    assert told[REST] > 45_000


def test_an_error_passes_through_a_timed_coroutine_and_is_no_ones_time() -> None:
    watch = Stopwatch()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError("as it was")

    with pytest.raises(KeyError, match="as it was"):
        asyncio.run(watch.timed("fails", fails)())
    _burn(0.03)
    watch.timed("after", lambda: _burn(0.01))()
    told = watch.read()
    assert told["after"] > 9_000
    assert told["fails"] < 10_000 < 29_000 < told[REST]


def test_the_99th_percentile_is_the_nearest_rank() -> None:
    told = rows.quantiles(array("d", [each / 1000 for each in range(1, 101)]))
    assert told["p99_ms"] == pytest.approx(99)
    assert told["p50_ms"] == pytest.approx(50.5)


def test_a_call_is_compared_with_the_insert_over_as_many_connections() -> None:
    inserts = [{"connections": c, "postgres_cpu_us": 100.0 * c, "rate_per_s": 1000.0} for c in (1, 8)]
    measured = [{"call": "register", "connections": 8, "cpu_us": 1600.0, "rate_per_s": 500.0}]
    assert report.ratios(measured, inserts) == [{"call": "register", "connections": 8, "cpu": 2.0, "rate": 0.5}]


@pytest.fixture
def asked(own_system: System) -> Iterator[Asking]:
    with asking(_measured(own_system)) as opened:
        yield opened


def test_loaded_prescriptions_are_those_of_the_service(own_system: System, asked: Asking, sender: Sender) -> None:
    served = _measured(own_system)
    maker = Maker(served, SEED)
    raw = next(raw for raw, _ in iter(maker.register, None) if maker.bearers[DOCTORS[0]].encode() in raw)
    given = filling.template(served, DOCTORS[0], raw.partition(b"\r\n\r\n")[2])
    url = EmbeddedPostgres(served.home / "db").url(SUPERUSER, "ordonum")
    known = filling.fill(url, given, 40, SEED, 40)
    assert asked.one("SELECT count(*) FROM act WHERE kind = 'register'") == 40
    executed = [each for each in known if each.executions]
    assert asked.one("SELECT count(*) FROM act WHERE kind = 'execute'") == len(executed) > 10
    for kind, about in (("invoice", executed), ("consult", known), ("execute", known)):
        sender.load(served.port, maker.batch(kind, about), 4)
        sender.run()
    acts, audits = asked.one("SELECT count(*) FROM act"), asked.one("SELECT count(*) FROM audit")
    assert acts == 40 + 2 * len(executed) + 40
    assert audits == acts + 40  # each consultation is traced, and is no act


def test_the_workers_are_those_who_work(tmp_path: Path) -> None:
    go = tmp_path / "go"
    waits = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nstart = time.process_time()\n"
    works, rests = (
        f"{waits}while time.process_time() < start + {each}: pass\ntime.sleep(60)" for each in ("0.3", "0.003")
    )
    parent = (
        "import subprocess, sys, time\n"
        f"made = [subprocess.Popen([sys.executable, '-c', each]) for each in ({works!r}, {works!r}, {rests!r}, {works!r})]\n"
        "time.sleep(0.5)\nprint(*(each.pid for each in made), flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    children: list[int] = []
    try:
        assert process.stdout is not None
        children = [int(each) for each in process.stdout.readline().split()]
        (tmp_path / "db/pg").mkdir(parents=True)
        (tmp_path / "db/pg/postmaster.pid").write_text(
            f"{children[3]}\n"
        )  # as PostgreSQL: below the service, not of it
        served = Measured(tmp_path, 0, process.pid)
        served.begin()
        before = [machine.cpu_clock(each) for each in children]
        go.touch()
        while any(machine.cpu_clock(each) < old + 0.3 for each, old in list(zip(children, before, strict=True))[:2]):
            time.sleep(0.02)
        assert served.workers() == sorted(children[:2])
    finally:
        for pid in (*children, process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()
