"""What a patient asks at prescribing: anonymity, or no paper; and what the prescriber says of a sheet that left on paper.

Anonymity: IVG at the woman's request, contraception of a minor; only the prescriber and the executant then read (décret
2023-1222). No paper: at the patient's express request, and only once the copy that replaces it is acknowledged.
"""

from datetime import date
from uuid import UUID

from msgspec import Struct

from ordonum.model.identifiers import Moment
from ordonum.model.labels import Labelled


class AnonymityGround(Labelled):
    """On which ground anonymity may be asked for."""

    IVG = "ivg", "interruption volontaire de grossesse"
    MINOR_CONTRACEPTION = "minor-contraception", "contraception d'une mineure"


class Anonymity(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was answered when anonymity was proposed: asked every time the content is of that kind, never assumed."""

    ground: AnonymityGround
    requested: bool


class CopyChannel(Labelled):
    """Where the copy that replaces the paper goes, each in the words of its time."""

    DMP = "dmp", "déposée dans le dossier médical partagé (Mon espace santé)"
    PATIENT_MAIL = "patient-mail", "envoyée par la messagerie sécurisée de Mon espace santé"


class Paperless(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient expressly asked for no paper, on that day, and where the copy goes instead."""

    channel: CopyChannel
    requested_on: date


class CopyAcknowledged(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The copy arrived: its channel, and when that was acknowledged. Until then the paper is owed to the patient."""

    act_id: UUID
    channel: CopyChannel
    acknowledged_at: Moment


class PaperReason(Labelled):
    """Why a prescription left on paper before it was registered (CSP R.4073-2: exceptions; the list is ours)."""

    OUTAGE = "outage", "service indisponible"
    NO_NETWORK = "no-network", "pas de réseau"
    SOFTWARE = "software", "panne du logiciel ou de la carte"
    AWAY = "away", "hors du lieu d'exercice habituel"
    EMERGENCY = "emergency", "urgence"
    OTHER = "other", "autre raison"
