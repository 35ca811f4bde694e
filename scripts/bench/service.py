"""The service under measure: the real command in processes of its own, on a home of its own, with everything on."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bench import machine
from ordonum.client import Card, Software, prepare
from ordonum.client.card import CardFile
from ordonum.model.actors import Profession
from ordonum.model.identifiers import Nil
from ordonum.sandbox import people
from ordonum.sandbox.authority import Authority
from ordonum.wire.assertion import GRANT_TYPE

WORKS = 20
START_SECONDS_MAX, STOP_SECONDS_MAX = 60, 60
SOFTWARE = Software("bench", "1", nil=Nil("ORDONUM-1"))
DOCTORS = ("dr-martin", "dr-leroy")
PHARMACIES = ("pharmacie-centre", "pharmacie-gare", "pharmacie-port")


class Measured:
    """A running service: its first process, the PostgreSQL below it, whom it knows; `asks`: its standard input."""

    def __init__(self, home: Path, port: int, pid: int, asks: IO[str] | None = None) -> None:
        self.home, self.port, self.pid, self.asks = home, port, pid, asks
        self._before: dict[int, float] = {}

    @property
    def postmaster(self) -> int:
        """The first process of the embedded PostgreSQL."""
        return int((self.home / "db/pg/postmaster.pid").read_text().split()[0])

    def service_seconds(self) -> float:
        """CPU of the whole tree of the service, without PostgreSQL."""
        return machine.tree_seconds(self.pid, without=self.postmaster)

    def postgres_seconds(self) -> float:
        """CPU of the postmaster and of all its processes, those that ended too."""
        return machine.tree_seconds(self.postmaster)

    def begin(self) -> None:
        """From now on it is counted who works."""
        self._before = self._clocks()

    def workers(self) -> list[int]:
        """The processes that answer, however the service shares the work out: those that did a twentieth of it or more."""
        grown = {pid: now - self._before.get(pid, 0) for pid, now in self._clocks().items()}
        return [pid for pid, seconds in grown.items() if seconds >= sum(grown.values()) / WORKS]

    def _clocks(self) -> dict[int, float]:
        return {pid: machine.cpu_clock(pid) for pid in machine.tree(self.pid, without=self.postmaster)}

    def card(self, name: str) -> Card:
        """A card of the sandbox."""
        return Card.load(self.home / f"authority/cards/{name}.json")

    def bearer(self, name: str) -> str:
        """An access token for the holder of a card, in their place."""
        card = self.card(name)
        audience = f"http://127.0.0.1:{self.port}/v1/token"
        signed = prepare.assertion(card, card.place, SOFTWARE, audience=audience, now=int(time.time()))
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        form = urllib.parse.urlencode({"grant_type": GRANT_TYPE, "assertion": signed})
        connection.request("POST", "/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if "access_token" not in answer:
            raise SystemExit(f"bench: no token: {answer.get('code')}")
        return str(answer["access_token"])


@contextlib.contextmanager
def serving(
    home: Path, *, workers: int, module: str = "ordonum.cli", environment: dict[str, str] | None = None
) -> Iterator[Measured]:
    """A started service, stopped at the end. `module` is what Python runs: the command, or one that measures it."""
    port = _free_port()
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("ORDONUM_") or key == "ORDONUM_PG_BIN"
    }
    own = {"ORDONUM_HOME": str(home), "ORDONUM_PORT": str(port), "ORDONUM_WORKERS": str(workers)}
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve"],
        env=kept | own | (environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _wait(process, port)
        threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
        served = Measured(home, port, process.pid, process.stdin)
        issue_third_pharmacy(home)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _wait(process: "subprocess.Popen[str]", port: int) -> None:
    """Until /health answers."""
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise SystemExit("bench: the service did not start")


def _drain(said: IO[str] | None) -> None:
    """Read what the service says, so that it never waits for a reader."""
    with contextlib.suppress(ValueError):
        for _ in said or ():
            pass


def issue_third_pharmacy(home: Path) -> None:
    """One more pharmacist with a pharmacy of their own: the sandbox's cards name two."""
    authority = Authority(home / "authority")
    name = PHARMACIES[2]
    if not (authority.cards / f"{name}.json").exists():
        who = people.professional(41, "NOËL", "Zoé", Profession.PHARMACIST)
        card: CardFile = authority.issue(name, who, people.pharmacy(41, "Pharmacie du Port"))
        authority.write(card)
