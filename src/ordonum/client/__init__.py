"""The client for publishers: everything a prescriber's or an executant's software does with the service.

The values that its methods take and return are exported here too, so that one import is enough.
"""

from ordonum.client.acting import Acknowledged
from ordonum.client.aio import AsyncClient
from ordonum.client.card import Card
from ordonum.client.client import Client
from ordonum.client.errors import (
    CannotPrint,
    ClientError,
    Declined,
    NotAuthentic,
    NotKept,
    Unconfirmed,
    UnusableCard,
    UnusableOutbox,
)
from ordonum.client.journal import Entry, Journal
from ordonum.client.outbox import Kept
from ordonum.client.remaining import remaining_lines
from ordonum.client.restoring import Sent
from ordonum.client.sealing import KeyWrap
from ordonum.client.tally import Tally, tally
from ordonum.client.verify import VerifiedOrder
from ordonum.model.actors import Place, Profession, Professional, Software
from ordonum.model.acts import ByNumber, ByOwnAct, Execution, Given, Origin
from ordonum.model.amending import AmendReason, Correction, Suspicion, SuspicionKind, Withdrawal
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir, NoIdentity, NoIdentityReason
from ordonum.model.identifiers import BirthDate, Cip13, Finess, InsOid, Nil, NirKey, NumeroAm, Rpps
from ordonum.model.lines import Family, FreeTextLine, Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Delivered, NotDelivered, Withheld
from ordonum.model.prescription import Patient, Prescription, Sex
from ordonum.model.products import MedicineLine, Substance
from ordonum.model.stopping import Cancellation, CancelOutcome, CancelReason, Replacement
from ordonum.model.wishes import Anonymity, AnonymityGround, CopyAcknowledged, CopyChannel, Paperless, PaperReason
from ordonum.wire.qr import NotOurCode, number_in
from ordonum.wire.scan import find_code, find_number

__all__ = [
    "Acknowledged",
    "AmendReason",
    "Anonymity",
    "AnonymityGround",
    "AsyncClient",
    "Beneficiary",
    "BirthDate",
    "ByNumber",
    "ByOwnAct",
    "CancelOutcome",
    "CancelReason",
    "Cancellation",
    "CannotPrint",
    "Card",
    "Cip13",
    "Client",
    "ClientError",
    "CopyAcknowledged",
    "CopyChannel",
    "Correction",
    "Declined",
    "Delivered",
    "Entry",
    "EpuId",
    "Execution",
    "Family",
    "Finess",
    "FreeTextLine",
    "Given",
    "Ins",
    "InsOid",
    "InsStatus",
    "Journal",
    "Kept",
    "KeyWrap",
    "MedicineLine",
    "Nil",
    "Nir",
    "NirKey",
    "NoIdentity",
    "NoIdentityReason",
    "NotAuthentic",
    "NotDelivered",
    "NotKept",
    "NotOurCode",
    "NumeroAm",
    "Origin",
    "PaperReason",
    "Paperless",
    "Patient",
    "Place",
    "Prescription",
    "Profession",
    "Professional",
    "Quantity",
    "Replacement",
    "Rpps",
    "Sent",
    "Sex",
    "Software",
    "Substance",
    "Suspicion",
    "SuspicionKind",
    "Tally",
    "Unconfirmed",
    "Unit",
    "UnusableCard",
    "UnusableOutbox",
    "VerifiedOrder",
    "Withdrawal",
    "Withheld",
    "find_code",
    "find_number",
    "number_in",
    "remaining_lines",
    "tally",
]
