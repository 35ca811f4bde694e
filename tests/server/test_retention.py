"""Five years from writing, and that day still: then every row of the prescription goes, and no other."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from base import OWNER, address, ask, embedded, embedded_only, fresh_system, owner_fetches, owner_runs
from ordonum.cli.system import System
from ordonum.model.days import months_after
from ordonum.model.retention import YEARS_KEPT, Gone, over
from ordonum.server.store import retention
from ordonum.server.store.embedded import SUPERUSER
from ordonum.server.store.migrate import migrations, prepare_embedded

DAY = timedelta(days=1)
LAST = 8  # the migration that gives all registrations an end
WRITTEN = [date(2028, 2, 29), date(2027, 11, 30), date(2027, 12, 31), date(2028, 3, 1)]


def _bytes(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with fresh_system(tmp_path_factory.mktemp("retention")) as started:
        yield started


@pytest.fixture(autouse=True)
def emptied(base: System) -> None:
    owner_runs(base, f"TRUNCATE erased, {', '.join(retention.TABLES)}")


async def _act(connection: Any, lookup: bytes, seq: int, kind: str, year: int, ends_on: date | None) -> None:
    at = datetime(year, 6, 1, tzinfo=UTC)
    await connection.execute(
        "INSERT INTO act (lookup, seq, act_id, kind, year, author, content, performed_at, recorded_at, body, sealed, answer,"
        " ends_on) VALUES ($1, $2, $3, $4, $5, $1, $1, $6, $6, '', $7, '', $8)",
        lookup, seq, uuid4(), kind, year, at, b"" if kind == "register" else None, ends_on,
    )  # fmt: skip


async def _traced(connection: Any, lookup: bytes, year: int) -> None:
    at = datetime.combine(date(year, 6, 1), time(), UTC)
    await connection.execute("INSERT INTO audit VALUES ($1, $2, $3, $4, '', '')", lookup, uuid4(), at, year)


async def _led_to(connection: Any, lookup: bytes) -> None:
    """All the rows that lead to a prescription: its prescriber's and its patient's have others too."""
    await connection.execute("INSERT INTO own_act VALUES ($1, $2)", uuid4().bytes * 2, lookup)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    await connection.execute("INSERT INTO prescription_of VALUES ($1, $2, $3)", _bytes("doctor"), at, lookup)
    for direction in (1, -1):
        values = _bytes("patient"), lookup, uuid4(), direction
        await connection.execute("INSERT INTO patient_index VALUES ($1, $2, $3, $4)", *values)
    await connection.execute("INSERT INTO alert VALUES ($1, $2, 'guessing-place', $3, $3)", at, uuid4(), lookup)


def _registered(base: System, name: str, ends_on: date, year: int) -> None:
    """A prescription with one execution, a cancellation, four traces, and all that leads to it."""
    lookup = _bytes(name)

    async def put(connection: Any) -> None:
        for seq, kind in enumerate(("register", "execute", "cancel"), 1):
            await _act(connection, lookup, seq, kind, year, ends_on if kind == "register" else None)
        for _ in range(4):
            await _traced(connection, lookup, year)
        await _led_to(connection, lookup)

    ask(base, OWNER, put)


def _early(base: System, name: str, year: int) -> None:
    """An execution that nothing registered joined, and its trace."""

    async def put(connection: Any) -> None:
        await _act(connection, _bytes(name), 1, "execute", year, None)
        await _traced(connection, _bytes(name), year)

    ask(base, OWNER, put)


def _asked_for(base: System, name: str, year: int) -> None:
    """The trace of an unknown number, and nothing else."""
    ask(base, OWNER, lambda connection: _traced(connection, _bytes(name), year))


WHOLE = {"act": 3, "audit": 4, "own_act": 1, "prescription_of": 1, "patient_index": 2, "alert": 1}


def _left(base: System) -> dict[str, dict[bytes, int]]:
    """How many rows of each look-up each table holds."""
    return {
        table: {row[0]: row[1] for row in owner_fetches(base, f"SELECT lookup, count(*) FROM {table} GROUP BY 1")}
        for table in retention.TABLES
    }


def _counted(left: dict[str, dict[bytes, int]], name: str) -> dict[str, int]:
    return {table: rows[_bytes(name)] for table, rows in left.items() if _bytes(name) in rows}


def _delete(base: System, today: date, destroyed: tuple[int, ...] = (), at_once: int = 100) -> tuple[Gone, ...]:
    gone: tuple[Gone, ...] = ask(
        base, OWNER, lambda connection: retention.delete(connection, over(today, destroyed), at_once=at_once)
    )
    return gone


def _count(base: System, today: date, destroyed: tuple[int, ...] = ()) -> tuple[Gone, ...]:
    gone: tuple[Gone, ...] = ask(base, OWNER, lambda connection: retention.count(connection, over(today, destroyed)))
    return gone


@pytest.mark.parametrize("written_on", WRITTEN)
def test_a_prescription_stays_until_five_years_after_its_writing_and_that_day_and_goes_the_next(
    base: System, written_on: date
) -> None:
    last = months_after(written_on, 12 * YEARS_KEPT)
    assert last == (
        date(2033, 2, 28) if written_on == date(2028, 2, 29) else written_on.replace(year=written_on.year + 5)
    )
    _registered(base, "old", last, written_on.year)
    _registered(base, "newer", last + DAY, written_on.year)  # of the same patient and the same prescriber
    for today in (last - DAY, last):
        assert _delete(base, today) == ()
    assert _counted(_left(base), "old") == WHOLE
    assert _delete(base, last + DAY) == (Gone(year=written_on.year, prescriptions=1, rows=WHOLE),)
    assert _counted(_left(base), "old") == {}
    assert _counted(_left(base), "newer") == WHOLE


def test_what_nothing_registered_joined_goes_when_its_year_is_over_by_six_full_ones(base: System) -> None:
    _early(base, "early", 2026)
    _asked_for(base, "asked for", 2026)
    _asked_for(base, "asked for before it was registered", 2026)
    _registered(base, "asked for before it was registered", date(2033, 1, 2), 2027)
    assert _delete(base, date(2032, 12, 31)) == ()
    assert _delete(base, date(2033, 1, 1)) == (Gone(year=2026, prescriptions=0, rows={"act": 1, "audit": 2}),)
    assert {*_left(base)["act"], *_left(base)["audit"]} == {_bytes("asked for before it was registered")}


def test_what_a_back_up_brings_back_of_a_year_whose_keys_are_destroyed_goes_before_its_time(base: System) -> None:
    _registered(base, "brought back", date(2040, 1, 1), 2026)
    _early(base, "registered since the back-up", 2026)
    _asked_for(base, "of 2027", 2026)
    _registered(base, "of 2027", date(2040, 1, 1), 2027)
    assert _delete(base, date(2032, 1, 1)) == ()
    (gone,) = _delete(base, date(2032, 1, 1), destroyed=(2026,))
    assert (gone.year, gone.prescriptions, gone.rows["act"]) == (2026, 1, 4)
    assert set(_left(base)["act"]) == {_bytes("of 2027")}
    assert _left(base)["audit"] == {_bytes("of 2027"): 5}


def test_a_count_says_what_a_deletion_takes_and_changes_nothing(base: System) -> None:
    for each in range(5):
        _registered(base, f"of 2027, {each}", date(2032, 3, each + 1), 2027)
    _registered(base, "of 2026", date(2032, 3, 1), 2026)
    _early(base, "early", 2025)
    before = _left(base)
    counted = _count(base, date(2032, 3, 4))
    assert _left(base) == before
    assert [(each.year, each.prescriptions) for each in counted] == [(2025, 0), (2026, 1), (2027, 3)]
    assert owner_fetches(base, "SELECT * FROM erased") == []
    assert _delete(base, date(2032, 3, 4)) == counted
    assert ask(base, OWNER, retention.gone_in_all) == counted
    assert _count(base, date(2032, 3, 4)) == ()


def test_a_deletion_that_dies_between_two_rounds_lost_nothing_and_the_next_goes_on(base: System) -> None:
    """Killed in the third round, when half of its tables were through: PostgreSQL takes that round back."""
    for each in range(7):
        _registered(base, f"old {each}", date(2032, 1, 1), 2026)
    owner_runs(
        base,
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF (SELECT count(*) FROM act) <= 9 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN OLD;"
        " END $$; CREATE TRIGGER dying AFTER DELETE ON audit FOR EACH ROW EXECUTE FUNCTION die()",
    )
    try:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            _delete(base, date(2032, 1, 2), at_once=2)
    finally:
        owner_runs(base, "DROP TRIGGER dying ON audit; DROP FUNCTION die()")
    left = _left(base)
    assert len(left["act"]) == 3
    assert all(_counted(left, f"old {each}") in (WHOLE, {}) for each in range(7))
    (rest,) = _delete(base, date(2032, 1, 2), at_once=2)
    assert rest.prescriptions == 3
    (in_all,) = ask(base, OWNER, retention.gone_in_all)
    assert in_all == Gone(year=2026, prescriptions=7, rows={table: 7 * rows for table, rows in WHOLE.items()})
    assert not any(_left(base).values())


def test_an_act_that_arrives_while_its_prescription_is_deleted_stays_whole(base: System) -> None:
    """It is found again with all that leads to it, and goes as what nothing registered joined."""
    _registered(base, "old", date(2032, 1, 1), 2026)
    gate = 7
    owner_runs(
        base,
        f"CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock({gate});"
        " RETURN NULL; END $$; CREATE TRIGGER waiting AFTER DELETE ON alert FOR EACH STATEMENT EXECUTE FUNCTION wait()",
    )

    async def arrives() -> None:
        arriving, deleting = await asyncpg.connect(address(base, OWNER)), await asyncpg.connect(address(base, OWNER))
        try:
            await arriving.fetchval("SELECT pg_advisory_lock($1)", gate)
            deletion = asyncio.create_task(retention.delete(deleting, over(date(2032, 1, 2))))
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not await arriving.fetchval(waiting):  # noqa: ASYNC110  # PostgreSQL offers no event
                await asyncio.sleep(0.01)
            await _act(arriving, _bytes("old"), 4, "execute", 2026, None)
            await arriving.execute("INSERT INTO patient_index VALUES ($1, $1, $2, 1)", _bytes("old"), uuid4())
            await arriving.fetchval("SELECT pg_advisory_unlock($1)", gate)
            assert (await deletion)[0].rows == WHOLE
        finally:
            await arriving.close()
            await deleting.close()

    try:
        asyncio.run(arrives())
    finally:
        owner_runs(base, "DROP TRIGGER waiting ON alert; DROP FUNCTION wait()")
    assert _counted(_left(base), "old") == {"act": 1, "patient_index": 1}
    (gone,) = _delete(base, date(2033, 1, 1))
    assert gone.rows == {"act": 1, "patient_index": 1}


def test_the_years_of_which_something_stays_are_told_with_and_without_what_goes(base: System) -> None:
    _registered(base, "goes", date(2032, 1, 1), 2026)
    _registered(base, "stays", date(2033, 1, 1), 2027)
    _asked_for(base, "trace", 2025)

    def left(today: date) -> frozenset[int]:
        found: frozenset[int] = ask(base, OWNER, lambda connection: retention.years_left(connection, over(today)))
        return found

    assert left(date(2031, 12, 31)) == {2025, 2026, 2027}
    assert left(date(2032, 1, 2)) == {2027}
    _delete(base, date(2032, 1, 2))
    assert left(date(2032, 1, 2)) == {2027}


def test_every_table_that_leads_to_a_prescription_is_one_that_the_deletion_goes_through(base: System) -> None:
    """A table added later with a `lookup` (but the misses, a day old at most) or a `year` is not forgotten."""
    found = {
        row["table_name"]
        for row in owner_fetches(
            base,
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('lookup', 'year')",
        )
    }
    assert found == {*retention.TABLES, "miss", "erased"}
    years = "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'year'"
    assert {row["table_name"] for row in owner_fetches(base, years)} == {"act", "audit", "erased"}


def test_a_registration_without_an_end_is_refused_by_postgresql(base: System) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        ask(base, OWNER, lambda connection: _act(connection, _bytes("endless"), 1, "register", 2026, None))


def _as(base: System, role: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """What `work` makes of a connection that has this role's rights and no other."""

    async def run() -> Any:
        connection = await asyncpg.connect(embedded(base).url(SUPERUSER, "ordonum"))
        try:
            await connection.execute(f"SET ROLE {role}")
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


async def _runs(statement: str, connection: Any) -> None:
    await connection.execute(statement)


@embedded_only
def test_registrations_older_than_the_column_get_five_years_from_their_registration(base: System) -> None:
    server, name = embedded(base), "before_0008"
    asyncio.run(prepare_embedded(server.url(SUPERUSER), server.passwords(), name))
    ends = {
        datetime(2027, 12, 31, 22, 59, tzinfo=UTC): date(2032, 12, 31),
        datetime(2027, 12, 31, 23, 30, tzinfo=UTC): date(2033, 1, 1),  # 2028 had begun in Paris
        datetime(2028, 2, 29, 12, tzinfo=UTC): date(2033, 2, 28),
    }

    async def run() -> dict[datetime, date]:
        connection = await asyncpg.connect(server.url("ordonum_owner", name))
        try:
            *before, _ = (each for each in migrations() if each.version <= LAST)
            await connection.execute("CREATE TABLE schema_migration (version integer)")
            for each in before:
                await connection.execute(each.sql)
            for at in ends:
                for seq, kind in enumerate(("register", "execute"), 1):
                    await _act(connection, _bytes(str(at)), seq, kind, 2027, None)
                await connection.execute("UPDATE act SET recorded_at = $1 WHERE lookup = $2", at, _bytes(str(at)))
            await connection.execute(next(each.sql for each in migrations() if each.version == LAST))
            rows = await connection.fetch("SELECT recorded_at, ends_on FROM act WHERE ends_on IS NOT NULL")
            assert await connection.fetchval("SELECT count(*) FROM act") == 2 * len(rows)
            return {row["recorded_at"]: row["ends_on"] for row in rows}
        finally:
            await connection.close()

    assert asyncio.run(run()) == ends


@embedded_only
def test_the_keepers_rights_suffice_and_the_applications_do_not(base: System) -> None:
    _registered(base, "old", date(2032, 1, 1), 2026)
    what = over(date(2032, 1, 2))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        _as(base, "ordonum_application", lambda connection: retention.delete(connection, what))
    assert _counted(_left(base), "old") == WHOLE
    for statement in ("INSERT INTO own_act VALUES ('', '')", "DELETE FROM erased", "UPDATE act SET year = 2030"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            _as(base, "ordonum_keeper", partial(_runs, statement))
    (gone,) = _as(base, "ordonum_keeper", lambda connection: retention.delete(connection, what))
    assert gone.prescriptions == 1
    assert not any(_left(base).values())


def test_an_opposition_that_stands_is_kept_and_one_that_was_lifted_goes_five_years_later(base: System) -> None:
    async def put(connection: Any) -> None:
        for name, many in (("stands", 1), ("lifted", 2), ("stands again", 3)):
            for seq in range(1, many + 1):
                values = (
                    _bytes(name),
                    seq,
                    uuid4(),
                    1 if seq % 2 else -1,
                    _bytes(name),
                    datetime(2027, 3, 1, 12, tzinfo=UTC),
                )
                await connection.execute("INSERT INTO opposition VALUES ($1, $2, $3, $4, $5, $6, '')", *values)

    ask(base, OWNER, put)
    try:
        for today, gone in ((date(2032, 3, 1), 0), (date(2032, 3, 2), 2), (date(2099, 1, 1), 0)):
            assert ask(base, OWNER, partial(_forgotten, today)) == gone
        assert len(owner_fetches(base, "SELECT FROM opposition")) == 4
    finally:
        owner_runs(base, "TRUNCATE opposition")


async def _forgotten(today: date, connection: Any) -> int:
    return await retention.forget_lifted(connection, today)
