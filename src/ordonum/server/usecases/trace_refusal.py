"""A refusal about a prescription is traced too, in a statement of its own: the refused act left nothing behind.

An unknown number, asked for without an authentic QR code, is counted by the same statement (model/guessing.py).
"""

from ordonum.model import guessing
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    CancelRequest,
    ConsultRequest,
    CopyRequest,
    ExecuteRequest,
    InvoiceRequest,
    ReadBackRequest,
    RecordedRequest,
    RegisteredRequest,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.care_team import Care, SearchRequest, Sought
from ordonum.model.delegation import DelegateRequest
from ordonum.model.insurer import Purpose
from ordonum.model.office import ByPatient, JustifyRequest, LiftRequest, OpposeRequest, Subject, TracesRequest
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.acts import AuditRow
from ordonum.server.store.trace import add_entry
from ordonum.server.usecases.asking import too_many
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.naming import named
from ordonum.server.usecases.patient_index import index_of, traced_under
from ordonum.server.usecases.tracing import entry
from ordonum.server.usecases.unknown_numbers import missed_by

ByItsNumber = (
    RegisterRequest
    | ConsultRequest
    | ExecuteRequest
    | InvoiceRequest
    | WithdrawRequest
    | ReportRequest
    | JustifyRequest
)
NamesIt = CancelRequest | ReadBackRequest | ReplaceRequest | CopyRequest | RecordedRequest
OfOffice = OpposeRequest | LiftRequest | TracesRequest
AboutNone = DelegateRequest | RegisteredRequest
Asked = ByItsNumber | NamesIt | OfOffice | SearchRequest | AboutNone

# A failing service is no refusal about a prescription, nor is a caller whom nothing was told of it; and a trace that fails
# too must not change what is said of the act.
_NOT_TRACED = frozenset(
    {
        Refusal.UNAVAILABLE,
        Refusal.OUTCOME_UNKNOWN,
        Refusal.BUSY,
        Refusal.UNKNOWN_OWN_ACT,
        Refusal.CERTIFICATE_REVOKED,
        Refusal.TOO_MANY_UNKNOWN,
        Refusal.TOO_MANY_SEARCHES,
        Refusal.FICTITIOUS_NUMBER,
    }
)
# What an unknown number without an authentic code is told. A code that is another number's proves nothing of this one.
_MISSES = frozenset({Refusal.UNKNOWN_NUMBER, Refusal.NOT_REGISTERED, Refusal.QR_DIFFERS})


async def trace_refusal(context: Context, caller: Caller, asked: Asked, *, action: str, refused: Refused) -> Refused:
    """Add an entry that says who was refused what on the prescription that `asked` names. What the caller is then told:
    the same, or that they must wait, when this unknown number was one too many.

    Raises Refused(UNAVAILABLE) when it could not be added: the act was refused all the same.
    """
    refusal = refused.refusal
    if refusal in _NOT_TRACED or isinstance(asked, AboutNone):
        return refused
    prescription = _named_by(asked)
    now = context.now()
    if isinstance(prescription, Subject | Sought):
        if (patient := index_of(context.vault, prescription)) is None:
            return refused
        lookup = traced_under(context.vault, patient, now.year)
    else:
        lookup = await named(context, caller.actor, prescription)
    row = entry(
        context,
        lookup,
        action=action,
        actor=caller.actor,
        at=now,
        year=now.year,
        outcome=refusal.code,
        purpose=_purpose_of(asked),
    )
    if refusal in _MISSES and isinstance(prescription, ByNumber):
        return await _count(context, caller, lookup, row, refused)
    await add_entry(context.pool, lookup, row)
    return refused


def _named_by(asked: ByItsNumber | NamesIt | OfOffice | SearchRequest) -> ByNumber | ByOwnAct | Subject | Sought:
    """The prescription, or the patient, that a request names."""
    if isinstance(asked, SearchRequest):
        return asked.patient
    if isinstance(asked, OpposeRequest | LiftRequest):
        return (asked.opposition if isinstance(asked, OpposeRequest) else asked.lifting).patient
    if isinstance(asked, TracesRequest):
        return asked.about.patient if isinstance(asked.about, ByPatient) else asked.about
    return asked.prescription if isinstance(asked, NamesIt) else ByNumber(asked.number)


def _purpose_of(asked: Asked) -> Purpose | Care | None:
    """The purpose that an agent declared, or the care that a professional did."""
    if isinstance(asked, SearchRequest):
        return asked.care
    if isinstance(asked, OpposeRequest | LiftRequest):
        return (asked.opposition if isinstance(asked, OpposeRequest) else asked.lifting).purpose
    return asked.purpose if isinstance(asked, TracesRequest | JustifyRequest) else None


async def _count(context: Context, caller: Caller, lookup: bytes, row: AuditRow, refused: Refused) -> Refused:
    missed = await missed_by(context, caller, lookup, row)
    if guessing.one_too_many(missed.misses, missed.misses_here) and not caller.turn_taken:
        return too_many(guessing.TURN_SECONDS)
    return refused
