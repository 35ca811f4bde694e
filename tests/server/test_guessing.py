"""Nobody guesses a number: after twenty unknown ones, whoever brings no authentic QR code waits; nobody else does."""

import asyncio
import secrets
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from base import APPLICATION, address, fresh_system, given
from factories import a_prescription, an_execution, delivered
from ordonum.cli.system import System
from ordonum.client import Declined, EpuId
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import ByNumber, ByOwnAct, Origin, ReadBackRequest
from ordonum.model.guessing import MISSES_HERE_MAX, MISSES_MAX, TURN_SECONDS, WINDOW
from ordonum.server.usecases.alerts import alerts
from ordonum.wire import native
from raw import assert_problem, post, token
from sheet_on_paper import Sheet, already
from shell import Shell

UNKNOWN, WAIT = "unknown-number", "too-many-unknown"


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose counters nobody else fills."""
    with fresh_system(tmp_path_factory.mktemp("guessing")) as started:
        yield started


@pytest.fixture
def quiet(apart: System) -> System:
    """The same, when all that was counted is over."""
    apart.shift += WINDOW + timedelta(minutes=1)
    return apart


@pytest.fixture
def sheet(quiet: System, tmp_path: Path) -> Iterator[Sheet]:
    """A registered prescription."""
    with quiet.client("dr-martin") as doctor:
        made = Sheet(quiet, doctor, a_prescription(), HeldKeys(tmp_path / "keys"))
        made.register()
        yield made


def draw_number() -> EpuId:
    """A well-formed number that nobody registered."""
    return EpuId.draw(secrets.choice)


def _consult(system: System, bearer: str, number: EpuId | str, qr: str | None = None) -> httpx2.Response:
    return post(system, "/v1/consult", {"number": str(number), "origin": "paper", "qr": qr}, bearer=bearer)


def _exhaust(system: System, bearer: str, how_many: int = MISSES_MAX) -> None:
    for _ in range(how_many):
        assert_problem(_consult(system, bearer, draw_number()), UNKNOWN)


def _bearer(system: System, card: str) -> str:
    with system.client(card) as client:
        return token(client, system)


def _alerts(system: System) -> tuple[Any, ...]:
    assert system.context is not None
    assert system.loop is not None
    since = system.now() - WINDOW
    reading = alerts(system.context.pool, system.context.vault, since)
    return asyncio.run_coroutine_threadsafe(reading, system.loop).result(10)


def test_after_twenty_unknown_numbers_one_without_a_code_waits_whether_it_exists_or_not(sheet: Sheet) -> None:
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    _exhaust(system, bearer)
    assert _consult(system, bearer, sheet.number).status_code == 200  # the first answer of a slowed one
    for number in (sheet.number, draw_number()):
        answer = _consult(system, bearer, number)
        told = assert_problem(answer, WAIT)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= TURN_SECONDS
        assert "Scannez le QR code" in told["detail"]
    system.shift += timedelta(seconds=TURN_SECONDS)
    assert_problem(_consult(system, bearer, draw_number()), UNKNOWN)
    assert_problem(_consult(system, bearer, sheet.number), WAIT)


def test_a_number_that_comes_with_its_authentic_code_is_always_served_at_once(sheet: Sheet, tmp_path: Path) -> None:
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    _exhaust(system, bearer)
    for _ in range(3):
        assert _consult(system, bearer, sheet.number, sheet.code).status_code == 200
    other = Sheet(system, sheet.doctor, a_prescription(), HeldKeys(tmp_path / "other"))
    assert _consult(system, bearer, sheet.number, sheet.code[:-4] + "BBBB").status_code == 200  # a turn
    assert_problem(_consult(system, bearer, sheet.number, sheet.code[:-4] + "BBBB"), WAIT)  # signed by nobody
    assert_problem(_consult(system, bearer, sheet.number, other.code), WAIT)  # another number's
    assert_problem(_consult(system, bearer, other.number, other.code), "not-yet-registered")


def test_every_way_of_bringing_a_number_waits_and_one_s_own_act_does_not(sheet: Sheet) -> None:
    system, number = sheet.system, sheet.number
    pharmacy = _bearer(system, "pharmacie-centre")
    _exhaust(system, pharmacy)
    _consult(system, pharmacy, number)
    with system.client("pharmacie-centre") as client:
        assert_problem(sheet.execute(client, an_execution(delivered(1)), code=None), WAIT)
        assert sheet.execute(client, an_execution(delivered(1))).status_code == 201
    doctor = token(sheet.doctor, system)
    for _ in range(MISSES_MAX):
        body = native.write(ReadBackRequest(prescription=ByNumber(draw_number())))
        assert_problem(post(system, "/v1/executions", body, bearer=doctor), "not-registered")
    by_number = ReadBackRequest(prescription=ByNumber(number))
    assert post(system, "/v1/executions", native.write(by_number), bearer=doctor).status_code == 200
    assert_problem(post(system, "/v1/executions", native.write(by_number), bearer=doctor), WAIT)
    assert_problem(sheet.cancel(sheet.doctor, code=None), WAIT)
    with_code = ReadBackRequest(prescription=ByNumber(number), qr=sheet.code)
    assert post(system, "/v1/executions", native.write(with_code), bearer=doctor).status_code == 200
    own = ReadBackRequest(prescription=ByOwnAct(sheet.prepared.act_id))
    assert post(system, "/v1/executions", native.write(own), bearer=doctor).status_code == 200


def test_misses_that_prove_themselves_wrong_symbols_and_the_same_number_again_do_not_count(
    sheet: Sheet, tmp_path: Path
) -> None:
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    not_sent = Sheet(system, sheet.doctor, a_prescription(), HeldKeys(tmp_path / "other"))
    same = draw_number()
    for _ in range(MISSES_MAX + 2):
        told = assert_problem(_consult(system, bearer, not_sent.number, not_sent.code), "not-yet-registered")
        assert "pas encore enregistrée" in told["detail"]
        assert_problem(_consult(system, bearer, "NBBBBBBBBBBBBBBBBC"), "unreadable")
        assert_problem(_consult(system, bearer, same), UNKNOWN)
    _exhaust(system, bearer, MISSES_MAX - 1)
    assert _consult(system, bearer, sheet.number).status_code == 200
    assert_problem(_consult(system, bearer, draw_number()), WAIT)


def test_who_holds_an_existing_number_is_told_why_and_it_does_not_count(sheet: Sheet) -> None:
    system = sheet.system
    nurse = _bearer(system, "infirmiere-diallo")
    for _ in range(MISSES_MAX + 2):
        assert_problem(_consult(system, nurse, sheet.number), "not-your-family")
    assert_problem(_consult(system, nurse, draw_number()), UNKNOWN)


def test_a_code_that_is_another_number_s_counts_like_none(sheet: Sheet) -> None:
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    for _ in range(MISSES_MAX):
        assert_problem(_consult(system, bearer, draw_number(), sheet.code), "qr-differs")
    assert _consult(system, bearer, sheet.number).status_code == 200
    assert_problem(_consult(system, bearer, draw_number(), sheet.code), WAIT)


def test_the_others_are_served_and_ten_minutes_later_so_is_the_one_who_waited(sheet: Sheet) -> None:
    system = sheet.system
    slowed = _bearer(system, "pharmacie-centre")
    _exhaust(system, slowed)
    _consult(system, slowed, sheet.number)
    assert_problem(_consult(system, slowed, sheet.number), WAIT)
    for _ in range(3):
        assert _consult(system, _bearer(system, "pharmacie-gare"), sheet.number).status_code == 200
    system.shift += WINDOW + timedelta(seconds=1)
    for _ in range(3):
        assert _consult(system, slowed, sheet.number).status_code == 200


def test_many_misses_at_the_same_moment_are_counted_one_by_one(quiet: System) -> None:
    bearer = _bearer(quiet, "pharmacie-centre")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: _consult(quiet, bearer, draw_number()), range(64)))
    codes = [each.json()["code"] for each in answers]
    assert codes.count(UNKNOWN) in (MISSES_MAX, MISSES_MAX + 1)  # and perhaps the first turn
    assert set(codes) == {UNKNOWN, WAIT}


def test_the_insurer_is_alerted_once_and_learns_who_it_was(quiet: System) -> None:
    bearer = _bearer(quiet, "pharmacie-centre")
    _exhaust(quiet, bearer, MISSES_MAX - 1)
    assert _alerts(quiet) == ()
    _exhaust(quiet, bearer, 1)
    for _ in range(3):
        quiet.shift += timedelta(seconds=TURN_SECONDS)
        _consult(quiet, bearer, draw_number())
    (alert,) = _alerts(quiet)
    with quiet.client("pharmacie-centre") as client:
        assert alert.actor.who == client.card.holder
        assert alert.actor.place.key == client.card.place.key
    assert alert.kind == "guessing-professional"


def test_a_whole_place_that_guesses_is_slowed_even_those_who_did_not(sheet: Sheet) -> None:
    system = sheet.system
    assert system.context is not None
    assert system.loop is not None
    bearer = _bearer(system, "pharmacie-centre")
    assert _consult(system, bearer, sheet.number).status_code == 200
    context, now = system.context, system.now()
    with system.client("pharmacie-centre") as client:
        place = context.vault.blind("guess/place/1", client.card.place.key)

    async def colleagues_misses() -> None:
        async with context.pool.acquire() as connection:
            for _ in range(MISSES_HERE_MAX):
                lookup = context.vault.lookup(draw_number())
                await connection.execute("INSERT INTO miss VALUES ($1, $2, $3)", place, now, lookup)

    asyncio.run_coroutine_threadsafe(colleagues_misses(), system.loop).result(10)
    assert _consult(system, bearer, sheet.number).status_code == 200  # the turn
    assert_problem(_consult(system, bearer, sheet.number), WAIT)
    assert _consult(system, bearer, sheet.number, sheet.code).status_code == 200


def test_the_counters_outlive_the_service(sheet: Sheet) -> None:
    """They lie in PostgreSQL: a process that starts anew knows them, and several processes share them."""
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    _exhaust(system, bearer)
    assert system.context is not None
    system.context.tokens.clear()
    again = _bearer(system, "pharmacie-centre")
    _consult(system, again, sheet.number)
    assert_problem(_consult(system, again, sheet.number), WAIT)


def _statements(system: System, bearer: str, number: EpuId, qr: str | None = None) -> int:
    """How many statements a consultation sends to the database."""
    assert system.context is not None
    assert system.loop is not None
    pool = system.context.pool
    seen: list[Any] = []

    async def listen(add: bool) -> None:
        for holder in pool._holders:  # type: ignore[attr-defined]  # the pool tells its connections to nobody
            connection = holder._con
            if connection is not None:
                (connection.add_query_logger if add else connection.remove_query_logger)(seen.append)

    asyncio.run_coroutine_threadsafe(listen(True), system.loop).result(10)
    _consult(system, bearer, number, qr)
    asyncio.run_coroutine_threadsafe(listen(False), system.loop).result(10)
    return len([each for each in seen if "revocation_list" not in each.query or "miss" in each.query])


def test_a_found_number_and_an_unknown_one_take_the_same_number_of_statements(sheet: Sheet) -> None:
    system = sheet.system
    bearer, nurse = _bearer(system, "pharmacie-centre"), _bearer(system, "infirmiere-diallo")
    for who in (bearer, nurse):
        _consult(system, who, sheet.number)  # the statements are prepared
        _consult(system, who, draw_number())
    found, unknown, not_mine = (
        _statements(system, who, number)
        for who, number in ((bearer, sheet.number), (bearer, draw_number()), (nurse, sheet.number))
    )
    assert found == unknown == not_mine == 2
    _exhaust(system, bearer, MISSES_MAX - 2)
    _consult(system, bearer, sheet.number)
    assert _statements(system, bearer, sheet.number) == _statements(system, bearer, draw_number()) == 2


def test_the_times_of_a_found_and_an_unknown_number_are_printed(
    sheet: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed, not asserted: who waits for their turn must learn nothing from how long the refusal took."""
    system = sheet.system
    bearer = _bearer(system, "pharmacie-centre")
    _exhaust(system, bearer)
    _consult(system, bearer, sheet.number)
    taken: dict[str, list[float]] = {"enregistré": [], "inconnu": []}
    for which in range(120):
        asked = [("enregistré", sheet.number), ("inconnu", draw_number())]
        for name, number in asked if which % 2 else reversed(asked):
            before = time.perf_counter()
            _consult(system, bearer, number)
            taken[name].append((time.perf_counter() - before) * 1000)
    with capsys.disabled():
        for name, times in taken.items():
            print(f"\n  {name:<11} qui attend : médiane {statistics.median(times):.2f} ms", end="")
        print()
    assert all(len(each) == 120 for each in taken.values())


def test_a_repeat_gets_its_first_answer_even_from_somebody_who_waits(sheet: Sheet) -> None:
    system = sheet.system
    with system.client("pharmacie-centre") as client:
        done = an_execution(delivered(1))
        first = sheet.execute(client, done, code=None)
        assert first.status_code == 201
        bearer = token(client, system)
        _exhaust(system, bearer)
        _consult(system, bearer, sheet.number)
        assert_problem(_consult(system, bearer, sheet.number), WAIT)
        again = sheet.execute(client, done, code=None)
        assert again.headers["Replayed"] == "true"
        assert again.content == first.content


def test_what_is_kept_early_without_a_code_is_a_miss(quiet: System) -> None:
    with quiet.client("pharmacie-centre") as client:
        bearer = token(client, quiet)
        for _ in range(MISSES_MAX):
            body = native.write({"number": str(draw_number()), "execution": already(quiet, delivered(1))})
            assert_problem(post(quiet, "/v1/execute", body, bearer=bearer), UNKNOWN)
        _consult(quiet, bearer, draw_number())
        assert_problem(_consult(quiet, bearer, draw_number()), WAIT)


def test_the_client_tells_who_waits_what_to_do(sheet: Sheet) -> None:
    system = sheet.system
    with system.client("pharmacie-centre") as client:
        _exhaust(system, token(client, system))
        client.consult(sheet.number, Origin.PAPER)
        with pytest.raises(Declined, match="Scannez le QR code"):
            client.consult(sheet.number, Origin.PAPER)
        assert client.consult(sheet.number, Origin.PAPER, scanned=sheet.code).view.executions == ()


def test_the_operator_reads_the_alerts_beside_the_service(quiet: System, tmp_path: Path) -> None:
    _exhaust(quiet, _bearer(quiet, "pharmacie-centre"))
    shell = Shell(quiet, tmp_path, "dr-martin")
    if given() is not None:
        shell.environment["ORDONUM_DATABASE_URL"] = address(quiet, APPLICATION)
    told = shell.json("alerts", "--days", "1")
    assert told["alerts"][-1]["kind"] == "guessing-professional"
    assert "RPPS" in told["alerts"][-1]["who"]
    assert "a demandé trop de numéros inconnus" in shell.run("alerts").stdout
    quiet_home = Shell(quiet, tmp_path, "dr-martin")
    quiet_home.environment["ORDONUM_HOME"] = str(tmp_path / "nowhere")
    assert "lancez la commande là où est le service" in quiet_home.run("alerts").stderr
    (tmp_path / "nowhere/keys").mkdir(parents=True)
    (tmp_path / "nowhere/keys/service-keys.json").write_bytes((quiet.home / "keys/service-keys.json").read_bytes())
    (tmp_path / "nowhere/keys/service-keys.json").chmod(0o600)
    quiet_home.environment.pop("ORDONUM_DATABASE_URL", None)
    assert "Aucune base dans" in quiet_home.run("alerts").stderr
