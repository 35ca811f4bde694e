"""What a care team's search costs for 1, 10 and 50 prescriptions found, and a look at the rates over five years of a base.

Printed, and bounded generously: the machine is shared. `ROWS` of the prescriber's list can be raised by the environment.
"""

import os
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest

from base import OWNER, ask, in_service, owner_fetches, owner_runs
from factories import a_beneficiary, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client.prepare import assertion
from ordonum.model.beneficiary import Nir
from ordonum.model.care_team import Care, Relation, SearchPurpose, SearchRequest, Sought
from ordonum.model.identifiers import BirthDate
from ordonum.model.rates import DAYS, FLOOR
from ordonum.sandbox.vitale import nir
from ordonum.server.identity import tokens
from ordonum.server.store.patients import _NEWEST
from ordonum.server.store.rates import busy
from ordonum.server.usecases.authenticate import authenticate
from ordonum.server.usecases.search import search
from ordonum.wire import native
from raw import post, token

TIMES = 60
ROWS = int(os.environ.get("ORDONUM_TEST_ROWS", "1000000"))
CARE = Care(relation=Relation.TREATING_DOCTOR, purpose=SearchPurpose.CONTINUITY)


def test_what_a_search_costs(own_system: System, capsys: pytest.CaptureFixture[str]) -> None:
    system, context = own_system, own_system.context
    assert context is not None
    said = []
    with (
        system.client("dr-martin") as doctor,
        system.client("pharmacie-centre") as pharmacy,
        system.client("dr-leroy") as treating,
    ):
        bearer = token(treating, system)
        for many in (1, 10, 50):
            number = Nir(nir(f"2790375056{many:03}"), "self")
            for _ in range(many):
                order = doctor.prescribe(a_prescription()).number
                assert order is not None
                for _ in range(2):
                    pharmacy.execute(
                        order, an_execution(delivered(1, boxes(1)), beneficiary=a_beneficiary(identity=number))
                    )
            sought = Sought(identity=number, first_name="Éloïse", birth_date=BirthDate("1979-03-14"))
            request = SearchRequest(patient=sought, care=CARE)
            now = int(system.now().timestamp())
            asked = assertion(
                treating.card, treating.card.place, treating.software, audience=f"{system.url}/v1/token", now=now
            )
            given = in_service(system, authenticate(context, asked))
            caller = tokens.read(context.vault, given.access_token, {}, now=system.now())
            walls, cpu = [], time.process_time()
            for _ in range(TIMES):
                began = time.perf_counter()
                assert len(in_service(system, search(context, caller, request)).items) == many
                walls.append((time.perf_counter() - began) * 1000)
            cpu = (time.process_time() - cpu) * 1000 / TIMES
            whole = []
            for _ in range(TIMES):
                began = time.perf_counter()
                answer = post(system, "/v1/search", native.write(request), bearer=bearer)
                whole.append((time.perf_counter() - began) * 1000)
            size = len(answer.content) / 1024
            said.append(
                f"  {many:>3} found: use case p50 {statistics.median(walls):.1f} ms, p95 {_p95(walls):.1f} ms, CPU of the "
                f"service {cpu:.1f} ms; over HTTP p95 {_p95(whole):.1f} ms, {size:.0f} kB"
            )
    with capsys.disabled():
        print("\n" + "\n".join(said))
    assert _p95(whole) < 1000


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def test_what_a_look_at_the_rates_costs(own_system: System, capsys: pytest.CaptureFixture[str]) -> None:
    """Five years of a base, in their order; a thousand prescribers of the last day."""
    system, context = own_system, own_system.context
    assert context is not None
    days = 5 * 365
    at = system.now()
    began = time.perf_counter()
    owner_runs(
        system,
        "INSERT INTO prescription_of SELECT sha256((n % 20000)::text::bytea),"
        f" timestamptz '{at.isoformat()}' - interval '{days} days' * (1 - n / {ROWS}.0), sha256(('l' || n)::bytea)"
        f" FROM generate_series(1, {ROWS}) AS n",
    )
    owner_runs(system, "INSERT INTO prescription_of SELECT sha256('busy'::bytea), "
               f"timestamptz '{(at - timedelta(hours=1)).isoformat()}' + n * interval '1 second', sha256(('b' || n)::bytea)"
               f" FROM generate_series(1, {FLOOR + 40}) AS n")  # fmt: skip
    filled = time.perf_counter() - began
    owner_runs(
        system, "ANALYZE prescription_of; SELECT brin_summarize_new_values('prescription_of_by_time')"
    )  # as autovacuum
    times = []
    for _ in range(10):
        began = time.perf_counter()
        found = in_service(system, busy(context.pool, system.now(), spans=DAYS, more_than=FLOOR))
        times.append((time.perf_counter() - began) * 1000)
    assert [sum(each.by_day) for each in found] == [FLOOR + 40]
    (sizes,) = owner_fetches(
        system,
        "SELECT pg_relation_size('prescription_of') AS heap, pg_relation_size('prescription_of_pkey') AS key,"
        " pg_relation_size('prescription_of_by_time') AS time",
    )
    plan = _plan(system, at)
    with capsys.disabled():
        print(
            f"\n  {ROWS} rows in {filled:.0f} s: a look takes {statistics.median(times):.1f} ms (p95 {_p95(times):.1f});"
            f" heap {sizes['heap'] / 1e6:.0f} MB, key {sizes['key'] / 1e6:.0f} MB, by time {sizes['time'] / 1e3:.0f} kB\n{plan}"
        )
    assert "prescription_of_by_time" in plan


def test_what_its_index_costs_a_registration(own_system: System, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows added with no index by time, with the BRIN, with the B-tree that it stands for."""
    system, rows = own_system, 200_000
    began_at, said = system.now(), []
    for name, index in (("none", ""), ("brin", "USING brin (recorded_at) WITH (pages_per_range = 32, autosummarize = on)"),
                        ("btree", "(recorded_at)")):  # fmt: skip
        made = f"CREATE INDEX prescription_of_by_time ON prescription_of {index}" if index else ""
        owner_runs(system, f"DROP INDEX IF EXISTS prescription_of_by_time; TRUNCATE prescription_of; {made}")
        taken = []
        for part in range(3):
            began = time.perf_counter()
            owner_runs(
                system,
                f"DO $$ BEGIN FOR n IN {part * rows + 1}..{(part + 1) * rows} LOOP INSERT INTO prescription_of VALUES"
                f" (sha256((n % 20000)::text::bytea), timestamptz '{began_at.isoformat()}' + n * interval '1 ms',"
                " sha256(('l' || n)::bytea)); END LOOP; END $$",
            )
            taken.append((time.perf_counter() - began) / rows * 1e6)
        said.append(f"{name} {min(taken):.2f} µs")
    with capsys.disabled():
        print(f"\n  a row of the prescriber's list, by the index by time: {', '.join(said)}")


def _plan(system: System, at: Any) -> str:
    rows = owner_fetches(
        system,
        "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT blind FROM prescription_of WHERE recorded_at >"
        f" timestamptz '{at.isoformat()}' - interval '1 day' GROUP BY blind HAVING count(*) > {FLOOR}",
    )
    return "\n".join("    " + each[0] for each in rows)


def test_a_patient_is_found_by_keys_alone_in_a_large_base(
    own_system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan of the search, as the service's connections make it, once for all values; no table is read whole."""
    rows = max(ROWS // 5, 50_000)
    owner_runs(
        own_system,
        "INSERT INTO act SELECT sha256(('p' || n)::bytea), 1, gen_random_uuid(), 'register', 2026, sha256('a'), sha256('c'),"
        " now() - n * interval '1 second', now() - n * interval '1 second', 'b', 's', 'a', date '2031-01-01'"
        f" FROM generate_series(1, {rows}) AS n",
    )
    owner_runs(
        own_system,
        "INSERT INTO patient_index SELECT sha256((n % 40000)::text::bytea), sha256(('p' || n)::bytea), gen_random_uuid(), 1"
        f" FROM generate_series(1, {rows}) AS n; ANALYZE act; ANALYZE patient_index",
    )

    async def planned(connection: Any) -> str:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE asked (bytea, timestamptz, uuid, timestamptz, int) AS {_NEWEST}")
        told = await connection.fetch("EXPLAIN (ANALYZE, COSTS OFF) EXECUTE asked (sha256('7'), NULL, NULL, NULL, 51)")
        return "\n".join(f"    {each[0]}" for each in told)

    plan = ask(own_system, OWNER, planned)
    with capsys.disabled():
        print(f"\n{plan}")
    assert "Seq Scan" not in plan
