"""The prescription that a prescriber names: by its number, or by their own act that registered it."""

from ordonum.model.actors import Actor
from ordonum.model.acts import ByNumber, ByOwnAct
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.store.acts import find_own_act
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.register import OWN_ACT


async def named(context: Context, actor: Actor, prescription: ByNumber | ByOwnAct) -> bytes:
    """The lookup of the prescription. Raises Refused(UNKNOWN_OWN_ACT)."""
    if isinstance(prescription, ByNumber):
        return context.vault.lookup(prescription.number)
    blind = context.vault.blind(OWN_ACT, f"{actor.rpps}/{prescription.register_act_id}")
    lookup = await find_own_act(context.pool, blind)
    if lookup is None:
        raise Refused(Refusal.UNKNOWN_OWN_ACT)
    return lookup
