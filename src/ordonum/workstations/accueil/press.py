"""Sheets drawn and prescriptions registered, off the event loop, one at a time: two cores are not lent to one visitor."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from ordonum.model.prescription import Prescription
from ordonum.wire import native
from ordonum.workstations.accueil import examples
from ordonum.workstations.accueil.desk import Desk
from ordonum.workstations.accueil.examples import NoSuchExample

T = TypeVar("T")
WAITING_MAX = 16
KEPT_MAX = 64


class Busy(Exception):
    """Too many are waiting already."""


class Registered(Struct, frozen=True):
    """What «enregistrer et imprimer» gives: the act, and the sheet (PDF)."""

    act_id: UUID
    sheet: bytes


class Turn:
    """One at a time, in a thread; those who wait are counted, and bounded."""

    def __init__(self) -> None:
        self._one = asyncio.Semaphore(1)
        self._waiting = 0

    async def take(self, work: Callable[[], T]) -> T:
        """The result of `work`. Raises Busy, and what `work` raises."""
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._one:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


class Press:
    """Specimens, remembered by their content, and registered sheets."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drawing, self._registering = Turn(), Turn()
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    async def specimen(self, name: str, rank: int) -> bytes:
        """The sheet of an example, pending: nothing is registered. Raises NoSuchExample, Busy, ClientError."""
        return await self._drawing.take(lambda: self._specimen(name, rank))

    async def register(self, name: str, rank: int) -> Registered:
        """Register an example in the sandbox with its card. Raises NoSuchExample, Busy, ClientError."""
        return await self._registering.take(lambda: self._register(name, rank))

    def _specimen(self, name: str, rank: int) -> bytes:
        card, prescription = self._wanted(name, rank)
        key = hashlib.sha256(native.write([card, prescription])).digest()
        if key not in self._kept:
            with self._desk.open_client(card) as client:
                self._kept[key] = client.preview(prescription)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _register(self, name: str, rank: int) -> Registered:
        card, prescription = self._wanted(name, rank)
        with self._desk.open_client(card) as client:
            done = client.prescribe(prescription)
            return Registered(done.act_id, client.sheet(done.act_id))

    def _wanted(self, name: str, rank: int) -> tuple[str, Prescription]:
        example = examples.one(self._desk, name)
        if example.card is None:
            raise NoSuchExample
        return example.card, example.sheet(rank)
