"""Slow, cut and dead connections before the service and behind it: after healing nothing is unknown, doubled or lost."""

import contextlib
import itertools
import random
import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from checking import ask, judge
from crooked_road import STRAIGHT, CrookedRoad, Way, crooked, crooked_road
from load import Load, send_again, stories
from scale import scaled, seeded, told
from service_alone import Served, served, wait_for

from factories import a_prescription, an_execution, delivered
from ordonum.client import Client, Unconfirmed
from ordonum.client.workstation import ATTEMPTS, TIMEOUT_SECONDS, WAIT_MAX_SECONDS
from ordonum.model.number import EpuId
from ordonum.server.api.protocol import HEADER_SECONDS_MAX
from ordonum.server.store.embedded import APPLICATION, EmbeddedPostgres

ACTS = 1_500
WORKSTATIONS = 12
HTTP_BYTES_MAX = 6_000  # a connection is cut within its first one to three exchanges
DATABASE_ACTS, DATABASE_BYTES_MAX = 3_000, 60_000
SLOW_CONNECTIONS = 1_000
SLOWEST_SECONDS_MAX = 5  # of a consultation beside them, on a machine that does other things too
ACT_SECONDS_MAX = ATTEMPTS * (2 * TIMEOUT_SECONDS + WAIT_MAX_SECONDS) + 5  # an attempt may ask for a token first


class _Workstation:
    """A real client behind a bad road: it acts, and keeps what it could not confirm."""

    def __init__(
        self, service: Served, road: CrookedRoad, rank: int, numbers: list[EpuId], *, anew: bool = False
    ) -> None:
        self.numbers, self.anew = numbers, anew
        self.card = service.card(("dr-martin", "pharmacie-centre", "pharmacie-gare")[rank % 3])
        self.home = service.home / "postes" / f"poste-{rank}"
        self.trust, self.audience = service.home / "authority/trust", f"{service.url}/v1/token"
        self.address = f"http://127.0.0.1:{road.port}"
        self.known = set[UUID]()  # told to be recorded
        self.unconfirmed = 0
        self.longest = 0.0

    def client(self) -> Client:
        """The client, to be closed."""
        return Client(self.address, self.card, home=self.home, trust=self.trust, audience=self.audience)

    def work(self, acts: int) -> None:
        """So many acts, one after the other."""
        with self.client() as client:
            for _ in range(acts):
                self.act(client)

    def act(self, client: Client) -> None:
        """One act, of which it is known or not whether it was recorded."""
        begun = time.monotonic()
        number = self.numbers.pop() if self.card.place.finess else None
        try:
            self.known.add(self._done(client, number))
        except Unconfirmed:
            self.unconfirmed += 1
            if self.anew:  # the fault: what is not known to be recorded is done anew, under another identifier
                for each in client.pending():
                    client.outbox.discard(each.act_id)
                with contextlib.suppress(Unconfirmed):
                    self.known.add(self._done(client, number))
        self.longest = max(self.longest, time.monotonic() - begun)

    def _done(self, client: Client, number: EpuId | None) -> UUID:
        if number is not None:
            return client.execute(number, an_execution(delivered())).act_id
        return client.prescribe(a_prescription(place=self.card.place)).act_id

    def recover(self) -> None:
        """The road is good again: send what waits."""
        with self.client() as client:
            for each in client.send_pending():
                assert each.acknowledged is not None, each.error
            assert client.pending() == ()

    def kept(self) -> set[UUID]:
        """All the acts of its outbox."""
        with self.client() as client:
            return {each.act_id for each in client.outbox.all() if each.refused is None}


def _numbers(service: Served, count: int, chance: random.Random) -> tuple[set[UUID], list[EpuId]]:
    """Registered prescriptions: the acts that registered them, and their numbers."""
    made = list(stories(service.home / "authority/cards", count, chance))
    bearers = {name: service.token(service.card(name)) for name in ("dr-martin", "dr-leroy")}
    answers = send_again(service.port, [story.acts[0] for story in made], bearers)
    assert {each.status for each in answers.values()} == {201}
    return set(answers), [story.number for story in made]


def _executed_twice(home: Path) -> int:
    async def read(connection: object) -> int:
        asked = (
            "SELECT count(*) FROM (SELECT 1 FROM act WHERE kind = 'execute' GROUP BY lookup HAVING count(*) > 1) AS t"
        )
        return int(await connection.fetchval(asked))  # type: ignore[attr-defined]  # asyncpg's connection

    return int(ask(home, read))


def test_a_bad_road_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed, chance = seeded()
    each = max(3, scaled(ACTS) // WORKSTATIONS)
    with told("bad road", seed) as counts, served(tmp_path) as service:
        service.start()
        service.ready()
        registered, numbers = _numbers(service, each * WORKSTATIONS, chance)
        draw = crooked(chance, bytes_max=HTTP_BYTES_MAX, stops=0.02)
        with crooked_road(("127.0.0.1", service.port), draw) as road:
            posts = [
                _Workstation(service, road, rank, numbers[rank * each : (rank + 1) * each])
                for rank in range(WORKSTATIONS)
            ]
            with ThreadPoolExecutor(WORKSTATIONS) as pool:
                list(pool.map(lambda post: post.work(each), posts))
            ways = dict(road.taken)
            road.heal()
            for post in posts:
                post.recover()
        kept = registered.union(*(post.kept() for post in posts))
        known = registered.union(*(post.known for post in posts))
        found = judge(tmp_path, sent=kept, acknowledged=kept | known)
        longest = max(post.longest for post in posts)
        counts.update(acts=len(kept) - len(registered), ways=ways, unconfirmed=sum(post.unconfirmed for post in posts))
        counts.update(longest_act_seconds=round(longest, 1), found=found)
        counts.update(executed_twice=(twice := _executed_twice(tmp_path)))
        assert found.right
        assert twice == 0
        assert found.acts == len(kept) == len(registered) + each * WORKSTATIONS
        assert longest < ACT_SECONDS_MAX
        assert service.logged("bug") == 0


def test_a_new_id_for_what_is_not_known_to_be_recorded_is_found_doubled(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("planted: a new id for each retry", seed) as counts, served(tmp_path) as service:
        service.start()
        service.ready()
        _, numbers = _numbers(service, 4, chance)
        with crooked_road(("127.0.0.1", service.port), lambda: STRAIGHT) as road:
            post = _Workstation(service, road, 1, numbers, anew=True)
            with post.client() as client:
                post.act(client)  # it has its token now
                road.turn(lambda: Way("cut", upstream=False, after=chance.randint(1, 100)))
                for _ in range(3):
                    post.act(client)
            road.heal()
        counts.update(unconfirmed=post.unconfirmed, executed_twice=(twice := _executed_twice(tmp_path)))
        assert twice == 3


@pytest.mark.parametrize("fault", [None, "denies-what-it-does-not-know"])
def test_a_bad_road_between_service_and_database_loses_and_doubles_nothing(tmp_path: Path, fault: str | None) -> None:
    seed, chance = seeded()
    acts = scaled(DATABASE_ACTS) if fault is None else 400
    with told(f"bad road to the database, fault={fault}", seed) as counts, served(tmp_path) as service:
        service.start()
        service.ready()  # roles, tables, keys, cards
        database = EmbeddedPostgres(tmp_path / "db")
        there = database._socket_directory() / ".s.PGSQL.5432"
        cards = ("dr-martin", "dr-leroy", "pharmacie-centre", "pharmacie-gare")
        bearers = {name: service.token(service.card(name)) for name in cards}
        load = Load(service.port, stories(tmp_path / "authority/cards", round(acts / 3.4) + 1, chance), bearers)
        service.kill()  # its database stays
        (tmp_path / "r").mkdir()
        with crooked_road(there, lambda: STRAIGHT, tmp_path / "r/.s.PGSQL.5432") as road:
            url = database.url(APPLICATION, "ordonum").partition("?")[0] + f"?host={tmp_path / 'r'}"
            service.start(fault=fault, application_url=url)
            service.ready()
            road.turn(
                crooked(chance, bytes_max=DATABASE_BYTES_MAX, stops=0.03) if fault is None else _cut_replies(chance)
            )
            load.start()
            load.join()
            counts.update(ways=dict(road.taken))
            road.heal()
            service.stop()
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(acknowledged=len(load.acknowledged), codes=dict(load.codes), denied=load.denied, found=found)
        counts.update(unanswered=load.unanswered, found_recorded=load.found_recorded)
        assert found.right
        if fault:
            assert load.denied > 0
        else:
            assert load.unexpected == []
            assert load.denied == 0
            assert load.codes["outcome-unknown"] > 0
            assert service.logged("bug") == 0


def _cut_replies(chance: random.Random) -> Callable[[], Way]:
    """Every connection is cut in one of the database's first replies: often one that says «committed»."""
    return lambda: Way("cut", upstream=False, after=chance.randint(3_000, 20_000))


class _Slow(threading.Thread):
    """A thousand connections, each of which sends a request byte by byte and never ends it."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(name="slow")
        self.port, self.count, self.opened, self.open, self.over = port, count, 0, count, False

    def run(self) -> None:
        """Open them, feed them, count those that are still open."""
        request = itertools.chain(b"GET /health HTTP/1.1\r\nX-Slow: ", itertools.repeat(ord("a")))
        held: list[socket.socket] = []
        for _ in range(self.count):
            held.append(socket.create_connection(("127.0.0.1", self.port), timeout=10))
            self.opened += 1
        while not self.over:
            byte = bytes([next(request)])
            for each in list(held):
                try:
                    each.send(byte)
                except OSError:
                    held.remove(each)
                    each.close()
            self.open = len(held)
            time.sleep(0.5)
        for each in held:
            each.close()


@pytest.mark.parametrize("fault", [None, "waits-for-ever"])
def test_a_thousand_slow_connections_stop_nobody(tmp_path: Path, fault: str | None) -> None:
    seed, chance = seeded()
    slow = min(SLOW_CONNECTIONS if fault is None else 20, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
    with told(f"slowloris, fault={fault}", seed) as counts, served(tmp_path) as service:
        service.start(fault=fault)
        service.ready()
        bearer = service.token(service.card("pharmacie-centre"))
        _, numbers = _numbers(service, 20, chance)
        holding = _Slow(service.port, slow)
        holding.start()
        wait_for(lambda: holding.opened == slow, 60, "the service refuses connections")
        held = time.monotonic()
        bodies = [f'{{"number":"{each}","origin":"paper"}}'.encode() for each in numbers]
        seconds, answers = [], Counter[int]()
        for body in bodies * 5:
            begun = time.monotonic()
            answers[service.post("/v1/consult", body, bearer)[0]] += 1
            seconds.append(time.monotonic() - begun)
        counts.update(slow=slow, still_open=holding.open, answers=dict(answers), slowest=round(max(seconds), 2))
        with contextlib.suppress(AssertionError):
            wait_for(lambda: holding.open == 0, HEADER_SECONDS_MAX + 10, "slow connections are held for ever")
        counts.update(open_at_the_end=(left := holding.open), after_seconds=round(time.monotonic() - held))
        holding.over = True
        holding.join()
        assert set(answers) == {200}
        assert max(seconds) < SLOWEST_SECONDS_MAX
        assert left == (0 if fault is None else slow)
