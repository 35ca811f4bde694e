"""Whether an execution completes a delivery: derived from the acts, never typed (JDV_CompletudeDispensation_CISIS)."""

from uuid import UUID

from ordonum.model.kept import Executed
from ordonum.model.labels import Labelled
from ordonum.model.measure import allowed, covered, one_delivery
from ordonum.model.outcomes import Delivered
from ordonum.model.state import State


class Completeness(Labelled):
    """First or next delivery, whole or part of it (OID 1.2.250.1.213.1.1.5.765)."""

    FIRST_COMPLETE = "FFC", "première délivrance, complète"
    FIRST_PARTIAL = "FFP", "première délivrance, partielle"
    NEXT_PARTIAL = "RFP", "délivrance suivante, partielle"
    NEXT_COMPLETE = "RFC", "délivrance suivante, complète"


def completeness(state: State) -> dict[UUID, dict[int, Completeness]]:
    """By execution and line: what it made of the delivery that it began or went on with. Lines of which nobody set a number,
    and those that it does not deliver, are not there.
    """
    before: dict[int, int] = {}
    found: dict[UUID, dict[int, Completeness]] = {}
    for execution in state.executions:
        made = found[execution.act_id] = {}
        for rank, amount in _amounts(execution, state).items():
            line, already = state.order.lines[rank - 1], before.get(rank, 0)
            before[rank] = already + amount
            if allowed(line) is not None:
                made[rank] = _of(already, amount, one_delivery(line))
    return found


def _of(already: int, amount: int, single: int) -> Completeness:
    whole = already + amount >= (already // single + 1) * single
    if already < single:
        return Completeness.FIRST_COMPLETE if whole else Completeness.FIRST_PARTIAL
    return Completeness.NEXT_COMPLETE if whole else Completeness.NEXT_PARTIAL


def _amounts(execution: Executed, state: State) -> dict[int, int]:
    amounts: dict[int, int] = {}
    for each in execution.lines:
        if isinstance(each, Delivered) and state.remainder(each.line) is not None:
            line = state.order.lines[each.line - 1]
            amounts[each.line] = amounts.get(each.line, 0) + (covered(each, line) or one_delivery(line))
    return amounts
