"""The synchronous face: each call ends when the service has answered. It only carries out what `core` asks for."""

from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx2

from ordonum.client.acting import Acknowledged
from ordonum.client.effects import Answer, Effect, Exchange, Locked, Retried, Steps, Work, work
from ordonum.client.outbox import Kept
from ordonum.client.restoring import Sent
from ordonum.client.verify import VerifiedOrder, Verifier
from ordonum.client.workstation import Workstation, answer_of, connections, patience, silence
from ordonum.model.acts import ByNumber, ByOwnAct, Execution, Origin
from ordonum.model.amending import Suspicion, Withdrawal
from ordonum.model.care_team import FoundList, SearchRequest
from ordonum.model.delegation import Delegated
from ordonum.model.invoice import Invoice
from ordonum.model.number import EpuId
from ordonum.model.office import ForInsurer, JustifyRequest, Opposition, Traces, TracesRequest
from ordonum.model.prescription import Prescription
from ordonum.model.stopping import Cancellation, Replacement
from ordonum.model.views import ForPrescriber, RecordedView, RegisteredList
from ordonum.model.wishes import CopyAcknowledged
from ordonum.wire.sheet_press import Variant

T = TypeVar("T")


class Client(Workstation):
    """A professional's software in front of the service. Use it in a `with`; it is not shared between threads.

    Its arguments are those of Workstation. Every method raises errors of `errors`, and nothing else of the network.
    """

    def _begin(self) -> None:
        self._http = connections(httpx2.Client, self.service)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # what a prescriber does ------------------------------------------------------------------------------------------

    def prescribe(self, prescription: Prescription, *, source: str | None = None) -> Acknowledged:
        """Sign and register. Raises CannotPrint before anything is sent.

        On Unconfirmed the request is kept: print the sheet all the same, and `resend` later.
        """
        return self._drive(self._core.prescribe(prescription, source))

    def sheet(self, act_id: UUID, *, variant: Variant = "a-3a") -> bytes:
        """The PDF of a prescription of this workstation; it says so when it is not registered yet.

        Each is counted and in the journal; from the second on it is a DUPLICATA. `variant` «a-1b» is for secure mail.
        """
        return self._drive(self._core.sheet(act_id, variant))

    def preview(self, prescription: Prescription) -> bytes:
        """The sheet as it would be printed, «non enregistrée»; nothing is kept nor sent.

        A test card only: a sheet that a real one signs is kept, then registered. Raises UnusableCard, CannotPrint, Declined.
        """
        return self._drive(self._core.preview(prescription))

    def open_session(self) -> Delegated:
        """Delegate a key that signs orders for twelve hours without the card. Raises Declined, Unconfirmed."""
        return self._drive(self._core.open_session())

    def cancel(
        self, prescription: ByNumber | ByOwnAct, cancellation: Cancellation, *, scanned: str | None = None
    ) -> Acknowledged:
        """Cancel a prescription, or lines of it (`outcome`: what it did); with its QR code, even before it is registered."""
        return self._drive(self._core.cancel(prescription, cancellation, scanned))

    def replace(
        self,
        prescription: Prescription,
        old: ByNumber | ByOwnAct,
        replacement: Replacement,
        *,
        source: str | None = None,
        scanned: str | None = None,
    ) -> Acknowledged:
        """Register this prescription and end the old one in one act: both are recorded or neither. `old` by number, or by one's
        own act; what was signed names it, so that the act which registered it must be known here or be in `replaces`.
        """
        return self._drive(self._core.replace(prescription, old, replacement, source, scanned))

    def copy(self, prescription: ByNumber | ByOwnAct, copy: CopyAcknowledged) -> Acknowledged:
        """The copy that replaces the paper, at the patient's express request, arrived: the paper is owed no more."""
        return self._drive(self._core.copy(prescription, copy))

    def registered(self, before: datetime | None = None) -> RegisteredList:
        """What is registered under one's own RPPS, newest first, fifty at once; `unusual`: more than the habit."""
        return self._drive(self._core.registered(before))

    def executions(self, prescription: ByNumber | ByOwnAct, *, scanned: str | None = None) -> ForPrescriber:
        """What was executed of one's own prescription; `scanned` is the text of its QR code, if that was read."""
        return self._drive(self._core.executions(prescription, scanned))

    # what an executant does ------------------------------------------------------------------------------------------

    def consult(self, number: EpuId, origin: Origin, *, scanned: str | None = None) -> VerifiedOrder:
        """The order of this number, verified: signature, chain, acknowledgement, commitment. Raises NotAuthentic.

        `scanned` is the text of the QR code that the number was read from.
        """
        return self._drive(self._core.consult(number, origin, scanned))

    def execute(
        self, number: EpuId, execution: Execution, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """Record what was delivered or done; with the QR code's text, what happened is kept even before the registration.

        With `corrects`, in the place of an earlier execution of the same author or place.
        """
        return self._drive(self._core.execute(number, execution, source, scanned))

    def withdraw(
        self, number: EpuId, withdrawal: Withdrawal, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """Take back one's own execution, or these lines of it: what it had taken is left again at once."""
        return self._drive(self._core.withdraw(number, withdrawal, source, scanned))

    def report(self, number: EpuId, suspicion: Suspicion, *, scanned: str | None = None) -> Acknowledged:
        """Report a suspected forgery: the insurer is alerted, the next executants are told."""
        return self._drive(self._core.report(number, suspicion, scanned))

    def attach_invoice(
        self, number: EpuId, invoice: Invoice, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """Attach an invoice, before, with or after its execution; `justification` says which lines still need a scan."""
        return self._drive(self._core.attach_invoice(number, invoice, source, scanned))

    def back(self, act_id: UUID, *, start_mm: int = 0) -> bytes:
        """The back of the sheet (PDF) for an execution of this workstation, printed `start_mm` under the top. Consults first."""
        return self._drive(self._core.back(act_id, start_mm))

    # what became of it -----------------------------------------------------------------------------------------------

    def recorded(self, prescription: ByNumber | ByOwnAct, act_id: UUID, *, scanned: str | None = None) -> RecordedView:
        """Whether an act of one's own is recorded on this prescription, with its receipt, verified. Raises Declined."""
        return self._drive(self._core.recorded(prescription, act_id, scanned))

    # what an agent of the insurer does -------------------------------------------------------------------------------

    def oppose(self, opposition: Opposition) -> Acknowledged:
        """Record, for the office, a patient's opposition to the prescribers' reading; it stands until it is lifted."""
        return self._drive(self._core.oppose(opposition))

    def lift(self, lifting: Opposition) -> Acknowledged:
        """Lift the opposition of a patient, at their request."""
        return self._drive(self._core.lift(lifting))

    def traces(self, asked: TracesRequest) -> Traces:
        """Who did what on a patient's prescriptions, and when; this very reading is traced."""
        return self._drive(self._core.traces(asked))

    def justify(self, asked: JustifyRequest) -> ForInsurer:
        """What was executed and billed of a prescription, for reimbursement or the medical service."""
        return self._drive(self._core.justify(asked))

    # what a member of the care team does -----------------------------------------------------------------------------

    def search(self, asked: SearchRequest) -> FoundList:
        """A page of what was executed for a patient, newest first, under a declared relation; every search is traced."""
        return self._drive(self._core.search(asked))

    # what is kept ----------------------------------------------------------------------------------------------------

    def resend(self, kept: Kept) -> Acknowledged:
        """Send the very bytes of a kept act again; it counts once whatever happened to the first."""
        return self._drive(self._core.resend(kept))

    def send_pending(self) -> tuple[Sent, ...]:
        """Send again all that has no sure answer, oldest first; one that fails does not stop the others.

        Before that, what a service restored from a back-up may have lost of what it had acknowledged (`Sent.restored`).
        """
        return self._drive(self._core.send_pending())

    def sign_again(self, act_id: UUID) -> Acknowledged:
        """Sign a refused or pending prescription with the card now in the reader: same number, same act id, same sheet.

        For a card that was revoked or expired between the signature and its reception.
        """
        return self._drive(self._core.sign_again(act_id))

    def pending(self) -> tuple[Kept, ...]:
        """The acts without a sure answer, oldest first."""
        return self._drive(work(lambda: tuple(self.outbox.pending())))

    def verifier(self) -> Verifier:
        """What verifies receipts and orders with the service's published keys. Raises Unconfirmed."""
        return self._drive(self._core.known_verifier())

    # carrying out ----------------------------------------------------------------------------------------------------

    def _drive(self, steps: Steps[T]) -> T:
        try:
            effect = next(steps)
            while True:
                try:
                    result = self._perform(effect)
                except (
                    BaseException
                ) as error:  # whatever interrupts: the steps note what is in doubt, and let it through
                    effect = steps.throw(error)
                else:
                    effect = steps.send(result)
        except StopIteration as done:
            ended: T = done.value
            return ended

    def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Work):
            return effect.do()
        if isinstance(effect, Exchange):
            return self._exchange(effect)
        if isinstance(effect, Retried):
            for attempt in patience():
                with attempt:
                    return self._drive(effect.attempt(attempt.num))
            raise AssertionError("patience ends by an answer or an error")
        if isinstance(effect, Locked):
            with self.outbox.alone(effect.name):
                return self._drive(effect.steps)
        return self._drive(effect.steps)  # in turn: one thread has no other

    def _exchange(self, asked: Exchange) -> Answer:
        try:
            url = self._urls[asked.path]
            return answer_of(self._http.request(asked.method, url, content=asked.content, headers=asked.headers))
        except httpx2.HTTPError:
            raise silence() from None
