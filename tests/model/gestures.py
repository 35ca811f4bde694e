"""What people do around a sheet, in words that neither the model nor its reference owns: the machine speaks them, the drivers
translate them, the reference judges them.
"""

from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

Doctor = Literal["martin", "leroy"]
Person = Literal["martin", "leroy", "pharmacist", "assistant", "rival", "nurse"]
What = Literal["given", "withheld", "handwritten"]
DOCTORS: tuple[Doctor, ...] = ("martin", "leroy")
EXECUTANTS: tuple[Person, ...] = ("pharmacist", "assistant", "rival", "nurse")


class Wanted(NamedTuple):
    """A line as the prescriber wants it: `one` delivery of so many, then as many again for each renewal.

    `kind` says how it is counted: boxes, days (a duration), visits (a nurse's frequency), deliveries (`times`), or by
    nobody (`open`).
    """

    kind: Literal["boxes", "days", "visits", "times", "open"]
    one: int = 1
    renewals: int = 0
    secured: bool = False

    @property
    def total(self) -> int | None:
        """All that may be given; None where nobody set a number."""
        return None if self.kind == "open" else self.one * (1 + self.renewals)


class Order(NamedTuple):
    """What a prescriber signed for a number."""

    id: UUID
    doctor: Doctor
    family: Literal["products", "care"]
    opposed: bool
    written: date
    lines: tuple[Wanted, ...]


class Part(NamedTuple):
    """What became of a line: `amount` in the line's own unit, None where it was not said, or not in that unit."""

    what: What
    rank: int
    amount: int | None = 1
    reason: bool = False


class Ask(NamedTuple):
    """Something asked of the service about one sheet. `what` is its content; the rest is how and by whom it came.

    `code`: the doctor who signed the QR code that comes with it. `patient`: as sealed, another, or another with a reason.
    """

    op: Literal["register", "consult", "execute", "cancel", "invoice", "read-back"]
    id: UUID
    who: Person
    code: Doctor | None = None
    order: Order | None = None
    parts: tuple[Part, ...] = ()
    already: bool = False
    done_at: datetime = datetime.max.replace(tzinfo=UTC)
    patient: Literal["same", "other", "explained"] = "same"
    on_paper: bool = False
    version: int = 0

    @property
    def what(self) -> tuple[object, ...]:
        """All that makes it this act and no other."""
        content = (self.parts, self.already, self.done_at, self.patient, self.on_paper, self.version)
        return (self.op, self.order, *content)

    @property
    def hands_over(self) -> bool:
        """Whether anything left a counter, this one or the one read on the paper."""
        return any(each.what != "withheld" for each in self.parts)


class Past(NamedTuple):
    """An execution as it is shown."""

    id: UUID
    early: bool
    conflicts: frozenset[str]


class Seen(NamedTuple):
    """A sheet as it is shown: its status, what was given and what is left of each line, the executions in their order."""

    status: str
    lines: tuple[tuple[int, int | None], ...]
    past: tuple[Past, ...]


class Said(NamedTuple):
    """An answer: a refusal's code, or `recorded`, `again`, `answered`; what an execution is in conflict with; what was shown.

    `raw` is the whole answer, for comparison; `justified` are the positions of an invoice that need no scan.
    """

    code: str
    conflicts: frozenset[str] = frozenset()
    seen: Seen | None = None
    raw: Any = None
    justified: tuple[int, ...] = ()


class Driver(Protocol):
    """Something that answers: the model alone, or the whole service."""

    longest_wait_days: int

    def begin(self) -> None:
        """A new story begins."""

    def now(self) -> datetime:
        """The story's time."""

    def draw_id(self) -> UUID:
        """An id that no act has."""

    def wait(self, days: int) -> None:
        """Time passes."""

    def sheet(self, orders: tuple[Order, ...]) -> Any:
        """A new number, with the orders that may be registered under it. What names it from now on."""

    def play(self, sheet: Any, ask: Ask) -> Said:
        """The answer to what is asked."""

    def seen(self, sheet: Any, by: Person) -> Seen | None:
        """The sheet as this person is shown it now; None while nothing is registered."""

    def rebuilt(self, sheet: Any, by: Person) -> Seen | None:
        """The same, made again from what is stored alone."""
