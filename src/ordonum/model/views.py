"""What each reader may see: a type for each, not a filter. Native JSON answers of the service are these."""

from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Profession
from ordonum.model.acts import CancelReason, Delivered, Executed, Given, Jws, Moment, Opening, Receipt, Withheld
from ordonum.model.prescription import Identity
from ordonum.model.state import Remainder, State, Status


class PastExecution(Struct, frozen=True, kw_only=True):
    """An execution as other professionals see it: when, by which profession and place, what. Never for whom."""

    act_id: UUID
    performed_at: Moment
    recorded_at: Moment
    given: Given
    profession: Profession
    place_name: str
    lines: tuple[Delivered | Withheld, ...]
    in_conflict: tuple[str, ...]


class CancelledView(Struct, frozen=True):
    """When the prescriber cancelled, and why."""

    at: Moment
    reason: CancelReason


class ForExecutant(Struct, frozen=True, kw_only=True):
    """The answer to a consultation. The lines are read from the signed order only, once verified (docs/adr/0001)."""

    jws: Jws
    identity: Identity
    opening: Opening
    registered: Receipt
    status: Status
    cancelled: CancelledView | None
    remainders: tuple[Remainder, ...]
    executions: tuple[PastExecution, ...]


class ForPrescriber(Struct, frozen=True, kw_only=True):
    """What the prescriber reads back of their own prescription."""

    register_act_id: UUID
    status: Status
    cancelled: CancelledView | None
    remainders: tuple[Remainder, ...]
    executions: tuple[PastExecution, ...]


def past(execution: Executed) -> PastExecution:
    """An execution as other professionals see it."""
    return PastExecution(
        act_id=execution.act_id,
        performed_at=execution.performed_at,
        recorded_at=execution.recorded_at,
        given=execution.given,
        profession=execution.by.professional.profession,
        place_name=execution.by.place.name,
        lines=execution.lines,
        in_conflict=execution.in_conflict,
    )


def _cancelled(state: State) -> CancelledView | None:
    return CancelledView(state.cancelled.recorded_at, state.cancelled.reason) if state.cancelled else None


def for_prescriber(state: State) -> ForPrescriber:
    """The prescriber's view of a state."""
    return ForPrescriber(
        register_act_id=state.order.act_id,
        status=state.status,
        cancelled=_cancelled(state),
        remainders=state.remainders,
        executions=tuple(past(each) for each in state.executions),
    )


def for_executant(state: State, *, jws: str, identity: Identity, opening: str, registered: Receipt) -> ForExecutant:
    """The executant's view of a state, with the evidence to verify it."""
    return ForExecutant(
        jws=jws,
        identity=identity,
        opening=opening,
        registered=registered,
        status=state.status,
        cancelled=_cancelled(state),
        remainders=state.remainders,
        executions=tuple(past(each) for each in state.executions),
    )
