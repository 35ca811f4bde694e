"""What the acts on a prescription add up to. One pure function, `state`; every status is derived, none is stored.

Some deliveries happen on paper beside the base: every remainder is «d'après la base». What depends on the day (expired,
next date) is `standing`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.model.actors import Actor, Profession
from ordonum.model.kept import Act, Cancelled, Copied, Executed, Invoiced, Registered, Replaced, Reported, Withdrawn
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family, Unit
from ordonum.model.measure import allowed, counted_unit, covered, one_delivery
from ordonum.model.outcomes import Delivered, Handwritten, Outcome, Withheld
from ordonum.model.prescription import Line, SignedOrder


class Status(Labelled):
    """Status of the prescription."""

    REGISTERED = "registered", "enregistrée"
    PARTLY_EXECUTED = "partly-executed", "exécutée en partie"
    EXECUTED = "executed", "exécutée"
    CANCELLED = "cancelled", "annulée"
    REPLACED = "replaced", "remplacée"
    EXPIRED = "expired", "expirée"


class LineStatus(Labelled):
    """Status of a line. `exhausted`: a line with renewals, all of which were used."""

    TO_DELIVER = "to-deliver", "à délivrer"
    PARTLY = "partly", "délivrée en partie"
    DELIVERED = "delivered", "délivrée"
    NOT_DELIVERED = "not-delivered", "non délivrée"
    EXHAUSTED = "exhausted", "épuisée"
    CANCELLED = "cancelled", "annulée"
    EXPIRED = "expired", "expirée"


DONE = frozenset({LineStatus.DELIVERED, LineStatus.EXHAUSTED})


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
    """A registered prescription as its acts make it. `executions` are those that stand: what was withdrawn, or corrected, is
    not among them, nor the lines that were. `stops` are the cancellations of lines, by rank.
    """

    order: SignedOrder
    registered_at: datetime
    late: bool
    status: Status
    remainders: tuple[Remainder, ...]
    executions: tuple[Executed, ...]
    cancelled: Cancelled | None
    invoices: tuple[Invoiced, ...] = ()
    replaced: Replaced | None = None
    stops: Mapping[int, Cancelled] = {}
    withdrawn: tuple[Withdrawn, ...] = ()
    reports: tuple[Reported, ...] = ()
    copied: Copied | None = None
    opposed_later: bool = False

    @property
    def opposed(self) -> bool:
        """Whether the prescriber may not read what was executed: said at prescribing, or through the insurer's office since."""
        return self.order.opposed or self.opposed_later

    def remainder(self, line: int) -> Remainder | None:
        """The remainder of the line of this rank, or None if there is no such line."""
        return self.remainders[line - 1] if 1 <= line <= len(self.remainders) else None

    @property
    def stopped(self) -> Cancelled | Replaced | None:
        """What stopped the whole, if anything did."""
        return self.cancelled or self.replaced


def state(acts: Sequence[Act]) -> State | None:
    """The state that acts, in the order in which they were recorded, add up to; None while nothing is registered."""
    registered = next((act for act in acts if isinstance(act, Registered)), None)
    if registered is None:
        return None
    order = registered.order
    withdrawn = tuple(act for act in acts if isinstance(act, Withdrawn))
    executions = standing_executions(acts, order)
    cancellations = [act for act in acts if isinstance(act, Cancelled) and stops(act, order)]
    cancelled = next((act for act in cancellations if not act.lines), None)
    replaced = next((act for act in acts if isinstance(act, Replaced)), None)
    line_stops: dict[int, Cancelled] = {}
    for act in cancellations:
        for rank in act.lines:
            if rank <= len(order.lines):  # one cancelled early may not be there
                line_stops.setdefault(rank, act)
    whole = cancelled is not None or replaced is not None
    remainders = tuple(_remainder(each, executions, stopped=whole or each.rank in line_stops) for each in order.lines)
    return State(
        order=order,
        registered_at=registered.recorded_at,
        late=registered.late,
        status=_status(remainders, cancelled, replaced),
        remainders=remainders,
        executions=executions,
        cancelled=cancelled,
        invoices=tuple(act for act in acts if isinstance(act, Invoiced) and (not act.early or _joins(act, order))),
        replaced=replaced,
        stops=line_stops,
        withdrawn=withdrawn,
        reports=tuple(act for act in acts if isinstance(act, Reported)),
        copied=next((act for act in acts if isinstance(act, Copied)), None),
    )


def standing_executions(acts: Sequence[Act], order: SignedOrder) -> tuple[Executed, ...]:
    """The executions that stand, each without the lines that were withdrawn of it; one of which nothing is left is gone."""
    found = joined(acts, order)
    whole: set[UUID] = {act.corrects.execution for act in found if act.corrects is not None}
    lines: dict[UUID, set[int]] = {}
    for act in acts:
        if isinstance(act, Withdrawn):
            lines.setdefault(act.execution, set()).update(act.lines)
            if not act.lines:
                whole.add(act.execution)
    if not whole and not lines:
        return found
    standing = []
    for act in found:
        if act.act_id in whole:
            continue
        left = tuple(each for each in act.lines if _rank(each) not in lines.get(act.act_id, ()))
        if left:
            standing.append(act if len(left) == len(act.lines) else msgspec.structs.replace(act, lines=left))
    return tuple(standing)


def joined(acts: Sequence[Act], order: SignedOrder) -> tuple[Executed, ...]:
    """The executions that count, or did before they were withdrawn: those that came early only if they join this order."""
    return tuple(act for act in acts if isinstance(act, Executed) and (not act.early or _joins(act, order)))


def _rank(each: Outcome) -> int | None:
    return None if isinstance(each, Handwritten) else each.line


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


def _status(remainders: Sequence[Remainder], cancelled: Cancelled | None, replaced: Replaced | None) -> Status:
    if cancelled is not None:
        return Status.CANCELLED
    if replaced is not None:
        return Status.REPLACED
    going = [each for each in remainders if each.status is not LineStatus.CANCELLED]
    given = any(each.given for each in remainders)
    if not going:
        return Status.CANCELLED  # line by line, as if it were at once
    if all(each.status in DONE for each in going):
        return Status.EXECUTED
    return Status.PARTLY_EXECUTED if given else Status.REGISTERED


def _remainder(line: Line, executions: Sequence[Executed], *, stopped: bool) -> Remainder:
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
        status=_line_status(line, given, total, withheld_last=withheld_last, stopped=stopped),
        unit=unit,
        total=total,
        given=given,
        left=0 if stopped else None if total is None else max(0, total - given),
        beyond=0 if total is None else max(0, given - total),
        last_at=last_at,
    )


def _line_status(line: Line, given: int, total: int | None, *, withheld_last: bool, stopped: bool) -> LineStatus:
    if total is not None and given >= total:
        return LineStatus.EXHAUSTED if line.renewals else LineStatus.DELIVERED
    if stopped:
        return LineStatus.CANCELLED
    if given:
        return LineStatus.PARTLY
    return LineStatus.NOT_DELIVERED if withheld_last else LineStatus.TO_DELIVER
