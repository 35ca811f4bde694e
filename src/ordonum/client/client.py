"""The client: prescribe, consult, execute, cancel, read back. Every writing act is kept on the disk before it is sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID, uuid4

import httpx2
import msgspec
from msgspec import Struct

from ordonum import __version__
from ordonum.client import prepare
from ordonum.client.card import Card
from ordonum.client.errors import CannotPrint, Declined, NotAuthentic, NotKept, Unconfirmed
from ordonum.client.outbox import Kept, Outbox
from ordonum.client.transport import Transport, Unanswered, decoded
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
    ExecuteRequest,
    Execution,
    Origin,
    ReadBackRequest,
    Receipt,
    RegisterRequest,
)
from ordonum.model.identifiers import Nil
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Effect, Refusal, Refused, Retry
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.wire import native, problem, sheet

T = TypeVar("T")
UNAUTHENTICATED = 401
SOFTWARE = Software("ordonum", __version__, nil=Nil("ORDONUM-1"))


class Acknowledged(Struct, frozen=True):
    """A writing act that the service recorded. `replayed`: it had been, and this is the first answer again."""

    act_id: UUID
    number: EpuId | None
    acknowledgement: Acknowledgement
    notices: tuple[str, ...]
    replayed: bool


class Client:
    """A professional's software in front of the service. Use it in a `with`; it is not shared between threads.

    `home` keeps the outbox; `trust` holds the root certificates (PEM) that the orders read are verified with;
    `audience` is the service's own name where it is reached by another address.
    """

    def __init__(
        self,
        service: str,
        card: Card,
        *,
        home: Path,
        trust: Path,
        software: Software = SOFTWARE,
        audience: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.now = now
        self.card = card
        self.software = software
        self.outbox = Outbox(home / "outbox")
        self._trust = trust
        self._transport = Transport(service, card, software, audience=audience, now=now)
        self._verifier: Verifier | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # what a prescriber does ------------------------------------------------------------------------------------------

    def prescribe(self, prescription: Prescription, *, source: str | None = None) -> Acknowledged:
        """Sign and register. Raises CannotPrint before anything is sent.

        On Unconfirmed the request is kept: print the sheet all the same, and `resend` later.
        """
        who = self.card.professional.profession
        if prescription.family not in may_prescribe(who):
            refused = Refused(Refusal.NOT_ENTITLED, profession=who.label, family=prescription.family.label)
            raise Declined(problem.problem(refused, reference=str(uuid4())))
        prepared = prepare.registration(prescription, self.card, self.software)
        assert prepared.number is not None
        self._draw(prescription, prepared.number, registered=False)  # what cannot be printed is not registered
        return self._write(self._keep("register", prepared, source=source, prescription=prescription))

    def sheet(self, act_id: UUID) -> bytes:
        """The PDF of a prescription of this workstation; it says so when it is not registered yet."""
        kept = self.outbox.get(act_id)
        if kept.prescription is None or kept.number is None:
            raise NotKept(f"L'acte {act_id} n'est pas une ordonnance.")
        if kept.refused is not None:
            raise CannotPrint(f"Cette ordonnance n'a pas été enregistrée ({kept.refused}) : refaites-la.")
        return self._draw(kept.prescription, kept.number, registered=kept.answer is not None)

    def cancel(self, prescription: ByNumber | ByOwnAct, cancellation: Cancellation) -> Acknowledged:
        """Cancel one's own prescription."""
        number = prescription.number if isinstance(prescription, ByNumber) else None
        request = CancelRequest(prescription=prescription, cancellation=cancellation)
        prepared = prepare.Prepared(cancellation.act_id, number, native.write(request))
        return self._write(self._keep("cancel", prepared))

    def executions(self, prescription: ByNumber | ByOwnAct) -> ForPrescriber:
        """What was executed of one's own prescription."""
        return self._read("/v1/executions", ReadBackRequest(prescription=prescription), ForPrescriber)

    # what an executant does ------------------------------------------------------------------------------------------

    def consult(self, number: EpuId, origin: Origin) -> VerifiedOrder:
        """The order of this number, verified: signature, chain, acknowledgement, commitment. Raises NotAuthentic."""
        verifier = self._verifier_or_unconfirmed()
        view = self._read("/v1/consult", ConsultRequest(number=number, origin=origin), ForExecutant)
        return verifier.order(number, view)

    def execute(self, number: EpuId, execution: Execution, *, source: str | None = None) -> Acknowledged:
        """Record what was delivered or done."""
        return self._write(self._keep("execute", prepare.execution(number, execution), source=source))

    # sending again ---------------------------------------------------------------------------------------------------

    def resend(self, kept: Kept) -> Acknowledged:
        """Send the very bytes of a kept act again; it counts once whatever happened to the first."""
        return self._write(msgspec.structs.replace(kept, doubtful=True))

    def sign_again(self, act_id: UUID) -> Acknowledged:
        """Sign a refused or pending prescription with the card now in the reader: same number, same act id, same sheet.

        For a card that was revoked or expired between the signature and its reception.
        """
        kept = self.outbox.get(act_id)
        if kept.prescription is None or kept.answer is not None:
            raise NotKept(f"L'acte {act_id} n'attend pas de nouvelle signature.")
        body = prepare.signed_again(kept.body.encode(), self.card, self.software)
        again = msgspec.structs.replace(kept, body=body.decode(), refused=None, author=self.card.professional.rpps)
        self.outbox.keep(again)
        return self._write(again)

    def _draw(self, prescription: Prescription, number: EpuId, *, registered: bool) -> bytes:
        signed = prepare.code(prescription, number, self.card)
        try:
            return sheet.draw(
                prescription, self.card.professional, signed, registered=registered, specimen=self.card.is_test
            )
        except sheet.Unprintable as error:
            raise CannotPrint(f"{error} Rien n'a été enregistré.") from None

    # below -----------------------------------------------------------------------------------------------------------

    def _keep(
        self,
        operation: str,
        prepared: prepare.Prepared,
        *,
        source: str | None = None,
        prescription: Prescription | None = None,
    ) -> Kept:
        kept = Kept(
            act_id=prepared.act_id,
            operation=operation,
            author=self.card.professional.rpps,
            created_at=self.now(),
            body=prepared.body.decode(),
            number=prepared.number,
            source=source,
            prescription=prescription,
        )
        self.outbox.keep(kept)
        return kept

    def _write(self, kept: Kept) -> Acknowledged:
        doubtful = kept.doubtful

        def doubt() -> None:
            nonlocal doubtful
            doubtful = True
            self.outbox.doubt(kept)

        try:
            self._verify()
            response = self._transport.send(f"/v1/{kept.operation}", kept.body.encode(), doubt=doubt)
            acknowledged = self._acknowledged(kept, response)
        except Declined as declined:
            # A refusal of the card says nothing of an earlier attempt whose reply was lost: the act stays pending.
            judged = not doubtful or declined.problem.status != UNAUTHENTICATED
            if judged and declined.problem.effect is Effect.NONE and declined.problem.retry is Retry.NEVER:
                self.outbox.refused(kept, declined.problem.code)
            raise
        except Unanswered as cause:
            raise Unconfirmed(str(kept.act_id), str(cause)) from None
        self.outbox.answered(kept, response.content)
        return acknowledged

    def _acknowledged(self, kept: Kept, response: httpx2.Response) -> Acknowledged:
        receipt = decoded(response, Receipt)
        acknowledgement = self._verify().receipt(receipt, _acknowledged_bytes(kept))
        if acknowledgement.act_id != kept.act_id or _names_another(acknowledgement, kept):
            raise NotAuthentic("L'accusé du service porte sur un autre acte : ne vous y fiez pas.")
        replayed = response.headers.get("Replayed") == "true"
        return Acknowledged(kept.act_id, kept.number, acknowledgement, receipt.notices, replayed)

    def _read(self, path: str, request: Struct, kind: type[T]) -> T:
        try:
            return decoded(self._transport.send(path, native.write(request)), kind)
        except Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    def _verifier_or_unconfirmed(self) -> Verifier:
        try:
            return self._verify()
        except Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    def _verify(self) -> Verifier:
        """The verifier, once the service's acknowledgement keys are known. Raises Unanswered."""
        if self._verifier is None:
            self._verifier = Verifier(self._trust, self._transport.acknowledgement_keys())
        return self._verifier


def _names_another(acknowledgement: Acknowledgement, kept: Kept) -> bool:
    """Whether the receipt is of another prescription than the one that we named by its registering act."""
    if kept.operation == "register":
        return acknowledgement.prescription != kept.act_id
    if kept.operation == "cancel":
        named = native.read(kept.body.encode(), CancelRequest).prescription
        return isinstance(named, ByOwnAct) and acknowledgement.prescription != named.register_act_id
    return False


def _acknowledged_bytes(kept: Kept) -> bytes:
    """What the digest of the receipt covers: the JWS of a registration, else the canonical act."""
    body = kept.body.encode()
    if kept.operation == "register":
        return native.read(body, RegisterRequest).jws.encode()
    if kept.operation == "execute":
        return native.canonical(native.read(body, ExecuteRequest).execution)
    return native.canonical(native.read(body, CancelRequest).cancellation)
