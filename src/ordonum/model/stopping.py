"""How a prescriber stops what they prescribed: the whole, some lines, or all of it for the sake of another prescription.

The reasons follow those of the circuits that have them (EPS: nine reasons, coded outcomes); ours are named in the glossary.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Text
from ordonum.model.labels import Labelled
from ordonum.model.lines import LINES_MAX, Rank

Ranks = Annotated[tuple[Rank, ...], Meta(max_length=LINES_MAX)]


class CancelReason(Labelled):
    """Why a prescription, or a line of it, is cancelled or replaced."""

    PRESCRIBING_ERROR = "prescribing-error", "erreur de prescription"
    CONTRA_INDICATION = "contra-indication", "contre-indication"
    CHANGE_OF_REGIME = "change-of-regime", "changement de traitement"
    CLINICAL_GROUNDS = "clinical-grounds", "raison clinique"
    PATIENT_REQUEST = "patient-request", "demande du patient"
    PHARMACIST_REQUEST = "pharmacist-request", "demande du pharmacien"
    SHORTAGE = "shortage", "rupture d'approvisionnement"
    DEATH = "death", "décès"
    LOST_OR_STOLEN = "lost-or-stolen", "ordonnance perdue ou volée"
    FORGERY = "forgery", "ordonnance falsifiée ou usurpée"
    OTHER = "other", "autre raison"


class CancelOutcome(Labelled):
    """What a cancellation did, told to whoever made it. An opposed patient's prescriber learns nothing of deliveries."""

    NOTHING_GIVEN = "nothing-given", "Annulée : d'après la base, rien n'en avait été délivré"
    REST_STOPPED = "rest-stopped", "Plus rien n'en sera délivré ; ce qui l'a été demeure"
    STOPPED = "stopped", "Arrêtée : le patient étant opposé à la relecture, la base ne dit pas ce qui en a été délivré"
    KEPT = "kept", "Gardée : elle s'appliquera dès que l'ordonnance sera enregistrée"


class Stop(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every stop says: its reason, explained where it is «other»; and, from a prescriber of the same place who is
    neither the author nor the one replaced, why they act for them.
    """

    act_id: UUID
    reason: CancelReason
    detail: Text | None = None
    place_reason: Text | None = None

    def __post_init__(self) -> None:
        if self.reason is CancelReason.OTHER and self.detail is None:
            raise ValueError("other-reason-wants-its-words")


class Cancellation(Stop, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The prescriber stops the prescription, or these lines of it: nothing more of them may be executed; what was delivered
    stays delivered.
    """

    lines: Ranks = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.lines)) != len(self.lines):
            raise ValueError("same-line-twice")


class Replacement(Stop, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The prescription stops for the sake of a new one, registered in the same call: what was signed never changes in place.

    `beyond_reason`: why the new one carries more of a product than the old one had left.
    """

    beyond_reason: Text | None = None
