"""One logic, two faces: the same scenarios, synchronous and asynchronous; and what only many tasks at once can show."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from faces import FACES, Face
from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import AsyncClient, Card, Client, Declined, EpuId, KeyWrap, NotAuthentic, Origin, Unconfirmed
from ordonum.client.journal import INTERRUPTED, UNANSWERED
from ordonum.model.acts import ByOwnAct
from ordonum.model.refusals import Refusal
from ordonum.model.stopping import Cancellation, CancelReason
from road import Road, road_to

Desk = Callable[..., Face]
TASKS = 50
SLOW_SECONDS = 0.5


@pytest.fixture(params=FACES, ids=[each.name for each in FACES])
def desk(request: pytest.FixtureRequest, system: System, tmp_path: Path) -> Iterator[Desk]:
    """Opens workstations of one face, each with a home of the test's own."""
    opened: list[Face] = []

    def open_desk(card: str, **named: object) -> Face:
        opened.append(request.param(system, card, tmp_path / card, **named))
        return opened[-1]

    yield open_desk
    for each in opened:
        each.__exit__()


@pytest.fixture
def road(system: System) -> Iterator[Road]:
    with road_to(system) as opened:
        yield opened


def _lose(path: str, times: int) -> Callable[[str, bytes], bool]:
    left = [times]

    def rule(where: str, _: bytes) -> bool:
        if where == path and left[0] > 0:
            left[0] -= 1
            return False
        return True

    return rule


def test_the_whole_circuit(desk: Desk) -> None:
    doctor, pharmacy = desk("dr-martin"), desk("pharmacie-centre")
    done = doctor.call("prescribe", a_prescription())
    assert doctor.call("sheet", done.act_id).startswith(b"%PDF")
    assert pharmacy.call("consult", done.number, Origin.PAPER).order.act_id == done.act_id
    delivery = pharmacy.call("execute", done.number, an_execution())
    assert not delivery.replayed
    assert len(doctor.call("executions", ByOwnAct(done.act_id)).executions) == 1
    doctor.call("cancel", ByOwnAct(done.act_id), Cancellation(act_id=uuid4(), reason=CancelReason.DEATH))
    assert doctor.call("pending") == pharmacy.call("pending") == ()


def test_a_lost_reply_is_asked_for_again_with_the_same_bytes(desk: Desk, road: Road) -> None:
    doctor = desk("dr-martin", url=road.url)
    road.rule = _lose("/v1/register", 1)
    done = doctor.call("prescribe", a_prescription())
    assert done.replayed
    assert len(road.bodies("/v1/register")) == 2
    assert len(set(road.bodies("/v1/register"))) == 1


def test_what_is_never_answered_is_kept_then_sent_again_and_counts_once(desk: Desk, road: Road, doctor: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    pharmacy = desk("pharmacie-centre", url=road.url)
    road.rule = _lose("/v1/execute", 3)
    with pytest.raises(Unconfirmed) as raised:
        pharmacy.call("execute", number, an_execution())
    (kept,) = pharmacy.call("pending")
    assert (str(kept.act_id), kept.doubtful) == (raised.value.act_id, True)
    (sent,) = pharmacy.call("send_pending")
    assert sent.acknowledged.replayed
    assert pharmacy.call("send_pending") == ()
    assert len(set(road.bodies("/v1/execute"))) == 1
    left = pharmacy.call("consult", number, Origin.PAPER).view.remainders
    assert [each.left for each in left] == [1]


def test_a_refusal_is_named_settles_the_act_and_says_nothing_was_kept_pending(desk: Desk, doctor: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    pharmacy = desk("pharmacie-centre")
    with pytest.raises(Declined) as raised:
        pharmacy.call("execute", number, an_execution(delivered(quantity=boxes(50))))
    assert raised.value.refusal is Refusal.MORE_THAN_LEFT
    assert pharmacy.call("pending") == ()


def test_one_pending_act_that_fails_does_not_stop_the_others(desk: Desk, road: Road, doctor: Client) -> None:
    numbers = [EpuId("01S2TBPZ2JCNZZYGHZ"), doctor.prescribe(a_prescription()).number]
    pharmacy = desk("pharmacie-centre", url=road.url)
    road.rule = lambda path, _: not path.startswith("/v1/execute")
    for number in numbers:
        with pytest.raises((Unconfirmed, Declined)):
            pharmacy.call("execute", number, an_execution())
    road.rule = lambda *_: True
    refused, done = pharmacy.call("send_pending")
    assert refused.error.refusal is Refusal.UNKNOWN_NUMBER
    assert done.acknowledged is not None


def test_an_answer_that_is_none_and_a_false_one_leave_the_act_pending(desk: Desk, road: Road, system: System) -> None:
    doctor = desk("dr-martin", url=road.url)
    road.rule = lambda path, _: (201, b"<html>") if path == "/v1/register" else True
    with pytest.raises(Unconfirmed):
        doctor.call("prescribe", a_prescription())
    receipt = b'{"acknowledgement":"a.b.c","salt":"00","notices":[]}'
    road.rule = lambda path, _: (201, receipt) if path == "/v1/register" else True
    with pytest.raises((NotAuthentic, Unconfirmed)):
        doctor.call("prescribe", a_prescription())
    assert len(doctor.call("pending")) == 2


def test_the_same_act_id_again_is_the_same_act_and_another_content_under_it_is_refused(
    desk: Desk, doctor: Client
) -> None:
    number = doctor.prescribe(a_prescription()).number
    pharmacy, execution = desk("pharmacie-centre"), an_execution()
    first = pharmacy.call("execute", number, execution)
    assert pharmacy.call("execute", number, execution).replayed
    with pytest.raises(Declined) as raised:
        pharmacy.call("execute", number, an_execution(delivered(quantity=boxes(2)), act_id=execution.act_id))
    assert raised.value.refusal is Refusal.EXISTS_DIFFERENT
    assert pharmacy.client.outbox.get(first.act_id).answer is not None


def test_fifty_tasks_on_one_client_fetch_one_token_and_lose_nothing(
    system: System, road: Road, doctor: Client, tmp_path: Path
) -> None:
    number = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(90)),))).number
    assert number is not None

    async def play() -> None:
        async with _open(system, road, tmp_path) as pharmacy:
            read = await asyncio.gather(*(pharmacy.consult(number, Origin.PAPER) for _ in range(TASKS)))
            assert {each.order.act_id for each in read} == {read[0].order.act_id}
            done = await asyncio.gather(*(pharmacy.execute(number, an_execution()) for _ in range(TASKS)))
            assert len({each.act_id for each in done}) == TASKS
            assert await pharmacy.pending() == ()
            assert len(list(pharmacy.outbox.all())) == TASKS
            (left,) = (await pharmacy.consult(number, Origin.PAPER)).view.remainders
            assert left.left == 90 - TASKS

    asyncio.run(play())
    assert len(road.bodies("/v1/token")) == 1


def test_tasks_that_execute_one_act_at_once_record_it_once(
    system: System, road: Road, doctor: Client, tmp_path: Path
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None

    async def play() -> None:
        async with _open(system, road, tmp_path) as pharmacy:
            execution = an_execution()
            done = await asyncio.gather(*(pharmacy.execute(number, execution) for _ in range(5)))
            assert sorted(each.replayed for each in done) == [False, True, True, True, True]
            assert len(list(pharmacy.outbox.all())) == 1

    asyncio.run(play())


def test_a_task_cancelled_in_mid_send_leaves_its_act_kept_and_doubtful(
    system: System, road: Road, doctor: Client, tmp_path: Path
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    sending, over = threading.Event(), threading.Event()

    def hold(path: str, _: bytes) -> bool:
        if path == "/v1/execute" and not over.is_set():
            sending.set()
            over.wait(20)
            return False
        return True

    async def play() -> None:
        road.rule = hold
        async with _open(system, road, tmp_path) as pharmacy:
            task = asyncio.create_task(pharmacy.execute(number, an_execution()))
            await asyncio.to_thread(sending.wait, 20)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            (kept,) = await pharmacy.pending()
            assert kept.doubtful
            codes = [each.code for each in pharmacy.journal.entries() if each.act_id == kept.act_id]
            assert codes == [None, INTERRUPTED, INTERRUPTED]
            over.set()
            (sent,) = await pharmacy.send_pending()  # its lock was given back; the service had recorded it
            assert sent.acknowledged is not None
            assert sent.acknowledged.replayed

    asyncio.run(play())


def test_the_loop_goes_on_while_the_disk_the_card_and_the_sheet_are_at_work(
    system: System, road: Road, tmp_path: Path
) -> None:
    late: list[float] = []

    async def beat(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            before = loop.time()
            await asyncio.sleep(0.001)
            late.append(loop.time() - before)

    async def play() -> None:
        async with _open(system, road, tmp_path, slow_card(system), wrap=SlowKey()) as doctor:
            stop = asyncio.Event()
            beating = asyncio.create_task(beat(stop))
            await asyncio.sleep(0.01)  # it has begun
            done = await doctor.prescribe(a_prescription())
            await doctor.sheet(done.act_id)
            stop.set()
            await beating

    asyncio.run(play())
    assert max(late) < SLOW_SECONDS


def test_a_task_cancelled_while_the_disk_is_at_work_goes_no_further(
    system: System, road: Road, doctor: Client, tmp_path: Path
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None

    async def play() -> None:
        async with _open(system, road, tmp_path, wrap=SlowKey()) as pharmacy:
            task = asyncio.create_task(pharmacy.execute(number, an_execution()))
            await asyncio.sleep(SLOW_SECONDS / 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await pharmacy.pending() == ()

    asyncio.run(play())
    assert road.bodies("/v1/execute") == []


def slow_card(system: System) -> Card:
    """Doctor Martin's card in a reader that takes its time."""

    class Slow(Card):
        def sign_order(self, payload: bytes) -> str:
            time.sleep(SLOW_SECONDS)
            return super().sign_order(payload)

    return Slow.load(system.authority.cards / "dr-martin.json")


class SlowKey:
    """A key ring that takes its time."""

    def wrap(self, key: bytes) -> bytes:
        return key

    def unwrap(self, wrapped: bytes) -> bytes:
        time.sleep(SLOW_SECONDS)
        return wrapped


def test_two_async_clients_on_one_home_send_what_is_pending_once(
    system: System, road: Road, doctor: Client, tmp_path: Path
) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None

    async def play() -> None:
        road.rule = _lose("/v1/execute", 3)
        async with _open(system, road, tmp_path) as one, _open(system, road, tmp_path) as other:
            with pytest.raises(Unconfirmed):
                await one.execute(number, an_execution())
            assert [each.code for each in one.journal.entries()].count(UNANSWERED) == 4  # three attempts, one result
            both = await asyncio.gather(one.send_pending(), other.send_pending())
            assert sorted(len(each) for each in both) == [0, 1]

    asyncio.run(play())


def _open(
    system: System, road: Road, home: Path, card: Card | None = None, *, wrap: KeyWrap | None = None
) -> AsyncClient:
    return AsyncClient(
        road.url,
        card or system.card("pharmacie-centre"),
        wrap=wrap,
        home=home,
        trust=system.authority.trust,
        now=system.now,
        audience=f"{system.url}/v1/token",
    )
