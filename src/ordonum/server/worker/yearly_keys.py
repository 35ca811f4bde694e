"""Next year's keys: on the disk, then known to the database, then in use, without a restart."""

import asyncio
from datetime import UTC

from ordonum.server.events import Event, log
from ordonum.server.store.credentials import add_fingerprints
from ordonum.server.usecases.context import Context
from ordonum.server.vault.keys import fingerprint, read_file, with_years, write_file
from ordonum.server.vault.vault import Vault


async def add_coming_keys(context: Context) -> bool:
    """Add the year keys that are wanted today and missing. True when some were added."""
    now = context.now()
    file = context.settings.key_file
    keys = await asyncio.to_thread(read_file, file)
    completed = with_years(keys, now.astimezone(UTC).date())
    if completed is keys:
        return False
    await asyncio.to_thread(write_file, file, completed)
    await add_fingerprints(context.pool, {name: fingerprint(name, key) for name, key in completed.named()}, now)
    context.vault = Vault(completed)
    log(Event.KEYS_ADDED)
    return True
