"""The front page before a service: its own few addresses, and everything else handed to the service untouched."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ordonum.client import ClientError, Declined, Unconfirmed
from ordonum.workstations.accueil import examples, guard, pages
from ordonum.workstations.accueil.desk import Desk
from ordonum.workstations.accueil.examples import NoSuchExample
from ordonum.workstations.accueil.press import Busy, Press

OWN = "/accueil/"
RETRY_SECONDS = "5"
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class FrontPage(Starlette):
    """The page at `/`, what it leads to under `/accueil/`; the service keeps its lifespan and every other address."""

    def __init__(self, service: ASGIApp, desk: Desk) -> None:
        self._service = service
        super().__init__(
            routes=_routes(desk),
            exception_handlers={
                NoSuchExample: _no_such_page,
                404: _no_such_page,
                405: _wrong_method,
                Busy: _busy,
                ClientError: _client_error,
                Exception: _bug(desk),
            },
        )
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ours, or the service's: it sees its requests as if it were alone."""
        if scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith(OWN)):
            await super().__call__(scope, receive, send)
        else:
            await self._service(scope, receive, send)


def _routes(desk: Desk) -> list[Route]:
    press = Press(desk)

    async def front(_: Request) -> Response:
        alive = await desk.alive()
        return pages.html(await asyncio.to_thread(pages.front, desk, alive=alive))

    async def static(request: Request) -> Response:
        return pages.static(str(request.path_params["file"]))

    async def written(request: Request) -> Response:
        example = await asyncio.to_thread(examples.one, desk, str(request.path_params["name"]))
        return pages.written(example.raw)

    async def specimen(request: Request) -> Response:
        name, rank = str(request.path_params["name"]), int(request.path_params["rank"])
        return pages.pdf(await press.specimen(name, rank), f"specimen-{name.rsplit('/', 1)[-1]}-{rank}.pdf")

    async def register(request: Request) -> Response:
        if not guard.small(request.headers):
            return _told(
                413, "Demande trop grande", "Ce bouton n'envoie rien : sa demande est vide. Rien n'a été enregistré."
            )
        if not guard.from_this_page(request.headers, desk.hosts):
            return _told(
                403,
                "Demande venue d'ailleurs",
                "Seul le bouton de la page d'accueil enregistre, la page étant ouverte par http://127.0.0.1, localhost ou "
                "l'adresse en chiffres de la machine. Rien n'a été enregistré.",
            )
        done = await press.register(str(request.path_params["name"]), int(request.path_params["rank"]))
        return pages.pdf(done.sheet, f"ordonnance-{done.act_id}.pdf", download=True)

    return [
        Route("/", front),
        Route("/accueil/{file}", static),
        Route("/accueil/exemples/{name:path}/feuille-{rank:int}.pdf", specimen),
        Route("/accueil/exemples/{name:path}/feuille-{rank:int}/enregistrer", register, methods=["POST"]),
        Route("/accueil/exemples/{name:path}.json", written),
    ]


def _told(status: int, title: str, *sentences: str, headers: dict[str, str] | None = None) -> Response:
    return pages.html(pages.told(title, sentences), status=status, headers=headers)


async def _no_such_page(_: Request, __: Exception) -> Response:
    return _told(404, "Page introuvable", "Il n'y a rien à cette adresse. La page d'accueil liste tout ce qu'il y a.")


async def _wrong_method(_: Request, error: Exception) -> Response:
    allowed = (error.headers or {}) if isinstance(error, HTTPException) else {}
    return _told(
        405, "Méthode non admise", "Cette adresse ne répond pas à cette sorte de demande.", headers=dict(allowed)
    )


async def _busy(_: Request, __: Exception) -> Response:
    return _told(
        503, "Trop de demandes à la fois", "Réessayez dans un instant.", headers={"Retry-After": RETRY_SECONDS}
    )


async def _client_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ClientError)
    if isinstance(error, Declined):
        return _told(error.problem.status, "Ordonnance refusée", str(error), f"Code du refus : {error.problem.code}.")
    status = 503 if isinstance(error, Unconfirmed) else 422
    return _told(status, "Ordonnance non enregistrée", str(error))


def _bug(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def told(_: Request, error: Exception) -> Response:
        desk.bug(error)
        return _told(
            500, "Erreur de la page", "Ce n'est pas votre faute. Réessayez, ou passez par la commande ordonum."
        )

    return told
