"""The campaign kills processes at named points of the code: the functions that stand there still have their names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parents[1] / "campaign"


@pytest.mark.parametrize("nursery", ["doomed_service", "doomed_workstation"])
def test_every_named_point_and_planted_fault_finds_its_function(nursery: str) -> None:
    wrapping = (
        f"import {nursery} as n\n"
        "for each in n.POINTS.values(): each(lambda: None)\n"
        "for each in n.FAULTS.values(): each()\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(CAMPAIGN), str(CAMPAIGN.parent)])}
    done = subprocess.run(
        [sys.executable, "-c", wrapping], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
