"""The insurer's office records that a patient opposes the prescribers' reading: standing, from now on, for all that was and
will be executed under their number (CSP R.4072-1 and following)."""

from ordonum.model.office import OpposeRequest
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.opposing import record_opposition


async def oppose(context: Context, caller: Caller, request: OpposeRequest) -> Answer:
    """Record an opposition. Raises Refused: a number that names nobody, a purpose of another mission, one that stands."""
    return await record_opposition(context, caller, "oppose", request.opposition)
