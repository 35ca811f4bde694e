"""The service as a person runs it: `ordonum serve`, in a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(
    home: Path, environment: dict[str, str] | None = None, *, said: Path | None = None
) -> Iterator[tuple[str, list[str]]]:
    """`ordonum serve` on a port of its own: its address, and what it announced. `said`: where standard error goes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PATH": os.environ["PATH"], "ORDONUM_HOME": str(home), "ORDONUM_PORT": str(port), **(environment or {})}
    with (said or Path(os.devnull)).open("ab") as heard:
        served = subprocess.Popen(
            [sys.executable, "-m", "ordonum.cli", "serve"],
            env=given,
            stdout=subprocess.PIPE,
            stderr=heard if said else subprocess.PIPE,
            text=True,
        )
    try:
        assert served.stdout is not None
        announced = []
        for line in served.stdout:
            announced.append(line.rstrip())
            if "Ctrl-C" in line:
                break
        assert announced, served.stderr.read() if served.stderr else ""
        yield f"http://127.0.0.1:{port}", announced
    finally:
        served.terminate()
        served.communicate(timeout=30)
