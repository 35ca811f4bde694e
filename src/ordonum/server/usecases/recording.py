"""The one way in which an act is recorded: recognise a repeat, decide on what is there, add; or read again.

No lock is held while Python thinks. The act takes the place after the last one that was read; if another took it first,
or the same id came twice at once, the acts are read and judged again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement, Receipt
from ordonum.model.identifiers import CommitmentHex
from ordonum.model.invoice import Justification
from ordonum.model.kept import Registered
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import CancelOutcome
from ordonum.server.identity.signer import OVERDUE_MAX, Standing
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import (
    ACTS_MAX,
    ActRow,
    Assumed,
    AuditRow,
    Beside,
    Found,
    Recording,
    record_act,
    record_first,
)
from ordonum.server.usecases.asking import Brought, ask, let_through
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.history import History, opened, stored_answer
from ordonum.server.usecases.opposing import as_opposed
from ordonum.server.usecases.tracing import entry
from ordonum.server.vault.vault import Purpose
from ordonum.wire import native
from ordonum.wire.commitment import digest

ATTEMPTS_MAX = 60
EARLY_MAX, EARLY_BY_PLACE_MAX = 20, 6


class Asked(Struct, frozen=True, kw_only=True):
    """An act that a caller asks to record. `content` is its canonical bytes, without token or software version; `brought`
    the number that it names, unless it makes it or names its own act; `also` the certificates of a signed order.
    """

    kind: str
    lookup: bytes
    act_id: UUID
    content: bytes
    brought: Brought | None = None
    also: tuple[tuple[bytes, str], ...] = ()

    @property
    def likely_first(self) -> bool:
        """Whether nothing is there yet, most of the time: a registration that came with its certificates."""
        return self.kind == "register" and bool(self.also)


class Decided(Struct, frozen=True, kw_only=True):
    """What the decision makes of it: the body to encrypt, what to seal, and what the receipt says.

    `acknowledged` are the bytes that the receipt's digest covers: the JWS of a registration, else the canonical act.
    """

    at: datetime
    performed_at: datetime
    body: bytes
    acknowledged: bytes
    seal: Callable[[int], bytes] | None = None
    beside: Beside = Beside()
    late: bool = False
    early: bool = False
    in_conflict: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    justification: tuple[Justification, ...] = ()
    outcome: CancelOutcome | None = None


class Keyed(Struct, frozen=True):
    """The keyed names of an act's author and content."""

    author: bytes
    content: bytes


Decide = Callable[[History], Awaitable[Decided]]


async def record(context: Context, caller: Caller, asked: Asked, decide: Decide) -> Answer:
    """Record an act once, whatever happens to its replies. Raises Refused."""
    names = keyed(context, caller, asked)
    if asked.likely_first and (done := await _at_once(context, caller, asked, decide, names)) is not None:
        return done
    for attempt in range(ATTEMPTS_MAX):
        found = await ask(context, caller, asked.lookup, also=asked.also, whole=asked.brought is None)
        if (row := recorded(found, asked.act_id)) is not None:
            found = await ask(context, caller, asked.lookup) if not row.answer else found
            history = await opened(context, asked.lookup, found.rows)
            if row.content != names.content or not history.is_of(asked.act_id, caller.actor):
                raise Refused(Refusal.EXISTS_DIFFERENT)
            whole = recorded(found, asked.act_id) or row
            return Answer(stored_answer(context, asked.lookup, whole), replayed=True)
        if asked.brought is not None:
            found = await let_through(context, caller, asked.lookup, found, asked.brought)
        history = await as_opposed(context, await opened(context, asked.lookup, found.rows), caller.actor)
        standing = Standing(found.revoked, found.list_due)
        decided = await decide(msgspec.structs.replace(history, standing=standing))
        act = made(context, asked, decided, history, caller.actor, names)
        if await record_act(context.pool, act.recording):
            return Answer(act.answer, replayed=False)
        await asyncio.sleep(context.draw_delay(attempt))
    raise Refused(Refusal.BUSY)


async def _at_once(context: Context, caller: Caller, asked: Asked, decide: Decide, names: Keyed) -> Answer | None:
    """Record an act that is likely the first, decided on what nearly always holds, which PostgreSQL checks as it records.

    None: something of it does not hold, or the act is refused so: it may be a repeat, which is recognised before it is
    judged. Then what is there is read.
    """
    now = context.now()
    standing = Standing(revoked=False, list_due=now)
    history = History(lookup=asked.lookup, rows=(), acts=(), state=None, standing=standing)
    try:
        decided = await decide(history)
    except Refused:
        return None
    act = made(context, asked, decided, history, caller.actor, names)
    assumed = Assumed(
        issuers=caller.issuers + tuple(issuer for issuer, _ in asked.also),
        serials=caller.serials + tuple(serial for _, serial in asked.also),
        authority=asked.also[0][0],
        due_after=now - OVERDUE_MAX,
        without_list=context.trust.sandbox,
    )
    done = await record_first(context.pool, act.recording, assumed)
    return Answer(act.answer, replayed=False) if done else None


class Made(Struct, frozen=True):
    """An act ready to be recorded, with its answer."""

    answer: bytes
    recording: Recording


def keyed(context: Context, caller: Caller, asked: Asked) -> Keyed:
    """The keyed names of the caller and of what they ask."""
    author = context.vault.blind("author/1", caller.actor.author)
    return Keyed(author, context.vault.content(asked.lookup, asked.kind.encode() + b"\0" + asked.content))


def made(context: Context, asked: Asked, decided: Decided, history: History, actor: Actor, names: Keyed) -> Made:
    """The act as it is recorded after those of `history`: its row, its answer, its audit entry."""
    answer = _receipt(context, asked, decided, history)
    row = _row(context, asked, decided, history, actor, names, answer)
    audit = _entry(context, asked, row, actor)
    return Made(answer, Recording(asked.lookup, row, audit, decided.beside))


def recorded(found: Found, act_id: UUID) -> ActRow | None:
    """The row of this act, if it was recorded: a repeat."""
    return next((row for row in found.rows if row.act_id == act_id), None)


def _row(
    context: Context,
    asked: Asked,
    decided: Decided,
    history: History,
    actor: Actor,
    names: Keyed,
    answer: bytes,
) -> ActRow:
    year, vault = history.year(decided.at.year), context.vault
    if asked.kind in ("execute", "invoice", "report"):
        _refuse_too_many(history, actor)
    return ActRow(
        seq=history.seq_next,
        act_id=asked.act_id,
        kind=asked.kind,
        year=year,
        author=names.author,
        content=names.content,
        performed_at=decided.performed_at,
        recorded_at=decided.at,
        body=vault.encrypt(Purpose.BODY, year, asked.lookup, asked.act_id, decided.body),
        sealed=decided.seal(year) if decided.seal else None,
        answer=vault.encrypt(Purpose.ANSWER, year, asked.lookup, asked.act_id, answer),
    )


def _entry(context: Context, asked: Asked, row: ActRow, actor: Actor) -> AuditRow:
    return entry(
        context,
        asked.lookup,
        action=asked.kind,
        actor=actor,
        at=row.recorded_at,
        year=row.year,
        outcome="done",
        act_id=asked.act_id,
    )


def _refuse_too_many(history: History, actor: Actor) -> None:
    """What comes before a registration is bounded, by place and in all: nobody can bury a prescription, nor hold it up."""
    if history.seq_next > ACTS_MAX:
        raise Refused(Refusal.TOO_MANY_ACTS)
    if history.state is not None:
        return
    waiting = [act for act in history.acts if not isinstance(act, Registered)]
    here = [act for act in waiting if act.by.place.key == actor.place.key]
    if len(waiting) >= EARLY_MAX or len(here) >= EARLY_BY_PLACE_MAX:
        raise Refused(Refusal.TOO_MANY_EARLY)


def _receipt(context: Context, asked: Asked, decided: Decided, history: History) -> bytes:
    salt = context.draw_salt()
    acknowledgement = Acknowledgement(
        v=1,
        act=asked.kind,  # type: ignore[arg-type]  # the kinds of the act table are those of the acknowledgement
        act_id=asked.act_id,
        prescription=history.registration.act_id if history.registration else asked.act_id,
        recorded_at=decided.at,
        content=digest(salt, decided.acknowledged),
        late=decided.late,
        early=decided.early,
        in_conflict=decided.in_conflict,
    )
    signed = context.vault.acknowledge(native.write(acknowledgement))
    return native.write(
        Receipt(
            acknowledgement=signed,
            salt=CommitmentHex(salt),
            notices=decided.notices,
            justification=decided.justification,
            outcome=decided.outcome,
        )
    )
