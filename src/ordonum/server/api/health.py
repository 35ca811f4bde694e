"""What `/health` and `/metrics` tell of the whole service: nothing in it tells who uses it."""

from datetime import UTC, datetime

from msgspec import Struct

from ordonum import __version__
from ordonum.model.refusals import Refused
from ordonum.server.metrics import Standing
from ordonum.server.store.standing import newest_lists
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.restored import restored

OK, STOPPING, NO_DATABASE = "ok", "arrêt", "base injoignable"
UP_TO_DATE, OVERDUE, NEVER = "à jour", "en retard", "aucune"


class Health(Struct, frozen=True, kw_only=True):
    """How the service stands. Only `ok` may be given requests: everything else is answered with status 503.

    `restored_at`, `restored_to`: when a back-up was put back in the last 35 days, and until when it holds all; else None.
    `revocation_list`: the latest lists of the authorities; None when the database does not tell.
    `coming_keys`: whether next year's keys are loaded, as they must be from 1 December. `drug_base`: the day of the drug
    base in use, and whether it is an imported one or the formulary.
    """

    status: str
    version: str
    sandbox: bool
    restored_at: datetime | None
    restored_to: datetime | None
    revocation_list: str | None
    coming_keys: bool
    drug_base: str

    @property
    def code(self) -> int:
        """The status of the HTTP answer."""
        return 200 if self.status == OK else 503


async def health(context: Context, *, stopping: bool) -> Health:
    """How the service stands now. Two small statements."""
    told = await standing(context)
    status = STOPPING if stopping else OK
    found = await restored(context) if told.database_up else None
    drugs = context.drugs.edition
    return Health(
        status=status if told.database_up else NO_DATABASE,
        version=told.version,
        sandbox=context.settings.sandbox,
        restored_at=found.restored_at if found else None,
        restored_to=found.restored_to if found else None,
        revocation_list=_lists(told),
        coming_keys=told.coming_keys,
        drug_base=f"{'importée' if drugs.whole else 'formulaire'}, {drugs.of}",
    )


async def standing(context: Context) -> Standing:
    """The same as figures."""
    now = context.now().astimezone(UTC)
    dates, up = None, True
    try:
        dates = await newest_lists(context.pool, [each.subject.public_bytes() for each in context.trust.issuers])
    except Refused:
        up = False
    return Standing(
        version=__version__,
        database_up=up,
        list_age=(now - dates.oldest).total_seconds() if dates else None,
        list_overdue=max(0.0, (now - dates.due).total_seconds()) if dates else None,
        year_keys=context.vault.has_year(str(now.year)),
        coming_keys=context.vault.has_year(str(now.year + 1)),
    )


def _lists(told: Standing) -> str | None:
    if not told.database_up:
        return None
    if told.list_overdue is None:
        return NEVER
    return OVERDUE if told.list_overdue > 0 else UP_TO_DATE
