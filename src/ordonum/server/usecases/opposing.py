"""Standing oppositions made through the insurer's office: how one is recorded, and how it is applied when identity attaches."""

import asyncio
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from ordonum.knowledge.rights import check_purpose
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement, Receipt
from ordonum.model.executant_acts import same_author
from ordonum.model.identifiers import CommitmentHex
from ordonum.model.office import Opposition, Subject
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.signer import refuse_revoked
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.oppositions import OppositionRow, add_opposition, any_stands, oppositions_of
from ordonum.server.store.trace import Traced
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import OPENED_AT_ONCE_MAX, History
from ordonum.server.usecases.patient_index import index_of, traced_under
from ordonum.server.usecases.people import beneficiary_of
from ordonum.server.usecases.tracing import entry
from ordonum.texts.consent import ONLY_THE_PRESCRIBERS_WORD
from ordonum.wire import native
from ordonum.wire.commitment import digest

ATTEMPTS_MAX = 20
Kind = Literal["oppose", "lift"]


class Kept(Struct, frozen=True):
    """What an opposition's row seals: the act with whom it names, its author, the answer byte for byte."""

    act: Opposition
    by: Actor
    answer: bytes


def patient_of(context: Context, subject: Subject) -> bytes:
    """The name under which a patient's executions are found. Raises Refused(FICTITIOUS_NUMBER): it would name nobody."""
    found = index_of(context.vault, subject)
    if found is None:
        raise Refused(Refusal.FICTITIOUS_NUMBER)
    return found


async def record_opposition(context: Context, caller: Caller, kind: Kind, act: Opposition) -> Answer:
    """Record an opposition or its lifting once, whatever happens to its replies. Raises Refused."""
    await refuse_revoked(context.pool, caller.certificates)
    patient = patient_of(context, act.patient)
    canonical = native.canonical(act)
    content = context.vault.content(patient, kind.encode() + b"\0" + canonical)
    for attempt in range(ATTEMPTS_MAX):
        rows = await oppositions_of(context.pool, patient)
        if (row := next((each for each in rows if each.act_id == act.act_id), None)) is not None:
            kept = _kept(context, patient, row)
            if row.content != content or not same_author(caller.actor, kept.by):
                raise Refused(Refusal.EXISTS_DIFFERENT)
            return Answer(kept.answer, replayed=True)
        check_purpose(caller.actor.who, act.purpose)
        _check_turn(caller.actor, kind, rows)
        now = context.now()
        made = _receipt(context, kind, act, canonical, now)
        row = OppositionRow(
            seq=rows[-1].seq + 1 if rows else 1,  # what was lifted long ago may have gone meanwhile
            act_id=act.act_id,
            content=content,
            recorded_at=now,
            sealed=context.vault.seal_opposition(patient, act.act_id, native.write(Kept(act, caller.actor, made))),
        )
        under = traced_under(context.vault, patient, now.year)
        seen = entry(
            context,
            under,
            action=kind,
            actor=caller.actor,
            at=now,
            year=now.year,
            outcome="done",
            act_id=act.act_id,
            purpose=act.purpose,
        )
        if await add_opposition(context.pool, patient, row, Traced(lookup=under, row=seen)):
            return Answer(made, replayed=False)
        await asyncio.sleep(context.draw_delay(attempt))
    raise Refused(Refusal.BUSY)


def _check_turn(actor: Actor, kind: Kind, rows: tuple[OppositionRow, ...]) -> None:
    """An opposition stands or it does not: opposing twice, or lifting nothing, is told."""
    stands = bool(len(rows) % 2)
    if kind == "oppose" and stands:
        since = rows[-1].recorded_at.astimezone(zone_of(actor.place))
        raise Refused(Refusal.ALREADY_OPPOSED, day=since.strftime("%d/%m/%Y"))
    if kind == "lift" and not stands:
        raise Refused(Refusal.NOT_OPPOSED)


def _receipt(context: Context, kind: Kind, act: Opposition, canonical: bytes, now: datetime) -> bytes:
    salt = context.draw_salt()
    acknowledgement = Acknowledgement(
        v=1,
        act=kind,
        act_id=act.act_id,
        prescription=act.act_id,  # of no prescription: the act itself, as for one that comes before its registration
        recorded_at=now,
        content=digest(salt, canonical),
    )
    signed = context.vault.acknowledge(native.write(acknowledgement))
    return native.write(Receipt(acknowledgement=signed, salt=CommitmentHex(salt), notices=(ONLY_THE_PRESCRIBERS_WORD,)))


def _kept(context: Context, patient: bytes, row: OppositionRow) -> Kept:
    return native.reread(context.vault.unseal_opposition(patient, row.act_id, row.sealed), Kept)


async def as_opposed(context: Context, history: History, actor: Actor) -> History:
    """The history as whoever prescribed may see it now: opposed if the office's opposition stands for somebody to whom an
    execution that stands was attached. One round trip where something was executed, none otherwise nor for anybody else.
    """
    state = history.state
    if state is None or state.opposed or not _prescribed(state.order, actor):
        return history
    if len(state.executions) > OPENED_AT_ONCE_MAX:
        found = await asyncio.to_thread(_attached, context, history)
    else:
        found = _attached(context, history)
    patients = tuple(dict.fromkeys(found))
    if not patients or not await any_stands(context.pool, patients):
        return history
    return msgspec.structs.replace(history, state=msgspec.structs.replace(state, opposed_later=True))


def _prescribed(order: SignedOrder, actor: Actor) -> bool:
    """The prescriber, the colleague replaced, or somebody of the place of writing."""
    if actor.rpps is None:
        return False
    replaced = order.replaced.rpps if order.replaced is not None else None
    return actor.rpps in (order.prescriber.rpps, replaced) or actor.place.key == order.place.key


def _attached(context: Context, history: History) -> list[bytes]:
    """The patients whom the executions that stand name by a number of theirs."""
    assert history.state is not None
    people = (beneficiary_of(context, history, each.act_id) for each in history.state.executions)
    indexes = (index_of(context.vault, each) for each in people if each is not None)
    return [each for each in indexes if each is not None]
