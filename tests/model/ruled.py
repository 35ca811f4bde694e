"""A delivery on a chosen day before the rules that ship: what the tests of legal rules stand on."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from factories import a_medicine, an_actor, an_execution, boxes, delivered, executed, registered
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.rules import RULES
from ordonum.model.acts import Execution, Given
from ordonum.model.decisions import check_execution
from ordonum.model.facts import Facts
from ordonum.model.identifiers import BirthDate
from ordonum.model.kept import Act, Executed
from ordonum.model.outcomes import Delivered
from ordonum.model.prescription import Identity
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.refusals import Refused
from ordonum.model.rule import Rule
from ordonum.model.state import State, state

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
DAY = timedelta(days=1)


def rule(name: str) -> Rule:
    """The row of that name."""
    (found,) = (each for each in RULES if each.name == name)
    return found


def noon(day: date, zone: ZoneInfo = PARIS) -> datetime:
    """Noon of that day there."""
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def medicine(*substances: str, rank: int = 1, days: int | None = 30, of: int = 1, **rest: Any) -> MedicineLine:
    """A medicine of these substances: `of` boxes for `days` days."""
    made = a_medicine(rank, quantity=boxes(of), duration_days=days, label=" + ".join(substances))
    return msgspec.structs.replace(made, substances=tuple(Substance(each) for each in substances), **rest)


def given_on(day: date, many: int = 1, *, line: int = 1, zone: ZoneInfo = PARIS) -> Executed:
    """A past delivery of so many boxes."""
    return executed(delivered(line, boxes(many)), at=noon(day, zone))


def standing(*acts: Act) -> State:
    """The state that they make."""
    found = state(acts)
    assert found is not None
    return found


def facts_of(
    *acts: Act,
    day: date,
    zone: ZoneInfo = PARIS,
    rules: tuple[Rule, ...] = RULES,
    born: str = "1979-03-14",
    **rest: Any,
) -> Facts:
    """What a decision of that day is made on."""
    return Facts(
        state=standing(*acts),
        actor=an_actor(),
        sealed=Identity("Éloïse", BirthDate(born)),
        may_execute=rest.pop("may_execute", may_execute(an_actor())),
        rules=rules,
        conditions=CONDITIONS,
        now=noon(day, zone) + timedelta(hours=1),
        zone=zone,
        **rest,
    )


def said(execution: Execution, facts: Facts) -> tuple[str, str]:
    """What becomes of it: the code of the refusal, or `told`, or `silent`; and all that is said."""
    try:
        verdict = check_execution(execution, facts)
    except Refused as refused:
        return refused.refusal.code, " / ".join(each.detail for each in refused.faults)
    return ("told" if verdict.notices else "silent"), " / ".join(verdict.notices)


def deliver(
    *acts: Act, on: date, many: int = 1, line: int = 1, zone: ZoneInfo = PARIS, only: str | None = None, **rest: Any
) -> tuple[str, str]:
    """Deliver so many boxes of a line that day, before all rules or only the one of that name."""
    lines: tuple[Delivered, ...] = rest.pop("lines", None) or (delivered(line, boxes(many)),)
    act = {each: rest.pop(each) for each in ("rule_reason", "bearer", "given") if each in rest}
    execution = msgspec.structs.replace(
        an_execution(*lines, performed_at=noon(on, zone), given=act.pop("given", Given.NOW)), **act
    )
    rules = RULES if only is None else (rule(only),)
    if "born" in rest:
        assert execution.beneficiary is not None
        beneficiary = msgspec.structs.replace(execution.beneficiary, birth_date=BirthDate(rest["born"]))
        execution = msgspec.structs.replace(execution, beneficiary=beneficiary)
    return said(execution, facts_of(*acts, day=on, zone=zone, rules=rules, **rest))


def ordered(*lines: Any, on: date, **rest: Any) -> Act:
    """A registration of these lines, written that day."""
    return registered(*lines, written_on=on, **rest)
