"""What /health and /metrics tell: how the service stands, and nothing of who uses it."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from factories import a_prescription, an_execution, boxes
from ordonum.cli.system import System
from ordonum.client import Client
from ordonum.model.outcomes import Delivered
from ordonum.server.usecases.context import Context
from raw import post, token
from server_process import until


def figures(system: System) -> dict[str, float]:
    """What a scrape says: `name{label=value,…}` and its figure."""
    answer = httpx2.get(f"{system.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    return {
        each.name + (str(each.labels) if each.labels else ""): each.value
        for family in families(answer.text)
        for each in family.samples
    }


def _grown(before: dict[str, float], after: dict[str, float], prefix: str) -> dict[str, float]:
    return {
        name: after[name] - before.get(name, 0)
        for name in after
        if name.startswith(prefix) and after[name] != before.get(name, 0)
    }


def _context(system: System) -> Context:
    assert system.context is not None
    return system.context


def test_requests_acts_and_refusals_are_counted_by_operation_and_code(
    own_system: System,
) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        bearer = token(doctor, own_system)
        before = figures(own_system)
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        pharmacy.execute(number, an_execution(Delivered(line=1, quantity=boxes(1), product="générique")))
        post(own_system, "/v1/register", b"not json", bearer=bearer)
        post(own_system, "/v1/register", b"{}")
        httpx2.get(f"{own_system.url}/nowhere")
    after = figures(own_system)
    assert _grown(before, after, "ordonum_acts_total") == {
        "ordonum_acts_total{'act': 'register', 'outcome': 'recorded'}": 1,
        "ordonum_acts_total{'act': 'execute', 'outcome': 'recorded'}": 1,
    }
    registers = "ordonum_requests_total{'operation': 'register', 'outcome': "
    assert _grown(before, after, registers) == {
        registers + "'done'}": 1,
        registers + "'unreadable'}": 1,
        registers + "'no-token'}": 1,
    }
    assert _grown(before, after, "ordonum_refusals_total") == {
        "ordonum_refusals_total{'code': 'unreadable'}": 1,
        "ordonum_refusals_total{'code': 'no-token'}": 1,
        "ordonum_refusals_total{'code': 'no-such-page'}": 1,
    }
    assert _grown(before, after, "ordonum_request_seconds_count{'operation': 'register'}") == {
        "ordonum_request_seconds_count{'operation': 'register'}": 3
    }


def test_an_act_sent_again_counts_as_replayed(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor:
        made = doctor.prescribe(a_prescription())
        bearer = token(doctor, own_system)
        cancel = {
            "prescription": {"by": "own-act", "register_act_id": str(made.act_id)},
            "cancellation": {"act_id": "8c5a1c1e-5a0b-4a35-8d2e-1f0a7a3a9f11", "reason": "death"},
        }
        before = figures(own_system)
        assert [post(own_system, "/v1/cancel", cancel, bearer=bearer).status_code for _ in range(2)] == [201, 200]
    grown = _grown(before, figures(own_system), "ordonum_acts_total")
    assert grown == {
        "ordonum_acts_total{'act': 'cancel', 'outcome': 'recorded'}": 1,
        "ordonum_acts_total{'act': 'cancel', 'outcome': 'replayed'}": 1,
    }


def test_a_place_taken_by_another_act_counts_as_a_retry(own_system: System) -> None:
    before = figures(own_system)["ordonum_act_retries_total"]
    assert _context(own_system).draw_delay(0) <= 0.05
    assert figures(own_system)["ordonum_act_retries_total"] == before + 1


_SHARED = """
import sys
from pathlib import Path
from ordonum.server.metrics import Metrics, Shared, Standing, forget, leave
told = Standing(version="0", database_up=True, list_age=None, list_overdue=None, year_keys=True, coming_keys=False)
folder = Path(sys.argv[1])
def says():
    page = Metrics(Shared(folder, 1)).scrape(told).decode().splitlines()
    print([line.split()[1] for line in sorted(page) if line.startswith(("ordonum_processes ", "ordonum_acts_total{"))])
Metrics(Shared(folder, 1)).act("register", replayed=False)
Metrics(Shared(folder, 2)).act("register", replayed=False)
says()
forget(Shared(folder, 2))
says()
leave(Shared(folder, 2))
leave(Shared(folder, 1))
print(folder.exists())
"""


def test_a_dead_process_counts_no_more_but_what_it_counted_stays(tmp_path: Path) -> None:
    """In a process of its own: the library decides once and for all where its values are."""
    (tmp_path / "figures").mkdir()
    command = [sys.executable, "-c", _SHARED, str(tmp_path / "figures")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == ["['2.0', '2.0']", "['2.0', '1.0']", "False"]


def test_a_bug_is_counted_as_one(own_system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> bytes:
        raise RuntimeError

    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        monkeypatch.setattr(_context(own_system).vault, "lookup", broken)
        bearer = token(pharmacy, own_system)
        assert post(own_system, "/v1/consult", {"number": number, "origin": "paper"}, bearer=bearer).status_code == 500
    assert figures(own_system)["ordonum_requests_total{'operation': 'consult', 'outcome': 'bug'}"] == 1


def test_connections_held_and_in_use_are_told_within_a_second(own_system: System) -> None:
    pool = _context(own_system).pool
    used, idle = "ordonum_database_connections{'state': 'used'}", "ordonum_database_connections{'state': 'idle'}"
    assert own_system.loop is not None

    async def acquire() -> Any:
        return await pool.acquire()

    held = [asyncio.run_coroutine_threadsafe(acquire(), own_system.loop).result(10) for _ in range(5)]
    until(lambda: figures(own_system)[used] >= 5, seconds=5)
    for each in held:
        asyncio.run_coroutine_threadsafe(pool.release(each), own_system.loop).result(10)
    until(lambda: figures(own_system)[used] < 5 <= figures(own_system)[idle], seconds=5)


def test_an_overdue_revocation_list_is_told_by_both(own_system: System) -> None:
    def health() -> dict[str, Any]:
        told: dict[str, Any] = httpx2.get(f"{own_system.url}/health").json()
        return told

    assert health() == {
        "status": "ok",
        "version": "0.1.0",
        "sandbox": True,
        "restored_at": None,
        "restored_to": None,
        "revocation_list": "à jour",
        "coming_keys": own_system.now().month == 12,
        "drug_base": "formulaire, 2025-07-04",
    }
    found = figures(own_system)
    assert found["ordonum_revocation_list_age_seconds"] < 120
    assert found["ordonum_revocation_list_overdue_seconds"] == 0
    assert found["ordonum_year_keys"] == found["ordonum_database_up"] == 1
    own_system.shift = timedelta(days=31)
    assert health()["revocation_list"] == "en retard"
    found = figures(own_system)
    assert 86_000 < found["ordonum_revocation_list_overdue_seconds"] < 87_000
    assert found["ordonum_revocation_list_age_seconds"] > 30 * 86_400


def test_a_database_that_does_not_answer_is_told_by_both(own_system: System) -> None:
    async def close() -> None:
        _context(own_system).pool.terminate()

    assert own_system.loop is not None
    asyncio.run_coroutine_threadsafe(close(), own_system.loop).result(10)
    told = httpx2.get(f"{own_system.url}/health")
    assert (told.status_code, told.json()["status"], told.json()["revocation_list"]) == (503, "base injoignable", None)
    found = figures(own_system)
    assert found["ordonum_database_up"] == 0
    assert "ordonum_revocation_list_age_seconds" not in found


def test_nothing_that_a_caller_writes_becomes_a_label(system: System, pharmacy: Client) -> None:
    bearer = token(pharmacy, system)
    for path in ("/ZQPATH", "/v1/keys/ZQDAY", "/health?ZQQUERY=1", "/docs/ZQDOC"):
        httpx2.get(system.url + path, headers={"User-Agent": "ZQAGENT"})
    post(system, "/v1/consult", {"number": "ZQNUMBER", "origin": "ZQORIGIN"}, bearer=bearer)
    httpx2.request("ZQVERB", f"{system.url}/v1/consult")
    assert "ZQ" not in httpx2.get(f"{system.url}/metrics").text.upper()
