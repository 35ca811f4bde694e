"""The QR code that comes with a number: whether its signature holds, which proves prescriber, patient and number."""

from datetime import UTC, datetime, time, timedelta

from ordonum.model.delegation import PublicKey
from ordonum.model.number import EpuId
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.store.delegations import DelegationRow, qr_keys_of
from ordonum.server.usecases.context import Context
from ordonum.server.usecases.history import History
from ordonum.wire import delegation, jws, qr
from ordonum.wire.qr import NotOurCode, QrContent


async def authentic_code(context: Context, number: EpuId, text: str | None) -> QrContent | None:
    """What the QR code says if its signature holds; None when there is none, or no key registered by its prescriber signed
    it: a false one, or one printed during an outage with a key that has not arrived yet.

    Raises Refused(QR_DIFFERS): it is another number's, or no code of a prescription.
    """
    if text is None:
        return None
    try:
        signed = qr.read(text)
    except NotOurCode:
        raise Refused(Refusal.QR_DIFFERS, at="$.qr") from None
    if signed.content.number != number:
        raise Refused(Refusal.QR_DIFFERS, at="$.qr")
    keys = [row for row in await qr_keys_of(context.pool, signed.content.rpps) if _served(row, signed.content)]
    return signed.content if any(qr.holds(signed, delegation.public_key(_jwk(row))) for row in keys) else None


def _served(row: DelegationRow, content: QrContent) -> bool:
    """Whether the key held on the day of writing; a day is that of any time zone."""
    day = datetime.combine(content.written_on, time(), UTC)
    return row.recorded_at < day + timedelta(hours=48) and day - timedelta(hours=24) < row.ends_at


def _jwk(row: DelegationRow) -> PublicKey:
    return delegation.read(jws.take_apart(row.jws, typ=jws.DELEGATION_TYP)).jwk


def unknown(code: QrContent | None, history: History) -> Refused:
    """The refusal of a number under which nothing is registered: an authentic code says that it is not registered *yet*,
    and whoever holds it is told how many executions were kept meanwhile.
    """
    if code is None:
        return Refused(Refusal.UNKNOWN_NUMBER)
    kept = len(history.early)
    early = (
        f" {kept} exécution{'s' if kept > 1 else ''} d'après le papier déjà gardée{'s' if kept > 1 else ''}."
        if kept
        else ""
    )
    return Refused(Refusal.NOT_YET_REGISTERED, early=early)
