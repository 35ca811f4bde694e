"""The core: prescribe, consult, execute, cancel, read back, as steps that a face carries out (see `effects`).

Every writing act is kept on the disk before it is sent; what is believed of an answer is what was verified of it.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from ordonum.client import journal, prepare
from ordonum.client.card import Card
from ordonum.client.effects import Answer, Steps, Unanswered, in_turn, locked, retried, work
from ordonum.client.errors import CannotPrint, ClientError, Declined, NotKept, Unconfirmed, UnusableOutbox
from ordonum.client.journal import Journal, Trace
from ordonum.client.outbox import Kept, Outbox
from ordonum.client.transport import Road, decoded
from ordonum.client.verify import VerifiedOrder, Verifier
from ordonum.knowledge.rights import may_prescribe
from ordonum.model.actors import Software
from ordonum.model.acts import (
    Acknowledgement,
    ByNumber,
    ByOwnAct,
    Cancellation,
    CancelRequest,
    ConsultRequest,
    Execution,
    Origin,
    ReadBackRequest,
    Receipt,
)
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Effect, Refusal, Refused, Retry
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.wire import native, problem, sheet

T = TypeVar("T")
UNAUTHENTICATED = 401


class Acknowledged(Struct, frozen=True):
    """A writing act that the service recorded. `replayed`: it had been, and this is the first answer again."""

    act_id: UUID
    number: EpuId | None
    acknowledgement: Acknowledgement
    notices: tuple[str, ...]
    replayed: bool


class Sent(Struct, frozen=True):
    """What became of a pending act that was sent again: acknowledged, or the error that says why not."""

    kept: Kept
    acknowledged: Acknowledged | None
    error: ClientError | None = None


class Core:
    """A professional's software in front of a service: all that both faces know and decide."""

    def __init__(
        self,
        card: Card,
        software: Software,
        *,
        audience: str,
        trust: Path,
        outbox: Outbox,
        journal: Journal,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self.card, self.software, self.now = card, software, now
        self.outbox, self.journal = outbox, journal
        self.road = Road(card, software, audience=audience, now=now)
        self._trust, self._tell = trust, tell
        self._verifier: Verifier | None = None

    # what a prescriber does ------------------------------------------------------------------------------------------

    def prescribe(self, prescription: Prescription, source: str | None) -> Steps[Acknowledged]:
        """See Client.prescribe."""
        who = self.card.professional.profession
        if prescription.family not in may_prescribe(who):
            raise _declined(Refused(Refusal.NOT_ENTITLED, profession=who.label, family=prescription.family.label))

        def made() -> Kept:
            prepared = prepare.registration(prescription, self.card, self.software)
            assert prepared.number is not None
            self._draw(prescription, prepared.number, registered=False)  # what cannot be printed is not registered
            return self._new("register", prepared, source=source, prescription=prescription)

        return (yield from self._first((yield from work(made))))

    def sheet(self, act_id: UUID) -> Steps[bytes]:
        """See Client.sheet."""

        def drawn() -> bytes:
            kept, trace = self.outbox.get(act_id), self._trace("print")
            if kept.prescription is None or kept.number is None:
                raise NotKept(f"L'acte {act_id} n'est pas une ordonnance.")
            if kept.refused is not None:
                raise CannotPrint(f"Cette ordonnance n'a pas été enregistrée ({kept.refused}) : refaites-la.")
            made = self._draw(kept.prescription, kept.number, registered=kept.answer is not None)
            trace.act_id = act_id
            trace.printed(self.outbox.printed(act_id).prints)  # counted before anybody holds it
            trace.flush()
            return made

        return (yield from work(drawn))

    def cancel(self, prescription: ByNumber | ByOwnAct, cancellation: Cancellation) -> Steps[Acknowledged]:
        """See Client.cancel."""
        number = prescription.number if isinstance(prescription, ByNumber) else None
        request = CancelRequest(prescription=prescription, cancellation=cancellation)
        prepared = prepare.Prepared(cancellation.act_id, number, native.write(request))
        return (yield from self._first(self._new("cancel", prepared)))

    def executions(self, prescription: ByNumber | ByOwnAct) -> Steps[ForPrescriber]:
        """See Client.executions."""

        def steps(trace: Trace) -> Steps[ForPrescriber]:
            body = native.write(ReadBackRequest(prescription=prescription))
            return decoded((yield from self._send("/v1/executions", body, trace)), ForPrescriber)

        return (yield from self._told(self._trace("executions"), steps))

    # what an executant does ------------------------------------------------------------------------------------------

    def consult(self, number: EpuId, origin: Origin) -> Steps[VerifiedOrder]:
        """See Client.consult."""

        def steps(trace: Trace) -> Steps[VerifiedOrder]:
            verifier = yield from self.verifier()
            body = native.write(ConsultRequest(number=number, origin=origin))
            answer = yield from self._send("/v1/consult", body, trace)
            return (yield from work(lambda: verifier.order(number, decoded(answer, ForExecutant))))

        return (yield from self._told(self._trace("consult"), steps))

    def execute(self, number: EpuId, execution: Execution, source: str | None) -> Steps[Acknowledged]:
        """See Client.execute."""
        return (yield from self._first(self._new("execute", prepare.execution(number, execution), source=source)))

    # sending again ---------------------------------------------------------------------------------------------------

    def resend(self, kept: Kept) -> Steps[Acknowledged]:
        """See Client.resend."""
        return (yield from self._act(kept, lambda _: self._doubted(self.outbox.find(kept.act_id) or kept)))

    def send_pending(self) -> Steps[tuple[Sent, ...]]:
        """See Client.send_pending."""
        results = []
        for kept in (yield from work(lambda: tuple(self.outbox.pending()))):
            try:
                done = yield from locked(str(kept.act_id), self._if_pending(kept))
            except ClientError as error:
                results.append(Sent(kept, None, error))
            else:
                results += [Sent(kept, done)] if done is not None else []
        return tuple(results)

    def sign_again(self, act_id: UUID) -> Steps[Acknowledged]:
        """See Client.sign_again."""
        first = yield from work(lambda: self.outbox.get(act_id))

        def signed(_: Trace) -> Kept:
            kept = self.outbox.get(act_id)
            if kept.prescription is None or kept.answer is not None:
                raise NotKept(f"L'acte {act_id} n'attend pas de nouvelle signature.")
            body = prepare.signed_again(kept.body.encode(), self.card, self.software).decode()
            return self.outbox.change(kept, body=body, refused=None, author=self.card.professional.rpps)

        return (yield from self._act(first, signed))

    # below -----------------------------------------------------------------------------------------------------------

    def verifier(self) -> Steps[Verifier]:
        """The verifier, once the service's acknowledgement keys are known. Raises Unanswered."""
        if self._verifier is None:
            self._verifier = yield from in_turn("keys", self._made_verifier())
        return self._verifier

    def _made_verifier(self) -> Steps[Verifier]:
        if self._verifier is not None:
            return self._verifier  # another task made it while this one waited for its turn
        keys = yield from self.road.acknowledgement_keys()
        return (yield from work(lambda: Verifier(self._trust, keys)))

    def _trace(self, operation: str) -> Trace:
        return Trace(self.journal, operation, card=self.card, software=self.software, now=self.now)

    def _draw(self, prescription: Prescription, number: EpuId, *, registered: bool) -> bytes:
        signed = prepare.code(prescription, number, self.card)
        try:
            return sheet.draw(
                prescription, self.card.professional, signed, registered=registered, specimen=self.card.is_test
            )
        except sheet.Unprintable as error:
            raise CannotPrint(f"{error} Rien n'a été enregistré.") from None

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
            author=self.card.professional.rpps,
            created_at=self.now(),
            body=prepared.body.decode(),
            number=prepared.number,
            source=source,
            prescription=prescription,
        )

    def _act(self, kept: Kept, ready: Callable[[Trace], Kept]) -> Steps[Acknowledged]:
        """Make an act ready, then send it, while nobody else on this workstation touches it."""
        return (yield from locked(str(kept.act_id), self._acted(kept, ready)))

    def _acted(self, kept: Kept, ready: Callable[[Trace], Kept]) -> Steps[Acknowledged]:
        trace = self._trace(kept.operation)
        trace.act_id = kept.act_id

        def steps(trace: Trace) -> Steps[Acknowledged]:
            return (yield from self._record((yield from work(lambda: ready(trace))), trace))

        return (yield from self._told(trace, steps))

    def _if_pending(self, kept: Kept) -> Steps[Acknowledged | None]:
        """Send it, unless another process settled it since it was listed."""
        latest = yield from work(lambda: self.outbox.find(kept.act_id))
        if latest is None or not latest.pending:
            return None
        return (yield from self._acted(latest, lambda _: self._doubted(latest)))

    def _doubted(self, kept: Kept) -> Kept:
        """The act as one that was sent before: whoever kept it may have died before it could note that."""
        return msgspec.structs.replace(kept, doubtful=True)

    def _first(self, kept: Kept) -> Steps[Acknowledged]:
        return (yield from self._act(kept, lambda trace: self._kept(kept, trace)))

    def _kept(self, kept: Kept, trace: Trace) -> Kept:
        """Keep a new act. The same one again is the one kept before; another one under an id that is taken is refused."""
        there = self.outbox.find(kept.act_id)
        if there is not None and there.refused is None:
            if (there.operation, there.body) == (kept.operation, kept.body):
                return self._doubted(there)
            if there.answer is not None or there.doubtful:
                raise _declined(Refused(Refusal.EXISTS_DIFFERENT))
        try:
            self.outbox.keep(kept)
        except OSError as error:
            raise UnusableOutbox(
                f"L'acte ne peut pas être gardé sur ce poste ({error.strerror}) ; rien n'a été envoyé."
            ) from None
        trace.created()
        trace.flush()
        return kept

    def _record(self, kept: Kept, trace: Trace) -> Steps[Acknowledged]:
        doubtful = kept.doubtful

        def doubt() -> None:
            nonlocal doubtful
            doubtful = True
            self._noted(lambda: self.outbox.doubt(kept))

        verifier = yield from self.verifier()
        try:
            answer = yield from self._send(f"/v1/{kept.operation}", kept.body.encode(), trace, lost=doubt)
        except Declined as declined:
            told = declined.problem
            # A refusal of the card says nothing of an earlier attempt whose reply was lost: the act stays pending.
            judged = not doubtful or told.status != UNAUTHENTICATED
            if judged and told.effect is Effect.NONE and told.retry is Retry.NEVER:
                yield from work(lambda: self._noted(lambda: self.outbox.refused(kept, told.code)))
            raise
        return (yield from work(lambda: self._acknowledged(kept, verifier, answer)))

    def _acknowledged(self, kept: Kept, verifier: Verifier, answer: Answer) -> Acknowledged:
        receipt = decoded(answer, Receipt)
        acknowledgement = verifier.kept(kept, receipt)
        self._noted(lambda: self.outbox.answered(kept, answer.content))
        return Acknowledged(kept.act_id, kept.number, acknowledgement, receipt.notices, answer.replayed)

    def _noted(self, write: Callable[[], object]) -> None:
        """What became of an act, written if it can be: it stays pending else, and sending it again tells the same."""
        try:
            write()
        except OSError as error:
            self._tell(f"La suite d'un acte n'a pas pu être notée sur ce poste ({error.strerror}) : il sera renvoyé.")

    def _send(self, path: str, body: bytes, trace: Trace, lost: Callable[[], None] = lambda: None) -> Steps[Answer]:
        """The answer to these bytes, asked for as often as patience allows. Raises Declined, Unanswered.

        `lost` is called after each attempt that ends without an answer, an interrupted one too.
        """

        def attempt(rank: int) -> Steps[Answer]:
            begun, code = monotonic(), journal.INTERRUPTED
            try:
                answer = yield from self.road.post(path, body)
                code = journal.ANSWERED
                return answer
            except Declined as declined:
                code = declined.problem.code
                raise
            except Unanswered:
                code = journal.UNANSWERED
                raise
            finally:
                trace.attempted(rank, code, begun)
                if code in (journal.INTERRUPTED, journal.UNANSWERED):
                    yield from work(lost)

        return (yield from retried(attempt))

    def _told(self, trace: Trace, steps: Callable[[Trace], Steps[T]]) -> Steps[T]:
        """What these steps give, with the result in the journal. Raises Unconfirmed where they raise Unanswered."""
        code = journal.INTERRUPTED
        try:
            done = yield from steps(trace)
            code = journal.READ
            if isinstance(done, Acknowledged):
                code = journal.REPLAYED if done.replayed else journal.RECORDED
            return done
        except ClientError as error:
            code = error.problem.code if isinstance(error, Declined) else error.code
            raise
        except Unanswered as cause:
            code = journal.UNANSWERED
            raise Unconfirmed(str(trace.act_id) if trace.act_id else None, str(cause)) from None
        finally:
            trace.ended(code)
            yield from work(trace.flush)


def _declined(refused: Refused) -> Declined:
    """A refusal that the client pronounces itself: nothing was sent."""
    return Declined(problem.problem(refused, reference=str(uuid4())))
