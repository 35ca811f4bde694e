"""Copies of an act sent at once count once, answered by the same bytes; of 64 who want the last box, one has it."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from checking import ask, judge, tell_postgres
from load import Answered, Story, Wire, Written, an_executed_box, send_again, stories
from scale import scaled, seeded, told
from service_alone import Served, served

from ordonum.model.kept import Executed
from ordonum.model.outcomes import Delivered
from ordonum.server.vault.keys import read_file
from ordonum.server.vault.vault import Purpose, Vault
from ordonum.wire import native

ACTS, COPIES_MAX = 10_000, 5
ACTS_A_STORY = 3.4
ROUNDS, EXECUTANTS = 200, 64
TOGETHER = 8  # acts whose copies are under way at once
CARDS = ("dr-martin", "dr-leroy", "pharmacie-centre", "pharmacie-gare", "preparatrice-lemoine")
PHARMACIES = CARDS[2:]


@contextmanager
def _serving(home: Path) -> Iterator[tuple[Served, dict[str, str]]]:
    with served(home) as service:
        service.start()
        service.ready()
        yield service, {name: service.token(service.card(name)) for name in CARDS}


class _Copier:
    """Sends each act several times at once, over several connections."""

    def __init__(self, service: Served, bearers: dict[str, str], waiting: list[Story], chance: random.Random) -> None:
        self.service, self.bearers, self.waiting, self.chance = service, bearers, waiting, chance
        self.sent: dict[UUID, Written] = {}
        self.copies = 0
        self.wrong: list[list[Answered]] = []  # acts not answered once as new and else as repeats, by the same bytes

    async def run(self, acts: int) -> None:
        """Send so many acts, those of one prescription in their order."""

        async def one() -> None:
            wires = [Wire(self.service.port) for _ in range(COPIES_MAX)]
            while self.waiting:
                for act in self.waiting.pop().acts:
                    if len(self.sent) == acts:
                        break
                    await self._copied(act, wires)
            for each in wires:
                each.close()

        await asyncio.gather(*(one() for _ in range(TOGETHER)))

    async def _copied(self, act: Written, wires: list[Wire]) -> None:
        self.sent[act.act_id] = act
        used = wires[: self.chance.randint(1, COPIES_MAX)]
        self.copies += len(used)
        answers = await asyncio.gather(*(each.post(act.path, act.body, self.bearers[act.card]) for each in used))
        as_new = [each for each in answers if (each.status, each.replayed) == (201, False)]
        repeats = [each for each in answers if (each.status, each.replayed) == (200, True)]
        same = len({each.body for each in answers}) == 1
        if not (same and len(as_new) == 1 and len(as_new) + len(repeats) == len(answers)):
            self.wrong.append(answers)


def test_copies_sent_at_once_have_one_effect_and_one_answer(tmp_path: Path) -> None:
    seed, chance = seeded()
    acts = scaled(ACTS)
    with told("copies", seed) as counts, _serving(tmp_path) as (service, bearers):
        made = list(stories(tmp_path / "authority/cards", round(acts / ACTS_A_STORY * 1.05) + 2, chance))
        copier = _Copier(service, bearers, made, chance)
        asyncio.run(copier.run(acts))
        found = judge(tmp_path, sent=copier.sent, acknowledged=copier.sent)
        counts.update(acts=len(copier.sent), copies=copier.copies, wrong_answers=len(copier.wrong), found=found)
        assert copier.wrong == []
        assert found.right
        assert found.acts == acts


def test_copies_are_found_doubled_when_postgresql_has_no_unique_keys(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("planted: no unique keys", seed) as counts, _serving(tmp_path) as (service, bearers):
        tell_postgres(
            tmp_path,
            "ALTER TABLE act DROP CONSTRAINT act_pkey",
            "ALTER TABLE act DROP CONSTRAINT act_id_once",
            "DROP INDEX registered_once",
            "ALTER TABLE own_act DROP CONSTRAINT own_act_pkey",
            "ALTER TABLE patient_index DROP CONSTRAINT patient_index_pkey",
        )
        copier = _Copier(service, bearers, list(stories(tmp_path / "authority/cards", 60, chance)), chance)
        asyncio.run(copier.run(100))
        found = judge(tmp_path, sent=copier.sent, acknowledged=copier.sent)
        counts.update(acts=len(copier.sent), copies=copier.copies, wrong_answers=len(copier.wrong), found=found)
        assert found.doubled > 0
        assert copier.wrong


class _Race:
    """Rounds in each of which 64 executants want the last box of a prescription at once."""

    def __init__(self, service: Served, bearers: dict[str, str], chance: random.Random) -> None:
        self.service, self.bearers, self.chance = service, bearers, chance
        self.winners = Counter[int]()  # rounds by how many won
        self.refusals = Counter[tuple[int, str]]()

    async def run(self, rounds: list[Story]) -> None:
        """Race on each of these prescriptions, registered, one box of two delivered already."""
        wires = [Wire(self.service.port) for _ in range(EXECUTANTS)]
        for story in rounds:
            wanted = [an_executed_box(story.number, self.chance.choice(PHARMACIES)) for _ in wires]
            answers = await asyncio.gather(
                *(
                    wire.post(act.path, act.body, self.bearers[act.card])
                    for wire, act in zip(wires, wanted, strict=True)
                )
            )
            self.winners[sum(each.status == 201 for each in answers)] += 1
            for each in answers:
                if each.status != 201:
                    self.refusals[each.status, json.loads(each.body)["code"]] += 1
        for wire in wires:
            wire.close()


def _ready_to_race(service: Served, bearers: dict[str, str], rounds: int, chance: random.Random) -> list[Story]:
    made = list(stories(service.home / "authority/cards", rounds, chance))
    registrations = [story.acts[0] for story in made]
    firsts = [an_executed_box(story.number, chance.choice(PHARMACIES)) for story in made]
    for acts in (registrations, firsts):
        answers = send_again(service.port, acts, bearers)
        assert {each.status for each in answers.values()} == {201}
    return made


def _boxes_delivered(home: Path) -> Counter[int]:
    """Prescriptions by how many boxes the database says were delivered, its bodies opened with the service's keys."""

    async def read(connection: Any) -> list[Any]:
        rows: list[Any] = await connection.fetch("SELECT lookup, act_id, year, body FROM act WHERE kind = 'execute'")
        return rows

    vault = Vault(read_file(home / "keys/service-keys.json"))
    boxes = Counter[bytes]()
    for row in ask(home, read):
        body = vault.decrypt(Purpose.BODY, row["year"], row["lookup"], row["act_id"], row["body"])
        for line in native.read_own(body, Executed).lines:
            assert isinstance(line, Delivered)
            assert line.quantity is not None
            boxes[row["lookup"]] += line.quantity.value
    return Counter(boxes.values())


def test_of_64_executants_who_want_the_last_box_one_has_it(tmp_path: Path) -> None:
    seed, chance = seeded()
    rounds = scaled(ROUNDS)
    with told(f"race {EXECUTANTS} × {rounds}", seed) as counts, _serving(tmp_path) as (service, bearers):
        race = _Race(service, bearers, chance)
        asyncio.run(race.run(_ready_to_race(service, bearers, rounds, chance)))
        boxes = _boxes_delivered(tmp_path)
        counts.update(rounds_by_winners=dict(race.winners), refusals=dict(race.refusals), boxes=dict(boxes))
        assert race.winners == {1: rounds}
        assert race.refusals == {(409, "more-than-left"): rounds * (EXECUTANTS - 1)}
        assert boxes == {2: rounds}


def test_several_have_the_last_box_when_postgresql_does_not_guard_the_place(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("planted: read, then insert", seed) as counts, _serving(tmp_path) as (service, bearers):
        made = _ready_to_race(service, bearers, 5, chance)
        tell_postgres(tmp_path, "ALTER TABLE act DROP CONSTRAINT act_pkey")
        race = _Race(service, bearers, chance)
        asyncio.run(race.run(made))
        boxes = _boxes_delivered(tmp_path)
        counts.update(rounds_by_winners=dict(race.winners), boxes=dict(boxes))
        assert max(race.winners) > 1
        assert max(boxes) > 2
