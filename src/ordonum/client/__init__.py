"""The client for publishers: everything a prescriber's or an executant's software does with the service.

The values that its methods take and return are exported here too, so that one import is enough.
"""

from ordonum.client.card import Card
from ordonum.client.client import Acknowledged, Client
from ordonum.client.errors import (
    CannotPrint,
    ClientError,
    Declined,
    NotAuthentic,
    NotKept,
    Unconfirmed,
    UnusableCard,
)
from ordonum.client.verify import VerifiedOrder
from ordonum.model.actors import Place, Profession, Professional, Software
from ordonum.model.acts import ByNumber, ByOwnAct, Cancellation, CancelReason, Execution, Given, Origin
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir, NoIdentity, NoIdentityReason
from ordonum.model.identifiers import BirthDate, Cip13, Finess, InsOid, NirKey, NumeroAm, Rpps
from ordonum.model.lines import Family, FreeTextLine, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered, NotDelivered, Withheld
from ordonum.model.prescription import Patient, Prescription, Sex
from ordonum.model.products import MedicineLine, Substance
from ordonum.wire.scan import find_code

__all__ = [
    "Acknowledged",
    "Beneficiary",
    "BirthDate",
    "ByNumber",
    "ByOwnAct",
    "CancelReason",
    "Cancellation",
    "CannotPrint",
    "Card",
    "Cip13",
    "Client",
    "ClientError",
    "Declined",
    "Delivered",
    "EpuId",
    "Execution",
    "Family",
    "Finess",
    "FreeTextLine",
    "Given",
    "Ins",
    "InsOid",
    "InsStatus",
    "MedicineLine",
    "Nir",
    "NirKey",
    "NoIdentity",
    "NoIdentityReason",
    "NotAuthentic",
    "NotDelivered",
    "NotKept",
    "NumeroAm",
    "Origin",
    "Patient",
    "Place",
    "Prescription",
    "Profession",
    "Professional",
    "Quantity",
    "Rpps",
    "Sex",
    "Software",
    "Substance",
    "Unconfirmed",
    "Unit",
    "UnusableCard",
    "VerifiedOrder",
    "Withheld",
    "find_code",
]
