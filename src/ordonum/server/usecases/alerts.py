"""The insurer's office reads what it was alerted of: who, when, from where, of what kind."""

from datetime import datetime

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.server.store.database import Pool
from ordonum.server.store.misses import alerts_since
from ordonum.server.usecases.tracing import Personal
from ordonum.server.vault.vault import Purpose, Vault
from ordonum.wire import native


class Alert(Struct, frozen=True):
    """An alert, of one of the kinds of migration 0010: the actor is whom it is about or, for a suspicion, who reported it."""

    at: datetime
    kind: str
    actor: Actor


async def alerts(pool: Pool, vault: Vault, since: datetime) -> tuple[Alert, ...]:
    """The alerts since a moment, oldest first, each with the actor of its audit entry. Raises Unreadable."""
    found = []
    for row in await alerts_since(pool, since):
        plain = vault.decrypt(Purpose.AUDIT, row.year, row.lookup, row.entry_id, row.personal)
        found.append(Alert(row.at, row.kind, native.reread(plain, Personal).actor))
    return tuple(found)
