"""Putting a back-up back: into an empty database, in one transaction that also counts the rows and notes the restoration.

A database that is there whole was counted; one that is not there whole is not there at all.
"""

import asyncio
import contextlib
import fcntl
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import asyncpg

from ordonum.server.store import embedded, migrate
from ordonum.server.store.backup import DUMP, BackupRefused, Manifest, addressed, checked, connected, first_line, sync
from ordonum.server.store.embedded import APPLICATION, OWNER, SUPERUSER
from ordonum.server.store.postgres_process import anything_runs_on, binary

# Written by pg_restore 17 and later for every server, and unknown to earlier ones.
_FOR_NEW_SERVERS_ONLY = b"SET transaction_timeout = 0;\n"
_HEAD_BYTES = 4096


def reload(source: Path, owner_url: str, application_url: str, now: datetime) -> Manifest:
    """Put the back-up of this directory into the empty database at these addresses. Raises BackupRefused, CannotMigrate."""
    manifest = _known(source)
    asyncio.run(_made_ready(owner_url, application_url))
    _load(source / DUMP, manifest, owner_url, now)
    asyncio.run(migrate.migrate(owner_url, application_url))
    return manifest


def reload_embedded(source: Path, directory: Path, database: str, now: datetime) -> Manifest:
    """Make the embedded server of this directory from a back-up; nothing may stand there yet. Raises BackupRefused,
    CannotStart, CannotMigrate.
    """
    _known(source)  # before a server is made for it
    with _alone(directory):
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise BackupRefused(
                f"{directory} contient déjà une base. Une restauration n'en remplace aucune : arrêtez le service, mettez ce "
                f"dossier de côté (mv {directory} {directory}.avant), puis recommencez."
            )
        if anything_runs_on(directory.absolute() / "pg"):
            raise BackupRefused(
                f"Un PostgreSQL lancé sur {directory} travaille encore, même si ce dossier a été déplacé : en s'arrêtant il "
                "écrirait dans la base restaurée. Arrêtez le service (Ctrl-C ou SIGTERM), puis recommencez."
            )
        side = directory.with_name(f"{directory.name}.restoring")
        shutil.rmtree(side, ignore_errors=True)
        try:
            with embedded.running(side) as server:
                asyncio.run(migrate.prepare_embedded(server.url(SUPERUSER), server.passwords(), database))
                manifest = reload(source, server.url(OWNER, database), server.url(APPLICATION, database), now)
            sync(side)
            side.replace(directory)
            sync(directory.parent)
        except OSError as error:
            raise BackupRefused(f"La base restaurée ne s'écrit pas dans {directory} ({error.strerror}).") from None
        finally:
            shutil.rmtree(side, ignore_errors=True)
    return manifest


def _known(source: Path) -> Manifest:
    """The manifest of a back-up that this version can serve."""
    manifest = checked(source)
    newest = max(each.version for each in migrate.migrations())
    if manifest.schema > newest:
        raise BackupRefused(
            f"Cette sauvegarde vient d'une version plus récente d'ordonum ({manifest.software}, schéma {manifest.schema} ; "
            f"celle-ci connaît le schéma {newest}). Installez-la, puis recommencez."
        )
    return manifest


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One restoration at a time beside this directory."""
    directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with directory.with_name(f"{directory.name}.restoring.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused("Une autre restauration est en cours sur cette machine.") from None
        yield


async def _made_ready(owner_url: str, application_url: str) -> None:
    """The roles that the dump grants to, on a database that holds nothing."""
    async with connected(owner_url) as connection:
        await _refuse_if_used(connection)
        try:
            await migrate.make_roles(connection, application_url)
        except asyncpg.PostgresError as error:
            raise BackupRefused(
                f"Les rôles ne peuvent pas être faits ({type(error).__name__}) : le propriétaire a-t-il CREATEROLE ?"
            ) from None


async def _refuse_if_used(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    used = await connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    )
    if used:
        raise BackupRefused(
            "La base n'est pas vide : une restauration n'écrase rien. Donnez une base nouvelle (createdb), puis recommencez."
        )


def _load(dump: Path, manifest: Manifest, owner_url: str, now: datetime) -> None:
    """Read the dump as SQL into one transaction, committed only if all of it came and every count is the manifest's."""
    script = [str(binary("pg_restore")), "--no-owner", "--file=-", str(dump)]
    console = [
        str(binary("psql")),
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    with (
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=addressed(owner_url)) as reading,
        subprocess.Popen(
            [*console, "--set=VERBOSITY=terse"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=addressed(owner_url),
        ) as writing,
    ):
        assert reading.stdout is not None
        assert writing.stdin is not None
        said = [_Said(each.stderr) for each in (reading, writing)]
        with contextlib.suppress(BrokenPipeError):
            writing.stdin.write(b"BEGIN;\n")
            head = reading.stdout.read(_HEAD_BYTES)
            writing.stdin.write(head.replace(_FOR_NEW_SERVERS_ONLY, b""))
            shutil.copyfileobj(reading.stdout, writing.stdin, 1 << 20)
            if reading.wait() == 0:
                writing.stdin.write(_end(manifest, now))
        with contextlib.suppress(BrokenPipeError):
            writing.stdin.close()
        reading.stdout.close()
        if reading.wait() or writing.wait():
            why = next((each.first for each in reversed(said) if each.first), "")
            raise BackupRefused(f"La sauvegarde n'a pas pu être remise en place : {why}. La base est restée vide.")


def _end(manifest: Manifest, now: datetime) -> bytes:
    """The end of the script: the counts, the restoration, the commit."""
    counted = "".join(
        f"IF (SELECT count(*) FROM public.{name}) <> {count} THEN RAISE EXCEPTION 'compte de {name}'; END IF;\n"  # noqa: S608  # a name and a number that the manifest's shape bounds
        for name, count in manifest.tables.items()
    )
    noted = f"INSERT INTO public.restoration VALUES ('{now.isoformat()}', '{manifest.up_to.isoformat()}');"  # noqa: S608  # two moments
    return f"DO $$ BEGIN\n{counted}END $$;\n{noted}\nCOMMIT;\n".encode()


class _Said:
    """What a program says on its standard error, read while it runs: a full pipe would stop it."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream, self._words = stream, b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def first(self) -> str:
        """Its first line."""
        self._thread.join()
        return first_line(self._words.decode(errors="replace"))

    def _read(self) -> None:
        self._words = self._stream.read() if self._stream is not None else b""
