"""What the rules of a prescription look for, when it is registered: the facts of a sentence, or None. Pure."""

from datetime import date, timedelta

from ordonum.model.case import Case, Said
from ordonum.model.days import months_after
from ordonum.model.lines import BaseLine
from ordonum.model.rule import Rule

MONTH_DAYS = range(28, 32)  # a delivery of four weeks to thirty-one days is a month, and twelve of them a year


def end_of_treatment(line: BaseLine, start: date) -> date | None:
    """The first day after the whole treatment if it begins that day, renewals included; None where no duration is written."""
    if line.duration_days is None:
        return None
    if line.duration_days in MONTH_DAYS and line.renewals:
        return months_after(start, 1 + line.renewals)
    return start + timedelta(days=line.duration_days * (1 + line.renewals))


def lasts(rule: Rule, case: Case) -> Said | None:
    """A treatment longer than `months`, or than `days`: the medicine's own limit first, where the table has one."""
    line, start = case.line, case.around.order.written_on
    if line.duration_days is None:
        return None
    total = line.duration_days * (1 + line.renewals)
    if rule.months:
        end = end_of_treatment(line, start)
        return {"asked": total} if end is not None and end > months_after(start, rule.months) else None
    most = min(rule.days or total, case.known.max_days or total)
    return {"asked": total, "most": most} if total > most else None
