"""A real service in a process of its own that can be killed, again and again, on one home; and its PostgreSQL."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from ordonum.client import Card, prepare
from ordonum.client.workstation import SOFTWARE
from ordonum.server.store.embedded import OWNER, EmbeddedPostgres
from ordonum.wire.assertion import GRANT_TYPE

READY_SECONDS_MAX = 60
NURSERY = Path(__file__).with_name("doomed_service.py")


class Served:
    """Services on one home and one port, one after the other."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        environment = os.environ | {"ORDONUM_HOME": str(home), "ORDONUM_PORT": str(self.port)}
        self._nursery = subprocess.Popen(
            [sys.executable, str(NURSERY)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid: int | None = None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(
        self,
        point: str | None = None,
        passage: int = 0,
        *,
        fault: str | None = None,
        application_url: str | None = None,
    ) -> None:
        """A new service, doomed to die at the `passage`-th passage of this point if one is given.

        With `application_url` it reaches the home's database, which runs already, by this address.
        """
        assert self.pid is None
        assert self._nursery.stdin is not None
        order: dict[str, object] = {"point": point, "passage": passage, "fault": fault}
        if application_url is not None:
            owner = EmbeddedPostgres(self.home / "db").url(OWNER, "ordonum")
            order["environment"] = {
                "ORDONUM_DATABASE_URL": application_url,
                "ORDONUM_DATABASE_OWNER_URL": owner,
                "ORDONUM_SANDBOX": "1",
            }
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        self.pid = int(self._said())

    def ended(self) -> int:
        """Wait for its end; how it ended (negative: by that signal)."""
        code = int(self._said())
        self.pid = None
        return code

    def kill(self) -> None:
        """kill -9."""
        assert self.pid is not None
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def stop(self) -> None:
        """Stop it as Ctrl-C does, with its database."""
        assert self.pid is not None
        with contextlib.suppress(ProcessLookupError):  # it ended before
            os.kill(self.pid, signal.SIGTERM)
        self.ended()

    def close(self) -> None:
        """Stop what runs: service, nursery, and a database that a killed service left behind."""
        if self.pid is not None:
            self.stop()
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(30)
        assert self._nursery.stdout is not None
        self._nursery.stdout.close()
        if (self.home / "db/pg/postmaster.pid").exists():
            left = EmbeddedPostgres(self.home / "db")
            left.start()
            left.stop()

    def ready(self) -> None:
        """Wait until it answers that all is well."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/health")[0] == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the service does not come up: see service.log and db/pg.log")

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page. Raises OSError, HTTPException."""
        return self._ask("GET", path, b"", {})

    def post(self, path: str, body: bytes, bearer: str) -> tuple[int, bytes]:
        """Status and body of an answer. Raises OSError, HTTPException."""
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        return self._ask("POST", path, body, headers)

    def card(self, name: str) -> Card:
        """A test card of its sandbox."""
        return Card.load(self.home / "authority/cards" / f"{name}.json")

    def token(self, card: Card) -> str:
        """A token, asked for until the service gives one, each time by a new assertion."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body = self.ask_token(card)
                if status == 200:
                    return str(json.loads(body)["access_token"])
                assert status == 503, body
            time.sleep(0.02)
        raise AssertionError("no token")

    def ask_token(self, card: Card) -> tuple[int, bytes]:
        """Ask for a token once. Raises OSError, HTTPException."""
        audience = f"{self.url}/v1/token"
        signed = prepare.assertion(card, card.place, SOFTWARE, audience=audience, now=int(time.time()))
        form = urlencode({"grant_type": GRANT_TYPE, "assertion": signed}).encode()
        return self._ask("POST", "/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def logged(self, event: str) -> int:
        """How often this event stands in the logs of all these services."""
        return (self.home / "service.log").read_bytes().count(f'"event": "{event}"'.encode())

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _said(self) -> str:
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        assert line, "the nursery died"
        return line


@contextlib.contextmanager
def served(home: Path) -> Iterator[Served]:
    """A place where services live, one after the other; nothing runs at the end."""
    made = Served(home)
    try:
        yield made
    finally:
        made.close()


def kill_postgres(home: Path) -> int:
    """kill -9 of every process of the database at once; how many they were."""
    postmaster = int((home / "db/pg/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)  # it must not see the first of them die
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (*map(int, children), postmaster):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(children) + 1


def wait_for(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until this is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
