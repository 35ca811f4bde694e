"""A prescriber replaces a prescription: the new one is registered and the old one ends, in one call and one transaction."""

import asyncio

import msgspec
from msgspec import Struct

from ordonum.knowledge.rights import may_prescribe
from ordonum.knowledge.timezones import zone_of
from ordonum.model.acts import ByNumber, Receipt, ReplaceReceipt, ReplaceRequest
from ordonum.model.kept import Replaced
from ordonum.model.prescriber_acts import check_replacement
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.signer import Standing
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import record_both
from ordonum.server.usecases.asking import ask, brought_by, let_through
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, Sealed, known, opened, stored_answer, unseal
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.opposing import as_opposed
from ordonum.server.usecases.recording import ATTEMPTS_MAX, Asked, Decide, Decided, keyed, made
from ordonum.server.usecases.register import registration
from ordonum.wire import native

CHAIN_MAX = 10  # prescriptions that replaced each other, of which the last one's executant is told


class _Two(Struct, frozen=True):
    """What is asked of the two prescriptions of a replacement, and how the new one is decided."""

    old: Asked
    new: Asked
    decide: Decide
    order: SignedOrder


async def replace(context: Context, caller: Caller, request: ReplaceRequest) -> Answer:
    """Record both acts or neither. Raises Refused: whatever refuses a registration, or the end of the old prescription."""
    lookup = await named(context, caller.actor, request.prescription)
    new, decide, order = registration(context, caller, request.registration, replaces=lookup.hex())
    old = Asked(
        kind="replace",
        lookup=lookup,
        act_id=request.replacement.act_id,
        content=native.canonical((request.replacement, order.act_id)),
        brought=brought_by(request.prescription, request.qr),
    )
    two, torn = _Two(old, new, decide, order), False
    for attempt in range(ATTEMPTS_MAX):
        histories = await _read(context, caller, two)
        stored = _stored(context, caller, two, *histories)
        if len(stored) == 2:
            return Answer(_answer(*stored), replayed=True)
        if stored:  # recorded together: one alone is that of another call, unless it came between the two readings
            if torn:
                raise Refused(Refusal.EXISTS_DIFFERENT)
            torn = True
            continue
        registered, ended = await _decided(context, caller, request, two, *histories)
        end, begin = (
            made(context, asked, act, history, caller.actor, keyed(context, caller, asked))
            for asked, act, history in ((old, ended, histories[0]), (new, registered, histories[1]))
        )
        if await record_both(context.pool, end.recording, begin.recording):
            return Answer(_answer(end.answer, begin.answer), replayed=False)
        await asyncio.sleep(context.draw_delay(attempt))
    raise Refused(Refusal.BUSY)


async def _read(context: Context, caller: Caller, two: _Two) -> tuple[History, History]:
    found = await ask(context, caller, two.old.lookup, whole=two.old.brought is None)
    if two.old.brought is not None:
        found = await let_through(context, caller, two.old.lookup, found, two.old.brought)
    there = await ask(context, caller, two.new.lookup, also=two.new.also)
    new = await opened(context, two.new.lookup, there.rows)
    new = msgspec.structs.replace(new, standing=Standing(there.revoked, there.list_due))
    return await as_opposed(context, await opened(context, two.old.lookup, found.rows), caller.actor), new


def _stored(context: Context, caller: Caller, two: _Two, *histories: History) -> list[bytes]:
    """The first answers of those of the two acts that are there. Raises Refused(EXISTS_DIFFERENT)."""
    stored = []
    for asked, history in zip((two.old, two.new), histories, strict=True):
        row = next((row for row in history.rows if row.act_id == asked.act_id), None)
        if row is None:
            continue
        if row.content != keyed(context, caller, asked).content or not history.is_of(asked.act_id, caller.actor):
            raise Refused(Refusal.EXISTS_DIFFERENT)
        stored.append(stored_answer(context, history.lookup, row))
    return stored


def _answer(ended: bytes, registered: bytes) -> bytes:
    """Both receipts, each byte for byte as it is kept."""
    return native.write(
        ReplaceReceipt(registration=native.reread(registered, Receipt), replacement=native.reread(ended, Receipt))
    )


async def _decided(
    context: Context, caller: Caller, request: ReplaceRequest, two: _Two, old: History, new: History
) -> tuple[Decided, Decided]:
    """The registration and the end of the old prescription, as decided. Raises Refused."""
    state, actor, asked = known(old, Refusal.NOT_REGISTERED), caller.actor, request.replacement
    registered = _linked(context, request, two, old, await two.decide(new))
    done = check_replacement(
        actor,
        asked,
        two.order,
        state,
        same_patient=_same_patient(context, request, old),
        may_prescribe=may_prescribe(actor.profession),
        opposed=state.opposed,
        zone=zone_of(actor.place),
    )
    kept = Replaced(
        act_id=asked.act_id,
        recorded_at=registered.at,
        by=actor,
        reason=asked.reason,
        new=two.order.act_id,
        detail=asked.detail,
        place_reason=asked.place_reason,
        beyond_reason=asked.beyond_reason,
    )
    body, acknowledged = native.write(kept), native.canonical(asked)
    ended = Decided(
        at=kept.recorded_at, performed_at=kept.recorded_at, body=body, acknowledged=acknowledged, outcome=done
    )
    return registered, ended


def _linked(context: Context, request: ReplaceRequest, two: _Two, old: History, decided: Decided) -> Decided:
    """The registration, sealed with those that the old prescription had replaced itself, which its number alone opens."""
    number, asked = request.registration.number, request.registration
    chain = (
        unseal(context, old, request.prescription.number).replaces
        if isinstance(request.prescription, ByNumber)
        else None
    )
    if chain is None:
        return decided
    before = " ".join([two.old.lookup.hex(), *chain.split()][:CHAIN_MAX])
    sealed, lookup = native.write(Sealed(asked.identity, asked.opening, before)), two.new.lookup
    return msgspec.structs.replace(
        decided, seal=lambda year: context.vault.seal(number, year, lookup, two.order.act_id, sealed)
    )


def _same_patient(context: Context, request: ReplaceRequest, old: History) -> bool:
    """Whether the new order is for the same patient: told by the number alone, which opens what the old one sealed."""
    if not isinstance(request.prescription, ByNumber):
        return True
    return unseal(context, old, request.prescription.number).identity == request.registration.identity
