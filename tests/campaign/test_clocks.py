"""Clocks that jump, change for summer and winter, and turn years: no id twice, no error of the service, right dates.

The service and its workstations run in this process; each clock is an argument, and stands where a test puts it.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import msgspec
import pytest
from checking import judge
from scale import SCALE, told

from clocks import Times, times_on
from ordonum.client import Card
from ordonum.model import decisions
from ordonum.model.actors import Place, Profession
from ordonum.model.acts import Execution, Given
from ordonum.model.decisions import Verdict
from ordonum.model.facts import Facts
from ordonum.model.refusals import Refusal
from ordonum.sandbox import people
from ordonum.server.usecases import execute, register
from ordonum.server.worker.loop import POLL_SECONDS
from raw import assert_problem, post, token

PARIS = ZoneInfo("Europe/Paris")
SUMMER, WINTER = datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)  # the last Sundays
LEAP, AFTER_LEAP = datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)
NEW_YEAR = datetime(2028, 1, 1, tzinfo=UTC)
HOURS = (
    -24,
    -13,
    -12,
    -11,
    -5,
    -4,
    -3,
    -2,
    -1,
    0,
    1,
    2,
    3,
    4,
    11,
    24,
)  # midnights of every French place are among them
SECONDS = (-2, 0, 2)
ISLANDS = {
    "97400": "Indian/Reunion",
    "97100": "America/Guadeloupe",
    "97300": "America/Cayenne",
    "97500": "America/Miquelon",
    "97600": "Indian/Mayotte",
    "98600": "Pacific/Wallis",
    "98714": "Pacific/Tahiti",
    "98800": "Pacific/Noumea",
}


def _judged(times: Times, counts: dict[str, object]) -> None:
    found = judge(times.system.home, sent=times.sent, acknowledged=times.sent)
    counts.update(acts=len(times.sent), refusals=dict(times.refusals), found=found)
    assert found.right
    assert found.acts == len(times.sent)


def _a_card(times: Times, rank: int, place: Place) -> Card:
    issued = times.system.authority.issue(
        f"clock-{rank}", people.professional(rank, "ESSAI", "Ève", Profession.DOCTOR), place
    )
    return Card.load(times.system.authority.write(issued))


@pytest.mark.parametrize(
    ("name", "instant"),
    [("summer", SUMMER), ("winter", WINTER), ("leap day", LEAP), ("after it", AFTER_LEAP), ("new year", NEW_YEAR)],
)
def test_every_act_passes_at_every_hour_around_a_change(tmp_path: Path, name: str, instant: datetime) -> None:
    hours = HOURS[:: max(1, round(1 / SCALE)) if SCALE < 1 else 1]
    with told(f"clocks: {name}") as counts, times_on(tmp_path) as times:
        with (
            times.client("dr-martin") as lyon,
            times.client("dr-rey") as island,
            times.client("pharmacie-centre") as pharmacy,
        ):
            for hour in hours:
                for second in SECONDS:
                    times.at(instant + timedelta(hours=hour, seconds=second))
                    times.story((lyon, island)[hour % 2], pharmacy)
        counts.update(moments=len(hours) * len(SECONDS))
        _judged(times, counts)


def _check_lateness(times: Times) -> None:
    day, second = timedelta(hours=24), timedelta(seconds=1)
    with times.client("dr-martin") as doctor, times.client("pharmacie-centre") as pharmacy:
        for change in (SUMMER, WINTER):
            times.at(change - timedelta(days=1))
            number = times.register(doctor)
            times.at(change + timedelta(hours=12))  # 24 hours ago, the wall clock showed another hour
            assert times.refused(lambda n=number: times.execute(pharmacy, n, day)) == "done"  # type: ignore[misc]  # a lambda with its own value
            late = times.refused(lambda n=number: times.execute(pharmacy, n, day + second))  # type: ignore[misc]  # a lambda with its own value
            assert late == "late-needs-already"
            assert times.execute(pharmacy, number, day + second, Given.ALREADY) == ()


def _check_today(times: Times) -> None:
    """In every French time zone, on days of changes: written today, from five minutes before midnight on (the tolerance)."""
    for rank, code in enumerate(("69003", *ISLANDS)):
        card = _a_card(times, 500 + rank, people.cabinet(500 + rank, "Cabinet", postal_code=code, city="Ville"))
        zone = ZoneInfo(ISLANDS.get(code, "Europe/Paris"))
        with times.client(card) as doctor:
            for day in (date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2028, 1, 1)):
                midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
                for before, expected in ((6, "written-in-future"), (4, "done"), (-1, "done")):
                    times.at(midnight - timedelta(minutes=before))
                    assert times.refused(lambda d=doctor, w=day: times.register(d, w)) == expected  # type: ignore[misc]  # a lambda with its own values


def _check_months(times: Times) -> None:
    with times.client("dr-martin") as doctor, times.client("pharmacie-centre") as pharmacy:
        times.at(datetime(2027, 11, 30, 9, tzinfo=UTC))
        numbers = [times.register(doctor) for _ in range(2)]
        last = datetime(2028, 2, 29, 23, 59, 59, tzinfo=PARIS).astimezone(UTC)
        times.at(last)
        assert times.execute(pharmacy, numbers[0]) == ()
        times.at(last + timedelta(seconds=1))
        (notice,) = times.execute(pharmacy, numbers[1])
        assert "trois mois" in notice
        times.at(datetime(2028, 2, 29, 9, tzinfo=UTC))
        times.register(doctor)
        last = datetime(2029, 2, 28, 23, 59, 59, tzinfo=PARIS).astimezone(UTC)
        times.at(last)
        times.register(doctor, date(2028, 2, 29))
        times.at(last + timedelta(seconds=1))
        assert times.refused(lambda: times.register(doctor, date(2028, 2, 29))) == "written-too-long-ago"


CHECKS = {
    "24 hours are hours whatever the clocks do": _check_lateness,
    "today is the day of the place": _check_today,
    "three and twelve months end on the right day": _check_months,
}


@pytest.mark.parametrize("check", CHECKS)
def test_dates_are_right(tmp_path: Path, check: str) -> None:
    with told(f"clocks: {check}") as counts, times_on(tmp_path) as times:
        CHECKS[check](times)
        _judged(times, counts)


def _plant_wall_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault: what the wall clocks show is subtracted."""
    real = decisions.check_execution

    def naive(execution: Execution, facts: Facts) -> Verdict:
        shown = execution.performed_at.astimezone(facts.zone)
        execution = msgspec.structs.replace(execution, performed_at=shown)
        return real(execution, msgspec.structs.replace(facts, now=facts.now.astimezone(facts.zone)))

    monkeypatch.setattr(execute, "check_execution", naive)


def _plant_one_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault: it is the same day everywhere."""
    monkeypatch.setattr(register, "zone_of", lambda _: PARIS)


def _plant_thirty_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault: a month is thirty days."""
    monkeypatch.setattr(decisions, "months_after", lambda day, months: day + timedelta(days=30 * months))


@pytest.mark.parametrize(
    ("check", "plant"),
    list(zip(CHECKS, (_plant_wall_clocks, _plant_one_zone, _plant_thirty_days), strict=True)),
    ids=("planted: wall clocks", "planted: one zone", "planted: months of thirty days"),
)
def test_wrong_dates_are_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    with told(f"{plant.__name__}: {check}"), times_on(tmp_path) as times, pytest.raises(AssertionError):
        CHECKS[check](times)


def test_a_clock_that_jumps_over_december_finds_the_keys_of_its_year(tmp_path: Path) -> None:
    with told("clocks: over December") as counts, times_on(tmp_path) as times, times.client("dr-martin") as doctor:
        times.service_time = datetime(2028, 2, 1, tzinfo=UTC)  # nobody was there to see December
        time.sleep(3 * POLL_SECONDS)
        times.register(doctor)
        _judged(times, counts)


def test_a_clock_that_jumps_is_told_and_doubles_nothing(tmp_path: Path) -> None:
    with told("clocks: jumps") as counts, times_on(tmp_path) as times:
        noon = datetime(2027, 5, 10, 12, tzinfo=UTC)
        hour = timedelta(hours=1)
        for error in (hour, -hour):
            times.at(noon)
            times.client_error = error
            with times.client("dr-leroy") as doctor:
                assert times.refused(lambda d=doctor: times.register(d)) == "clock-differs"  # type: ignore[misc]  # a lambda with its own value
                (kept,) = [
                    each for each in doctor.outbox.all() if each.answer is None and each.refused == "clock-differs"
                ][-1:]
                times.client_error = timedelta(0)  # the clock is set: the same act, the same number
                times.note(doctor.sign_again(kept.act_id).act_id)
        with times.client("dr-martin") as doctor, times.client("pharmacie-centre") as pharmacy:
            times.at(noon)
            times.story(doctor, pharmacy)
            numbers = [times.register(doctor) for _ in range(2)]
            assert times.execute(pharmacy, numbers[0]) == ()
            times.at(noon - 2 * hour)  # both clocks go back: an act comes before the one it follows
            times.story(doctor, pharmacy)
            assert times.execute(pharmacy, numbers[0]) == ()
            assert times.refused(lambda: times.execute(pharmacy, numbers[0])) == "more-than-left"
            times.client_error = 2 * hour  # the service's alone went back: tokens serve on, the future is told
            assert times.refused(lambda: times.execute(pharmacy, numbers[1])) == "performed-in-future"
            times.client_error = timedelta(0)
            times.at(noon + 2 * hour)  # and forward again: tokens have ended, and are asked anew
            assert times.execute(pharmacy, numbers[1]) == ()
            times.story(doctor, pharmacy)
        _judged(times, counts)


def test_a_token_lasts_its_hour_through_a_change_and_no_longer_after_a_jump(tmp_path: Path) -> None:
    with told("clocks: tokens") as counts, times_on(tmp_path) as times, times.client("pharmacie-centre") as pharmacy:
        for change in (SUMMER, WINTER):
            begun = change - timedelta(minutes=30)
            times.at(begun)
            times.system.shift = begun - datetime.now(UTC)
            bearer = token(pharmacy, times.system)
            answers = list[httpx2.Response]()
            for minutes in (0, 29, 31, 59, 61, -120):
                times.at(begun + timedelta(minutes=minutes))
                answers.append(post(times.system, "/v1/consult", {}, bearer=bearer))
            for each in (*answers[:4], answers[5]):
                assert_problem(each, "unreadable")  # the token is good, the empty request is not
            assert_problem(answers[4], Refusal.TOKEN_EXPIRED.code)
        _judged(times, counts)
