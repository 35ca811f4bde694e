"""Decisions: columns of named refusals, the order of the lines being the order of precedence. Pure.

What has happened (`given: already`) is never refused for a rule or a quantity: it is recorded, and what would have
refused it is named `in_conflict`. Only shape and the right to act refuse it.
"""

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Execution, Given
from ordonum.model.beneficiary import NoIdentity, NoIdentityReason
from ordonum.model.days import legal_day
from ordonum.model.facts import Facts, Finding
from ordonum.model.judging import durations_told, met_by, rule_findings, told
from ordonum.model.legal import Met
from ordonum.model.lines import Family
from ordonum.model.measure import counted_unit, covered, one_delivery
from ordonum.model.outcomes import Delivered, Handwritten, hands_over, wants_agreement
from ordonum.model.prescriber_acts import check_read_back, stopped_facts
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.refusals import Fault, Refusal, Refused, happened
from ordonum.model.registration import CLOCK_TOLERANCE
from ordonum.model.rule import Check, Effect
from ordonum.model.state import State, Status, inside, readable

NOW_LASTS = timedelta(hours=24)


class Verdict(Struct, frozen=True):
    """An execution that is recorded: what it is in conflict with, and what its executant is told."""

    in_conflict: tuple[str, ...]
    notices: tuple[str, ...]


def check_consultation(actor: Actor, state: State, may_execute: frozenset[Family], *, opposed: bool = False) -> None:
    """Refuse a consultation, or return. The holder of a sheet of another family is told that and nothing else."""
    own = state.order.prescriber.rpps == actor.rpps
    if not readable(state.order, may_execute, actor.profession):
        raise Refused(Refusal.OWN_PRESCRIPTION if own else Refusal.NOT_YOUR_FAMILY)
    refuse_inside(state.order, actor)
    if own:
        # Whoever may execute what they prescribed learns no more than by reading back.
        check_read_back(actor, state, opposed=opposed)
    elif _closed(actor, state):
        raise Refused(Refusal.ANONYMOUS_CLOSED)


def _closed(actor: Actor, state: State) -> bool:
    """Whether an anonymous prescription has nothing left to give, and this is no executant of it (décret 2023-1222)."""
    if state.order.anonymity is None or not state.order.anonymity.requested:
        return False
    over = state.stopped is not None or state.status is Status.EXECUTED
    return over and all(each.by.place.key != actor.place.key for each in state.executions)


def check_early(execution: Execution, may_execute: frozenset[Family], *, now: datetime, zone: ZoneInfo) -> None:
    """Refuse an execution on a number not registered yet, or return: it has happened, and whoever did it executes something.

    The rest is judged when the registration arrives (`model.early`).
    """
    if not may_execute:
        raise Refused(Refusal.NOT_YOUR_FAMILY)
    if execution.performed_at > now + CLOCK_TOLERANCE:
        service_time = now.astimezone(zone).strftime("%d/%m/%Y %H:%M")
        raise Refused(Refusal.PERFORMED_IN_FUTURE, at="$.execution.performed_at", service_time=service_time)


def check_execution(execution: Execution, facts: Facts) -> Verdict:
    """Refuse an execution, or say with what it is recorded.

    Raises Refused: first for the right to act and the shape, always; then, for `given: now`, for the state of the
    prescription, the rules and the quantities, with every place that is at fault.
    """
    _check_right(facts)
    _check_shape(execution, facts)
    found = met_by(execution, facts)
    findings = list(_findings(execution, facts, found))
    if execution.given is Given.NOW and findings:
        first = findings[0]
        faults = tuple(Fault(each.at, each.refusal.code, happened(each.refusal, **each.facts)) for each in findings)
        raise Refused(first.refusal, faults=faults, **first.facts)
    return Verdict(
        in_conflict=tuple(dict.fromkeys(each.refusal.code for each in findings)),
        notices=told(each for _, each in found if each.effect is Effect.INFORMS)
        + tuple(_several_deliveries(execution, facts))
        + tuple(
            durations_told(facts.state.order, {each.line for each in execution.lines if isinstance(each, Delivered)})
        ),
    )


def _check_right(facts: Facts) -> None:
    order = facts.state.order
    if not readable(order, facts.may_execute, facts.actor.profession):
        raise Refused(Refusal.NOT_YOUR_FAMILY)
    refuse_inside(order, facts.actor)
    if facts.state.opposed and order.prescriber.rpps == facts.actor.rpps:
        raise Refused(Refusal.PATIENT_OPPOSED)  # what is left would tell what was executed


def refuse_inside(order: SignedOrder, actor: Actor) -> None:
    """What was prescribed inside an establishment is not executed there through this circuit (CSP L.4071-4)."""
    if inside(order, actor):
        raise Refused(Refusal.MADE_AND_EXECUTED_INSIDE)


def _check_shape(execution: Execution, facts: Facts) -> None:
    service_time = facts.now.astimezone(facts.zone).strftime("%d/%m/%Y %H:%M")
    day = legal_day(execution.performed_at, facts.zone)
    if execution.performed_at > facts.now + CLOCK_TOLERANCE:
        raise Refused(Refusal.PERFORMED_IN_FUTURE, at="$.execution.performed_at", service_time=service_time)
    if day < facts.state.order.written_on - timedelta(days=1):
        raise Refused(Refusal.PERFORMED_BEFORE_WRITTEN, at="$.execution.performed_at")
    if execution.given is Given.NOW and facts.now - execution.performed_at > NOW_LASTS:
        raise Refused(Refusal.LATE_NEEDS_ALREADY, at="$.execution.given")
    _check_anonymity(execution, facts.state.order)
    for place, each in enumerate(execution.lines):
        at = f"$.execution.lines[{place}]"
        if isinstance(each, Handwritten):
            continue
        remainder = facts.state.remainder(each.line)
        if remainder is None:
            raise Refused(Refusal.UNKNOWN_LINE, at=f"{at}.line", line=each.line)
        agreement = each.intervention.agreement if isinstance(each, Delivered) and each.intervention else None
        if agreement is not None and agreement.on is not None and agreement.on > day:
            raise Refused(Refusal.AGREEMENT_AFTER_ACT, at=f"{at}.intervention.agreement.on", line=each.line)
        if isinstance(each, Delivered) and execution.given is Given.NOW:
            _check_unit(each, facts.state.order.lines[each.line - 1], at)


def _check_anonymity(execution: Execution, order: SignedOrder) -> None:
    """Where anonymity was asked for, no number comes in, even afterwards: the same act is sent again without it."""
    if order.anonymity is None or not order.anonymity.requested or execution.beneficiary is None:
        return
    identity = execution.beneficiary.identity
    if not isinstance(identity, NoIdentity) or identity.reason is not NoIdentityReason.ANONYMOUS:
        raise Refused(Refusal.ANONYMITY_REQUESTED, at="$.execution.beneficiary.identity")


def _check_unit(each: Delivered, line: Line, at: str) -> None:
    """An act asked for says how much of the line it covers; one that has happened is recorded as it was."""
    if covered(each, line) is not None:
        return
    unit = counted_unit(line)
    noun = f"{unit.label}s" if unit and len(unit.label) > 2 else unit.label if unit else ""
    if each.quantity is None:
        raise Refused(Refusal.QUANTITY_WANTED, at=f"{at}.quantity", line=each.line, unit=noun)
    raise Refused(Refusal.UNIT_DIFFERS, at=f"{at}.quantity.unit", line=each.line, unit=noun)


def _findings(execution: Execution, facts: Facts, found: list[tuple[int, Met]]) -> Iterator[Finding]:
    """All that stands against the execution, most important first: too much of all that is left is said before too soon."""
    if hands_over(execution.lines):
        yield from _stopped(execution, facts)
    if not _same_identity(execution, facts) and execution.identity_reason is None:
        yield Finding(refusal=Refusal.IDENTITY_DIFFERS, at="$.execution.beneficiary", facts={})
    of_rules = list(rule_findings(found, execution))
    yield from (each for each in of_rules if each.refusal is Refusal.RULE_REFUSES)
    yield from _agreement_findings(execution)
    if facts.state.stopped is None:
        free = {each.line for _, each in found if each.rule.check is Check.MAY_RENEW and each.sure}
        yield from _quantity_findings(execution, facts, free)
    yield from (each for each in of_rules if each.refusal is not Refusal.RULE_REFUSES)


def _stopped(execution: Execution, facts: Facts) -> Iterator[Finding]:
    """What the prescriber stopped: the whole, or lines."""
    state, zone = facts.state, facts.zone
    if state.cancelled is not None:
        yield Finding(refusal=Refusal.CANCELLED, at="$.number", facts=stopped_facts(state.cancelled, zone))
    elif state.replaced is not None:
        yield Finding(refusal=Refusal.REPLACED, at="$.number", facts=stopped_facts(state.replaced, zone))
    for place, each in enumerate(execution.lines):
        if isinstance(each, Delivered) and (stop := state.stops.get(each.line)) is not None:
            said = {"line": each.line, **stopped_facts(stop, zone)}
            yield Finding(refusal=Refusal.LINE_CANCELLED, at=f"$.execution.lines[{place}]", facts=said)


def _agreement_findings(execution: Execution) -> Iterator[Finding]:
    """Deliveries to which the prescriber should have agreed, and nothing says that they did (CSP L.5125-23)."""
    for place, each in enumerate(execution.lines):
        if isinstance(each, Delivered) and wants_agreement(each):
            at = f"$.execution.lines[{place}].intervention.agreement"
            yield Finding(refusal=Refusal.AGREEMENT_WANTED, at=at, facts={"line": each.line})


def _quantity_findings(execution: Execution, facts: Facts, free: set[int]) -> Iterator[Finding]:
    """What goes beyond what is left; `free` are the lines whose renewal the law leaves free, an exception its own rules."""
    wanted: dict[int, int] = {}
    for place, each in enumerate(execution.lines):
        if not isinstance(each, Delivered) or (remainder := facts.state.remainder(each.line)) is None:
            continue
        if each.line in facts.state.stops or each.line in free or each.exceptional is not None:
            continue
        line = facts.state.order.lines[each.line - 1]
        wanted[each.line] = wanted.get(each.line, 0) + (covered(each, line) or one_delivery(line))
        if (
            remainder.left is None
            or wanted[each.line] <= remainder.left
            or (each.beyond_reason is not None and not line.secured)
        ):
            continue
        yield Finding(
            refusal=Refusal.SECURED_MORE_THAN_LEFT if line.secured else Refusal.MORE_THAN_LEFT,
            at=f"$.execution.lines[{place}].quantity",
            facts={
                "line": each.line,
                "left": _counted(remainder.left, remainder.unit.label if remainder.unit else "exécution"),
                "last": local(remainder.last_at, facts) if remainder.last_at else "aucune",
            },
        )


def _several_deliveries(execution: Execution, facts: Facts) -> Iterator[str]:
    """Lines of which more than one delivery is given at once: renewals are there to be spaced."""
    for each in execution.lines:
        if not isinstance(each, Delivered) or facts.state.remainder(each.line) is None:
            continue
        line = facts.state.order.lines[each.line - 1]
        unit = counted_unit(line)
        if unit is not None and line.renewals:
            single = one_delivery(line)
            if (covered(each, line) or 0) > single:
                yield f"Ligne {each.line} : une délivrance prescrite est de {_counted(single, unit.label)}"


def _same_identity(execution: Execution, facts: Facts) -> bool:
    beneficiary = execution.beneficiary
    if beneficiary is None:
        return True
    same_name = bare(beneficiary.first_name) == bare(facts.sealed.first_name)
    return same_name and beneficiary.birth_date == facts.sealed.birth_date


def bare(name: str) -> str:
    """A first name without accents, case, hyphens or blanks: cards write «ELOISE» and «MARIE CLAIRE»."""
    return "".join(each for each in unicodedata.normalize("NFKD", name).casefold() if each.isalnum())


def local(moment: datetime, facts: Facts) -> str:
    """A moment as the executant's wall clock shows it."""
    return moment.astimezone(facts.zone).strftime("%d/%m/%Y à %-H h %M")


def _counted(value: int, noun: str) -> str:
    return f"{value} {noun}{'s' if value > 1 and len(noun) > 2 else ''}"
