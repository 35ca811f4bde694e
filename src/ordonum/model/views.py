"""What each reader may see: a type for each, not a filter. Native JSON answers of the service are these."""

from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Employee, EmployeeRole, Profession
from ordonum.model.acts import Given, Jws, Opening, Receipt
from ordonum.model.early import conflicts
from ordonum.model.identifiers import Moment
from ordonum.model.kept import Executed
from ordonum.model.outcomes import Outcome, SeenOnPaper
from ordonum.model.prescription import Identity
from ordonum.model.state import Remainder, State, Status
from ordonum.model.stopping import CancelReason


class PastExecution(Struct, frozen=True, kw_only=True):
    """An execution as other professionals see it: when, by which profession and place, what. Never for whom.

    `early`: it came before the registration, and joined it «d'après le papier». `seen_on_paper`: it is another's, read on
    the paper by the place that declared it. An employee has a role and no profession.
    """

    act_id: UUID
    performed_at: Moment
    recorded_at: Moment
    given: Given
    profession: Profession | None
    role: EmployeeRole | None
    place_name: str
    lines: tuple[Outcome, ...]
    seen_on_paper: SeenOnPaper | None
    early: bool
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
    notices: tuple[str, ...] = ()


class ForPrescriber(Struct, frozen=True, kw_only=True):
    """What the prescriber reads back of their own prescription."""

    register_act_id: UUID
    status: Status
    cancelled: CancelledView | None
    remainders: tuple[Remainder, ...]
    executions: tuple[PastExecution, ...]


def past(execution: Executed, state: State) -> PastExecution:
    """An execution as other professionals see it."""
    who = execution.by.who
    return PastExecution(
        act_id=execution.act_id,
        performed_at=execution.performed_at,
        recorded_at=execution.recorded_at,
        given=execution.given,
        profession=execution.by.profession,
        role=who.role if isinstance(who, Employee) else None,
        place_name=execution.by.place.name,
        lines=execution.lines,
        seen_on_paper=execution.seen_on_paper,
        early=execution.early,
        in_conflict=tuple(dict.fromkeys((*execution.in_conflict, *conflicts(execution, state)))),
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
        executions=tuple(past(each, state) for each in state.executions),
    )


def for_executant(
    state: State,
    *,
    jws: str,
    identity: Identity,
    opening: str,
    registered: Receipt,
    notices: tuple[str, ...] = (),
) -> ForExecutant:
    """The executant's view of a state, with the evidence to verify it, and what rules say before anything is delivered."""
    return ForExecutant(
        jws=jws,
        identity=identity,
        opening=opening,
        registered=registered,
        status=state.status,
        cancelled=_cancelled(state),
        remainders=state.remainders,
        executions=tuple(past(each, state) for each in state.executions),
        notices=notices,
    )
