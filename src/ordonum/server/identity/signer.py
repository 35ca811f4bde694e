"""Who signed: the judgement of a signature, its chain and its revocation at reception."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from msgspec import Struct

from ordonum.model.actors import Professional, Who
from ordonum.model.delegation import Delegation, KeyUse
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.trust import Trust
from ordonum.server.store.credentials import revocations_of
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


class Standing(Struct, frozen=True):
    """What the revocation lists say of the certificates of a call: whether any is revoked (who and why is then asked
    apart), and when the signer's authority is due to give its next list; None when it never gave one.
    """

    revoked: bool
    list_due: datetime | None


class Holder(Struct, frozen=True):
    """Whom a certificate that authenticates names: a professional, an employee, a structure."""

    who: Who
    certificate: x509.Certificate


async def judge_order(signed: SignedText, standing: Standing, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The signer of an order, judged at reception: the card, or a key that it delegated and that was registered before.

    An expired certificate is accepted for 31 days, marked late; one revoked for another reason than having been
    superseded is refused; one superseded counts as expired on that day. Raises Refused.
    """
    by_card, delegated = _delegated(signed)
    certificate = _verified(by_card, Refusal.SIGNATURE_INVALID)
    names = names_of(signed)
    _refuse_overdue_list(standing.list_due, now, sandbox=trust.sandbox)
    revoked = await revocations_of(pool, names) if standing.revoked else ()
    if any(each.reason != SUPERSEDED for each in revoked):
        raise Refused(Refusal.CERTIFICATE_REVOKED)
    ended = min([certificate.not_valid_after_utc, *(each.revoked_at for each in revoked)])
    if delegated is not None:
        ended = min(ended, await _end_of_key(pool, signed, delegated))
    late = ended < now
    if late and now - ended > LATE_MAX:
        raise Refused(Refusal.CERTIFICATE_EXPIRED)
    await trust.check(signed.chain, at=min(now, certificate.not_valid_after_utc), usage=Usage.SIGN)
    return Signer(_professional(signed), certificate, late, ended if late else None)


async def judge_delegation(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Signer:
    """The professional whose card delegates a key; it stands now. Raises Refused."""
    certificate = _verified(signed, Refusal.BAD_DELEGATION)
    await trust.check(signed.chain, at=now, usage=Usage.SIGN)
    await refuse_revoked(pool, names_of(signed))
    return Signer(_professional(signed), certificate, late=False)


async def judge_assertion(signed: SignedText, *, trust: Trust, pool: Pool, now: datetime) -> Holder:
    """Who authenticates; their certificate stands now. Raises Refused."""
    certificate = _verified(signed, Refusal.BAD_ASSERTION)
    await trust.check(signed.chain, at=now, usage=Usage.AUTHENTICATE)
    await refuse_revoked(pool, names_of(signed))
    return Holder(_holder(signed), certificate)


async def refuse_revoked(pool: Pool, names: Sequence[tuple[bytes, str]]) -> None:
    """Raise Refused when one of these certificates is revoked, whatever the reason. One read at each request."""
    if await revocations_of(pool, names):
        raise Refused(Refusal.CERTIFICATE_REVOKED)


def names_of(signed: SignedText) -> tuple[tuple[bytes, str], ...]:
    """What names each certificate of the chain in a revocation list: a revoked issuer revokes all below it."""
    try:
        return tuple(certificates.name_in_lists(der) for der in signed.chain)
    except Untrusted:
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None


def _refuse_overdue_list(due: datetime | None, now: datetime, *, sandbox: bool) -> None:
    """A list 72 hours overdue stops registrations; so does, but in a sandbox, an authority that never gave one."""
    if (due is None and not sandbox) or (due is not None and now > due + OVERDUE_MAX):
        raise Refused(Refusal.REVOCATION_LIST_OVERDUE)


def _delegated(signed: SignedText) -> tuple[SignedText, Delegation | None]:
    try:
        return delegation.verify_order(signed)
    except BadSignature as error:
        raise Refused(Refusal.SIGNATURE_INVALID, cause=str(error)) from None


def names_if_readable(signed: SignedText) -> tuple[tuple[bytes, str], ...]:
    """The same, or nothing: what cannot be read is refused when the signature is judged."""
    try:
        return names_of(signed)
    except Refused:
        return ()


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


def _holder(signed: SignedText) -> Who:
    try:
        return certificates.holder_of(signed.chain[0])
    except (NotAProfessional, Untrusted):
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED) from None


def _professional(signed: SignedText) -> Professional:
    who = _holder(signed)
    if not isinstance(who, Professional):
        raise Refused(Refusal.CERTIFICATE_UNTRUSTED)
    return who
