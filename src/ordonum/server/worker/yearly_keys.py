"""Next year's keys: on the disk, then known to the database, then in use, without a restart."""

import asyncio
from datetime import UTC

from ordonum.server.events import Event, log
from ordonum.server.store.credentials import add_fingerprints, fingerprints, key_dates
from ordonum.server.usecases.context import Context
from ordonum.server.vault.keys import KeysRefused, fingerprint, load_or_create, years_wanted
from ordonum.server.vault.vault import Vault


async def add_coming_keys(context: Context) -> bool:
    """Add the year keys that are wanted today and missing. True when some were added.

    The file is judged as at a start: one that is not this database's is refused (KeysRefused), and the keys in use stay.
    """
    now = context.now()
    if all(context.vault.has_year(year) for year in years_wanted(now.astimezone(UTC).date())):
        return False
    known = await fingerprints(context.pool)
    keys = await asyncio.to_thread(load_or_create, context.settings.key_file, known, database_empty=False, now=now)
    await add_fingerprints(context.pool, {name: fingerprint(name, key) for name, key in keys.named()}, now)
    remembered = await fingerprints(context.pool)
    if any(remembered.get(name) != fingerprint(name, key) for name, key in keys.named()):
        raise KeysRefused("Un autre service a d'autres clés pour cette base : elles ne servent pas.")
    context.vault = Vault(keys, await key_dates(context.pool))
    log(Event.KEYS_ADDED)
    return True
