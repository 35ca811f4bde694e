"""What the core asks of its face: the whole list of what reaches the disk, the network or the clock's patience.

The core is made of generators (`Steps`). They decide; they yield an effect and are given its result, or its error, back.
A face (`Client`, `AsyncClient`) only carries effects out, each in its own way: there is one logic, and no colour in it.
An error that interrupts a face (a cancelled task, Ctrl-C) is thrown into the steps like any other, so that they can note
what is no longer certain before they let it through.
"""

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Work(Struct, frozen=True):
    """Call this: disk, signature, verification, drawing. Whatever would make an event loop wait."""

    do: Callable[[], Any]


class Exchange(Struct, frozen=True):
    """One HTTP exchange with the service, an `Answer` back. Raises Unanswered."""

    method: str
    path: str
    content: bytes = b""
    headers: dict[str, str] = {}


class Retried(Struct, frozen=True):
    """These steps, made anew for each attempt (1, 2, …), as long as they raise Unanswered and patience lasts."""

    attempt: Callable[[int], "Steps[Any]"]


class InTurn(Struct, frozen=True):
    """These steps, by one task of this client at a time for one name."""

    name: str
    steps: "Steps[Any]"


class Locked(Struct, frozen=True):
    """These steps, by one task of one process of this workstation at a time for one name."""

    name: str
    steps: "Steps[Any]"


Effect: TypeAlias = Work | Exchange | Retried | InTurn | Locked
Steps: TypeAlias = Generator[Effect, Any, T]


class Answer(Struct, frozen=True):
    """What came back, whatever its status. `replayed`: the service gives a first answer again."""

    status: int
    content: bytes
    replayed: bool = False


class Unanswered(Exception):
    """No answer, or one that says to send the same bytes again. Whether anything was recorded is not known."""


def work(do: Callable[[], T]) -> Steps[T]:
    """The result of this call."""
    done: T = yield Work(do)
    return done


def exchange(method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None) -> Steps[Answer]:
    """The service's answer. Raises Unanswered."""
    answer: Answer = yield Exchange(method, path, content, headers or {})
    return answer


def retried(attempt: Callable[[int], Steps[T]]) -> Steps[T]:
    """What the first attempt that is answered gives. Raises Unanswered after the last."""
    done: T = yield Retried(attempt)
    return done


def in_turn(name: str, steps: Steps[T]) -> Steps[T]:
    """What these steps give, when no other task of this client takes steps of this name."""
    done: T = yield InTurn(name, steps)
    return done


def locked(name: str, steps: Steps[T]) -> Steps[T]:
    """What these steps give, when nobody else on this workstation takes steps of this name."""
    done: T = yield Locked(name, steps)
    return done
