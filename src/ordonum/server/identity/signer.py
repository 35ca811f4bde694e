"""Who signed: the judgement of a signature, its chain and its revocation at reception."""

from datetime import datetime, timedelta

from cryptography import x509
from msgspec import Struct

from ordonum.model.actors import Professional
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.trust import Trust
from ordonum.server.store.credentials import Revocation, revocations_of
from ordonum.server.store.database import Pool
from ordonum.wire import certificates, jws
from ordonum.wire.certificates import NotAProfessional, Usage
from ordonum.wire.jws import BadSignature, SignedText

LATE_MAX = timedelta(days=31)
SUPERSEDED = "superseded"


class Signer(Struct, frozen=True):
    """A professional whose signature holds; `late` when the certificate had expired for at most 31 days."""

    professional: Professional
    certificate: x509.Certificate
    late: bool


async def judge_order(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The signer of an order, judged at reception.

    An expired certificate is accepted for 31 days, marked late; one revoked for another reason than having been
    superseded is refused; one superseded counts as expired on that day. Raises Refused.
    """
    certificate = _verified(signed, Refusal.SIGNATURE_INVALID)
    revoked = await revocations_of(pool, *certificates.issuer_and_serial(certificate))
    if any(each.reason != SUPERSEDED for each in revoked):
        raise Refused(Refusal.CERTIFICATE_REVOKED)
    ended = min([certificate.not_valid_after_utc, *(each.revoked_at for each in revoked)])
    late = ended < now
    if late and now - ended > LATE_MAX:
        raise Refused(Refusal.CERTIFICATE_EXPIRED)
    await trust.check(signed.chain, at=min(now, certificate.not_valid_after_utc), usage=Usage.SIGN)
    return Signer(_professional(certificate), certificate, late)


async def judge_assertion(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The professional who authenticates; their certificate stands now. Raises Refused."""
    certificate = _verified(signed, Refusal.BAD_ASSERTION)
    await trust.check(signed.chain, at=now, usage=Usage.AUTHENTICATE)
    await refuse_revoked(pool, *certificates.issuer_and_serial(certificate))
    return Signer(_professional(certificate), certificate, late=False)


async def refuse_revoked(pool: Pool, issuer: bytes, serial: str) -> None:
    """Raise Refused when the certificate is revoked, whatever the reason. One read at each request."""
    revoked: tuple[Revocation, ...] = await revocations_of(pool, issuer, serial)
    if revoked:
        raise Refused(Refusal.CERTIFICATE_REVOKED)


def _verified(signed: SignedText, refusal: Refusal) -> x509.Certificate:
    try:
        return jws.verify(signed)
    except BadSignature as error:
        raise Refused(refusal, cause=str(error)) from None


def _professional(certificate: x509.Certificate) -> Professional:
    try:
        return certificates.professional(certificate)
    except NotAProfessional:
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None
