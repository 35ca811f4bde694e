"""The road to the service: tokens, bounded retries of the very same bytes, and answers told apart from silence."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
import stamina
from joserfc.jwk import OKPKey

from ordonum.client import prepare
from ordonum.client.card import Card
from ordonum.client.errors import Declined
from ordonum.model.actors import Software
from ordonum.model.refusals import Refusal, Refused, Retry
from ordonum.wire import native, problem
from ordonum.wire.assertion import GRANT_TYPE, TokenAnswer

T = TypeVar("T")
ATTEMPTS = 3
TIMEOUT_SECONDS = 10.0
SERVER_ERROR = 500
_TOKEN_ASKED_AGAIN = {Refusal.NO_TOKEN, Refusal.TOKEN_EXPIRED}


class Unanswered(Exception):
    """No answer, or one that says to send the same bytes again. Whether anything was recorded is not known."""


class Transport:
    """Connections to one service for one card. `audience` is what assertions are addressed to."""

    def __init__(
        self, service: str, card: Card, software: Software, *, audience: str | None, now: Callable[[], datetime]
    ) -> None:
        self._service = service.rstrip("/")
        self._audience = audience or f"{self._service}/v1/token"
        self._card, self._software, self._now = card, software, now
        self._token: tuple[str, float] | None = None
        # No proxy and no certificate authorities for a service that is on this very machine.
        local = urlsplit(self._service).hostname in ("127.0.0.1", "localhost", "::1")
        plain = self._service.startswith("http:")
        self._http = httpx2.Client(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=not local, verify=not (local and plain)
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, path: str, body: bytes, *, doubt: Callable[[], None] = lambda: None) -> httpx2.Response:
        """Post these bytes, up to ATTEMPTS times while nothing certain is answered. Raises Declined, Unanswered.

        `doubt` is called at the first attempt that ends without an answer.
        """
        for attempt in stamina.retry_context(on=Unanswered, attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0):
            with attempt:
                try:
                    return self._with_token(path, body)
                except Unanswered:
                    doubt()
                    raise
        raise AssertionError("stamina returns or raises")

    def acknowledgement_keys(self) -> dict[str, OKPKey]:
        """The service's published keys, by their `kid`. Raises Unanswered."""
        try:
            published = self._http.get(f"{self._service}/v1/acknowledgement-keys").raise_for_status().json()
            return {each["kid"]: OKPKey.import_key(each) for each in published["keys"]}
        except (httpx2.HTTPError, ValueError, KeyError, TypeError):
            raise Unanswered("Le service ne répond pas.") from None

    def _with_token(self, path: str, body: bytes) -> httpx2.Response:
        try:
            return self._post(path, body)
        except Declined as declined:
            if declined.refusal not in _TOKEN_ASKED_AGAIN:
                raise
            self._token = None
            return self._post(path, body)

    def _post(self, path: str, body: bytes) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._fresh_token()}", "Content-Type": "application/json"}
        return self._exchange(path, content=body, headers=headers)

    def _exchange(self, path: str, *, content: bytes, headers: dict[str, str]) -> httpx2.Response:
        try:
            response = self._http.post(self._service + path, content=content, headers=headers)
        except httpx2.HTTPError:
            raise Unanswered("Le service ne répond pas.") from None
        if response.is_success:
            return response
        try:
            told = problem.read(response.content)
        except Refused:
            raise Unanswered("Le service a répondu autre chose que ce qu'il promet.") from None
        if told.retry is Retry.SAME_ID and told.status >= SERVER_ERROR:
            raise Unanswered(told.detail)
        raise Declined(told)

    def _fresh_token(self) -> str:
        now = self._now().timestamp()
        if self._token is None or self._token[1] <= now:
            signed = prepare.assertion(
                self._card, self._card.place, self._software, audience=self._audience, now=int(now)
            )
            form = httpx2.QueryParams({"grant_type": GRANT_TYPE, "assertion": signed})
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            given = decoded(self._exchange("/v1/token", content=str(form).encode(), headers=headers), TokenAnswer)
            self._token = (given.access_token, now + max(0, given.expires_in - 30))
        return self._token[0]


def decoded(response: httpx2.Response, kind: type[T]) -> T:
    """The answer as a value. Raises Unanswered when it is none: whether anything was recorded is not known."""
    try:
        return native.read(response.content, kind)
    except Refused:
        raise Unanswered("Le service a répondu autre chose que ce qu'il promet.") from None
