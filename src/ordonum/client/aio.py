"""The asynchronous face: the same methods, awaited. It only carries out what `core` asks for, and never blocks its loop."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
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
LOCK_ASKED_AGAIN_SECONDS = 0.02


class AsyncClient(Workstation):
    """A professional's software in front of the service. Use it in an `async with`, from as many tasks as you like.

    Its arguments are those of Workstation; its methods are those of Client, which says what each does and raises. Disk,
    signatures, verification and drawing run in the loop's threads. A task that is cancelled while it sends leaves its act
    kept and doubtful: `send_pending` tells later what became of it.
    """

    _http: httpx2.AsyncClient

    def _begin(self) -> None:
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        self._http = await _in_thread(lambda: connections(httpx2.AsyncClient, self.service))
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    # what a prescriber does ------------------------------------------------------------------------------------------

    async def prescribe(self, prescription: Prescription, *, source: str | None = None) -> Acknowledged:
        """See Client.prescribe."""
        return await self._drive(self._core.prescribe(prescription, source))

    async def sheet(self, act_id: UUID, *, variant: Variant = "a-3a") -> bytes:
        """See Client.sheet."""
        return await self._drive(self._core.sheet(act_id, variant))

    async def preview(self, prescription: Prescription) -> bytes:
        """See Client.preview."""
        return await self._drive(self._core.preview(prescription))

    async def open_session(self) -> Delegated:
        """See Client.open_session."""
        return await self._drive(self._core.open_session())

    async def cancel(
        self, prescription: ByNumber | ByOwnAct, cancellation: Cancellation, *, scanned: str | None = None
    ) -> Acknowledged:
        """See Client.cancel."""
        return await self._drive(self._core.cancel(prescription, cancellation, scanned))

    async def replace(
        self,
        prescription: Prescription,
        old: ByNumber | ByOwnAct,
        replacement: Replacement,
        *,
        source: str | None = None,
        scanned: str | None = None,
    ) -> Acknowledged:
        """See Client.replace."""
        return await self._drive(self._core.replace(prescription, old, replacement, source, scanned))

    async def copy(self, prescription: ByNumber | ByOwnAct, copy: CopyAcknowledged) -> Acknowledged:
        """See Client.copy."""
        return await self._drive(self._core.copy(prescription, copy))

    async def registered(self, before: datetime | None = None) -> RegisteredList:
        """See Client.registered."""
        return await self._drive(self._core.registered(before))

    async def executions(self, prescription: ByNumber | ByOwnAct, *, scanned: str | None = None) -> ForPrescriber:
        """See Client.executions."""
        return await self._drive(self._core.executions(prescription, scanned))

    # what an executant does ------------------------------------------------------------------------------------------

    async def consult(self, number: EpuId, origin: Origin, *, scanned: str | None = None) -> VerifiedOrder:
        """See Client.consult."""
        return await self._drive(self._core.consult(number, origin, scanned))

    async def execute(
        self, number: EpuId, execution: Execution, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """See Client.execute."""
        return await self._drive(self._core.execute(number, execution, source, scanned))

    async def withdraw(
        self, number: EpuId, withdrawal: Withdrawal, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """See Client.withdraw."""
        return await self._drive(self._core.withdraw(number, withdrawal, source, scanned))

    async def report(self, number: EpuId, suspicion: Suspicion, *, scanned: str | None = None) -> Acknowledged:
        """See Client.report."""
        return await self._drive(self._core.report(number, suspicion, scanned))

    async def attach_invoice(
        self, number: EpuId, invoice: Invoice, *, source: str | None = None, scanned: str | None = None
    ) -> Acknowledged:
        """See Client.attach_invoice."""
        return await self._drive(self._core.attach_invoice(number, invoice, source, scanned))

    async def back(self, act_id: UUID, *, start_mm: int = 0) -> bytes:
        """See Client.back."""
        return await self._drive(self._core.back(act_id, start_mm))

    # what became of it -----------------------------------------------------------------------------------------------

    async def recorded(
        self, prescription: ByNumber | ByOwnAct, act_id: UUID, *, scanned: str | None = None
    ) -> RecordedView:
        """See Client.recorded."""
        return await self._drive(self._core.recorded(prescription, act_id, scanned))

    # what an agent of the insurer does -------------------------------------------------------------------------------

    async def oppose(self, opposition: Opposition) -> Acknowledged:
        """See Client.oppose."""
        return await self._drive(self._core.oppose(opposition))

    async def lift(self, lifting: Opposition) -> Acknowledged:
        """See Client.lift."""
        return await self._drive(self._core.lift(lifting))

    async def traces(self, asked: TracesRequest) -> Traces:
        """See Client.traces."""
        return await self._drive(self._core.traces(asked))

    async def justify(self, asked: JustifyRequest) -> ForInsurer:
        """See Client.justify."""
        return await self._drive(self._core.justify(asked))

    # what a member of the care team does -----------------------------------------------------------------------------

    async def search(self, asked: SearchRequest) -> FoundList:
        """See Client.search."""
        return await self._drive(self._core.search(asked))

    # what is kept ----------------------------------------------------------------------------------------------------

    async def resend(self, kept: Kept) -> Acknowledged:
        """See Client.resend."""
        return await self._drive(self._core.resend(kept))

    async def send_pending(self) -> tuple[Sent, ...]:
        """See Client.send_pending."""
        return await self._drive(self._core.send_pending())

    async def sign_again(self, act_id: UUID) -> Acknowledged:
        """See Client.sign_again."""
        return await self._drive(self._core.sign_again(act_id))

    async def pending(self) -> tuple[Kept, ...]:
        """See Client.pending."""
        return await self._drive(work(lambda: tuple(self.outbox.pending())))

    async def verifier(self) -> Verifier:
        """See Client.verifier."""
        return await self._drive(self._core.known_verifier())

    # carrying out ----------------------------------------------------------------------------------------------------

    async def _drive(self, steps: Steps[T]) -> T:
        try:
            effect = next(steps)
            while True:
                try:
                    result = await self._perform(effect)
                except GeneratorExit:  # the loop is gone: nothing can be noted any more; what is kept is pending
                    with suppress(RuntimeError):
                        steps.close()
                    raise
                except (
                    BaseException
                ) as error:  # a cancellation too: the steps note what is in doubt, and let it through
                    effect = steps.throw(error)
                else:
                    effect = steps.send(result)
        except StopIteration as done:
            ended: T = done.value
            return ended

    async def _perform(self, effect: Effect) -> Any:
        if isinstance(effect, Work):
            return await _in_thread(effect.do)
        if isinstance(effect, Exchange):
            return await self._exchange(effect)
        if isinstance(effect, Retried):
            async for attempt in patience():
                with attempt:
                    return await self._drive(effect.attempt(attempt.num))
            raise AssertionError("patience ends by an answer or an error")
        if isinstance(effect, Locked):
            return await self._locked(effect)
        async with self._turns[effect.name]:
            return await self._drive(effect.steps)

    async def _locked(self, asked: Locked) -> Any:
        lock = await _in_thread(lambda: self.outbox.lock(asked.name))
        try:
            while not await _in_thread(lock.take):  # noqa: ASYNC110  # another process gives no event
                await asyncio.sleep(LOCK_ASKED_AGAIN_SECONDS)
            return await self._drive(asked.steps)
        finally:
            lock.release()

    async def _exchange(self, asked: Exchange) -> Answer:
        try:
            url = self._urls[asked.path]
            return answer_of(await self._http.request(asked.method, url, content=asked.content, headers=asked.headers))
        except httpx2.HTTPError:
            raise silence() from None


async def _in_thread(do: Callable[[], T]) -> T:
    """Call this in a thread of the loop's. What was begun goes to its end, whoever cancels: the disk is never half written."""
    running = asyncio.get_running_loop().run_in_executor(None, do)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        running.exception()  # seen: the cancellation is what is told
        raise cancelled
    return running.result()
