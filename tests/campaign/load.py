"""Many connections that write: bodies signed beforehand, raw HTTP, and a ledger of what was sent and what was acknowledged."""

import asyncio
import itertools
import json
import random
import threading
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

from msgspec import Struct

from factories import a_prescription, an_execution, delivered
from ordonum.client import Card, prepare
from ordonum.client.workstation import SOFTWARE
from ordonum.model.acts import ByNumber, CancelRequest
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Quantity, Unit
from ordonum.model.number import EpuId
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import native

AGAIN_SECONDS = 0.02
TIMEOUT_SECONDS = 30


class Written(Struct, frozen=True):
    """A writing act as it is sent: always these very bytes. `card` names who sends it."""

    act_id: UUID
    path: str
    body: bytes
    card: str


class Story(Struct):
    """The acts on one prescription, each sent when the one before was acknowledged."""

    number: EpuId
    acts: list[Written]


def make_stories(cards: Path, count: int, seed: int, doctor: str, pharmacy: str) -> list[Story]:
    """Stories signed by these cards: registered; then executed twice and invoiced, or executed and cancelled, or cancelled."""
    chance = random.Random(seed)
    card = Card.load(cards / f"{doctor}.json")
    return [_story(card, doctor, pharmacy, chance.random()) for _ in range(count)]


def _story(card: Card, doctor: str, pharmacy: str, which: float) -> Story:
    prepared = prepare.registration(a_prescription(place=card.place), card, SOFTWARE)
    assert prepared.number is not None
    number = prepared.number
    acts = [Written(prepared.act_id, "/v1/register", prepared.body, doctor)]
    for _ in range(2 if which < 0.6 else 1 if which < 0.85 else 0):
        acts.append(an_executed_box(number, pharmacy))
    if which < 0.6:
        acts.append(_invoice(number, pharmacy, acts[-1].act_id))
    else:
        stop = Cancellation(act_id=uuid4(), reason=CancelReason.PRESCRIBING_ERROR)
        body = native.write(CancelRequest(prescription=ByNumber(number), cancellation=stop))
        acts.append(Written(stop.act_id, "/v1/cancel", body, doctor))
    return Story(number, acts)


def an_executed_box(number: EpuId, pharmacy: str) -> Written:
    """One box of the first line, delivered now."""
    made = prepare.execution(number, an_execution(delivered()))
    return Written(made.act_id, "/v1/execute", made.body, pharmacy)


def _invoice(number: EpuId, pharmacy: str, execution: UUID) -> Written:
    line = InvoicedLine(line=1, quantity=Quantity(1, Unit.BOXES))
    invoice = Invoice(
        act_id=uuid4(), execution=execution, number="F1", lot="L1", date=datetime.now(UTC).date(), lines=(line,)
    )
    return Written(invoice.act_id, "/v1/invoice", prepare.invoice(number, invoice).body, pharmacy)


def stories(cards: Path, count: int, chance: random.Random) -> deque[Story]:
    """As many stories, signed by two processes."""
    half = [count - count // 2, count // 2]
    seeds = [chance.randrange(2**32) for _ in half]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        made = pool.map(
            make_stories,
            itertools.repeat(cards),
            half,
            seeds,
            ("dr-martin", "dr-leroy"),
            ("pharmacie-centre", "pharmacie-gare"),
        )
        return deque(itertools.chain.from_iterable(made))


class Answered(Struct, frozen=True):
    """A whole HTTP answer."""

    status: int
    replayed: bool
    body: bytes


class Wire:
    """One connection, opened when it is needed, closed by any fault. Not shared by two tasks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, bearer: str) -> Answered:
        """The answer. Raises OSError, EOFError, TimeoutError, ValueError: nobody knows what became of it."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                return await self._exchange(*self._streams, path, body, bearer)
        except BaseException:
            self.close()
            raise

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes, bearer: str
    ) -> Answered:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {bearer}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return Answered(int(answer[9:12]), b"\r\nreplayed: true\r\n" in answer, await reader.readexactly(length))

    def close(self) -> None:
        """Close it; it opens again by itself."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Load(threading.Thread):
    """Sends stories over many connections until they are all told, or it is stopped; sends again what was not acknowledged."""

    def __init__(self, port: int, waiting: deque[Story], bearers: dict[str, str], *, connections: int = 24) -> None:
        super().__init__(name="load")
        self.port, self.waiting, self.bearers, self.connections = port, waiting, bearers, connections
        self.sent: dict[UUID, Written] = {}
        self.acknowledged: dict[UUID, bytes] = {}
        self.unanswered = 0  # attempts that ended without an answer
        self.told_to_wait = 0  # attempts answered by 503
        self.found_recorded = 0  # acts whose first acknowledgement said that they had been recorded before
        self.denied = 0  # acts found recorded although every answer before had said that nothing was
        self.codes = Counter[str]()  # the refusals that said to wait
        self.unexpected: list[tuple[str, int, bytes]] = []
        self._halted = False

    def run(self) -> None:
        """The connections, in a loop of their own."""
        asyncio.run(self._all())

    def halt(self) -> None:
        """End each connection after the act that it is at; what is left of its story waits."""
        self._halted = True
        self.join()
        self._halted = False

    async def _all(self) -> None:
        await asyncio.gather(*(self._one() for _ in range(self.connections)))

    async def _one(self) -> None:
        wire = Wire(self.port)
        while self.waiting and not self._halted:
            story = self.waiting.popleft()
            while story.acts and not self._halted:
                if not await self._settle(wire, story.acts[0]):
                    break
                del story.acts[0]
            else:
                if story.acts:
                    self.waiting.append(story)
        wire.close()

    async def _settle(self, wire: Wire, act: Written) -> bool:
        self.sent[act.act_id] = act
        in_doubt = False
        while True:
            try:
                answer = await wire.post(act.path, act.body, self.bearers[act.card])
            except (OSError, EOFError, TimeoutError, ValueError):
                self.unanswered += 1
                in_doubt = True
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status in (200, 201):
                self.found_recorded += answer.replayed
                self.denied += answer.replayed and not in_doubt
                self.acknowledged[act.act_id] = answer.body
                return True
            if answer.status != 503:
                self.unexpected.append((act.path, answer.status, answer.body[:300]))
                return False
            problem = json.loads(answer.body)
            in_doubt = in_doubt or problem["effect"] != "none"
            self.codes[problem["code"]] += 1
            self.told_to_wait += 1
            await asyncio.sleep(AGAIN_SECONDS)


def send_again(
    port: int, acts: Iterable[Written], bearers: dict[str, str], connections: int = 24
) -> dict[UUID, Answered]:
    """The answers to these acts, each sent once more."""
    waiting, answers = deque(acts), dict[UUID, Answered]()

    async def one() -> None:
        wire = Wire(port)
        while waiting:
            act = waiting.popleft()
            answers[act.act_id] = await wire.post(act.path, act.body, bearers[act.card])
        wire.close()

    async def run() -> None:
        await asyncio.gather(*(one() for _ in range(connections)))

    asyncio.run(run())
    return answers
