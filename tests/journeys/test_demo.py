"""The story that the demo tells, as a program reads it."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_the_demo_plays_the_whole_story_and_every_step_is_as_expected(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ordonum.cli", "demo", "--json"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(set(step) == {"step", "expected", "got", "ok"} and step["ok"] for step in steps)
    refused = {step["got"] for step in steps}
    for code in (
        "unknown-number",
        "more-than-left",
        "signature-invalid",
        "patient-opposed",
        "replaced",
        "not-yet-registered",
    ):
        assert f"refus {code}" in refused
    assert list(tmp_path.iterdir()) == []
