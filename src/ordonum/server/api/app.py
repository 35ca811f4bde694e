"""The HTTP face of the service: routes, documentation pages that need no network, health, metrics; each request counted."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from urllib.parse import parse_qs

import msgspec
import swagger_ui_bundle
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from ordonum.model.refusals import Refusal, Refused
from ordonum.server import metrics
from ordonum.server.api import lookups, openapi
from ordonum.server.api.door import NO_STORE, Handler, answer, caller, guarded, read_body, refuse
from ordonum.server.api.health import health, standing
from ordonum.server.api.operation import Operation
from ordonum.server.api.operations import OPERATIONS
from ordonum.server.events import Event, log
from ordonum.server.identity.signer import refuse_revoked
from ordonum.server.usecases.acknowledged import acknowledged
from ordonum.server.usecases.authenticate import authenticate
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.publish_keys import publish_keys
from ordonum.server.usecases.restored import restored
from ordonum.server.usecases.trace_refusal import Asked, trace_refusal
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE

TOKEN_REQUEST_BYTES_MAX = 65_536
STOPPING = "stopping"
"""The word of the application's state that says, once true, that the service is about to stop."""
_REPLAYED = (b"replayed", b"true")
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
        context.metrics.refusal(Refusal.NO_SUCH_PAGE.code)
        return refuse(context, Refused(Refusal.NO_SUCH_PAGE))

    async def wrong_method(_: Request, __: Exception) -> Response:
        context.metrics.refusal(Refusal.WRONG_METHOD.code)
        return refuse(context, Refused(Refusal.WRONG_METHOD))

    def route(path: str, name: str, handler: Handler, *, method: str = "GET", writes: bool = False) -> Route:
        return Route(path, guarded(context, counted(context, name, handler), writes=writes), methods=[method])

    operations = [
        (each, guarded(context, counted(context, each.name, _operation(context, each)), writes=each.writes))
        for each in OPERATIONS
    ]
    routes = [
        route("/health", "health", _health(context)),
        route("/metrics", "metrics", _metrics(context)),
        route("/v1/acknowledgement-keys", "acknowledgement-keys", _ack_keys(context)),
        route("/v1/keys/{day}", "published-keys", _published_keys(context)),
        route("/v1/token", "token", _token(context), method="POST"),
        *(Route(each.path, handler, methods=["POST"]) for each, handler in operations),
        *(route(each.path, each.name, handler, method=each.method) for each, handler in lookups.handlers(context)),
        *_pages(),
    ]
    app = _StraightToOperations(
        routes=routes, lifespan=lifespan, exception_handlers={404: no_such_page, 405: wrong_method}
    )
    app.router.redirect_slashes = False
    app.straight = {each.path: handler for each, handler in operations}
    return app


class _StraightToOperations(Starlette):
    """Starlette, but that the operations are found by their address at once: their handlers let no exception out, so that
    neither its layers nor the list of routes have anything to do for them.
    """

    straight: dict[str, Handler]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self.straight.get(scope.get("path", "")) if scope.get("method") == "POST" else None
        if handler is None:
            await super().__call__(scope, receive, send)
        else:
            response = await handler(Request(scope, receive, send))
            await response(scope, receive, send)


def counted(context: Context, name: str, handler: Handler) -> Handler:
    """The handler, each of its requests counted under its name with its outcome and duration (seconds)."""

    async def behind(request: Request) -> Response:
        outcome, began = metrics.BUG, perf_counter()
        try:
            response = await handler(request)
            outcome = metrics.REPLAYED if _REPLAYED in response.raw_headers else metrics.DONE
        except Refused as refused:
            outcome = refused.refusal.code
            context.metrics.refusal(outcome)
            raise
        except (ClientDisconnect, asyncio.CancelledError):
            outcome = metrics.GONE
            raise
        finally:
            context.metrics.request(name, outcome, perf_counter() - began)
        return response

    return behind


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
    async def handle(request: Request) -> Response:
        told = await health(context, stopping=getattr(request.state, STOPPING, False))
        return answer(msgspec.json.encode(told), status=told.code)

    return handle


def _metrics(context: Context) -> Handler:
    async def handle(_: Request) -> Response:
        page = await asyncio.to_thread(context.metrics.scrape, await standing(context))
        return Response(page, headers={**NO_STORE, "Content-Type": metrics.CONTENT_TYPE})

    return handle


def _ack_keys(context: Context) -> Handler:
    async def handle(_: Request) -> Response:
        return answer(msgspec.json.encode({"keys": context.vault.dated_keys()}))

    return handle


def _published_keys(context: Context) -> Handler:
    async def handle(request: Request) -> Response:
        listed = await publish_keys(context, str(request.path_params["day"]))
        return Response(listed, headers=NO_STORE, media_type="application/jose")

    return handle


def _operation(context: Context, operation: Operation) -> Handler:
    async def handle(request: Request) -> Response:
        who = caller(context, request, operation=operation.name, prescribes=operation.prescribes)
        body = await read_body(request, operation.body_bytes_max)
        try:
            asked: Asked = native.read(body, operation.reads)
        except Refused:
            await refuse_revoked(context.pool, who.certificates)  # nothing is explained to a card that was revoked
            raise
        try:
            proof = request.headers.get("acknowledged")
            done = await acknowledged(context, who, asked, proof, operation.use_case)
        except Refused as refused:
            raise await trace_refusal(context, who, asked, action=operation.name, refused=refused) from None
        if not isinstance(done, Answer):
            return answer(native.write(done), status=201 if operation.writes else 200)
        context.metrics.act(operation.name, replayed=done.replayed)
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
