"""A refusal about a prescription is traced too, in a statement of its own: the refused act left nothing behind."""

from ordonum.model.actors import Actor
from ordonum.model.refusals import Refusal
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.tracing import entry


async def trace_refusal(context: Context, actor: Actor, lookup: bytes, *, action: str, refusal: Refusal) -> None:
    """Add an entry that says who was refused what. Raises Refused when it could not be added."""
    now = context.now()
    refused = entry(context, lookup, action=action, actor=actor, at=now, year=now.year, outcome=refusal.code)
    await add_entry(context.pool, lookup, refused)
