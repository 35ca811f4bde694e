"""What one operation of the service is."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from ordonum.model.refusals import Refusal
from ordonum.server.identity.tokens import Caller
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.trace_refusal import Asked


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `french` is the published name of the téléservice's operation it answers to; `refusals` those of its own;
    `prescribes` the role that the software needs: prescriber, executant, or (None) either.
    """

    path: str
    name: str
    french: str
    summary: str
    reads: type[Asked]
    answers: type[Struct]
    use_case: Callable[[Context, Caller, Any], Awaitable[Answer | Struct]]
    writes: bool
    prescribes: bool | None
    refusals: tuple[Refusal, ...]
    body_bytes_max: int = 65_536
