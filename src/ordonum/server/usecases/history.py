"""The acts on a prescription, read and opened: rows, acts, state."""

from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Acknowledgement, Act, Cancelled, Executed, Invoiced, Opening, Receipt, Registered
from ordonum.model.decisions import same_author
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity, SignedOrder
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.state import State, state
from ordonum.server.store.acts import ActRow, read_acts
from ordonum.server.usecases.context import Context
from ordonum.server.vault.vault import Purpose
from ordonum.wire import jws, native


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """What the registration seals under the number."""

    identity: Identity
    opening: Opening


class History(Struct, frozen=True, kw_only=True):
    """A prescription as it stands. `year` is the one of its first act, whose keys all its rows use."""

    lookup: bytes
    rows: tuple[ActRow, ...]
    acts: tuple[Act, ...]
    state: State | None

    def row(self, act_id: UUID) -> ActRow | None:
        """The row of this act, if it was recorded."""
        return next((row for row in self.rows if row.act_id == act_id), None)

    def is_of(self, act_id: UUID, actor: Actor) -> bool:
        """Whether an act is this actor's, or their structure's: a structure sends again what its outbox kept."""
        act = next(each for each in self.acts if each.act_id == act_id)
        if isinstance(act, Registered):
            order = act.order
            return actor.rpps == order.prescriber.rpps or actor.place.key == order.place.key
        return same_author(actor, act.by)

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
    """Read and open the acts on a prescription; an unknown number has none."""
    rows = await read_acts(context.pool, lookup)
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
    return native.read_own(plain, Sealed)


def receipt(context: Context, history: History, row: ActRow) -> Receipt:
    """The receipt with which an act was answered."""
    return native.read_own(stored_answer(context, history.lookup, row), Receipt)


def stored_answer(context: Context, lookup: bytes, row: ActRow) -> bytes:
    """The answer of an act, byte for byte."""
    return context.vault.decrypt(Purpose.ANSWER, row.year, lookup, row.act_id, row.answer)


def _open(context: Context, lookup: bytes, row: ActRow) -> Act:
    body = context.vault.decrypt(Purpose.BODY, row.year, lookup, row.act_id, row.body)
    if row.kind == "execute":
        return native.read_own(body, Executed)
    if row.kind == "cancel":
        return native.read_own(body, Cancelled)
    if row.kind == "invoice":
        return native.read_own(body, Invoiced)
    given = native.read_own(stored_answer(context, lookup, row), Receipt)
    acknowledged = native.read_own(jws.payload_of(given.acknowledgement), Acknowledgement)
    order = native.read_own(jws.payload_of(body.decode()), SignedOrder)
    return Registered(row.act_id, acknowledged.recorded_at, order, acknowledged.late)
