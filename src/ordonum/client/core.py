"""The core: prescribe, consult, execute, cancel, read back, as steps that a face carries out (see `effects`).

Every writing act is kept on the disk before it is sent; what is believed of an answer is what was verified of it.
"""

from uuid import UUID

import msgspec

from ordonum.client import prepare
from ordonum.client.acting import Acknowledged
from ordonum.client.card import Card
from ordonum.client.effects import Steps, Unanswered, locked, work
from ordonum.client.errors import CannotPrint, ClientError, NotKept, Unconfirmed
from ordonum.client.journal import Trace
from ordonum.client.office import Office
from ordonum.client.outbox import Kept
from ordonum.client.restoring import Sent
from ordonum.client.transport import decoded
from ordonum.client.verify import VerifiedOrder, Verifier
from ordonum.model.actors import Actor, Employee, Who
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    Execution,
    Origin,
    ReadBackRequest,
)
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse
from ordonum.model.invoice import Invoice
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.stopping import Cancellation
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.wire import native, qr
from ordonum.wire.sheet_back import draw_back


class Core(Office):
    """A professional's software in front of a service: all that both faces know and decide."""

    # what a prescriber does ------------------------------------------------------------------------------------------

    def prescribe(self, prescription: Prescription, source: str | None) -> Steps[Acknowledged]:
        """See Client.prescribe."""
        self._check_right(prescription)

        def made() -> Kept:
            session = self.keys.current(self.card.professional.rpps, KeyUse.ORDER, self.now())
            sign = session.sign_order if session is not None and session.registered else None
            prepared = prepare.registration(prescription, self.card, self.software, sign=sign)
            assert prepared.number is not None
            code = prepare.code(prescription, prepared.number, self._code_key())
            self._draw(prescription, code, registered=False)  # what cannot be printed is not registered
            kept = self._new("register", prepared, source=source, prescription=prescription)
            return msgspec.structs.replace(kept, code=qr.write(code))

        done = yield from self._first((yield from work(made)))
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
        number = prescription.number if isinstance(prescription, ByNumber) else None
        request = CancelRequest(prescription=prescription, cancellation=cancellation, qr=scanned)
        prepared = prepare.Prepared(cancellation.act_id, number, native.write(request))
        done = yield from self._first(self._new("cancel", prepared))
        yield from work(lambda: self._cancelled(prescription))
        return done

    def executions(self, prescription: ByNumber | ByOwnAct, scanned: str | None) -> Steps[ForPrescriber]:
        """See Client.executions."""

        def steps(trace: Trace) -> Steps[ForPrescriber]:
            body = native.write(ReadBackRequest(prescription=prescription, qr=scanned))
            return decoded((yield from self._send("/v1/executions", body, trace)), ForPrescriber)

        return (yield from self._told(self._trace("executions"), steps))

    # what an executant does ------------------------------------------------------------------------------------------

    def consult(self, number: EpuId, origin: Origin, scanned: str | None) -> Steps[VerifiedOrder]:
        """See Client.consult."""

        def steps(trace: Trace) -> Steps[VerifiedOrder]:
            verifier = yield from self.verifier()
            body = native.write(ConsultRequest(number=number, origin=origin, qr=scanned))
            answer = yield from self._send("/v1/consult", body, trace)
            return (yield from work(lambda: verifier.order(number, decoded(answer, ForExecutant))))

        return (yield from self._told(self._trace("consult"), steps))

    def execute(
        self, number: EpuId, execution: Execution, source: str | None, scanned: str | None
    ) -> Steps[Acknowledged]:
        """See Client.execute."""
        prepared = prepare.execution(number, execution, scanned)
        return (yield from self._first(self._new("execute", prepared, source=source)))

    def attach_invoice(
        self, number: EpuId, invoice: Invoice, source: str | None, scanned: str | None
    ) -> Steps[Acknowledged]:
        """See Client.attach_invoice."""
        return (yield from self._first(self._new("invoice", prepare.invoice(number, invoice, scanned), source=source)))

    def back(self, act_id: UUID, start_mm: int) -> Steps[bytes]:
        """See Client.back."""
        kept = yield from work(lambda: self.outbox.get(act_id))
        if kept.operation != "execute" or kept.number is None:
            raise NotKept(f"L'acte {act_id} n'est pas une exécution.")
        execution = native.read_own(kept.body.encode(), ExecuteRequest).execution
        if execution.seen_on_paper is not None:
            raise CannotPrint("Cette délivrance est d'un autre, lue sur le papier : son dos est déjà écrit.")
        found = yield from self.consult(kept.number, execution.origin or Origin.PAPER, None)
        mine = next((each for each in found.view.executions if each.act_id == act_id), None)

        def drawn() -> bytes:
            return draw_back(
                execution,
                found.order,
                Actor(_answered_for(self.card), self.card.place, self.software),
                EpuId(str(kept.number)),
                recorded_at=mine.recorded_at if mine is not None else None,
                remainders=found.view.remainders,
                in_conflict=mine.in_conflict if mine is not None else (),
                start_mm=start_mm,
                specimen=self.card.is_test,
            )

        return (yield from work(drawn))

    # sending again ---------------------------------------------------------------------------------------------------

    def resend(self, kept: Kept) -> Steps[Acknowledged]:
        """See Client.resend."""
        return (yield from self._act(kept, lambda _: self._doubted(self.outbox.find(kept.act_id) or kept)))

    def send_pending(self) -> Steps[tuple[Sent, ...]]:
        """See Client.send_pending."""
        lost = yield from self.send_lost()
        results = []
        for kept in (yield from work(lambda: tuple(self.outbox.pending()))):
            try:
                done = yield from locked(str(kept.act_id), self._if_pending(kept))
            except ClientError as error:
                results.append(Sent(kept, None, error))
            else:
                results += [Sent(kept, done)] if done is not None else []
        if any(each.acknowledged for each in results):
            yield from self._register_code_key()
        return (*lost, *results)

    def sign_again(self, act_id: UUID) -> Steps[Acknowledged]:
        """See Client.sign_again."""
        first = yield from work(lambda: self.outbox.get(act_id))

        def signed(_: Trace) -> Kept:
            kept = self.outbox.get(act_id)
            if kept.prescription is None or kept.answer is not None:
                raise NotKept(f"L'acte {act_id} n'attend pas de nouvelle signature.")
            body = prepare.signed_again(kept.body.encode(), self.card, self.software).decode()
            return self.outbox.change(kept, body=body, refused=None, author=self.card.holder.author)

        return (yield from self._act(first, signed))

    def known_verifier(self) -> Steps[Verifier]:
        """See Client.verifier."""
        try:
            return (yield from self.verifier())
        except Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    def _cancelled(self, prescription: ByNumber | ByOwnAct) -> None:
        """Note on the prescription, if this workstation made it, that its sheet is printed no more."""
        for kept in self.outbox.all():
            mine = (
                kept.act_id == prescription.register_act_id
                if isinstance(prescription, ByOwnAct)
                else (kept.number == prescription.number)
            )
            if kept.operation == "register" and mine:
                self.outbox.change(kept, cancelled=True)

    # below -----------------------------------------------------------------------------------------------------------

    def _if_pending(self, kept: Kept) -> Steps[Acknowledged | None]:
        """Send it, unless another process settled it since it was listed."""
        latest = yield from work(lambda: self.outbox.find(kept.act_id))
        if latest is None or not latest.pending:
            return None
        return (yield from self._acted(latest, lambda _: self._doubted(latest)))

    def _new(
        self,
        operation: str,
        prepared: prepare.Prepared,
        *,
        source: str | None = None,
        prescription: Prescription | None = None,
    ) -> Kept:
        return Kept(
            act_id=prepared.act_id,
            operation=operation,
            author=self.card.holder.author,
            created_at=self.now(),
            body=prepared.body.decode(),
            number=prepared.number,
            source=source,
            prescription=prescription,
        )


def _answered_for(card: Card) -> Who:
    """The holder of a card, with who answers for them if they are an employee."""
    holder = card.holder
    return msgspec.structs.replace(holder, under=card.under) if isinstance(holder, Employee) else holder
