"""What the rules of a delivery look for: one small function a check, the facts of its sentence or None. Pure."""

from datetime import date, timedelta

from ordonum.model.care import OpticalEquipment, OpticsLine
from ordonum.model.case import Case, Said
from ordonum.model.conditions import Trait
from ordonum.model.course import Handed
from ordonum.model.days import months_after
from ordonum.model.lines import AgreementState, Unit
from ordonum.model.measure import one_delivery
from ordonum.model.outcomes import SubstitutionKind
from ordonum.model.prescription import Line
from ordonum.model.products import DeviceLine, MedicineLine, Supply
from ordonum.model.rule import Rule
from ordonum.model.supply import (
    amount_for,
    counted,
    days_begun,
    days_of,
    is_large_pack,
    left_to_give,
    renewed_from,
    total_days,
)

LARGE_PACK_DAYS = 92  # three months, whichever they are
OF_GROUPS = frozenset({SubstitutionKind.GENERIC, SubstitutionKind.HYBRID, SubstitutionKind.BIOSIMILAR})


def french(day: date) -> str:
    """A day as a French reader writes it."""
    return f"{day:%d/%m/%Y}"


def last_day(rule: Rule, written_on: date) -> date:
    """The last day that a delay since the writing leaves: the same day of the month, whole; or that many days after."""
    return months_after(written_on, rule.months or 0) + timedelta(days=rule.days or 0)


def since_writing(rule: Rule, case: Case) -> Said | None:
    """The delay since the writing is over."""
    last = last_day(rule, case.around.order.written_on)
    return {"day": french(last)} if last < case.around.day else None


def glasses(rule: Rule, case: Case) -> Said | None:
    """The delay of a prescription of glasses is over."""
    return since_writing(rule, case) if are_glasses(case) else None


def are_glasses(case: Case) -> bool:
    """Whether the line is of glasses rather than contact lenses."""
    return isinstance(case.line, OpticsLine) and case.line.equipment is not OpticalEquipment.CONTACT_LENSES


def lenses(rule: Rule, case: Case) -> Said | None:
    """The delay of a prescription of contact lenses is over."""
    wanted = isinstance(case.line, OpticsLine) and case.line.equipment is OpticalEquipment.CONTACT_LENSES
    return since_writing(rule, case) if wanted else None


def at_once(rule: Rule, case: Case) -> Said | None:
    """More days of treatment at once than `days`; one large box may make up to three months. What is rented is not counted."""
    if isinstance(case.line, DeviceLine) and case.line.supply is Supply.RENTED:
        return None
    most, out = rule.days or 0, case.out
    known = _days_out(out, case) if out is not None else None
    days = known if known is not None else days_of(case.amount, case.line) if case.amount else None
    if days is None or days <= most:
        return None
    large = is_large_pack(case.line, most) if out is None or known is None else _is_large(out, days, most)
    if large and days <= LARGE_PACK_DAYS:
        return None
    return {"asked": days, "most": most}


def _days_out(out: Handed, case: Case) -> int | None:
    """How long what is handed over lasts, taken from this day on."""
    day = case.around.day
    start = min(case.given[0].day, day) if case.given else day
    going = out.box.course(start)
    return None if going is None else going.lasts(out.units, (day - start).days)


def _is_large(out: Handed, days: int, most: int) -> bool:
    """Whether each of the boxes that are handed over lasts longer than that."""
    return days // out.many > most


def fraction_days(case: Case) -> int | None:
    """The days of each fraction: as the prescriber wrote, or as the medicine's conditions say; None: in one delivery."""
    line = case.line
    if not isinstance(line, MedicineLine) or line.single_delivery:
        return None
    return line.fraction_days or case.known.fraction_days


def too_soon(rule: Rule, case: Case) -> Said | None:
    """Another delivery, or another fraction, before what was delivered can have been taken."""
    days = fraction_days(case)
    block = max(1, amount_for(days, case.line)) if days else None
    beyond = case.exceptional is not None or (may_renew(rule, case) is not None and Trait.LIST_II in case.known.traits)
    start = renewed_from(case.given, case.line, case.amount or 1, block, capped=not beyond)
    if start is None or case.around.day >= start:
        return None
    return {"day": french(start)}


def forbidden(rule: Rule, case: Case) -> Said | None:
    """A whole delivery more, when all was given, of what the prescriber expressly forbade to renew."""
    if not _forbidden(case) or left_to_give(case.given, case.line) != 0:
        return None
    return {} if (case.amount or 0) >= one_delivery(case.line) else None


def may_renew(rule: Rule, case: Case) -> Said | None:
    """One more delivery of what is not to be stated to be renewed: of one delivery at most, once the stated ones are given."""
    if case.line.renewals or _forbidden(case) or left_to_give(case.given, case.line) != 0:
        return None
    return {} if case.amount is not None and case.amount <= one_delivery(case.line) else None


def _forbidden(case: Case) -> bool:
    return isinstance(case.line, MedicineLine) and case.line.renewal_forbidden


def presented_late(rule: Rule, case: Case) -> Said | None:
    """Presented more than `days` after the writing, or after the end of the fraction before: only what remains to run.

    The day of the writing, and the last day of a fraction, are not counted (CSP R.5132-33). The days that ran before somebody
    came are lost for good: they count as used, and the fraction that runs on the day is the one delivered.
    """
    line, length, fraction = case.line, total_days(case.line), fraction_days(case)
    if length is None:
        return None
    start, used, late, block = case.around.order.written_on, 0, None, min(length, fraction or length)
    for day, amount in (*((each.day, each.amount) for each in case.given), (case.around.day, 0)):
        last = start + timedelta(days=(rule.days or 0) - (1 if used else 0))
        lost = (day - start).days if day > last and (not used or fraction) else 0
        late, used = (last if lost else late), used + lost
        days = days_of(amount, line, used) or 0
        start, used = max(start, day) + timedelta(days=days), used + days
    if late is None:
        return None
    running = 0 if used % block == 0 and case.around.day < start else block - used % block
    left = max(0, min(length - used, running))
    if (left and not lost) if case.amount is None else _days_asked(case) <= left:
        return None
    return {"day": french(late), "left": left, "units": _at_most(left, line)}


def _days_asked(case: Case) -> int:
    """The days that are handed over: as they are said where a box is broken, else as the line counts them."""
    said = [each.quantity.value for each in case.asked if each.quantity and each.quantity.unit is Unit.DAYS]
    if said and len(said) == len(case.asked):
        return sum(said)
    return (
        days_begun(case.amount or 0, case.line, sum(days_of(each.amount, case.line) or 0 for each in case.given)) or 0
    )


def _at_most(days: int, line: Line) -> str:
    """What lasts so many days, in the line's unit; less than a box is handed over by the unit, and said in days."""
    amount = amount_for(days, line)
    if amount or not days:
        return counted(amount, line)
    return "moins d'une boîte, à l'unité (quantity en jours, covers 1)"


def fraction(rule: Rule, case: Case) -> Said | None:
    """More days at once than a fraction."""
    most = fraction_days(case)
    days = _days_asked(case)
    if most is None or days <= most:
        return None
    return {"asked": days, "most": most, "units": _at_most(most, case.line)}


def overlap(rule: Rule, case: Case) -> Said | None:
    """Another prescription of the same substance, of the same prescriber, executed here, covers this day."""
    line, around, mine = case.line, case.around, case.known.substances
    if not isinstance(line, MedicineLine) or line.overlap is not None:
        return None
    ends = [
        each.last
        for each in around.covered
        if each.substance in mine
        and each.prescriber == around.order.prescriber.rpps
        and each.executant == around.executant
        and each.first <= around.day <= each.last
    ]
    return {"day": french(max(ends))} if ends else None


def bearer_unproven(rule: Rule, case: Case) -> Said | None:
    """Somebody came in the patient's stead, and no proof of their identity is written."""
    bearer = case.around.bearer
    return {} if case.asked and bearer is not None and bearer.proof is None else None


def bearer_unnamed(rule: Rule, case: Case) -> Said | None:
    """Nobody is written as the bearer."""
    return {} if case.asked and case.around.bearer is None else None


def substituted(rule: Rule, case: Case) -> Said | None:
    """A product of the same group where a valid mention excludes it."""
    line = case.line
    if not isinstance(line, MedicineLine) or line.no_substitution is None:
        return None
    against = any(each.substitution in OF_GROUPS for each in case.asked)
    return {"mention": line.no_substitution.value} if against else None


def agreement_refused(rule: Rule, case: Case) -> Said | None:
    """The insurer refused its prior agreement."""
    agreement = case.line.prior_agreement
    return {} if agreement is not None and agreement.state is AgreementState.REFUSED else None


def agreement_pending(rule: Rule, case: Case) -> Said | None:
    """The prior agreement is not there yet: to be asked, or asked less than `days` ago."""
    agreement = case.line.prior_agreement
    if agreement is None or agreement.state not in (AgreementState.TO_ASK, AgreementState.ASKED):
        return None
    if agreement.state is AgreementState.ASKED and agreement.since is not None:
        due = agreement.since + timedelta(days=rule.days or 0)
        return None if due < case.around.day else {"wait": f" : acquis sans réponse après le {french(due)}"}
    return {"wait": ""}
