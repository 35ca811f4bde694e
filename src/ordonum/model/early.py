"""What stands against an execution that came before its registration, judged once the order is there. Pure.

It joined the state «d'après le papier», lines matched by rank: what a rule would have refused is marked, never undone.
"""

from datetime import UTC, timedelta

from ordonum.model.acts import Executed
from ordonum.model.outcomes import Delivered, Handwritten
from ordonum.model.refusals import Refusal
from ordonum.model.state import State


def conflicts(execution: Executed, state: State) -> tuple[str, ...]:
    """The codes of what an early execution is in conflict with; none for one that came after the registration."""
    if not execution.early:
        return ()
    found: list[Refusal] = []
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
            if remainder.beyond:
                found.append(Refusal.SECURED_MORE_THAN_LEFT if line.secured else Refusal.MORE_THAN_LEFT)
    if state.cancelled is not None and state.cancelled.recorded_at <= execution.recorded_at:
        found.append(Refusal.CANCELLED)
    if execution.performed_at.astimezone(UTC).date() < state.order.written_on - timedelta(days=1):
        found.append(Refusal.PERFORMED_BEFORE_WRITTEN)
    return tuple(dict.fromkeys(each.code for each in found))
