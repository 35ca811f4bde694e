"""An executant takes back what they recorded, whole or some lines: what it had taken is left again at once."""

from ordonum.model.acts import WithdrawRequest
from ordonum.model.executant_acts import check_withdrawal
from ordonum.model.justification import changed_by
from ordonum.model.kept import Executed, Withdrawn
from ordonum.model.outcomes import Handwritten, hands_over
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Beside
from ordonum.server.usecases.asking import Brought
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History
from ordonum.server.usecases.people import gone_patient
from ordonum.server.usecases.recording import Asked, Decided, record
from ordonum.server.usecases.scanned import authentic_code, unknown
from ordonum.wire import native


async def withdraw(context: Context, caller: Caller, request: WithdrawRequest) -> Answer:
    """Record a withdrawal. Raises Refused: unknown, somebody else's, withdrawn already, a line that it does not have."""
    actor, withdrawal = caller.actor, request.withdrawal
    lookup = context.vault.lookup(request.number)

    async def decide(history: History) -> Decided:
        if history.state is None:
            raise unknown(await authentic_code(context, request.number, request.qr), history, actor)
        standing = check_withdrawal(actor, withdrawal, history.state, history.executions)
        now = context.now()
        kept = Withdrawn(
            act_id=withdrawal.act_id,
            recorded_at=now,
            by=actor,
            execution=withdrawal.execution,
            reason=withdrawal.reason,
            lines=withdrawal.lines,
            note=withdrawal.note,
        )
        gone = None if _still_attaches(standing, withdrawal.lines) else gone_patient(context, history, standing.act_id)
        return Decided(
            at=now,
            performed_at=now,
            body=native.write(kept),
            acknowledged=native.canonical(withdrawal),
            beside=Beside(gone=gone, gone_act=standing.act_id if gone is not None else None),
            justification=changed_by(kept, history.acts),
        )

    content = native.canonical(withdrawal)
    brought = Brought(request.number, request.qr)
    asked = Asked(kind="withdraw", lookup=lookup, act_id=withdrawal.act_id, content=content, brought=brought)
    return await record(context, caller, asked, decide)


def _still_attaches(standing: Executed, lines: tuple[int, ...]) -> bool:
    """Whether what stays of the execution still hands something over, and so still attaches its patient."""
    stays = [each for each in standing.lines if isinstance(each, Handwritten) or each.line not in lines]
    return bool(lines) and hands_over(stays)
