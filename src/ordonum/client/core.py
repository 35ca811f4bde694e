"""The core: prescribe, consult, execute, cancel, read back, as steps that a face carries out (see `effects`).

Every writing act is kept on the disk before it is sent; what is believed of an answer is what was verified of it.
"""

from datetime import datetime
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
from ordonum.client.prescribing import Prescribing
from ordonum.client.restoring import Sent
from ordonum.client.transport import decoded
from ordonum.client.verify import VerifiedOrder, Verifier
from ordonum.model.actors import Actor, Employee, Who
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    ConsultRequest,
    ExecuteRequest,
    Execution,
    Origin,
    RecordedRequest,
)
from ordonum.model.amending import Suspicion, Withdrawal
from ordonum.model.care_team import FoundList, SearchRequest
from ordonum.model.invoice import Invoice
from ordonum.model.number import EpuId
from ordonum.model.views import ForExecutant, RecordedView
from ordonum.wire import native
from ordonum.wire.sheet_back import draw_back


class Core(Prescribing, Office):
    """A professional's software in front of a service: all that both faces know and decide."""

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

    def withdraw(
        self, number: EpuId, withdrawal: Withdrawal, source: str | None, scanned: str | None
    ) -> Steps[Acknowledged]:
        """See Client.withdraw."""
        prepared = prepare.withdrawal(number, withdrawal, scanned)
        return (yield from self._first(self._new("withdraw", prepared, source=source)))

    def report(self, number: EpuId, suspicion: Suspicion, scanned: str | None) -> Steps[Acknowledged]:
        """See Client.report."""
        return (yield from self._first(self._new("report", prepare.report(number, suspicion, scanned))))

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
            was = self.outbox.find(execution.corrects.execution) if execution.corrects is not None else None
            return draw_back(
                execution,
                found.order,
                Actor(_answered_for(self.card), self.card.place, self.software),
                EpuId(str(kept.number)),
                recorded_at=mine.recorded_at if mine is not None else None,
                remainders=found.view.remainders,
                in_conflict=mine.in_conflict if mine is not None else (),
                corrected_at=_performed(was) if was is not None and was.operation == "execute" else None,
                start_mm=start_mm,
                specimen=self.card.is_test,
            )

        return (yield from work(drawn))

    # what became of it -----------------------------------------------------------------------------------------------

    def recorded(self, prescription: ByNumber | ByOwnAct, act_id: UUID, scanned: str | None) -> Steps[RecordedView]:
        """See Client.recorded."""

        def steps(trace: Trace) -> Steps[RecordedView]:
            verifier = yield from self.verifier()
            request = RecordedRequest(prescription=prescription, act_id=act_id, qr=scanned)
            answer = yield from self._send("/v1/recorded", native.write(request), trace)
            view = decoded(answer, RecordedView)
            return (yield from work(lambda: verifier.recorded(act_id, view, self.outbox.find(act_id))))

        return (yield from self._told(self._trace("recorded"), steps))

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
            body = prepare.signed_again(kept.operation, kept.body.encode(), self.card, self.software).decode()
            return self.outbox.change(kept, body=body, refused=None, author=self.card.holder.author)

        return (yield from self._act(first, signed))

    def known_verifier(self) -> Steps[Verifier]:
        """See Client.verifier."""
        try:
            return (yield from self.verifier())
        except Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    # below -----------------------------------------------------------------------------------------------------------

    def _if_pending(self, kept: Kept) -> Steps[Acknowledged | None]:
        """Send it, unless another process settled it since it was listed."""
        latest = yield from work(lambda: self.outbox.find(kept.act_id))
        if latest is None or not latest.pending:
            return None
        return (yield from self._acted(latest, lambda _: self._doubted(latest)))

    # what a member of the care team does -----------------------------------------------------------------------------

    def search(self, asked: SearchRequest) -> Steps[FoundList]:
        """See Client.search."""
        return (yield from self._read("search", asked, FoundList))


def _answered_for(card: Card) -> Who:
    """The holder of a card, with who answers for them if they are an employee."""
    holder = card.holder
    return msgspec.structs.replace(holder, under=card.under) if isinstance(holder, Employee) else holder


def _performed(kept: Kept) -> datetime:
    return native.read_own(kept.body.encode(), ExecuteRequest).execution.performed_at
