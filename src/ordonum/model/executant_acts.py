"""Decisions on what an executant does with what they recorded: withdraw it, correct it. Pure."""

from uuid import UUID

from ordonum.model.actors import Actor
from ordonum.model.amending import Withdrawal
from ordonum.model.kept import Executed
from ordonum.model.outcomes import Handwritten
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State


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
