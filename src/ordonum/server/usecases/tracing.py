"""The audit entry of an act, a consultation or a refusal.

The leaf is canonical and holds no personal field, only a commitment to them: HMAC under a key of its own, kept beside
them under data[year]. Destroying that ciphertext shreds the person and leaves the leaf, hence any tree of leaves, whole.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.care_team import Care
from ordonum.model.insurer import Purpose
from ordonum.server.store.acts import AuditRow
from ordonum.server.usecases.context import Context
from ordonum.server.vault.vault import Purpose as Sealing
from ordonum.wire import native


class Leaf(Struct, frozen=True, kw_only=True):
    """What is proved: when, what, on which row, with which outcome, and a commitment to who.

    No field has a default, so that all are always written; one that is added later comes with another `v`.
    """

    v: int
    entry_id: UUID
    at: datetime
    action: str
    lookup: str
    act_id: UUID | None
    outcome: str
    origin: str | None
    personal: str


class DeclaredLeaf(Leaf, frozen=True, kw_only=True):
    """The leaf (v2) of a call that declared its purpose: the purpose's code too; `personal` commits to actor and purpose."""

    purpose: str


class CareLeaf(DeclaredLeaf, frozen=True, kw_only=True):
    """The leaf (v3) of a care team's search: purpose and relation, by their codes; `personal` commits to actor and care."""

    relation: str


class Personal(Struct, frozen=True):
    """Who, and the key of the commitment (hexadecimal); what they declared, if such a call declares a purpose or a care."""

    key: str
    actor: Actor
    purpose: Purpose | None = None
    care: Care | None = None


@lru_cache(maxsize=1_024)
def _canonical(actor: Actor) -> bytes:
    return native.canonical(actor)


def entry(
    context: Context,
    lookup: bytes,
    *,
    action: str,
    actor: Actor,
    at: datetime,
    year: int,
    outcome: str,
    act_id: UUID | None = None,
    origin: str | None = None,
    purpose: Purpose | Care | None = None,
) -> AuditRow:
    """An entry ready to be added. `outcome` is `done` or the code of a refusal."""
    entry_id, key = context.draw_id(), context.draw_salt()
    committed = _canonical(actor) if purpose is None else native.canonical((actor, purpose))
    commitment = hmac.digest(bytes.fromhex(key), committed, hashlib.sha256).hex()
    leaf = Leaf(
        v=1,
        entry_id=entry_id,
        at=at.astimezone(UTC),
        action=action,
        lookup=lookup.hex(),
        act_id=act_id,
        outcome=outcome,
        origin=origin,
        personal=commitment,
    )
    who = Personal(key, actor)
    if purpose is not None:
        leaf, who = _declared(leaf, purpose), _declares(who, purpose)
    sealed = context.vault.encrypt(Sealing.AUDIT, year, lookup, entry_id, native.write(who))
    return AuditRow(entry_id=entry_id, recorded_at=at, year=year, leaf=native.canonical(leaf), personal=sealed)


def _declared(leaf: Leaf, purpose: Purpose | Care) -> DeclaredLeaf:
    said = {name: getattr(leaf, name) for name in Leaf.__struct_fields__}
    if isinstance(purpose, Purpose):
        return DeclaredLeaf(**{**said, "v": 2, "purpose": purpose.code.value})
    return CareLeaf(**{**said, "v": 3, "purpose": purpose.purpose.value, "relation": purpose.relation.value})


def _declares(who: Personal, purpose: Purpose | Care) -> Personal:
    if isinstance(purpose, Purpose):
        return Personal(who.key, who.actor, purpose=purpose)
    return Personal(who.key, who.actor, care=purpose)
