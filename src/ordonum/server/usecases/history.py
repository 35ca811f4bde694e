"""The acts on a prescription, read and opened: rows, acts, state."""

import asyncio
from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement, Opening, Receipt
from ordonum.model.executant_acts import same_author
from ordonum.model.kept import Act, Cancelled, Copied, Executed, Invoiced, Registered, Replaced, Reported, Withdrawn
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, joined, state
from ordonum.server.identity.signer import Standing
from ordonum.server.store.acts import ActRow, Question, read_acts
from ordonum.server.usecases.context import Context
from ordonum.server.vault.vault import Purpose
from ordonum.wire import jws, native

OPENED_AT_ONCE_MAX = 12  # acts; about a tenth of a millisecond each


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """What the registration seals under the number; `replaces`, the lookups (hexadecimal, between
    spaces) of the one that it replaces and of those before that, the last first.
    """

    identity: Identity
    opening: Opening
    replaces: str | None = None


class History(Struct, frozen=True, kw_only=True):
    """A prescription as it stands. `year` is the one of its first act, whose keys all its rows use; `standing` is that of
    the certificates that came with the act to record.
    """

    lookup: bytes
    rows: tuple[ActRow, ...]
    acts: tuple[Act, ...]
    state: State | None
    standing: Standing = Standing(revoked=True, list_due=None)

    def is_of(self, act_id: UUID, actor: Actor) -> bool:
        """Whether an act is this actor's, or their structure's: a structure sends again what its outbox kept."""
        act = next(each for each in self.acts if each.act_id == act_id)
        if isinstance(act, Registered):
            order = act.order
            return actor.rpps == order.prescriber.rpps or actor.place.key == order.place.key
        return same_author(actor, act.by)

    @property
    def executions(self) -> tuple[Executed, ...]:
        """All the executions that count in the state, or did before they were withdrawn or corrected."""
        assert self.state is not None
        return joined(self.acts, self.state.order)

    @property
    def early(self) -> tuple[Executed, ...]:
        """The executions kept before the registration."""
        return tuple(act for act in self.acts if isinstance(act, Executed) and act.early)

    @property
    def registration(self) -> ActRow | None:
        return next((row for row in self.rows if row.kind == "register"), None)

    @property
    def seq_next(self) -> int:
        return self.rows[-1].seq + 1 if self.rows else 1

    def year(self, otherwise: int) -> int:
        """The year of the first act, or that of the act to come."""
        return self.rows[0].year if self.rows else otherwise


async def read_history(context: Context, lookup: bytes) -> History:
    """Read and open the acts on a prescription, for nobody in particular; an unknown number has none."""
    return await opened(context, lookup, (await read_acts(context.pool, Question(lookup=lookup))).rows)


async def opened(context: Context, lookup: bytes, rows: tuple[ActRow, ...]) -> History:
    """Open the acts that were read: a long history in a thread, so that others are answered meanwhile."""
    if len(rows) > OPENED_AT_ONCE_MAX:
        return await asyncio.to_thread(opened_here, context, lookup, rows)
    return opened_here(context, lookup, rows)


def opened_here(context: Context, lookup: bytes, rows: tuple[ActRow, ...]) -> History:
    """The same for whoever is in a thread already."""
    acts = tuple(_open(context, lookup, row) for row in rows)
    return History(lookup=lookup, rows=rows, acts=acts, state=state(acts))


def known(history: History, otherwise: Refusal = Refusal.UNKNOWN_NUMBER) -> State:
    """The state of a registered prescription. Raises Refused(otherwise)."""
    if history.state is None:
        raise Refused(otherwise)
    return history.state


def unseal(context: Context, history: History, number: EpuId) -> Sealed:
    """The identity and the opening that the registration sealed."""
    row = history.registration
    assert row is not None
    assert row.sealed is not None
    plain = context.vault.unseal(number, row.year, history.lookup, row.act_id, row.sealed)
    return native.reread(plain, Sealed)


def receipt(context: Context, history: History, row: ActRow) -> Receipt:
    """The receipt with which an act was answered."""
    return native.reread(stored_answer(context, history.lookup, row), Receipt)


def stored_answer(context: Context, lookup: bytes, row: ActRow) -> bytes:
    """The answer of an act, byte for byte."""
    return context.vault.decrypt(Purpose.ANSWER, row.year, lookup, row.act_id, row.answer)


_KEPT: dict[str, type[Act]] = {
    "execute": Executed,
    "cancel": Cancelled,
    "replace": Replaced,
    "withdraw": Withdrawn,
    "report": Reported,
    "copy": Copied,
    "invoice": Invoiced,
}


def _open(context: Context, lookup: bytes, row: ActRow) -> Act:
    body = context.vault.decrypt(Purpose.BODY, row.year, lookup, row.act_id, row.body)
    if row.kind != "register":
        return native.reread(body, _KEPT[row.kind])
    given = native.reread(stored_answer(context, lookup, row), Receipt)
    acknowledged = native.reread(jws.payload_of(given.acknowledgement), Acknowledgement)
    order = native.reread(jws.payload_of(body.decode()), SignedOrder)
    return Registered(row.act_id, acknowledged.recorded_at, order, acknowledged.late)
