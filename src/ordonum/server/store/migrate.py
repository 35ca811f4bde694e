"""Numbered SQL migrations, each once, in order, in its own transaction; and the roles that they grant to."""

import hashlib
import re
from importlib import resources
from urllib.parse import unquote, urlsplit

import asyncpg
from msgspec import Struct

LOCK = 0x6F72646F  # «ordo»: one migration at a time
GROUPS = ("ordonum_application", "ordonum_keeper")


class CannotMigrate(Exception):
    """The database is not one that this version can serve; the message says why, in French."""


class Migration(Struct, frozen=True):
    """One file of `migrations/`."""

    version: int
    name: str
    sql: str

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()


def migrations() -> tuple[Migration, ...]:
    """The migrations that this version knows, in order."""
    found = []
    for file in resources.files("ordonum.server.store").joinpath("migrations").iterdir():
        if named := re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name):
            found.append(Migration(int(named[1]), named[2], file.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda each: each.version))


async def migrate(owner_url: str, application_url: str) -> int:
    """Bring the database to this version; return how many migrations were applied. Raises CannotMigrate."""
    try:
        return await _migrate(owner_url, application_url)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError, TimeoutError) as error:
        # Neither the address nor the server's words are shown: both may hold a password.
        raise CannotMigrate(
            f"La base de données ne peut pas servir ({type(error).__name__}). Vérifiez qu'elle répond, que les deux "
            "adresses sont justes, et que le propriétaire possède la base et a CREATEROLE (docs/exploitation.md)."
        ) from None


async def _migrate(owner_url: str, application_url: str) -> int:
    if _user(owner_url) == _user(application_url):
        raise CannotMigrate("L'application et le propriétaire de la base doivent être deux utilisateurs différents.")
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("SET lock_timeout = '4s'")
        await connection.fetchval("SELECT pg_advisory_lock($1)", LOCK)
        await _make_roles(connection, _user(application_url))
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, name text NOT NULL,"
            " digest bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = await connection.fetch("SELECT version, digest FROM schema_migration")
        applied = {row["version"]: bytes(row["digest"]) for row in rows}
        known = {each.version: each for each in migrations()}
        for version, digest in applied.items():
            if version not in known:
                raise CannotMigrate("La base a été préparée par une version plus récente d'ordonum.")
            if known[version].digest != digest:
                raise CannotMigrate(
                    f"La migration {version:04d} appliquée à cette base n'est pas celle de cette version."
                )
        missing = [each for version, each in known.items() if version not in applied]
        for each in missing:
            await _apply(connection, each)
        return len(missing)
    finally:
        await connection.close()


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migration (version, name, digest) VALUES ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.digest,
        )


async def _make_roles(connection: "asyncpg.Connection[asyncpg.Record]", application: str) -> None:
    """The group roles that hold the rights; the application's login is a member of the first and of nothing else."""
    for group in GROUPS:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", group):
            await connection.execute(f"CREATE ROLE {group} NOLOGIN")
    member = await connection.fetchval("SELECT pg_has_role($1, 'ordonum_application', 'member')", application)
    if not member:
        quoted = await connection.fetchval("SELECT quote_ident($1)", application)
        await connection.execute(f"GRANT ordonum_application TO {quoted}")


async def make_roles(connection: "asyncpg.Connection[asyncpg.Record]", application_url: str) -> None:
    """The group roles that a dump grants to, before it is put back. Raises CannotMigrate."""
    await _make_roles(connection, _user(application_url))


async def prepare_embedded(superuser_url: str, passwords: dict[str, str], database: str) -> None:
    """The two login roles and the database of a cluster that we own; nothing is done twice."""
    connection = await asyncpg.connect(superuser_url)
    try:
        for role, rights in (("ordonum_owner", "CREATEROLE CREATEDB"), ("ordonum_app", "INHERIT")):
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                literal = await connection.fetchval("SELECT quote_literal($1::text)", passwords[role])
                await connection.execute(f"CREATE ROLE {role} LOGIN {rights} PASSWORD {literal}")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f"CREATE DATABASE {database} OWNER ordonum_owner")
            await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO ordonum_app")
    finally:
        await connection.close()


def _user(url: str) -> str:
    user = urlsplit(url).username
    if not user:
        raise CannotMigrate("ORDONUM_DATABASE_URL doit nommer l'utilisateur de l'application.")
    return unquote(user)
