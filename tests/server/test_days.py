"""Days, hours and clocks at the moments that come rarely: tests/campaign/test_clocks.py goes through all of them."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clocks import Times, times_on
from ordonum.model.acts import Given
from ordonum.server.worker.loop import POLL_SECONDS

WINTER = datetime(2027, 10, 31, 1, tzinfo=UTC)  # the clocks go back in metropolitan France


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Times]:
    with times_on(tmp_path_factory.mktemp("times")) as started:
        yield started


def test_twenty_four_hours_are_hours_on_the_day_when_the_clocks_change(times: Times) -> None:
    day = timedelta(hours=24)
    with times.client("dr-martin") as doctor, times.client("pharmacie-centre") as pharmacy:
        times.at(WINTER - timedelta(days=1))
        number = times.register(doctor)
        times.at(WINTER + timedelta(hours=12))
        late = times.refused(lambda: times.execute(pharmacy, number, day + timedelta(seconds=1)))
        assert late == "late-needs-already"
        assert times.execute(pharmacy, number, day) == ()
        assert times.execute(pharmacy, number, day + timedelta(hours=1), Given.ALREADY) == ()


@pytest.mark.parametrize(("card", "midnight_utc"), [("dr-martin", 23), ("dr-rey", 20)], ids=["Lyon", "La Réunion"])
def test_today_is_the_day_of_the_place(times: Times, card: str, midnight_utc: int) -> None:
    leap = date(2028, 2, 29)
    midnight = datetime(2028, 2, 28, midnight_utc, tzinfo=UTC)
    with times.client(card) as doctor:
        times.at(midnight - timedelta(minutes=6))
        assert times.refused(lambda: times.register(doctor, leap)) == "written-in-future"
        times.at(midnight)
        assert times.refused(lambda: times.register(doctor, leap)) == "done"


def test_an_order_of_the_29th_of_february_is_registered_until_the_28th_a_year_later(times: Times) -> None:
    with times.client("dr-martin") as doctor:
        times.at(datetime(2029, 2, 28, 22, 59, tzinfo=UTC))
        times.register(doctor, date(2028, 2, 29))
        times.at(datetime(2029, 2, 28, 23, 1, tzinfo=UTC))
        assert times.refused(lambda: times.register(doctor, date(2028, 2, 29))) == "written-too-long-ago"


def test_a_workstation_whose_clock_is_wrong_is_told_and_its_order_signed_again(times: Times) -> None:
    times.at(datetime(2027, 5, 10, 12, tzinfo=UTC))
    times.client_error = timedelta(hours=1)
    with times.client("dr-leroy") as doctor:
        assert times.refused(lambda: times.register(doctor)) == "clock-differs"
        (kept,) = doctor.outbox.all()
        times.client_error = timedelta(0)
        done = doctor.sign_again(kept.act_id)
        assert (done.number, done.replayed) == (kept.number, False)


def test_a_clock_that_jumps_over_december_finds_the_keys_of_its_year(tmp_path: Path) -> None:
    with times_on(tmp_path) as times, times.client("dr-martin") as doctor:
        times.service_time = datetime(2028, 3, 1, tzinfo=UTC)
        time.sleep(2 * POLL_SECONDS)
        times.register(doctor)
