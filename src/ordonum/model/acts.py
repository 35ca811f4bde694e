"""The acts on a prescription: what is sent, and what the service keeps of it. Acts are only ever added."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Actor, Text
from ordonum.model.beneficiary import Beneficiary
from ordonum.model.identifiers import CommitmentHex, Rpps
from ordonum.model.invoice import Invoice, Justification
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered, Outcome, Outcomes, SeenOnPaper, Withheld, hands_over
from ordonum.model.prescription import YEAR_MAX, YEAR_MIN, Identity, SignedOrder

Moment = Annotated[datetime, Meta(tz=True)]
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


class CancelReason(Labelled):
    """Why a prescription is cancelled."""

    PRESCRIBING_ERROR = "prescribing-error", "erreur de prescription"
    CONTRA_INDICATION = "contra-indication", "contre-indication"
    CHANGE_OF_REGIME = "change-of-regime", "changement de traitement"
    CLINICAL_GROUNDS = "clinical-grounds", "raison clinique"
    PATIENT_REQUEST = "patient-request", "demande du patient"
    PHARMACIST_REQUEST = "pharmacist-request", "demande du pharmacien"
    DEATH = "death", "décès"
    LOST_OR_STOLEN = "lost-or-stolen", "ordonnance perdue ou volée"


class Execution(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an executant did: whole, part, rest or nothing of it, for whom, when, and how the number had come.

    `seen_on_paper`: the delivery is another's, read on the paper; it counts in what is left, and attaches nobody.
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

    @property
    def delivers(self) -> bool:
        """Whether anything left this counter; an act that delivers nothing attaches nobody."""
        return self.seen_on_paper is None and hands_over(self.lines)


class Cancellation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The prescriber stops the prescription: nothing more may be executed; what was delivered stays delivered."""

    act_id: UUID
    reason: CancelReason


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


class ReadBackRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was executed of one's own prescription; with the QR code's text if it was scanned."""

    prescription: ByNumber | ByOwnAct
    qr: Scanned | None = None


# What the service keeps ----------------------------------------------------------------------------------------------


class Registered(Struct, frozen=True, tag_field="kind", tag="register"):
    """The registration, its order read from the signed payload."""

    act_id: UUID
    recorded_at: datetime
    order: SignedOrder
    late: bool = False


class Executed(Struct, frozen=True, kw_only=True, tag_field="kind", tag="execute"):
    """An execution without its beneficiary, who is sealed apart. `early`: it came before the registration («d'après le
    papier») and is judged with it; `may` are then the families that its executant could execute that day,
    `code_of` the prescriber whom the authentic QR code named.
    """

    act_id: UUID
    recorded_at: datetime
    by: Actor
    given: Given
    performed_at: datetime
    lines: tuple[Outcome, ...]
    origin: Origin | None = None
    seen_on_paper: SeenOnPaper | None = None
    identity_reason: str | None = None
    rule_reason: str | None = None
    in_conflict: tuple[str, ...] = ()
    early: bool = False
    may: tuple[Family, ...] = ()
    code_of: Rpps | None = None


class Cancelled(Struct, frozen=True, kw_only=True, tag_field="kind", tag="cancel"):
    """A cancellation by the prescriber."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    reason: CancelReason
    early: bool = False


class Invoiced(Struct, frozen=True, kw_only=True, tag_field="kind", tag="invoice"):
    """An invoice attached by an executant; `early`, `may` and `code_of` as for an execution."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    invoice: Invoice
    early: bool = False
    may: tuple[Family, ...] = ()
    code_of: Rpps | None = None


Act = Registered | Executed | Cancelled | Invoiced


class Acknowledgement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Payload of the service's signature on an act that it recorded.

    `prescription` is the id of the act that registered it: a receipt of one prescription is none of another.
    `early`: the act is kept until the registration arrives, and `prescription` is then its own id.
    `content` is SHA-256 of salt ‖ the act's canonical bytes (for a registration, of salt ‖ the JWS): the salt, given
    beside, keeps the digest of a short act from being guessed by whoever sees the acknowledgement alone.
    """

    v: Literal[1]
    act: Literal["register", "execute", "cancel", "invoice", "oppose", "lift"]
    act_id: UUID
    prescription: UUID
    recorded_at: Moment
    content: CommitmentHex
    late: bool = False
    early: bool = False
    in_conflict: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every writing act is answered with: the acknowledgement (JWS), its salt, and what the executant is told.

    `justification` tells, for each line of the invoices concerned, whether a scan is still needed, and why.
    """

    acknowledgement: Jws
    salt: CommitmentHex
    notices: tuple[str, ...] = ()
    justification: tuple[Justification, ...] = ()
