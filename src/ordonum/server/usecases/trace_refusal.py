"""A refusal about a prescription is traced too, in a statement of its own: the refused act left nothing behind."""

from ordonum.model.actors import Actor
from ordonum.model.acts import (
    ByNumber,
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    InvoiceRequest,
    ReadBackRequest,
    RegisterRequest,
)
from ordonum.model.delegation import DelegateRequest
from ordonum.model.refusals import Refusal
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.tracing import entry

AboutOne = RegisterRequest | ConsultRequest | ExecuteRequest | CancelRequest | ReadBackRequest | InvoiceRequest
Asked = AboutOne | DelegateRequest
_NAMES_IT = (CancelRequest, ReadBackRequest)

# A failing service is no refusal about a prescription; and a trace that fails too must not change what is said of the act.
_NOT_TRACED = frozenset({Refusal.UNAVAILABLE, Refusal.OUTCOME_UNKNOWN, Refusal.BUSY, Refusal.UNKNOWN_OWN_ACT})


async def trace_refusal(context: Context, actor: Actor, asked: Asked, *, action: str, refusal: Refusal) -> None:
    """Add an entry that says who was refused what on the prescription that `asked` names.

    Raises Refused(UNAVAILABLE) when it could not be added: the act was refused all the same.
    """
    if refusal in _NOT_TRACED or isinstance(asked, DelegateRequest):
        return
    prescription = asked.prescription if isinstance(asked, _NAMES_IT) else ByNumber(asked.number)
    lookup = await named(context, actor, prescription)
    now = context.now()
    refused = entry(context, lookup, action=action, actor=actor, at=now, year=now.year, outcome=refusal.code)
    await add_entry(context.pool, lookup, refused)
