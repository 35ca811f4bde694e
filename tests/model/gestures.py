"""What people do around a sheet, in words that neither the model nor its reference owns: the machine speaks them, the drivers
translate them, the reference judges them.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

Doctor = Literal["martin", "leroy", "simon"]  # Simon works at Martin's, Leroy elsewhere
Person = Literal["martin", "leroy", "simon", "pharmacist", "assistant", "rival", "nurse"]
What = Literal["given", "withheld", "handwritten"]
Op = Literal[
    "register",
    "consult",
    "execute",
    "cancel",
    "invoice",
    "read-back",
    "replace",
    "withdraw",
    "report",
    "copy",
    "recorded",
]
DOCTORS: tuple[Doctor, ...] = ("martin", "leroy", "simon")
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
    """What a prescriber signed for a number; `instead_of`: the colleague whom they stand in for, `replaces`: the registering
    act of the one that it takes the place of, `other_patient`: it is for somebody else than the story's.
    """

    id: UUID
    doctor: Doctor
    family: Literal["products", "care"]
    opposed: bool
    written: date
    lines: tuple[Wanted, ...]
    instead_of: Doctor | None = None
    anonymous: bool = False
    paperless: bool = False
    replaces: UUID | None = None
    other_patient: bool = False


class Part(NamedTuple):
    """What became of a line: `amount` in the line's own unit, None where it was not said, or not in that unit."""

    what: What
    rank: int
    amount: int | None = 1
    reason: bool = False


class Ask(NamedTuple):
    """Something asked of the service about one sheet. `what` is its content; the rest is how and by whom it came.

    `code`: the doctor who signed the QR code that comes with it. `patient`: as sealed, another, or another with a reason;
    `nameless`: without a number. `target`: the execution that is withdrawn or corrected, or the act that is asked about;
    `lines`: those of a cancellation or a withdrawal, the whole without any. `excuse`: why a colleague acts, `beyond`: why a
    new order carries more. `into`: the sheet of the new order of a replacement, as the driver names it. `version` tells two
    contents apart, and picks the reason.
    """

    op: Op
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
    nameless: bool = False
    target: UUID | None = None
    lines: tuple[int, ...] = ()
    excuse: bool = False
    beyond: bool = False
    into: Any = None

    @property
    def what(self) -> tuple[object, ...]:
        """All that makes it this act and no other."""
        content = (self.parts, self.already, self.done_at, self.patient, self.on_paper, self.version, self.nameless)
        return (self.op, self.order, *content, self.target, self.lines, self.excuse, self.beyond)

    @property
    def names(self) -> bool:
        """Whether it says for whom it was."""
        return self.hands_over and not self.on_paper

    @property
    def hands_over(self) -> bool:
        """Whether anything left a counter, this one or the one read on the paper."""
        return any(each.what != "withheld" for each in self.parts)


class Past(NamedTuple):
    """An execution as it is shown, with the lines that stand of it."""

    id: UUID
    early: bool
    conflicts: frozenset[str]
    ranks: tuple[int, ...]


class Seen(NamedTuple):
    """A sheet as it is shown: its status; of each line the status, what was given and what is left; the executions that stand,
    in their order; those of which something was taken back, and how many reports there are.
    """

    status: str
    lines: tuple[tuple[str, int, int | None], ...]
    past: tuple[Past, ...]
    taken_back: tuple[UUID, ...]
    reports: int


class Said(NamedTuple):
    """An answer: a refusal's code, or `recorded`, `again`, `answered`; what an execution is in conflict with; what was shown.

    `raw` is the whole answer, for comparison; `justified` are the positions of an invoice that need no scan; `outcome` is what
    a prescriber's act did.
    """

    code: str
    conflicts: frozenset[str] = frozenset()
    seen: Seen | None = None
    raw: Any = None
    justified: tuple[int, ...] = ()
    outcome: str | None = None


class Kept(NamedTuple):
    """What is kept of a sheet: how many acts, how many executions the patient's index finds (None: it has none)."""

    acts: int
    indexed: int | None


class Driver(Protocol):
    """Something that answers: the model alone, or the whole service."""

    longest_wait: timedelta

    def begin(self) -> None:
        """A new story begins."""

    def now(self) -> datetime:
        """The story's time."""

    def draw_id(self) -> UUID:
        """An id that no act has."""

    def wait(self, span: timedelta) -> None:
        """Time passes."""

    def sheet(self, orders: tuple[Order, ...]) -> Any:
        """A new number, with the orders that may be registered under it. What names it from now on."""

    def play(self, sheet: Any, ask: Ask) -> Said:
        """The answer to what is asked."""

    def seen(self, sheet: Any, by: Person) -> Seen | None:
        """The sheet as this person is shown it now; None while nothing is registered."""

    def kept(self, sheet: Any) -> Kept:
        """What is kept of it."""

    def rebuilt(self, sheet: Any, by: Person) -> Seen | None:
        """The same, made again from what is stored alone."""
