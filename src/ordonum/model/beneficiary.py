"""The patient at execution: the beneficiary of an insured. Before execution the service knows none of this."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.identifiers import BirthDate, InsOid, NirKey
from ordonum.model.labels import Labelled


class InsStatus(Labelled):
    """How sure the identity is (référentiel national d'identitovigilance)."""

    PROVISIONAL = "PROV", "provisoire"
    RETRIEVED = "RECUP", "récupérée"
    VALIDATED = "VALI", "validée"
    QUALIFIED = "QUAL", "qualifiée"


class NoIdentityReason(Labelled):
    """Why an execution carries no number."""

    FOREIGNER = "foreigner", "assuré d'un régime étranger"
    NEWBORN = "newborn", "nouveau-né sans numéro"
    ANONYMOUS = "anonymous", "soins sous anonymat"
    NOT_INSURED = "not-insured", "personne sans droits ouverts"
    NOT_SHOWN = "not-shown", "numéro non présenté"


class Nir(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="nir"):
    """The NIR read on the card. `of` says whose it is: a child on a parent's card has the insured's.

    A number of anonymous billing (fictitious, shared by all) names nobody and writes no index.
    """

    nir: NirKey
    of: Literal["self", "insured"]


class Ins(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="ins"):
    """The national health identity of the patient."""

    matricule: NirKey
    oid: InsOid
    status: InsStatus

    @property
    def is_qualified(self) -> bool:
        """Whether documents may bear it and the DMP be fed (validated and retrieved)."""
        return self.status is InsStatus.QUALIFIED


class NoIdentity(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="none"):
    """No number, and why."""

    reason: NoIdentityReason


class Beneficiary(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who received what was executed; the first name and birth date are compared with the sealed ones.

    `birth_rank` tells twins apart (rang gémellaire). Birth dates may be of no calendar, as cards write them.
    """

    identity: Nir | Ins | NoIdentity
    surname: Name
    first_name: Name
    birth_date: BirthDate
    birth_rank: Annotated[int, Meta(ge=1, le=9)] = 1

    def __repr__(self) -> str:
        return "Beneficiary(…)"


class Bearer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who came for a stupéfiant in the patient's stead: name and address; the proof of identity seen, when the bearer is
    not known to the pharmacist (CSP R.5132-35). Sealed with the patient.
    """

    surname: Name
    first_name: Name
    address: Text
    proof: Name | None = None

    def __repr__(self) -> str:
        return "Bearer(…)"


class Attached(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """What is sealed of an execution when somebody came in the patient's stead; else the beneficiary alone."""

    beneficiary: Beneficiary
    bearer: Bearer
