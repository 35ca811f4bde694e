"""The HTTP face of the service: routes, documentation pages that need no network, health."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import parse_qs

import msgspec
import swagger_ui_bundle
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ordonum import __version__
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api import openapi
from ordonum.server.api.door import NO_STORE, Handler, answer, caller, guarded, read_body, refuse
from ordonum.server.api.operations import OPERATIONS, Operation
from ordonum.server.events import Event, log
from ordonum.server.store.database import is_alive
from ordonum.server.usecases.acknowledged import acknowledged
from ordonum.server.usecases.authenticate import authenticate
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.publish_keys import publish_keys
from ordonum.server.usecases.restored import restored
from ordonum.server.usecases.trace_refusal import Asked, trace_refusal
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE

TOKEN_REQUEST_BYTES_MAX = 65_536
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]

_DOCS = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>ordonum — interface</title>
<link rel="icon" href="/docs/static/favicon-32x32.png">
<link rel="stylesheet" href="/docs/static/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="/docs/static/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>"""
_DOCS_START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});'


def make_app(context: Context, lifespan: Lifespan | None = None) -> Starlette:
    """The application for this context."""

    async def no_such_page(_: Request, __: Exception) -> Response:
        return refuse(context, Refused(Refusal.NO_SUCH_PAGE))

    async def wrong_method(_: Request, __: Exception) -> Response:
        return refuse(context, Refused(Refusal.WRONG_METHOD))

    routes = [
        Route("/health", guarded(context, _health(context), writes=False)),
        Route("/v1/acknowledgement-keys", guarded(context, _ack_keys(context), writes=False)),
        Route("/v1/keys/{day}", guarded(context, _published_keys(context), writes=False)),
        Route("/v1/token", guarded(context, _token(context), writes=False), methods=["POST"]),
        *(
            Route(each.path, guarded(context, _operation(context, each), writes=each.writes), methods=["POST"])
            for each in OPERATIONS
        ),
        *_pages(),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: no_such_page, 405: wrong_method})
    app.router.redirect_slashes = False
    return app


def _pages() -> list[Route | Mount]:
    """The description of the interface and its reader, all served from here."""
    described = msgspec.json.encode(openapi.document())

    async def openapi_page(_: Request) -> Response:
        return answer(described)

    async def docs_page(_: Request) -> Response:
        return HTMLResponse(_DOCS)

    async def docs_start(_: Request) -> Response:
        return Response(_DOCS_START, media_type="text/javascript")

    async def home_page(_: Request) -> Response:
        return RedirectResponse("/docs")

    return [
        Route("/", home_page),
        Route("/openapi.json", openapi_page),
        Route("/docs", docs_page),
        Route("/docs/start.js", docs_start),
        Mount("/docs/static", StaticFiles(directory=str(swagger_ui_bundle.swagger_ui_path))),
    ]


def _health(context: Context) -> Handler:
    async def handle(_: Request) -> Response:
        alive = await is_alive(context.pool)
        said = "ok" if alive else "base injoignable"
        body: dict[str, str | bool] = {"status": said, "version": __version__, "sandbox": context.settings.sandbox}
        if alive and (restoration := await restored(context)) is not None:
            body |= msgspec.to_builtins(restoration)
        return answer(msgspec.json.encode(body), status=200 if alive else 503)

    return handle


def _ack_keys(context: Context) -> Handler:
    async def handle(_: Request) -> Response:
        return answer(msgspec.json.encode({"keys": context.vault.public_keys()}))

    return handle


def _published_keys(context: Context) -> Handler:
    async def handle(request: Request) -> Response:
        listed = await publish_keys(context, str(request.path_params["day"]))
        return Response(listed, headers=NO_STORE, media_type="application/jose")

    return handle


def _operation(context: Context, operation: Operation) -> Handler:
    async def handle(request: Request) -> Response:
        actor = await caller(context, request, operation=operation.name, prescribes=operation.prescribes)
        body = await read_body(request, operation.body_bytes_max)
        asked: Asked = native.read(body, operation.reads)
        try:
            proof = request.headers.get("acknowledged")
            done = await acknowledged(context, actor, asked, proof, operation.use_case)
        except Refused as refused:
            await trace_refusal(context, actor, asked, action=operation.name, refusal=refused.refusal)
            raise
        if not isinstance(done, Answer):
            return answer(native.write(done), status=201 if operation.writes else 200)
        log(Event.ACT_REPLAYED if done.replayed else Event.ACT_RECORDED, act=operation.name)
        if done.replayed:
            return answer(done.body, headers={"Replayed": "true"})
        return answer(done.body, status=201)

    return handle


def _token(context: Context) -> Handler:
    async def handle(request: Request) -> Response:
        body = await read_body(request, TOKEN_REQUEST_BYTES_MAX)
        try:
            form = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=10)
        except ValueError:
            raise Refused(Refusal.BAD_ASSERTION, cause="le formulaire n'est pas lisible") from None
        if form.get("grant_type") != [GRANT_TYPE] or len(form.get("assertion", [])) != 1:
            raise Refused(Refusal.BAD_ASSERTION, cause="grant_type ou assertion manque")
        given = await authenticate(context, form["assertion"][0])
        return answer(native.write(msgspec.structs.replace(given, restored=await restored(context))))

    return handle
