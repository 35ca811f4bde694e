"""What the insurer's agents ask and are answered: opposition and its lifting, who did what, what justifies an invoice."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Text
from ordonum.model.acts import ByNumber, Scanned
from ordonum.model.beneficiary import Ins, Nir
from ordonum.model.identifiers import BirthDate, Moment
from ordonum.model.insurer import Purpose
from ordonum.model.invoice import Invoice, Justification
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.prescription import Line
from ordonum.model.state import Remainder, State, Status
from ordonum.model.views import PastExecution, all_past

TRACES_MAX = 500  # prescriptions read at once: twenty years of a patient who is seen twice a month


class Subject(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient for whom the office acts, as an execution names them; never their name.

    Who has no number of their own is the insured's number with birth date and rank.
    """

    identity: Nir | Ins
    birth_date: BirthDate | None = None
    birth_rank: Annotated[int, Meta(ge=1, le=9)] = 1

    def __post_init__(self) -> None:
        if isinstance(self.identity, Nir) and self.identity.of == "insured" and self.birth_date is None:
            raise ValueError("birth-date-wanted")

    def __repr__(self) -> str:
        return "Subject(…)"


class Opposition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An opposition to the prescribers' reading, or the lifting of it: whose, and why the agent calls."""

    act_id: UUID
    patient: Subject
    purpose: Purpose


class OpposeRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A patient opposes, through the office, the prescribers' reading of what is executed (CSP R.4072-1 and following)."""

    opposition: Opposition


class LiftRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same patient lifts their opposition."""

    lifting: Opposition


class ByPatient(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="patient"):
    """All that was executed for a patient under their number."""

    patient: Subject


class TracesRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who did what, on one prescription whose number the patient gave, or on all those executed under their number."""

    about: ByNumber | ByPatient
    purpose: Purpose
    qr: Scanned | None = None


class TraceEntry(Struct, frozen=True, kw_only=True):
    """One thing that somebody did, saw, or was refused. `who` and `place` are None where what named them was erased.

    `written_on` and `family` tell which prescription; None for what is about the patient and no prescription.
    """

    at: Moment
    sentence: str
    who: str | None
    place: str | None
    written_on: date | None = None
    family: Family | None = None
    refused: str | None = None


class Traces(Struct, frozen=True, kw_only=True):
    """The answer: entries, oldest first; whether an opposition through the office stands (None: asked by a number alone)."""

    entries: tuple[TraceEntry, ...]
    opposed_since: Moment | None = None
    notices: tuple[Text, ...] = ()


class JustifyRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What justifies the invoices of the prescription of this number, which an invoice bears."""

    number: EpuId
    purpose: Purpose
    qr: Scanned | None = None


class ForInsurer(Struct, frozen=True, kw_only=True):
    """What was executed and billed of a prescription, never for whom; the lines for the medical service alone."""

    register_act_id: UUID
    family: Family
    written_on: date
    status: Status
    executions: tuple[PastExecution, ...]
    invoices: tuple[Invoice, ...]
    justification: tuple[Justification, ...]
    remainders: tuple[Remainder, ...]
    lines: tuple[Line, ...] | None = None


def for_insurer(state: State, justification: tuple[Justification, ...], *, lines: bool) -> ForInsurer:
    """The insurer's view of a state; with the order's lines where the agent reads them."""
    return ForInsurer(
        register_act_id=state.order.act_id,
        family=state.order.family,
        written_on=state.order.written_on,
        status=state.status,
        executions=all_past(state),
        invoices=tuple(each.invoice for each in state.invoices),
        justification=justification,
        remainders=state.remainders,
        lines=state.order.lines if lines else None,
    )
