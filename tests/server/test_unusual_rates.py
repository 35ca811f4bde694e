"""The insurer is alerted once a day of a prescriber who registers far more than ever before, and reads who it is."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from base import APPLICATION, address, fresh_system, given, in_service, owner_fetches, owner_runs
from factories import a_prescription
from ordonum.cli.alerts import SAID
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.model.acts import ReportRequest
from ordonum.model.amending import Suspicion, SuspicionKind
from ordonum.model.rates import DAYS, FLOOR, TIMES
from ordonum.server.store.rates import busy
from ordonum.server.usecases.alerts import Alert, alerts
from ordonum.server.usecases.register import PRESCRIBER
from ordonum.server.worker import rates
from ordonum.server.worker.loop import RATES_REST
from ordonum.wire import native
from raw import post, token
from shell import Shell


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[System]:
    """A system in which nobody registered anything."""
    with fresh_system(tmp_path / "home") as started:
        yield started


def _blind(system: System, client: Client) -> bytes:
    assert system.context is not None
    return system.context.vault.blind(PRESCRIBER, client.card.professional.rpps)


def _registered(system: System, client: Client, many: int, *, days_ago: int = 0) -> None:
    """As many rows of the prescriber's list, spread over that day, before now."""
    at = system.now() - timedelta(days=days_ago, minutes=5)
    owner_runs(
        system,
        f"INSERT INTO prescription_of SELECT '\\x{_blind(system, client).hex()}', timestamptz '{at.isoformat()}' - n * interval"
        f" '10 minutes' * 100 / {max(many, 100)}, sha256((n::text || '{uuid4()}')::bytea) FROM generate_series(1, {many}) AS n",
    )


def _look(system: System) -> int:
    assert system.context is not None
    raised: int = in_service(system, rates.tell_unusual_rates(system.context))
    return raised


def _raised(system: System) -> tuple[Alert, ...]:
    assert system.context is not None
    found: tuple[Alert, ...] = in_service(
        system, alerts(system.context.pool, system.context.vault, system.now() - timedelta(days=400))
    )
    return found


def test_one_alert_a_day_for_whoever_goes_over_and_names_them(quiet: System, tmp_path: Path) -> None:
    with quiet.client("dr-martin") as doctor, quiet.client("dr-rey") as steady:
        _registered(quiet, doctor, FLOOR - 1)
        for day in range(0, 8):
            _registered(quiet, steady, FLOOR + 20, days_ago=day)  # much, but as ever
        steady.prescribe(a_prescription())
        doctor.prescribe(a_prescription())
        assert _look(quiet) == 0  # sixty exactly
        doctor.prescribe(a_prescription())
        assert (_look(quiet), _look(quiet)) == (1, 0)
        (alert,) = _raised(quiet)
        assert (alert.kind, alert.actor.who, alert.actor.place.key) == (
            "unusual-rate",
            doctor.card.holder,
            doctor.card.place.key,
        )
        quiet.shift += timedelta(days=1, minutes=1)
        assert _look(quiet) == 0  # nothing today
        _registered(quiet, doctor, (FLOOR + 1) * TIMES + 2)
        doctor.prescribe(a_prescription())
        assert _look(quiet) == 1
        assert len(_raised(quiet)) == 2


def test_the_days_are_those_of_the_prescribers_own_list(quiet: System) -> None:
    assert quiet.context is not None
    with quiet.client("dr-martin") as doctor:
        wanted = {0: FLOOR + 30, 1: 7, 13: 20, DAYS - 1: 3, DAYS: 50}
        for day, many in wanted.items():
            _registered(quiet, doctor, many, days_ago=day)
        now = quiet.now()
        (found,) = in_service(quiet, busy(quiet.context.pool, now, spans=DAYS, more_than=FLOOR))
        assert found.blind == _blind(quiet, doctor)
        assert found.by_day == tuple(wanted.get(ago, 0) for ago in reversed(range(DAYS)))


def test_two_processes_that_look_at_once_raise_one_alert(quiet: System) -> None:
    assert quiet.context is not None
    with quiet.client("dr-martin") as doctor:
        _registered(quiet, doctor, FLOOR + 5)
        doctor.prescribe(a_prescription())

        async def both() -> list[int]:
            assert quiet.context is not None
            return await asyncio.gather(*(rates.tell_unusual_rates(quiet.context) for _ in range(4)))

        assert sum(in_service(quiet, both())) == 1
        assert len(_raised(quiet)) == 1


def test_the_worker_looks_every_ten_minutes() -> None:
    assert RATES_REST == 600  # rounds of a second


def test_the_operator_reads_them_in_french(quiet: System, tmp_path: Path) -> None:
    with quiet.client("dr-martin") as doctor, quiet.client("pharmacie-centre") as pharmacy:
        _registered(quiet, doctor, FLOOR + 5)
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        suspicion = Suspicion(act_id=uuid4(), kind=SuspicionKind.ALTERED)
        body = native.write(ReportRequest(number=number, suspicion=suspicion))
        assert post(quiet, "/v1/report", body, bearer=token(pharmacy, quiet)).status_code == 201
        assert _look(quiet) == 1
    shell = Shell(quiet, tmp_path, "dr-martin")
    if given() is not None:
        shell.environment["ORDONUM_DATABASE_URL"] = address(quiet, APPLICATION)
    told = {each["kind"]: each["who"] for each in shell.json("alerts", "--days", "2")["alerts"]}
    assert "MARTIN" in told["unusual-rate"]
    assert "PETIT" in told["suspected-forgery"]
    said = shell.run("alerts").stdout
    assert "plus de 60 ordonnances en vingt-quatre heures" in said
    assert "soupçonnée d'être falsifiée" in said


def test_every_kind_of_alert_that_the_base_takes_has_its_french_words(quiet: System) -> None:
    (row,) = owner_fetches(
        quiet, "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint WHERE conname = 'alert_kind_check'"
    )
    kinds = {each.strip("'") for each in row["said"].replace("::text", "").split("[")[1].split("]")[0].split(", ")}
    assert kinds == set(SAID)
