"""What each reader may see: a type for each, not a filter. Native JSON answers of the service are these."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.model.actors import Employee, EmployeeRole, Profession
from ordonum.model.acts import Given, Jws, Opening, Receipt
from ordonum.model.amending import AmendReason, SuspicionKind
from ordonum.model.completeness import Completeness, completeness
from ordonum.model.early import conflicts
from ordonum.model.identifiers import Moment
from ordonum.model.kept import Cancelled, Executed, Replaced
from ordonum.model.lines import Family
from ordonum.model.outcomes import Outcome, SeenOnPaper
from ordonum.model.prescription import Identity
from ordonum.model.standing import Standing
from ordonum.model.state import Remainder, State, Status
from ordonum.model.stopping import CancelReason


class PastExecution(Struct, frozen=True, kw_only=True):
    """An execution as other professionals see it: when, by which profession and place, what. Never for whom.

    `early`: it came before the registration, and joined it «d'après le papier». `seen_on_paper`: it is another's, read on
    the paper by the place that declared it. An employee has a role and no profession. `rule_reason` is why it was done against a
    rule that asks it; `completeness` is by line.
    """

    act_id: UUID
    performed_at: Moment
    recorded_at: Moment
    given: Given
    profession: Profession | None
    role: EmployeeRole | None
    place_name: str
    lines: tuple[Outcome, ...]
    seen_on_paper: SeenOnPaper | None
    early: bool
    in_conflict: tuple[str, ...]
    corrects: UUID | None = None
    rule_reason: str | None = None
    completeness: dict[int, Completeness] = {}


class CancelledView(Struct, frozen=True, omit_defaults=True):
    """When the prescriber cancelled, and why; the lines, if it was not the whole. `by_colleague`: another did, for them."""

    at: Moment
    reason: CancelReason
    lines: tuple[int, ...] = ()
    detail: str | None = None
    by_colleague: bool = False


class WithdrawnView(Struct, frozen=True, kw_only=True):
    """An execution that was taken back, whole or these lines of it, and what its executant noted for the next."""

    execution: UUID
    at: Moment
    reason: AmendReason
    lines: tuple[int, ...]
    note: str | None
    place_name: str


class ReportedView(Struct, frozen=True, kw_only=True):
    """A suspected forgery that an executant reported."""

    at: Moment
    suspicion: SuspicionKind
    note: str | None
    place_name: str


class EarlierView(Struct, frozen=True, kw_only=True):
    """What was executed of the prescription that this one replaces, and of those before it: deliveries stay with theirs."""

    replaced_at: Moment
    reason: CancelReason
    register_act_id: UUID
    executions: tuple["PastExecution", ...]


class ForExecutant(Struct, frozen=True, kw_only=True):
    """The answer to a consultation. The lines are read from the signed order only, once verified (docs/adr/0001)."""

    jws: Jws
    identity: Identity
    opening: Opening
    registered: Receipt
    status: Status
    cancelled: CancelledView | None
    remainders: tuple[Remainder, ...]
    executions: tuple[PastExecution, ...]
    standing: Standing
    replaced: CancelledView | None = None
    stops: tuple[CancelledView, ...] = ()
    withdrawn: tuple[WithdrawnView, ...] = ()
    reports: tuple[ReportedView, ...] = ()
    earlier: EarlierView | None = None
    notices: tuple[str, ...] = ()


class ForPrescriber(Struct, frozen=True, kw_only=True):
    """What the prescriber reads back of their own prescription."""

    register_act_id: UUID
    status: Status
    cancelled: CancelledView | None
    remainders: tuple[Remainder, ...]
    executions: tuple[PastExecution, ...]
    standing: Standing
    replaced: CancelledView | None = None
    stops: tuple[CancelledView, ...] = ()
    withdrawn: tuple[WithdrawnView, ...] = ()
    reports: tuple[ReportedView, ...] = ()
    notices: tuple[str, ...] = ()


def all_past(state: State) -> tuple[PastExecution, ...]:
    """The executions that stand, as other professionals see them."""
    made = completeness(state)
    return tuple(_past(each, state, made[each.act_id]) for each in state.executions)


def _past(execution: Executed, state: State, made: dict[int, Completeness]) -> PastExecution:
    who = execution.by.who
    return PastExecution(
        act_id=execution.act_id,
        performed_at=execution.performed_at,
        recorded_at=execution.recorded_at,
        given=execution.given,
        profession=execution.by.profession,
        role=who.role if isinstance(who, Employee) else None,
        place_name=execution.by.place.name,
        lines=execution.lines,
        seen_on_paper=execution.seen_on_paper,
        early=execution.early,
        in_conflict=tuple(dict.fromkeys((*execution.in_conflict, *conflicts(execution, state)))),
        corrects=execution.corrects.execution if execution.corrects else None,
        rule_reason=execution.rule_reason,
        completeness=made,
    )


class RecordedView(Struct, frozen=True, kw_only=True):
    """An act of the caller's that is recorded: its kind, when, and the receipt that it was answered with."""

    act_id: UUID
    kind: str
    recorded_at: Moment
    receipt: Receipt


class RegisteredItem(Struct, frozen=True, kw_only=True):
    """A prescription registered under one's RPPS, without anything that was executed of it."""

    register_act_id: UUID
    registered_at: Moment
    written_on: date
    family: Family
    place_name: str
    software: str
    lines: int
    stopped: CancelledView | None


class RegisteredList(Struct, frozen=True, kw_only=True):
    """One's own prescriptions, newest first; `before` asks for the next page. `last_24_hours` and `usual` (on a day when
    there were any, over four weeks) are counts; `unusual`: there are so many that somebody else may be using one's card.
    """

    items: tuple[RegisteredItem, ...]
    before: Moment | None
    last_24_hours: int
    usual: int
    unusual: bool


def registered_item(state: State) -> RegisteredItem:
    """A prescription as its prescriber's list shows it."""
    return RegisteredItem(
        register_act_id=state.order.act_id,
        registered_at=state.registered_at,
        written_on=state.order.written_on,
        family=state.order.family,
        place_name=state.order.place.name,
        software=state.order.software.name,
        lines=len(state.order.lines),
        stopped=_stop(state.stopped, state),
    )


def _stop(stop: Cancelled | Replaced | None, state: State) -> CancelledView | None:
    if stop is None:
        return None
    lines = stop.lines if isinstance(stop, Cancelled) else ()
    colleague = stop.by.rpps != state.order.prescriber.rpps
    return CancelledView(stop.recorded_at, stop.reason, lines, stop.detail, colleague)


def _changes(state: State) -> dict[str, Any]:
    """What was stopped, taken back or reported, as all readers see it."""
    stops = {stop.act_id: stop for stop in state.stops.values()}
    return {
        "cancelled": _stop(state.cancelled, state),
        "replaced": _stop(state.replaced, state),
        "stops": tuple(view for each in stops.values() if (view := _stop(each, state)) is not None),
        "withdrawn": tuple(
            WithdrawnView(
                execution=each.execution,
                at=each.recorded_at,
                reason=each.reason,
                lines=each.lines,
                note=each.note,
                place_name=each.by.place.name,
            )
            for each in state.withdrawn
        ),
        "reports": tuple(
            ReportedView(at=each.recorded_at, suspicion=each.suspicion, note=each.note, place_name=each.by.place.name)
            for each in state.reports
        ),
    }


def earlier(before: Sequence[State]) -> EarlierView | None:
    """What the executant of a prescription is told of the one that it replaces, the first of these, and of those that this
    one had replaced: what was executed of them all.
    """
    last = before[0] if before else None
    if last is None or last.replaced is None:
        return None
    return EarlierView(
        replaced_at=last.replaced.recorded_at,
        reason=last.replaced.reason,
        register_act_id=last.order.act_id,
        executions=tuple(made for each in reversed(before) for made in all_past(each)),
    )


def _remainders(state: State, at: Standing) -> tuple[Remainder, ...]:
    """The remainders with their status of that day."""
    return tuple(
        each if each.status is line.status else msgspec.structs.replace(each, status=line.status)
        for each, line in zip(state.remainders, at.lines, strict=True)
    )


def for_prescriber(state: State, at: Standing, *, notices: tuple[str, ...] = ()) -> ForPrescriber:
    """The prescriber's view of a state, where it stands, and what they are told beside it."""
    return ForPrescriber(
        register_act_id=state.order.act_id,
        status=at.status,
        standing=at,
        remainders=_remainders(state, at),
        executions=all_past(state),
        notices=notices,
        **_changes(state),
    )


def for_executant(
    state: State,
    at: Standing,
    *,
    jws: str,
    identity: Identity,
    opening: str,
    registered: Receipt,
    before: Sequence[State] = (),
    notices: tuple[str, ...] = (),
) -> ForExecutant:
    """The executant's view of a state, where it stands, the evidence to verify it, what the one that it replaces gave
    (`before`), and what rules say before anything is delivered.
    """
    return ForExecutant(
        jws=jws,
        identity=identity,
        opening=opening,
        registered=registered,
        status=at.status,
        standing=at,
        remainders=_remainders(state, at),
        executions=all_past(state),
        earlier=earlier(before),
        notices=notices,
        **_changes(state),
    )
