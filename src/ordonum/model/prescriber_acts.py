"""Decisions on what a prescriber does with what they prescribed: cancel, replace, read back, say that the copy arrived. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ordonum.model.actors import Actor
from ordonum.model.kept import Cancelled, Replaced
from ordonum.model.lines import Family
from ordonum.model.measure import allowed, counted_unit
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.refusals import Fault, Refusal, Refused, happened
from ordonum.model.registration import CLOCK_TOLERANCE
from ordonum.model.state import DONE, LineStatus, State, Status
from ordonum.model.stopping import Cancellation, CancelOutcome, Replacement, Stop
from ordonum.model.wishes import CopyAcknowledged


def stopped_facts(stop: Cancelled | Replaced, zone: ZoneInfo) -> dict[str, Any]:
    """The facts of the sentence that says a prescription, or a line, was stopped."""
    return {"day": stop.recorded_at.astimezone(zone).strftime("%d/%m/%Y"), "why": stop.reason.label}


def check_may_stop(actor: Actor, stop: Stop, order: SignedOrder, may_prescribe: frozenset[Family]) -> None:
    """Refuse whoever may not stop this prescription: its author may, the one whom they replaced, and with a reason a
    prescriber of the same place and family. Raises Refused.
    """
    if actor.rpps is None:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    if actor.rpps == order.prescriber.rpps or (order.replaced is not None and actor.rpps == order.replaced.rpps):
        return
    if actor.place.key != order.place.key or order.family not in may_prescribe:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    if stop.place_reason is None:
        raise Refused(Refusal.COLLEAGUE_REASON_WANTED, at="$.place_reason")


def check_cancellation(
    actor: Actor,
    cancellation: Cancellation,
    state: State,
    *,
    may_prescribe: frozenset[Family],
    opposed: bool,
    zone: ZoneInfo,
) -> CancelOutcome:
    """Refuse a cancellation, or say what it does. What was delivered stays delivered; the rest stops.

    `opposed`: the patient is, by the order or since; their prescriber is then not told what was delivered.
    """
    check_may_stop(actor, cancellation, state.order, may_prescribe)
    _refuse_stopped(state, zone)
    for place, rank in enumerate(cancellation.lines):
        _check_line(rank, state, f"$.cancellation.lines[{place}]", opposed=opposed)
    if not cancellation.lines:
        # Asked of the stops: the status of a line would tell an opposed patient's prescriber what was delivered.
        if all(each.line in state.stops for each in state.remainders):
            raise Refused(Refusal.ALREADY_CANCELLED, **stopped_facts(next(iter(state.stops.values())), zone))
        if state.status is Status.EXECUTED and not opposed:
            raise Refused(Refusal.ALREADY_EXECUTED)
    return outcome(cancellation.lines, state, opposed=opposed)


def outcome(lines: tuple[int, ...], state: State, *, opposed: bool) -> CancelOutcome:
    """What stopping these lines, or all, does."""
    if opposed:
        return CancelOutcome.STOPPED
    concerned = [each for each in state.remainders if not lines or each.line in lines]
    return CancelOutcome.REST_STOPPED if any(each.given for each in concerned) else CancelOutcome.NOTHING_GIVEN


def _check_line(rank: int, state: State, at: str, *, opposed: bool) -> None:
    remainder = state.remainder(rank)
    if remainder is None:
        raise Refused(Refusal.UNKNOWN_LINE, at=at, line=rank)
    over = rank in state.stops
    if over or (remainder.status in DONE and not opposed):
        status = LineStatus.CANCELLED if over else remainder.status
        raise Refused(Refusal.LINE_ALREADY_STOPPED, at=at, line=rank, status=status.label)


def _refuse_stopped(state: State, zone: ZoneInfo) -> None:
    if state.cancelled is not None:
        raise Refused(Refusal.ALREADY_CANCELLED, **stopped_facts(state.cancelled, zone))
    if state.replaced is not None:
        raise Refused(Refusal.REPLACED, **stopped_facts(state.replaced, zone))


def check_replacement(
    actor: Actor,
    replacement: Replacement,
    new: SignedOrder,
    state: State,
    *,
    same_patient: bool,
    may_prescribe: frozenset[Family],
    opposed: bool,
    zone: ZoneInfo,
) -> CancelOutcome:
    """Refuse a replacement of this prescription by the new order, or say what it does to the old one.

    Deliveries of the old stay with it; the new one carries what is still to give: more of a product that was delivered in
    part asks a reason, unless the patient is opposed, whose prescriber is not told.
    """
    check_may_stop(actor, replacement, state.order, may_prescribe)
    _refuse_stopped(state, zone)
    if new.replaces != state.order.act_id:
        raise Refused(Refusal.REPLACES_DIFFERS, at="$.registration.jws.replaces")
    if new.family is not state.order.family or not same_patient:
        raise Refused(Refusal.REPLACES_ANOTHER_PATIENT, at="$.registration")
    if state.status is Status.EXECUTED and not opposed:
        raise Refused(Refusal.ALREADY_EXECUTED)
    if not opposed and replacement.beyond_reason is None and (beyond := tuple(_beyond(new, state))):
        first = beyond[0]
        faults = tuple(
            Fault(f"$.registration.jws.lines[{line.rank - 1}]", Refusal.REPLACEMENT_BEYOND.code, _said(line, left))
            for line, left in beyond
        )
        raise Refused(Refusal.REPLACEMENT_BEYOND, faults=faults, **_facts(*first))
    return outcome((), state, opposed=opposed)


def _beyond(new: SignedOrder, state: State) -> Iterator[tuple[Line, int]]:
    """The products of which the new order carries more, over its lines, than what was left of one delivered in part: its
    first line, and what was left.
    """
    for line in new.lines:
        unit = counted_unit(line)
        alike = [each for each in new.lines if same_thing(each, line) and counted_unit(each) is unit]
        before = [state.remainders[old.rank - 1] for old in state.order.lines if same_thing(line, old)]
        before = [each for each in before if each.unit is unit]
        if alike[0] is not line or not any(each.given for each in before):
            continue
        wanted, left = [allowed(each) for each in alike], [each.left for each in before]
        known = [each for each in (*wanted, *left) if each is not None]
        if len(known) == len(wanted) + len(left) and sum(known[: len(wanted)]) > sum(known[len(wanted) :]):
            yield line, sum(known[len(wanted) :])


def same_thing(one: Line, other: Line) -> bool:
    """Whether two lines are of the same product or act: by a code that both have, else by their words."""
    if type(one) is not type(other):
        return False
    for kind in ("cip13", "ucd13", "cis", "virtual", "lpp", "nabm", "code"):
        mine, theirs = getattr(one, kind, None), getattr(other, kind, None)
        if mine is not None and theirs is not None:
            return bool(mine == theirs)
    return _words(one) == _words(other)


def _words(line: Line) -> str:
    said = getattr(line, "label", None) or getattr(line, "text", None) or getattr(line, "equipment", "")
    return str(said).casefold()


def _facts(line: Line, left: int) -> dict[str, Any]:
    unit = counted_unit(line)
    noun = unit.label if unit else "délivrance"
    return {"line": line.rank, "left": f"{left} {noun}{'s' if left > 1 and len(noun) > 2 else ''}"}


def _said(line: Line, left: int) -> str:
    return happened(Refusal.REPLACEMENT_BEYOND, **_facts(line, left))


def check_read_back(actor: Actor, state: State, *, opposed: bool = False) -> None:
    """Refuse the prescriber's reading of what was executed, or return (CSP R.4072-1 and following)."""
    if state.order.prescriber.rpps != actor.rpps:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    if state.opposed or opposed:
        raise Refused(Refusal.PATIENT_OPPOSED)


def check_copy(actor: Actor, copy: CopyAcknowledged, state: State, *, now: datetime) -> None:
    """Refuse that the copy which replaces the paper arrived, or return: asked for by the patient, by this way, and since."""
    order = state.order
    if actor.rpps != order.prescriber.rpps and actor.place.key != order.place.key:
        raise Refused(Refusal.NOT_YOUR_PRESCRIPTION)
    if order.paperless is None or order.paperless.channel is not copy.channel:
        raise Refused(Refusal.COPY_NOT_ASKED, at="$.copy.channel")
    early = copy.acknowledged_at < state.registered_at - CLOCK_TOLERANCE
    if early or copy.acknowledged_at > now + CLOCK_TOLERANCE:
        raise Refused(Refusal.COPY_DATE, at="$.copy.acknowledged_at")
    if state.copied is not None:
        raise Refused(Refusal.COPY_ALREADY)
