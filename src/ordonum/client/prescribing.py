"""What a prescriber does with what they prescribe: register, replace, cancel, read back, list. Steps that a face carries out."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import msgspec

from ordonum.client import dosing, prepare
from ordonum.client.acting import Acknowledged, declined
from ordonum.client.effects import Steps, work
from ordonum.client.errors import NotKept
from ordonum.client.following import written
from ordonum.client.journal import Trace
from ordonum.client.outbox import Kept
from ordonum.client.restoring import Restoring
from ordonum.client.transport import decoded
from ordonum.knowledge.drugs.contents import contents_of
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    CancelRequest,
    CopyRequest,
    ReadBackRequest,
    RegisteredRequest,
)
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import Cancellation, Replacement
from ordonum.model.views import ForPrescriber, RegisteredList
from ordonum.model.wishes import CopyAcknowledged
from ordonum.wire import native, qr

Sign: TypeAlias = Callable[[bytes], str]


class Prescribing(Restoring):
    """A workstation that prescribes."""

    def prescribe(self, prescription: Prescription, source: str | None) -> Steps[Acknowledged]:
        """See Client.prescribe."""
        prescription = self._dosed(prescription)

        def made(sign: Sign | None) -> Kept:
            prepared = prepare.registration(prescription, self.card, self.software, sign=sign)
            return self._new("register", prepared, source=source, prescription=prescription)

        return (yield from self._registered(prescription, made))

    def replace(
        self,
        prescription: Prescription,
        old: ByNumber | ByOwnAct,
        replacement: Replacement,
        source: str | None,
        scanned: str | None,
    ) -> Steps[Acknowledged]:
        """See Client.replace."""
        before = yield from work(lambda: next(iter(written(self.outbox, old)), None))
        named = self._dosed(_replacing(prescription, old, before))

        def made(sign: Sign | None) -> Kept:
            prepared = prepare.replacement(
                named, old, replacement, self.card, self.software, scanned=scanned, sign=sign
            )
            kept = self._new("replace", prepared, source=source, prescription=named)
            was = before.prescription if before is not None else None
            return msgspec.structs.replace(kept, replaces_on=was.written_on if was is not None else None)

        return (yield from self._registered(named, made))

    def _dosed(self, prescription: Prescription) -> Prescription:
        """With the structure of its dosages; what is odd in amounts is told, and stops nothing. Raises Declined."""
        contents = contents_of(self.drugs())
        try:
            made = dosing.dosed(prescription, contents)
        except Refused as refused:
            raise declined(refused) from None
        for said in dosing.amounts_told(made, contents):
            self._tell(said[:1].upper() + said[1:])
        return made

    def _registered(self, prescription: Prescription, made: Callable[[Sign | None], Kept]) -> Steps[Acknowledged]:
        """Sign, print to see that it prints, keep, send: a registration, alone or in a replacement."""
        self._check_right(prescription)

        def ready() -> Kept:
            session = self.keys.current(self.card.professional.rpps, KeyUse.ORDER, self.now())
            kept = made(session.sign_order if session is not None and session.registered else None)
            assert kept.number is not None
            assert kept.prescription is not None
            code = prepare.code(kept.prescription, kept.number, self._code_key())
            self._draw(
                kept.prescription, code, registered=False, replaces_on=kept.replaces_on
            )  # what cannot be printed is not registered
            return msgspec.structs.replace(kept, code=qr.write(code))

        done = yield from self._first((yield from work(ready)))
        yield from self._register_code_key()
        return done

    def open_session(self) -> Steps[Delegated]:
        """See Client.open_session."""
        held = yield from work(lambda: self.keys.make(self.card, KeyUse.ORDER, self.now()))

        def steps(trace: Trace) -> Steps[Delegated]:
            body = native.write(DelegateRequest(held.delegation))
            given = decoded((yield from self._send("/v1/delegations", body, trace)), Delegated)
            yield from work(lambda: self.keys.registered(held, given))
            return given

        return (yield from self._told(self._trace("delegate"), steps))

    def cancel(
        self, prescription: ByNumber | ByOwnAct, cancellation: Cancellation, scanned: str | None
    ) -> Steps[Acknowledged]:
        """See Client.cancel."""
        request = CancelRequest(prescription=prescription, cancellation=cancellation, qr=scanned)
        prepared = prepare.Prepared(cancellation.act_id, _number(prescription), native.write(request))
        return (yield from self._first(self._new("cancel", prepared)))

    def copy(self, prescription: ByNumber | ByOwnAct, copy: CopyAcknowledged) -> Steps[Acknowledged]:
        """See Client.copy."""
        request = CopyRequest(prescription=prescription, copy=copy)
        prepared = prepare.Prepared(copy.act_id, _number(prescription), native.write(request))
        return (yield from self._first(self._new("copy", prepared)))

    def executions(self, prescription: ByNumber | ByOwnAct, scanned: str | None) -> Steps[ForPrescriber]:
        """See Client.executions."""
        return (
            yield from self._read("executions", ReadBackRequest(prescription=prescription, qr=scanned), ForPrescriber)
        )

    def registered(self, before: datetime | None) -> Steps[RegisteredList]:
        """See Client.registered."""
        return (yield from self._read("registered", RegisteredRequest(before=before), RegisteredList))


def _number(prescription: ByNumber | ByOwnAct) -> EpuId | None:
    return prescription.number if isinstance(prescription, ByNumber) else None


def _replacing(prescription: Prescription, old: ByNumber | ByOwnAct, before: Kept | None) -> Prescription:
    """The prescription, naming what it replaces. Raises NotKept where nobody knows that; Declined for another patient."""
    named = prescription.replaces or (before.act_id if before is not None else None)
    named = named or (old.register_act_id if isinstance(old, ByOwnAct) else None)
    if named is None:
        raise NotKept(
            "L'ordonnance à remplacer n'est pas de ce poste : donnez l'identifiant de l'acte qui l'a enregistrée "
            "(« replaces » dans le fichier)."
        )
    was = before.prescription if before is not None else None
    if was is not None and (_whom(was), was.family) != (_whom(prescription), prescription.family):
        raise declined(Refused(Refusal.REPLACES_ANOTHER_PATIENT))
    return msgspec.structs.replace(prescription, replaces=named)


def _whom(prescription: Prescription) -> tuple[str, str]:
    return prescription.patient.first_name, prescription.patient.birth_date
