"""What both faces are made of: the card, the home, the service's address, and how patience is measured."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
import stamina
from stamina import retry_context

from ordonum import __version__
from ordonum.client.card import Card
from ordonum.client.core import Core
from ordonum.client.effects import Answer, Unanswered
from ordonum.client.journal import Journal
from ordonum.client.keys import HeldKeys
from ordonum.client.outbox import Outbox
from ordonum.client.sealing import KeyWrap
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.model.actors import Software
from ordonum.model.identifiers import Nil

stamina.instrumentation.set_on_retry_hooks(())  # what is retried is in the journal, not on the terminal
SOFTWARE = Software("ordonum", __version__, nil=Nil("ORDONUM-1"))
ATTEMPTS, WAIT_INITIAL_SECONDS, WAIT_MAX_SECONDS = 3, 0.2, 2.0
TIMEOUT_SECONDS = 10.0
H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)


def to_stderr(sentence: str) -> None:
    """Tell a person what did not stop the act and should be known: one line on standard error."""
    sys.stderr.write(sentence + "\n")


class Workstation:
    """A professional's software in front of the service.

    `home` keeps the outbox with its key, and the journal; `trust` holds the root certificates (PEM) that the orders read
    are verified with; `audience` is the service's own name where it is reached by another address; `wrap` locks the
    outbox's key up (a card, a key ring). `tell` is given French sentences on what stopped nothing: a journal that cannot
    be written, a kept file that does not open. `hand_signature`: sheets leave room for it; False for a software of the
    specification's version 3, whose sheets need none. `drugs` opens the drug base whose conditions the rules read, when they
    are first asked: the formulary, unless another is at hand. It may be called from another thread.
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
        wrap: KeyWrap | None = None,
        tell: Callable[[str], None] = to_stderr,
        hand_signature: bool = True,
        drugs: Callable[[], DrugBase] = formulary,
    ) -> None:
        self.service = service.rstrip("/")
        self.card, self.software, self.now = card, software, now
        self.outbox = Outbox(home / "outbox", wrap=wrap, tell=tell)
        self.journal = Journal(home / "journal", tell=tell)
        self._core = Core(
            card,
            software,
            audience=audience or f"{self.service}/v1/token",
            trust=trust,
            outbox=self.outbox,
            journal=self.journal,
            keys=HeldKeys(home / "keys"),
            now=now,
            tell=tell,
            hand_signature=hand_signature,
            drugs=drugs,
        )
        self._urls = _Addresses(self.service)
        self._begin()

    def _begin(self) -> None:
        """What a face needs besides."""


class _Addresses(dict[str, httpx2.URL]):
    """The service's addresses by their path, each taken apart once."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def __missing__(self, path: str) -> httpx2.URL:
        return self.setdefault(path, httpx2.URL(self._service + path))


def patience() -> "stamina._core._RetryContextIterator":
    """Attempts, bounded and spaced, for as long as Unanswered is raised; to be iterated over by `for` or `async for`."""
    return retry_context(on=Unanswered, attempts=ATTEMPTS, wait_initial=WAIT_INITIAL_SECONDS, wait_max=WAIT_MAX_SECONDS)


def connections(kind: type[H], service: str) -> H:
    """Connections to a service. No proxy and no certificate authorities for one that is on this very machine."""
    local = urlsplit(service).hostname in ("127.0.0.1", "localhost", "::1")
    plain = service.startswith("http:")
    return kind(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=not local, verify=not (local and plain))


def answer_of(response: httpx2.Response) -> Answer:
    """What the core sees of a response."""
    return Answer(response.status_code, response.content, response.headers.get("Replayed") == "true")


def silence() -> Unanswered:
    """What the core sees of a connection that failed."""
    return Unanswered("Le service ne répond pas.")
