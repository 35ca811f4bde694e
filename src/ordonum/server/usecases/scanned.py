"""The QR code that comes with a number: whether its signature holds, which proves prescriber, patient and number."""

from datetime import UTC, datetime, time, timedelta

from ordonum.knowledge.rights import may_execute
from ordonum.knowledge.timezones import zone_of
from ordonum.model.actors import Actor
from ordonum.model.beneficiary import Beneficiary
from ordonum.model.decisions import bare
from ordonum.model.delegation import PublicKey
from ordonum.model.kept import Cancelled, Reported
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.identity.signer import names_of
from ordonum.server.store.credentials import revocations_of
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
    signer = next((row for row in keys if qr.holds(signed, delegation.public_key(_jwk(row)))), None)
    if signer is None:
        return None
    above = names_of(jws.take_apart(signer.jws, typ=jws.DELEGATION_TYP))[1:]
    return (
        None if await revocations_of(context.pool, above) else signed.content
    )  # a revoked issuer revokes all below it


def _served(row: DelegationRow, content: QrContent) -> bool:
    """Whether the key held on the day of writing; a day is that of any time zone."""
    day = datetime.combine(content.written_on, time(), UTC)
    ends = row.ends_at if row.revoked_at is None else min(row.ends_at, row.revoked_at)
    return row.recorded_at < day + timedelta(hours=48) and day - timedelta(hours=24) < ends


def _jwk(row: DelegationRow) -> PublicKey:
    return delegation.read(jws.take_apart(row.jws, typ=jws.DELEGATION_TYP)).jwk


def unknown(code: QrContent | None, history: History, actor: Actor) -> Refused:
    """The refusal of a number under which nothing is registered: an authentic code says that it is not registered *yet*.

    Whoever executes the same things is told how many executions were kept meanwhile, and all that the prescriber
    cancelled; the prescriber is told nothing of executions: the patient may be opposed.
    """
    doubted = suspected(history)
    if code is None:
        return Refused(Refusal.UNKNOWN_NUMBER, early=f" {doubted}" if doubted else "")
    if (stopped := cancelled_by(code, history)) is not None:
        day = stopped.recorded_at.astimezone(zone_of(actor.place)).strftime("%d/%m/%Y")
        return Refused(Refusal.CANCELLED, day=day, why=stopped.reason.label)
    mine = may_execute(actor) - {Family.OTHER}
    kept = sum(bool(mine & set(act.may)) and act.code_of == code.rpps for act in history.early)
    said, plural = lines_cancelled(code, history), "s" if kept > 1 else ""
    if kept and actor.rpps != code.rpps:
        said = f"{kept} exécution{plural} d'après le papier déjà gardée{plural}. {said}".rstrip()
    said = f"{doubted} {said}".strip()
    return Refused(Refusal.NOT_YET_REGISTERED, early=f" {said}") if said else Refused(Refusal.NOT_YET_REGISTERED)


def suspected(history: History) -> str:
    """What the next one is told when an executant suspected the sheet of a number that nobody registered."""
    places = {act.by.place.key for act in history.acts if isinstance(act, Reported)}
    if not places:
        return ""
    return f"Soupçon de faux déjà signalé par {len(places)} lieu{'x' if len(places) > 1 else ''} : appelez le prescripteur."


def lines_cancelled(code: QrContent, history: History) -> str:
    """A sentence for the lines whose cancellation by that prescriber is kept early; empty without."""
    by = [act for act in history.acts if isinstance(act, Cancelled) and act.by.rpps == code.rpps]
    ranks = sorted({rank for act in by for rank in act.lines})
    return f"Le prescripteur en a annulé, à ne pas délivrer : ligne {', '.join(map(str, ranks))}." if ranks else ""


def cancelled_by(code: QrContent, history: History) -> Cancelled | None:
    """The cancellation of the whole, kept early, by the prescriber whom the code names."""
    found = (act for act in history.acts if isinstance(act, Cancelled) and act.by.rpps == code.rpps and not act.lines)
    return next(found, None)


def names(code: QrContent, beneficiary: Beneficiary | None) -> bool:
    """Whether the beneficiary of an execution is the patient whom the code names."""
    if beneficiary is None:
        return True
    first_name, whole = bare(code.first_name), bare(beneficiary.first_name)
    return beneficiary.birth_date == code.birth_date and bool(first_name) and whole.startswith(first_name)


def ordered(may: frozenset[Family]) -> tuple[Family, ...]:
    """Families in an order of their own, as an act keeps them."""
    return tuple(sorted(may, key=lambda each: each.value))
