"""Who signed: the judgement of a signature, its chain and its revocation at reception."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from msgspec import Struct

from ordonum.model.actors import Professional, Who
from ordonum.model.delegation import Delegation, KeyUse
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.trust import Trust
from ordonum.server.store.credentials import next_list_due, revocations_of
from ordonum.server.store.database import Pool
from ordonum.server.store.delegations import find_delegation
from ordonum.wire import certificates, delegation, jws
from ordonum.wire.certificates import NotAProfessional, Untrusted, Usage
from ordonum.wire.jws import BadSignature, SignedText

LATE_MAX = timedelta(days=31)
OVERDUE_MAX = timedelta(hours=72)
SUPERSEDED = "superseded"


class Signer(Struct, frozen=True):
    """A professional whose signature holds; `late` when the certificate, or the key that it delegated, had been over
    for at most 31 days, since `ended`.
    """

    professional: Professional
    certificate: x509.Certificate
    late: bool
    ended: datetime | None = None


class Holder(Struct, frozen=True):
    """Whom a certificate that authenticates names: a professional, an employee, a structure."""

    who: Who
    certificate: x509.Certificate


async def judge_order(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The signer of an order, judged at reception: the card, or a key that it delegated and that was registered before.

    An expired certificate is accepted for 31 days, marked late; one revoked for another reason than having been
    superseded is refused; one superseded counts as expired on that day. Raises Refused.
    """
    by_card, delegated = _delegated(signed)
    certificate = _verified(by_card, Refusal.SIGNATURE_INVALID)
    await _refuse_overdue_list(pool, certificate, now, sandbox=trust.sandbox)
    revoked = await revocations_of(pool, names_of(signed))
    if any(each.reason != SUPERSEDED for each in revoked):
        raise Refused(Refusal.CERTIFICATE_REVOKED)
    ended = min([certificate.not_valid_after_utc, *(each.revoked_at for each in revoked)])
    if delegated is not None:
        ended = min(ended, await _end_of_key(pool, signed, delegated))
    late = ended < now
    if late and now - ended > LATE_MAX:
        raise Refused(Refusal.CERTIFICATE_EXPIRED)
    await trust.check(signed.chain, at=min(now, certificate.not_valid_after_utc), usage=Usage.SIGN)
    return Signer(_professional(certificate), certificate, late, ended if late else None)


async def judge_delegation(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The professional whose card delegates a key; it stands now. Raises Refused."""
    certificate = _verified(signed, Refusal.BAD_DELEGATION)
    await trust.check(signed.chain, at=now, usage=Usage.SIGN)
    await refuse_revoked(pool, names_of(signed))
    return Signer(_professional(certificate), certificate, late=False)


async def judge_assertion(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Holder:
    """Who authenticates; their certificate stands now. Raises Refused."""
    certificate = _verified(signed, Refusal.BAD_ASSERTION)
    await trust.check(signed.chain, at=now, usage=Usage.AUTHENTICATE)
    await refuse_revoked(pool, names_of(signed))
    return Holder(_holder(certificate), certificate)


async def refuse_revoked(pool: Pool, names: Sequence[tuple[bytes, str]]) -> None:
    """Raise Refused when one of these certificates is revoked, whatever the reason. One read at each request."""
    if await revocations_of(pool, names):
        raise Refused(Refusal.CERTIFICATE_REVOKED)


def names_of(signed: SignedText) -> tuple[tuple[bytes, str], ...]:
    """What names each certificate of the chain in a revocation list: a revoked issuer revokes all below it."""
    try:
        return tuple(certificates.issuer_and_serial(certificates.load(der)) for der in signed.chain)
    except Untrusted:
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None


async def _refuse_overdue_list(pool: Pool, certificate: x509.Certificate, now: datetime, *, sandbox: bool) -> None:
    """A list 72 hours overdue stops registrations; so does, but in a sandbox, an authority that never gave one."""
    due = await next_list_due(pool, certificates.issuer_and_serial(certificate)[0])
    if (due is None and not sandbox) or (due is not None and now > due + OVERDUE_MAX):
        raise Refused(Refusal.REVOCATION_LIST_OVERDUE)


def _delegated(signed: SignedText) -> tuple[SignedText, Delegation | None]:
    try:
        return delegation.verify_order(signed)
    except BadSignature as error:
        raise Refused(Refusal.SIGNATURE_INVALID, cause=str(error)) from None


async def _end_of_key(pool: Pool, signed: SignedText, delegated: Delegation) -> datetime:
    """When the key that signed ends, or ended. Raises Refused: this very delegation was never registered for that."""
    row = await find_delegation(pool, delegation.thumbprint(delegated.jwk))
    same = row is not None and signed.delegation is not None and row.jws == signed.delegation.compact
    if row is None or not same or row.use != KeyUse.ORDER.value:
        raise Refused(Refusal.KEY_NOT_DELEGATED)
    return row.ends_at


def _verified(signed: SignedText, refusal: Refusal) -> x509.Certificate:
    try:
        return jws.verify(signed)
    except BadSignature as error:
        raise Refused(refusal, cause=str(error)) from None


def _holder(certificate: x509.Certificate) -> Who:
    try:
        return certificates.holder(certificate)
    except NotAProfessional:
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None


def _professional(certificate: x509.Certificate) -> Professional:
    try:
        return certificates.professional(certificate)
    except NotAProfessional:
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None
