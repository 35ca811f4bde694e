"""A professional's software exchanges an assertion signed by the card for a token (RFC 7523, RFC 6749)."""

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec

from ordonum.knowledge.rights import caller_label, may_call
from ordonum.model.actors import Actor, Employee, Who
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity import tokens
from ordonum.server.identity.signer import judge_assertion, names_of
from ordonum.server.identity.sites import admit
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.credentials import use_assertion
from ordonum.server.usecases.context import Context
from ordonum.wire import certificates, jws, native
from ordonum.wire.assertion import LIFETIME_SECONDS, AssertionClaims, TokenAnswer

SKEW = timedelta(minutes=5)


async def authenticate(context: Context, assertion: str) -> TokenAnswer:
    """A token bound to the professional, the place and the software. Raises Refused."""
    now = context.now()
    try:
        signed = jws.take_apart(assertion, typ=jws.ASSERTION_TYP)
        claims = native.read(signed.payload, AssertionClaims)
        native.refuse_duplicate_keys(signed.payload, at="$")
    except (jws.BadSignature, ValueError) as error:
        cause = str(error) if isinstance(error, jws.BadSignature) else "ce n'est pas un JWT"
        raise Refused(Refusal.BAD_ASSERTION, cause=cause) from None
    holder = await judge_assertion(signed, trust=context.trust, pool=context.pool, now=now)
    _check_claims(claims, holder.who, audiences=context.settings.audiences, now=now)
    digest = hashlib.sha256(signed.chain[0] + b"\0" + claims.jti.encode()).digest()
    if not await use_assertion(context.pool, digest, _moment(claims.exp) + SKEW):
        raise Refused(Refusal.ASSERTION_REUSED)
    who = msgspec.structs.replace(holder.who, under=claims.under) if isinstance(holder.who, Employee) else holder.who
    actor = Actor(who, claims.place, claims.software, claims.inside)
    admit(context.sites, actor, now)
    lasts = timedelta(minutes=context.settings.token_minutes)
    grant = tokens.Grant(
        actor=actor,
        certificates=tuple((issuer.hex(), serial) for issuer, serial in names_of(signed)),
        expires_at=min(now + lasts, holder.certificate.not_valid_after_utc),
    )
    return TokenAnswer(tokens.issue(context.vault, grant), int((grant.expires_at - now).total_seconds()))


def recognise(context: Context, token: str, *, operation: str, prescribes: bool | None) -> Caller:
    """The caller of a token, who may call this operation with this software on this site at this very moment.

    Whether their certificates are revoked is asked by the first statement of each use case. Raises Refused.
    """
    now = context.now()
    caller = tokens.read(context.vault, token, context.tokens, now=now)
    if not may_call(caller.actor, operation):
        raise Refused(Refusal.NOT_FOR_THIS_CALLER, caller=caller_label(caller.actor))
    admit(context.sites, caller.actor, now, prescribes=prescribes)
    return caller


def known(context: Context, token: str) -> Caller:
    """The caller of a token, for what anybody known may look up with a software and on a site that are in use. Raises Refused."""
    now = context.now()
    caller = tokens.read(context.vault, token, context.tokens, now=now)
    admit(context.sites, caller.actor, now)
    return caller


def _check_claims(claims: AssertionClaims, who: Who, *, audiences: tuple[str, ...], now: datetime) -> None:
    national = certificates.national_id(who)
    if claims.iss != national or claims.sub != national:
        raise Refused(Refusal.BAD_ASSERTION, cause="elle n'est pas au nom du titulaire de la carte")
    if claims.aud not in audiences:
        raise Refused(
            Refusal.BAD_ASSERTION, cause=f"elle s'adresse à un autre service que {audiences[0]} (ORDONUM_AUDIENCE)"
        )
    if not 0 < claims.exp - claims.iat <= LIFETIME_SECONDS:
        raise Refused(Refusal.BAD_ASSERTION, cause="elle doit durer soixante secondes au plus")
    issued, ends = _moment(claims.iat), _moment(claims.exp)
    if issued > now + SKEW or ends < now - SKEW:
        raise Refused(Refusal.CLOCK_DIFFERS, service_time=now.astimezone(UTC).strftime("%d/%m/%Y %H:%M:%S UTC"))


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise Refused(Refusal.BAD_ASSERTION, cause="ses dates ne sont pas lisibles") from None
