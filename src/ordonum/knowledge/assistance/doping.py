"""Doping: classes of the prohibited list, for athletes. Pure."""

from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.terrain import alert, gravest, warned
from ordonum.model.alert import AlertKind


def check(case: Case, findings: Findings) -> None:
    """What the lines are for an athlete; nothing is said of anyone who is not known to be one."""
    if not case.subject.athlete:
        return
    for product in case.lines:
        for each in product.substances:
            rows = warned(AlertKind.DOPING, case, product, each)
            findings.alerts += gravest((row, alert(row, product, each)) for row in rows)
