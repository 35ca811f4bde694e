"""A database that stands elsewhere, known by its two addresses: `ordonum serve` works there, and tells what it lacks."""

import subprocess
import sys
from pathlib import Path

import pytest

from base import APPLICATION, OWNER, fresh_database, fresh_system, given
from factories import a_prescription, an_execution, boxes, delivered
from ordonum.cli.story import STORY, Step, Telling
from ordonum.cli.story_paper import CHAPTERS
from ordonum.cli.system import System, open_authority
from ordonum.model.acts import ByNumber, Origin
from served import serving


def _settings(addresses: tuple[str, str]) -> dict[str, str]:
    return {
        "ORDONUM_DATABASE_OWNER_URL": addresses[OWNER],
        "ORDONUM_DATABASE_URL": addresses[APPLICATION],
        "ORDONUM_SANDBOX": "1",
    }


def test_serve_works_on_the_two_addresses_and_starts_no_database_of_its_own(system: System, tmp_path: Path) -> None:
    assert system.addresses is not None
    with (
        fresh_database(given() or system.addresses) as addresses,
        serving(tmp_path / "home", _settings(addresses)) as (url, _),
    ):
        served = System(tmp_path / "home", url, open_authority(tmp_path / "home"))
        with served.client("dr-martin") as doctor, served.client("pharmacie-centre") as pharmacy:
            number = doctor.prescribe(a_prescription()).number
            assert number is not None
            pharmacy.execute(number, an_execution(delivered(1, boxes(1))))
            assert pharmacy.consult(number, Origin.PAPER).view.remainders[0].left == 1
            assert len(doctor.executions(ByNumber(number)).executions) == 1
        assert not (tmp_path / "home" / "db").exists()


@pytest.mark.parametrize("kept", ["ORDONUM_DATABASE_OWNER_URL", "ORDONUM_DATABASE_URL"])
def test_one_address_without_the_other_is_refused(system: System, tmp_path: Path, kept: str) -> None:
    assert system.addresses is not None
    environment = {"ORDONUM_HOME": str(tmp_path), "ORDONUM_PORT": "0", kept: _settings(system.addresses)[kept]}
    done = subprocess.run(
        [sys.executable, "-m", "ordonum.cli", "serve"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "Donnez les deux adresses" in done.stderr


@pytest.mark.skipif(given() is None, reason="on the embedded PostgreSQL, the demo plays it (tests/journeys)")
def test_the_whole_story_is_as_expected_on_the_database_given(tmp_path: Path) -> None:
    steps: list[Step] = []
    with fresh_system(tmp_path) as system:
        telling = Telling(system, steps.append)
        for _, chapter in (*STORY, *CHAPTERS):
            chapter(telling)
        for client in (telling.doctor, telling.centre, telling.gare, telling.nurse):
            client.close()
    assert len(steps) > 10
    assert [step.name for step in steps if not step.ok] == []
