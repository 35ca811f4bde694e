"""What a service process is told by its parent: one line of JSON on standard input, since it holds a password."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ordonum.server.settings import Settings


class Orders(Struct, frozen=True, kw_only=True):
    """Everything that one service process needs. `settings.database_url` is the application's, on a prepared database.

    `descriptor`: the listening socket that the parent bound and hands down. `front_page`: the sandbox's authority lies
    in `settings.home`, and its page stands before the service.
    """

    settings: Settings
    process: int
    descriptor: int
    figures: Path
    front_page: bool

    def line(self) -> bytes:
        """As they are handed down."""
        return msgspec.json.encode(self, enc_hook=str) + b"\n"


def read_orders(line: bytes) -> Orders:
    """The orders of a line."""
    return msgspec.json.decode(line, type=Orders, dec_hook=_path)


def _path(wanted: type, text: Any) -> Any:
    return wanted(text)
