"""Run a command before a private PostgreSQL made of Debian's programs: with_debian_postgres.py COMMAND…

The newest of /usr/lib/postgresql/*/bin (or ORDONUM_PG_BIN) serves a new cluster in a temporary directory, on 127.0.0.1,
with the server's own default settings; the machine's own cluster is not touched. Two logins are made, as
docs/exploitation.md says: an owner (CREATEROLE, CREATEDB) and a plain application. Their addresses are given to the command
in ORDONUM_DATABASE_OWNER_URL and ORDONUM_DATABASE_URL; its exit code is ours. 77: no such PostgreSQL is installed.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from ordonum.server.store.postgres_process import environment, in_user_namespace

OWNER, APPLICATION = "proprietaire", "guichet"  # not the embedded database's names: nothing may rely on those
START_SECONDS_MAX, STOP_SECONDS_MAX, NOT_INSTALLED = 30, 30, 77


def programs() -> Path | None:
    """The directory of the newest PostgreSQL's programs."""
    if chosen := os.environ.get("ORDONUM_PG_BIN"):
        return Path(chosen)
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(found, key=lambda each: int(each.parent.name), default=None)


@contextlib.contextmanager
def cluster(bin_directory: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """A running cluster in `folder`: the owner's address and the application's, for the database `postgres`."""
    password, port = secrets.token_hex(16), _free_port()
    (folder / "pw").write_text(password)
    _run([bin_directory / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=scram-sha-256",
          f"--pwfile={folder / 'pw'}", "--encoding=UTF8", "--locale=C", "--no-instructions"])  # fmt: skip
    arguments = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", f"unix_socket_directories={folder}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(bin_directory / "postgres"), "-D", str(folder / "data"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=in_user_namespace(),  # noqa: PLW1509  # unshare and three writes, then exec
            env=environment(),
        )
    try:
        asyncio.run(_make_roles(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", password, server))
        yield (
            f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres",
            f"postgresql://{APPLICATION}:{password}@127.0.0.1:{port}/postgres",
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS_MAX)


async def _make_roles(url: str, password: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            connection = await asyncpg.connect(url)
            break
        except (OSError, asyncpg.PostgresError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
    await connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{password}'")
    await connection.execute(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{password}'")
    await connection.close()


def _run(words: list[str | Path]) -> None:
    subprocess.run(
        [str(each) for each in words],
        check=True,
        stdout=subprocess.DEVNULL,
        preexec_fn=in_user_namespace(),
        env=environment(),
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def main() -> int:
    """The exit code of the command."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # the cluster stops too
    found = programs()
    if found is None:
        print(
            "Aucun PostgreSQL n'est installé dans /usr/lib/postgresql : la commande n'est pas jouée.", file=sys.stderr
        )
        return NOT_INSTALLED
    with tempfile.TemporaryDirectory(prefix="ordonum-pg-") as folder, cluster(found, Path(folder)) as (owner, plain):
        version = subprocess.run([found / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        print(f"{version.strip()}, grappe privée, commande : {' '.join(sys.argv[1:])}", file=sys.stderr, flush=True)
        given = {"ORDONUM_DATABASE_OWNER_URL": owner, "ORDONUM_DATABASE_URL": plain}
        return subprocess.run(sys.argv[1:], env=os.environ | given, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
