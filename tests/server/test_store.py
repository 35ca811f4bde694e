"""The database: what each role may do, what a dump holds, and what an outage is told."""

import asyncio
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from base import APPLICATION, OWNER, address, ask, embedded, embedded_only, in_service
from factories import a_medicine, a_patient, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.server.store import migrate, postgres_process
from ordonum.server.store.acts import AuditRow
from ordonum.server.store.embedded import SUPERUSER, EmbeddedPostgres, running
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.store.trace import entries
from ordonum.server.vault.vault import Purpose
from ordonum.wire import native
from raw import assert_problem, post, token


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE act SET seq = 2",
        "DELETE FROM act",
        "TRUNCATE act",
        "UPDATE audit SET leaf = ''",
        "DELETE FROM audit",
        "DELETE FROM assertion_seen",
        "UPDATE revocation SET reason = 'superseded'",
        "DELETE FROM key_fingerprint",
        "CREATE TABLE mine (a int)",
        "DROP TABLE act",
        "SET ROLE ordonum_keeper",
        "SET ROLE {owner}",
    ],
)
def test_the_application_adds_and_reads_and_nothing_else(system: System, doctor: Client, statement: str) -> None:
    doctor.prescribe(a_prescription())
    said = statement.format(owner=urlsplit(address(system, OWNER)).username)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(system, APPLICATION, lambda connection: connection.execute(said))


def test_the_keeper_deletes_and_cannot_write(system: System) -> None:
    async def as_keeper(connection: Any) -> None:
        whole = connection.transaction()
        await whole.start()
        await connection.execute("GRANT ordonum_keeper TO CURRENT_USER")
        await connection.execute("SET ROLE ordonum_keeper")
        await connection.execute("DELETE FROM assertion_seen WHERE expires_at < '2000-01-01'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute("UPDATE act SET seq = 2")
        await whole.rollback()

    ask(system, OWNER, as_keeper)


async def _copy(lookup: bytes, seq: int, connection: Any) -> None:
    await connection.execute(
        "INSERT INTO act SELECT lookup, $2::int, gen_random_uuid(), kind, year, author, content, performed_at, recorded_at,"
        " body, sealed, answer, ends_on FROM act WHERE lookup = $1 AND kind = 'register'",
        lookup,
        seq,
    )


def test_postgresql_itself_refuses_a_second_registration_and_a_second_place(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    pharmacy.execute(number, an_execution(delivered(1, boxes(1))))
    assert system.context is not None
    lookup = system.context.vault.lookup(number)
    for seq, constraints in ((9, {"registered_once"}), (2, {"act_pkey", "registered_once"})):
        with pytest.raises(asyncpg.UniqueViolationError) as raised:
            ask(system, APPLICATION, partial(_copy, lookup, seq))
        assert raised.value.constraint_name in constraints


@embedded_only
def test_checksums_and_fsync_are_on_and_nobody_listens_on_the_network(system: System) -> None:
    async def settings(connection: Any) -> dict[str, str]:
        names = ("data_checksums", "fsync", "synchronous_commit", "listen_addresses", "password_encryption")
        return {name: await connection.fetchval("SELECT current_setting($1)", name) for name in names}

    assert ask(system, APPLICATION, settings) == {
        "data_checksums": "on",
        "fsync": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
    }


def test_migrations_are_applied_once_and_a_changed_one_is_refused(system: System) -> None:
    owner, application = address(system, OWNER), address(system, APPLICATION)
    assert asyncio.run(migrate.migrate(owner, application)) == 0

    async def disturb(connection: Any) -> None:
        await connection.execute("UPDATE schema_migration SET digest = '\\x00' WHERE version = 1")

    async def mend(connection: Any) -> None:
        await connection.execute(
            "UPDATE schema_migration SET digest = $1 WHERE version = 1", migrate.migrations()[0].digest
        )

    ask(system, OWNER, disturb)
    try:
        with pytest.raises(migrate.CannotMigrate, match="0001"):
            asyncio.run(migrate.migrate(owner, application))
    finally:
        ask(system, OWNER, mend)


def test_nothing_in_the_database_names_the_patient_or_shows_a_line(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    patient = a_patient(surname="ZQSURNAME", first_name="Zqprenom", birth_date="1911-11-09")
    line = a_medicine(quantity=boxes(3), label="ZQMEDICAMENT")
    number = doctor.prescribe(a_prescription(patient=patient, lines=(line,))).number
    assert number is not None
    pharmacy.execute(number, an_execution(delivered(1, boxes(1)), identity_reason="Zqraison"))

    async def dump(connection: Any) -> bytes:
        tables = [r[0] for r in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        held = b""
        for table in tables:
            if table == "key_delegation":  # public by its nature: it is published, prescriber by prescriber
                continue
            for row in await connection.fetch(f"SELECT * FROM {table}"):
                held += b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row.values())
        return held

    held = ask(system, OWNER, dump)
    assert b"register" in held
    rpps = doctor.card.professional.rpps
    for hidden in (
        "ZQSURNAME",
        "Zqprenom",
        "1911-11-09",
        "ZQMEDICAMENT",
        "Zqraison",
        str(number),
        "279035121518989",
        rpps,
    ):
        assert hidden.encode() not in held, hidden


def test_acts_and_looks_leave_their_trace_and_refusals_too(
    system: System, doctor: Client, pharmacy: Client, nurse: Client
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    body = {"number": str(number), "origin": "mssante"}
    for client in (pharmacy, nurse):
        post(system, "/v1/consult", body, bearer=token(client, system))
    rows = _trace(system, number)
    leaves = [native.read(each.leaf, dict) for each in rows]
    assert [(each["action"], each["outcome"]) for each in leaves] == [
        ("register", "done"),
        ("consult", "done"),
        ("consult", "not-your-family"),
    ]
    assert leaves[1]["origin"] == "mssante"
    assert b"DIALLO" not in b"".join(each.leaf + each.personal for each in rows)
    assert system.context is not None
    lookup = system.context.vault.lookup(number)
    opened = system.context.vault.decrypt(Purpose.AUDIT, rows[2].year, lookup, rows[2].entry_id, rows[2].personal)
    assert b"DIALLO" in opened


def _trace(system: System, number: Any) -> tuple[AuditRow, ...]:
    assert system.context is not None
    return tuple(in_service(system, entries(system.context.pool, system.context.vault.lookup(number))))


@embedded_only
def test_a_database_that_dies_is_told_truly_and_comes_back(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        bearer = token(doctor, own_system)
        body = {"prescription": {"by": "own-act", "register_act_id": "8c5a1c1e-5a0b-4a35-8d2e-1f0a7a3a9f11"}}
        database = embedded(own_system)
        recorded = database._postmaster()
        assert recorded is not None
        os.kill(recorded[0], signal.SIGKILL)
        time.sleep(1)  # its processes notice that it is gone when they are next idle
        for _ in range(3):
            assert_problem(post(own_system, "/v1/executions", body, bearer=bearer), "unavailable")
        assert not database._adopt()
        database._launch()
        database._wait_until_ready()
        try:
            assert_problem(post(own_system, "/v1/executions", body, bearer=bearer), "unknown-own-act")
        finally:
            database._signal_and_wait(signal.SIGINT)


@embedded_only
def test_a_second_service_on_the_same_folder_is_refused(system: System) -> None:
    with pytest.raises(CannotStart, match="utilise déjà"):
        embedded(system).start()


def test_a_server_left_behind_is_adopted_and_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    first = EmbeddedPostgres(tmp_path / "db")
    (tmp_path / "db" / "pg.new").mkdir(parents=True)
    (tmp_path / "db" / "pg.new" / "half").touch()
    first.start()
    left_behind = first._pid
    first._release_lock()  # what a killed service does
    second = EmbeddedPostgres(tmp_path / "db")
    second.start()
    try:
        assert second._pid == left_behind
    finally:
        second.stop()
    assert not postgres_process.runs_on(left_behind or 0, second.data)
    first._child.wait() if first._child else None


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with running(deep / "db") as server:
        assert len(str(server._socket_directory())) < 90

        async def ask() -> int:
            connection = await asyncpg.connect(server.url(SUPERUSER))
            try:
                return int(await connection.fetchval("SELECT 1"))
            finally:
                await connection.close()

        assert asyncio.run(ask()) == 1


def test_an_outage_is_a_problem_with_what_to_do(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        bearer = token(doctor, own_system)
        assert own_system.context is not None
        assert own_system.loop is not None
        asyncio.run_coroutine_threadsafe(_close(own_system), own_system.loop).result(20)
        told = assert_problem(post(own_system, "/v1/consult", {}, bearer=bearer), "unavailable")
        assert told["retry"] == "same-id"


async def _close(system: System) -> None:
    assert system.context is not None
    system.context.pool.terminate()
