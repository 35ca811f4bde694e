"""What stands against an execution that came before its registration, judged once the order is there. Pure.

It joined the state «d'après le papier», lines matched by rank: what a rule would have refused is marked, never undone.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import takewhile

from ordonum.model.kept import Executed
from ordonum.model.measure import covered, one_delivery
from ordonum.model.outcomes import Delivered, Handwritten, hands_over
from ordonum.model.refusals import Refusal
from ordonum.model.state import State


def conflicts(execution: Executed, state: State) -> tuple[str, ...]:
    """The codes of what an early execution is in conflict with; none for one that came after the registration."""
    if not execution.early:
        return ()
    found: list[Refusal] = []
    given = _given_before(execution, state)
    for each in execution.lines:
        if isinstance(each, Handwritten):
            continue
        remainder = state.remainder(each.line)
        if remainder is None:
            found.append(Refusal.UNKNOWN_LINE)
        elif isinstance(each, Delivered):
            line = state.order.lines[each.line - 1]
            if line.secured:
                found.append(Refusal.SECURED_UNREGISTERED)
            given[each.line] += covered(each, line) or one_delivery(line)
            more = remainder.total is not None and given[each.line] > remainder.total
            if more and (line.secured or each.beyond_reason is None):
                found.append(Refusal.SECURED_MORE_THAN_LEFT if line.secured else Refusal.MORE_THAN_LEFT)
    found += _stopped(execution, state)
    if execution.performed_at.astimezone(UTC).date() < state.order.written_on - timedelta(days=1):
        found.append(Refusal.PERFORMED_BEFORE_WRITTEN)
    return tuple(dict.fromkeys(each.code for each in found))


def _stopped(execution: Executed, state: State) -> Iterator[Refusal]:
    """What had been stopped when the execution was recorded."""
    stop = state.stopped
    if stop is not None and stop.recorded_at <= execution.recorded_at and hands_over(execution.lines):
        yield Refusal.CANCELLED if state.cancelled is not None else Refusal.REPLACED
    for each in execution.lines:
        line_stop = state.stops.get(each.line) if isinstance(each, Delivered) else None
        if line_stop is not None and line_stop.recorded_at <= execution.recorded_at:
            yield Refusal.LINE_CANCELLED


def _given_before(execution: Executed, state: State) -> Counter[int]:
    """What was given of each line by the executions recorded before this one: what comes later accuses nobody of before."""
    given: Counter[int] = Counter()
    for act in takewhile(lambda each: each.act_id != execution.act_id, state.executions):
        for each in act.lines:
            if isinstance(each, Delivered) and state.remainder(each.line) is not None:
                line = state.order.lines[each.line - 1]
                given[each.line] += covered(each, line) or one_delivery(line)
    return given
