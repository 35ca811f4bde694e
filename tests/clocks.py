"""A system whose clocks stand where a test puts them: the service's, and the workstations' beside it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from checking import ask, tell_postgres
from service_alone import wait_for

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System, running
from ordonum.client import Card, Client, Declined
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ByNumber, Given, Origin
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.number import EpuId
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.server.usecases.context import Context
from ordonum.server.worker.yearly_keys import add_coming_keys


class Times:
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
        self.note(done.act_id)
        return done.number

    def execute(
        self, pharmacy: Client, number: EpuId, ago: timedelta = timedelta(0), given: Given = Given.NOW
    ) -> tuple[str, ...]:
        """One box; what the executant is told, and what it is in conflict with."""
        local = (self.now() - ago).astimezone(zone_of(pharmacy.card.place))  # as a wall clock shows it, with its offset
        done = pharmacy.execute(number, an_execution(delivered(), performed_at=local, given=given))
        self.note(done.act_id)
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
        self.note(pharmacy.attach_invoice(number, invoice).act_id)
        stop = Cancellation(act_id=uuid4(), reason=CancelReason.PATIENT_REQUEST)
        self.note(doctor.cancel(ByNumber(number), stop).act_id)
        assert self.refused(lambda: self.execute(pharmacy, number)) == "cancelled"

    def note(self, act_id: UUID) -> None:
        """This act was acknowledged."""
        assert act_id not in self.sent
        self.sent.add(act_id)


async def _lists(connection: Any) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM revocation_list"))


@contextmanager
def times_on(home: Path) -> Iterator[Times]:
    """A system of one's own under such clocks, with what it needs to live for years."""
    with running(home) as system:
        assert system.context is not None
        system.context.now = lambda: datetime.now(UTC)
        # The sandbox signs its revocation lists by the real clock: those of the years to come are taken as received.
        wait_for(lambda: bool(ask(home, _lists)), 30, "the worker receives no list")
        tell_postgres(home, "UPDATE revocation_list SET next_update = '2035-01-01'")
        yield Times(system, system.context)
