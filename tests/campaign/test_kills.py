"""kill -9 of PostgreSQL and of the service, during writes by many connections: nothing acknowledged is lost or doubled.

The same judge finds what is lost when PostgreSQL commits later than it says (`synchronous_commit = off`), when a service
acknowledges before it commits, and what is doubled when repeats are not recognised and PostgreSQL has no unique keys.
"""

import contextlib
import http.client
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from checking import judge, tell_postgres
from doomed_service import POINTS, TOKEN_POINTS
from load import Load, send_again, stories
from scale import scaled, seeded, told
from service_alone import Served, kill_postgres, served, wait_for

ACTS = 40_000
POSTGRES_KILLS = 20
SERVICE_KILLS = 200
ACTS_A_STORY = 3.4
PASSAGES_MAX = 250
WAIT_SECONDS_MAX = 90


@contextmanager
def _writing(home: Path, acts: int, chance: random.Random, *, connections: int = 24) -> Iterator[tuple[Served, Load]]:
    """A service with its database, and stories of so many acts that wait to be sent to it."""
    with served(home) as service:
        service.start()
        service.ready()
        cards = {name: service.card(name) for name in ("dr-martin", "dr-leroy", "pharmacie-centre", "pharmacie-gare")}
        bearers = {name: service.token(card) for name, card in cards.items()}
        waiting = stories(home / "authority/cards", round(acts / ACTS_A_STORY * 1.03) + 1, chance)
        yield service, Load(service.port, waiting, bearers, connections=connections)


def test_nothing_acknowledged_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("kills", seed) as counts, _writing(tmp_path, scaled(ACTS), chance) as (service, load):
        begun = time.monotonic()
        load.start()
        kills = scaled(POSTGRES_KILLS)
        _kill_postgres(service, load, kills, chance)
        counts.update(postgres_kills=kills, after_these=len(load.acknowledged))
        deaths = _kill_services(service, load, scaled(SERVICE_KILLS), chance)
        counts.update(service_kills=sum(deaths.values()), points=dict(deaths), after_those=len(load.acknowledged))
        load.join()
        counts.update(
            acknowledged=len(load.acknowledged),
            unanswered=load.unanswered,
            told_to_wait=load.told_to_wait,
            found_recorded=load.found_recorded,
            codes=dict(load.codes),
            writing_seconds=round(time.monotonic() - begun),
        )
        assert load.unexpected == []
        assert load.denied == 0
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(found=found)
        assert found.right
        assert found.acts == len(load.acknowledged) == len(load.sent) >= scaled(ACTS)
        again = send_again(service.port, load.sent.values(), load.bearers)
        different = sum(not each.replayed or each.body != load.acknowledged[act_id] for act_id, each in again.items())
        counts.update(sent_once_more=len(again), answered_differently=different)
        assert different == 0
        assert judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged) == found
        assert service.logged("database-relaunched") == kills
        assert service.logged("bug") == 0


def _kill_postgres(service: Served, load: Load, kills: int, chance: random.Random) -> None:
    """Each kill comes when some acts have been acknowledged since the one before: the database was back, and busy."""
    for rank in range(1, kills + 1):
        _more_acts(load, chance.randint(50, 300))
        assert load.is_alive(), "too few acts for so many kills"
        kill_postgres(service.home)
        _relaunched(service, rank)


def _more_acts(load: Load, more: int) -> None:
    wanted = len(load.acknowledged) + more
    wait_for(lambda: len(load.acknowledged) >= wanted or not load.is_alive(), WAIT_SECONDS_MAX, "no progress")


def _relaunched(service: Served, times: int) -> None:
    wait_for(lambda: service.logged("database-relaunched") >= times, WAIT_SECONDS_MAX, "not relaunched")


def _kill_services(service: Served, load: Load, kills: int, chance: random.Random) -> Counter[str]:
    """One service after another, each doomed at a point, all points in turn; how many died at each."""
    service.kill()
    deaths = Counter[str]()
    for rank in range(kills):
        assert load.is_alive(), "too few acts for so many kills"
        point = list(POINTS)[rank % len(POINTS)]
        service.start(point, chance.randint(1, 5 if point in TOKEN_POINTS else PASSAGES_MAX))
        if point in TOKEN_POINTS:
            _ask_for_tokens(service)
        assert service.ended() == -signal.SIGKILL, point
        deaths[point] += 1
    service.start()
    return deaths


def _ask_for_tokens(service: Served) -> None:
    """Ask, five times answered at the most: the point is passed before."""
    card, asked = service.card("dr-martin"), 0
    while asked < 5:
        try:
            service.ask_token(card)
            asked += 1
        except ConnectionRefusedError:
            time.sleep(0.01)
        except (OSError, http.client.HTTPException):
            with contextlib.suppress(OSError):  # it died under this request, unless it was slow to start
                service.get("/health")
                continue
            return


def test_commits_that_come_later_than_they_are_said_are_found_lost(tmp_path: Path) -> None:
    seed, chance = seeded()
    with (
        told("control: synchronous_commit=off", seed) as counts,
        _writing(tmp_path, scaled(20_000), chance) as (service, load),
    ):
        tell_postgres(
            tmp_path,
            "ALTER ROLE ordonum_app SET synchronous_commit = off",
            "ALTER SYSTEM SET wal_writer_delay = '10s'",
            "SELECT pg_reload_conf()",
        )
        service.kill()
        service.start()  # its connections are new, the database is the same
        service.ready()
        load.start()
        kills = max(3, scaled(10))
        _kill_postgres(service, load, kills, chance)
        load.halt()
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(postgres_kills=kills, acknowledged=len(load.acknowledged), found=found)
        assert found.lost > 0
        assert found.doubled == found.unsent == 0


def test_a_service_that_acknowledges_before_it_commits_is_found_out(tmp_path: Path) -> None:
    seed, chance = seeded()
    with told("planted: early acknowledgement", seed) as counts, _writing(tmp_path, 1_500, chance) as (service, load):
        service.kill()
        service.start(fault="early-acknowledgement")
        service.ready()
        load.start()
        wait_for(lambda: len(load.acknowledged) > 100, WAIT_SECONDS_MAX, "no progress")
        service.kill()
        service.start()
        load.halt()
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(acknowledged=len(load.acknowledged), found=found)
        assert found.lost > 0


@pytest.mark.parametrize("point", ["committed", "reply-begun"])
def test_repeats_that_are_not_recognised_are_found_doubled(tmp_path: Path, point: str) -> None:
    seed, chance = seeded()
    with (
        told(f"planted: no idempotence, {point}", seed) as counts,
        _writing(tmp_path, 1_500, chance) as (service, load),
    ):
        tell_postgres(
            tmp_path,
            "ALTER TABLE act DROP CONSTRAINT act_id_once",
            "DROP INDEX registered_once",
            "ALTER TABLE own_act DROP CONSTRAINT own_act_pkey",
            "ALTER TABLE patient_index DROP CONSTRAINT patient_index_pkey",
        )
        service.kill()
        load.start()
        for _ in range(5):
            service.start(point, 20, fault="forgets-repeats")
            assert service.ended() == -signal.SIGKILL
        service.start(fault="forgets-repeats")
        load.halt()
        found = judge(tmp_path, sent=load.sent, acknowledged=load.acknowledged)
        counts.update(
            acknowledged=len(load.acknowledged), unexpected=Counter(each[1] for each in load.unexpected), found=found
        )
        assert found.doubled > 0
