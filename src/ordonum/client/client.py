"""The client: prescribe, consult, execute, cancel, read back. Every writing act is kept on the disk before it is sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import stamina
from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum import __version__
from ordonum.client import prepare
from ordonum.client.card import Card
from ordonum.client.errors import CannotPrint, Declined, NotAuthentic, NotKept, Unconfirmed
from ordonum.client.outbox import Kept, Outbox
from ordonum.client.verify import VerifiedOrder, Verifier
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
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Effect, Kind, Refusal, Refused, Retry
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.wire import native, problem, sheet
from ordonum.wire.assertion import GRANT_TYPE, TokenAnswer

T = TypeVar("T")
SOFTWARE = Software("ordonum", __version__)
ATTEMPTS = 3
TIMEOUT_SECONDS = 10.0
_SENT_AGAIN = {Refusal.NO_TOKEN, Refusal.TOKEN_EXPIRED}


class Acknowledged(Struct, frozen=True):
    """A writing act that the service recorded. `replayed`: it had been, and this is the first answer again."""

    act_id: UUID
    number: EpuId | None
    acknowledgement: Acknowledgement
    notices: tuple[str, ...]
    replayed: bool


class _Unanswered(Exception):
    """No answer, or one that says to send the same bytes again."""


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
        self._service = service.rstrip("/")
        self._audience = audience or f"{self._service}/v1/token"
        self._trust = trust
        # No proxy and no certificate authorities for a service that is on this very machine.
        local = urlsplit(self._service).hostname in ("127.0.0.1", "localhost", "::1")
        plain = self._service.startswith("http:")
        self._http = httpx2.Client(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=not local, verify=not (local and plain)
        )
        self._token: tuple[str, float] | None = None
        self._verifier: Verifier | None = None

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
        prepared = prepare.registration(prescription, self.card, self.software)
        assert prepared.number is not None
        self._draw(prescription, prepared.number, registered=False)  # what cannot be printed is not registered
        return self._write(self._keep("register", prepared, source=source, prescription=prescription))

    def sheet(self, act_id: UUID) -> bytes:
        """The PDF of a prescription of this workstation; it says so when it is not registered yet."""
        kept = self.outbox.get(act_id)
        if kept.prescription is None or kept.number is None:
            raise NotKept(f"L'acte {act_id} n'est pas une ordonnance.")
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
        return self._write(kept)

    def _draw(self, prescription: Prescription, number: EpuId, *, registered: bool) -> bytes:
        signed = prepare.code(prescription, number, self.card)
        try:
            return sheet.draw(prescription, self.card.professional, signed, registered=registered)
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
        try:
            self._verify()
            response = self._send(f"/v1/{kept.operation}", kept.body.encode())
            acknowledged = self._acknowledged(kept, response)
        except Declined as declined:
            # A refusal of the card says nothing of an earlier attempt whose reply was lost: the act stays pending.
            judged = declined.refusal.value.kind is not Kind.UNAUTHENTICATED
            if judged and declined.problem.effect is Effect.NONE and declined.problem.retry is Retry.NEVER:
                self.outbox.refused(kept, declined.problem.code)
            raise
        except _Unanswered as cause:
            raise Unconfirmed(str(kept.act_id), str(cause)) from None
        self.outbox.answered(kept, response.content)
        return acknowledged

    def _acknowledged(self, kept: Kept, response: httpx2.Response) -> Acknowledged:
        receipt = _decoded(response, Receipt)
        acknowledgement = self._verify().receipt(receipt, _acknowledged_bytes(kept))
        if acknowledgement.act_id != kept.act_id:
            raise NotAuthentic("L'accusé du service porte sur un autre acte : ne vous y fiez pas.")
        replayed = response.headers.get("Replayed") == "true"
        return Acknowledged(kept.act_id, kept.number, acknowledgement, receipt.notices, replayed)

    def _read(self, path: str, request: Struct, kind: type[T]) -> T:
        try:
            return _decoded(self._send(path, native.write(request)), kind)
        except _Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    def _send(self, path: str, body: bytes) -> httpx2.Response:
        """Post these bytes, up to ATTEMPTS times while nothing certain is answered. Raises Declined, _Unanswered."""
        for attempt in stamina.retry_context(on=_Unanswered, attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0):
            with attempt:
                try:
                    return self._post(path, body, token=self._fresh_token())
                except Declined as declined:
                    if declined.refusal not in _SENT_AGAIN:
                        raise
                    self._token = None
                    return self._post(path, body, token=self._fresh_token())
        raise AssertionError("stamina returns or raises")

    def _post(self, path: str, body: bytes, *, token: str) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self._exchange(path, content=body, headers=headers)

    def _exchange(self, path: str, *, content: bytes, headers: dict[str, str]) -> httpx2.Response:
        try:
            response = self._http.post(self._service + path, content=content, headers=headers)
        except httpx2.HTTPError:
            raise _Unanswered("Le service ne répond pas.") from None
        if response.is_success:
            return response
        try:
            told = problem.read(response.content)
        except Refused:
            raise _Unanswered("Le service a répondu autre chose que ce qu'il promet.") from None
        if told.retry is Retry.SAME_ID and told.status >= 500:
            raise _Unanswered(told.detail)
        raise Declined(told)

    def _fresh_token(self) -> str:
        if self._token is None or self._token[1] <= self.now().timestamp():
            signed = prepare.assertion(
                self.card, self.card.place, self.software, audience=self._audience, now=int(self.now().timestamp())
            )
            form = httpx2.QueryParams({"grant_type": GRANT_TYPE, "assertion": signed})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            given = _decoded(self._exchange("/v1/token", content=str(form).encode(), headers=headers), TokenAnswer)
            self._token = (given.access_token, self.now().timestamp() + max(0, given.expires_in - 30))
        return self._token[0]

    def _verifier_or_unconfirmed(self) -> Verifier:
        try:
            return self._verify()
        except _Unanswered as cause:
            raise Unconfirmed(None, str(cause)) from None

    def _verify(self) -> Verifier:
        """The verifier, once the service's acknowledgement keys are known. Raises _Unanswered."""
        if self._verifier is None:
            try:
                published = self._http.get(f"{self._service}/v1/acknowledgement-keys").raise_for_status().json()
                keys = {each["kid"]: OKPKey.import_key(each) for each in published["keys"]}
            except (httpx2.HTTPError, ValueError, KeyError, TypeError):
                raise _Unanswered("Le service ne répond pas.") from None
            self._verifier = Verifier(self._trust, keys)
        return self._verifier


def _acknowledged_bytes(kept: Kept) -> bytes:
    """What the digest of the receipt covers: the JWS of a registration, else the canonical act."""
    body = kept.body.encode()
    if kept.operation == "register":
        return native.read(body, RegisterRequest).jws.encode()
    if kept.operation == "execute":
        return native.canonical(native.read(body, ExecuteRequest).execution)
    return native.canonical(native.read(body, CancelRequest).cancellation)


def _decoded(response: httpx2.Response, kind: type[T]) -> T:
    try:
        return native.read(response.content, kind)
    except Refused:
        raise _Unanswered("Le service a répondu autre chose que ce qu'il promet.") from None
