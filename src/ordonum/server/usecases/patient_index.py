"""The keyed name under which a patient's executions are found; written at execution only, and for a number of their own."""

from ordonum.model.beneficiary import Beneficiary, Ins, Nir, NoIdentity
from ordonum.model.care_team import Sought
from ordonum.model.office import Subject
from ordonum.server.vault.vault import Vault


def index_of(vault: Vault, beneficiary: Beneficiary | Subject | Sought) -> bytes | None:
    """The same for a NIR and for an INS that is one; a patient without a number of their own adds birth date and rank to
    the insured's. No number, or a fictitious one that many share: no index.
    """
    identity = beneficiary.identity
    if isinstance(identity, NoIdentity):
        return None
    number = identity.nir if isinstance(identity, Nir) else identity.matricule
    if number.is_fictitious:
        return None
    if isinstance(identity, Nir):
        own = "" if identity.of == "self" else f"/{beneficiary.birth_date}/{beneficiary.birth_rank}"
        return vault.blind("patient/nir/1", number.matricule + own)
    return vault.blind(_kind(identity), number.matricule)


def traced_under(vault: Vault, patient: bytes, year: int) -> bytes:
    """The keyed name of the trace of what is about a patient and no prescription: one a year, so that what is over goes alone."""
    return vault.blind("patient/trace/1", f"{patient.hex()}/{year}")


def _kind(identity: Ins) -> str:
    if identity.oid.is_test:
        return "patient/test/1"
    return "patient/nir/1" if identity.oid.endswith(".8") else "patient/nia/1"
