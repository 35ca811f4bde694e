"""What the tests share: one real system (PostgreSQL, service, sandbox) for the session, and workstations before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from base import fresh_system
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.knowledge.rules import counted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the law was really read."""
    read, to_validate = counted()
    terminalreporter.write_line(
        f"règles de droit : {read} lues, {to_validate} à valider (celles-ci informent seulement)"
    )


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A whole system on a fresh database, in this process, over real HTTP."""
    with fresh_system(tmp_path_factory.mktemp("system")) as started:
        yield started


@pytest.fixture
def own_system(tmp_path: Path) -> Iterator[System]:
    """A system of the test's own, for what disturbs the others: clocks, keys, revocations, a database that dies."""
    with fresh_system(tmp_path / "home") as started:
        yield started


@pytest.fixture
def doctor(system: System) -> Iterator[Client]:
    """Doctor Martin's workstation."""
    with system.client("dr-martin") as client:
        yield client


@pytest.fixture
def pharmacy(system: System) -> Iterator[Client]:
    """The workstation of the Pharmacie du Centre."""
    with system.client("pharmacie-centre") as client:
        yield client


@pytest.fixture
def other_pharmacy(system: System) -> Iterator[Client]:
    """The workstation of the Pharmacie de la Gare."""
    with system.client("pharmacie-gare") as client:
        yield client


@pytest.fixture
def nurse(system: System) -> Iterator[Client]:
    """The nurse Diallo's workstation."""
    with system.client("infirmiere-diallo") as client:
        yield client
