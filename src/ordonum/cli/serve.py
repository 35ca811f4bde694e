"""`ordonum serve`: the service, with its sandbox unless real roots are given, until Ctrl-C."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import threading
from functools import partial

import msgspec
import typer

from ordonum.cli import exits
from ordonum.cli.front_page import sandbox_app
from ordonum.cli.orders import Orders
from ordonum.cli.processes import figures_folder, supervise
from ordonum.cli.stopping import stop_on_signals
from ordonum.cli.system import open_authority, sandbox_settings
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.people import TEST_CARDS
from ordonum.server import events, main
from ordonum.server.settings import Settings, from_environment
from ordonum.server.store.embedded import EmbeddedPostgres
from ordonum.server.store.postgres_process import CannotStart

WATCH_SECONDS = 1.0
KEEP_EVERY = 3_600  # looks
DEFAULT_PORT = 8420
SHOWN = 6  # test cards named at the start; ordonum sandbox cards names them all


@exits.telling
def serve() -> None:
    """Lancer le service sur 127.0.0.1, avec le bac à sable (autorité et cartes de test) ; Ctrl-C l'arrête."""
    stop_on_signals()
    settings = _settings()
    events.configure(several=settings.workers > 1)
    listening = main.bind(settings)
    with contextlib.ExitStack() as stack:
        stack.callback(listening.close)
        _make_home(settings)
        authority = None
        if settings.sandbox and not os.environ.get("ORDONUM_TRUST"):
            authority = open_authority(settings.home)
            settings = sandbox_settings(settings, authority)
        database = _embedded(settings, stack)
        with contextlib.suppress(KeyboardInterrupt):
            if settings.workers == 1:
                main.run(_serve(settings, database, listening, authority))
            else:
                _serve_in_processes(settings, database, listening, front_page=authority is not None)


async def _serve(
    settings: Settings, database: EmbeddedPostgres | None, listening: socket.socket, authority: Authority | None
) -> None:
    owner, application = await _prepare(settings, database)
    context = await main.make_context(settings, application)
    _announce(settings, front_page=authority is not None)
    tasks = [asyncio.create_task(_keep(settings, owner))]
    if database is not None:
        tasks.append(asyncio.create_task(_watch(database)))
    try:
        main.settle()
        app = main.service(context) if authority is None else sandbox_app(context, authority)
        await main.server_for(app, notice_seconds=settings.stop_notice).serve(sockets=[listening])
    finally:
        for task in tasks:
            task.cancel()


async def _prepare(settings: Settings, database: EmbeddedPostgres | None) -> tuple[str, str]:
    """Migrate, and delete again what a back-up may have brought back; the owner's address and the application's."""
    if database is not None:
        owner, application = await main.prepare_embedded(database)
    else:
        assert settings.database_url is not None
        assert settings.owner_url is not None
        owner, application = settings.owner_url, settings.database_url
        await main.prepare(owner, application)
    await main.forget_again(settings, owner)
    return owner, application


def _serve_in_processes(
    settings: Settings, database: EmbeddedPostgres | None, listening: socket.socket, *, front_page: bool
) -> None:
    """Prepare once, then let several processes serve; this one watches over them and the embedded database."""

    async def prepare() -> tuple[str, Settings]:
        owner, application = await _prepare(settings, database)
        size = await main.connections_per_process(settings, application)
        return owner, msgspec.structs.replace(settings, database_url=application, owner_url=None, pool_size=size)

    rounds = itertools.count()

    def watch() -> None:
        if next(rounds) % KEEP_EVERY == 0:  # apart: a day's deletions must not keep this process from watching
            threading.Thread(target=lambda: asyncio.run(main.keep(settings, owner)), daemon=True).start()
        with contextlib.suppress(CannotStart, OSError):
            if database is not None and database.revive():
                events.log(events.Event.DATABASE_RELAUNCHED)

    with asyncio.Runner() as runner:
        owner, shared = runner.run(prepare())
    with figures_folder() as figures:
        orders = Orders(
            settings=shared, process=0, descriptor=listening.detach(), figures=figures, front_page=front_page
        )
        started = partial(_announce, settings, front_page=front_page)
        number = supervise(orders, settings.workers, started=started, watch=watch)
    if number != signal.SIGINT:
        raise SystemExit(128 + number)


async def _keep(settings: Settings, owner_url: str) -> None:
    """Take away what is over, now and every hour."""
    while True:
        await main.keep(settings, owner_url)
        await asyncio.sleep(KEEP_EVERY * WATCH_SECONDS)


async def _watch(database: EmbeddedPostgres) -> None:
    """Launch the embedded database again when it has died; the service answers «unavailable» meanwhile.

    A launch that fails is tried again, whatever failed: on a full disk not even the folder of its socket can be made.
    """
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        with contextlib.suppress(CannotStart, OSError):
            if await asyncio.to_thread(database.revive):
                events.log(events.Event.DATABASE_RELAUNCHED)


def _settings() -> Settings:
    try:
        settings = from_environment(dict(os.environ))
    except ValueError as error:
        raise CannotStart(str(error)) from None
    if (settings.database_url is None) != (settings.owner_url is None):
        raise CannotStart("Donnez les deux adresses, ORDONUM_DATABASE_URL et ORDONUM_DATABASE_OWNER_URL, ou aucune.")
    if not os.environ.get("ORDONUM_TRUST"):
        if settings.database_url is not None and not settings.sandbox:
            raise CannotStart(
                "Sur une base qui n'est pas la base embarquée, dites à qui se fier : ORDONUM_TRUST (autorités réelles), "
                "ou ORDONUM_SANDBOX=1 pour un bac à sable."
            )
        return msgspec.structs.replace(settings, sandbox=True)
    return settings


def _make_home(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.home.chmod(0o700)
    except OSError as error:
        raise CannotStart(
            f"Le dossier {settings.home} ne peut pas servir ({error.strerror}) : choisissez ORDONUM_HOME."
        ) from None


def _embedded(settings: Settings, stack: contextlib.ExitStack) -> EmbeddedPostgres | None:
    if settings.database_url is not None:
        return None
    database = EmbeddedPostgres(settings.home / "db")
    database.start()
    stack.callback(database.stop)
    return database


def _announce(settings: Settings, *, front_page: bool) -> None:
    base = f"http://{settings.host}:{settings.port}"
    typer.echo(f"ordonum écoute sur {base}" + ("/ (page d'accueil : ouvrez-la)" if front_page else ""))
    typer.echo(f"  interface documentée : {base}/docs        santé : {base}/health")
    typer.echo(f"  données              : {settings.home}")
    if settings.sandbox:
        typer.echo("  bac à sable, cartes de test (option --card de la commande ordonum) :")
        for name, who, place in TEST_CARDS[:SHOWN]:
            person = f"{who.given_name} {who.surname}, {who.profession.label}"
            typer.echo(f"    {name:<18} {person:<38} RPPS {who.rpps}   {place.name}")
        typer.echo(f"    et {len(TEST_CARDS) - SHOWN} autres, des employés et des structures : ordonum sandbox cards")
    if settings.port != DEFAULT_PORT:
        typer.echo(f"  pour la commande ordonum, dans l'autre terminal : export ORDONUM_SERVICE={base}")
    typer.echo("Ctrl-C pour arrêter.")
