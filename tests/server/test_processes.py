"""Several service processes on one socket: they share the work, come back when killed, and go with their parent."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from factories import a_prescription
from ordonum.client import Card, Client
from server_process import Served, is_alive, postmaster, served, until

FIGURES = Path("/dev/shm")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Served]:
    """A service of two processes."""
    with served(tmp_path / "home", ORDONUM_WORKERS="2") as service:
        yield service


def _figure(service: Served, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", httpx2.get(f"{service.url}/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _ask_often(service: Served, times: int) -> None:
    """Each request on a connection of its own, sixteen at once; all answered."""
    with ThreadPoolExecutor(16) as several:
        answers = list(several.map(lambda _: httpx2.get(f"{service.url}/no-such-page").status_code, range(times)))
    assert answers == [404] * times


def test_two_processes_share_the_work_and_their_figures_add_up(two: Served, tmp_path: Path) -> None:
    _ask_often(two, 60)
    answered = {each["pid"] for each in two.logged("refused")}
    assert answered == set(two.processes())
    assert len(answered) == 2
    assert _figure(two, 'ordonum_refusals_total{code="no-such-page"}') == 60
    assert _figure(two, "ordonum_processes") == 2
    authority = tmp_path / "home/authority"
    with Client(
        two.url, Card.load(authority / "cards/dr-martin.json"), home=tmp_path, trust=authority / "trust"
    ) as doctor:
        for _ in range(3):
            assert doctor.prescribe(a_prescription()).number
    assert _figure(two, 'ordonum_acts_total{act="register",outcome="recorded"}') == 3


def test_a_process_that_is_killed_comes_back_and_no_connection_is_refused_meanwhile(two: Served) -> None:
    _ask_often(two, 10)
    killed, other = two.processes()
    os.kill(killed, signal.SIGKILL)
    until(lambda: bool(two.logged("process-died")))
    _ask_often(two, 20)
    assert two.logged("process-died")[0]["status"] == -signal.SIGKILL
    until(
        lambda: (
            {each["pid"] for each in two.logged("started")} >= set(two.processes()) - {other}
            and len(two.processes()) == 2
        )
    )
    assert killed not in two.processes()
    until(lambda: _figure(two, "ordonum_processes") == 2)
    assert _figure(two, 'ordonum_refusals_total{code="no-such-page"}') == 30  # what the dead one counted is not lost


def test_the_database_that_dies_under_several_processes_is_launched_again(two: Served, tmp_path: Path) -> None:
    database = postmaster(tmp_path / "home")
    assert database is not None
    os.kill(database, signal.SIGKILL)
    until(lambda: bool(two.logged("database-relaunched")))
    until(lambda: httpx2.get(f"{two.url}/health").status_code == 200)
    assert not two.logged("process-died")


def test_sigterm_leaves_no_process_behind(two: Served, tmp_path: Path) -> None:
    database = postmaster(tmp_path / "home")
    assert database is not None
    left = [two.process.pid, database, *two.processes()]
    assert all(is_alive(each) for each in left)
    two.process.terminate()
    assert two.process.wait(timeout=30) == 128 + signal.SIGTERM
    assert not any(is_alive(each) for each in left)
    assert two.refuses()
    assert len(two.logged("stopped")) == 3


def test_processes_whose_parent_is_killed_stop_by_themselves_and_the_next_service_starts(
    two: Served, tmp_path: Path
) -> None:
    before = set(FIGURES.glob("ordonum-figures-*"))
    children = two.processes()
    two.process.kill()
    until(lambda: not any(is_alive(each) for each in children), seconds=15)
    assert {each["pid"] for each in two.logged("parent-gone")} == set(children)
    assert before - set(FIGURES.glob("ordonum-figures-*"))
    with served(tmp_path / "home") as again:
        assert httpx2.get(f"{again.url}/health").json()["status"] == "ok"


def test_one_process_has_no_child_and_does_not_say_who_wrote_a_line(tmp_path: Path) -> None:
    with served(tmp_path / "home") as one:
        assert one.processes() == []
        assert all("pid" not in each for each in one.logged())


@pytest.mark.parametrize("given", ["0", "65", "deux", "-1", "²"])
def test_a_number_of_processes_that_is_none_is_told(given: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "ORDONUM_HOME": str(tmp_path / "home"), "ORDONUM_WORKERS": given}
    done = subprocess.run(
        [sys.executable, "-m", "ordonum.cli", "serve"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 8
    assert "ORDONUM_WORKERS" in done.stderr


def test_so_many_processes_that_the_database_cannot_hold_them_are_refused(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "ORDONUM_HOME": str(tmp_path / "home"),
        "ORDONUM_WORKERS": "60",
        "ORDONUM_PORT": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ordonum.cli", "serve"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 8
    assert "max_connections" in done.stderr
