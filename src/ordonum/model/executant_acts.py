"""Decisions on what an executant does with what they recorded: withdraw it, correct it. Pure."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from ordonum.model.actors import Actor
from ordonum.model.acts import Execution
from ordonum.model.amending import Withdrawal
from ordonum.model.kept import Act, Executed, Withdrawn
from ordonum.model.outcomes import Handwritten
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, joined, state


def same_author(actor: Actor, by: Actor) -> bool:
    """Whether a repeat comes from the author of an act, or from their structure: what its outbox kept, it may send again."""
    return actor.author == by.author or actor.place.key == by.place.key


def check_withdrawal(actor: Actor, withdrawal: Withdrawal, state: State, executions: tuple[Executed, ...]) -> Executed:
    """The execution that is withdrawn, as it stands; `executions` are all, standing or not.

    Raises Refused: unknown, somebody else's, withdrawn already, or a line that it does not have.
    """
    standing = amended(actor, withdrawal.execution, state, executions, at="$.withdrawal.execution")
    held = {each.line for each in standing.lines if not isinstance(each, Handwritten)}
    had = next(each for each in executions if each.act_id == withdrawal.execution)
    once = {each.line for each in had.lines if not isinstance(each, Handwritten)}
    for place, rank in enumerate(withdrawal.lines):
        at = f"$.withdrawal.lines[{place}]"
        if rank not in once:
            raise Refused(Refusal.UNKNOWN_LINE, at=at, line=rank)
        if rank not in held:
            raise Refused(Refusal.ALREADY_WITHDRAWN, at=at)
    return standing


def amended(actor: Actor, execution: UUID, state: State, executions: tuple[Executed, ...], *, at: str) -> Executed:
    """One's own execution, as it stands. Raises Refused: unknown, somebody else's, withdrawn or corrected already."""
    first = next((each for each in executions if each.act_id == execution), None)
    if first is None:
        raise Refused(Refusal.UNKNOWN_EXECUTION, at=at)
    if not same_author(actor, first.by):
        raise Refused(Refusal.NOT_YOUR_EXECUTION, at=at)
    standing = next((each for each in state.executions if each.act_id == execution), None)
    if standing is None:
        raise Refused(Refusal.ALREADY_WITHDRAWN, at=at)
    return standing


def judged_on(actor: Actor, execution: Execution, now: State, acts: Sequence[Act]) -> State:
    """The state on which an execution is judged: as if the one that it corrects, which must be the actor's own, were withdrawn.
    Not as if it had never been: what that one corrected itself would stand again. Raises Refused.
    """
    correction = execution.corrects
    if correction is None:
        return now
    amended(actor, correction.execution, now, joined(acts, now.order), at="$.execution.corrects.execution")
    taken_back = Withdrawn(
        act_id=execution.act_id,
        recorded_at=execution.performed_at,
        by=actor,
        execution=correction.execution,
        reason=correction.reason,
    )
    without = state([*acts, taken_back])
    assert without is not None
    return msgspec.structs.replace(without, opposed_later=now.opposed_later)
