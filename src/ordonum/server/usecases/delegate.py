"""A card delegates a key, for orders or for QR codes, before the key is used."""

from ordonum.knowledge.rights import may_prescribe
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse, check_delegation
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.signer import judge_delegation, refuse_revoked
from ordonum.server.identity.tokens import Caller
from ordonum.server.store.delegations import DelegationRow, add_delegation, live_keys
from ordonum.server.usecases.context import Context
from ordonum.wire import certificates, delegation, jws

LIVE_MAX = (
    100  # the workstations of a hospital, each with its key and the next; a code is tried with each: 6 ms at most
)


async def delegate(context: Context, caller: Caller, request: DelegateRequest) -> Delegated:
    """Record a delegation signed by the caller's own card; the same key again gets the first answer. Raises Refused."""
    actor, now = caller.actor, context.now()
    await refuse_revoked(context.pool, caller.certificates)
    try:
        signed = jws.take_apart(request.jws, typ=jws.DELEGATION_TYP)
        asked = delegation.read(signed)
    except jws.BadSignature as error:
        raise Refused(Refusal.BAD_DELEGATION, cause=str(error)) from None
    signer = await judge_delegation(signed, trust=context.trust, pool=context.pool, now=now)
    if signer.professional.rpps != actor.rpps:
        raise Refused(Refusal.BAD_DELEGATION, cause="elle n'est pas signée par la carte de celui qui l'envoie")
    check_delegation(asked, now=now)
    if not may_prescribe(signer.professional.profession):
        raise Refused(Refusal.BAD_DELEGATION, cause="sa profession ne prescrit pas")
    if asked.starts >= signer.certificate.not_valid_after_utc:
        raise Refused(Refusal.BAD_DELEGATION, cause="elle commence après la fin de la carte")
    if await live_keys(context.pool, signer.professional.rpps, asked.use.value, now) >= LIVE_MAX:
        raise Refused(Refusal.BAD_DELEGATION, cause="ce professionnel a déjà trop de clés en cours")
    issuer, serial = certificates.issuer_and_serial(signer.certificate)
    row = await add_delegation(
        context.pool,
        DelegationRow(
            kid=delegation.thumbprint(asked.jwk),
            use=asked.use.value,
            rpps=signer.professional.rpps,
            jws=request.jws,
            issuer=issuer,
            serial=serial,
            recorded_at=max(now, asked.starts),
            ends_at=min(asked.ends, signer.certificate.not_valid_after_utc),
        ),
    )
    if (row.rpps, row.use) != (signer.professional.rpps, asked.use.value):
        raise Refused(Refusal.BAD_DELEGATION, cause="cette clé est déjà déléguée autrement")
    return Delegated(kid=row.kid, use=KeyUse(row.use), since=row.recorded_at, until=row.ends_at)
