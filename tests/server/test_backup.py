"""Back-ups: whole or not at all, while the service works; put back whole or not at all, into nothing else than emptiness."""

import asyncio
import json
import shutil
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from base import embedded_only
from factories import a_prescription
from ordonum.cli.system import System, running
from ordonum.client import Client
from ordonum.model.acts import Origin
from ordonum.server.store import embedded
from ordonum.server.store.backup import DUMP, MANIFEST, BackupRefused, Manifest, addressed, checked, take
from ordonum.server.store.embedded import APPLICATION, OWNER, SUPERUSER, EmbeddedPostgres
from ordonum.server.store.migrate import prepare_embedded
from ordonum.server.store.reload import reload, reload_embedded
from shell import Shell

pytestmark = embedded_only  # most of them make, break and put back whole servers
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _owner(system: System, database: str = "ordonum") -> str:
    return EmbeddedPostgres(system.home / "db").url(OWNER, database)


def _taken(system: System, folder: Path) -> Manifest:
    return take(_owner(system), folder, system.now)


def _counts(url: str, tables: tuple[str, ...]) -> dict[str, int]:
    async def run() -> dict[str, int]:
        connection = await asyncpg.connect(url)
        try:
            return {each: await connection.fetchval(f"SELECT count(*) FROM {each}") for each in tables}
        finally:
            await connection.close()

    return asyncio.run(run())


def _emptied(system: System, name: str) -> tuple[str, str]:
    """A new, empty database of this server: the owner's and the application's addresses."""
    server = EmbeddedPostgres(system.home / "db")
    asyncio.run(prepare_embedded(server.url(SUPERUSER), server.passwords(), name))
    return server.url(OWNER, name), server.url(APPLICATION, name)


def test_a_backup_counts_what_it_holds_even_while_acts_arrive(system: System, doctor: Client, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with system.client("dr-leroy") as other:
            while not stop.is_set():
                other.prescribe(a_prescription(place=other.card.place))

    doctor.prescribe(a_prescription())
    writing = threading.Thread(target=write)
    writing.start()
    try:
        manifests = [_taken(system, tmp_path / f"b{each}") for each in range(3)]
    finally:
        stop.set()
        writing.join()
    for rank, manifest in enumerate(manifests):
        owner, application = _emptied(system, f"counted{rank}")
        assert reload(tmp_path / f"b{rank}", owner, application, system.now()) == manifest
        assert _counts(owner, ("act", "audit", "own_act", "restoration")) == {
            **{each: manifest.tables[each] for each in ("act", "audit", "own_act")},
            "restoration": 1,
        }
    assert manifests[0].tables["act"] < manifests[-1].tables["act"]


def test_a_backup_is_for_its_owner_alone_and_holds_no_key(system: System, doctor: Client, tmp_path: Path) -> None:
    doctor.prescribe(a_prescription())
    folder = tmp_path / "b"
    manifest = _taken(system, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {DUMP: 0o600, MANIFEST: 0o600}
    assert manifest == checked(folder)
    assert "data[" in " ".join(manifest.keys)
    keys = json.loads((system.home / "keys" / "service-keys.json").read_bytes())
    words = [each for value in keys.values() for each in (value.values() if isinstance(value, dict) else [value])]
    held = b"".join(each.read_bytes() for each in folder.iterdir())
    assert not any(word.encode() in held for word in words if isinstance(word, str))


def test_a_backup_never_writes_over_anything_and_a_failed_one_leaves_nothing(system: System, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "letter").write_text("précieux")
    with pytest.raises(BackupRefused, match="n'est pas vide"):
        _taken(system, tmp_path / "there")
    with pytest.raises(BackupRefused, match="ne répond pas"):
        take("postgresql://nobody:x@127.0.0.1:9/none", tmp_path / "b", system.now)
    superuser = EmbeddedPostgres(system.home / "db").url(SUPERUSER)
    with pytest.raises(BackupRefused, match="n'est pas celle d'un service"):
        take(superuser, tmp_path / "b", system.now)
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


def test_the_address_reaches_the_programs_without_a_password_in_their_arguments() -> None:
    told = addressed("postgresql://o%40x:p%2Fw@db.example:6543/base?sslmode=verify-full&host=ignored")
    assert {name: value for name, value in told.items() if name.startswith("PG")} == {
        "PGHOST": "db.example",
        "PGPORT": "6543",
        "PGUSER": "o@x",
        "PGPASSWORD": "p/w",
        "PGDATABASE": "base",
        "PGSSLMODE": "verify-full",
    }
    assert addressed("postgresql://a:b@/base?host=%2Fsocket%20here")["PGHOST"] == "/socket here"


def _flip(folder: Path) -> None:
    raw = bytearray((folder / DUMP).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / DUMP).write_bytes(bytes(raw))


def _cut(folder: Path) -> None:
    raw = (folder / DUMP).read_bytes()
    (folder / DUMP).write_bytes(raw[:-1])


def _manifested(folder: Path, **changes: Any) -> None:
    told = json.loads((folder / MANIFEST).read_bytes()) | changes
    (folder / MANIFEST).write_bytes(json.dumps(told).encode())


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_flip, "abîmé"),
        (_cut, "abîmé"),
        (lambda folder: (folder / DUMP).unlink(), "lisible"),
        (lambda folder: (folder / MANIFEST).unlink(), "lisible"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "manifeste"),
        (lambda folder: _manifested(folder, schema=99), "version plus récente"),
        (lambda folder: _manifested(folder, v=2), "version plus récente"),
        (lambda folder: _manifested(folder, tables={"act; DROP TABLE act": 1}), "manifeste"),
        (lambda folder: _manifested(folder, tables={"act": 999_999}), "compte de act"),
        (lambda folder: _manifested(folder, tables={"no_such": 1}), "no_such"),
    ],
)
def test_what_cannot_be_put_back_whole_leaves_the_database_empty(
    system: System, doctor: Client, tmp_path: Path, damage: Callable[[Path], object], says: str
) -> None:
    doctor.prescribe(a_prescription())
    folder = tmp_path / "b"
    _taken(system, folder)
    damage(folder)
    name = f"empty{abs(hash(tmp_path))}"
    owner, application = _emptied(system, name)
    with pytest.raises(BackupRefused, match=says):
        reload(folder, owner, application, NOW)
    assert _counts(owner, ("pg_tables WHERE schemaname = 'public'",)) == {"pg_tables WHERE schemaname = 'public'": 0}


def test_a_database_that_holds_anything_is_never_written_over(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    _taken(system, folder)
    server = EmbeddedPostgres(system.home / "db")
    with pytest.raises(BackupRefused, match="pas vide"):
        reload(folder, server.url(OWNER, "ordonum"), server.url(APPLICATION, "ordonum"), NOW)
    with pytest.raises(BackupRefused, match="contient déjà une base"):
        reload_embedded(folder, system.home / "db", "ordonum", NOW)


def test_the_application_reads_what_was_put_back_and_writes_no_restoration(
    system: System, doctor: Client, tmp_path: Path
) -> None:
    doctor.prescribe(a_prescription())
    manifest = _taken(system, tmp_path / "b")
    owner, application = _emptied(system, "rights")
    reload(tmp_path / "b", owner, application, system.now())
    assert _counts(application, ("act",)) == {"act": manifest.tables["act"]}

    async def write() -> None:
        connection = await asyncpg.connect(application)
        try:
            for statement in (
                "INSERT INTO restoration VALUES (now(), '2020-01-01')",
                "DELETE FROM restoration",
                "DELETE FROM act",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(write())


def test_a_restoration_that_is_cut_leaves_no_server_and_the_next_one_succeeds(
    own_system: System, tmp_path: Path
) -> None:
    folder, target = tmp_path / "b", tmp_path / "home" / "db2"
    _taken(own_system, folder)
    _manifested(folder, tables={"act": 5})
    with pytest.raises(BackupRefused, match="compte de act"):
        reload_embedded(folder, target, "ordonum", own_system.now())
    assert not [each for each in target.parent.iterdir() if each.name.startswith("db2") and each.is_dir()]
    (target.parent / "db2.restoring").mkdir()  # what a kill leaves
    shutil.rmtree(folder)
    manifest = _taken(own_system, folder)
    assert reload_embedded(folder, target, "ordonum", own_system.now()) == manifest
    with embedded.running(target) as server:
        assert _counts(server.url(OWNER, "ordonum"), ("act", "restoration")) == {"act": 0, "restoration": 1}


def test_the_commands_back_up_under_the_service_and_restore_without_it(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    with running(home) as system:
        shell = Shell(system, tmp_path, "dr-martin")
        with system.client("dr-martin") as doctor:
            first = doctor.prescribe(a_prescription())
            assert shell.json("backup", str(copy))["tables"]["act"] == 1
            second = doctor.prescribe(a_prescription())
    told = shell.run("restore", str(copy))
    assert (told.returncode, "contient déjà une base" in told.stderr) == (9, True)
    (home / "db").rename(home / "db.avant")
    told = shell.run("restore", str(copy))
    assert told.returncode == 0, told.stderr
    assert "Base restaurée : 1 acte(s)" in told.stdout
    with running(home) as system:
        again = Shell(system, tmp_path, "dr-martin").run("resend")
        assert again.returncode == 0, again.stderr
        assert "2 acte(s) faits depuis lui sont renvoyés" in again.stdout
        assert "1 enregistré(s) de nouveau, 1 déjà là, 0 à renvoyer plus tard" in again.stdout
        assert "Rien à renvoyer" in Shell(system, tmp_path, "dr-martin").run("resend").stdout
        with system.client("pharmacie-centre") as pharmacy:
            for done in (first, second):
                assert done.number is not None
                assert pharmacy.consult(done.number, Origin.PAPER).order.act_id == done.act_id


def _debian() -> str | None:
    """The programs of PostgreSQL that Debian installs, if they are here."""
    return next(
        (str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (each / "initdb").exists()), None
    )


@pytest.mark.skipif(_debian() is None, reason="Debian's PostgreSQL is not installed")
def test_a_backup_made_by_one_version_of_postgresql_is_put_back_into_an_older_one(
    system: System, doctor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor.prescribe(a_prescription())
    manifest = _taken(system, tmp_path / "b")
    monkeypatch.setenv("ORDONUM_PG_BIN", _debian() or "")
    with embedded.running(tmp_path / "old") as server:
        asyncio.run(prepare_embedded(server.url(SUPERUSER), server.passwords(), "ordonum"))
        owner, application = server.url(OWNER, "ordonum"), server.url(APPLICATION, "ordonum")
        monkeypatch.delenv("ORDONUM_PG_BIN")  # the newer programs speak to the older server
        assert reload(tmp_path / "b", owner, application, system.now()) == manifest
        assert _counts(application, ("act",)) == {"act": manifest.tables["act"]}
        monkeypatch.setenv("ORDONUM_PG_BIN", _debian() or "")


def test_nothing_is_put_back_beside_a_server_that_still_works_even_moved_aside(
    own_system: System, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    _taken(own_system, folder)
    database = own_system.home / "db"
    database.rename(own_system.home / "db.avant")
    try:
        with pytest.raises(BackupRefused, match="travaille encore"):
            reload_embedded(folder, database, "ordonum", own_system.now())
        assert not database.exists()
    finally:
        (own_system.home / "db.avant").rename(database)
