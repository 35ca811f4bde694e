"""Clocks that jump, change for summer and winter, and turn years: no id twice, no error of the service, right dates.

The service and its workstations run in this process; each clock is an argument, and stands where a test puts it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from checking import ask, judge, tell_postgres
from scale import SCALE, told
from served import wait_for

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System, running
from ordonum.client import Card, Client, Declined
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Place, Profession
from ordonum.model.acts import ByNumber, Cancellation, CancelReason, Given, Origin
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.number import EpuId
from ordonum.model.refusals import Refusal
from ordonum.sandbox import people
from ordonum.server.usecases.context import Context
from ordonum.server.worker.yearly_keys import add_coming_keys
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
ISLANDS = {"974": "97400", "971": "97100", "987": "98714", "988": "98800", "975": "97500"}


class _Times:
    """A system whose service and workstations each have a clock that stands still until it is set."""

    def __init__(self, system: System, context: Context) -> None:
        self.system, self.context = system, context
        self.service_time = system.now()
        self.client_error = timedelta(0)
        context.now = lambda: self.service_time
        self.sent = set[UUID]()
        self.refusals = Counter[str]()

    def at(self, moment: datetime) -> None:
        """It is this moment, everywhere; what the authority and the worker do by then is done."""
        self.service_time = moment
        asyncio.run_coroutine_threadsafe(self._turned(moment), self.loop).result(20)

    async def _turned(self, moment: datetime) -> None:
        """The worker looks for the coming keys every hour: those of December of the year before were made then."""
        self.context.now = lambda: datetime(moment.year, 12, 1, tzinfo=UTC) if moment.month == 12 else moment
        await add_coming_keys(self.context)
        self.context.now = lambda: self.service_time

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        assert self.system.loop is not None
        return self.system.loop

    def now(self) -> datetime:
        """The time of the workstations."""
        return self.service_time + self.client_error

    def client(self, card: str | Card) -> Client:
        """A workstation with this card, under a clock of its own."""
        held = self.system.card(card) if isinstance(card, str) else card
        home = self.system.home / "postes" / str(held.place.key)
        return Client(self.system.url, held, home=home, trust=self.system.authority.trust, now=self.now)

    def today(self, client: Client) -> date:
        """The day on the wall of this workstation."""
        return self.now().astimezone(zone_of(client.card.place)).date()

    def register(self, doctor: Client, written_on: date | None = None) -> EpuId:
        """A prescription of two boxes, written today; its number."""
        prescription = a_prescription(
            lines=(a_medicine(quantity=boxes(2)),),
            written_on=written_on or self.today(doctor),
            place=doctor.card.place,
        )
        done = doctor.prescribe(prescription)
        assert done.number is not None
        assert done.acknowledgement.recorded_at == self.service_time
        self._sent(done.act_id)
        return done.number

    def execute(
        self, pharmacy: Client, number: EpuId, ago: timedelta = timedelta(0), given: Given = Given.NOW
    ) -> tuple[str, ...]:
        """One box; what the executant is told, and what it is in conflict with."""
        local = (self.now() - ago).astimezone(zone_of(pharmacy.card.place))  # as a wall clock shows it, with its offset
        done = pharmacy.execute(number, an_execution(delivered(), performed_at=local, given=given))
        self._sent(done.act_id)
        return (*done.notices, *done.acknowledgement.in_conflict)

    def refused(self, act: Callable[[], object]) -> str:
        """The code with which this act is refused, or «done»."""
        code = "done"
        try:
            act()
        except Declined as declined:
            code = declined.problem.code
            self.refusals[code] += 1
        return code

    def story(self, doctor: Client, pharmacy: Client) -> None:
        """Every kind of act, at this moment."""
        number = self.register(doctor)
        order = pharmacy.consult(number, Origin.PAPER)
        assert order.order.written_on == self.today(doctor)
        assert self.execute(pharmacy, number) == ()
        line = InvoicedLine(line=1, quantity=boxes(1))
        invoice = Invoice(act_id=uuid4(), number="F1", lot="L1", date=self.today(pharmacy), lines=(line,))
        self._sent(pharmacy.attach_invoice(number, invoice).act_id)
        stop = Cancellation(act_id=uuid4(), reason=CancelReason.PATIENT_REQUEST)
        self._sent(doctor.cancel(ByNumber(number), stop).act_id)
        assert self.refused(lambda: self.execute(pharmacy, number)) == "cancelled"

    def _sent(self, act_id: UUID) -> None:
        assert act_id not in self.sent
        self.sent.add(act_id)


async def _lists(connection: Any) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM revocation_list"))


@contextmanager
def _times(home: Path) -> Iterator[_Times]:
    with running(home) as system:
        assert system.context is not None
        system.context.now = lambda: datetime.now(UTC)
        # The sandbox signs its revocation lists by the real clock: those of the years to come are taken as received.
        wait_for(lambda: bool(ask(home, _lists)), 30, "the worker receives no list")
        tell_postgres(home, "UPDATE revocation_list SET next_update = '2035-01-01'")
        yield _Times(system, system.context)


def _judged(times: _Times, counts: dict[str, object]) -> None:
    found = judge(times.system.home, sent=times.sent, acknowledged=times.sent)
    counts.update(acts=len(times.sent), refusals=dict(times.refusals), found=found)
    assert found.right
    assert found.acts == len(times.sent)


def _a_card(times: _Times, rank: int, place: Place) -> Card:
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
    with told(f"clocks: {name}") as counts, _times(tmp_path) as times:
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


def test_twenty_four_hours_are_hours_whatever_the_clocks_do(tmp_path: Path) -> None:
    day, second = timedelta(hours=24), timedelta(seconds=1)
    with told("clocks: lateness") as counts, _times(tmp_path) as times:
        with times.client("dr-martin") as doctor, times.client("pharmacie-centre") as pharmacy:
            for change in (SUMMER, WINTER):
                times.at(change - timedelta(days=1))
                number = times.register(doctor)
                times.at(change + timedelta(hours=12))  # 24 hours ago, the wall clock showed another hour
                assert times.execute(pharmacy, number, day) == ()
                late = times.refused(lambda n=number: times.execute(pharmacy, n, day + second))  # type: ignore[misc]  # a lambda with its own value
                assert late == "late-needs-already"
                assert times.execute(pharmacy, number, day + second, Given.ALREADY) == ()
        _judged(times, counts)


def test_today_is_the_day_of_the_place(tmp_path: Path) -> None:
    with told("clocks: today") as counts, _times(tmp_path) as times:
        islands = [
            _a_card(times, 500 + rank, people.cabinet(500 + rank, "Cabinet", postal_code=code, city="Ville"))
            for rank, code in enumerate(("69003", *ISLANDS.values()))
        ]
        checked = 0
        for day in (date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2028, 1, 1)):
            for card in islands:
                midnight = datetime(day.year, day.month, day.day, tzinfo=zone_of(card.place)).astimezone(UTC)
                with times.client(card) as doctor:
                    for before, expected in ((6, "written-in-future"), (4, "done"), (-1, "done")):
                        times.at(midnight - timedelta(minutes=before))  # five minutes are the clocks' tolerance
                        assert times.refused(lambda d=doctor, w=day: times.register(d, w)) == expected  # type: ignore[misc]  # a lambda with its own values
                        checked += 1
        counts.update(zones=len(islands), checked=checked)
        _judged(times, counts)


def test_three_and_twelve_months_end_on_the_right_day(tmp_path: Path) -> None:
    with told("clocks: months") as counts, _times(tmp_path) as times:
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
        _judged(times, counts)


def test_a_clock_that_jumps_is_told_and_doubles_nothing(tmp_path: Path) -> None:
    with told("clocks: jumps") as counts, _times(tmp_path) as times:
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
                times._sent(doctor.sign_again(kept.act_id).act_id)
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
    with told("clocks: tokens") as counts, _times(tmp_path) as times, times.client("pharmacie-centre") as pharmacy:
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
