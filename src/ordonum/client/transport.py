"""The road to the service: tokens, and answers told apart from silence. No input or output: the face carries it out."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from joserfc.jwk import OKPKey
from msgspec import Struct

from ordonum.client import prepare
from ordonum.client.card import Card
from ordonum.client.effects import Answer, Steps, Unanswered, exchange, in_turn, work
from ordonum.client.errors import Declined
from ordonum.model.actors import Establishment, Place, Software
from ordonum.model.refusals import Refusal, Refused, Retry
from ordonum.model.restoration import Restoration
from ordonum.wire import native, problem
from ordonum.wire.assertion import GRANT_TYPE, TokenAnswer

T = TypeVar("T")
SUCCESS, REDIRECTION, SERVER_ERROR = 200, 300, 500
SPARE_SECONDS = 30  # a token is asked again this long before it ends
_TOKEN_ASKED_AGAIN = {Refusal.NO_TOKEN, Refusal.TOKEN_EXPIRED}
_ELSE = "Le service a répondu autre chose que ce qu'il promet."


class Stand(Struct, frozen=True):
    """From where one acts: a place of exercise, where needed inside an establishment. A token is for one of them."""

    place: Place
    inside: Establishment | None = None

    @property
    def key(self) -> str:
        """What tells one from another."""
        return f"{self.place.key} {self.inside.key if self.inside else ''}"


class Road:
    """Authenticated calls to one service for one card. `audience` is what assertions are addressed to; `restored` is what the
    last token told of a restoration of the service.
    """

    def __init__(self, card: Card, software: Software, *, audience: str, now: Callable[[], datetime]) -> None:
        self.audience = audience
        self._card, self._software, self._now = card, software, now
        self._tokens: dict[str, tuple[str, float]] = {}
        self.restored: Restoration | None = None

    def post(self, path: str, body: bytes, stand: Stand | None = None, *, proof: str | None = None) -> Steps[Answer]:
        """The answer to these bytes, sent from where one stands: the card's place if nothing else is said.

        `proof`: the acknowledgement and the salt that they were answered with before the service was restored.
        Raises Declined, Unanswered. A token that was refused is asked again, once.
        """
        stand = stand or Stand(self._card.place)
        token = self._held(stand) or (yield from in_turn("token", self._fresh_token(stand)))
        try:
            return (yield from self._post(path, body, token, proof))
        except Declined as declined:
            if declined.refusal not in _TOKEN_ASKED_AGAIN:
                raise
            if self._tokens.get(stand.key, ("", 0.0))[0] == token:  # another task may have a new one already
                del self._tokens[stand.key]
            token = yield from in_turn("token", self._fresh_token(stand))
            return (yield from self._post(path, body, token, proof))

    def acknowledgement_keys(self) -> Steps[dict[str, OKPKey]]:
        """The service's published keys, by their `kid`. Raises Unanswered."""
        answer = yield from exchange("GET", "/v1/acknowledgement-keys")
        try:
            published = json.loads(answer.content) if answer.status == SUCCESS else {}
            return {each["kid"]: OKPKey.import_key(each) for each in published["keys"]}
        except (ValueError, KeyError, TypeError):
            raise Unanswered("Le service ne répond pas.") from None

    def restoration(self) -> Steps[Restoration | None]:
        """Whether the service was restored from a back-up lately, as a new token tells. Raises Declined, Unanswered."""
        stand = Stand(self._card.place)
        self._tokens.pop(stand.key, None)
        yield from in_turn("token", self._fresh_token(stand))
        return self.restored

    def _post(self, path: str, body: bytes, token: str, proof: str | None) -> Steps[Answer]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"Acknowledged": proof} if proof is not None else {}
        return understood((yield from exchange("POST", path, body, headers)))

    def _held(self, stand: Stand) -> str | None:
        token, until = self._tokens.get(stand.key, ("", 0.0))
        return token if until > self._now().timestamp() else None

    def _fresh_token(self, stand: Stand) -> Steps[str]:
        now = self._now().timestamp()
        if self._held(stand) is None:  # else another task fetched it while this one waited
            signed = yield from work(
                lambda: prepare.assertion(
                    self._card,
                    stand.place,
                    self._software,
                    audience=self.audience,
                    now=int(now),
                    inside=stand.inside,
                )
            )
            form = urlencode({"grant_type": GRANT_TYPE, "assertion": signed}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = yield from exchange("POST", "/v1/token", form, headers)
            given = decoded(understood(answer), TokenAnswer)
            self.restored = given.restored
            self._tokens[stand.key] = (given.access_token, now + max(0, given.expires_in - SPARE_SECONDS))
        return self._tokens[stand.key][0]


def understood(answer: Answer) -> Answer:
    """A successful answer. Raises Declined for a named refusal, Unanswered for one that leaves everything open."""
    if SUCCESS <= answer.status < REDIRECTION:
        return answer
    try:
        told = problem.read(answer.content)
    except Refused:
        raise Unanswered(_ELSE) from None
    if told.retry is Retry.SAME_ID and told.status >= SERVER_ERROR:
        raise Unanswered(told.detail)
    raise Declined(told)


def decoded(answer: Answer, kind: type[T]) -> T:
    """The answer as a value. Raises Unanswered when it is none: whether anything was recorded is not known."""
    try:
        return native.read(answer.content, kind)
    except Refused:
        raise Unanswered(_ELSE) from None
