"""What clients are told of a restoration: in `/health`, and with each token."""

from ordonum.model.restoration import Restoration, told
from ordonum.server.store.restorations import restorations
from ordonum.server.usecases.context import Context


async def restored(context: Context) -> Restoration | None:
    """The restoration of the last 35 days, if there was one. Raises Refused(UNAVAILABLE)."""
    return told(await restorations(context.pool), context.now())
