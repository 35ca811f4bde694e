"""The outermost door: a request becomes an actor and bytes; a refusal becomes a problem document; a bug tells nothing."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ordonum.model.guessing import TURN_SECONDS
from ordonum.model.refusals import Kind, Refusal, Refused, Retry
from ordonum.server.api.protocol import STILL_COMING
from ordonum.server.events import Event, log
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.authenticate import recognise
from ordonum.server.usecases.context import Context
from ordonum.wire import native, problem

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
RETRY_SECONDS = 5
BODY_SECONDS_MAX = 30
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def answer(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer that no one may keep on the way."""
    return Response(body, status, {**NO_STORE, **(headers or {})}, media_type="application/json")


def refuse(context: Context, refused: Refused) -> Response:
    """The problem document of a refusal, and its line in the log: code and reference only."""
    reference = str(context.draw_id())
    told = problem.problem(refused, reference=reference)
    log(Event.REFUSED, code=told.code, reference=reference)
    headers = dict(NO_STORE)
    if refused.refusal.value.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.refusal.value.retry is Retry.SAME_ID and refused.refusal.value.kind is Kind.BUSY:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if refused.refusal.value.kind is Kind.LIMITED:
        headers["Retry-After"] = str(refused.facts.get("seconds", TURN_SECONDS))
    return Response(native.write(told), told.status, headers, media_type=problem.MEDIA_TYPE)


def guarded(context: Context, handler: Handler, *, writes: bool) -> Handler:
    """The handler behind the door. A bug in one that writes nothing has no effect, and says so."""

    async def behind(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as refused:
            return refuse(context, refused)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as bug:
            where = _innermost(bug)
            log(Event.BUG, logging.ERROR, kind=type(bug).__name__, where=where)
            return refuse(context, Refused(Refusal.INTERNAL if writes else Refusal.INTERNAL_READING))

    return behind


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises Refused(TOO_LARGE) as soon as it is known to be."""
    body = bytearray()
    announced = request.headers.get("content-length", "0")
    too_large = Refused(Refusal.TOO_LARGE, limit_kb=limit // 1024)
    if announced.isdigit() and len(announced) < 20 and int(announced) > limit:
        raise too_large
    still_coming = request.scope.get(STILL_COMING, lambda: True)
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX) if still_coming() else contextlib.nullcontext():
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise Refused(Refusal.TOO_SLOW) from None
    return bytes(body)


def caller(context: Context, request: Request, *, operation: str, prescribes: bool | None) -> Caller:
    """The caller whose token the request carries, and who may call this operation. Raises Refused."""
    return recognise(context, bearer(request), operation=operation, prescribes=prescribes)


def bearer(request: Request) -> str:
    """The token that the request carries. Raises Refused."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(Refusal.NO_TOKEN)
    return token.strip()


def _innermost(bug: BaseException) -> str:
    """File and line where a bug was raised: what may be logged of it, its text may not."""
    frame = bug.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
