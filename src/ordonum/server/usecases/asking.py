"""The first statement of every use case: the acts, and what stands around them; then whether the caller may go on."""

import msgspec
from msgspec import Struct

from ordonum.knowledge.timezones import zone_of
from ordonum.model import guessing
from ordonum.model.actors import Actor
from ordonum.model.acts import ByNumber, ByOwnAct
from ordonum.model.number import EpuId
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.signer import Standing, refuse_revoked
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import Found, Question, read_acts
from ordonum.server.store.misses import take_turn
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import History, opened
from ordonum.server.usecases.opposing import as_opposed
from ordonum.server.usecases.scanned import authentic_code
from ordonum.texts import french


class Brought(Struct, frozen=True):
    """A number that the caller brought, with the text of the QR code if it was scanned."""

    number: EpuId
    qr: str | None


def brought_by(prescription: ByNumber | ByOwnAct, qr: str | None) -> Brought | None:
    """What a prescriber brought: a number, or nothing that could be guessed."""
    return Brought(prescription.number, qr) if isinstance(prescription, ByNumber) else None


async def ask(
    context: Context,
    caller: Caller,
    lookup: bytes,
    *,
    also: tuple[tuple[bytes, str], ...] = (),
    whole: bool = True,
) -> Found:
    """What is there. `also` are the certificates of a signed order, its signer's first: `revoked` tells of them too, and
    `list_due` of its authority's list; without, of the authority of the caller's card.
    Not `whole`: for a caller who is slowed, the acts come without what they hold.

    Raises Refused(CERTIFICATE_REVOKED) when the caller's are.
    """
    found = await read_acts(
        context.pool,
        Question(
            lookup=lookup,
            issuers=caller.issuers + tuple(issuer for issuer, _ in also),
            serials=caller.serials + tuple(serial for _, serial in also),
            authority=also[0][0] if also else caller.issuers[0],
            professional=caller.professional,
            place=caller.place,
            since=context.now() - guessing.WINDOW,
            limits=(None, None) if whole else guessing.LIMITS,
        ),
    )
    if found.revoked:
        await refuse_revoked(context.pool, caller.certificates)
    return found


async def let_through(context: Context, caller: Caller, lookup: bytes, found: Found, brought: Brought) -> Found:
    """What was found, whole, for a caller who may look at it. Whoever asked for too many unknown numbers must bring an
    authentic QR code, or wait for their turn: before anything of the prescription is looked at, and whether or not it
    exists. Raises Refused(TOO_MANY_UNKNOWN).
    """
    if not guessing.slowed(found.misses, found.misses_here):
        return found
    if not caller.turn_taken and not await _authentic(context, brought):
        seconds = await take_turn(context.pool, caller.professional, context.now(), guessing.TURN_SECONDS)
        if seconds:
            raise too_many(seconds)
        caller.turn_taken = True
    return await ask(context, caller, lookup)


async def _authentic(context: Context, brought: Brought) -> bool:
    try:
        return await authentic_code(context, brought.number, brought.qr) is not None
    except Refused as refused:
        if refused.refusal is not Refusal.QR_DIFFERS:  # another number's code is no code
            raise
        return False


def too_many(seconds: int) -> Refused:
    """The refusal of whoever must wait so long."""
    return Refused(Refusal.TOO_MANY_UNKNOWN, seconds=seconds, every=guessing.TURN_SECONDS)


async def look_up(context: Context, caller: Caller, lookup: bytes, brought: Brought | None) -> History:
    """The prescription as it stands, for a caller who may look at it: by a number that they brought, or (None) by their
    own act. Raises Refused: CERTIFICATE_REVOKED, TOO_MANY_UNKNOWN.
    """
    found = await ask(context, caller, lookup, whole=brought is None)
    if brought is not None:
        found = await let_through(context, caller, lookup, found, brought)
    history = await as_opposed(context, await opened(context, lookup, found.rows), caller.actor)
    return msgspec.structs.replace(history, standing=Standing(found.revoked, found.list_due))


def overdue(context: Context, actor: Actor, history: History) -> tuple[str, ...]:
    """What a caller is told whose authority's next revocation list has not come: they go on, the operator must not."""
    due = history.standing.list_due
    if due is None or due >= context.now():
        return ()
    since = french.moment(due, zone_of(actor.place))
    return (
        f"La liste des révocations est en retard depuis le {since} : une carte révoquée depuis serait encore acceptée",
    )
