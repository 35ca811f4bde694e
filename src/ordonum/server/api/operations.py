"""The operations of the service, as one table: address, what is read, which use case, what is answered.

No number, name or token in an address: every operation is a POST whose body holds them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from ordonum.model.acts import (
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    InvoiceRequest,
    ReadBackRequest,
    Receipt,
    RegisterRequest,
)
from ordonum.model.delegation import Delegated, DelegateRequest
from ordonum.model.refusals import Refusal
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.cancel import cancel
from ordonum.server.usecases.consult import consult
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.delegate import delegate
from ordonum.server.usecases.execute import execute
from ordonum.server.usecases.invoice import invoice
from ordonum.server.usecases.read_back import read_back
from ordonum.server.usecases.register import register
from ordonum.server.usecases.trace_refusal import Asked


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `french` is the published name of the téléservice's operation it answers to; `refusals` those of its own;
    `prescribes` the role that the software needs: prescriber, or executant.
    """

    path: str
    name: str
    french: str
    summary: str
    reads: type[Asked]
    answers: type[Struct]
    use_case: Callable[[Context, Caller, Any], Awaitable[Answer | Struct]]
    writes: bool
    prescribes: bool
    refusals: tuple[Refusal, ...]
    body_bytes_max: int = 65_536


OPERATIONS = (
    Operation(
        path="/v1/register",
        name="register",
        french="Enregistrer",
        summary="Le prescripteur enregistre une ordonnance signée ; rien ne nomme le patient en clair.",
        reads=RegisterRequest,
        answers=Receipt,
        use_case=register,
        refusals=(
            Refusal.SIGNATURE_INVALID,
            Refusal.CERTIFICATE_UNTRUSTED,
            Refusal.CERTIFICATE_EXPIRED,
            Refusal.CERTIFICATE_REVOKED,
            Refusal.KEY_NOT_DELEGATED,
            Refusal.SIGNER_NOT_CALLER,
            Refusal.SIGNER_NOT_PRESCRIBER,
            Refusal.TRANSPORT_OUT_OF_SCOPE,
            Refusal.MADE_AND_EXECUTED_INSIDE,
            Refusal.PLACE_DIFFERS,
            Refusal.NOT_ENTITLED,
            Refusal.NOT_ENTITLED_SECURED,
            Refusal.COMMITMENT_DIFFERS,
            Refusal.WRITTEN_IN_FUTURE,
            Refusal.WRITTEN_TOO_LONG_AGO,
            Refusal.NUMBER_TAKEN,
            Refusal.RULE_REFUSES_PRESCRIBING,
            Refusal.RULE_ASKS_PRESCRIBING,
            Refusal.EXISTS_DIFFERENT,
            Refusal.REVOCATION_LIST_OVERDUE,
            Refusal.BUSY,
            Refusal.OUTCOME_UNKNOWN,
        ),
        writes=True,
        prescribes=True,
        body_bytes_max=262_144,
    ),
    Operation(
        path="/v1/consult",
        name="consult",
        french="Consulter",
        summary="L'exécutant lit l'ordonnance dont le patient lui remet le numéro. Chaque lecture est tracée.",
        reads=ConsultRequest,
        answers=ForExecutant,
        use_case=consult,
        refusals=(
            Refusal.UNKNOWN_NUMBER,
            Refusal.NOT_YET_REGISTERED,
            Refusal.QR_DIFFERS,
            Refusal.TOO_MANY_UNKNOWN,
            Refusal.NOT_YOUR_FAMILY,
            Refusal.MADE_AND_EXECUTED_INSIDE,
            Refusal.OWN_PRESCRIPTION,
            Refusal.PATIENT_OPPOSED,
            Refusal.CANCELLED,
        ),
        writes=False,
        prescribes=False,
    ),
    Operation(
        path="/v1/execute",
        name="execute",
        french="Transmettre exécution",
        summary="L'exécutant enregistre ce qu'il a délivré ou fait, en tout ou partie, et pour qui.",
        reads=ExecuteRequest,
        answers=Receipt,
        use_case=execute,
        refusals=(
            Refusal.UNKNOWN_NUMBER,
            Refusal.NOT_YET_REGISTERED,
            Refusal.QR_DIFFERS,
            Refusal.TOO_MANY_UNKNOWN,
            Refusal.NOT_YOUR_FAMILY,
            Refusal.MADE_AND_EXECUTED_INSIDE,
            Refusal.PERFORMED_IN_FUTURE,
            Refusal.PERFORMED_BEFORE_WRITTEN,
            Refusal.LATE_NEEDS_ALREADY,
            Refusal.UNKNOWN_LINE,
            Refusal.QUANTITY_WANTED,
            Refusal.UNIT_DIFFERS,
            Refusal.AGREEMENT_AFTER_ACT,
            Refusal.AGREEMENT_WANTED,
            Refusal.CANCELLED,
            Refusal.IDENTITY_DIFFERS,
            Refusal.RULE_REFUSES,
            Refusal.RULE_ASKS,
            Refusal.MORE_THAN_LEFT,
            Refusal.SECURED_MORE_THAN_LEFT,
            Refusal.EXISTS_DIFFERENT,
            Refusal.TOO_MANY_ACTS,
            Refusal.TOO_MANY_EARLY,
            Refusal.BUSY,
            Refusal.OUTCOME_UNKNOWN,
        ),
        writes=True,
        prescribes=False,
    ),
    Operation(
        path="/v1/invoice",
        name="invoice",
        french="Facturer",
        summary="L'exécutant rattache une facture ; ligne par ligne, il apprend si une numérisation est encore nécessaire.",
        reads=InvoiceRequest,
        answers=Receipt,
        use_case=invoice,
        refusals=(
            Refusal.UNKNOWN_NUMBER,
            Refusal.NOT_YET_REGISTERED,
            Refusal.QR_DIFFERS,
            Refusal.TOO_MANY_UNKNOWN,
            Refusal.NOT_YOUR_FAMILY,
            Refusal.PATIENT_OPPOSED,
            Refusal.CANCELLED,
            Refusal.INVOICED_IN_FUTURE,
            Refusal.EXISTS_DIFFERENT,
            Refusal.TOO_MANY_ACTS,
            Refusal.TOO_MANY_EARLY,
            Refusal.BUSY,
            Refusal.OUTCOME_UNKNOWN,
        ),
        writes=True,
        prescribes=False,
    ),
    Operation(
        path="/v1/delegations",
        name="delegate",
        french="Déléguer une clé",
        summary="La carte délègue une clé P-256 : pour signer des ordonnances (12 heures) ou des QR codes (31 jours).",
        reads=DelegateRequest,
        answers=Delegated,
        use_case=delegate,
        refusals=(Refusal.BAD_DELEGATION, Refusal.CERTIFICATE_UNTRUSTED, Refusal.CERTIFICATE_EXPIRED),
        writes=True,
        prescribes=True,
    ),
    Operation(
        path="/v1/cancel",
        name="cancel",
        french="Annuler",
        summary="Le prescripteur annule son ordonnance : ce qui a été délivré le reste, le reste s'arrête.",
        reads=CancelRequest,
        answers=Receipt,
        use_case=cancel,
        refusals=(
            Refusal.NOT_REGISTERED,
            Refusal.QR_DIFFERS,
            Refusal.TOO_MANY_UNKNOWN,
            Refusal.UNKNOWN_OWN_ACT,
            Refusal.NOT_YOUR_PRESCRIPTION,
            Refusal.ALREADY_CANCELLED,
            Refusal.ALREADY_EXECUTED,
            Refusal.EXISTS_DIFFERENT,
            Refusal.BUSY,
            Refusal.OUTCOME_UNKNOWN,
        ),
        writes=True,
        prescribes=True,
    ),
    Operation(
        path="/v1/executions",
        name="executions",
        french="Consulter les exécutions",
        summary="Le prescripteur relit ce qui a été exécuté de son ordonnance, sauf opposition du patient.",
        reads=ReadBackRequest,
        answers=ForPrescriber,
        use_case=read_back,
        refusals=(
            Refusal.NOT_REGISTERED,
            Refusal.TOO_MANY_UNKNOWN,
            Refusal.UNKNOWN_OWN_ACT,
            Refusal.NOT_YOUR_PRESCRIPTION,
            Refusal.PATIENT_OPPOSED,
        ),
        writes=False,
        prescribes=True,
    ),
)

# What any operation may answer besides its own refusals.
SITE_REFUSALS = (
    Refusal.SOFTWARE_UNKNOWN,
    Refusal.SOFTWARE_NOT_USABLE,
    Refusal.SOFTWARE_VERSION,
    Refusal.SOFTWARE_NOT_AUTHORISED,
    Refusal.SITE_UNKNOWN,
    Refusal.SITE_NOT_ACTIVE,
    Refusal.NOT_OF_THIS_SITE,
    Refusal.NOBODY_ANSWERS,
)
EVERYWHERE = (
    *SITE_REFUSALS,
    Refusal.NOT_FOR_THIS_CALLER,
    Refusal.UNREADABLE,
    Refusal.TOO_LARGE,
    Refusal.TOO_SLOW,
    Refusal.NO_TOKEN,
    Refusal.TOKEN_EXPIRED,
    Refusal.CERTIFICATE_REVOKED,
    Refusal.UNAVAILABLE,
)
TOKEN_REFUSALS = (
    *SITE_REFUSALS,
    Refusal.UNREADABLE,
    Refusal.TOO_SLOW,
    Refusal.BAD_ASSERTION,
    Refusal.CLOCK_DIFFERS,
    Refusal.ASSERTION_REUSED,
    Refusal.CERTIFICATE_UNTRUSTED,
    Refusal.CERTIFICATE_EXPIRED,
    Refusal.CERTIFICATE_REVOKED,
    Refusal.TOO_LARGE,
    Refusal.UNAVAILABLE,
)
