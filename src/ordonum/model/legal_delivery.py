"""What the rules of a delivery look for: one small function a check, the facts of its sentence or None. Pure."""

from datetime import date, timedelta

from ordonum.model.case import Case, Said
from ordonum.model.days import months_after
from ordonum.model.rule import Rule
from ordonum.model.supply import days_of, is_large_pack, renewed_from

LARGE_PACK_DAYS = 92  # three months, whichever they are


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


def at_once(rule: Rule, case: Case) -> Said | None:
    """More days of treatment at once than `days`; one large box may make up to three months."""
    days = days_of(case.amount, case.line) if case.amount else None
    most = rule.days or 0
    if days is None or days <= most:
        return None
    if is_large_pack(case.line, most) and days <= LARGE_PACK_DAYS:
        return None
    return {"asked": days, "most": most}


def too_soon(rule: Rule, case: Case) -> Said | None:
    """Another delivery before what was delivered can have been taken."""
    start = renewed_from(case.given, case.line, case.amount or 1)
    if start is None or case.around.day >= start:
        return None
    return {"day": french(start)}


def not_stated(rule: Rule, case: Case) -> Said | None:
    """A renewal of what the prescriber did not say may be renewed, or forbade."""
    forbidden = case.line.renewals == 0 or getattr(case.line, "renewal_forbidden", False)
    return {} if forbidden and renewed_from(case.given, case.line, case.amount or 1) is not None else None
