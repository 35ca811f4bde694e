"""The keys of one day, signed by the service, so that a QR code can be verified without it."""

from datetime import UTC, date, datetime, time, timedelta

from ordonum.model.days import months_after
from ordonum.model.delegation import KEPT_MONTHS, KeyList, KeyUse, PublishedKey, RevokedKey
from ordonum.model.identifiers import Rpps
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.store.delegations import DelegationRow, qr_keys_received, qr_keys_revoked
from ordonum.server.usecases.context import Context
from ordonum.wire import delegation, jws, native

DAYS_KEPT = 420  # a little more than thirteen months


async def publish_keys(context: Context, asked: str) -> str:
    """The signed list of that day (AAAA-MM-JJ, UTC): keys received, keys revoked. A compact JWS. Raises Refused."""
    now = context.now()
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise Refused(Refusal.UNKNOWN_DAY) from None
    if day.isoformat() != asked or day > now.date() or months_after(day, KEPT_MONTHS) < now.date():
        raise Refused(Refusal.UNKNOWN_DAY)
    if (held := context.published.get(asked)) is not None:
        return held
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    received = await qr_keys_received(context.pool, start, end)
    revoked = await qr_keys_revoked(context.pool, start, end)
    listed = KeyList(
        v=1,
        day=day,
        complete=now >= end,
        keys=tuple(_published(row) for row in received),
        revoked=tuple(RevokedKey(kid=kid, at=at) for kid, at in revoked),
    )
    signed = context.vault.acknowledge(native.write(listed), typ=jws.KEYS_TYP)
    if listed.complete:
        if len(context.published) >= DAYS_KEPT:
            context.published.clear()
        context.published[asked] = signed
    return signed


def _published(row: DelegationRow) -> PublishedKey:
    asked = delegation.read(jws.take_apart(row.jws, typ=jws.DELEGATION_TYP), use=KeyUse.QR)
    return PublishedKey(rpps=Rpps(row.rpps), kid=row.kid, jwk=asked.jwk, since=row.recorded_at, until=row.ends_at)
