"""What the legal rules say of an execution, and of a delivery that one only thinks of. Pure."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ordonum.model.acts import Execution
from ordonum.model.case import Around, Case
from ordonum.model.conditions import NO_TABLE, Table, known_of
from ordonum.model.course import Contents, disagrees, no_contents, with_duration
from ordonum.model.days import legal_day
from ordonum.model.facts import Facts, Finding
from ordonum.model.identifiers import BirthDate
from ordonum.model.legal import BY_HAND, PARIS, Met, in_question, met, of_lines
from ordonum.model.lines import FreeTextLine
from ordonum.model.measure import covered, one_delivery
from ordonum.model.outcomes import Added, Delivered, Handwritten
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Fault, Refusal, Refused, happened
from ordonum.model.rule import Effect, Rule
from ordonum.model.state import State
from ordonum.model.supply import supplies


def met_by(execution: Execution, facts: Facts) -> list[tuple[int, Met]]:
    """The rules that an execution meets, each with the place in the act of the line that does."""
    if not facts.rules:
        return []
    cases = list(cases_of(execution, facts))
    asked = in_question(facts.rules, cases[0][1].around) if cases else ()
    return [(place, each) for place, case in cases for each in met(asked, case)]


def cases_of(execution: Execution, facts: Facts) -> Iterator[tuple[int, Case]]:
    """The lines that an execution delivers, each with the place of its first delivery in the act: one case a line, and one for
    each that the prescriber added by hand.
    """
    day = legal_day(execution.performed_at, facts.zone)
    order, given = facts.state.order, supplies(facts.state, facts.zone, facts.contents)
    around = Around(
        order=order,
        day=day,
        exceptional=any(isinstance(each, Delivered) and each.exceptional is not None for each in execution.lines),
        birth=facts.sealed.birth_date,
        executant=facts.actor.place.key,
        bearer=execution.bearer,
        covered=facts.covered,
        contents=facts.contents,
    )
    asked: dict[int, tuple[int, list[Delivered]]] = {}
    for place, each in enumerate(execution.lines):
        if isinstance(each, Handwritten) and not isinstance(each, Added):
            by_hand = FreeTextLine(rank=BY_HAND, text=each.text)
            yield place, Case(around=around, line=by_hand, known=known_of(by_hand, facts.conditions, day))
        elif isinstance(each, Delivered):
            asked.setdefault(each.line, (place, []))[1].append(each)
    for rank, (place, outcomes) in asked.items():
        if not 1 <= rank <= len(order.lines):
            continue
        line = with_duration(order.lines[rank - 1], facts.contents, order.written_on)
        yield (
            place,
            Case(
                around=around,
                line=line,
                known=known_of(line, facts.conditions, day),
                given=[each for each in given.get(rank, ()) if each.day <= day],
                asked=tuple(outcomes),
                amount=sum(covered(each, line) or one_delivery(line) for each in outcomes),
            ),
        )


def rule_findings(found: list[tuple[int, Met]], execution: Execution) -> Iterator[Finding]:
    """What rules refuse, then what they ask a reason for when none was given."""
    for place, each in found:
        if each.effect is Effect.REFUSES:
            at = f"$.execution.lines[{place}]"
            yield Finding(refusal=Refusal.RULE_REFUSES, at=at, facts=_facts(each))
    if execution.rule_reason is None:
        for _, each in found:
            if each.effect is Effect.ASKS:
                yield Finding(refusal=Refusal.RULE_ASKS, at="$.execution.rule_reason", facts=_facts(each))


def _facts(each: Met) -> dict[str, Any]:
    return {"sentence": each.said_of_line, "article": each.article}


def prescribing_told(
    order: SignedOrder,
    rules: tuple[Rule, ...],
    conditions: Table,
    birth: BirthDate | None,
    *,
    at: str = "$.jws",
    contents: Contents = no_contents,
) -> tuple[str, ...]:
    """What the rules that inform say of a prescription. Raises Refused, with every line at fault, for those that refuse, then
    for those that ask a reason that the line does not give. A sheet that left on paper has happened: it is only told.
    """
    around = Around(order=order, day=order.written_on, registering=True, birth=birth, contents=contents)
    asked = in_question(rules, around)
    found = [
        each
        for line in (with_duration(each, contents, order.written_on) for each in order.lines)
        for each in met(asked, Case(around=around, line=line, known=known_of(line, conditions, around.day)))
    ]
    beside = tuple(durations_told(order))
    if order.on_paper is not None:
        return told(found) + beside
    for effect, refusal, where in (
        (Effect.REFUSES, Refusal.RULE_REFUSES_PRESCRIBING, ""),
        (Effect.ASKS, Refusal.RULE_ASKS_PRESCRIBING, ".override"),
    ):
        against = [each for each in found if each.effect is effect and not _answered(each, order)]
        if against:
            faults = tuple(
                Fault(f"{at}.lines[{each.line - 1}]{where}", refusal.code, happened(refusal, **_facts(each)))
                for each in against
            )
            raise Refused(refusal, faults=faults, **_facts(against[0]))
    return told(each for each in found if each.effect is Effect.INFORMS) + beside


def durations_told(order: SignedOrder, ranks: Container[int] | None = None) -> Iterator[str]:
    """The lines (of those ranks) whose dosage says another duration than they do: the shorter counts, and readers are told."""
    for line in order.lines:
        if (ranks is None or line.rank in ranks) and (days := disagrees(line)) is not None:
            yield (
                f"{of_lines([line.rank])} : la posologie dure {days} jours et la ligne dit {line.duration_days} jours ; "
                f"la durée la plus courte compte"
            )


def _answered(each: Met, order: SignedOrder) -> bool:
    return each.effect is Effect.ASKS and order.lines[each.line - 1].override is not None


def told(found: Iterable[Met]) -> tuple[str, ...]:
    """The sentences of rules, one for all the lines of which it says the same."""
    lines: dict[tuple[str, str], list[int]] = {}
    for each in found:
        lines.setdefault((each.said, each.article), []).append(each.line)
    return tuple(f"{of_lines(ranks)} : {said} ({article})" for (said, article), ranks in lines.items())


def rules_met(
    state: State,
    rules: tuple[Rule, ...],
    day: date,
    *,
    conditions: Table = NO_TABLE,
    contents: Contents = no_contents,
    zone: ZoneInfo = PARIS,
) -> Iterator[Met]:
    """The rules that a delivery on that day would meet, line by line, whatever was handed over; what is over is passed."""
    given = supplies(state, zone, contents)
    around = Around(order=state.order, day=day, contents=contents)
    asked = in_question(rules, around)
    for line in state.order.lines:
        remainder = state.remainder(line.rank)
        if remainder is None or remainder.left == 0:
            continue
        known = known_of(line, conditions, day)
        timed = with_duration(line, contents, state.order.written_on)
        yield from met(asked, Case(around=around, line=timed, known=known, given=given.get(line.rank, ())))
