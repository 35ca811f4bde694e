"""The one place where the service is plugged together: settings, database, keys, roots, clock, chance, worker."""

import asyncio
import contextlib
import errno
import gc
import logging
import random
import secrets
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette

from ordonum.knowledge.drugs.file import BaseUnusable
from ordonum.knowledge.drugs.formulary import at_hand
from ordonum.knowledge.drugs.loaded import LoadedBase
from ordonum.knowledge.interactions import Interactions
from ordonum.knowledge.interactions import at_hand as interactions_at_hand
from ordonum.knowledge.interactions.file import TableUnusable
from ordonum.model.refusals import Refused
from ordonum.server.api.app import STOPPING, make_app
from ordonum.server.api.protocol import BoundedProtocol
from ordonum.server.events import Event, log
from ordonum.server.identity import sites
from ordonum.server.identity.trust import Trust
from ordonum.server.metrics import Metrics
from ordonum.server.settings import Settings
from ordonum.server.store import migrate
from ordonum.server.store.acts import any_act
from ordonum.server.store.credentials import add_fingerprints, fingerprints, key_dates
from ordonum.server.store.database import Pool, open_pool
from ordonum.server.store.embedded import APPLICATION, OWNER, SUPERUSER, EmbeddedPostgres
from ordonum.server.store.keeping import CannotTakeAway, take_away
from ordonum.server.store.postgres_process import CannotStart
from ordonum.server.store.standing import connections_max
from ordonum.server.usecases.context import Context
from ordonum.server.vault.keys import fingerprint, load_or_create
from ordonum.server.vault.ledger import LedgerRefused
from ordonum.server.vault.vault import Vault
from ordonum.server.worker.loop import work
from ordonum.server.worker.retaining import ClockDoubted, forget

DATABASE = "ordonum"
BACKLOG = 512
COLLECTED_AT = 20_000  # objects; a request leaves a few dozen that only the collector takes away
GRACEFUL_SECONDS = 10
CONNECTIONS_KEPT_APART, CONNECTIONS_MIN = 20, 2


async def prepare(owner_url: str, application_url: str) -> None:
    """Migrate the database. Raises CannotMigrate."""
    await migrate.migrate(owner_url, application_url)


async def prepare_embedded(server: EmbeddedPostgres, database: str = DATABASE) -> tuple[str, str]:
    """Roles, database and migrations of the embedded server; the owner's and the application's addresses."""
    await migrate.prepare_embedded(server.url(SUPERUSER), server.passwords(), database)
    owner, application = server.url(OWNER, database), server.url(APPLICATION, database)
    await prepare(owner, application)
    return owner, application


async def make_context(settings: Settings, application_url: str, metrics: Metrics | None = None) -> Context:
    """A context on a prepared database: keys loaded, or made for an empty one.

    Raises KeysRefused, RootsRefused, RegisterRefused.
    """
    trust = Trust(settings.trust, sandbox=settings.sandbox)
    register = sites.load(settings.register_file, sandbox=settings.sandbox)
    drugs, interactions = _open_drugs(settings), _open_interactions(settings)
    pool = await open_pool(application_url, settings.pool_size)
    try:
        vault = await _open_vault(settings, pool)
    except BaseException:
        pool.terminate()
        raise
    metrics = metrics or Metrics()

    def delay(attempt: int) -> float:
        metrics.retried()
        return random.uniform(0, min(0.05, 0.002 * 2 ** min(attempt, 5)))  # noqa: S311  # jitter

    return Context(
        pool=pool,
        vault=vault,
        trust=trust,
        sites=register,
        settings=settings,
        now=lambda: datetime.now(UTC),
        draw_id=uuid.uuid4,
        draw_salt=lambda: secrets.token_hex(32),
        draw_delay=delay,
        metrics=metrics,
        drugs=drugs,
        interactions=interactions,
    )


def _open_drugs(settings: Settings) -> LoadedBase:
    """The drug base, read whole: a version imported later is read at the next start. Raises CannotStart."""
    file = settings.drugs_file
    try:
        return at_hand(file.read_bytes() if file.exists() else None)
    except BaseUnusable as error:
        raise CannotStart(f"{error} ({file})") from None
    except OSError as error:
        raise CannotStart(f"La base des médicaments {file} ne peut pas être lue ({error.strerror}).") from None


def _open_interactions(settings: Settings) -> Interactions:
    """The interactions, read whole. Raises CannotStart."""
    file = settings.interactions_file
    try:
        return interactions_at_hand(file.read_bytes() if file.exists() else None)
    except TableUnusable as error:
        raise CannotStart(f"{error} ({file})") from None
    except OSError as error:
        raise CannotStart(f"Le thésaurus {file} ne peut pas être lu ({error.strerror}).") from None


async def connections_per_process(settings: Settings, application_url: str) -> int:
    """Make what the processes of a service share (the key file), and how many connections each of them may hold.

    Together they leave CONNECTIONS_KEPT_APART of PostgreSQL's to migrations, back-ups and people. Raises as make_context,
    and CannotStart when so many processes do not fit.
    """
    context = await make_context(settings, application_url)
    try:
        most = await connections_max(context.pool)
    except Refused:
        raise CannotStart("La base ne répond pas.") from None
    finally:
        await context.pool.close()
    size = min(settings.pool_size, (most - CONNECTIONS_KEPT_APART) // settings.workers)
    if size < CONNECTIONS_MIN:
        raise CannotStart(
            f"PostgreSQL n'accepte que {most} connexions : c'est trop peu pour {settings.workers} processus de service. "
            "Diminuez ORDONUM_WORKERS, ou augmentez max_connections."
        )
    return size


async def _open_vault(settings: Settings, pool: Pool) -> Vault:
    """The key file is on the disk before the database knows its fingerprints."""
    now = datetime.now(UTC)
    keys = load_or_create(settings.key_file, await fingerprints(pool), database_empty=not await any_act(pool), now=now)
    await add_fingerprints(pool, {name: fingerprint(name, key) for name, key in keys.named()}, now)
    return Vault(keys, await key_dates(pool))


def service(context: Context) -> Starlette:
    """The application, with its worker while it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        worker = asyncio.create_task(work(context))
        log(Event.STARTED)
        try:
            yield
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
            await context.pool.close()
            log(Event.STOPPED)

    return make_app(context, lifespan)


def bind(settings: Settings) -> socket.socket:
    """The listening socket, before anything else is started. Raises CannotStart when the address cannot be had."""
    # The protocol is named: without it asyncio does not see TCP, leaves Nagle on, and each answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OverflowError:
        listening.close()
        raise CannotStart("ORDONUM_PORT doit être un nombre entre 1 et 65535.") from None
    except OSError as error:
        listening.close()
        if error.errno != errno.EADDRINUSE:
            raise CannotStart(f"L'adresse {settings.host} ne peut pas servir : vérifiez ORDONUM_HOST.") from None
        raise CannotStart(
            f"Le port {settings.port} de {settings.host} est déjà pris. Arrêtez le programme qui l'occupe, "
            "ou choisissez un autre port : ORDONUM_PORT=8421 make run"
        ) from None
    return listening


def run(
    serving: Coroutine[Any, Any, None], *, loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
) -> None:
    """Run the service in an event loop of its own until it ends: uvloop's, or another that `loop` makes."""
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(serving)


class _Server(uvicorn.Server):
    """A server that says, before it takes no more connections, that it is about to: who shares out requests goes elsewhere."""

    def __init__(self, config: uvicorn.Config, notice_seconds: float) -> None:
        super().__init__(config)
        self._notice_seconds = notice_seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell, wait for the notice to be heard, then stop as uvicorn does. A second Ctrl-C does not wait."""
        self.lifespan.state[STOPPING] = True
        log(Event.STOPPING)
        ends = asyncio.get_running_loop().time() + self._notice_seconds
        while not self.force_exit and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110  # uvicorn offers no event
            await asyncio.sleep(0.1)
        await super().shutdown(sockets)


async def keep(settings: Settings, owner_url: str) -> None:
    """Take away what is over, and what is kept no longer; a failure is logged, the next hour tries again."""
    now = datetime.now(UTC)
    try:
        log(Event.TAKEN_AWAY, rows=await take_away(owner_url, now))
        if gone := await forget(settings, owner_url, now):
            log(Event.ENDED, prescriptions=gone)
    except CannotTakeAway as error:
        log(Event.WORKER_FAILED, logging.ERROR, kind=str(error))
    except LedgerRefused as error:
        log(Event.WORKER_FAILED, logging.ERROR, kind=type(error).__name__)
    except ClockDoubted:
        log(Event.CLOCK_DOUBTED, logging.ERROR)


async def forget_again(settings: Settings, owner_url: str) -> None:
    """Before the service answers: what is kept no longer goes, whatever a back-up put back. Raises CannotStart."""
    try:
        if gone := await forget(settings, owner_url, datetime.now(UTC)):
            log(Event.ENDED, prescriptions=gone)
    except CannotTakeAway as error:
        raise CannotStart(
            f"Ce qui n'est plus à conserver n'a pas pu être effacé ({error}) : le service ne répond pas avant."
        ) from None
    except ClockDoubted:
        log(Event.CLOCK_DOUBTED, logging.ERROR)


def settle() -> None:
    """What was imported stays: no collection needs to look at it again; what a request leaves behind goes in large lots."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AT, 20, 50)


def server_for(app: Starlette, *, notice_seconds: float = 0) -> uvicorn.Server:
    """A uvicorn server without access log (addresses hold nothing, but say who was busy when).

    Asked to stop, it answers `/health` with 503 for `notice_seconds`, then takes no more connections and lets what is
    under way finish (GRACEFUL_SECONDS at most).
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        backlog=BACKLOG,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=30,
        http=BoundedProtocol,
        lifespan="on",
    )
    return _Server(config, notice_seconds)
