"""What is sealed, under which key, and what a damaged row is told as."""

import asyncio
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta

import httpx2
import msgspec
import pytest

from base import in_service, owner_fetches
from factories import a_prescription, an_execution, delivered
from ordonum.cli.system import System
from ordonum.client import Card, Client, EpuId
from ordonum.client.prepare import assertion
from ordonum.model.acts import ByOwnAct
from ordonum.model.beneficiary import Beneficiary
from ordonum.sandbox import people
from ordonum.server.store.acts import AuditRow, Question, read_acts
from ordonum.server.store.trace import entries
from ordonum.server.usecases.tracing import Leaf, Personal
from ordonum.server.vault.keys import new_keys
from ordonum.server.vault.vault import Purpose, Unreadable, Vault
from ordonum.server.worker.loop import work
from ordonum.wire import native
from raw import ask_token, assert_problem, post, token


def _trace(system: System, number: EpuId) -> list[tuple[Leaf, AuditRow]]:
    assert system.context is not None
    rows = in_service(system, entries(system.context.pool, system.context.vault.lookup(number)))
    return [(native.read(row.leaf, Leaf), row) for row in rows]


def test_the_beneficiary_is_sealed_apart_and_indexed_once(system: System, doctor: Client, pharmacy: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    act = an_execution(delivered(1))
    pharmacy.execute(number, act)
    assert system.context is not None
    vault, lookup = system.context.vault, system.context.vault.lookup(number)
    row = in_service(system, read_acts(system.context.pool, Question(lookup=lookup))).rows[1]
    plain = vault.decrypt(Purpose.BENEFICIARY, row.year, lookup, act.act_id, row.sealed)
    assert native.read(plain, Beneficiary) == act.beneficiary
    with pytest.raises(Unreadable):
        vault.decrypt(Purpose.BODY, row.year, lookup, act.act_id, row.sealed)
    assert b"279035121518989" not in vault.decrypt(Purpose.BODY, row.year, lookup, act.act_id, row.body)
    indexed = owner_fetches(system, "SELECT lookup, act_id, direction FROM patient_index WHERE lookup = $1", lookup)
    assert [(each["act_id"], each["direction"]) for each in indexed] == [(act.act_id, 1)]


def test_the_beneficiary_has_keys_of_its_own() -> None:
    keys, year = new_keys(datetime.now(UTC).date()), datetime.now(UTC).year
    number, act_id = EpuId("01S2TBPZ2JCNZZYGHZ"), an_execution().act_id
    vault = Vault(keys)
    lookup = vault.lookup(number)
    other = Vault(msgspec.structs.replace(keys, nir=new_keys(datetime.now(UTC).date()).nir))
    body = vault.encrypt(Purpose.BODY, year, lookup, act_id, b"x")
    who = vault.encrypt(Purpose.BENEFICIARY, year, lookup, act_id, b"y")
    assert other.decrypt(Purpose.BODY, year, lookup, act_id, body) == b"x"
    with pytest.raises(Unreadable):
        other.decrypt(Purpose.BENEFICIARY, year, lookup, act_id, who)


def test_every_look_is_traced_and_the_trace_commits_to_who(system: System, doctor: Client, pharmacy: Client) -> None:
    done = doctor.prescribe(a_prescription())
    assert done.number is not None
    doctor.executions(ByOwnAct(done.act_id))
    ((registered, _), (read, row)) = _trace(system, done.number)
    assert registered.act_id == done.act_id
    assert (read.action, read.outcome) == ("executions", "done")
    assert system.context is not None
    lookup = system.context.vault.lookup(done.number)
    opened = system.context.vault.decrypt(Purpose.AUDIT, row.year, lookup, row.entry_id, row.personal)
    personal = native.read(opened, Personal)
    assert personal.actor.who == doctor.card.professional
    key = bytes.fromhex(personal.key)
    assert read.personal == hmac.digest(key, native.canonical(personal.actor), hashlib.sha256).hex()
    unknown = EpuId("01S2TBPZ2JCNZZYGHZ")
    post(system, "/v1/consult", {"number": str(unknown), "origin": "phone"}, bearer=token(pharmacy, system))
    assert _trace(system, unknown)[-1][0].outcome == "unknown-number"


def test_a_damaged_row_is_a_bug_of_ours_that_tells_nothing(
    own_system: System, caplog: pytest.LogCaptureFixture
) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        bearer = token(pharmacy, own_system)
        owner_fetches(own_system, "UPDATE act SET body = '\\x01' || body")
        with caplog.at_level(logging.INFO, logger="ordonum"):
            answer = post(own_system, "/v1/consult", {"number": str(number), "origin": "paper"}, bearer=bearer)
        told = answer.json()
        assert (answer.status_code, told["code"], told["effect"]) == (500, "internal-reading", "none")
        body = native.write({"number": str(number), "execution": an_execution()})
        told = post(own_system, "/v1/execute", body, bearer=bearer).json()
        assert (told["code"], told["effect"], told["retry"]) == ("internal", "unknown", "same-id")
        assert '"event": "bug"' in caplog.text
        assert str(number) not in caplog.text + json.dumps(told)


def test_a_token_does_not_outlive_its_card(system: System) -> None:
    who = people.professional(180, "BREF", "Luc", people.TEST_CARDS[0][1].profession)
    place = people.cabinet(60, "Cabinet Bref")
    lasts = timedelta(hours=1, minutes=10)  # counted from an hour ago
    card = Card(system.authority.issue("bref", who, place, lasts=lasts))
    with Client(system.url, card, home=system.home / "bref", trust=system.authority.trust) as client:
        now = int(system.now().timestamp())
        signed = assertion(card, place, client.software, audience=f"{system.url}/v1/token", now=now)
        assert ask_token(system, signed).json()["expires_in"] <= 600


def test_health_and_refusals_say_when_the_base_is_gone(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        bearer = token(doctor, own_system)
        assert own_system.context is not None
        own_system.context.pool.terminate()
        answer = httpx2.get(f"{own_system.url}/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "base injoignable")
        refused = post(own_system, "/v1/consult", {}, bearer=bearer)
        assert_problem(refused, "unavailable")
        assert int(refused.headers["Retry-After"]) > 0


def test_a_failing_task_of_the_worker_stops_neither_itself_nor_the_other(own_system: System) -> None:
    assert own_system.context is not None
    authority, context = own_system.authority, own_system.context
    good = authority.revocation_list.read_bytes()
    authority.revocation_list.unlink()
    authority.revocation_list.mkdir()  # reading it fails
    own_system.shift += datetime(own_system.now().year, 12, 2, tzinfo=UTC) - own_system.now()

    async def some_rounds() -> None:
        task = asyncio.create_task(work(context))
        await asyncio.sleep(1.5)
        authority.revocation_list.rmdir()
        authority.revocation_list.write_bytes(good)
        await asyncio.sleep(1.5)
        assert not task.done()
        task.cancel()

    in_service(own_system, some_rounds())
    assert own_system.context.vault.has_year(str(own_system.now().year + 1))
    rows = owner_fetches(own_system, "SELECT name FROM key_fingerprint WHERE name LIKE 'data%'")
    assert len(rows) == 2
