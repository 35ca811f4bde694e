"""A back-up: a dump of the whole database as of one moment, and a manifest that says what it holds. Never a key.

`pg_dump` through the owner's address serves the embedded server and any other alike, while the service works. The counts of
the manifest are read in the very snapshot that is dumped. Why a dump: docs/adr/0005.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import msgspec
from msgspec import Meta, Struct

from ordonum import __version__
from ordonum.model.identifiers import Moment
from ordonum.model.refusals import Refused
from ordonum.server.store.postgres_process import binary, environment
from ordonum.wire import native

DUMP, MANIFEST = "base.dump", "manifest.json"
# An act bears the moment at which it was decided; it was committed, or given up, well within this.
COMMITTED_WITHIN = timedelta(minutes=1)
TableName = Annotated[
    str, Meta(pattern=r"^[a-z_][a-z0-9_]*$(?!\n)")
]  # it is written in a statement, when it is put back
_PARAMETERS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class BackupRefused(Exception):
    """The back-up cannot be made, or cannot be put back; the message says why and what to do, in French."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a back-up holds. `up_to`: all that was recorded until then is in it; `keys` are names, never keys nor fingerprints;
    `tables` counts the rows of each; `schema` is the number of the last migration; `bytes` and `sha256` are the dump's.
    """

    v: Literal[1] = 1
    made_at: Moment
    up_to: Moment
    software: str
    server: str
    schema: int
    tables: dict[TableName, int]
    keys: tuple[str, ...]
    bytes: int
    sha256: str


def take(owner_url: str, directory: Path, now: Callable[[], datetime]) -> Manifest:
    """Back the database up into a directory that does not exist yet, or is empty; it is there whole, or not at all.

    Raises BackupRefused.
    """
    directory = directory.absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise BackupRefused(f"{directory} n'est pas vide : une sauvegarde s'écrit dans un dossier nouveau.")
    side = directory.with_name(f"{directory.name}.partial")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(side, ignore_errors=True)
        side.mkdir(mode=0o700)
        try:
            manifest = asyncio.run(_dumped(owner_url, side / DUMP, now))
            _write(side / MANIFEST, msgspec.json.format(native.write(manifest), indent=1) + b"\n")
            sync(side)
            side.replace(directory)
        except BaseException:
            shutil.rmtree(side, ignore_errors=True)
            raise
        sync(directory.parent)
    except OSError as error:
        raise BackupRefused(f"La sauvegarde ne s'écrit pas dans {directory} ({error.strerror}).") from None
    return manifest


def checked(directory: Path) -> Manifest:
    """The manifest of a back-up whose dump is the one it was made with. Raises BackupRefused."""
    try:
        manifest = native.read((directory / MANIFEST).read_bytes(), Manifest)
        digest, length = _digest(directory / DUMP)
    except OSError as error:
        raise BackupRefused(f"{directory} n'est pas une sauvegarde lisible ({error.strerror}).") from None
    except Refused:
        raise BackupRefused(
            f"Le manifeste de {directory} est abîmé, ou d'une version plus récente d'ordonum."
        ) from None
    if (digest, length) != (manifest.sha256, manifest.bytes):
        raise BackupRefused(
            f"Le fichier {DUMP} de {directory} est abîmé : son empreinte n'est pas celle du manifeste. "
            "Rien n'a été restauré ; prenez une autre copie de cette sauvegarde."
        )
    return manifest


@contextlib.asynccontextmanager
async def connected(owner_url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """A connection as the owner. Raises BackupRefused, without the address: it holds a password."""
    try:
        connection = await asyncpg.connect(owner_url)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError, TimeoutError) as error:
        raise BackupRefused(
            f"La base ne répond pas ({type(error).__name__}) : vérifiez ORDONUM_DATABASE_OWNER_URL."
        ) from None
    try:
        yield connection
    finally:
        await connection.close()


def addressed(url: str) -> dict[str, str]:
    """The environment in which PostgreSQL's programs reach this address: a password never stands in their arguments."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    whole = {
        "host": parts.hostname,
        "port": str(parts.port) if parts.port else None,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "dbname": unquote(parts.path[1:]),
    }
    given |= {name: value for name, value in whole.items() if value}
    return environment() | {_PARAMETERS[name]: value for name, value in given.items() if name in _PARAMETERS}


async def _dumped(owner_url: str, file: Path, now: Callable[[], datetime]) -> Manifest:
    """The manifest of what was dumped into this file, counted in the same snapshot."""
    made_at = now()
    async with (
        connected(owner_url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        schema = await _schema(connection)
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        keys = await connection.fetch("SELECT name FROM key_fingerprint ORDER BY name")
        dumping = asyncio.create_task(asyncio.to_thread(_dump, owner_url, file, snapshot))
        try:
            tables = {
                row["relname"]: await connection.fetchval(f'SELECT count(*) FROM "{row["relname"]}"')  # noqa: S608  # named by the catalogue
                for row in names
            }
        finally:
            await dumping
        server = str(await connection.fetchval("SHOW server_version"))
    digest, length = await asyncio.to_thread(_digest, file)
    return Manifest(
        made_at=made_at,
        up_to=made_at - COMMITTED_WITHIN,
        software=__version__,
        server=server,
        schema=schema,
        tables=tables,
        keys=tuple(row["name"] for row in keys),
        bytes=length,
        sha256=digest,
    )


async def _schema(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    try:
        found: int = await connection.fetchval("SELECT max(version) FROM schema_migration")
    except asyncpg.UndefinedTableError:
        raise BackupRefused("Cette base n'est pas celle d'un service ordonum : rien à sauvegarder.") from None
    return found


def _dump(owner_url: str, file: Path, snapshot: str) -> None:
    words = ["--format=custom", "--compress=1", "--no-password", f"--snapshot={snapshot}", f"--file={file}"]
    done = subprocess.run(
        [str(binary("pg_dump")), *words], env=addressed(owner_url), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupRefused(
            f"pg_dump n'a pas pu sauvegarder la base : {first_line(done.stderr)} (place sur le disque ? programmes de "
            "PostgreSQL plus anciens que le serveur ? voir ORDONUM_PG_BIN)"
        )
    file.chmod(0o600)


def first_line(said: str) -> str:
    """What a program of PostgreSQL says first; what comes after may show a row."""
    return next(iter(said.strip().splitlines()), "")[:200]


def _digest(file: Path) -> tuple[str, int]:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest(), os.fstat(opened.fileno()).st_size


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def sync(directory: Path) -> None:
    """The names of a directory, on the disk when this returns."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
