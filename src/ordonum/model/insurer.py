"""The insurer's agents: their identifiers, what they are entitled to, and why they call.

No national format of an insurer's agent card is public; ours is in docs/divergences.md.
"""

import re

from msgspec import Struct

from ordonum.model.identifiers import Identifier, Malformed
from ordonum.model.labels import Labelled

_NIR_INSIDE = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}")


class InsurerCode(Identifier):
    """An organisation of the health insurance: scheme (2 digits) and fund (3 digits), as a Vitale card names them."""

    title = "Régime et caisse"
    pattern = r"^[0-9]{5}$"


class AgentId(Identifier):
    """Identifier of an insurer's agent: their organisation's code, «/», a number of its own. Checked by shape alone."""

    title = "Identifiant d'un agent de l'Assurance Maladie"
    pattern = r"^[0-9]{5}/[A-Z0-9]{1,20}$"

    @property
    def insurer(self) -> InsurerCode:
        """The organisation that employs them."""
        return InsurerCode(self[:5])


class FileReference(Identifier):
    """Reference of the insurer's file: capitals, digits, hyphens, at least one digit. Neither a name nor a NIR."""

    title = "Référence du dossier (ni nom ni NIR)"
    pattern = r"^(?=[A-Z-]*[0-9])[A-Z0-9][A-Z0-9-]{2,29}$"

    @classmethod
    def check(cls, text: str) -> None:
        if _NIR_INSIDE.search(text.replace("-", "")):
            raise Malformed("wrong-shape")


class PurposeCode(Labelled):
    """Why an agent calls; which mission may say which is in `knowledge.rights`."""

    PATIENT_REQUEST = "patient-request", "demande du patient"
    REPRESENTATIVE_REQUEST = "representative-request", "demande du représentant légal du patient"
    INVOICE_CHECK = "invoice-check", "vérification d'une facture"
    OVERPAYMENT = "overpayment", "recherche d'un indu"
    MEDICAL_OPINION = "medical-opinion", "avis du service du contrôle médical"


class Purpose(Struct, frozen=True, forbid_unknown_fields=True):
    """The purpose that each call of an agent declares, with the reference of their file if there is one; it is traced."""

    code: PurposeCode
    reference: FileReference | None = None


class Mission(Labelled):
    """For what an agent is entitled, by their organisation's own authority: their certificate carries it."""

    OFFICE = "office", "agit pour un patient (caisse)"
    REIMBURSEMENT = "reimbursement", "remboursement"
    MEDICAL_SERVICE = "medical-service", "service médical"
