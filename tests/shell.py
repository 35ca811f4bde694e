"""A terminal before a service: the command as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ordonum.cli.system import System

EXAMPLES = Path(__file__).parents[1] / "examples"


class Shell:
    """A terminal in a folder, before a service."""

    def __init__(self, system: System, folder: Path, card: str, service: str | None = None) -> None:
        self.folder = folder
        self.card = card
        self.environment = {
            "PATH": os.environ["PATH"],
            "ORDONUM_HOME": str(system.home),
            "ORDONUM_CARD": card,
            "ORDONUM_SERVICE": service or system.url,
            "COLUMNS": "120",
        }

    def run(self, *words: str, stdin: str = "", card: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = self.environment | ({"ORDONUM_CARD": card} if card else {})
        return subprocess.run(
            [sys.executable, "-m", "ordonum.cli", *words],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def json(self, *words: str, stdin: str = "", card: str | None = None, code: int = 0) -> dict[str, Any]:
        done = self.run(*words, "--json", stdin=stdin, card=card)
        assert done.returncode == code, done.stderr + done.stdout
        told: dict[str, Any] = json.loads(done.stdout)
        return told
