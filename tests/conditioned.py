"""A line before the rules of law, with a table of conditions: what both tests of the drug base's conditions stand on."""

from datetime import date, timedelta
from typing import Any

from ruled import medicine

from factories import an_order
from ordonum.knowledge.rules import RULES
from ordonum.model.case import Around, Case
from ordonum.model.conditions import Table, known_of
from ordonum.model.legal import in_question, met
from ordonum.model.products import MedicineLine

WRITTEN = date(2026, 11, 16)
LISTED = "listed-lasts-12-months"


def a_line(*substances: str, days: int = 400, **rest: Any) -> MedicineLine:
    """A medicine for longer than any rule lets."""
    return medicine(*substances, days=days, **rest)


def rules_met(line: MedicineLine, table: Table, *, given: bool = False) -> set[str]:
    """The rules that it meets, but that of how it is named: registered, or first delivered three months and some days after."""
    day = WRITTEN + timedelta(days=100 if given else 0)
    around = Around(order=an_order(line, written_on=WRITTEN), day=day, registering=not given)
    case = Case(around=around, line=line, known=known_of(line, table, day), amount=1 if given else None)
    return {each.rule.name for each in met(in_question(RULES, around), case)} - {"common-name-whole"}
