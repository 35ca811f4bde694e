"""The insurer's office lifts a patient's opposition at their request: prescribers are answered again."""

from ordonum.model.office import LiftRequest
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.opposing import record_opposition


async def lift(context: Context, caller: Caller, request: LiftRequest) -> Answer:
    """Record a lifting. Raises Refused: a number that names nobody, a purpose of another mission, no opposition stands."""
    return await record_opposition(context, caller, "lift", request.lifting)
