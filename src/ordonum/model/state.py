"""What the acts on a prescription add up to. One pure function, `state`; every status is derived, none is stored.

Some deliveries happen on paper beside the base: every remainder is «d'après la base».
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ordonum.model.actors import Actor, Profession
from ordonum.model.acts import Act, Cancelled, Executed, Invoiced, Registered
from ordonum.model.care import (
    BiologyLine,
    NursingLine,
    OrthopticsLine,
    PhysiotherapyLine,
    PodiatryAct,
    PodiatryLine,
    SpeechTherapyLine,
    TherapyAct,
)
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family, Unit
from ordonum.model.outcomes import Delivered, Handwritten, Withheld
from ordonum.model.prescription import Line, SignedOrder


class Status(Labelled):
    """Status of the prescription."""

    REGISTERED = "registered", "enregistrée"
    PARTLY_EXECUTED = "partly-executed", "exécutée en partie"
    EXECUTED = "executed", "exécutée"
    CANCELLED = "cancelled", "annulée"


class LineStatus(Labelled):
    """Status of a line."""

    TO_DELIVER = "to-deliver", "à délivrer"
    PARTLY = "partly", "délivrée en partie"
    DELIVERED = "delivered", "délivrée"
    NOT_DELIVERED = "not-delivered", "non délivrée"
    CANCELLED = "cancelled", "annulée"


class Remainder(Struct, frozen=True, kw_only=True):
    """What is left of a line, according to the base.

    `unit` is None where nothing was counted: then `total` and `left` are the deliveries allowed (1 + renewals) and left.
    `total` and `left` are None where nobody set a number: the executant's to judge, as a physiotherapist's sessions.
    `left` is never negative; `beyond` is what was delivered over the total.
    """

    line: int
    status: LineStatus
    unit: Unit | None
    total: int | None
    given: int
    left: int | None
    beyond: int
    last_at: datetime | None


class State(Struct, frozen=True, kw_only=True):
    """A registered prescription as its acts make it."""

    order: SignedOrder
    registered_at: datetime
    late: bool
    status: Status
    remainders: tuple[Remainder, ...]
    executions: tuple[Executed, ...]
    cancelled: Cancelled | None
    invoices: tuple[Invoiced, ...] = ()
    opposed_later: bool = False

    @property
    def opposed(self) -> bool:
        """Whether the prescriber may not read what was executed: said at prescribing, or through the insurer's office since."""
        return self.order.opposed or self.opposed_later

    def remainder(self, line: int) -> Remainder | None:
        """The remainder of the line of this rank, or None if there is no such line."""
        return self.remainders[line - 1] if 1 <= line <= len(self.remainders) else None


def counted_unit(line: Line) -> Unit | None:
    """The unit in which a line is counted: its quantity's; visits where nursing has frequency and duration; else days if
    a duration was written; else nothing.
    """
    if line.quantity is not None:
        return line.quantity.unit
    if planned(line) is not None:
        return Unit.SESSIONS if isinstance(line, NursingLine) else None
    return Unit.DAYS if line.duration_days is not None else None


def planned(line: Line) -> int | None:
    """How many times a frequency over a duration makes, for one prescription; None where they are not both written."""
    if not isinstance(line, (NursingLine, BiologyLine)) or line.frequency is None or line.duration_days is None:
        return None
    return line.frequency.planned(line.duration_days)


def open_ended(line: Line) -> bool:
    """Whether the number of acts is the executant's: a rehabilitation, care without quantity nor duration."""
    if line.quantity is not None or line.duration_days is not None:
        return False
    if isinstance(line, (SpeechTherapyLine, OrthopticsLine)):
        return line.act is not TherapyAct.ASSESSMENT
    if isinstance(line, PodiatryLine):
        return line.act is not PodiatryAct.SOLES
    return isinstance(line, (PhysiotherapyLine, NursingLine))


def allowed(line: Line) -> int | None:
    """All that may be given of a line, renewals included, in `counted_unit`; deliveries where nothing is counted; None
    where nobody set a number.
    """
    if open_ended(line):
        return None
    deliveries = 1 + line.renewals
    if line.quantity is not None:
        return line.quantity.value * deliveries
    if (visits := planned(line)) is not None:
        return visits * deliveries
    return line.duration_days * deliveries if line.duration_days is not None else deliveries


def one_delivery(line: Line) -> int:
    """What one delivery of a line is, in `counted_unit`."""
    whole = allowed(line)
    return 1 if counted_unit(line) is None or whole is None else whole // (1 + line.renewals)


def covered(each: Delivered, line: Line) -> int | None:
    """How much of its line a delivery covers, in `counted_unit`; None when it does not say.

    What left the counter in the line's own unit counts at least as much, unless the prescriber agreed to another product.
    """
    unit = counted_unit(line)
    if each.covers is not None:
        same_unit = each.quantity is not None and each.quantity.unit is unit
        least = each.quantity.value if same_unit and each.quantity is not None and not _agreed(each) else 0
        return max(each.covers, least)
    if unit is None:
        return 1
    return each.quantity.value if each.quantity is not None and each.quantity.unit is unit else None


def state(acts: Sequence[Act]) -> State | None:
    """The state that acts, in the order in which they were recorded, add up to; None while nothing is registered."""
    registered = next((act for act in acts if isinstance(act, Registered)), None)
    if registered is None:
        return None
    order = registered.order
    executions = tuple(act for act in acts if isinstance(act, Executed) and (not act.early or _joins(act, order)))
    cancelled = next((act for act in acts if isinstance(act, Cancelled) and stops(act, order)), None)
    remainders = tuple(_remainder(line, executions, cancelled) for line in registered.order.lines)
    return State(
        order=registered.order,
        registered_at=registered.recorded_at,
        late=registered.late,
        status=_status(remainders, cancelled),
        remainders=remainders,
        executions=executions,
        cancelled=cancelled,
        invoices=tuple(act for act in acts if isinstance(act, Invoiced) and (not act.early or _joins(act, order))),
    )


def readable(order: SignedOrder, may: Sequence[Family] | frozenset[Family], profession: Profession | None) -> bool:
    """Whether somebody who may execute these families may read this order; one without a family names its profession."""
    if order.family is Family.OTHER and order.addressed_to is not profession:
        return False
    return order.family in may


def stops(cancelled: Cancelled, order: SignedOrder) -> bool:
    """Whether a cancellation counts: one that came before the registration is its prescriber's, or nothing."""
    return not cancelled.early or cancelled.by.rpps == order.prescriber.rpps


def _joins(act: Executed | Invoiced, order: SignedOrder) -> bool:
    """Whether what came before the registration joins it: by a code of this very prescriber, and with the right to act."""
    of_this_order = act.code_of == order.prescriber.rpps
    return of_this_order and readable(order, act.may, act.by.profession) and not inside(order, act.by)


def inside(order: SignedOrder, actor: Actor) -> bool:
    """Whether somebody stands in the establishment where the order was made, by their place or inside it."""
    if order.establishment is None:
        return False
    finess = order.establishment.finess
    return actor.place.finess == finess or (actor.inside is not None and actor.inside.finess == finess)


def _agreed(each: Delivered) -> bool:
    """Whether the prescriber agreed to what was delivered instead."""
    return each.intervention is not None and each.intervention.agreement is not None


def _status(remainders: Sequence[Remainder], cancelled: Cancelled | None) -> Status:
    if cancelled is not None:
        return Status.CANCELLED
    if all(each.status is LineStatus.DELIVERED for each in remainders):
        return Status.EXECUTED
    return Status.PARTLY_EXECUTED if any(each.given for each in remainders) else Status.REGISTERED


def _remainder(line: Line, executions: Sequence[Executed], cancelled: Cancelled | None) -> Remainder:
    unit, total = counted_unit(line), allowed(line)
    given, last_at, withheld_last = 0, None, False
    for execution in executions:
        for each in execution.lines:
            if isinstance(each, Handwritten) or each.line != line.rank:
                continue
            withheld_last = isinstance(each, Withheld)
            if isinstance(each, Delivered):
                # What has happened is recorded even if it does not say how much it covers: then one delivery.
                given += covered(each, line) or one_delivery(line)
                last_at = execution.performed_at if last_at is None else max(last_at, execution.performed_at)
    return Remainder(
        line=line.rank,
        status=_line_status(given, total, withheld_last=withheld_last, cancelled=cancelled is not None),
        unit=unit,
        total=total,
        given=given,
        left=0 if cancelled is not None else None if total is None else max(0, total - given),
        beyond=0 if total is None else max(0, given - total),
        last_at=last_at,
    )


def _line_status(given: int, total: int | None, *, withheld_last: bool, cancelled: bool) -> LineStatus:
    if total is not None and given >= total:
        return LineStatus.DELIVERED
    if cancelled:
        return LineStatus.CANCELLED
    if given:
        return LineStatus.PARTLY
    return LineStatus.NOT_DELIVERED if withheld_last else LineStatus.TO_DELIVER
