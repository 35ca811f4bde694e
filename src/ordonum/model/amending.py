"""How an executant amends what they recorded: withdraw an execution or some lines of it, correct it; or report a suspicion."""

from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Text
from ordonum.model.labels import Labelled
from ordonum.model.stopping import Ranks


class AmendReason(Labelled):
    """Why an execution is withdrawn or corrected."""

    QUANTITY = "quantity", "erreur de quantité"
    PRODUCT = "product", "erreur de produit"
    DOSAGE = "dosage", "erreur de posologie"
    PATIENT = "patient", "erreur sur le patient"
    PRESCRIPTION = "prescription", "erreur d'ordonnance"
    DUPLICATE = "duplicate", "enregistrée deux fois"
    NOT_COLLECTED = "not-collected", "non retiré par le patient"
    RETURNED = "returned", "rendu par le patient"
    HANDED_BACK = "handed-back", "remise au patient pour un autre exécutant"
    OTHER = "other", "autre raison"


class Withdrawal(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An executant takes back an execution of theirs, or these lines of it: what it had taken is left again at once.

    `note` is for the next executant.
    """

    act_id: UUID
    execution: UUID
    reason: AmendReason
    lines: Ranks = ()
    note: Text | None = None

    def __post_init__(self) -> None:
        if len(set(self.lines)) != len(self.lines):
            raise ValueError("same-line-twice")
        if self.reason is AmendReason.OTHER and self.note is None:
            raise ValueError("other-reason-wants-its-words")


class Correction(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an execution corrects: the one of this id, of the same author or place, which it replaces at once, and why."""

    execution: UUID
    reason: AmendReason
    detail: Text | None = None

    def __post_init__(self) -> None:
        if self.reason is AmendReason.OTHER and self.detail is None:
            raise ValueError("other-reason-wants-its-words")


class SuspicionKind(Labelled):
    """What makes an executant suspect a forgery (the insurer's Asafo names the same)."""

    FORGED = "forged", "ordonnance fausse"
    ALTERED = "altered", "ordonnance modifiée ou surchargée"
    STOLEN_IDENTITY = "stolen-identity", "identité du prescripteur ou du patient usurpée"
    SHOWN_ELSEWHERE = "shown-elsewhere", "ordonnance présentée dans plusieurs lieux"
    OTHER = "other", "autre soupçon"


class Suspicion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A suspected forgery, reported to the insurer and shown to the next executants; whether the prescriber was told."""

    act_id: UUID
    kind: SuspicionKind
    note: Text | None = None
    prescriber_told: bool = False

    def __post_init__(self) -> None:
        if self.kind is SuspicionKind.OTHER and self.note is None:
            raise ValueError("other-reason-wants-its-words")
