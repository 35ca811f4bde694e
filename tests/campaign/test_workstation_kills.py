"""kill -9 of a workstation at named points of an act: what it kept is recorded once, and nothing else ever is."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec
from checking import Found, judge
from doomed_workstation import POINTS, Order
from load import Story, send_again, stories
from scale import scaled, seeded, told
from service_alone import Served, served

from ordonum.client import Client

KILLS = 40  # with the 160 of the service: 200
PASSAGES_MAX = 4
NURSERY = Path(__file__).with_name("doomed_workstation.py")


class _Counter:
    """Two workstations before one service, which die and are started again; `known` is what their callers were told."""

    def __init__(self, service: Served, nursery: "subprocess.Popen[str]", unexecuted: list[Story]) -> None:
        self.service, self.nursery, self.unexecuted = service, nursery, unexecuted
        self.registered = {story.acts[0].act_id for story in unexecuted}
        self.told = service.home / "told"
        self.found_recorded = 0

    def die(self, card: str, point: str, passage: int, fault: str | None = None) -> int:
        """Have a workstation act until it dies at this point; how it ended."""
        execute = card.startswith("pharmacie")
        numbers = [str(self.unexecuted.pop().number) for _ in range(PASSAGES_MAX + 2)] if execute else []
        order = Order(
            service=self.service.url,
            card=str(self.service.home / "authority/cards" / f"{card}.json"),
            home=str(self.home(card)),
            trust=str(self.service.home / "authority/trust"),
            told=str(self.told),
            point=point,
            passage=passage,
            numbers=tuple(numbers),
            fault=fault,
        )
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(msgspec.json.encode(order).decode() + "\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def home(self, card: str) -> Path:
        """The workstation's own folder."""
        return self.service.home / "postes" / card

    def recover(self, card: str) -> None:
        """Start the workstation anew: it sends what it kept, and every act ends acknowledged."""
        with self._client(card) as client:
            for each in client.send_pending():
                assert each.acknowledged is not None, each.error
                self.found_recorded += each.acknowledged.replayed
            assert client.pending() == ()

    def judged(self) -> Found:
        """The database against the outboxes and what their callers were told."""
        kept = set[UUID]()
        for card in ("dr-martin", "pharmacie-centre"):
            with self._client(card) as client:
                kept |= {each.act_id for each in client.outbox.all()}
        known = {UUID(line) for line in self.told.read_text().split()} if self.told.exists() else set()
        return judge(self.service.home, sent=kept | self.registered, acknowledged=kept | known | self.registered)

    def _client(self, card: str) -> Client:
        trust = self.service.home / "authority/trust"
        return Client(self.service.url, self.service.card(card), home=self.home(card), trust=trust)


@contextmanager
def _workstations(home: Path, executions: int, chance: random.Random) -> Iterator[_Counter]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    with (
        served(home) as service,
        subprocess.Popen(
            [sys.executable, str(NURSERY)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as nursery,
    ):
        service.start()
        service.ready()
        made = list(stories(home / "authority/cards", executions, chance))
        bearers = {name: service.token(service.card(name)) for name in ("dr-martin", "dr-leroy")}
        answers = send_again(service.port, [story.acts[0] for story in made], bearers)
        assert {each.status for each in answers.values()} == {201}
        yield _Counter(service, nursery, made)
        assert nursery.stdin is not None
        nursery.stdin.close()


def test_a_workstation_that_dies_in_mid_act_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed, chance = seeded()
    kills = max(2 * len(POINTS), scaled(KILLS))
    with (
        told("workstation kills", seed) as counts,
        _workstations(tmp_path, kills * (PASSAGES_MAX + 2), chance) as counter,
    ):
        deaths = Counter[str]()
        for rank in range(kills):
            card = ("dr-martin", "pharmacie-centre")[rank // len(POINTS) % 2]
            point = list(POINTS)[rank % len(POINTS)]
            passage = 1 if point == "token-received" else chance.randint(1, PASSAGES_MAX)
            assert counter.die(card, point, passage) == -signal.SIGKILL, point
            counter.recover(card)
            deaths[point] += 1
        found = counter.judged()
        counts.update(kills=kills, points=dict(deaths), found_recorded=counter.found_recorded, found=found)
        assert found.right
        assert counter.found_recorded > 0  # some had been recorded, and their workstation died before it knew


def test_a_workstation_that_sends_before_it_keeps_is_found_out(tmp_path: Path) -> None:
    seed, chance = seeded()
    with (
        told("planted: sends before it keeps", seed) as counts,
        _workstations(tmp_path, PASSAGES_MAX + 2, chance) as counter,
    ):
        assert counter.die("dr-martin", "answered", 2, fault="sends-first") == -signal.SIGKILL
        counter.recover("dr-martin")
        found = counter.judged()
        counts.update(found=found)
        assert found.unsent == 1  # recorded, and no outbox knows of it
