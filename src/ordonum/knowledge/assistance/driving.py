"""Driving: level 3 («ne pas conduire») is a caution, level 2 a note; level 1 is not said. Pure."""

from ordonum.knowledge.assistance.patient import Case, Findings
from ordonum.knowledge.assistance.terrain import alert, gravest, warned
from ordonum.model.alert import AlertKind, AlertLevel


def check(case: Case, findings: Findings) -> None:
    """What the lines do to driving, for whoever drives."""
    if case.subject.drives is False:
        return
    for product in case.lines:
        rows = [(each, row) for each in product.substances for row in warned(AlertKind.DRIVING, case, product, each)]
        if case.subject.drives:
            findings.alerts += gravest((row, alert(row, product, each)) for each, row in rows)
        elif any(row.level is AlertLevel.CAUTION for _, row in rows):
            findings.not_done(AlertKind.DRIVING, product, "on ne sait pas si le patient conduit")
