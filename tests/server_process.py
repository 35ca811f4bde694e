"""The command `ordonum serve` as a real process: what it says, what it logs, what it leaves behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SECONDS_MAX = 60


class Served:
    """A service that answers. Its log goes to a file."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = log

    def logged(self, event: str | None = None) -> list[dict[str, Any]]:
        """The lines of its log so far, those of one event if it is given."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [each for each in lines if event is None or each["event"] == event]

    def processes(self) -> list[int]:
        """The service processes that its log says are alive."""
        dead = {each["child"] for each in self.logged("process-died")}
        return [each["child"] for each in self.logged("process-started") if each["child"] not in dead]

    def refuses(self) -> bool:
        """Whether no connection is taken any more."""
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) != 0


@contextmanager
def served(home: Path, **environment: str) -> Iterator[Served]:
    """`ordonum serve` on a port of its own, stopped at the end if it still runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = {"PATH": os.environ["PATH"], "ORDONUM_HOME": str(home), "ORDONUM_PORT": str(port), **environment}
    log = home.with_name(home.name + ".log")
    with log.open("w") as errors:
        command = [sys.executable, "-m", "ordonum.cli", "serve"]
        process = subprocess.Popen(command, env=said, stdout=subprocess.PIPE, stderr=errors, text=True)
    service = Served(process, port, log)
    try:
        assert process.stdout is not None
        assert any("Ctrl-C" in line for line in process.stdout), log.read_text()
        yield service
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS_MAX)
        _kill_processes_left_behind(service, home)
        _stop_database_left_behind(home)


def until(holds: Callable[[], bool], seconds: float = SECONDS_MAX) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether there is such a process, other than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def postmaster(home: Path) -> int | None:
    """The pid of the embedded database, by its own file."""
    try:
        return int((home / "db/pg/postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


def _kill_processes_left_behind(service: Served, home: Path) -> None:
    """None is, unless a test has just failed. Only those of this very service: a number may be another's by now."""
    for pid in service.processes():
        with suppress(FileNotFoundError, ProcessLookupError):
            if f"ORDONUM_HOME={home}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)


def _stop_database_left_behind(home: Path) -> None:
    pid = postmaster(home)
    if pid is not None and is_alive(pid):
        os.kill(pid, signal.SIGINT)
        until(lambda: not is_alive(pid))
