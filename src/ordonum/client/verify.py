"""What the client believes of an answer: only what it verified. The lines are read from the verified payload alone."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum.client.errors import NotAuthentic
from ordonum.client.outbox import Kept
from ordonum.model.acts import (
    Acknowledgement,
    ByOwnAct,
    CancelRequest,
    CopyRequest,
    ExecuteRequest,
    InvoiceRequest,
    Receipt,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.delegation import LASTS, SKEW, Delegation
from ordonum.model.number import EpuId
from ordonum.model.office import LiftRequest, OpposeRequest
from ordonum.model.prescription import SignedOrder
from ordonum.model.refusals import Refused
from ordonum.model.views import ForExecutant, RecordedView
from ordonum.wire import certificates, commitment, delegation, jws, native
from ordonum.wire.certificates import Usage

CHAINS_MAX = 1000
LATE_MAX = timedelta(days=31)  # as the service does for certificates
_ANOTHER_ACT = "L'accusé du service porte sur un autre acte : ne vous y fiez pas."
# Where the act stands in the request of each operation; a registration's is signed.
_ACT: dict[str, tuple[type[Struct], str]] = {
    "execute": (ExecuteRequest, "execution"),
    "invoice": (InvoiceRequest, "invoice"),
    "cancel": (CancelRequest, "cancellation"),
    "withdraw": (WithdrawRequest, "withdrawal"),
    "report": (ReportRequest, "suspicion"),
    "copy": (CopyRequest, "copy"),
    "oppose": (OpposeRequest, "opposition"),
    "lift": (LiftRequest, "lifting"),
}


class VerifiedOrder(Struct, frozen=True):
    """An order whose signature, chain, acknowledgement and commitment hold, with the service's view of what is left."""

    order: SignedOrder
    acknowledgement: Acknowledgement
    view: ForExecutant


class _ChainsThatHeld:
    """Chains that led to a root, each with the time in which no certificate of it, nor any root, begins or ends.

    Within it the answer cannot change (revocation is the service's to judge), and a pharmacy reads the same few
    prescribers all day: a path is not searched again.
    """

    def __init__(self, roots: list[x509.Certificate]) -> None:
        self._roots = tuple(each.public_bytes(serialization.Encoding.DER) for each in roots)
        self._moments = _moments(roots)
        self._held: dict[tuple[bytes, ...], tuple[datetime, datetime]] = {}

    def validate(self, chain: tuple[bytes, ...], at: datetime) -> None:
        """Raise Untrusted unless the chain leads to a root and stood at `at`."""
        since, until = self._held.get(chain, (at, at))
        if since < at < until:
            return
        certificates.validate_chain(chain, self._roots, at=at, usage=Usage.SIGN)
        moments = sorted((*self._moments, *_moments([certificates.load(each) for each in chain])))
        if len(self._held) >= CHAINS_MAX:
            self._held.clear()
        self._held[chain] = (
            max((each for each in moments if each <= at), default=at),
            min((each for each in moments if each >= at), default=at),
        )


def _moments(loaded: list[x509.Certificate]) -> tuple[datetime, ...]:
    """When these certificates begin and end."""
    return tuple(m for each in loaded for m in (each.not_valid_before_utc, each.not_valid_after_utc))


class Verifier:
    """Verifies with the trusted roots and the service's published acknowledgement keys."""

    def __init__(self, trust: Path, ack_keys: dict[str, OKPKey]) -> None:
        found = [c for file in sorted(trust.glob("*.pem")) for c in x509.load_pem_x509_certificates(file.read_bytes())]
        self._ack_keys = ack_keys
        self._chains = _ChainsThatHeld([each for each in found if each.issuer == each.subject])

    def receipt(self, receipt: Receipt, content: bytes) -> Acknowledgement:
        """The acknowledgement of an act whose digest covers `content`. Raises NotAuthentic."""
        acknowledgement = self._signed(receipt)
        if acknowledgement.content != commitment.digest(receipt.salt, content):
            raise NotAuthentic(_ANOTHER_ACT)
        return acknowledgement

    def kept(self, kept: Kept, receipt: Receipt) -> Acknowledgement:
        """The acknowledgement of this very act, on the prescription that it names. Raises NotAuthentic."""
        acknowledgement = self.receipt(receipt, _acknowledged_bytes(kept))
        kind = "register" if kept.operation == "replace" else kept.operation
        if (acknowledgement.act_id, acknowledgement.act) != (kept.act_id, kind) or _names_another(
            acknowledgement, kept
        ):
            raise NotAuthentic(_ANOTHER_ACT)
        return acknowledgement

    def ended(self, kept: Kept, receipt: Receipt) -> Acknowledgement:
        """The acknowledgement of the end of the prescription that this kept replacement replaces. Raises NotAuthentic."""
        request = native.read(kept.body.encode(), ReplaceRequest)
        acknowledgement = self.receipt(receipt, native.canonical(request.replacement))
        replaced = native.read(jws.payload_of(request.registration.jws), SignedOrder).replaces
        if (acknowledgement.act, acknowledgement.prescription) != ("replace", replaced):
            raise NotAuthentic(_ANOTHER_ACT)
        return acknowledgement

    def recorded(self, act_id: UUID, view: RecordedView, kept: Kept | None) -> RecordedView:
        """What the service says of an act: its acknowledgement is of this act; of these bytes, if they are kept here.

        Raises NotAuthentic.
        """
        acknowledgement = self._signed(view.receipt)
        told = (acknowledgement.act_id, acknowledgement.act, acknowledgement.recorded_at)
        if told != (act_id, view.kind, view.recorded_at) or view.act_id != act_id:
            raise NotAuthentic(_ANOTHER_ACT)
        if kept is not None:
            self.kept(kept, view.receipt)
        return view

    def _signed(self, receipt: Receipt) -> Acknowledgement:
        try:
            payload = jws.read_acknowledgement(receipt.acknowledgement, self._ack_keys)
            return native.read(payload, Acknowledgement)
        except (jws.BadSignature, Refused):
            raise NotAuthentic("L'accusé du service n'est pas authentique : ne vous y fiez pas.") from None

    def order(self, number: EpuId, view: ForExecutant) -> VerifiedOrder:
        """The order that the prescriber signed for the holder of this number. Raises NotAuthentic."""
        acknowledgement = self.receipt(view.registered, view.jws.encode())
        try:
            signed = jws.take_apart(view.jws, typ=jws.ORDER_TYP)
            by_card, delegated = delegation.verify_order(signed)
            certificate = jws.verify(by_card)
            at = min(acknowledgement.recorded_at, certificate.not_valid_after_utc)
            self._chains.validate(signed.chain, at)
            signer = certificates.professional(certificate)
            if delegated is not None:
                _check_dates(delegated, acknowledgement.recorded_at)
        except (jws.BadSignature, certificates.Untrusted, certificates.NotAProfessional):
            raise NotAuthentic(
                "La signature du prescripteur ne tient pas : ne délivrez pas d'après cette réponse."
            ) from None
        order = _read(signed.payload)
        if (signer.rpps, signer.profession) != (order.prescriber.rpps, order.prescriber.profession):
            raise NotAuthentic("L'ordonnance est signée par un autre que son prescripteur.")
        if not commitment.opens(order.commitment, number, view.identity, view.opening):
            raise NotAuthentic("Cette ordonnance n'est pas celle de ce numéro et de ce patient.")
        return VerifiedOrder(order, acknowledgement, view)


def _check_dates(delegated: Delegation, recorded_at: datetime) -> None:
    """A delegated key served in its time; the service accepts, marked late, what was signed then and came after."""
    if delegated.ends - delegated.starts > LASTS[delegated.use]:
        raise jws.BadSignature("la délégation dure plus que ne le permet son usage")
    if not delegated.starts <= recorded_at + SKEW or not recorded_at <= delegated.ends + LATE_MAX:
        raise jws.BadSignature("la clé déléguée n'était pas valable à cette date")


def _names_another(acknowledgement: Acknowledgement, kept: Kept) -> bool:
    """Whether the receipt is of another prescription than the one that we named by its registering act."""
    if kept.prescription is not None:
        return acknowledgement.prescription != kept.act_id
    if kept.operation not in ("cancel", "copy"):
        return False
    body = kept.body.encode()
    cancel = kept.operation == "cancel"
    named = (native.read(body, CancelRequest) if cancel else native.read(body, CopyRequest)).prescription
    return isinstance(named, ByOwnAct) and acknowledgement.prescription != named.register_act_id


def _acknowledged_bytes(kept: Kept) -> bytes:
    """What the digest of the receipt covers: the JWS of a registration, else the canonical act."""
    body = kept.body.encode()
    if kept.operation == "register":
        return native.read(body, RegisterRequest).jws.encode()
    if kept.operation == "replace":
        return native.read(body, ReplaceRequest).registration.jws.encode()
    kind, act = _ACT[kept.operation]
    return native.canonical(getattr(native.read(body, kind), act))


def _read(payload: bytes) -> SignedOrder:
    try:
        native.refuse_duplicate_keys(payload, at="$")
        return native.read(payload, SignedOrder)
    except Refused:
        raise NotAuthentic(
            "L'ordonnance est signée, mais ce logiciel ne sait pas la lire : mettez-le à jour, et délivrez d'après le papier."
        ) from None
