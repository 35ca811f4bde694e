"""How an act goes: kept on the disk, sent as often as patience allows, verified, noted. Steps that a face carries out."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from ordonum.client import journal, prepare, receipts
from ordonum.client.card import Card
from ordonum.client.effects import Answer, Steps, Unanswered, in_turn, locked, retried, work
from ordonum.client.errors import ClientError, Declined, Unconfirmed, UnusableOutbox
from ordonum.client.following import follow
from ordonum.client.journal import Journal, Trace
from ordonum.client.keys import HeldKeys
from ordonum.client.outbox import Kept, Outbox
from ordonum.client.transport import Road, Stand, decoded
from ordonum.client.verify import Verifier
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.model.actors import Software
from ordonum.model.acts import Acknowledgement, ExecuteRequest, Given
from ordonum.model.invoice import Justification
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Effect, Refusal, Refused, Retry
from ordonum.model.stopping import CancelOutcome
from ordonum.wire import native, problem

T = TypeVar("T")
R = TypeVar("R", bound=Struct)
UNAUTHENTICATED = 401


class Acknowledged(Struct, frozen=True):
    """A writing act that the service recorded. `replayed`: it had been, and this is the first answer again.

    `outcome`: what a cancellation or a replacement did. A replacement is acknowledged twice: the new registration, and
    (`ended`) the end of the old one.
    """

    act_id: UUID
    number: EpuId | None
    acknowledgement: Acknowledgement
    notices: tuple[str, ...]
    replayed: bool
    justification: tuple[Justification, ...] = ()
    outcome: CancelOutcome | None = None
    ended: Acknowledgement | None = None


class Acting:
    """A workstation that keeps, sends, verifies and notes."""

    def __init__(
        self,
        card: Card,
        software: Software,
        *,
        audience: str,
        trust: Path,
        outbox: Outbox,
        journal: Journal,
        keys: HeldKeys,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
        hand_signature: bool = True,
        drugs: Callable[[], DrugBase] = formulary,
    ) -> None:
        self.hand_signature = hand_signature
        self.card, self.software, self.now = card, software, now
        self.outbox, self.journal, self.keys = outbox, journal, keys
        self.road = Road(card, software, audience=audience, now=now)
        self._trust, self._tell = trust, tell
        self._verifier: Verifier | None = None
        self.drugs = cache(drugs)

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

    def _act(self, kept: Kept, ready: Callable[[Trace], Kept]) -> Steps[Acknowledged]:
        """Make an act ready, then send it, while nobody else on this workstation touches it."""
        return (yield from locked(str(kept.act_id), self._acted(kept, ready)))

    def _acted(self, kept: Kept, ready: Callable[[Trace], Kept]) -> Steps[Acknowledged]:
        trace = self._trace(kept.operation)
        trace.act_id = kept.act_id

        def steps(trace: Trace) -> Steps[Acknowledged]:
            return (yield from self._record((yield from work(lambda: ready(trace))), trace))

        return (yield from self._told(trace, steps))

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
                raise declined(Refused(Refusal.EXISTS_DIFFERENT))
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
            answer = yield from self._send(
                f"/v1/{kept.operation}", kept.body.encode(), trace, lost=doubt, stand=_stand(kept)
            )
        except Declined as refusal:
            told = refusal.problem
            # A refusal of the card says nothing of an earlier attempt whose reply was lost: the act stays pending.
            judged = not doubtful or told.status != UNAUTHENTICATED
            if judged and told.effect is Effect.NONE and _is_settled(kept, told.retry):
                yield from work(lambda: self._noted(lambda: self.outbox.refused(kept, told.code)))
            raise
        return (yield from work(lambda: self._acknowledged(kept, verifier, answer)))

    def _acknowledged(self, kept: Kept, verifier: Verifier, answer: Answer) -> Acknowledged:
        """What the answer tells, verified; then noted, first where it stops the printing of a sheet."""
        done = believed(kept, verifier, answer)
        self._noted(lambda: follow(self.outbox, kept))
        self._noted(lambda: self.outbox.answered(kept, answer.content))
        return done

    def _noted(self, write: Callable[[], object]) -> None:
        """What became of an act, written if it can be: it stays pending else, and sending it again tells the same."""
        try:
            write()
        except OSError as error:
            self._tell(f"La suite d'un acte n'a pas pu être notée sur ce poste ({error.strerror}) : il sera renvoyé.")

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

    def _read(self, operation: str, request: Struct, kind: type[R]) -> Steps[R]:
        """The answer to a reading of which nothing is signed."""

        def steps(trace: Trace) -> Steps[R]:
            return decoded((yield from self._send(f"/v1/{operation}", native.write(request), trace)), kind)

        return (yield from self._told(self._trace(operation), steps))

    def _send(
        self,
        path: str,
        body: bytes,
        trace: Trace,
        *,
        lost: Callable[[], None] = lambda: None,
        stand: Stand | None = None,
        proof: str | None = None,
    ) -> Steps[Answer]:
        """The answer to these bytes, asked for as often as patience allows. Raises Declined, Unanswered.

        `lost` is called after each attempt that ends without an answer, an interrupted one too.
        """

        def attempt(rank: int) -> Steps[Answer]:
            begun, code = monotonic(), journal.INTERRUPTED
            try:
                answer = yield from self.road.post(path, body, stand, proof=proof)
                code = journal.ANSWERED
                return answer
            except Declined as refusal:
                code = refusal.problem.code
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


def believed(kept: Kept, verifier: Verifier, answer: Answer) -> Acknowledged:
    """What an answer tells of a kept act, its signatures verified. Raises NotAuthentic, Unanswered."""
    answered: receipts.Answered = decoded(answer, receipts.kind_of(kept.operation))
    receipt, end = receipts.own(answered), receipts.end(answered)
    return Acknowledged(
        kept.act_id,
        kept.number,
        verifier.kept(kept, receipt),
        (*receipt.notices, *(end.notices if end else ())),
        answer.replayed,
        receipt.justification,
        outcome=(end or receipt).outcome,
        ended=verifier.ended(kept, end) if end is not None else None,
    )


def _is_settled(kept: Kept, retry: Retry) -> bool:
    """Whether a refusal ends the act. What was asked «now» is not sent again later: meanwhile the counter did otherwise."""
    if retry is Retry.NEVER:
        return True
    if kept.operation != "execute" or retry is not Retry.LATER:
        return False
    return native.read(kept.body.encode(), ExecuteRequest).execution.given is Given.NOW


def _stand(kept: Kept) -> Stand | None:
    """From where an act is sent: where its prescription was written, if it registers one."""
    written = kept.prescription
    return Stand(written.place, written.establishment) if written is not None else None


def declined(refused: Refused) -> Declined:
    """A refusal that the client pronounces itself: nothing was sent."""
    return Declined(problem.problem(refused, reference=str(uuid4())))
