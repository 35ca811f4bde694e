"""What the rules of an exceptional dispensing look for: after the expiry, how much more, for which treatments. Pure."""

from datetime import date

from ordonum.model.case import Case, Said
from ordonum.model.days import months_after
from ordonum.model.legal_delivery import french
from ordonum.model.legal_prescribing import end_of_treatment
from ordonum.model.rule import Rule
from ordonum.model.supply import Supply, days_of, left_to_give

VALID_MONTHS = 12


def _extra(case: Case) -> list[Supply]:
    """What was already given under the same exceptional rule."""
    return [each for each in case.given if each.exceptional is not None and each.exceptional is case.exceptional]


def expiry(case: Case) -> date:
    """The last day of a prescription for a line: of its whole treatment, begun when it was first delivered; at most a year."""
    written = case.around.order.written_on
    begun = next((each.day for each in case.given if each.exceptional is None), written)
    end, last = end_of_treatment(case.line, begun), months_after(written, VALID_MONTHS)
    return last if end is None else min(end, last)


def not_expired(rule: Rule, case: Case) -> Said | None:
    """Something may still be delivered on the prescription itself."""
    last = expiry(case)
    return {"day": french(last)} if left_to_give(case.given, case.line) and case.around.day <= last else None


def after_expiry(rule: Rule, case: Case) -> Said | None:
    """The first such delivery comes more than `months` after the expiry."""
    last = months_after(expiry(case), rule.months or 0)
    return {"day": french(last)} if not _extra(case) and last < case.around.day else None


def shorter(rule: Rule, case: Case) -> Said | None:
    """The treatment was prescribed for less than `months`, or without a duration."""
    written = case.around.order.written_on
    end = end_of_treatment(case.line, written)
    return {} if end is None or end < months_after(written, rule.months or 0) else None


def extra_days(rule: Rule, case: Case) -> Said | None:
    """With what was given so before, more than `days` of treatment."""
    before = sum(days_of(each.amount, case.line) or 0 for each in _extra(case))
    total = before + (days_of(case.amount or 0, case.line) or 0)
    return {"asked": total, "most": rule.days} if total > (rule.days or 0) else None


def extra_times(rule: Rule, case: Case) -> Said | None:
    """One was already given."""
    return {} if _extra(case) else None
