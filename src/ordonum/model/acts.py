"""The acts on a prescription: what is sent, and what the service keeps of it. Acts are only ever added."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Text
from ordonum.model.amending import Correction, Suspicion, Withdrawal
from ordonum.model.beneficiary import Bearer, Beneficiary
from ordonum.model.identifiers import CommitmentHex, Moment
from ordonum.model.invoice import Invoice, Justification
from ordonum.model.labels import Labelled
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered, Outcomes, SeenOnPaper, Withheld, hands_over
from ordonum.model.prescription import YEAR_MAX, YEAR_MIN, Identity
from ordonum.model.stopping import Cancellation, CancelOutcome, Replacement
from ordonum.model.wishes import CopyAcknowledged

Jws = Annotated[str, Meta(max_length=200_000, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$(?!\n)")]
Scanned = Annotated[str, Meta(max_length=1000, pattern=r"^[A-Z0-9]+$(?!\n)", title="Texte du QR code, tel que lu")]
Opening = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", title="r : 32 octets aléatoires, en hexadécimal")]


class Given(Labelled):
    """`now`: asked before anything leaves the counter, rules may refuse. `already`: it has happened, and is recorded."""

    NOW = "now", "remis ou fait maintenant"
    ALREADY = "already", "déjà remis ou fait"


class Origin(Labelled):
    """How the number came to the executant."""

    PAPER = "paper", "ordonnance papier"
    MSSANTE = "mssante", "messagerie sécurisée"
    DMP = "dmp", "dossier médical partagé"
    PHONE = "phone", "téléphone"


class Execution(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an executant did: whole, part, rest or nothing of it, for whom, when, and how the number had come.

    `seen_on_paper`: the delivery is another's, read on the paper; it counts in what is left, and attaches nobody.
    `corrects`: this act takes the place of one of the same author or place. `bearer`: who came for a stupéfiant in the
    patient's stead (CSP R.5132-35), sealed with the patient.
    """

    act_id: UUID
    given: Given
    performed_at: Moment
    lines: Outcomes
    beneficiary: Beneficiary | None = None
    origin: Origin | None = None
    seen_on_paper: SeenOnPaper | None = None
    identity_reason: Text | None = None
    rule_reason: Text | None = None
    corrects: Correction | None = None
    bearer: Bearer | None = None

    def __post_init__(self) -> None:
        if not YEAR_MIN <= self.performed_at.year <= YEAR_MAX:
            raise ValueError("date-out-of-range")
        withheld = [each.line for each in self.lines if isinstance(each, Withheld)]
        delivered = {each.line for each in self.lines if isinstance(each, Delivered)}
        if len(set(withheld)) != len(withheld) or delivered & set(withheld):
            raise ValueError("same-line-twice")
        if self.seen_on_paper is not None and (self.given is not Given.ALREADY or not delivered):
            raise ValueError("seen-on-paper-is-a-past-delivery")
        if self.delivers and self.beneficiary is None:
            raise ValueError("beneficiary-wanted")
        if not self.delivers and self.beneficiary is not None:
            raise ValueError("no-delivery-attaches-nobody")
        if not self.delivers and self.bearer is not None:
            raise ValueError("no-delivery-has-no-bearer")
        if self.corrects is not None and self.corrects.execution == self.act_id:
            raise ValueError("corrects-itself")

    @property
    def delivers(self) -> bool:
        """Whether anything left this counter; an act that delivers nothing attaches nobody."""
        return self.seen_on_paper is None and hands_over(self.lines)


# What travels to the service -----------------------------------------------------------------------------------------


class RegisterRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Number, identity and opening of the commitment beside the signed order (compact JWS)."""

    number: EpuId
    identity: Identity
    opening: Opening
    jws: Jws


class ConsultRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Reading a prescription whose number the patient handed over, and how it came; with the QR code's text if scanned."""

    number: EpuId
    origin: Origin
    qr: Scanned | None = None


class ExecuteRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An execution of the prescription of this number.

    With the QR code's text, whose signature is verified, what has happened is kept even before the registration arrives.
    """

    number: EpuId
    execution: Execution
    qr: Scanned | None = None


class InvoiceRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An invoice attached to the prescription of this number."""

    number: EpuId
    invoice: Invoice
    qr: Scanned | None = None


class ByNumber(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="number"):
    """The prescription named by its number."""

    number: EpuId


class ByOwnAct(Struct, frozen=True, forbid_unknown_fields=True, tag_field="by", tag="own-act"):
    """A prescriber's own prescription, named by the id of the act that registered it: a lost disk stops nothing."""

    register_act_id: UUID


class CancelRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cancellation of the prescription named so."""

    prescription: ByNumber | ByOwnAct
    cancellation: Cancellation
    qr: Scanned | None = None


class ReplaceRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One call, one transaction: a new registration, whose order names the one that it replaces, and the end of the old."""

    registration: RegisterRequest
    prescription: ByNumber | ByOwnAct
    replacement: Replacement
    qr: Scanned | None = None


class WithdrawRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A withdrawal of one's own execution of the prescription of this number."""

    number: EpuId
    withdrawal: Withdrawal
    qr: Scanned | None = None


class ReportRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A suspected forgery about this number, registered or not."""

    number: EpuId
    suspicion: Suspicion
    qr: Scanned | None = None


class CopyRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The copy that replaces the paper of one's own prescription arrived."""

    prescription: ByNumber | ByOwnAct
    copy: CopyAcknowledged


class RecordedRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """«Was mine recorded?»: an act of one's own, on the prescription named so."""

    prescription: ByNumber | ByOwnAct
    act_id: UUID
    qr: Scanned | None = None


class RegisteredRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The prescriptions registered under one's own RPPS, newest first, before this moment (None: now); fifty at once."""

    before: Moment | None = None


class ReadBackRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was executed of one's own prescription; with the QR code's text if it was scanned."""

    prescription: ByNumber | ByOwnAct
    qr: Scanned | None = None


ActKind = Literal["register", "execute", "cancel", "invoice", "replace", "withdraw", "report", "copy", "oppose", "lift"]


class Acknowledgement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Payload of the service's signature on an act that it recorded.

    `prescription` is the id of the act that registered it: a receipt of one prescription is none of another.
    `early`: the act is kept until the registration arrives, and `prescription` is then its own id.
    `content` is SHA-256 of salt ‖ the act's canonical bytes (for a registration, of salt ‖ the JWS): the salt, given
    beside, keeps the digest of a short act from being guessed by whoever sees the acknowledgement alone.
    """

    v: Literal[1]
    act: ActKind
    act_id: UUID
    prescription: UUID
    recorded_at: Moment
    content: CommitmentHex
    late: bool = False
    early: bool = False
    in_conflict: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every writing act is answered with: the acknowledgement (JWS), its salt, and what the executant is told.

    `justification` tells, for each line of the invoices concerned, whether a scan is still needed, and why; `outcome`, what
    a cancellation or a replacement did.
    """

    acknowledgement: Jws
    salt: CommitmentHex
    notices: tuple[str, ...] = ()
    justification: tuple[Justification, ...] = ()
    outcome: CancelOutcome | None = None


class ReplaceReceipt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a replacement is answered with: the receipt of the new registration, and that of the end of the old."""

    registration: Receipt
    replacement: Receipt
